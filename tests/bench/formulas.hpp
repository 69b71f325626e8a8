// What a formula of a config costs beside the same formula compiled.
#pragma once
#include "loading/registry.hpp"
namespace nnrun::bench {

/// Prints the time of formulas and of compiled classes, for a number, by one thread.
void formulas(host::Registry& registry, int rounds);

}  // namespace nnrun::bench
