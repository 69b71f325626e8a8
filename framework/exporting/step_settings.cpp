#include "exporting/step_settings.hpp"

#include <algorithm>
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

WindowSide side(std::size_t in, std::size_t out, std::size_t window, std::size_t stride,
                std::size_t dilation, const std::string& padding) {
  WindowSide s{in, window, stride, dilation, out, 0};
  const std::size_t reach = (window - 1) * dilation + 1, span = (out - 1) * stride + reach;
  if (padding == "same" && span > in) s.before = (span - in) / 2;
  if (padding == "causal") s.before = reach - 1;
  return s;
}

}  // namespace

std::string StepSettings::text(std::string_view name) const {
  const Value* const value = value_of(use_, name);
  const auto* const text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? *text : "";
}

bool StepSettings::flag(std::string_view name) const {
  return has_flag(use_, name, true);
}

std::pair<std::size_t, std::size_t> StepSettings::sides(std::string_view name,
                                                        std::size_t missing) const {
  const Value* const value = value_of(use_, name);
  if (const auto* const n = value ? std::get_if<std::int64_t>(value) : nullptr)
    return {1, *n > 0 ? static_cast<std::size_t>(*n) : missing};
  const auto* const list = value ? std::get_if<std::vector<double>>(value) : nullptr;
  if (!list || list->empty()) return {missing, missing};
  return {static_cast<std::size_t>(list->front()), static_cast<std::size_t>(list->back())};
}

std::optional<double> StepSettings::lone(std::string_view name) const {
  const Value* const value = value_of(use_, name);
  const auto* const list = value ? std::get_if<std::vector<double>>(value) : nullptr;
  return list && !list->empty() ? std::optional(list->front()) : std::nullopt;
}

WindowPlan windows_of(const Node& node, const Use& use, Kind kind) {
  const StepSettings settings(use);
  const bool turned = kind == Kind::transposed;
  const nnrun_shape &in = turned ? node.plan.out : node.plan.in[0],
                    &out = turned ? node.plan.in[0] : node.plan.out;
  const std::size_t channels = in.sizes[in.rank - 1], width = in.sizes[in.rank - 2],
                    height = in.rank == 3 ? in.sizes[0] : 1;
  WindowPlan plan{{}, {}, channels, out.sizes[out.rank - 1], 1};
  if (out.rank == 1 && in.rank > 1 && use.plugin->table->n_settings == 0) {  // of the whole image
    plan.y = side(height, 1, height, height, 1, "");
    plan.x = side(width, 1, width, width, 1, "");
    return plan;
  }
  const bool convolves = kind == Kind::convolution || turned;
  const auto [down, across] = settings.sides(convolves ? "kernel_size" : "pool_size", 1);
  auto [step_y, step_x] = settings.sides("strides", 0);
  if (step_x == 0) step_y = down, step_x = across;
  const auto [spread_y, spread_x] = settings.sides("dilation_rate", 1);
  const std::string padding = settings.text("padding");
  if (in.rank == 3) plan.y = side(height, out.sizes[0], down, step_y, spread_y, padding);
  plan.x = side(width, out.sizes[out.rank - 2], across, step_x, spread_x, padding);
  if (convolves) plan.groups = settings.count("groups");
  return plan;
}

RecurrentPlan recurrent_of(const Node& node, const Use& use) {
  const StepSettings settings(use);
  RecurrentPlan plan;
  const bool both = settings.text("merge") != "";
  plan.cell = both ? settings.text("layer") : use.plugin->name;
  plan.merge = settings.text("merge");
  plan.state = settings.text("activation");
  plan.gate = settings.text("recurrent_activation");
  plan.steps = node.plan.in[0].sizes[0];
  plan.features = node.plan.in[0].sizes[1];
  plan.units = settings.count("units");
  plan.directions = both ? 2 : 1;
  plan.has_bias = settings.flag("bias");
  plan.reset_after = settings.flag("reset_after");
  plan.backwards = settings.flag("go_backwards");
  plan.sequences = settings.flag("return_sequences");
  plan.skip = settings.lone("skip");
  plan.zeros_skipped = settings.flag("zero_output_for_mask");
  return plan;
}

}  // namespace nnrun::host
