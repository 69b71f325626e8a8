// One example goes through a layer and its activation in one call: nobody may notice.
#include <cmath>

#include "network/initial_values.hpp"
#include "network/joined_cost.hpp"
#include "support/plugins.hpp"
#include "training/objective.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

/// Returns gradients and outputs of some batches of single examples, then of two; with the number
/// of calls that do both a layer's part and an activation's.
template <class T>
std::vector<T> gradients_of(const std::string& yaml, std::size_t& n_together) {
  const host::Experiment e = experiment(yaml);
  const host::Graph graph = host::build_graph(e);
  host::Random random(e.random, 8);
  Buffer<T> w(graph.n_parameters), state(graph.n_state), gradient(graph.n_parameters);
  host::initialize(graph, random, w.data(), state.data());
  Buffer<T> x(2 * graph.input_cols), t(2 * graph.output().cols);
  host::Team team(1);
  const host::Object cost = host::cost_of(e.train.cost, graph);
  host::Objective<T> objective(graph, cost, 2, w.data(), team, state.data(), &random);
  std::vector<T> all;
  for (const std::size_t rows : {1u, 1u, 2u, 1u}) {
    for (std::size_t i = 0; i < x.size(); ++i)
      x.data()[i] = T(std::sin(3. * double(i + all.size()) + 1));
    for (std::size_t i = 0; i < t.size(); ++i) t.data()[i] = T(i % 2);
    objective.set_batch({x.data(), t.data(), rows}, 1);
    objective.backpropagate(gradient.data());
    all.insert(all.end(), gradient.data(), gradient.data() + gradient.size());
    all.insert(all.end(), objective.outputs(), objective.outputs() + rows * graph.output().cols);
  }
  host::Workspace<T> workspace(graph, 2, w.data(), state.data(), true);
  const host::Pass<T> pass = workspace.pass();
  n_together = 0;
  for (const auto& step : pass.steps())
    for (const bool is_one_call : {step.affine.forward != nullptr, step.affine.backward != nullptr})
      if (is_one_call) ++n_together;
  return all;
}

/// A network with `activation` behind its layers: of their own, or on layers behind them.
struct Nets {
  std::string together, apart;
};
Nets nets(const std::string& activation, std::size_t units, bool bias, const std::string& more,
          const std::string& cost = "sum_squared_error") {
  const std::string head = "data: diagonal\nrandom: philox\ntrain: {cost: " + cost +
                           "}\nmodel:\n  input: 3\n  layers:\n";
  const auto layer = [&](const std::string& name, std::size_t n, const std::string& keys,
                         bool own) {
    const std::string begin = "    - {name: " + name +
                              ", type: dense, units: " + std::to_string(n) +
                              ", bias: " + (bias ? "true" : "false") + keys;
    const std::string f = ", activation: " + activation + "}\n";
    return own ? begin + f : begin + "}\n    - {name: " + name + "_f, type: activation" + f;
  };
  const auto net = [&](bool own) {
    const std::string a = own ? "a" : "a_f", b = own ? "b" : "b_f";
    return head + layer("a", units, "", own) + layer("b", units, more, own) +
           // a node that two read: its slopes are written once and added once
           "    - {name: sum, type: add, inputs: [" + a + ", " + b + "]}\n" +
           layer("c", 1, "", own);
  };
  return {net(true), net(false)};
}
template <class T>
void require_same(const Nets& nets, bool is_elementwise, std::size_t calls) {
  std::size_t together = 0, apart = 0;
  const std::vector<T> a = gradients_of<T>(nets.together, together),
                       b = gradients_of<T>(nets.apart, apart);
  CHECK(together == (is_elementwise ? calls : 0));
  CHECK(apart == 0);
  REQUIRE(a.size() == b.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    wrong += a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]));
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("a layer and its activation in one call give the bits of two", "[network]") {
  const std::string activation = GENERATE(from_range(names("activation")));
  if (activation == "formula") return;  // it needs a formula, and takes whole batches
  const std::size_t units = GENERATE(1u, 5u, 8u, 11u);
  const bool bias = GENERATE(false, true);
  CAPTURE(activation, units, bias);
  const host::Class& found = *registry().find("activation", activation);
  const bool is_elementwise =
      (host::functions_of<nnrun_activation>(found).flags & NNRUN_ELEMENTWISE) != 0;
  const std::size_t calls = units <= NNRUN_LANES ? 6 : 2;  // of more units, a layer by itself
  require_same<float>(nets(activation, units, bias, ""), is_elementwise, calls);
  require_same<double>(nets(activation, units, bias, ""), is_elementwise, calls);
}

TEST_CASE("a frozen layer in one call with its activation stays as it is", "[network]") {
  const Nets frozen = nets("tanh", 5, true, ", frozen: true");
  require_same<float>(frozen, true, 5);
  require_same<double>(frozen, true, 5);
}

TEST_CASE("a cost that is joined to the last activation gets what that takes of one example, too",
          "[network]") {
  const Nets joined = nets("sigmoid", 5, true, "", "binary_cross_entropy");
  require_same<float>(joined, true, 5);  // no slope goes through the last activation
  require_same<double>(joined, true, 5);
}

TEST_CASE("a layer whose units see the last axis is no x W + b of one row", "[network]") {
  const Nets last = nets("tanh", 5, true, ", axis: last");
  require_same<float>(last, true, 4);
  require_same<double>(last, true, 4);
}

}  // namespace nnrun::testing
