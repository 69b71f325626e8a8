// A run: from an experiment to a trained model, with reports on the way.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "network/model.hpp"
#include "training/data.hpp"
#include "training/outcome.hpp"
#include "training/run_state.hpp"
namespace nnrun::host {

/// What one way to differentiate gives for the first batch, at the present parameters.
struct GradientSample {
  double cost = 0, seconds = 0;
  std::vector<std::vector<double>> blocks;  ///< as Graph::blocks, each in its file order
};

/// Everything of a run but where it is recorded. Creating one checks sizes against memory, draws
/// the first parameters or reads those that `model.weights` names, then reads the data.
class Trainer {
 public:
  /// threads 0: as many as the batch can use and the machine has.
  /// Throws ConfigError, GraphError, PluginError, DataError.
  static std::unique_ptr<Trainer> create(const Experiment& experiment, unsigned threads = 0);
  virtual ~Trainer() = default;

  /// What the run trains. It stays when the trainer goes.
  virtual std::shared_ptr<Model> model() const = 0;
  virtual const DataShape& data() const = 0;
  virtual unsigned threads() const = 0;

  /// Goes on with the run where it stands, until it is over, `most_steps` were made, or the
  /// listener stops it. Returns whether it is over. Throws TrainingError before the update if a
  /// cost or gradient is not finite.
  virtual bool advance(const Listener& listener, std::uint64_t most_steps = every_step) = 0;
  static constexpr std::uint64_t every_step = ~std::uint64_t{0};
  /// Everything that the run changes: what it takes to go on in another trainer of the same
  /// experiment, with the same bits.
  virtual const RunState& state() const = 0;
  /// Goes back, or on, to where a run was. Throws RecordError for the state of another one.
  virtual void restore(std::span<const SavedNumbers> saved) = 0;
  /// Takes back the best epoch's numbers where they were to be restored, and tells how the run
  /// ended. It cannot go on afterwards.
  virtual Outcome finish() = 0;
  Outcome train(const Listener& listener) {
    advance(listener);
    return finish();
  }

  /// The gradient of the first batch, as the data lie, by any gradient plugin; nothing moves.
  virtual GradientSample differentiate(const Use& gradient) = 0;
  /// Smallest and largest value of each input of the data in the training part.
  virtual std::vector<std::pair<double, double>> input_ranges() const = 0;
  /// Smallest and largest target of the training part.
  virtual std::pair<double, double> target_range() const = 0;
  virtual std::string data_sha256() const = 0;
};

}  // namespace nnrun::host
