// A run: from an experiment to trained parameters, with reports on the way.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "network/graph.hpp"
#include "training/data.hpp"
namespace nnrun::host {

/// Cost and metrics over one pass; metrics in the order of the config.
struct Score {
  double cost = 0;
  std::vector<double> metrics;
  /// Square, row by row, where a metric has a table; only in the last report of a part, else empty.
  std::vector<std::vector<double>> tables{};
};

/// During an epoch: what has been seen of it so far.
struct Progress {
  std::size_t epoch, epochs;   ///< from 1
  std::size_t done, examples;  ///< of this epoch
  double seconds, cost;        ///< of this epoch
};

struct EpochReport {
  std::size_t epoch = 0, epochs = 0;     ///< from 1; of the run as planned
  std::uint64_t step = 0, examples = 0;  ///< since the start of the run
  double seconds = 0;                    ///< of training, evaluation apart, since the start
  Score train;                           ///< measured while training
  std::optional<Score> validation, test;
};

/// Who is told. All may be empty. None of them changes a number of the run.
struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void(const EpochReport&)> epoch;
  std::function<bool()> stop;  ///< asked between steps: true ends the run after the step
};

struct Outcome {
  std::vector<EpochReport> epochs;
  std::uint64_t steps = 0, examples = 0;
  double seconds = 0;        ///< of training, evaluation apart
  bool interrupted = false;  ///< by Listener::stop
  bool stopped_early = false;
  std::size_t best_epoch = 0;  ///< of the monitored value; 0: nothing is monitored
  /// What the final parameters score: the report of the last epoch, or of the best one where its
  /// parameters came back. Empty before the first report.
  std::optional<EpochReport> result;
};

/// A block of parameters in its file order.
struct BlockValues {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<std::byte> bytes;  ///< of the run's dtype, little endian
};

/// What one way to differentiate gives for the first batch, at the present parameters.
struct GradientSample {
  double cost = 0, seconds = 0;
  std::vector<std::vector<double>> blocks;  ///< as Graph::blocks, each in its file order
};

/// Everything of a run but where it is recorded. Construction checks sizes against memory, draws
/// the first parameters, then reads the data.
class Trainer {
 public:
  /// threads 0: as many as the batch can use and the machine has.
  /// Throws ConfigError, GraphError, PluginError, DataError.
  static std::unique_ptr<Trainer> create(const Experiment& experiment, unsigned threads = 0);
  virtual ~Trainer() = default;

  virtual const Graph& graph() const = 0;
  virtual const DataShape& data() const = 0;
  virtual const Preparation& preparation() const = 0;
  virtual unsigned threads() const = 0;
  /// Throws TrainingError before the update if a cost or gradient is not finite.
  virtual Outcome train(const Listener& listener) = 0;
  /// The gradient of the first batch, as the data lie, by any gradient plugin; nothing moves.
  virtual GradientSample differentiate(const Use& gradient) = 0;
  /// Outputs for inputs as the data have them, before their preparation.
  virtual std::vector<std::vector<double>> predict(
      const std::vector<std::vector<double>>& inputs) = 0;
  /// Smallest and largest value of each input of the data in the training part.
  virtual std::vector<std::pair<double, double>> input_ranges() const = 0;
  /// Smallest and largest target of the training part.
  virtual std::pair<double, double> target_range() const = 0;
  virtual std::vector<BlockValues> parameters() const = 0;
  /// Replaces a block, in its file order; `values` must have its count.
  virtual void set_parameters(const NamedBlock& block, std::span<const double> values) = 0;
  virtual std::string data_sha256() const = 0;
};

}  // namespace nnrun::host
