#include "training/warnings.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

struct Range {
  double low, high;
  bool contains(const Range& other) const { return low <= other.low && other.high <= high; }
  std::string text() const {
    if (high == unbounded) return "from " + shortest(low) + " on";
    return "from " + shortest(low) + " to " + shortest(high);
  }
};

/// Activations whose outputs are bounded, by their names: a class of another name has no rule.
struct Bounded {
  std::string_view name;
  Range outputs;
};
constexpr std::array bounded{
    Bounded{"sigmoid", {0, 1}},    Bounded{"hard_sigmoid", {0, 1}},
    Bounded{"softmax", {0, 1}},    Bounded{"gaussian", {0, 1}},
    Bounded{"step", {0, 1}},       Bounded{"tanh", {-1, 1}},
    Bounded{"hard_tanh", {-1, 1}}, Bounded{"softsign", {-1, 1}},
    Bounded{"sin", {-1, 1}},       Bounded{"relu", {0, unbounded}},
    Bounded{"relu6", {0, 6}},      Bounded{"softplus", {0, unbounded}},
};

bool is_on(const Use& use, std::string_view setting) {
  for (std::size_t i = 0; i < use.settings.size(); ++i)
    if (setting_of(*use.plugin, i).name == setting)
      if (const bool* const on = std::get_if<bool>(&use.settings[i])) return *on;
  return false;
}

/// What the rules look at.
struct Facts {
  const Experiment& experiment;
  std::string cost, activation;  // activation: of the output; empty: none
  bool from_logits, dense;       // dense: the output layer's own outputs have no bounds
  std::size_t outputs;
  std::optional<Range> range;  // of the outputs, where it is known
  Range targets;
  Place output_place;
  bool cost_is(std::initializer_list<std::string_view> names) const {
    return std::ranges::find(names, cost) != names.end();
  }
  /// Costs of probabilities, and what makes outputs into them.
  bool of_probabilities() const { return cost_is({"cross_entropy", "binary_cross_entropy"}); }
  std::string fitting() const { return cost == "cross_entropy" ? "softmax" : "sigmoid"; }
};

using Rule = std::optional<Problem> (*)(const Facts&);

constexpr Rule rules[] = {
    // one number, divided by itself
    [](const Facts& f) -> std::optional<Problem> {
      if (f.activation != "softmax" || f.outputs != 1) return {};
      return Problem{.what = "softmax of one unit is always 1, so nothing can be learnt",
                     .place = f.output_place,
                     .hint = "write activation: sigmoid, or give the last layer a unit per class"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.of_probabilities() || !f.from_logits || f.activation != f.fitting()) return {};
      return Problem{
          .what = f.activation + " is applied twice: it is part of " + f.cost + " with from_logits",
          .place = f.output_place,
          .hint = "write activation: none in the last layer, or from_logits: false"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.of_probabilities() || f.from_logits) return {};
      const bool linear = f.activation.empty() && f.dense;
      if (!linear && (!f.range || Range{0, 1}.contains(*f.range))) return {};
      return Problem{.what = f.cost + " takes outputs from 0 to 1, but " +
                             (linear ? "the last layer has no activation"
                                     : "those of " + f.activation + " lie " + f.range->text()),
                     .place = f.output_place,
                     .hint = "write activation: " + f.fitting() +
                             " in the last layer, or activation: none and from_logits: true"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.of_probabilities() || Range{0, 1}.contains(f.targets)) return {};
      return Problem{
          .what = f.cost + " takes targets from 0 to 1, but these lie " + f.targets.text(),
          .place = f.experiment.train.cost.place,
          .hint = "write targets of 0 and 1, or another cost: mean_squared_error, say"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (!f.cost_is({"hinge", "squared_hinge"}) || f.targets.low < 0) return {};
      return Problem{
          .what = f.cost + " takes targets of -1 and 1, but these lie " + f.targets.text(),
          .place = f.experiment.train.cost.place,
          .hint = "write targets of -1 and 1, or cost: binary_cross_entropy"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      if (f.of_probabilities() || !f.range || f.range->contains(f.targets)) return {};
      const bool signs = Range{-1, 1}.contains(f.targets);
      return Problem{.what = "the outputs of " + f.activation + " lie " + f.range->text() +
                             ", but targets " + f.targets.text(),
                     .place = f.output_place,
                     .hint = std::string("write activation: ") + (signs ? "tanh" : "none") +
                             " in the last layer"};
    },
    [](const Facts& f) -> std::optional<Problem> {
      const auto accuracy = std::ranges::find_if(
          f.experiment.metrics, [](const Use& use) { return use.plugin->name == "accuracy"; });
      if (accuracy == f.experiment.metrics.end() || f.outputs != 1 ||
          Range{-1, 1}.contains(f.targets))
        return {};
      return Problem{
          .what = "accuracy asks on which side of a half an output lies, but targets lie " +
                  f.targets.text(),
          .place = accuracy->place,
          .hint = "write mean_absolute_error or r2"};
    },
};

}  // namespace

std::vector<Problem> warnings_of(const Experiment& experiment, const Trainer& trainer) {
  const std::shared_ptr<const Model> model = trainer.model();
  const Node& output = model->graph().output();
  const auto [low, high] = trainer.target_range();
  Facts facts{.experiment = experiment,
              .cost = experiment.train.cost.plugin->name,
              .activation = output.activation ? output.activation.plugin().name : std::string(),
              .from_logits = is_on(experiment.train.cost, "from_logits"),
              .dense = output.layer.plugin().name == std::string_view("dense"),
              .outputs = output.cols,
              .range = {},
              .targets = {low, high},
              .output_place = output.place};
  if (output.activation && output.activation.place().source)
    facts.output_place = output.activation.place();
  for (const Bounded& known : bounded)
    if (known.name == facts.activation) facts.range = known.outputs;
  std::vector<Problem> warnings;
  for (const Rule rule : rules)
    if (std::optional<Problem> warning = rule(facts)) warnings.push_back(std::move(*warning));
  return warnings;
}

}  // namespace nnrun::host
