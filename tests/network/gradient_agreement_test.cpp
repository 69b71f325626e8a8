// Finite differences by the sweep, finite differences one pass per parameter, and backpropagation:
// three ways to one gradient, on chains and on graphs.
#include <cmath>

#include "network/initial_values.hpp"
#include "network/joined_cost.hpp"
#include "network/padding.hpp"
#include "support/plugins.hpp"
#include "training/objective.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

struct Net {
  const char *title, *layers;
};
const Net nets[] = {
    {"2-5-1 without biases",
     "    - {type: dense, units: 5, bias: false}\n    - {type: dense, units: 1, bias: false}\n"},
    {"2-5-1", "    - {type: dense, units: 5}\n    - {type: dense, units: 1}\n"},
    {"2-9-7-4",
     "    - {type: dense, units: 9}\n    - {type: dense, units: 7}\n    - {type: dense, units: "
     "4}\n"},
    {"2-1-1-3",
     "    - {type: dense, units: 1}\n    - {type: dense, units: 1}\n    - {type: dense, units: "
     "3}\n"},
    {"a skip connection",
     "    - {name: stem, type: dense, units: 6}\n    - {name: body, type: dense, units: 6}\n"
     "    - {type: add, inputs: [stem, body], activation: sigmoid}\n    - {type: dense, units: "
     "1}\n"},
    {"a skip and three branches",
     "    - {name: a, type: dense, units: 6}\n    - {name: b, type: dense, units: 6}\n"
     "    - {name: ab, type: add, inputs: [a, b], activation: sigmoid}\n"
     "    - {name: c, type: dense, units: 6, inputs: [a]}\n"
     "    - {name: abc, type: add, inputs: [ab, c, b]}\n    - {type: dense, units: 2, inputs: "
     "[abc]}\n"},
    {"a layer that is read twice by one reader",
     "    - {name: a, type: dense, units: 4}\n    - {name: twice, type: add, inputs: [a, a]}\n"
     "    - {type: dense, units: 2}\n"},
    {"branches that both read the data",
     "    - {name: a, type: dense, units: 4, inputs: [input]}\n"
     "    - {name: b, type: dense, units: 4, inputs: [input]}\n"
     "    - {name: sum, type: add, inputs: [a, b]}\n    - {type: dense, units: 1}\n"},
    {"the data itself is added",
     "    - {name: a, type: dense, units: 2}\n    - {name: sum, type: add, inputs: [input, a]}\n"
     "    - {type: dense, units: 1}\n"},
    {"a gate, a difference and a mean",
     "    - {name: a, type: dense, units: 6}\n    - {name: b, type: dense, units: 6}\n"
     "    - {name: gated, type: multiply, inputs: [a, b, a]}\n"
     "    - {name: less, type: subtract, inputs: [gated, b]}\n"
     "    - {name: mean, type: average, inputs: [less, a, b]}\n    - {type: dense, units: 2}\n"},
    {"the largest of three, scaled, with a learnt slope",
     "    - {name: a, type: dense, units: 5}\n    - {name: b, type: dense, units: 5}\n"
     "    - {name: c, type: dense, units: 5, inputs: [a]}\n"
     "    - {name: largest, type: maximum, inputs: [a, b, c]}\n    - {type: scale}\n"
     "    - {type: dense, units: 3, activation: none}\n    - {type: prelu}\n"
     "    - {type: dense, units: 1}\n    - {type: scale, activation: sigmoid}\n"},
    {"one after the other, in other shapes",
     "    - {name: a, type: dense, units: 4}\n    - {name: b, type: dense, units: 3}\n"
     "    - {name: ab, type: concatenate, inputs: [a, b, input, a, b, a]}\n"
     "    - {name: square, type: reshape, shape: [4, 5]}\n"
     "    - {name: bent, type: activation, activation: tanh}\n    - {type: prelu}\n"
     "    - {name: wide, type: concatenate, inputs: [square, prelu_1]}\n    - {type: flatten}\n"
     "    - {type: scale, bias: false}\n    - {type: dense, units: 2}\n"},
    {"an image through filters",
     "    - {type: dense, units: 40}\n    - {type: reshape, shape: [5, 4, 2]}\n"
     "    - {type: conv2d, filters: 3, kernel_size: [2, 3], padding: same}\n"
     "    - {type: conv2d, filters: 4, kernel_size: 2, strides: [2, 1], groups: 1}\n"
     "    - {type: flatten}\n    - {type: dense, units: 2}\n"},
    {"an image through pools",
     "    - {type: dense, units: 50}\n    - {type: reshape, shape: [5, 5, 2]}\n"
     "    - {type: zero_padding2d, padding: [1, 0]}\n    - {type: max_pooling2d, strides: 1}\n"
     "    - {type: average_pooling2d, pool_size: 3, padding: same}\n    - {type: up_sampling2d}\n"
     "    - {name: mean, type: global_average_pooling2d}\n"
     "    - {name: most, type: global_max_pooling2d, inputs: [up_sampling2d_1]}\n"
     "    - {type: add, inputs: [mean, most]}\n    - {type: dense, units: 2}\n"},
    {"filters for each channel, and filters turned round",
     "    - {type: dense, units: 40}\n    - {type: reshape, shape: [5, 4, 2]}\n"
     "    - {type: depthwise_conv2d, kernel_size: [2, 3], depth_multiplier: 2, padding: same}\n"
     "    - {type: depthwise_conv2d, kernel_size: 2, strides: [2, 1]}\n"
     "    - {type: conv2d_transpose, filters: 2, kernel_size: 3, strides: 2, padding: same}\n"
     "    - {type: conv2d_transpose, filters: 3, kernel_size: 2, strides: 3}\n"
     "    - {type: global_average_pooling2d}\n    - {type: dense, units: 2}\n"},
    {"places of a sequence, each by itself",
     "    - {type: dense, units: 12}\n    - {type: reshape, shape: [4, 3]}\n"
     "    - {type: scale}\n    - {type: dense, units: 9, axis: last}\n"
     "    - {type: dense, units: 1, axis: last}\n    - {type: flatten}\n"
     "    - {type: dense, units: 2}\n"},
    {"a sequence through recurrent layers",
     "    - {type: dense, units: 12}\n    - {type: reshape, shape: [4, 3]}\n"
     "    - {type: positional, encoding: learned}\n"
     "    - {type: dense, units: 5, axis: last}\n"
     "    - {type: lstm, units: 3, return_sequences: true}\n"
     "    - {type: bidirectional, layer: gru, units: 2, merge: multiply, return_sequences: true}\n"
     "    - {type: dense, units: 3, axis: last, activation: softmax}\n"
     "    - {type: gru, units: 3, reset_after: false}\n    - {type: repeat_vector, n: 3}\n"
     "    - {type: simple_rnn, units: 2, go_backwards: true}\n    - {type: dense, units: 2}\n"},
    {"a recurrent layer that reads the data",
     "    - {type: reshape, shape: [2, 1]}\n    - {type: lstm, units: 3}\n"
     "    - {type: dense, units: 1}\n"},
    {"a softmax behind a scale",
     "    - {type: dense, units: 3}\n    - {type: scale, activation: softmax}\n"},
};

