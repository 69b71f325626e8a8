// A curve in the terminal.
#pragma once
#include <functional>
#include <string>

#include "cli/terminal.hpp"
namespace nnrun::host {

/// f from `from` to `to`, with axes that have numbers: dots of braille, or stars where the locale
/// is not UTF-8. Values that are not finite are left out.
std::string plot(const std::function<double(double)>& f, double from, double to,
                 const std::string& x_name, const Terminal& terminal);

}  // namespace nnrun::host
