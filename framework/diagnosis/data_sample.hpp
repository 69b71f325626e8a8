// What a sample of the data shows without any training: columns, equal rows, neighbours.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/probe.hpp"
namespace nnrun::host {

/// An input as the network sees it.
struct SampleColumn {
  double size = 0, spread = 0;  ///< root mean square, standard deviation
  std::size_t values = 0;       ///< different ones
  std::size_t not_zero = 0;     ///< examples in which it is not 0
};

/// How much of the targets the five nearest other examples tell.
struct NeighbourSkill {
  Skill skill{};                     ///< of their most frequent class, or of their mean
  double agreement = 0, chance = 0;  ///< of the classes of an example and the nearest one
  std::size_t examples = 0;          ///< 0: not looked at
  /// Of each class, in how many of its examples the neighbours are of each class, and the nearest
  /// is as near as examples of that class are to each other; none of many classes.
  std::vector<std::vector<std::size_t>> look_like{};
};

/// What the weights of training examples add up to, by class and in all, before those of weight 0
/// are left out.
struct SampleWeights {
  std::vector<double> of_classes{};
  std::vector<std::size_t> examples_of_classes{};
  /// What share of all the heaviest weigh: a hundredth of the examples, or as many fewer as weigh
  /// more than all others; 0: no weights.
  double of_heaviest = 0;
  std::size_t n_heaviest = 0;  ///< how many these are
  std::size_t examples = 0;
};

/// Examples that count nothing are not in it.
struct DataSample {
  std::size_t inputs = 0, outputs = 0;
  std::array<ShownExamples, NNRUN_PARTS> parts{};
  SampleClasses classes{};              ///< of the training part
  std::vector<double> class_weights{};  ///< that the cost gives them; empty: all count alike
  std::vector<SampleColumn> columns{};
  NeighbourSkill neighbours{};
  SampleWeights weights{};
  bool is_table = false;    ///< inputs are a row of numbers, not an image or a sequence
  bool is_indices = false;  ///< inputs are numbers of words

  const double* row(std::size_t part, std::size_t i) const {
    return parts[part].inputs.data() + i * inputs;
  }
  /// Returns what a training example counts.
  double counted(std::size_t i) const {
    return host::counted(parts[NNRUN_TRAIN], classes, class_weights, i);
  }
  const double* target(std::size_t i) const {
    return parts[NNRUN_TRAIN].targets.data() + i * outputs;
  }
  std::size_t count() const { return parts[NNRUN_TRAIN].count; }
};

DataSample sample_of(const Trainer& trainer);

/// Returns what the training examples nearest to others tell of those, which are training examples
/// whose inputs one of `data.augment` has changed.
NeighbourSkill neighbours_of_changed(const DataSample& sample, const Trainer& trainer,
                                     const Use& augmentation);

/// Returns how many examples of a part have the inputs of an example of another one.
std::size_t rows_shared(const DataSample& sample, std::size_t part, std::size_t with);
/// How many examples of a part, of those looked up, are next to a training example in all numbers.
struct NearCopies {
  std::size_t looked_up = 0, found = 0;
};
NearCopies near_copies_in_training(const DataSample& sample, std::size_t part);
/// Returns how many training examples of classes have the inputs of examples of which more have
/// another class.
std::size_t contradictory_rows(const DataSample& sample);
/// Return the correlation of an input with a target, and with another input.
double correlation(const DataSample& sample, std::size_t input, std::size_t target);
double correlation_of_inputs(const DataSample& sample, std::size_t a, std::size_t b);
/// Returns the share of examples whose class some inputs tell, such as those of a column of texts,
/// as the other examples of the same values have it; 0 where an input has more values than there
/// are classes, or some class is told by none.
double told_by_values(const DataSample& sample, std::size_t first_input, std::size_t n_inputs);

}  // namespace nnrun::host
