// What is done to rows before the network sees them, and to its outputs, in NumPy.
#pragma once
#include <string>

#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Returns the lines from `x`, rows of the data, to the inputs of the network. They note in `wrong`
/// which rows predict would refuse.
std::string python_preparation(const ExportedNetwork& net);
/// Returns the lines from the last step to the answers.
std::string python_answer(const ExportedNetwork& net);

}  // namespace nnrun::host