host::Experiment net(const std::string& layers) {
  return experiment(
      "data: diagonal\nrandom: philox\ndtype: float64\nmodel:\n  input: 2\n"
      "  defaults: {activation: sigmoid, init: {type: uniform, low: -1, high: 1},"
      " bias_init: {type: uniform, low: -1, high: 1}}\n  layers:\n" +
      layers + "train: {cost: sum_squared_error}\n");
}

/// A network with parameters, and a batch for it.
template <class T>
struct Rig {
  Rig(const std::string& layers, std::size_t rows)
      : e(net(layers)),
        graph(host::build_graph(e)),
        cost(host::cost_of(e.train.cost, graph)),
        w(graph.n_parameters),
        x(rows * 2),
        t(rows * graph.output().cols) {
    host::Random random(e.random, 8);
    host::initialize(graph, random, w.data());
    for (std::size_t i = 0; i < x.size(); ++i)
      x.data()[i] = static_cast<T>(std::sin(3. * double(i) + 1));
    for (std::size_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<T>(i % 2);
  }
  host::Experiment e;
  host::Graph graph;
  host::Object cost;
  Buffer<T> w, x, t;
  host::Team team{1};
};

std::vector<std::size_t> elements(const host::Graph& graph) {
  std::vector<std::size_t> all;
  for (const host::NamedBlock& block : graph.blocks())
    host::for_each_element(block, [&](std::size_t at, std::size_t) { all.push_back(at); });
  return all;
}

}  // namespace

