#include "network/joined_cost.hpp"

#include <string_view>
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

}  // namespace

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
