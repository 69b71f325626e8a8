// The parts of the data, as files and messages call them.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <cstddef>
#include <utility>
namespace nnrun::host {

inline constexpr std::array<const char*, NNRUN_PARTS> part_names{"train", "validation", "test"};
/// As messages say it: a training example.
inline constexpr std::array<const char*, NNRUN_PARTS> part_words{"training", "validation", "test"};

/// What stands before the name of a score of a part, in metrics.csv and on the command line.
inline constexpr std::array<std::pair<const char*, std::size_t>, 4> part_prefixes{
    {{"train.", NNRUN_TRAIN},
     {"val.", NNRUN_VALIDATION},
     {"validation.", NNRUN_VALIDATION},
     {"test.", NNRUN_TEST}}};

/// Returns the part whose scores count, because it says most about other examples: the last of
/// training, validation and test that there is.
template <class IsThere>
std::size_t part_that_counts(IsThere is_there) {
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION})
    if (is_there(part)) return part;
  return NNRUN_TRAIN;
}

/// Returns the part by whose scores one of several configs is chosen: validation, so that test says
/// what the chosen one is worth; else the part that counts.
template <class IsThere>
std::size_t part_to_choose_by(IsThere is_there) {
  return is_there(NNRUN_VALIDATION) ? std::size_t{NNRUN_VALIDATION} : part_that_counts(is_there);
}

}  // namespace nnrun::host