TEST_CASE("the sweep gives what one pass per parameter gives", "[network][gradient]") {
  const Net n = GENERATE(from_range(std::begin(nets), std::end(nets)));
  // sweeps without a limit, cut into many, cut as small as possible
  const std::size_t limit = GENERATE(std::size_t{1} << 20, std::size_t{200}, std::size_t{1});
  CAPTURE(n.title, limit);
  Rig<double> rig(n.layers, 1);
  host::Perturbation<double> sweep(rig.graph, rig.w.data(), nullptr, rig.cost,
                                   host::FixedPlaces(rig.graph), limit);
  Buffer<double> costs(rig.graph.n_parameters);
  const double h = 0.01;
  const double here = sweep.costs(rig.x.data(), rig.t.data(), h, costs.data());

  host::Objective<double> plain(rig.graph, rig.cost, 1, rig.w.data(), rig.team);
  plain.set_batch({rig.x.data(), rig.t.data(), 1});
  CHECK(here == Approx(plain.cost()).epsilon(1e-14));
  const std::vector<std::size_t> real = elements(rig.graph);
  for (const std::size_t i : real) {
    const double keep = rig.w.data()[i];
    rig.w.data()[i] += h;
    const double expected = plain.cost();
    rig.w.data()[i] = keep;
    CHECK(costs.data()[i] == Approx(expected).epsilon(1e-13));
  }
  for (std::size_t i = 0; i < rig.graph.n_parameters; ++i)
    if (std::ranges::find(real, i) == real.end()) CHECK(costs.data()[i] == here);
}

TEST_CASE("backpropagation gives the slopes of the cost", "[network][gradient]") {
  const Net n = GENERATE(from_range(std::begin(nets), std::end(nets)));
  const auto rows = GENERATE(values<std::size_t>({1, 3, 40}));
  CAPTURE(n.title, rows);
  Rig<double> rig(n.layers, rows);
  host::Objective<double> objective(rig.graph, rig.cost, rows, rig.w.data(), rig.team);
  objective.set_batch({rig.x.data(), rig.t.data(), rows});
  Buffer<double> gradient(rig.graph.n_parameters);
  const double cost = objective.backpropagate(gradient.data());
  CHECK(cost == Approx(objective.cost()).epsilon(1e-14));
  const double h = 1e-5;  // central difference: error about 1e-10
  const std::vector<std::size_t> real = elements(rig.graph);
  for (const std::size_t i : real) {
    const double keep = rig.w.data()[i];
    rig.w.data()[i] = keep + h;
    const double above = objective.cost();
    rig.w.data()[i] = keep - h;
    const double below = objective.cost();
    rig.w.data()[i] = keep;
    CHECK(gradient.data()[i] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-9));
  }
  for (std::size_t i = 0; i < rig.graph.n_parameters; ++i)
    if (std::ranges::find(real, i) == real.end()) CHECK(gradient.data()[i] == 0);
}

