#include "network/joined_cost.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include "network/formula.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

/// Returns the setting that joins the cost to its activation; nullptr if the class has none.
bool* joining_setting(Use& cost) {
  const char* const name = declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::joined_by);
  for (std::size_t i = 0; name != nullptr && i < cost.settings.size(); ++i)
    if (setting_of(*cost.plugin, i).name == std::string_view(name))
      return std::get_if<bool>(&cost.settings[i]);
  return nullptr;
}

/// Returns whether it does once the network is trained.
bool only_moves(const Node& node) {
  const nnrun_formula* const table = formula_table_of(node.layer);
  return !node.activation && table != nullptr && table->operation != nullptr &&
         table->operation == move_operation && node.inputs.size() == 1;
}

/// Returns whether a layer gives every number of its input once, in training, too, which dropout
/// does not; in_order: also where it was.
bool keeps_all(const Node& node, bool in_order) {
  if (node.plan.noise_per_row > 0 || node.couples_rows()) return false;
  std::vector<std::size_t> from = moved_numbers(node.layer, node.plan);
  if (from.size() != size_of(node.plan.in[0])) return false;
  if (!in_order) std::ranges::sort(from);
  std::vector<std::size_t> all(from.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return from == all;
}

}  // namespace

const Node* parted_from_cost(const Use& cost, const Graph& graph) {
  const Node* node = &graph.output();
  while (only_moves(*node) && node->inputs[0] != data_input)
    node = &graph.nodes[static_cast<std::size_t>(node->inputs[0])];
  return node != &graph.output() && is_joined(cost, *node) ? node : nullptr;
}

void join_across_moves(const Use& cost, Graph& graph) {
  const Node* const parted = parted_from_cost(cost, graph);
  if (parted == nullptr) return;
  for (const Node* node = &graph.output(); node != parted;
       node = &graph.nodes[static_cast<std::size_t>(node->inputs[0])])
    if (!keeps_all(*node, !parted->elementwise())) return;
  Node &from = graph.nodes[static_cast<std::size_t>(parted - graph.nodes.data())],
       &to = graph.nodes.back();
  to.activation_cols = from.elementwise() ? to.cols : from.activation_cols;
  to.activation = std::exchange(from.activation, Object());
  from.activation_cols = from.cols;
}

bool applies_activation(const Use& cost) {
  Use copy = cost;
  const bool* const joins = joining_setting(copy);
  return joins != nullptr && *joins;
}

bool is_joined(const Use& cost, const Node& output) {
  if (!cost || !output.activation) return false;
  Use copy = cost;
  const bool* const applies = joining_setting(copy);
  const char* const wanted = declared(functions_of<nnrun_cost>(*cost.plugin), &nnrun_cost::joins);
  const char* const given =
      declared(output.activation.functions<nnrun_activation>(), &nnrun_activation::joins);
  return applies != nullptr && !*applies && wanted != nullptr && given != nullptr &&
         std::string_view(wanted) == given;
}

std::size_t answer_cols(const Use& cost, const Node& output) {
  if (is_joined(cost, output)) return output.activation_cols;
  const nnrun_shape& shape = output.plan.out;
  return cost && applies_activation(cost) ? shape.sizes[shape.rank - 1] : output.cols;
}

Object cost_of(const Use& cost, const Graph& graph) {
  Use used = cost;
  if (graph.cost_takes_scores) *joining_setting(used) = true;
  return Object(used);
}

}  // namespace nnrun::host
