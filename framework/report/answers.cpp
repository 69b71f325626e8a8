#include "report/answers.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "report/thin.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_examples = 1000, most_pairs = 400, points_of_curves = 100;
constexpr std::size_t most_work = 40'000'000;  // multiplications: some 10 ms
constexpr int shown_digits = 4;

/// Returns how many examples a page can wait for.
std::size_t examples_for(const Model& model) {
  std::size_t work = 1;
  for (const Node& node : model.graph().nodes)
    work += std::max(node.plan.work_per_row, node.plan.n_parameters);
  return std::clamp<std::size_t>(most_work / work, 100, most_examples);
}

/// Of two classes with an output each, the difference of their outputs says which is likelier.
std::optional<BorderCurves> curves_of(const AnsweredExamples& all, std::size_t cols,
                                      double border) {
  std::vector<double> scores;
  std::vector<bool> is_yes;
  for (std::size_t i = 0; i < all.count; ++i) {
    const double *const y = &all.outputs[i * cols], *const t = &all.targets[i * cols];
    scores.push_back(cols == 1 ? y[0] : y[1] - y[0]);
    is_yes.push_back(t[cols - 1] > border);
  }
  return border_curves(scores, is_yes);
}

std::string yes_of(const DataShape& data) {
  if (data.names.classes.size() == 2) return data.names.classes.back();
  return data.names.targets.empty() ? "yes" : data.names.targets[0];
}

}  // namespace

std::optional<BorderCurves> border_curves(std::span<const double> scores,
                                          const std::vector<bool>& is_yes) {
  const auto yeses = static_cast<std::size_t>(std::ranges::count(is_yes, true)),
             noes = is_yes.size() - yeses;
  const bool defined = std::ranges::none_of(scores, [](double score) { return std::isnan(score); });
  if (yeses == 0 || noes == 0 || !defined) return std::nullopt;
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater(), [&](std::size_t i) { return scores[i]; });
  BorderCurves curves;
  BorderCurves::Point last{0, 0, 1};
  std::size_t found = 0, wrong = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    ++(is_yes[order[k]] ? found : wrong);
    if (k + 1 < order.size() && scores[order[k + 1]] == scores[order[k]]) continue;
    const BorderCurves::Point now{static_cast<double>(wrong) / static_cast<double>(noes),
                                  static_cast<double>(found) / static_cast<double>(yeses),
                                  static_cast<double>(found) / static_cast<double>(found + wrong)};
    curves.area += (now.false_positives - last.false_positives) * (now.recall + last.recall) / 2;
    curves.average_precision += (now.recall - last.recall) * now.precision;
    curves.points.push_back(last = now);
  }
  return curves;
}

std::optional<Answers> sample_answers(Trainer& trainer, std::size_t part) {
  const Model& model = *trainer.model();
  const std::size_t cols = model.graph().output().cols, of = trainer.data().examples[part];
  const Targets& targets = model.targets();
  const bool two =
      targets.kind == NNRUN_LABELS ? cols == 1 : targets.kind == NNRUN_ONE_HOT && cols == 2;
  const bool number = targets.kind == NNRUN_NUMBERS && cols == 1;
  if (of == 0 || targets.of_last_axis || (!two && !number)) return std::nullopt;
  const AnsweredExamples all =
      trainer.answered_examples(part, number ? most_pairs : examples_for(model));
  Answers answers{.examples = all.count, .of = of};
  const DataShape& data = trainer.data();
  if (number) {
    answers.name = data.names.targets.empty() ? "target" : data.names.targets[0];
    const Preparation& preparation = model.preparation();
    for (std::size_t i = 0; i < all.count; ++i)
      answers.pairs.emplace_back(preparation.in_units(all.targets[i], 0),
                                 preparation.in_units(all.outputs[i], 0));
    return answers;
  }
  answers.name = yes_of(data);
  answers.curves = curves_of(all, cols, targets.kind == NNRUN_LABELS ? targets.border : 0.5);
  return answers.curves ? std::optional(answers) : std::nullopt;
}

Json to_json(const Answers& answers) {
  Json json{{"name", answers.name}, {"examples", answers.examples}, {"of", answers.of}};
  for (const auto& [is, said] : answers.pairs)
    json["pairs"].push_back({drawn(is, shown_digits), drawn(said, shown_digits)});
  if (!answers.curves) return json;
  const BorderCurves& curves = *answers.curves;
  for (const std::size_t i : thinned(curves.points.size(), points_of_curves)) {
    const BorderCurves::Point& p = curves.points[i];
    json["borders"].push_back({drawn(p.false_positives, shown_digits),
                               drawn(p.recall, shown_digits), drawn(p.precision, shown_digits)});
  }
  json["area"] = drawn(curves.area, shown_digits);
  json["average_precision"] = drawn(curves.average_precision, shown_digits);
  return json;
}

}  // namespace nnrun::host
