// Costs that are worked out from what the last activation takes.
#include "network/joined_cost.hpp"

#include <cmath>
#include <tuple>

#include "loading/plugin_factory.hpp"
#include "network/initial_values.hpp"
#include "support/plugins.hpp"
#include "training/objective.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

/// A dense layer of `units` with weights 1 and this activation, on 2 inputs.
host::Experiment net(const std::string& activation, const std::string& cost, int units,
                     const std::string& more = "") {
  return experiment(
      "dtype: float64\ndata: {type: diagonal, train: 40}\nmodel: {input: 2, layers: "
      "[{type: dense, units: " +
      std::to_string(units) + ", activation: " + activation +
      ", init: {type: constant, value: 1}}" + more + "]}\ntrain: {cost: " + cost + "}\n");
}

/// The gradient of one batch by a plugin, and its cost.
struct Gradient {
  std::vector<double> numbers;
  double cost = 0;
};
Gradient gradient_of(const host::Experiment& e, std::vector<double> x, std::vector<double> t,
                     const host::Use& by) {
  const host::Graph graph = host::build_graph(e);
  const host::Object cost = host::cost_of(e.train.cost, graph);
  const std::size_t rows = x.size() / graph.input_cols;
  host::Random random(e.random, 8);
  host::Buffer<double> w(graph.n_parameters), g(graph.n_parameters), inputs(x.size()),
      targets(t.size());
  host::initialize(graph, random, w.data());
  std::ranges::copy(x, inputs.data());
  std::ranges::copy(t, targets.data());
  host::Team team(1);
  host::Objective<double> objective(graph, cost, rows, w.data(), team);
  objective.set_batch({inputs.data(), targets.data(), rows});
  Gradient found;
  const host::Object gradient(by);
  gradient.call("compute", gradient.functions<nnrun_gradient>().compute, objective.face(), g.data(),
                &found.cost);
  for (const host::NamedBlock& block : graph.blocks())
    host::for_each_element(
        block, [&](std::size_t at, std::size_t) { found.numbers.push_back(g.data()[at]); });
  return found;
}

bool joins(const host::Experiment& e) {
  return host::build_graph(e).cost_takes_scores;
}

}  // namespace

TEST_CASE("a joined cost has the value and gradient of its two parts", "[network][joined]") {
  struct Pair {
    const char *activation, *cost;
    int units;
  };
  const auto [activation, cost, units] = GENERATE(
      values<Pair>({{"softmax", "cross_entropy", 3},
                    {"softmax", "kl_divergence", 3},
                    {"softmax", "{type: cross_entropy, class_weights: [1, 2, 0.5]}", 3},
                    {"sigmoid", "binary_cross_entropy", 1},
                    {"sigmoid", "binary_cross_entropy", 3},
                    {"sigmoid", "{type: binary_cross_entropy, class_weights: [1, 3]}", 3}}));
  CAPTURE(activation, cost, units);
  const host::Experiment e = net(activation, cost, units);
  REQUIRE(joins(e));
  // an activation layer and one that passes its input on are the same net, unjoined
  const host::Experiment apart = net(activation, cost, units, ", {type: dropout, rate: 0}");
  REQUIRE_FALSE(joins(apart));
  const std::vector<double> x{.5, -.25, 1, .75, -.5, .125},
      t = units == 1 ? std::vector<double>{1, 0, 1}
                     : std::vector<double>{1, 0, 0, 0, .25, .75, 0, 1, 0};
  const host::Use backprop = use("gradient", "backprop");
  const Gradient joined = gradient_of(e, x, t, backprop),
                 parts = gradient_of(apart, x, t, backprop);
  CHECK(joined.cost == Approx(parts.cost).epsilon(1e-13));
  REQUIRE(joined.numbers.size() == parts.numbers.size());
  for (std::size_t i = 0; i < parts.numbers.size(); ++i)
    CHECK(joined.numbers[i] == Approx(parts.numbers[i]).epsilon(1e-12).margin(1e-14));
  for (const char* const other : {"finite_difference", "central_difference"}) {
    const Gradient by = gradient_of(e, x, t, use("gradient", other, {{"step", 1e-6}}));
    CHECK(by.cost == Approx(joined.cost).epsilon(1e-14));
    for (std::size_t i = 0; i < parts.numbers.size(); ++i)
      CHECK(by.numbers[i] == Approx(joined.numbers[i]).epsilon(1e-4).margin(1e-5));
  }
}

