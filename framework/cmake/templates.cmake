# Writes a source file that holds the files of FOLDER as texts, for `nnrun new`.
# cmake -DFOLDER=… -DOUTPUT=… -P templates.cmake
file(GLOB names RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT names)
set(entries "")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" text)
  string(APPEND entries "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Written by the build.
#include \"cli/templates.hpp\"
namespace nnrun::host {
namespace {
constexpr Template all[] = {
${entries}};
}  // namespace
std::span<const Template> templates() { return all; }
}  // namespace nnrun::host
")
