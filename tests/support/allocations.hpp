// Counts allocations of this process, plugins included.
#pragma once
#include <cstddef>
namespace nnrun::testing {
/// How often malloc and its kin were called so far.
std::size_t allocations();
}  // namespace nnrun::testing
