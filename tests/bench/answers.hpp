// Trained networks that answer through the library.
#pragma once
#include "networks.hpp"
#include "table.hpp"
namespace nnrun::bench {

/// Prints what an answer costs, alone and among rows, beside loops by hand and FANN, and how long a
/// model of a megabyte takes to open.
void answers(const ScratchFolder& scratch, int rounds, Table& table);

}  // namespace nnrun::bench
