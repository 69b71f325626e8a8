// What became of a run's last attempt, and whether another one could end otherwise.
#pragma once
#include <filesystem>

#include "base/child.hpp"
namespace nnrun::host {

enum class Attempt {
  none,
  ended,     ///< done; or failed by itself, and would fail again
  repeated,  ///< cut short, or failed for a reason outside of it: it is to be trained again
};

/// Returns what the folder of a run says. Throws RecordError for a record that no run writes.
Attempt attempt_in(const std::filesystem::path& run);

/// Returns whether an error has its reason outside of the run: no space, no memory, a file that
/// cannot be written, a thread that cannot be started.
bool is_outside(const std::exception& error);
/// Returns whether a child was ended from outside, such as by the kernel where memory is short.
bool is_outside(const ChildEnd& end);

/// Adds the cause to the record of a run that failed for a reason outside of it.
void note_outside_cause(const std::filesystem::path& run);

}  // namespace nnrun::host
