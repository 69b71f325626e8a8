// The files of framework/serving/page, which the build makes part of the program.
#pragma once
#include <string_view>
namespace nnrun::host::live_files {

std::string_view html();
std::string_view style();
std::string_view script();

}  // namespace nnrun::host::live_files
