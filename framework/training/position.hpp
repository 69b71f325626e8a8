// How far a run has come.
#pragma once
#include "training/run_state.hpp"
namespace nnrun::host {

/// The fields of the present epoch are 0 between two epochs.
struct Position {
  std::uint64_t epochs = 0, examples = 0;  // of whole epochs
  double seconds = 0;                      // of whole epochs
  std::uint64_t seen = 0;                  // examples of the present epoch
  double epoch_seconds = 0, epoch_cost = 0;
  std::uint64_t out_of_patience = 0, last_is_whole = 1;  // 1: yes

  void add_to(RunState& state) {
    state.add("epochs", epochs);
    state.add("examples", examples);
    state.add("seconds", seconds);
    state.add("epoch/seen", seen);
    state.add("epoch/seconds", epoch_seconds);
    state.add("epoch/cost", epoch_cost);
    state.add("out_of_patience", out_of_patience);
    state.add("last_is_whole", last_is_whole);
  }
};

}  // namespace nnrun::host