TEST_CASE("the finite_difference plugin and the backprop plugin agree on a graph with a skip",
          "[network][gradient]") {
  const Net n = GENERATE(from_range(std::begin(nets), std::end(nets)));
  const auto rows = GENERATE(values<std::size_t>({1, 7}));
  CAPTURE(n.title, rows);
  Rig<double> rig(n.layers, rows);
  const auto gradient_of = [&](const host::Use& plugin, std::vector<double>& g) {
    host::Objective<double> objective(rig.graph, rig.cost, rows, rig.w.data(), rig.team);
    objective.set_batch({rig.x.data(), rig.t.data(), rows});
    const host::Object gradient(plugin);
    Buffer<double> numbers(rig.graph.n_parameters);
    double cost = 0;
    gradient.call("compute", gradient.functions<nnrun_gradient>().compute, objective.face(),
                  numbers.data(), &cost);
    g.assign(numbers.data(), numbers.data() + numbers.size());
    return cost;
  };
  std::vector<double> differences, exact;
  const double a = gradient_of(use("gradient", "finite_difference", {{"step", 1e-6}}), differences);
  const double b = gradient_of(use("gradient", "backprop"), exact);
  CHECK(a == Approx(b).epsilon(1e-13));
  // a forward difference is wrong by h f'' / 2, and by rounding over h: some 1e-9 here
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(differences[i] == Approx(exact[i]).epsilon(1e-4).margin(1e-6));
}

TEST_CASE("central differences are right to the square of their step", "[network][gradient]") {
  const Net n = GENERATE(from_range(std::begin(nets), std::end(nets)));
  const auto rows = GENERATE(values<std::size_t>({1, 7}));
  CAPTURE(n.title, rows);
  Rig<double> rig(n.layers, rows);
  host::Objective<double> objective(rig.graph, rig.cost, rows, rig.w.data(), rig.team);
  objective.set_batch({rig.x.data(), rig.t.data(), rows});
  Buffer<double> exact(rig.graph.n_parameters), found(rig.graph.n_parameters);
  const double cost = objective.backpropagate(exact.data());
  const host::Object gradient(use("gradient", "central_difference", {{"step", 1e-4}}));
  double here = 0;
  gradient.call("compute", gradient.functions<nnrun_gradient>().compute, objective.face(),
                found.data(), &here);
  CHECK(here == Approx(cost).epsilon(1e-13));
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(found.data()[i] == Approx(exact.data()[i]).epsilon(1e-6).margin(1e-7));
}

TEST_CASE("one sample of spsa is the slope along its direction, many are the gradient",
          "[network][gradient]") {
  Rig<double> rig(nets[1].layers, 5);
  host::Random random(rig.e.random, 3);
  host::Objective<double> objective(rig.graph, rig.cost, 5, rig.w.data(), rig.team, nullptr,
                                    &random);
  const std::vector<double> before(rig.w.data(), rig.w.data() + rig.w.size());
  const std::vector<std::size_t> real = elements(rig.graph);
  Buffer<double> exact(rig.graph.n_parameters), found(rig.graph.n_parameters);
  const auto compute = [&](std::int64_t samples, std::uint64_t step) {
    objective.set_batch({rig.x.data(), rig.t.data(), 5}, step);
    const host::Object gradient(use("gradient", "spsa", {{"h", 1e-4}, {"samples", samples}}));
    double cost = 0;
    gradient.call("compute", gradient.functions<nnrun_gradient>().compute, objective.face(),
                  found.data(), &cost);
    objective.clear_fixed(found.data());
    return cost;
  };
  const double cost = compute(1, 1);
  CHECK(cost == Approx(objective.backpropagate(exact.data())).epsilon(1e-14));
  const double size = std::abs(found.data()[real[0]]);
  double slope = 0;  // along the direction ±1 that was drawn
  for (const std::size_t i : real) {
    CHECK(std::abs(found.data()[i]) == size);
    slope += exact.data()[i] * found.data()[i] / size;
  }
  CHECK(std::abs(slope) == Approx(size).epsilon(1e-6));
  for (std::size_t i = 0; i < found.size(); ++i)
    if (std::ranges::find(real, i) == real.end()) CHECK(found.data()[i] == 0);

  const std::vector<double> first(found.data(), found.data() + found.size());
  compute(1, 2);
  CHECK(first != std::vector<double>(found.data(), found.data() + found.size()));
  compute(1, 1);  // another step draws other numbers
  CHECK(first == std::vector<double>(found.data(), found.data() + found.size()));

  compute(20000, 1);
  double length = 0;
  for (const std::size_t i : real) length += exact.data()[i] * exact.data()[i];
  const double deviation = std::sqrt(length / 20000);  // of the mean, for each weight
  for (const std::size_t i : real)
    CHECK(std::abs(found.data()[i] - exact.data()[i]) < 5 * deviation);
  CHECK(before == std::vector<double>(rig.w.data(), rig.w.data() + rig.w.size()));
}

