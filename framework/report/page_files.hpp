// The files of framework/report/page, which the build makes part of the program.
#pragma once
#include <string_view>
namespace nnrun::host::page_files {

std::string_view html();
std::string_view style();
std::string_view script();

}  // namespace nnrun::host::page_files
