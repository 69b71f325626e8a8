// What the outputs of a network are called, and which class they mean.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "network/model.hpp"
namespace nnrun::host {

/// What the outputs of a classifier are read as.
enum class ScoreKind {
  probability,  ///< the outputs are
  logits,       ///< softmax makes them so, or sigmoid a single one
  other
};

/// What the outputs of a run are called, and which class they mean: that of the largest, or, of a
/// single output, the second of two if it is above the border.
struct AnswerNames {
  std::vector<std::string> outputs{};  ///< as many as there are
  bool are_made_up = false;            ///< the run has no names for them
  std::vector<std::string> classes{};  ///< empty if the run has none
  double border = 0.5;
  std::string target{};  ///< the column that the classes come from; may be empty
  ScoreKind kind = ScoreKind::other;

  /// Returns which class the answer means; none if a number of it is NaN. There must be classes.
  std::optional<std::size_t> class_of(std::span<const double> y) const;
  /// Returns the probability of that class, or its score; NaN if there is none.
  double probability_of(std::span<const double> y) const;
  /// Returns those of all of several outputs, or their scores.
  std::vector<double> probabilities_of(std::span<const double> y) const;
};
/// Returns those of a trained network.
AnswerNames answer_names(const Experiment& experiment, const Model& model);
/// Returns what several outputs of it are read as.
ScoreKind score_kind(const Experiment& experiment, const Model& model);

}  // namespace nnrun::host
