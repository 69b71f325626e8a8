#include "training/declared_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "base/shown_text.hpp"
#include "base/text.hpp"
#include "loading/formula_text.hpp"
#include "network/joined_cost.hpp"
namespace nnrun::host {
namespace {

/// Returns a number of a config or of data in full, if that is short.
std::string full_number(double x) {
  constexpr std::size_t most_letters = 9;
  const std::string all = shortest(x);
  return all.size() <= most_letters ? all : significant(x, 6);
}

std::string text_if_any(const char* text) {
  return text != nullptr ? text : "";
}

/// An output and its target.
struct Pair {
  double y, t;
};
/// Returns what a cost of so many outputs is where all are this pair; NaN if it refuses.
double cost_of(const Object& cost, std::size_t outputs, const Pair& pair) {
  Buffer<double> y(outputs), t(outputs), result(1);
  std::fill_n(y.data(), outputs, pair.y);
  std::fill_n(t.data(), outputs, pair.t);
  const auto value = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].value;
  const bool is_known = cost.status_of("value", value, y.data(), t.data(), outputs, result.data(),
                                       std::size_t{1}, outputs) == 0;
  return is_known ? result.data()[0] : std::numeric_limits<double>::quiet_NaN();
}

/// Returns whether a cost is the same where all of so many outputs are one pair, and another one.
bool costs_the_same(const Use& use, std::size_t outputs, const Pair& a, const Pair& b) {
  const Object cost(use);
  return cost_of(cost, outputs, a) == cost_of(cost, outputs, b);
}

/// Returns {0, ∞} of an activation none of whose outputs is below 0, {-∞, 0} where none is above,
/// by numbers of many sizes; an empty range of others.
nnrun_range signs_of(const Object& activation) {
  constexpr std::size_t n = 128;
  Buffer<double> z(n), a(n);
  for (std::size_t i = 0; i < n; ++i)  // 0, and from 1e-4 to 1e2 on both sides
    z.data()[i] = i == 0
                      ? 0
                      : (i % 2 == 0 ? 1 : -1) *
                            std::pow(10., 6. * static_cast<double>(i) / static_cast<double>(n) - 4);
  const auto forward = activation.functions<nnrun_activation>().by_dtype[NNRUN_F64].forward;
  if (activation.status_of("forward", forward, z.data(), a.data(), std::size_t{1}, n) != 0)
    return {};
  const auto [low, high] = std::ranges::minmax(a.all());
  if (!std::ranges::all_of(a.all(), [](double y) { return std::isfinite(y); }) || low == high)
    return {};
  return low >= 0    ? nnrun_range{0, unbounded}
         : high <= 0 ? nnrun_range{-unbounded, 0}
                     : nnrun_range{};
}

}  // namespace

std::string range_text(const nnrun_range& range) {
  if (range.high == unbounded) return "from " + full_number(range.low) + " on";
  if (range.low == -unbounded) return "up to " + full_number(range.high);
  return "from " + full_number(range.low) + " to " + full_number(range.high);
}

std::string rounded_range_text(const nnrun_range& range) {
  return "from " + readable(range.low) + " to " + readable(range.high);
}

CostFacts facts_of_cost(const Use& use) {
  const auto& table = functions_of<nnrun_cost>(*use.plugin);
  CostFacts facts{.name = use.plugin->name,
                  .fitting = text_if_any(declared(table, &nnrun_cost::fitting_activation)),
                  .joined_by = text_if_any(declared(table, &nnrun_cost::joined_by)),
                  .outputs = declared(table, &nnrun_cost::outputs),
                  .targets = declared(table, &nnrun_cost::targets),
                  .signs = (table.flags & NNRUN_SIGNS) != 0,
                  .joins = false,
                  .zeros_too = false};
  facts.joins = applies_activation(use);
  facts.zeros_too = facts.signs &&
                    costs_the_same(use, 1, {.y = 0.3, .t = 0}, {.y = 0.3, .t = -1}) &&
                    costs_the_same(use, 1, {.y = -0.3, .t = 0}, {.y = -0.3, .t = -1});
  return facts;
}

ActivationFacts facts_of_activation(const Node& node) {
  if (!node.activation) return {};
  const auto& table = node.activation.functions<nnrun_activation>();
  const nnrun_range outputs = declared(table, &nnrun_activation::outputs);
  const bool is_elementwise = (table.flags & NNRUN_ELEMENTWISE) != 0;
  // no code of a stranger, which may hang, runs before the run does
  const bool is_formula = formula_text_of(node.activation.plugin()) != nullptr;
  return {node.activation.plugin().name, outputs, is_elementwise,
          (table.flags & NNRUN_SUMS_TO_ONE) != 0,
          is_formula && is_elementwise && !is_known(outputs) ? signs_of(node.activation)
                                                             : nnrun_range{}};
}

nnrun_range range_of(const Node& node) {
  return node.activation
             ? declared(node.activation.functions<nnrun_activation>(), &nnrun_activation::outputs)
             : nnrun_range{};
}

bool ignores_zeros(const Use& use, std::size_t outputs) {
  return costs_the_same(use, outputs, {.y = 0.1, .t = 0}, {.y = 0.9, .t = 0});
}

bool stays_within(const Use& use, const nnrun_range& outputs, const nnrun_range& targets) {
  if (formula_text_of(*use.plugin) == nullptr) return false;
  const Object cost(use);
  constexpr double beyond = 0.1;
  for (const double t : {targets.low, targets.high})
    for (const auto& [end, outside] : {std::pair(outputs.low, outputs.low - beyond),
                                       std::pair(outputs.high, outputs.high + beyond)})
      if (std::isfinite(end) &&
          !(cost_of(cost, 1, {.y = end, .t = t}) <= cost_of(cost, 1, {.y = outside, .t = t})))
        return false;
  return true;
}

nnrun_range outputs_taken_by(const Use& cost) {
  const CostFacts facts = facts_of_cost(cost);
  return facts.joins ? nnrun_range{} : facts.outputs;
}

std::string fitting_output(const CostFacts& cost) {
  if (cost.fitting.empty() && cost.outputs.low == 0 && cost.outputs.high == unbounded)
    return "write activation: softplus in the last layer";
  if (cost.fitting.empty())
    return "write an activation whose outputs lie " + range_text(cost.outputs) +
           " in the last layer";
  return "write activation: " + cost.fitting + " in the last layer" +
         (cost.joined_by.empty() ? "" : ", or activation: none and " + cost.joined_by + ": true");
}

}  // namespace nnrun::host