TEST_CASE("a smaller batch after a larger one gives its own gradient", "[network][gradient]") {
  const Net n = GENERATE(from_range(std::begin(nets), std::end(nets)));
  const auto rows = GENERATE(values<std::size_t>({1, 5, 33}));
  CAPTURE(n.title, rows);
  Rig<float> rig(n.layers, 100);
  Buffer<float> fresh(rig.graph.n_parameters), reused(rig.graph.n_parameters);
  host::Objective<float> first(rig.graph, rig.cost, 100, rig.w.data(), rig.team);
  host::Objective<float> second(rig.graph, rig.cost, 100, rig.w.data(), rig.team);
  first.set_batch({rig.x.data(), rig.t.data(), rows});
  first.backpropagate(fresh.data());
  second.set_batch({rig.x.data(), rig.t.data(), 100});
  second.backpropagate(reused.data());
  second.set_batch({rig.x.data(), rig.t.data(), rows});
  second.backpropagate(reused.data());
  for (std::size_t i = 0; i < fresh.size(); ++i) CHECK(reused.data()[i] == fresh.data()[i]);
}

namespace {

template <class T>
std::vector<T> gradient_of(const Rig<T>& rig, std::size_t rows, unsigned threads) {
  host::Team team(threads);
  host::Objective<T> objective(rig.graph, rig.cost, rows, rig.w.data(), team);
  objective.set_batch({rig.x.data(), rig.t.data(), rows});
  Buffer<T> gradient(rig.graph.n_parameters);
  for (int again = 0; again < 20; ++again) objective.backpropagate(gradient.data());
  return {gradient.data(), gradient.data() + gradient.size()};
}
template <class T>
void require_same_bits(const std::string& layers, std::size_t rows) {
  const Rig<T> rig(layers, rows);
  const std::vector<T> expected = gradient_of(rig, rows, 1);
  for (const unsigned threads : {2u, 3u, 4u}) CHECK(gradient_of(rig, rows, threads) == expected);
}

/// With Eigen's product, whose numbers depend on the cut, the cut does not depend on the threads.
std::string wide(const std::string& product) {
  std::string layers;
  for (const char* units : {"150", "90", "3"})
    layers += std::string("    - {type: dense, units: ") + units + ", product: " + product + "}\n";
  return layers;
}

}  // namespace

TEST_CASE("any number of threads gives the same bits", "[network][gradient][threads]") {
  const std::string product = GENERATE("ordered", "eigen");
  const auto rows = GENERATE(values<std::size_t>({2, 9, 17, 33, 65, 129, 250, 333}));
  CAPTURE(product, rows);
  require_same_bits<float>(wide(product), rows);
  if (rows < 200) require_same_bits<double>(wide(product), rows);
}

TEST_CASE("no block is a single row of a larger batch, and a block is whole lanes",
          "[network][threads]") {
  const Rig<float> rig(wide("ordered"), 1);
  for (const unsigned threads : {1u, 2u, 3u, 4u, 7u}) {
    const host::Cuts cuts(rig.graph, threads);
    for (std::size_t rows = 2; rows < 2000; ++rows) {
      const std::size_t block = cuts.block_rows(rows), left = rows % block;
      const bool fits = left != 1 && block % NNRUN_LANES == 0 &&
                        (rows + block - 1) / block <= cuts.most_blocks(2000);
      if (fits) continue;
      CAPTURE(threads, rows, block);
      REQUIRE(fits);
    }
  }
}

}  // namespace nnrun::testing
