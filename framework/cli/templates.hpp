// The files of cli/templates, as they were when the program was built.
#pragma once
#include <span>
#include <string_view>
namespace nnrun::host {

/// In its text `new_thing` and `NewThing` stand for the name that the author chooses, and @WORD@
/// for what only the program knows.
struct Template {
  std::string_view file, text;
};
std::span<const Template> templates();

}  // namespace nnrun::host
