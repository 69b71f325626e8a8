# Writes files as C++: each of HTML, STYLE, SCRIPT is a list of them, joined by |. HEADER declares
# the functions, in the namespace that is called as it is.
get_filename_component(namespace "${HEADER}" NAME_WE)
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
#include \"${HEADER}\"
#pragma GCC diagnostic ignored \"-Woverlength-strings\"  // compilers of C++20 take longer ones
namespace nnrun::host::${namespace} {
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
file(WRITE "${OUTPUT}" "${text}}  // namespace nnrun::host::${namespace}\n")
