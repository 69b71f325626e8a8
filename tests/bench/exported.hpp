// Exported C files beside the library that answers with the same bits.
#pragma once
#include "networks.hpp"
#include "table.hpp"
namespace nnrun::bench {

/// Prints what one answer costs: through the library, and by an exported file that `cc`
/// compiled, for networks of up to 10,000 weights of all kinds of layers.
void exported(const ScratchFolder& scratch, int rounds, Table& table);

}  // namespace nnrun::bench
