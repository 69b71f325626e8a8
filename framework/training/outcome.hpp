// What a run reports: during an epoch, after each epoch, and at the end.
#pragma once
#include <functional>

#include "training/history.hpp"
namespace nnrun::host {

/// How far an epoch has come.
struct Progress {
  std::size_t epoch, epochs;   ///< from 1
  std::size_t done, examples;  ///< of this epoch
  double seconds, cost;        ///< of this epoch
};

/// Functions to call; each may be empty. None of them changes the numbers of the run.
struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void(const EpochReport&)> epoch;
  std::function<bool()> stop;  ///< asked between steps: true makes `advance` return
};

struct Outcome {
  History epochs;
  std::uint64_t steps = 0, examples = 0;
  double seconds = 0;        ///< of training, without evaluation
  bool interrupted = false;  ///< by Listener::stop
  bool stopped_early = false;
  std::size_t best_epoch = 0;  ///< of the monitored value; 0: nothing is monitored
  /// The scores of the final parameters: the report of the last epoch, or of the best one if its
  /// parameters were restored, the training part then measured anew; all of it measured anew if the
  /// run was interrupted. Empty if the run is over before its first report.
  std::optional<EpochReport> result;
  /// The result's scores of the training part are those of the final parameters, too, not those of
  /// an epoch in which they changed.
  bool train_is_final = false;
  /// Of a series, those of the parts, were each answer the last value that is known.
  std::array<std::optional<Score>, NNRUN_PARTS> naive = {};
};

/// The gradient of the first batch by one plugin, at the present parameters.
struct GradientSample {
  double cost = 0, seconds = 0;
  std::vector<std::vector<double>> blocks;  ///< as Graph::blocks, each in its file order
};

}  // namespace nnrun::host
