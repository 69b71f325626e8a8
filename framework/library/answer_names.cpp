#include "library/answer_names.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "training/meaning.hpp"
namespace nnrun::host {
namespace {

ScoreKind score_kind_of(const Use& cost, const nnrun_meaning& meaning, bool one_output) {
  if (meaning.outputs == NNRUN_PROBABILITIES) return ScoreKind::probability;
  const char* const joins = declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::joins);
  const bool fits =
      joins != nullptr && std::string_view(joins) == (one_output ? "sigmoid" : "softmax");
  return meaning.outputs == NNRUN_LOGITS && fits ? ScoreKind::logits : ScoreKind::other;
}

/// Returns names for answers at each step of a sequence, or at each pixel of an image: `step 2: 0`
/// for its first class, `row 1 column 2: y3` for a number, `step 2` where there is one.
std::vector<std::string> names_by_place(const nnrun_shape& shape, bool classes) {
  const std::size_t each = shape.sizes[shape.rank - 1],
                    columns = shape.rank == 3 ? shape.sizes[1] : 1;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < size_of(shape); ++i) {
    const std::size_t place = i / each, k = i % each;
    std::string name = shape.rank == 2 ? "step " + std::to_string(place + 1)
                                       : "row " + std::to_string(place / columns + 1) + " column " +
                                             std::to_string(place % columns + 1);
    if (each > 1) name += classes ? ": " + std::to_string(k) : ": y" + std::to_string(k + 1);
    names.push_back(std::move(name));
  }
  return names;
}

bool has_nan(std::span<const double> y) {
  return std::ranges::any_of(y, [](double x) { return std::isnan(x); });
}

}  // namespace

ScoreKind score_kind(const Experiment& experiment, const Model& model) {
  const Use& cost = experiment.train.cost;
  if (!cost) return ScoreKind::other;
  return score_kind_of(cost, meaning_of(cost, model.graph().output(), model.targets()), false);
}

AnswerNames answer_names(const Experiment& experiment, const Model& model) {
  const DataNames& known = model.names();
  const std::size_t n = model.answers();
  AnswerNames names{.outputs = known.targets, .target = known.target};
  const bool one_output = n == 1 && known.classes.size() == 2;
  if ((n > 1 && known.classes.size() == n) || one_output) {
    names.classes = known.classes;
    names.outputs = one_output ? std::vector{known.classes[1]} : known.classes;
    if (const Use& cost = experiment.train.cost) {
      const nnrun_meaning meaning = meaning_of(cost, model.graph().output(), model.targets());
      names.kind = score_kind_of(cost, meaning, one_output);
      names.border = meaning.output_border;
    }
  }
  if (names.outputs.size() == n) return names;
  const nnrun_shape& shape = model.graph().output().plan.out;
  if (n > 1 && size_of(shape) == n && (shape.rank == 2 || shape.rank == 3)) {
    names.outputs = names_by_place(shape, model.targets().of_last_axis);
    return names;
  }
  names.are_made_up = true;
  names.outputs.clear();
  for (std::size_t i = 1; i <= n; ++i) names.outputs.push_back("y" + std::to_string(i));
  return names;
}

std::optional<std::size_t> AnswerNames::class_of(std::span<const double> y) const {
  if (has_nan(y)) return std::nullopt;
  if (y.size() == 1) return y[0] > border ? 1 : 0;
  return static_cast<std::size_t>(std::ranges::max_element(y) - y.begin());
}

double AnswerNames::probability_of(std::span<const double> y) const {
  if (has_nan(y)) return std::numeric_limits<double>::quiet_NaN();
  if (y.size() == 1) {
    if (kind == ScoreKind::other) return y[0];
    const double second = kind == ScoreKind::logits ? 1 / (1 + std::exp(-y[0])) : y[0];
    return y[0] > border ? second : 1 - second;
  }
  const double largest = *std::ranges::max_element(y);
  if (kind != ScoreKind::logits) return largest;
  double sum = 0;
  for (const double score : y) sum += std::exp(score - largest);
  return 1 / sum;
}

std::vector<double> AnswerNames::probabilities_of(std::span<const double> y) const {
  std::vector<double> all(y.begin(), y.end());
  if (kind != ScoreKind::logits) return all;
  const double largest = *std::ranges::max_element(y);
  double sum = 0;
  for (double& score : all) sum += score = std::exp(score - largest);
  for (double& score : all) score /= sum;
  return all;
}

}  // namespace nnrun::host
