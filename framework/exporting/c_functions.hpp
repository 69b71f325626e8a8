// nnrun's own exp, tanh, log … for exported C files, which have those that they use.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Returns the functions that are used, and those that they call, for numbers of type N_number.
std::string c_functions(const std::set<std::string>& used, bool float32);
/// The same for double, under names that begin with N_double_.
std::string c_functions_of_preparation(const std::set<std::string>& used);

}  // namespace nnrun::host
