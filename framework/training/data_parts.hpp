// The parts of the data, as files and messages call them.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <cstddef>
namespace nnrun::host {

inline constexpr std::array<const char*, NNRUN_PARTS> part_names{"train", "validation", "test"};

/// Returns the part whose scores count, because it says most about other examples: the last of
/// training, validation and test that there is.
template <class IsThere>
std::size_t part_that_counts(IsThere is_there) {
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION})
    if (is_there(part)) return part;
  return NNRUN_TRAIN;
}

}  // namespace nnrun::host
