// What a page asks of a run.
#pragma once
#include <cstdint>
#include <string_view>
namespace nnrun::host {

struct Command {
  enum class What { play, pause, again, step, epoch, back, speed };
  What what = What::pause;
  std::uint64_t steps = 1;       ///< of step and epoch: how many of them
  std::uint64_t step = 0;        ///< of back: where to
  double epochs_per_second = 0;  ///< of speed; 0: as fast as it goes
};

/// Reads the JSON of a request. Throws UsageError for anything else.
Command read_command(std::string_view json);

}  // namespace nnrun::host
