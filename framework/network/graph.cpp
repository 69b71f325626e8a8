#include "network/graph.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "network/buffer.hpp"
#include "network/joined_cost.hpp"
#include "network/layer_plan.hpp"
namespace nnrun::host {
namespace {

/// Beyond this a size is a mistake, and below it products of two fit into 64 bits.
constexpr std::size_t largest_size = std::size_t{1} << 31;
constexpr auto too_large = "2147483648 numbers are the most";
/// More parameters than any machine holds, and far from where 64 bits end.
constexpr std::size_t largest_vector = std::size_t{1} << 56;

/// Returns how many numbers a shape has, or more than largest_size if 64 bits may not hold it.
std::size_t product_of(const nnrun_shape& shape) {
  std::size_t product = 1;
  for (std::uint32_t i = 0; i < shape.rank; ++i) {
    if (shape.sizes[i] > largest_size) return shape.sizes[i];
    product *= shape.sizes[i];
    if (product > largest_size) return product;
  }
  return product;
}

std::size_t index_of(std::span<const LayerSpec> layers, const std::string& name) {
  const auto found = std::ranges::find(layers, name, &LayerSpec::name);
  return static_cast<std::size_t>(found - layers.begin());
}

/// Throws GraphError. Follows unplaced inputs from an unplaced layer until a name repeats: the
/// cycle.
[[noreturn]] void refuse_cycle(std::span<const LayerSpec> layers, const std::vector<bool>& placed) {
  std::vector<std::size_t> path;
  std::size_t at = static_cast<std::size_t>(std::ranges::find(placed, false) - placed.begin());
  while (std::ranges::find(path, at) == path.end()) {
    path.push_back(at);
    for (const Placed<std::string>& input : layers[at].inputs)
      if (const std::size_t i = index_of(layers, input.value); i < layers.size() && !placed[i]) {
        at = i;
        break;
      }
  }
  std::vector<std::string> names;
  for (auto i = std::ranges::find(path, at); i != path.end(); ++i) names.push_back(layers[*i].name);
  names.push_back(layers[at].name);
  const std::vector<Placed<std::string>>& inputs = layers[at].inputs;
  const auto closing = std::ranges::find(inputs, names[1], &Placed<std::string>::value);
  throw GraphError(Problem{.what = "these layers feed each other: " + join(names, " <- "),
                           .place = closing->place,
                           .hint = "a layer can only read layers that do not read it"});
}

void require_one_output(std::span<const LayerSpec> layers) {
  std::vector<const LayerSpec*> unread;
  for (const LayerSpec& layer : layers) {
    const auto reads = [&](const LayerSpec& other) {
      return std::ranges::find(other.inputs, layer.name, &Placed<std::string>::value) !=
             other.inputs.end();
    };
    if (std::ranges::none_of(layers, reads)) unread.push_back(&layer);
  }
  if (unread.size() < 2) return;
  std::vector<std::string> names;
  for (const LayerSpec* layer : unread) names.push_back("'" + layer->name + "'");
  throw GraphError(
      Problem{.what = "no layer reads " + join(names, ", ") + ", but a network has one output",
              .place = unread.front()->place,
              .hint = "join them, for example by {type: add, inputs: [" + unread[0]->name + ", " +
                      unread[1]->name + "]}, or remove one"});
}

/// Returns the recurrent layer before a layer that gives its last step alone; nullptr if none does.
const LayerSpec* gives_last_step_to(const LayerSpec& spec, std::span<const LayerSpec> layers) {
  const auto before = std::ranges::find_if(layers, [&](const LayerSpec& layer) {
    return layer.name == spec.inputs[0].value && has_flag(layer.layer, "return_sequences", false);
  });
  return before == layers.end() ? nullptr : &*before;
}

/// Asks a layer for its plan. Throws its refusal with its place; a plan that would be wrong for any
/// input is the plugin's fault.
void plan(Node& node, const LayerSpec& spec, std::span<const LayerSpec> layers) {
  node.plan = {};
  node.plan.size = sizeof node.plan;
  node.plan.n_in = static_cast<std::uint32_t>(node.in_shapes.size());
  node.plan.in = node.in_shapes.data();
  const auto refuse = [&](std::string what, std::string hint = {}) {
    throw GraphError(
        Problem{.what = "layer '" + node.name + "': " + what, .place = node.place, .hint = hint});
  };
  if (node.layer.status_of("plan", node.functions().plan, &node.plan) != 0) {
    Problem said = take_plugin_error();
    if (const LayerSpec* const before = gives_last_step_to(spec, layers);
        before != nullptr && said.hint.find("return_sequences") != std::string::npos)
      said.hint = "write return_sequences: true in '" + before->name + "'";
    refuse(said.what.empty() ? "refused its inputs without a reason" : said.what, said.hint);
  }
  const Class& plugin = node.layer.plugin();
  if (const std::string fault = fault_of_plan(node.plan); !fault.empty())
    throw PluginError(Problem{
        .what = "layer '" + node.name + "': " + plugin.label + " planned " + fault,
        .place = node.place,
        .hint =
            "tell the plugin's author; nnrun check " + plugin.library->shown() + " finds it too"});
  const nnrun_shape& out = node.plan.out;
  if (product_of(out) > largest_size)
    refuse("an output of " + text_of(out) + " is impossible", too_large);
  node.cols = size_of(out);
}

/// Returns `weights 2000000000 x 2000000000, bias 2000000000`, or `none` for a layer without.
std::string blocks_text(const nnrun_plan& plan) {
  std::vector<std::string> texts;
  for (const nnrun_block& block : std::span(plan.blocks, plan.n_blocks))
    texts.push_back(std::string(block.name) + " " + text_of(block.shape));
  return texts.empty() ? "none" : join(texts, ", ");
}

/// Adds numbers to a flat vector and returns where they begin.
std::size_t append(std::size_t& total, std::size_t count, const char* what, const Node& node) {
  const std::size_t at = total;
  if (count > largest_vector - total)
    throw GraphError(Problem{.what = "layer '" + node.name + "': " + std::to_string(count) + ' ' +
                                     what + " are impossible: " + blocks_text(node.plan),
                             .place = node.place,
                             .hint = "make the layer or its inputs smaller"});
  total += padded(count);
  return at;
}

/// Throws GraphError for a frozen layer that is to pass slopes on but cannot while it works as in
/// use. node.has_slope: of the nodes before it.
void require_slopes(const Node& node) {
  const bool can = (node.functions().flags & NNRUN_SLOPES_IN_USE) != 0;
  if (!node.has_slope || !node.runs_as_in_use() || can) return;
  throw GraphError(
      Problem{.what = "layer '" + node.name + "' is frozen, but a layer before it learns, and " +
                      node.layer.plugin().label + " gives no slopes while it works as in use",
              .place = node.place,
              .hint = "freeze the layers before it too, or let this one learn"});
}

/// Throws GraphError for a layer of indices behind one that learns: it passes no slopes on.
void require_data(const Node& node) {
  if (node.plan.indices == 0 || !node.has_slope) return;
  throw GraphError(
      Problem{.what = "layer '" + node.name + "' takes whole numbers, but a layer before it learns",
              .place = node.place,
              .hint = "let it read the data: write inputs: [input]"});
}

/// With one output number per row, every activation works number by number.
bool is_elementwise(const Object& activation, std::size_t cols) {
  return !activation || cols == 1 ||
         (activation.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE) != 0;
}

}  // namespace

bool Node::elementwise() const {
  return is_elementwise(activation, cols);
}

std::size_t size_of(const nnrun_shape& shape) {
  std::size_t n = 1;
  for (std::uint32_t i = 0; i < shape.rank; ++i) n *= shape.sizes[i];
  return n;
}

std::string text_of(const nnrun_shape& shape) {
  std::vector<std::string> sizes;
  for (std::uint32_t i = 0; i < shape.rank; ++i) sizes.push_back(std::to_string(shape.sizes[i]));
  return join(sizes, " x ");
}

bool lie_alike(const nnrun_shape& a, const nnrun_shape& b) {
  const auto longer_sides = [](const nnrun_shape& shape) {
    std::vector<std::size_t> sizes;
    for (std::uint32_t i = 0; i < shape.rank; ++i)
      if (shape.sizes[i] != 1) sizes.push_back(shape.sizes[i]);
    return sizes;
  };
  const std::vector<std::size_t> x = longer_sides(a), y = longer_sides(b);
  return x.size() <= 1 || y.size() <= 1 || x == y;
}

std::vector<std::size_t> topological_order(std::span<const LayerSpec> layers) {
  std::vector<std::size_t> order;
  std::vector<bool> placed(layers.size());
  const auto ready = [&](const LayerSpec& layer) {
    return std::ranges::all_of(layer.inputs, [&](const Placed<std::string>& input) {
      const std::size_t i = index_of(layers, input.value);
      return i == layers.size() || placed[i];  // not a layer: the model's input
    });
  };
  while (order.size() < layers.size()) {
    std::size_t next = 0;
    while (next < layers.size() && (placed[next] || !ready(layers[next]))) ++next;
    if (next == layers.size()) refuse_cycle(layers, placed);
    placed[next] = true;
    order.push_back(next);
  }
  require_one_output(layers);
  return order;
}

std::vector<NamedBlock> Graph::saved_blocks() const {
  std::vector<NamedBlock> all;
  for (const Node& node : nodes) {
    const auto add = [&](const nnrun_block& block, std::size_t offset, bool is_state) {
      all.push_back({node.name + '/' + block.name, &node, &block, size_of(block.shape),
                     offset + block.offset, is_state});
    };
    for (std::uint32_t i = 0; i < node.plan.n_blocks; ++i)
      add(node.plan.blocks[i], node.offset, false);
    for (std::uint32_t i = 0; i < node.plan.n_state_blocks; ++i)
      add(node.plan.state_blocks[i], node.state_offset, true);
  }
  return all;
}

std::vector<NamedBlock> Graph::blocks() const {
  std::vector<NamedBlock> all = saved_blocks();
  std::erase_if(all, &NamedBlock::is_state);
  return all;
}

std::vector<LearningStretch> Graph::learning_stretches() const {
  std::vector<LearningStretch> all;
  for (const Node& node : nodes) {
    if (!node.learns()) continue;
    const std::size_t count = padded(node.plan.n_parameters);
    const bool goes_on = !all.empty() && all.back().from + all.back().count == node.offset &&
                         all.back().rate_factor == node.rate_factor;
    if (goes_on)
      all.back().count += count;
    else
      all.push_back({node.offset, count, node.rate_factor});
  }
  return all;
}

bool Graph::trains_differently() const {
  return std::ranges::any_of(nodes, [](const Node& node) {
    return node.couples_rows() || (node.plan.noise_per_row > 0 && !node.runs_as_in_use());
  });
}

std::size_t Graph::parameter_count() const {
  std::size_t n = 0;
  for (const NamedBlock& block : blocks()) n += block.count;
  return n;
}

std::size_t Graph::frozen_count() const {
  std::size_t n = 0;
  for (const NamedBlock& block : blocks())
    if (block.node->frozen) n += block.count;
  return n;
}

std::size_t Graph::scratch() const {
  std::size_t most = 0;
  for (const Node& node : nodes) most = std::max(most, node.plan.scratch);
  return most;
}

double Graph::work_per_row() const {
  double work = 0;
  for (const Node& node : nodes)
    work += static_cast<double>(node.plan.work_per_row != 0 ? node.plan.work_per_row
                                                            : padded(node.plan.n_parameters));
  return work;
}

Indices Graph::indices() const {
  Indices fewest;
  for (const Node& node : nodes)
    if (node.plan.indices > 0 && std::ranges::count(node.inputs, data_input) > 0 &&
        (fewest.count == 0 || node.plan.indices < fewest.count))
      fewest = {node.name, node.plan.indices};
  return fewest;
}

bool Graph::free_cuts() const {
  return std::ranges::all_of(nodes, [](const Node& node) { return node.plan.free_cuts == 1; });
}

Graph build_graph(const Experiment& experiment) {
  Graph graph;
  graph.input.rank = static_cast<std::uint32_t>(experiment.model.input.value.size());
  std::ranges::copy(experiment.model.input.value, graph.input.sizes);
  if (product_of(graph.input) > largest_size)
    throw GraphError(Problem{.what = "an input of " + text_of(graph.input) + " is impossible",
                             .place = experiment.model.input.place,
                             .hint = too_large});
  graph.input_cols = size_of(graph.input);

  const std::vector<std::size_t> order = topological_order(experiment.model.layers);
  graph.nodes.reserve(order.size());  // plans point into their nodes
  for (const std::size_t i : order) {
    const LayerSpec& spec = experiment.model.layers[i];
    Node& node = graph.nodes.emplace_back();
    node.name = spec.name;
    node.place = spec.place;
    node.layer = Object(spec.layer);
    if (spec.activation) node.activation = Object(spec.activation);
    node.frozen = spec.frozen || spec.learning_rate_factor == 0;
    node.rate_factor = node.frozen ? 1 : spec.learning_rate_factor;
    node.init = spec.init;
    node.bias_init = spec.bias_init;
    for (const Placed<std::string>& input : spec.inputs) {
      const auto found = std::ranges::find(graph.nodes, input.value, &Node::name);
      const bool data = found == graph.nodes.end();
      node.inputs.push_back(data ? data_input : static_cast<int>(found - graph.nodes.begin()));
      node.in_shapes.push_back(data ? graph.input : found->plan.out);
      node.has_slope |= !data && found->has_slope;
    }
    plan(node, spec, experiment.model.layers);
    node.activation_cols =
        node.elementwise() ? node.cols : node.plan.out.sizes[node.plan.out.rank - 1];
    require_slopes(node);
    require_data(node);
    node.has_slope |= node.learns();
    node.offset = append(graph.n_parameters, node.plan.n_parameters, "parameters", node);
    node.state_offset = append(graph.n_state, node.plan.n_state, "numbers of state", node);
  }
  join_across_moves(experiment.train.cost, graph);
  graph.cost_takes_scores = is_joined(experiment.train.cost, graph.output());
  for (Node& node : graph.nodes) {
    const bool is_joined = graph.cost_takes_scores && &node == &graph.output();
    node.activates_in_place =
        node.activation && !is_joined && node.plan.forgets_outputs != 0 &&
        (node.activation.functions<nnrun_activation>().flags & NNRUN_IN_PLACE) != 0;
  }
  graph.answer_cols = answer_cols(experiment.train.cost, graph.output());
  return graph;
}

}  // namespace nnrun::host