TEST_CASE("a cost is joined across layers that only move numbers", "[network][joined]") {
  const std::vector<double> x{.5, -.25, 1, .75, -.5, .125},
      t{0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0};
  const auto [layers, same, cost] = GENERATE(values<std::tuple<const char*, const char*,
                                                               const char*>>(
      {// softmax of the last axis, whose numbers stay beside each other
       {", {type: reshape, shape: [3, 2]}, {type: activation, activation: softmax}, {type: "
        "flatten}",
        ", {type: reshape, shape: [3, 2]}, {type: activation, activation: softmax}",
        "cross_entropy"},
       {", {type: activation, activation: sigmoid}, {type: reshape, shape: [2, 3]}, {type: "
        "flatten}",
        ", {type: activation, activation: sigmoid}", "binary_cross_entropy"},
       // one by one, an activation goes along with each number
       {", {type: reshape, shape: [3, 2]}, {type: activation, activation: sigmoid}, {type: "
        "flatten, "
        "order: channels_first}",
        ", {type: reshape, shape: [3, 2]}, {type: flatten, order: channels_first}, {type: "
        "activation, activation: sigmoid}",
        "binary_cross_entropy"}}));
  CAPTURE(layers);
  const host::Experiment e = net("none", cost, 6, layers), plain = net("none", cost, 6, same);
  REQUIRE(joins(e));
  for (const char* const by : {"backprop", "finite_difference"}) {
    const Gradient across = gradient_of(e, x, t, use("gradient", by)),
                   wanted = gradient_of(plain, x, t, use("gradient", by));
    CHECK(across.cost == wanted.cost);
    CHECK(across.numbers == wanted.numbers);
  }
  // softmax of numbers that do not stay beside each other
  CHECK_FALSE(
      joins(net("none", "cross_entropy", 6,
                ", {type: reshape, shape: [3, 2]}, {type: activation, activation: softmax}, "
                "{type: flatten, order: channels_first}")));
  // dropout changes numbers in training
  CHECK_FALSE(joins(net("softmax", "cross_entropy", 3, ", {type: dropout, rate: 0.5}")));
  // numbers that are there twice
  CHECK_FALSE(joins(net("softmax", "cross_entropy", 3, ", {type: repeat_vector, n: 2}")));
}

TEST_CASE("a joined cost has a slope where the outputs have rounded to 0 and 1",
          "[network][joined]") {
  // scores of 1000 and 1000 + 1000: the gradient is (y - t) x, the cost the distance of the scores
  const std::vector<double> x{1000, 0};
  const host::Use backprop = use("gradient", "backprop");
  const Gradient sigmoid = gradient_of(net("sigmoid", "binary_cross_entropy", 1), x, {0}, backprop);
  CHECK(sigmoid.cost == 1000);
  CHECK(sigmoid.numbers == std::vector<double>{1000, 0, 1});
  const host::Experiment e = experiment(
      "dtype: float64\ndata: {type: diagonal, train: 40}\nmodel: {input: 2, layers: "
      "[{type: dense, units: 2, activation: softmax, init: {type: constant, value: 1}, "
      "bias_init: {type: constant, value: 0}}]}\ntrain: {cost: cross_entropy}\n");
  const Gradient softmax = gradient_of(e, x, {1, 0}, backprop);
  CHECK(softmax.cost == Approx(std::log(2.)).epsilon(1e-14));
  CHECK(softmax.numbers == std::vector<double>{-500, 0, 500, 0, -.5, .5});
}

