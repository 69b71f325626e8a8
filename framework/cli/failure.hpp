// What a failed verb writes to stdout for programs that passed --json.
#pragma once
#include <string>

#include "base/error.hpp"
namespace nnrun::host {

/// Returns {"error": …, "status": …}, with an object per problem (what, where, hint) if there are
/// any, and a newline.
std::string failure_json(const Error& error);
std::string failure_json(const std::string& what, int status);

}  // namespace nnrun::host
