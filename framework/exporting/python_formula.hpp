// A formula as lines of NumPy.
#pragma once
#include <string>

#include "exporting/python_text.hpp"
namespace nnrun::host {

/// Returns the lines that compute step number k, which is a formula.
std::string python_formula(PythonText& text, const ExportedStep& step, std::size_t k);
/// Returns the functions that are used and NumPy lacks.
std::string python_functions(const PythonText& text);

}  // namespace nnrun::host
