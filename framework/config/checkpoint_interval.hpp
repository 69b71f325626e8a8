// How often a run keeps a checkpoint.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
namespace nnrun::host {

/// One of them, or none for never.
struct CheckpointInterval {
  std::uint64_t steps = 0, epochs = 0;
  double seconds = 0;
};

/// Reads `50`, `10 epochs`, `30 s`, `1.5 h`, `never`. Returns nothing for another text.
std::optional<CheckpointInterval> checkpoint_interval(std::string_view text);

}  // namespace nnrun::host
