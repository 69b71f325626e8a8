// A curve drawn in the terminal.
#pragma once
#include <functional>
#include <string>

#include "cli/terminal.hpp"
namespace nnrun::host {

/// Returns a drawing of f from `from` to `to` with numbered axes, in Braille dots, or in stars if
/// the locale is not UTF-8. Leaves out values that are not finite.
std::string plot(const std::function<double(double)>& f, double from, double to,
                 const std::string& x_name, const Terminal& terminal);

}  // namespace nnrun::host
