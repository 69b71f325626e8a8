#include "report/run_facts.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "config/metric_names.hpp"
#include "report/thin.hpp"
#include "runs/run_record.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

std::string words_of(const nnrun_shape& shape) {
  std::vector<std::string> sizes;
  for (std::uint32_t i = 0; i < shape.rank; ++i) sizes.push_back(std::to_string(shape.sizes[i]));
  return join(sizes, " × ");
}

LayerFacts facts_of(const Node& node) {
  LayerFacts facts{.name = node.name,
                   .type = node.layer.plugin().name,
                   .output = words_of(node.plan.out),
                   .activation = node.activation ? node.activation.plugin().name : ""};
  for (std::uint32_t i = 0; i < node.plan.n_blocks; ++i)
    facts.parameters += size_of(node.plan.blocks[i].shape);
  return facts;
}

/// Returns `x, y`, or how many there are where they are many or have no names.
std::string inputs_in_words(const Trainer& trainer) {
  const DataShape& data = trainer.data();
  const std::size_t given = size_of(data.input), seen = trainer.model()->graph().input_cols;
  const bool few = data.names.inputs.size() == given && given <= 12;
  std::string words = few ? join(data.names.inputs, ", ") : words_of(data.input);
  if (seen != given) words += ", which the network sees as " + std::to_string(seen) + " numbers";
  return words;
}

double value_in(const Score& score, std::optional<std::size_t> metric) {
  return metric ? score.metrics[*metric] : score.cost;
}

}  // namespace

RunFacts facts_of(const Trainer& trainer) {
  RunFacts facts;
  const Model& model = *trainer.model();
  for (const Node& node : model.graph().nodes) facts.layers.push_back(facts_of(node));
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (trainer.data().examples[part] > 0)
      facts.parts.push_back({part_names[part], trainer.data().examples[part]});
  facts.inputs = inputs_in_words(trainer);
  facts.target = words_of(trainer.targets(), trainer.data(), model.preparation(), " · ");
  const std::vector<Use>& metrics = trainer.experiment().metrics;
  const std::vector<std::string> names = metric_names(metrics);
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if ((functions_of<nnrun_metric>(*metrics[i].plugin).flags & NNRUN_FRACTION) != 0)
      facts.fractions.push_back(names[i]);
  return facts;
}

std::optional<BestEpoch> best_epoch_of(const Outcome& outcome, const Experiment& experiment,
                                       std::size_t part, const std::string& metric,
                                       bool higher_is_better) {
  const std::vector<std::string> names = metric_names(experiment.metrics);
  const auto found = std::ranges::find(names, metric);
  std::optional<std::size_t> index;
  if (found != names.end()) index = static_cast<std::size_t>(found - names.begin());
  if (outcome.epochs.size() < 2 || (!index && metric != "cost")) return std::nullopt;
  std::optional<BestEpoch> best;
  const auto value_of = [&](const EpochReport& report) {
    const Score* const score = report.score(part);
    return score && report.epoch > 0 ? value_in(*score, index) : std::nan("");
  };
  for (std::size_t row = 0; row < outcome.epochs.size(); ++row) {
    const EpochReport report = outcome.epochs[row];
    const double value = value_of(report);
    const bool better = !best || (higher_is_better ? value > best->value : value < best->value);
    const bool is_kept = outcome.result && outcome.result->epoch == report.epoch;
    // what early stopping went back to is the best by what it watched, whatever this metric says
    const bool is_chosen = is_kept && outcome.best_epoch == report.epoch;
    if (std::isfinite(value) && (better || is_chosen))
      best = {.epoch = report.epoch, .value = value, .part = part, .is_kept = is_kept};
    if (is_chosen) break;
  }
  for (std::size_t row = 0; best && row < outcome.epochs.size(); ++row) {
    const EpochReport report = outcome.epochs[row];
    best->ties += report.epoch != best->epoch && value_of(report) == best->value;
  }
  return best;
}

Json to_json(const RunFacts& facts) {
  Json json{{"inputs", facts.inputs}, {"target", facts.target}, {"fractions", facts.fractions}};
  for (const PartFacts& part : facts.parts) json["parts"][part.name] = part.examples;
  Json& layers = json["layers"] = Json::array();
  for (const LayerFacts& layer : facts.layers)
    layers.push_back({{"name", layer.name},
                      {"type", layer.type},
                      {"output", layer.output},
                      {"activation", layer.activation},
                      {"parameters", layer.parameters}});
  if (facts.best) {
    constexpr int digits = 6;
    json["best"] = {{"epoch", facts.best->epoch},
                    {"value", drawn(facts.best->value, digits)},
                    {"part", part_names[facts.best->part]},
                    {"kept", facts.best->is_kept}};
  }
  return json;
}

}  // namespace nnrun::host
