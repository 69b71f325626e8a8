# Writes files as C++: each of HTML, STYLE, SCRIPT is a list of them, joined by |.
function(function_of name files)
  string(REPLACE "|" ";" files "${files}")
  set(bytes "")
  foreach(file IN LISTS files)
    file(READ "${file}" more HEX)
    string(APPEND bytes "${more}")
  endforeach()
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(LENGTH "${bytes}" length)
  set(pieces "")
  set(from 0)
  while(from LESS length)
    string(SUBSTRING "${bytes}" ${from} 8000 piece)
    string(APPEND pieces "\n    \"${piece}\"")
    math(EXPR from "${from} + 8000")
  endwhile()
  set(text "${text}std::string_view ${name}() {\n  return text_of(${pieces});\n}\n" PARENT_SCOPE)
endfunction()
set(text "// Written by the build.
#include \"report/page_files.hpp\"
#pragma GCC diagnostic ignored \"-Woverlength-strings\"  // compilers of C++20 take longer ones
namespace nnrun::host::page_files {
namespace {
template <std::size_t n>
constexpr std::string_view text_of(const char (&text)[n]) {
  return {text, n - 1};
}
}  // namespace
")
function_of(html "${HTML}")
function_of(style "${STYLE}")
function_of(script "${SCRIPT}")
file(WRITE "${OUTPUT}" "${text}}  // namespace nnrun::host::page_files\n")
