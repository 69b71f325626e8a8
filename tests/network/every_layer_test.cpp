// Every layer of the registry in a network, so that a new one is tried as soon as it is there.
#include <utility>

#include "base/said.hpp"
#include "base/text.hpp"
#include "network/initial_values.hpp"
#include "network/joined_cost.hpp"
#include "support/plugins.hpp"
#include "training/objective.hpp"
#include "training/picture.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

/// Returns a layer with examples for what it must be told.
std::string layer_text(const std::string& name, const std::string& inputs) {
  const host::Class& found = *registry().find("layer", name);
  std::string text = "{name: tried, type: " + name + ", inputs: " + inputs;
  for (std::uint32_t i = 0; i < found.table->n_settings; ++i) {
    const nnrun_setting& setting = host::setting_of(found, i);
    if ((setting.flags & NNRUN_REQUIRED) == 0) continue;
    text += std::string(", ") + setting.name + ": ";
    text += setting.type == NNRUN_FLOATS ? "[2, 2]" : setting.type == NNRUN_FLOAT ? "0.5" : "3";
  }
  return text + "}";
}
/// Returns an experiment with the layer behind one that learns, if it can be.
std::optional<host::Experiment> network_of(const std::string& name) {
  for (const char* const input : {"[6, 6, 2]", "[5, 3]", "4"})
    for (const std::string inputs : {"[a]", "[a, input]", "[input]"}) try {
        host::Experiment e = experiment(
            std::string("data: diagonal\nrandom: philox\nmodel:\n  input: ") + input +
            "\n  layers:\n" + (inputs == "[input]" ? "" : "    - {name: a, type: scale}\n") +
            "    - " + layer_text(name, inputs) +
            "\n    - {type: flatten}\n    - {type: dense, units: 2}\n"
            "train: {cost: sum_squared_error}\n");
        host::build_graph(e);
        return e;
      } catch (const host::Error&) {
      }
  return std::nullopt;
}

/// Returns the gradient of a few batches, one after the other, of different sizes. picture: gets
/// what the last one left.
template <class T>
std::vector<T> gradients_of(const host::Experiment& e, const host::Graph& graph, unsigned threads,
                            host::Picture* picture = nullptr) {
  host::Random random(e.random, 8);
  Buffer<T> w(graph.n_parameters), state(graph.n_state), gradient(graph.n_parameters);
  host::initialize(graph, random, w.data(), state.data());
  constexpr std::size_t most = 130;
  Buffer<T> x(most * graph.input_cols), t(most * graph.output().cols);
  for (std::size_t i = 0; i < x.size(); ++i)  // whole numbers from 0 to 2 where they are indices
    x.data()[i] = graph.indices().count > 0 ? T(i * i % 3) : T(std::sin(3. * double(i) + 1));
  for (std::size_t i = 0; i < t.size(); ++i) t.data()[i] = T(i % 2);
  host::Team team(threads);
  const host::Object cost = host::cost_of(e.train.cost, graph);
  host::Objective<T> objective(graph, cost, most, w.data(), team, state.data(), &random);
  std::vector<T> all;
  for (const std::size_t rows : {most, std::size_t{1}, std::size_t{57}}) {
    objective.set_batch({x.data(), t.data(), rows}, rows);
    objective.backpropagate(gradient.data());
    all.insert(all.end(), gradient.data(), gradient.data() + gradient.size());
    all.insert(all.end(), objective.outputs(), objective.outputs() + rows * graph.output().cols);
  }
  if (picture) objective.add_to(*picture);
  return all;
}
template <class T>
void require_same_bits(const host::Experiment& e, const host::Graph& graph) {
  const std::vector<T> expected = gradients_of<T>(e, graph, 1);
  for (const unsigned threads : {2u, 3u, 5u}) {
    CAPTURE(threads);
    CHECK(gradients_of<T>(e, graph, threads) == expected);
  }
}

}  // namespace

TEST_CASE("every layer gives the same bits with any number of threads and blocks of any size",
          "[network][threads]") {
  const std::string name = GENERATE(from_range(names("layer")));
  CAPTURE(name);
  const std::optional<host::Experiment> e = network_of(name);
  REQUIRE(e);
  const host::Graph graph = host::build_graph(*e);
  require_same_bits<float>(*e, graph);
  require_same_bits<double>(*e, graph);
}

