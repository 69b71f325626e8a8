// Recurrent layers alone, pass by pass, as a share of what a core can do.
#pragma once
#include "loading/registry.hpp"
namespace nnrun::bench {

/// Prints how many multiplications and additions a second each pass makes, by one thread.
void recurrent(host::Registry& registry, int rounds);

}  // namespace nnrun::bench
