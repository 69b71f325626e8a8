// Schedules, clipping, regularizers and early stopping in a run.
#include "training/descent.hpp"

#include <cmath>

#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

std::string config(const std::string& train, const std::string& model = "") {
  return "dtype: float64\ndata: {type: diagonal, train: 40, test: 10, validation: 10}\n"
         "model: {input: 2, layers: [{type: dense, units: 1" +
         model +
         "}]}\n"
         "train: {cost: sum_squared_error, batch_size: 4" +
         train + "}\nmetrics: [accuracy]\n";
}
std::vector<double> weights_after(const std::string& yaml) {
  const host::Experiment e = experiment(yaml);
  const auto trainer = host::Trainer::create(e);
  trainer->train({});
  std::vector<double> all;
  for (const host::BlockValues& block : trainer->model()->blocks()) {
    const auto* w = reinterpret_cast<const double*>(block.bytes.data());
    all.insert(all.end(), w, w + block.bytes.size() / sizeof(double));
  }
  return all;
}

/// Makes a step of plain gradient descent from w = 1 with a given gradient; returns by how much
/// each parameter moved.
struct Rig {
  explicit Rig(const std::string& yaml, host::Team* team = nullptr)
      : e(experiment(yaml)),
        graph(host::build_graph(e)),
        w(graph.n_parameters),
        g(graph.n_parameters) {
    data.examples = {40, 10, 10};
    descent.emplace(graph, e, data, 4, w.data(), g.data(), team);
    w.data()[0] = w.data()[1] = 1;  // weights; the bias, at 8, stays 0
  }
  host::Experiment e;
  host::Graph graph;
  host::DataShape data;
  host::Buffer<double> w, g;
  std::optional<host::Descent<double>> descent;
};

}  // namespace

TEST_CASE("clip_value cuts each number, clip_norm the length of the gradient", "[training]") {
  Rig value(config(", optimizer: {learning_rate: 1}, clip_value: 0.5"));
  value.g.data()[0] = 3, value.g.data()[1] = -0.25;
  value.descent->step();
  CHECK(value.w.data()[0] == 0.5);
  CHECK(value.w.data()[1] == 1.25);
  Rig norm(config(", optimizer: {learning_rate: 1}, clip_norm: 1"));
  norm.g.data()[0] = 3, norm.g.data()[1] = -4;  // of length 5
  norm.descent->step();
  CHECK(norm.w.data()[0] == Approx(1 - 0.6));
  CHECK(norm.w.data()[1] == Approx(1 + 0.8));
}

TEST_CASE("threads that share an update give the bits of one", "[training][threads]") {
  const std::string yaml =
      "dtype: float64\ndata: {type: diagonal, train: 40, test: 10}\nmodel:\n  input: 2\n  layers:\n"
      "    - {type: dense, units: 3, frozen: true}\n    - {type: dense, units: 9001}\n"
      "    - {type: dense, units: 1, learning_rate_factor: 2}\n"
      "train: {cost: sum_squared_error, batch_size: 4, optimizer: adam, clip_norm: 1}\n";
  std::vector<double> expected;
  for (const unsigned threads : {1u, 2u, 3u}) {
    host::Team team(threads);
    Rig rig(yaml, &team);
    for (int step = 0; step < 3; ++step) {
      for (std::size_t i = 0; i < rig.g.size(); ++i)
        rig.g.data()[i] = std::sin(static_cast<double>(i) + step);
      rig.descent->step();
    }
    const std::vector<double> found(rig.w.data(), rig.w.data() + rig.w.size());
    if (threads == 1) expected = found;
    CHECK(found == expected);
  }
  CHECK(expected[0] == 1);  // frozen
  CHECK(expected[100] != 0);
}

TEST_CASE("every penalty is part of the gradient that is clipped", "[training]") {
  struct Case {
    const char* regularizer;
    double slope;  // at w = 1
  };
  const auto [regularizer, slope] = GENERATE(values<Case>({{"{type: l1, rate: 3}", 3},
                                                           {"{type: l2, rate: 3}", 3},
                                                           {"{type: l1_l2, l1: 1, l2: 2}", 3}}));
  CAPTURE(regularizer);
  const std::string model = ", regularizer: " + std::string(regularizer);
  Rig value(config(", optimizer: {learning_rate: 0.5}, clip_value: 2", model));
  value.g.data()[0] = -1;  // 3 - 1 is not clipped, 3 is
  value.descent->step();
  CHECK(value.w.data()[0] == 1 - 0.5 * 2);
  CHECK(value.w.data()[1] == 1 - 0.5 * 2);
  Rig norm(config(", optimizer: {learning_rate: 0.5}, clip_norm: 1", model));
  norm.g.data()[0] = 1;  // (4, 3), of length 5
  norm.descent->step();
  CHECK(norm.w.data()[0] == Approx(1 - 0.5 * (slope + 1) / 5));
  CHECK(norm.w.data()[1] == Approx(1 - 0.5 * slope / 5));
  // and of what the optimizer adapts to: the first step of adam is its rate
  Rig adam(config(", optimizer: {type: adam, learning_rate: 0.5, epsilon: 1e-12}", model));
  adam.descent->step();
  CHECK(adam.w.data()[0] == Approx(0.5));
}

