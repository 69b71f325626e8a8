// How far a run has come.
#pragma once
#include <cmath>

#include "training/history.hpp"
namespace nnrun::host {

/// The fields of the present epoch are 0 between two epochs.
struct Position {
  std::uint64_t epochs = 0, examples = 0;  // of whole epochs
  double seconds = 0;                      // of whole epochs
  std::uint64_t seen = 0;                  // examples of the present epoch
  double epoch_seconds = 0, epoch_cost = 0;
  double epoch_divisor = 0;         // of epoch_cost, where it is not `seen`
  std::uint64_t last_is_whole = 1;  // 1: yes

  /// has_divisor: epoch_divisor is used.
  void add_to(RunState& state, bool has_divisor) {
    state.add("epochs", epochs);
    state.add("examples", examples);
    state.add("seconds", seconds);
    state.add("epoch/seen", seen);
    state.add("epoch/seconds", epoch_seconds);
    state.add("epoch/cost", epoch_cost);
    if (has_divisor) state.add("epoch/divisor", epoch_divisor);
    state.add("last_is_whole", last_is_whole);
  }
  /// Returns what is impossible in restored numbers; empty if nothing is. count: of examples.
  std::string fault(std::size_t count, const History& history) const {
    const auto is_time = [](double x) { return std::isfinite(x) && x >= 0; };
    const EpochReport last = history.empty() ? EpochReport{} : history.back();
    if (examples != last.examples || seconds != last.seconds)
      return "'examples' or 'seconds' do not agree with 'history'";
    if (seen > count) return "'epoch/seen' is more than there are examples";
    if (std::isnan(epoch_cost)) return "'epoch/cost' is not a number";
    if (!is_time(epoch_divisor)) return "'epoch/divisor' is not finite";
    if (!is_time(seconds) || !is_time(epoch_seconds)) return "a time is not finite";
    return last_is_whole > 1 ? "'last_is_whole' is neither 0 nor 1" : "";
  }
};

}  // namespace nnrun::host
