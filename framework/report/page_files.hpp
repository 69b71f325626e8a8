// The files of framework/report/page, part of the program: written into C++ by the build.
#pragma once
#include <string>
namespace nnrun::host::page_files {

std::string html();
std::string style();
std::string script();

}  // namespace nnrun::host::page_files
