// Counts allocations, for the law that a plugin's hot calls do not allocate.
#pragma once
#include <cstddef>
namespace nnrun::host {

/// Starts to count the allocations of the process. Returns a function that returns the count so
/// far; nullptr if they cannot be counted (a sanitizer, another C library).
std::size_t (*count_allocations())();

}  // namespace nnrun::host
