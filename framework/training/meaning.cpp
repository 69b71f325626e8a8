#include "training/meaning.hpp"

#include <algorithm>
#include <cmath>

#include "network/joined_cost.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {
namespace {

constexpr nnrun_range from_0_to_1{0, 1}, plus_minus_1{-1, 1};

bool is_within(const nnrun_range& inner, const nnrun_range& outer) {
  return inner.low < inner.high && outer.low <= inner.low && inner.high <= outer.high;
}

nnrun_range outputs_of(const Node& output) {
  if (!output.activation) return {};
  return declared(output.activation.functions<nnrun_activation>(), &nnrun_activation::outputs);
}

/// Returns what the outputs are drawn to by the two targets, were there no bounds.
nnrun_range ends_for(const Use& cost, const Targets& targets) {
  const nnrun_range takes = declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::outputs);
  if ((functions_of<nnrun_cost>(*cost.plugin).flags & NNRUN_SIGNS) != 0) return plus_minus_1;
  if (takes.low < takes.high && std::isfinite(takes.low) && std::isfinite(takes.high)) return takes;
  return targets.border == 0 ? plus_minus_1 : from_0_to_1;
}

/// Returns the middle between those two ends, as near as the activation comes to them.
double border_between(const nnrun_range& ends, const nnrun_range& outputs) {
  const double middle = (ends.low + ends.high) / 2;
  if (!(outputs.low < outputs.high)) return middle;
  const double low = std::clamp(ends.low, outputs.low, outputs.high),
               high = std::clamp(ends.high, outputs.low, outputs.high);
  return low < high ? (low + high) / 2 : middle;
}

}  // namespace

nnrun_meaning meaning_of(const Use& cost, const Node& output, const Targets& targets) {
  const nnrun_range outputs = outputs_of(output);
  nnrun_meaning meaning{
      .size = sizeof(nnrun_meaning),
      .targets = targets.kind,
      .outputs = NNRUN_SCORES,
      .cols = targets.of_last_axis ? output.plan.out.sizes[output.plan.out.rank - 1] : output.cols,
      .output_border = 0,
      .target_border = targets.border};
  if (targets.kind == NNRUN_ORDERED) {  // they are told how likely each class is
    meaning.outputs = NNRUN_PROBABILITIES;
    meaning.cols += 1;
    meaning.output_border = 0.5;
    return meaning;
  }
  if ((functions_of<nnrun_cost>(*cost.plugin).flags & NNRUN_SIGNS) != 0) meaning.target_border = 0;
  const bool joined_to_logs = is_joined(cost, output) && !is_within(outputs, from_0_to_1);
  if (applies_activation(cost) || joined_to_logs) {
    meaning.outputs = NNRUN_LOGITS;
    return meaning;
  }
  meaning.output_border = border_between(ends_for(cost, targets), outputs);
  if (is_within(outputs, from_0_to_1) ||
      is_within(declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::outputs),
                from_0_to_1))
    meaning.outputs = NNRUN_PROBABILITIES;
  return meaning;
}

template <class T>
Targets targets_of(const std::array<Examples<T>, NNRUN_PARTS>& parts, const DataShape& data,
                   const nnrun_shape& output, const Use& cost, bool scaled) {
  if (data.names.ordered) return {.known = true, .kind = NNRUN_ORDERED, .border = 0.5};
  if (scaled) return {.known = true, .kind = NNRUN_NUMBERS, .border = 0.5};
  const std::size_t cols = size_of(data.target);
  const bool shares = is_within(
      declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::targets), from_0_to_1);
  std::array<std::span<const T>, NNRUN_PARTS> all;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    all[part] = {parts[part].t.data(), parts[part].count * cols};
  const Targets targets = targets_of<T>(all, cols, !data.names.classes.empty(), shares);
  const std::size_t last = output.sizes[output.rank - 1];
  if (last == 1 || last == cols || targets.kind == NNRUN_ONE_HOT) return targets;
  Targets of_last_axis = targets_of<T>(all, last, false, shares);
  of_last_axis.of_last_axis = true;
  return of_last_axis.kind == NNRUN_ONE_HOT ? of_last_axis : targets;
}
template Targets targets_of(const std::array<Examples<float>, NNRUN_PARTS>&, const DataShape&,
                            const nnrun_shape&, const Use&, bool);
template Targets targets_of(const std::array<Examples<double>, NNRUN_PARTS>&, const DataShape&,
                            const nnrun_shape&, const Use&, bool);

void require_order(const Node& output, const DataNames& names) {
  if (!names.ordered) return;
  const bool shares = output.activation && (output.activation.functions<nnrun_activation>().flags &
                                            NNRUN_SUMS_TO_ONE) != 0;
  if (!shares && is_within(outputs_of(output), from_0_to_1)) return;
  const std::string name = output.activation ? output.activation.plugin().name : "";
  throw ConfigError(Problem{
      .what = "classes in order need outputs from 0 to 1, each of them how likely a higher class "
              "is, but " +
              (name.empty() ? "the last layer has no activation"
               : shares     ? "those of " + name + " add up to 1"
                            : "those of " + name + " do not lie there"),
      .place = output.activation && output.activation.place().source ? output.activation.place()
                                                                     : output.place,
      .hint = "write activation: sigmoid in the last layer, and cost: binary_cross_entropy"});
}

void prepare(const std::vector<Object>& metrics, const nnrun_meaning& meaning) {
  for (const Object& metric : metrics) {
    const auto* const function = appended(metric.functions<nnrun_metric>(), &nnrun_metric::prepare);
    if (function == nullptr || *function == nullptr) continue;
    if (metric.status_of("prepare", *function, &meaning) == 0) continue;
    Problem said = take_plugin_error();
    said.what = "metric '" + metric.plugin().name +
                "': " + (said.what.empty() ? "refused this run without a reason" : said.what);
    said.place = metric.place();
    throw ConfigError(std::move(said));
  }
}

std::optional<double> threshold_of(const Use& metric) {
  for (std::size_t i = 0; i < metric.settings.size(); ++i)
    if (const double* const given = std::get_if<double>(&metric.settings[i]);
        given && std::string_view(setting_of(*metric.plugin, i).name) == "threshold" &&
        std::isfinite(*given))
      return *given;
  return std::nullopt;
}

std::optional<double> output_border_of(const Trainer& trainer) {
  const Node& output = trainer.model()->graph().output();
  const Targets& targets = trainer.model()->targets();
  if (targets.kind != NNRUN_LABELS || output.cols != 1) return std::nullopt;
  for (const Use& metric : trainer.experiment().metrics)
    if (const std::optional<double> threshold = threshold_of(metric)) return threshold;
  return meaning_of(trainer.experiment().train.cost, output, targets).output_border;
}

}  // namespace nnrun::host
