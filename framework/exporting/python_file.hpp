// A trained network as one Python file that needs NumPy alone.
#pragma once
#include <string>

#include "exporting/exported_network.hpp"
namespace nnrun::host {

/// Returns the file. Golden examples become its self-test.
std::string python_file(const ExportedNetwork& net);

}  // namespace nnrun::host
