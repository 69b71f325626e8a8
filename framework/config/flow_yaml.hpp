// Nodes of a config back as YAML on one line.
#pragma once
#include <string>

#include "config/tree.hpp"
namespace nnrun::host {

/// A text that reads back as this text: in quotes where YAML needs them.
ConfigNode text_node(std::string text);
/// A number, `true`, a name: written as it is.
ConfigNode plain_node(std::string text);

/// `{type: sgd, momentum: 0.9}`
std::string flow_yaml(const ConfigNode& node);

}  // namespace nnrun::host
