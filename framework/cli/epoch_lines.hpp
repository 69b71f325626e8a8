// The lines about epochs: all of a short run, and of a long one as many as people can read.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Keeps references to the experiment and to the terminal.
class EpochLines {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t always_shown = 100;
  static constexpr std::chrono::milliseconds pause{500};  ///< between two of the others

  /// Continues the lines of a trainer's history.
  EpochLines(const Experiment& experiment, const Trainer& trainer, const Terminal& terminal);

  /// Returns the line of the next report without its end; an empty text if it is left out.
  std::string next(const EpochReport& report);
  /// Returns what was left out and matters in the end: the best epoch, unless it is 0, and the
  /// last; and how many others were. csv: the file that has all of them.
  std::vector<std::string> rest(const History& history, std::uint64_t best_epoch,
                                const std::string& csv) const;

 private:
  std::string line_of(const EpochReport& report, double seconds_before) const;

  const Experiment& experiment_;
  const Terminal& terminal_;
  std::size_t examples_;
  double seconds_before_;
  std::size_t reports_ = 0;           // so far
  std::vector<std::uint64_t> shown_;  // epochs, in their order
  Clock::time_point last_shown_;
};

}  // namespace nnrun::host
