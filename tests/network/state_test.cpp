// Layers that differ between training and use: batch_norm, dropout, and the state of a network.
#include <cmath>

#include "cli/allocations.hpp"
#include "network/initial_values.hpp"
#include "network/joined_cost.hpp"
#include "network/padding.hpp"
#include "support/plugins.hpp"
#include "support/program.hpp"
#include "training/objective.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using host::Buffer;

host::Experiment net(const std::string& layers, const std::string& more = "") {
  return experiment("data: {type: diagonal, train: 300, test: 60}\ndtype: float64\nseed: 4\n" +
                    std::string("model:\n  input: 2\n  defaults: {activation: tanh}\n  layers:\n") +
                    layers + "train: {cost: sum_squared_error, batch_size: 40, epochs: 2" + more +
                    "}\nmetrics: [accuracy]\n");
}
const std::string normalized =
    "    - {type: dense, units: 20}\n    - {type: batch_norm, momentum: 0.8}\n"
    "    - {type: dense, units: 9}\n    - {type: layer_norm}\n    - {type: dropout, rate: 0.4}\n"
    "    - {type: dense, units: 1}\n";

struct Rig {
  Rig(const std::string& layers, std::vector<double> numbers, unsigned threads = 1)
      : e(net(layers)),
        graph(host::build_graph(e)),
        cost(host::cost_of(e.train.cost, graph)),
        random(e.random, 3),
        w(graph.n_parameters),
        state(graph.n_state),
        x(numbers.size()),
        t(numbers.size() / 2 * graph.output().cols),
        rows(numbers.size() / 2),
        team(threads),
        objective(graph, cost, rows, w.data(), team, state.data(), &random) {
    host::initialize(graph, random, w.data(), state.data());
    std::ranges::copy(numbers, x.data());
    objective.set_batch({x.data(), t.data(), rows});
  }
  host::Experiment e;
  host::Graph graph;
  host::Object cost;
  host::Random random;
  Buffer<double> w, state, x, t;
  std::size_t rows;
  host::Team team;
  host::Objective<double> objective;
};

std::vector<double> waves(std::size_t n) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) x.push_back(std::sin(3. * static_cast<double>(i) + 1));
  return x;
}

}  // namespace

TEST_CASE("batch_norm normalizes over the batch and keeps averages", "[training][state]") {
  Rig rig("    - {type: batch_norm, epsilon: 0.44}\n", {1, 10, 3, 10, 5, 10, 7, 10});
  rig.objective.cost();
  // first column: mean 4, variance (9 + 1 + 1 + 9) / 4 = 5; 1 / sqrt(5.44) by hand
  const double inverse = 0.428746462856272;
  const std::vector<double> expected{-3 * inverse, 0, -inverse, 0, inverse, 0, 3 * inverse, 0};
  for (std::size_t i = 0; i < 8; ++i)
    CHECK(rig.objective.outputs()[i] == Approx(expected[i]).margin(1e-14));
  rig.objective.observe();
  // after one step the averages are those of its batch, not still near 0 and 1
  CHECK(rig.state.data()[0] == Approx(4));
  CHECK(rig.state.data()[1] == Approx(10));
  CHECK(rig.state.data()[8] == Approx(5));
  CHECK(rig.state.data()[9] == Approx(0).margin(1e-15));
  CHECK(rig.state.data()[16] == Approx(0.01));
  // a second batch, of means 5 and 11 and the same variances: 0.99 · old + 0.01 · new, corrected
  for (std::size_t i = 0; i < 8; ++i) rig.x.data()[i] += 1;
  rig.objective.cost();
  rig.objective.observe();
  const double weight = 1 - 0.99 * 0.99;
  CHECK(rig.state.data()[0] == Approx((0.99 * 0.01 * 4 + 0.01 * 5) / weight));
  CHECK(rig.state.data()[1] == Approx((0.99 * 0.01 * 10 + 0.01 * 11) / weight));
  CHECK(rig.state.data()[8] == Approx(5));
  CHECK(rig.state.data()[16] == Approx(weight));
}

TEST_CASE("layer_norm normalizes each example", "[training][state]") {
  Rig rig("    - {type: layer_norm, epsilon: 0.44}\n", {1, 3, 10, 10});
  rig.objective.cost();
  const double inverse = 1 / 1.2;  // variance 1
  CHECK(rig.objective.outputs()[0] == Approx(-inverse));
  CHECK(rig.objective.outputs()[1] == Approx(inverse));
  CHECK(rig.objective.outputs()[2] == 0);
  CHECK(rig.objective.outputs()[3] == 0);
}

TEST_CASE("dropout drops its share, scales the rest, and draws anew in each step",
          "[training][state]") {
  const std::size_t n = 20000;
  Rig rig("    - {type: dropout, rate: 0.3}\n", std::vector<double>(n, 7.));
  rig.objective.cost();
  const std::vector<double> first(rig.objective.outputs(), rig.objective.outputs() + n);
  const auto dropped = std::ranges::count(first, 0.);
  // binomial: four standard deviations of 65
  CHECK(std::abs(static_cast<double>(dropped) - 0.3 * n) < 4 * 65);
  for (const double y : first) CHECK((y == 0 || y == Approx(10)));
  rig.objective.cost();
  CHECK(std::equal(first.begin(), first.end(), rig.objective.outputs()));
  rig.objective.set_batch({rig.x.data(), rig.t.data(), rig.rows}, 2);
  rig.objective.cost();
  CHECK_FALSE(std::equal(first.begin(), first.end(), rig.objective.outputs()));
  rig.objective.set_batch({rig.x.data(), rig.t.data(), rig.rows}, 1);
  rig.objective.cost();
  CHECK(std::equal(first.begin(), first.end(), rig.objective.outputs()));
}

