#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "diagnosis/step_times.hpp"
#include "network/model.hpp"
#include "runs/opened_run.hpp"
#include "training/open_sizes.hpp"
#include "training/step_needs.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// What a layer costs: multiplications of one example's forward pass, and bytes in training.
struct LayerCost {
  std::size_t multiplications = 0;
  Bytes bytes = 0;
};
LayerCost layer_cost(const Node& node, const std::vector<Need>& needs) {
  LayerCost cost{multiplications_of(node), 0};
  for (const Need& need : needs)
    if (need.node == &node) cost.bytes += need.bytes * need.copies;
  return cost;
}

Json layer_json(const Node& node, const Graph& graph, const LayerCost& cost) {
  Json blocks = Json::object();
  for (std::uint32_t i = 0; i < node.plan.n_blocks; ++i) {
    const nnrun_shape& shape = node.plan.blocks[i].shape;
    blocks[node.plan.blocks[i].name] = std::vector(shape.sizes, shape.sizes + shape.rank);
  }
  std::vector<std::string> inputs;
  for (const int i : node.inputs)
    inputs.push_back(i == data_input ? "input" : graph.nodes[static_cast<std::size_t>(i)].name);
  Json json{{"name", node.name},
            {"type", node.layer.plugin().name},
            {"inputs", inputs},
            {"output", std::vector(node.plan.out.sizes, node.plan.out.sizes + node.plan.out.rank)},
            {"activation", node.activation ? Json(node.activation.plugin().name) : nullptr},
            {"parameters", blocks},
            {"multiplications", cost.multiplications},
            {"bytes", static_cast<std::uint64_t>(cost.bytes)}};
  if (node.frozen) json["frozen"] = true;
  if (node.rate_factor != 1) json["learning_rate_factor"] = node.rate_factor;
  return json;
}

std::vector<LayerColumn> cost_columns(const std::vector<LayerCost>& costs) {
  LayerColumn multiplications{"Multiplications", {}}, memory{"Memory", {}};
  for (const LayerCost& cost : costs) {
    multiplications.cells.push_back(std::to_string(cost.multiplications));
    memory.cells.push_back(text_of_bytes(cost.bytes));
  }
  return {multiplications, memory};
}

/// Returns what a config says, or a model that is not in the folder of its run.
Experiment network_of(const Arguments& arguments, Registry& registry) {
  const std::string& named = arguments.targets[0];
  if (is_model_alone(named)) return open_run(named, arguments.overrides, registry).experiment;
  return with_sizes(read_experiment(named, arguments.overrides, registry));
}

}  // namespace

Exit summary(const Arguments& arguments, Registry& registry) {
  const Experiment experiment = network_of(arguments, registry);
  const Graph graph = build_graph(experiment);
  require_weights(experiment, graph);
  const Object optimizer(experiment.train.optimizer.use);
  const std::vector<Need> needs =
      needs_of_training(graph, experiment, experiment.train.batch_size,
                        optimizer.functions<nnrun_optimizer>().n_slots, 1);
  Bytes bytes = 0;
  for (const Need& need : needs) bytes += need.bytes * need.copies;
  std::vector<LayerCost> costs;
  for (const Node& node : graph.nodes) costs.push_back(layer_cost(node, needs));
  const Terminal out(stdout);
  if (!arguments.json) {
    out.write(out.bold(experiment.name) + "  input " + text_of(graph.input) + "\n");
    out.write(layer_table(graph, out, cost_columns(costs)));
    const std::size_t all = graph.parameter_count(), frozen = graph.frozen_count();
    out.write(fmt::format(
        "{} parameters{}, {} to train with a batch of {}\n", all,
        frozen > 0 ? fmt::format(" ({} trainable, {} frozen)", all - frozen, frozen) : "",
        text_of_bytes(bytes), experiment.train.batch_size));
    return Exit::done;
  }
  Json json{{"name", experiment.name}, {"input", experiment.model.input.value}};
  for (std::size_t k = 0; k < costs.size(); ++k)
    json["layers"].push_back(layer_json(graph.nodes[k], graph, costs[k]));
  json["parameters"] = graph.parameter_count();
  json["frozen_parameters"] = graph.frozen_count();
  json["bytes"] = static_cast<std::uint64_t>(bytes);
  out.write_data(json.dump() + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
