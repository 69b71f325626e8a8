#include "cli/gradient_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "cli/view.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {
namespace {

Use gradient_use(const std::string& name, const Experiment& experiment, const Registry& registry) {
  const Class* const plugin = registry.find("gradient", name);
  if (!plugin)
    throw UsageError(Problem{.what = "no loaded plugin provides the gradient '" + name + "'",
                             .hint = did_you_mean(name, registry.names("gradient"))});
  return plugin == experiment.train.gradient.plugin ? experiment.train.gradient
                                                    : with_defaults(*plugin);
}

/// Returns the first layer that cuts slopes on their way back through time, as backpropagation does
/// and differences do not; empty if there is none.
std::string cut_by(const Experiment& experiment) {
  for (const LayerSpec& layer : experiment.model.layers) {
    const Value* const value = value_of(layer.layer, "truncate");
    const auto* const steps = value ? std::get_if<std::vector<double>>(value) : nullptr;
    if (steps != nullptr && !steps->empty()) return layer.name;
  }
  return {};
}

struct Difference {
  double largest = 0, relative = 0;
};

Difference difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0, square = 0, length = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
    square += (a[i] - b[i]) * (a[i] - b[i]);
    length += b[i] * b[i];
  }
  return {largest, length > 0 ? std::sqrt(square / length) : 0};
}

/// Returns the length of all blocks taken as one vector.
double relative_difference(const ComparedGradients& c) {
  std::vector<double> all[2];
  for (std::size_t i = 0; i < 2; ++i)
    for (const std::vector<double>& block : c.samples[i].blocks)
      all[i].insert(all[i].end(), block.begin(), block.end());
  return difference(all[0], all[1]).relative;
}

constexpr double rounding = 1e-5, of_a_step = 0.05;  // differences with a step h are off by O(h)

std::string verdict(const ComparedGradients& c) {
  const double relative = relative_difference(c);
  const std::string names = c.names[0] + " and " + c.names[1],
                    by = "a relative difference of " + significant(relative, 3) + " in all";
  if (relative <= rounding) return names + " agree: " + by;
  if (!c.cut_by.empty())
    return names + " differ by " + by + ": " + c.cut_by +
           " cuts slopes on their way back; they agree without 'truncate', if all else is right";
  if (relative <= of_a_step) return names + " differ by " + by + ", as differences with a step do";
  return names + " DISAGREE by " + by + ": only a random gradient may";
}

}  // namespace

ComparedGradients compare_gradients(const std::string& names, const Experiment& experiment,
                                    const Registry& registry, Trainer& trainer,
                                    const std::function<void(const std::string&)>& say) {
  const std::size_t comma = names.find(',');
  if (comma == std::string::npos)
    throw UsageError(
        Problem{.what = "--gradients needs two names with a comma between, not '" + names + "'",
                .hint = "for example --gradients finite_difference,backprop"});
  ComparedGradients compared{
      {names.substr(0, comma), names.substr(comma + 1)}, {}, cut_by(experiment)};
  std::array<Use, 2> uses;
  bool all_backpropagate = true;
  for (std::size_t i = 0; i < 2; ++i) {
    uses[i] = gradient_use(compared.names[i], experiment, registry);
    all_backpropagate = all_backpropagate && (functions_of<nnrun_gradient>(*uses[i].plugin).flags &
                                              NNRUN_BACKPROPAGATES) != 0;
  }
  constexpr std::size_t many = 20'000;  // differences move each parameter by itself
  if (const std::size_t n = trainer.model()->graph().parameter_count();
      !all_backpropagate && n > many)
    say("comparing the gradients of " + std::to_string(n) +
        " parameters, which may take minutes\n");
  for (std::size_t i = 0; i < 2; ++i) {
    const Use& use = uses[i];
    compared.samples[i] = trainer.differentiate(use);
    // the first call prepares buffers, which takes part in a short time, but not in a long one
    constexpr double long_enough = 0.5;  // seconds
    if (compared.samples[i].seconds < long_enough) compared.samples[i] = trainer.differentiate(use);
  }
  return compared;
}

std::string text_of(const ComparedGradients& c, const Graph& graph) {
  const std::vector<NamedBlock> blocks = graph.blocks();
  std::size_t width = 5;
  for (const NamedBlock& block : blocks) width = std::max(width, block.name.size());
  std::string text = "  " + left_aligned("block", width) + "  largest difference  relative\n";
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].node->frozen) {
      text += "  " + left_aligned(blocks[i].name, width) + "  frozen\n";
      continue;
    }
    const Difference d = difference(c.samples[0].blocks[i], c.samples[1].blocks[i]);
    text += fmt::format("  {}  {:<18}  {}\n", left_aligned(blocks[i].name, width),
                        significant(d.largest, 3), significant(d.relative, 3));
  }
  for (std::size_t i = 0; i < 2; ++i)
    text += fmt::format("  {}: cost {}, {}\n", c.names[i], shortest(c.samples[i].cost),
                        duration(c.samples[i].seconds));
  return text + "  " + verdict(c) + "\n";
}

nlohmann::ordered_json json_of(const ComparedGradients& c, const Graph& graph) {
  nlohmann::ordered_json json;
  const double relative = relative_difference(c);
  json["relative"] = relative;
  json["agree"] = relative <= of_a_step;
  for (std::size_t i = 0; i < 2; ++i)
    json["gradients"].push_back(
        {{"name", c.names[i]}, {"cost", c.samples[i].cost}, {"seconds", c.samples[i].seconds}});
  const std::vector<NamedBlock> blocks = graph.blocks();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Difference d = difference(c.samples[0].blocks[i], c.samples[1].blocks[i]);
    json["blocks"].push_back(
        {{"name", blocks[i].name}, {"largest_difference", d.largest}, {"relative", d.relative}});
    if (blocks[i].node->frozen) json["blocks"].back()["frozen"] = true;
  }
  return json;
}

}  // namespace nnrun::host