namespace {

/// A network, and which of its layers have an activation that may write over its inputs.
struct InPlace {
  const char *input, *layers, *cost;
  std::vector<bool> in_place;
};
const std::vector<InPlace> networks_in_place{
    {"[6, 6, 2]",  // the slopes of a pool are found by its outputs
     "    - {type: conv2d, filters: 5, kernel_size: 3, padding: same}\n"
     "    - {type: max_pooling2d, activation: $}\n    - {type: flatten}\n"
     "    - {type: dense, units: 3}\n    - {type: dense, units: 2}\n",
     "sum_squared_error",
     {true, false, false, true, true}},
    {"[6, 6, 2]",
     "    - {type: depthwise_conv2d, kernel_size: 3}\n    - {type: dropout, rate: 0.4}\n"
     "    - {type: conv2d_transpose, filters: 3, kernel_size: 2, strides: 2, activation: none}\n"
     "    - {type: batch_norm, activation: $}\n    - {type: dropout, rate: 0.3, activation: $}\n"
     "    - {type: flatten}\n    - {type: dense, units: 2}\n",
     "sum_squared_error",
     {true, false, false, true, false, false, true}},
    {"5",  // two layers read each of what is written over
     "    - {name: a, type: dense, units: 6}\n    - {name: b, type: dense, units: 6}\n"
     "    - {name: c, type: add, inputs: [a, b], activation: $}\n"
     "    - {name: d, type: multiply, inputs: [a, c], activation: $}\n"
     "    - {name: e, type: layer_norm, inputs: [c], activation: $}\n"
     "    - {type: concatenate, inputs: [d, e, b]}\n    - {type: activation, activation: $}\n"
     "    - {type: dense, units: 2}\n",
     "sum_squared_error",
     {true, true, true, false, true, false, true, true}},
    {"[5, 3]",  // a recurrent layer works backwards from its outputs
     "    - {type: conv1d, filters: 4, kernel_size: 2, padding: causal}\n"
     "    - {type: lstm, units: 3, return_sequences: true}\n"
     "    - {type: dense, units: 3, axis: last}\n"
     "    - {type: gru, units: 3}\n    - {type: dense, units: 2}\n",
     "sum_squared_error",
     {true, false, true, false, true}},
    {"5",  // the cost takes what the last activation takes
     "    - {type: dense, units: 4, frozen: true}\n    - {type: dense, units: 3}\n"
     "    - {type: dense, units: 2, activation: sigmoid}\n",
     "binary_cross_entropy",
     {true, true, false}}};

/// Returns the outputs and slopes of all layers of a batch, in use and in training, in turn.
template <class T>
std::vector<std::vector<T>> values_of(const host::Experiment& e, const host::Graph& graph) {
  constexpr std::size_t rows = 11;
  host::Random random(e.random, 8);
  Buffer<T> w(graph.n_parameters), state(graph.n_state), dw(graph.n_parameters),
      x(rows * graph.input_cols);
  host::initialize(graph, random, w.data(), state.data());
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = T(std::sin(3. * double(i) + 1));
  std::vector<std::vector<T>> all;
  for (const bool training : {false, true}) {
    host::Workspace<T> workspace(graph, rows, w.data(), state.data(), training);
    host::Pass<T> pass = workspace.pass();
    pass.set_batch(x.data(), rows);
    pass.forward();
    if (training) {
      for (std::size_t i = 0; i < rows * graph.output().cols; ++i)
        pass.steps().back().da[i] = T(std::cos(double(i)));
      pass.backward_inputs();
      pass.backward_parameters(dw.data());
      all.emplace_back(dw.data(), dw.data() + dw.size());
    }
    for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
      const std::size_t n = rows * graph.nodes[k].cols;
      all.emplace_back(workspace.output(k), workspace.output(k) + n);
      if (const T* const dz = pass.steps()[k].dz) all.emplace_back(dz, dz + n);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("an activation that writes over its inputs changes no bit, and hides nothing",
          "[network][threads]") {
  const std::string activation = GENERATE("relu", "relu6", "tanh", "sigmoid");
  const InPlace net = GENERATE(from_range(networks_in_place));
  CAPTURE(activation, net.layers);
  const host::Experiment e =
      experiment(std::string("data: diagonal\nrandom: philox\nmodel:\n  input: ") + net.input +
                 "\n  defaults: {activation: " + activation + "}\n  layers:\n" +
                 replaced(net.layers, "$", activation) + "train: {cost: " + net.cost + "}\n");
  const host::Graph graph = host::build_graph(e);
  host::Graph apart = host::build_graph(e);
  std::vector<bool> in_place;
  for (host::Node& node : apart.nodes)
    in_place.push_back(std::exchange(node.activates_in_place, false));
  CHECK(in_place == net.in_place);
  CHECK(gradients_of<float>(e, graph, 1) == gradients_of<float>(e, apart, 1));
  CHECK(gradients_of<double>(e, graph, 2) == gradients_of<double>(e, apart, 2));
  CHECK(values_of<float>(e, graph) == values_of<float>(e, apart));
  const auto pictures = [&](const host::Graph& of) {
    host::Picture picture;
    gradients_of<double>(e, of, 1, &picture);
    return std::move(picture.layers);
  };
  const auto found = pictures(graph), expected = pictures(apart);
  for (std::size_t k = 0; k < found.size(); ++k) {
    CAPTURE(k);
    CHECK(found[k].before == expected[k].before);
    CHECK(found[k].from == expected[k].from);
    CHECK(found[k].to == expected[k].to);
    CHECK(found[k].after == expected[k].after);
    CHECK(found[k].saturated == expected[k].saturated);
    CHECK(found[k].dead == expected[k].dead);
  }
}

}  // namespace nnrun::testing