TEST_CASE("log_softmax and cross_entropy are joined: the cost is that of the classes",
          "[network][joined]") {
  const std::vector<double> x{.5, -.25, 1, .75}, t{1, 0, 0, 0, .25, .75};
  const host::Use backprop = use("gradient", "backprop");
  const Gradient log = gradient_of(net("log_softmax", "cross_entropy", 3), x, t, backprop),
                 plain = gradient_of(net("softmax", "cross_entropy", 3), x, t, backprop);
  CHECK(log.cost == plain.cost);
  CHECK(log.numbers == plain.numbers);
}

TEST_CASE("what is joined is what the two classes declare", "[network][joined]") {
  CHECK_FALSE(joins(net("softmax", "mean_squared_error", 3)));
  CHECK_FALSE(joins(net("sigmoid", "cross_entropy", 3)));
  CHECK_FALSE(joins(net("softmax", "binary_cross_entropy", 3)));
  CHECK_FALSE(joins(net("none", "cross_entropy", 3)));
  CHECK_FALSE(joins(net("softmax", "{type: cross_entropy, from_logits: true}", 3)));
  // an activation layer is as good as an activation
  CHECK(joins(net("none", "cross_entropy", 3, ", {type: activation, activation: softmax}")));
  // softmax works on the last axis, and so does the cost then
  CHECK(joins(net("none", "cross_entropy", 6,
                  ", {type: reshape, shape: [2, 3]}, {type: activation, activation: softmax}")));
  CHECK(joins(net("none", "binary_cross_entropy", 6,
                  ", {type: reshape, shape: [2, 3]}, {type: activation, activation: sigmoid}")));
}

TEST_CASE("a network with saturated outputs goes on learning", "[training][joined]") {
  const auto [activation, cost, units] = GENERATE(
      values<std::tuple<const char*, const char*, int>>({{"sigmoid", "binary_cross_entropy", 1},
                                                         {"softmax", "cross_entropy", 2},
                                                         {"log_softmax", "cross_entropy", 2},
                                                         {"softmax", "kl_divergence", 2}}));
  const std::string dtype = GENERATE("float32", "float64");
  CAPTURE(activation, dtype);
  static const Scratch scratch;
  // pixels, as they are: the first weights make every output 0 or 1
  std::string csv = units == 1 ? "a,b,t\n" : "a,b,t,u\n";
  for (int i = 0; i < 40; ++i) {
    const int a = (i * 37) % 256, b = (i * 101 + 60) % 256, t = units == 1 ? a > b : a < b;
    csv += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(t) +
           (units == 1 ? "\n" : "," + std::to_string(1 - t) + "\n");
  }
  const std::string targets = units == 1 ? "[t]" : "[t, u]";
  const host::Experiment e = experiment(
      "dtype: " + dtype + "\ndata: {type: csv, path: " + scratch.write("p.csv", csv).string() +
      ", targets: " + targets + "}\nmodel: {input: 2, layers: [{type: dense, units: " +
      std::to_string(units) + ", activation: " + activation + ", init: " +
      (units == 1 ? "{type: constant, value: 1}" : "orthogonal") + "}]}\ntrain: {cost: " + cost +
      ", epochs: 300, batch_size: 40, optimizer: {type: adam, learning_rate: 0.05}}\n"
      "metrics: [accuracy]\n");
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  CHECK(outcome.epochs[0].train.cost > 10);
  CHECK(outcome.epochs.back().train.metrics[0] == 1);
  CHECK(outcome.epochs.back().train.cost < 0.1);
}

