// A network of its own with a sample of the examples, to look into a run without touching it.
#pragma once
#include <memory>
#include <vector>

#include "training/class_weights.hpp"
#include "training/picture.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// What the sample shows of a layer. `picture.node` is of the probe's graph.
struct LayerLook {
  LayerPicture picture;
  double output_size = 0, slope_size = 0;  ///< root mean squares, of outputs and of their slopes
  bool units_alike = false;                ///< all units give the same output for every example
  bool rows_alike = false;                 ///< all examples get the same outputs
  double without_slope = 0;                ///< share of outputs through which no slope goes back
  bool has_weights = false;                ///< that learn
};

/// How well answers fit: the share of right classes, each example counted as the cost counts it, or
/// the share of the variance of numbers that is explained; and what the best constant answer has of
/// that.
struct Skill {
  double value = 0, constant = 0;
  bool is_known = false;
  /// Returns the part of what is beyond the constant answer.
  double beyond_constant() const { return constant < 1 ? (value - constant) / (1 - constant) : 0; }
};

/// How many answers to examples of classes are wrong: of all, and of those that the network is
/// surest of.
struct SurestErrors {
  std::size_t all = 0, wrong = 0, surest = 0, wrong_surest = 0;
  double wrong_of_all() const { return share_of(wrong, all); }
  double wrong_of_surest() const { return share_of(wrong_surest, surest); }
};

class Probe {
 public:
  /// Takes up to `most` examples of each part, fewer of large networks.
  static std::unique_ptr<Probe> create(const Trainer& trainer, std::size_t most);
  virtual ~Probe() = default;

  virtual const Graph& graph() const = 0;
  /// Takes over the numbers of a model of the same graph.
  virtual void take(const Model& model) = 0;
  /// Returns the mean cost of a part's sample.
  virtual double cost(std::size_t part) = 0;
  /// Returns the cost of a part's sample, were every answer the mean of the training targets.
  virtual double cost_of_means(std::size_t part) const = 0;
  virtual Skill skill(std::size_t part) = 0;
  /// Returns them where an answer is of one class.
  virtual SurestErrors surest_errors(std::size_t part) = 0;
  /// Returns how many examples of the training sample each class is the answer for; nothing if
  /// there are no classes.
  virtual std::vector<std::size_t> answered() = 0;
  /// Returns the metrics that the most frequent class has as the answer to everything; nothing if
  /// there are no classes.
  virtual std::vector<double> metrics_of_constant() = 0;
  /// Returns what a step sees: the layers' outputs and slopes, as in training.
  virtual std::vector<LayerLook> look() = 0;
  /// Returns the parameters, block by block.
  virtual std::vector<std::vector<double>> parameters() const = 0;
};

/// The classes of a sample's targets.
struct SampleClasses {
  std::size_t count = 0;               ///< 0: they are not classes
  std::vector<std::size_t> of_rows{};  ///< of each example
  std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> n(count);
    for (const std::size_t c : of_rows) ++n[c];
    return n;
  }
};
/// Returns whether an example of a part counts: those of weight 0 are not there for training.
inline bool counts(const ShownExamples& examples, std::size_t row) {
  return examples.weights.empty() || examples.weights[row] > 0;
}
/// Returns them where an example is of one class, which a single number says, or the largest.
SampleClasses classes_of(const ShownExamples& examples, std::size_t cols, const Targets& targets);
/// Returns what classes count in a training.
ClassWeights class_weights_in(const Trainer& trainer);
/// Returns what an example of such classes counts: its weight times that of its class.
inline double counted(const ShownExamples& examples, const SampleClasses& classes,
                      const std::vector<double>& of_classes, std::size_t row) {
  return (examples.weights.empty() ? 1 : examples.weights[row]) *
         (of_classes.size() == classes.count ? of_classes[classes.of_rows[row]] : 1);
}

}  // namespace nnrun::host
