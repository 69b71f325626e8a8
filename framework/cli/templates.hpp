// The files of cli/templates, which the build makes part of the program.
#pragma once
#include <span>
#include <string_view>
namespace nnrun::host {

/// In the text, `new_thing` and `NewThing` stand for the name that the author chooses, and @WORD@
/// for what only the program knows.
struct Template {
  std::string_view file, text;
};
std::span<const Template> templates();

}  // namespace nnrun::host