TEST_CASE("finite differences and backpropagation agree where rows depend on each other",
          "[training][state][gradient]") {
  Rig rig(normalized, waves(2 * 40));
  const auto gradient_of = [&](const host::Use& plugin) {
    const host::Object gradient(plugin);
    Buffer<double> numbers(rig.graph.n_parameters);
    double cost = 0;
    gradient.call("compute", gradient.functions<nnrun_gradient>().compute, rig.objective.face(),
                  numbers.data(), &cost);
    return std::vector<double>(numbers.data(), numbers.data() + numbers.size());
  };
  const auto differences = gradient_of(use("gradient", "finite_difference", {{"step", 1e-7}}));
  const auto exact = gradient_of(use("gradient", "backprop"));
  // wrong by h f'' / 2, and by rounding over h: some 1e-8
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(differences[i] == Approx(exact[i]).epsilon(1e-4).margin(1e-6));
}

TEST_CASE("the cost along a direction is the cost of moved parameters", "[training][gradient]") {
  Rig rig("    - {type: dense, units: 3}\n", waves(10));
  Buffer<double> direction(rig.graph.n_parameters);
  direction.data()[0] = 1;
  direction.data()[9] = -2;
  const nnrun_objective& face = *rig.objective.face();
  double along = 0;
  REQUIRE(face.cost_along(face.host, direction.data(), 0.5, &along) == 0);
  const double here = rig.objective.cost();
  rig.w.data()[0] += 0.5;
  rig.w.data()[9] -= 1;
  CHECK(rig.objective.cost() == along);
  CHECK(along != here);
}

TEST_CASE("state and noise give the same bits at 1, 2 and 3 threads",
          "[training][threads][state]") {
  const host::Experiment e = experiment(
      "data: {type: diagonal, train: 600, test: 60}\nseed: 4\nmodel:\n  input: 2\n"
      "  defaults: {activation: relu}\n  layers:\n    - {type: dense, units: 300}\n"
      "    - {type: dropout}\n    - {type: dense, units: 90}\n" +
      std::string(GENERATE("", "    - {type: batch_norm}\n")) +
      "    - {type: dense, units: 1}\ntrain: {cost: sum_squared_error, batch_size: 150, epochs: "
      "2,"
      " optimizer: {learning_rate: 0.01}}\n");
  std::string expected;
  for (const unsigned threads : {1u, 2u, 3u}) {
    const auto trainer = host::Trainer::create(e, threads);
    CHECK((trainer->threads() > 1) == (threads > 1));
    trainer->train({});
    const std::string found = host::weights_sha256(trainer->model()->blocks());
    if (threads == 1) expected = found;
    CHECK(found == expected);
  }
}

TEST_CASE("layers with state and noise allocate nothing inside an epoch",
          "[training][allocations][state]") {
  std::size_t (*const allocations)() = host::count_allocations();
  if (allocations == nullptr) {
    WARN("skipped: allocations cannot be counted here");
    return;
  }
  const auto trainer = host::Trainer::create(net(normalized), 1);
  std::size_t within = 0, at_last = 0;
  host::Listener listener;
  listener.progress = [&](const host::Progress& p) {
    if (p.done > 40) within += allocations() - at_last;
    at_last = allocations();
  };
  trainer->train(listener);
  CHECK(within == 0);
}

TEST_CASE("the best epoch's state comes back with its parameters", "[training][state]") {
  const host::Experiment e =
      net(normalized,
          ", optimizer: {learning_rate: 0.5}, early_stopping: {monitor: test.cost, patience: 3, "
          "restore_best: true}");
  const host::Experiment longer = [&] {
    host::Experiment all = e;
    all.train.epochs = 12;
    return all;
  }();
  const auto trainer = host::Trainer::create(longer, 1);
  const host::Outcome outcome = trainer->train({});
  REQUIRE(outcome.best_epoch < outcome.epochs.back().epoch);
  host::Experiment shorter = e;
  shorter.train.epochs = outcome.best_epoch;
  shorter.train.early_stopping = {};
  const auto again = host::Trainer::create(shorter, 1);
  again->train({});
  CHECK(host::weights_sha256(trainer->model()->blocks()) ==
        host::weights_sha256(again->model()->blocks()));
}

TEST_CASE("a recorded run with state is evaluated as it was measured", "[cli][eval][state]") {
  const Scratch scratch;
  scratch.write("n.yaml",
                "data: {type: diagonal, train: 300, test: 60}\nmodel:\n  input: 2\n"
                "  defaults: {activation: tanh}\n  layers:\n" +
                    normalized +
                    "train: {cost: sum_squared_error, batch_size: 40, epochs: 3}\n"
                    "metrics: [accuracy]\n");
  const Ended trained = run("$nnrun n.yaml --json --out r", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const Ended measured = run("$nnrun eval r --json", scratch.folder());
  CAPTURE(measured.err);
  REQUIRE(measured.status == 0);
  const std::size_t at = measured.out.find("\"cost\":");
  REQUIRE(at != std::string::npos);
  const std::string cost = measured.out.substr(at, measured.out.find(',', at) - at);
  CHECK_THAT(trained.out, Contains("\"test\":{" + cost));
}

}  // namespace nnrun::testing
