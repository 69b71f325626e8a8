// What a verb that failed leaves on stdout for programs, where --json asks for one object.
#pragma once
#include <string>

#include "base/error.hpp"
namespace nnrun::host {

/// {"error": …, "status": …}, and a map per problem: what, where, hint. Ends with a newline.
std::string failure_json(const Error& error);
std::string failure_json(const std::string& what, int status);

}  // namespace nnrun::host