TEST_CASE("a regularizer acts on weights, on biases only where asked", "[training]") {
  Rig rig(config(", optimizer: {learning_rate: 0.5}", ", regularizer: {type: l2, rate: 0.2}"));
  rig.w.data()[8] = 1;
  rig.descent->step();
  CHECK(rig.w.data()[0] == Approx(1 - 0.5 * 0.2));
  CHECK(rig.w.data()[8] == 1);
  Rig both(
      config(", optimizer: {learning_rate: 0.5}", ", bias_regularizer: {type: l2, rate: 0.2}"));
  both.w.data()[8] = 1;
  both.descent->step();
  CHECK(both.w.data()[0] == 1);
  CHECK(both.w.data()[8] == Approx(1 - 0.5 * 0.2));
}

TEST_CASE("the learning rate warms up along a line, then follows its schedule", "[training]") {
  Rig rig(config(
      ", epochs: 2, optimizer: {learning_rate: 2}, schedule: {type: polynomial, warmup: 4}"));
  std::vector<double> rates;
  for (int i = 0; i < 20; ++i) {
    rig.descent->step();
    rates.push_back(rig.descent->learning_rate());
  }
  CHECK(rates[0] == 0.5);
  CHECK(rates[3] == 2);
  CHECK(rates[4] == 2);           // step 0 of the 16 that are left
  CHECK(rates[12] == Approx(1));  // half of them
  CHECK(rates[19] == Approx(2. / 16));
}

TEST_CASE("early stopping ends a run and can bring back its best parameters", "[training]") {
  // a learning rate at which the validation cost soon rises
  const std::string run =
      ", epochs: 50, optimizer: {learning_rate: 0.9}, early_stopping: {patience: 2";
  const host::Experiment e = experiment(config(run + ", restore_best: true}"));
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  REQUIRE(outcome.stopped_early);
  REQUIRE(outcome.best_epoch > 0);
  CHECK(outcome.epochs.back().epoch == outcome.best_epoch + 3);
  for (std::size_t row = 0; row < outcome.epochs.size(); ++row)
    CHECK(outcome.epochs[row].validation->cost >=
          outcome.epochs[outcome.best_epoch - 1].validation->cost);
  // the report has the scores of the restored parameters
  REQUIRE(outcome.result);
  CHECK(outcome.result->epoch == outcome.best_epoch);
  const std::string best = std::to_string(outcome.best_epoch);
  // also of the training part: as if the run had ended there and measured then
  CHECK(outcome.train_is_final);
  const auto until_best = host::Trainer::create(experiment(
      config(", epochs: " + best + ", measure: after_epoch, optimizer: {learning_rate: 0.9}")));
  const host::Outcome then = until_best->train({});
  CHECK(outcome.result->train.cost == then.result->train.cost);
  CHECK(outcome.result->train.metrics == then.result->train.metrics);
  CHECK(outcome.result->train.cost != outcome.epochs[outcome.best_epoch - 1].train.cost);
  CHECK(weights_after(config(run + ", restore_best: true}")) ==
        weights_after(config(", epochs: " + best + ", optimizer: {learning_rate: 0.9}")));
}

TEST_CASE("what is monitored must exist", "[training]") {
  CHECK_THROWS_WITH(
      host::Trainer::create(experiment(config(", early_stopping: {monitor: val.accurcy}"))),
      Contains("there is no 'val.accurcy' to monitor"));
  try {
    host::Trainer::create(
        experiment("data: {type: diagonal, train: 40, validation: 0}\nmodel: {input: 2, layers: "
                   "[{type: dense, "
                   "units: 1}]}\ntrain: {cost: sum_squared_error, early_stopping: {monitor: "
                   "val.cost}}\n"));
    FAIL("there is nothing to validate with");
  } catch (const host::ConfigError& error) {
    CHECK(error.problems().at(0).hint ==
          "there are no examples to validate with: write data: {split: {validation: 0.15}}, or "
          "monitor 'train.cost'");
  }
}

TEST_CASE("measure: after_epoch measures training data before the first and after each epoch",
          "[training]") {
  const host::Experiment e = experiment(config(", epochs: 2, measure: after_epoch"));
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  REQUIRE(outcome.epochs.size() == 3);
  CHECK(outcome.epochs[0].epoch == 0);
  CHECK(outcome.epochs[0].step == 0);
  // the scores after the run are those of a new evaluation of the training data
  const host::Experiment none = experiment(config(", epochs: 0, measure: after_epoch"));
  const auto untrained = host::Trainer::create(none);
  CHECK(untrained->train({}).epochs[0].train.cost == outcome.epochs[0].train.cost);
}

}  // namespace nnrun::testing
