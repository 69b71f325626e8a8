// The named operations of exported networks, as lines of NumPy for all rows at once.
#pragma once
#include <string>

#include "exporting/python_text.hpp"
namespace nnrun::host {

/// Returns the lines that compute step number k, which is no formula.
std::string python_layer(PythonText& text, const ExportedNetwork& net, std::size_t k);
/// The same of a recurrent step.
std::string python_recurrent(PythonText& text, const ExportedStep& step, std::size_t k);

}  // namespace nnrun::host
