// Counts allocations of this process, plugins included.
#pragma once
#include <cstddef>
namespace nnrun::testing {

/// Sanitizers own malloc: there nothing can be counted.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool can_count_allocations = false;
#else
inline constexpr bool can_count_allocations = true;
#endif

/// How often malloc and its kin were called so far.
std::size_t allocations();

}  // namespace nnrun::testing
