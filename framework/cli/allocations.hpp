// How often memory was asked for, for the law that a plugin's hot calls ask for none.
#pragma once
#include <cstddef>
namespace nnrun::host {

/// Starts to count the allocations of the process. Returns who tells the count so far; nullptr
/// where nobody can (a sanitizer, another C library).
std::size_t (*count_allocations())();

}  // namespace nnrun::host