TEST_CASE("a network without parameters has a cost, and nothing to learn", "[training]") {
  const std::string gradient =
      GENERATE("backprop", "finite_difference", "central_difference", "spsa");
  const auto [layer, cost] = GENERATE(values<std::pair<const char*, const char*>>(
      {{"{type: activation, activation: tanh}", "mean_squared_error"},
       {"{type: activation, activation: sigmoid}", "binary_cross_entropy"},
       {"{type: activation, activation: softmax}", "mean_squared_error"},
       {"{type: flatten}", "mean_squared_error"},
       {"{type: dropout, rate: 0.5}", "mean_squared_error"}}));
  CAPTURE(gradient, layer);
  const host::Experiment e = experiment(
      "data: {type: diagonal, train: 40, test: 10, features: [x]}\nmodel: {input: 1, "
      "layers: [" +
      std::string(layer) + "]}\ntrain: {cost: " + cost + ", epochs: 2, gradient: " + gradient +
      "}\n");
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  REQUIRE(outcome.epochs.size() == 2);
  CHECK(std::isfinite(outcome.epochs[1].train.cost));
  CHECK(trainer->model()->blocks().empty());
}

TEST_CASE("softmax of several axes is taken over the last one", "[network]") {
  // as ONNX, PyTorch and Keras take it by default; 0 and log 3 make 1/4 and 3/4
  const host::Experiment e = experiment(
      "dtype: float64\ndata: {type: diagonal, train: 4}\nmodel: {input: 2, layers: [{type: "
      "concatenate, inputs: [input, input]}, {type: reshape, shape: [2, 2]}, {type: activation, "
      "activation: softmax}, {type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n");
  host::Graph graph = host::build_graph(e);
  const host::Buffer<double> w(graph.n_parameters), x(2);
  x.data()[1] = std::log(3.);
  host::Workspace<double> workspace(graph, 1, w.data(), nullptr, false);
  auto pass = workspace.pass();
  pass.set_batch(x.data(), 1);
  pass.forward();
  const double* const y = workspace.output(2);
  for (const std::size_t row : {0u, 2u}) {
    CHECK(y[row] == Approx(0.25));
    CHECK(y[row + 1] == Approx(0.75));
  }
}

TEST_CASE("authors join a cost and an activation by a word of their own", "[network][joined]") {
  const PluginFactory factory;
  host::Registry plugins;
  plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
  plugins.load(factory.cpp("soft.so", R"(
#include <nnrun/plugin.hpp>
struct Soft : nnrun::Activation {
  static constexpr auto name = "soft", doc = "x / (1 + abs x), moved up";
  static constexpr auto joins = "my soft";
  auto f(auto x) const {
    return 0.5 + 0.5 * (x / (1 + abs(x))); }
};
NNRUN_REGISTER(Soft)
struct SoftSquares : nnrun::Cost {
  static constexpr auto name = "soft_squares", doc = "squares of soft";
  static constexpr auto joined_by = "of_scores", joins = "my soft";
  bool of_scores = false;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&SoftSquares::of_scores, "of_scores", "applies soft"));
  }
  auto f(auto y, auto t) const {
    const auto soft = 0.5 + 0.5 * (y / (1 + abs(y))), a = of_scores ? soft : y;
    return (a - t) * (a - t);
  }
};
NNRUN_REGISTER(SoftSquares)
struct Other : nnrun::Activation {
  static constexpr auto name = "other", doc = "likewise";
  static constexpr auto joins = "my own";
  auto f(auto x) const { return 0.5 + 0.5 * (x / (1 + abs(x))); }
};
NNRUN_REGISTER(Other)
)"));
  const auto trained = [&](const std::string& activation) {
    const host::Experiment e = host::read_experiment(
        factory.scratch().write(
            "own.yaml",
            "dtype: float64\ndata: {type: diagonal, train: 100}\nmodel: {input: "
            "2, layers: [{type: dense, units: 1, activation: " +
                activation + "}]}\ntrain: {cost: soft_squares, epochs: 3}\n"),
        {}, plugins);
    CHECK(joins(e) == (activation == "soft"));
    return host::Trainer::create(e)->train({}).epochs.back().train.cost;
  };
  CHECK(trained("soft") == Approx(trained("other")).epsilon(1e-12));
}

}  // namespace nnrun::testing
