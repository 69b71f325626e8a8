// What a run reports: during an epoch, after each epoch, and at the end.
#pragma once
#include <nnrun/abi.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>
namespace nnrun::host {

/// Cost and metrics over one pass; metrics in the order of the config.
struct Score {
  double cost = 0;
  std::vector<double> metrics;
  /// Square and row-major, for metrics that have a table; only in the last report of a part.
  std::vector<std::vector<double>> tables{};
};

/// How far an epoch has come.
struct Progress {
  std::size_t epoch, epochs;   ///< from 1
  std::size_t done, examples;  ///< of this epoch
  double seconds, cost;        ///< of this epoch
};

struct EpochReport {
  std::size_t epoch = 0, epochs = 0;     ///< from 1; of the run as planned
  std::uint64_t step = 0, examples = 0;  ///< since the start of the run
  double seconds = 0;                    ///< of training, without evaluation, since the start
  Score train;                           ///< measured while training
  std::optional<Score> validation, test;

  /// nullptr where the part has no examples.
  const Score* score(std::size_t part) const {
    if (part == NNRUN_TRAIN) return &train;
    const std::optional<Score>& other = part == NNRUN_VALIDATION ? validation : test;
    return other ? &*other : nullptr;
  }
};

/// Functions to call; each may be empty. None of them changes the numbers of the run.
struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void(const EpochReport&)> epoch;
  std::function<bool()> stop;  ///< asked between steps: true ends the run after the step
};

struct Outcome {
  std::vector<EpochReport> epochs;
  std::uint64_t steps = 0, examples = 0;
  double seconds = 0;        ///< of training, without evaluation
  bool interrupted = false;  ///< by Listener::stop
  bool stopped_early = false;
  std::size_t best_epoch = 0;  ///< of the monitored value; 0: nothing is monitored
  /// The scores of the final parameters: the report of the last epoch, or of the best one if its
  /// parameters were restored. Empty before the first report.
  std::optional<EpochReport> result;
};

/// The gradient of the first batch by one plugin, at the present parameters.
struct GradientSample {
  double cost = 0, seconds = 0;
  std::vector<std::vector<double>> blocks;  ///< as Graph::blocks, each in its file order
};

}  // namespace nnrun::host
