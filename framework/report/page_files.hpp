// The files of framework/report/page, which the build makes part of the program.
#pragma once
#include <string>
namespace nnrun::host::page_files {

std::string html();
std::string style();
std::string script();

}  // namespace nnrun::host::page_files
