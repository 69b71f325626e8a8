// Writes nodes of a config as YAML on one line.
#pragma once
#include <string>

#include "config/tree.hpp"
namespace nnrun::host {

/// Returns a scalar that reads back as this text: in quotes if YAML needs them.
ConfigNode text_node(std::string text);
/// Returns a scalar that is written as it is: a number, `true`, a name.
ConfigNode plain_node(std::string text);

/// `{type: sgd, momentum: 0.9}`
std::string flow_yaml(const ConfigNode& node);

}  // namespace nnrun::host
