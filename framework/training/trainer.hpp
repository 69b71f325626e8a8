// A run: from an experiment to a trained model, with reports on the way.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "network/model.hpp"
#include "training/adding_up.hpp"
#include "training/answers.hpp"
#include "training/data.hpp"
#include "training/outcome.hpp"
#include "training/run_state.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {

class Processes;

/// A run, but not its record. Creating one checks sizes against memory, draws the first parameters
/// or reads those that `model.weights` names, then reads the data.
class Trainer {
 public:
  /// threads 0: as many as the batch can use and the machine has. processes: those that share the
  /// training, each with a trainer of its own, must outlive it; nullptr: there is no other.
  /// reading: is told while the data are read.
  /// Throws ConfigError, GraphError, PluginError, DataError.
  static std::unique_ptr<Trainer> create(const Experiment& experiment, unsigned threads = 0,
                                         Processes* processes = nullptr,
                                         const ReadingListener& reading = {});
  virtual ~Trainer() = default;

  /// Returns the config, with the sizes that it leaves to the data.
  virtual const Experiment& experiment() const = 0;
  /// Returns the model that the run trains. It may outlive the trainer.
  virtual std::shared_ptr<Model> model() const = 0;
  virtual const DataShape& data() const = 0;
  virtual unsigned threads() const = 0;
  virtual unsigned processes() const { return 1; }   ///< that share the training
  virtual AddingUp adding_up() const { return {}; }  ///< over them, since the trainer was created
  /// Returns whether it has found out if sums are better added up early.
  virtual bool has_chosen_when() const { return true; }

  /// Continues the run until it is over, `most_steps` were made, or the listener stops it. Returns
  /// whether it is over. Throws TrainingError before the update if a cost or gradient is not
  /// finite, and before it returns if a parameter is not. Of several processes, that of rank 0
  /// decides: its listener and `most_steps` count, and the others go on until it is over there.
  virtual bool advance(const Listener& listener, std::uint64_t most_steps = every_step) = 0;
  static constexpr std::uint64_t every_step = ~std::uint64_t{0};
  virtual std::uint64_t steps() const = 0;            ///< made so far
  virtual std::uint64_t steps_per_epoch() const = 0;  ///< of a whole epoch
  struct WithinEpoch {
    std::uint64_t seen = 0;        ///< examples of the present epoch
    std::uint64_t steps_left = 0;  ///< to its last example
  };
  virtual WithinEpoch within_epoch() const = 0;
  /// Returns whether a limit ended the last epoch before its last example, but the limits of now do
  /// not end the run: to go on would leave the rest of that epoch out.
  virtual bool would_leave_examples_out() const = 0;
  virtual const History& history() const = 0;  ///< until `finish` takes it
  /// Returns everything that the run changes: enough to continue in another trainer of the same
  /// experiment with the same bits.
  virtual const RunState& state() const = 0;
  /// Sets the run to a saved state, an earlier or a later one. Throws RecordError if the state is
  /// that of another experiment or cannot be one; then the trainer takes another state or is done.
  virtual void restore(std::span<const StateNumbers> saved) = 0;
  /// Sets the learning rate of the steps to come, instead of the config's. It is not part of the
  /// state: what is tried with another rate is undone by `restore` and the config's rate.
  virtual void set_learning_rate(double rate) = 0;
  /// Says that the parameters are others than those of the last report, and not by steps: `finish`
  /// measures them anew.
  virtual void measure_anew() = 0;
  /// Restores the best epoch's numbers if the config asks for it, and returns how the run ended. It
  /// cannot continue afterwards.
  virtual Outcome finish() = 0;
  Outcome train(const Listener& listener) {
    advance(listener);
    return finish();
  }

  /// Returns the gradient of the first batch, in the order of the data, by any gradient plugin. No
  /// parameter changes.
  virtual GradientSample differentiate(const Use& gradient) = 0;
  /// Returns the smallest and largest value of each input of the training part, before preparation.
  /// Valid until the trainer goes, or is replaced by another one within a trainer that forwards.
  virtual const std::vector<std::pair<double, double>>& input_ranges() const = 0;
  /// Returns the smallest and largest target of the training examples that count.
  virtual std::pair<double, double> target_range() const = 0;
  /// Returns the cost of the training part, were every answer the mean of its targets.
  virtual double cost_of_means() const = 0;
  virtual TargetSummary targets() const = 0;
  /// Returns examples of a part that the network puts into another class: the surest, at most
  /// `most`. Only for targets of classes, an output for each.
  virtual WrongAnswers wrong_answers(std::size_t part, std::size_t most) = 0;
  /// Returns the first example of a part, and what some nodes of the graph make of it.
  virtual std::vector<LayerAnswer> layer_answers(std::size_t part,
                                                 const std::vector<std::size_t>& nodes) = 0;
  /// Returns what a node of the graph makes of up to `most` examples of a part, spread over it.
  virtual LayerOutputs layer_outputs(std::size_t part, std::size_t node, std::size_t most) = 0;
  /// Returns how many examples of the training part each class is the answer for, in a pass over
  /// it; nothing if there are no classes.
  virtual std::vector<std::size_t> answered_classes() = 0;
  /// Returns up to `most` examples of a part, prepared, spread over all of it.
  virtual ShownExamples shown_examples(std::size_t part, std::size_t most) const = 0;
  /// Returns the network's outputs for such examples, beside their targets.
  virtual AnsweredExamples answered_examples(std::size_t part, std::size_t most) = 0;
  /// Returns lines that say what classes and examples count; empty if all count 1.
  virtual std::vector<std::string> weight_words() const = 0;
  virtual std::string data_sha256() const = 0;
};

}  // namespace nnrun::host
