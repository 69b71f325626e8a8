#include "training/trainer.hpp"

#include <malloc.h>

#include <atomic>
#include <cmath>

#include "cli/allocations.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// A net large enough for several blocks and tiles.
const std::string wide = R"(
seed: 5
data: {type: diagonal, train: 1000, test: 100}
model:
  input: 2
  defaults: {activation: sigmoid}
  layers:
    - {type: dense, units: 150}
    - {type: dense, units: 90}
    - {type: dense, units: 1}
train: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: 0.1}, batch_size: 150, epochs: 2}
metrics: [accuracy]
)";

std::string weights_after(const host::Experiment& e, unsigned threads,
                          const host::Listener& listener = {}) {
  const auto trainer = host::Trainer::create(e, threads);
  trainer->train(listener);
  return host::weights_sha256(trainer->model()->blocks());
}

}  // namespace

TEST_CASE("a run gives the same bits at 1, 2 and 3 threads", "[training][threads]") {
  const host::Experiment e = experiment(wide);
  const std::string expected = weights_after(e, 1);
  CHECK(weights_after(e, 2) == expected);
  CHECK(weights_after(e, 3) == expected);
  CHECK(host::Trainer::create(e, 3)->threads() == 3);
}

TEST_CASE("a listener changes no bit", "[training]") {
  const host::Experiment e = experiment(wide);
  host::Listener listener;
  std::size_t reports = 0, shown = 0;
  listener.epoch = [&](const host::EpochReport&) { ++reports; };
  listener.progress = [&](const host::Progress& p) { shown = std::max(shown, p.done); };
  listener.stop = [] { return false; };
  CHECK(weights_after(e, 1, listener) == weights_after(e, 1));
  CHECK(reports == 2);
  CHECK(shown == 1000);
}

TEST_CASE("nothing is allocated inside an epoch", "[training][allocations]") {
  std::size_t (*const allocations)() = host::count_allocations();
  if (allocations == nullptr) {
    WARN("skipped: allocations cannot be counted here");
    return;
  }
  const auto [name, overrides] =
      GENERATE(table<std::string, std::string>({{"diagonal.yaml", "1"},
                                                {"diagonal-bias.yaml", "1"},
                                                {"diagonal-analytic.yaml", "1"},
                                                {"diagonal-minibatch.yaml", "3"},
                                                {"diagonal-minibatch.yaml", "32"},
                                                {"symptoms.yaml", "7"}}));
  CAPTURE(name, overrides);
  const host::Experiment e =
      shipped(name, {{"train.batch_size", overrides}, {"train.epochs", "2"}});
  const auto trainer = host::Trainer::create(e, 2);
  // between the first report of progress and the last of an epoch; the first step of a run may
  // still prepare itself
  std::size_t within = 0, at_last = 0;
  host::Listener listener;
  listener.progress = [&](const host::Progress& p) {
    if (p.epoch == 2 && at_last != 0) within += allocations() - at_last;
    at_last = p.done < p.examples ? allocations() : 0;
  };
  const std::size_t before = allocations();
  trainer->train(listener);
  CHECK(within == 0);
  REQUIRE(allocations() > before);  // the counter counts
}

TEST_CASE("a cost that is not finite stops the run before the update", "[training]") {
  // 1e6: outputs that are finite, but not their squares; 1e200: outputs that are not
  const auto [rate, first] = GENERATE(
      table<std::string, std::string>({{"1e6", "cost 'sum_squared_error' gave it first"},
                                       {"1e200", "the output of dense_2 was not finite first"}}));
  CAPTURE(rate);
  const host::Experiment e =
      shipped("diagonal-analytic.yaml",
              {{"model.defaults.activation", "null"}, {"train.optimizer.learning_rate", rate}});
  const auto trainer = host::Trainer::create(e);
  try {
    trainer->train({});
    FAIL("trained on");
  } catch (const host::TrainingError& error) {
    CHECK(error.status() == host::Exit::failed);
    CHECK_THAT(error.problems()[0].what, Contains(" in epoch 1, step ") && Contains(first) &&
                                             Contains("; the update was not applied"));
    CHECK_THAT(error.problems()[0].hint, Contains("-> try 0.1\n"));
  }
  for (const host::BlockValues& block : trainer->model()->blocks()) {
    const auto* w = reinterpret_cast<const double*>(block.bytes.data());
    for (std::size_t i = 0; i < block.bytes.size() / sizeof(double); ++i)
      CHECK(std::isfinite(w[i]));
  }
}

TEST_CASE("a run that is stopped ends after its step", "[training]") {
  const host::Experiment e = shipped("diagonal.yaml", {{"train.epochs", "1000"}});
  const auto trainer = host::Trainer::create(e);
  host::Listener listener;
  int asked = 0;
  listener.stop = [&] { return ++asked == 3; };
  const host::Outcome outcome = trainer->train(listener);
  CHECK(outcome.interrupted);
  CHECK(outcome.epochs.empty());
  CHECK(outcome.steps == outcome.examples);  // batches of one
  CHECK(outcome.steps > 0);
}

TEST_CASE("a run can be told its steps, and may end within an epoch", "[training]") {
  // 1000 examples in batches of 150: 7 steps an epoch
  const auto outcome_of = [](const std::vector<host::Override>& overrides) {
    const auto trainer = host::Trainer::create(experiment(wide, overrides), 1);
    host::Outcome outcome = trainer->train({});
    return outcome;
  };
  const host::Outcome nine = outcome_of({{"train.steps", "9"}, {"train.epochs", "null"}});
  CHECK(nine.steps == 9);
  CHECK(nine.epochs.size() == 2);
  CHECK(nine.epochs.back().epochs == 2);
  CHECK(nine.examples == 1000 + 2 * 150);
  CHECK(outcome_of({{"train.steps", "9"}, {"train.epochs", "1"}}).steps == 7);
  CHECK(outcome_of({{"train.steps", "14"}, {"train.epochs", "5"}}).steps == 14);
  CHECK(outcome_of({{"train.steps", "14"}, {"train.epochs", "null"}}).epochs.size() == 2);
}

TEST_CASE("a batch larger than the data is the data", "[training]") {
  const auto weights = [](const char* batch) {
    return weights_after(
        shipped("symptoms.yaml", {{"train.batch_size", batch}, {"train.shuffle", "false"}}), 1);
  };
  CHECK(weights("300") == weights("5000"));
}

TEST_CASE("the last batch of an epoch may be smaller, and is averaged over its own examples",
          "[training]") {
  const host::Experiment e = experiment(R"(
dtype: float64
data: {type: diagonal, train: 7, test: 0}
model: {input: 2, layers: [{type: dense, units: 1, bias: false, init: {type: uniform, low: 0.5, high: 0.50000001}}]}
train: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: 0.5}, batch_size: 4, shuffle: false}
)");
  const auto trainer = host::Trainer::create(e);
  std::uint64_t steps = 0;
  host::Listener listener;
  listener.epoch = [&](const host::EpochReport& r) { steps = r.step; };
  trainer->train(listener);
  CHECK(steps == 2);
  // the same by hand: y = w·x, cost (y − t)², two averaged steps of 4 and of 3 examples
  host::Random random(e.random, e.seed);
  std::vector<double> w(2), x(14);
  {
    host::Stream init(random, "init/dense_1/weights", 0);
    init.fill(w);
    for (double& v : w) v = 0.5 + (0.50000001 - 0.5) * v;
    host::Stream data(random, "data/train", 0);
    data.fill(x);
  }
  for (const auto& [from, to] : {std::pair{0u, 4u}, {4u, 7u}}) {
    double g[2] = {};
    for (std::size_t i = from; i < to; ++i) {
      const double t = x[2 * i] < x[2 * i + 1] ? 1 : 0;
      const double slope = 2 * (w[0] * x[2 * i] + w[1] * x[2 * i + 1] - t);
      g[0] += slope * x[2 * i], g[1] += slope * x[2 * i + 1];
    }
    for (std::size_t k = 0; k < 2; ++k) w[k] -= 0.5 * g[k] / (to - from);
  }
  const auto blocks = trainer->model()->blocks();
  const auto* found = reinterpret_cast<const double*>(blocks[0].bytes.data());
  CHECK(found[0] == Approx(w[0]).epsilon(1e-13));
  CHECK(found[1] == Approx(w[1]).epsilon(1e-13));
}

TEST_CASE("a network that does not fit its data is refused with the numbers of both",
          "[training]") {
  CHECK_THROWS_WITH(
      host::Trainer::create(shipped("symptoms.yaml", {{"model.input", "4"}, {"predict", "[]"}})),
      Contains("the model's input is 4, but an example of the data set has 5"));
  CHECK_THROWS_WITH(
      host::Trainer::create(shipped("symptoms.yaml", {{"model.layers.dense_2.units", "2"}})),
      Contains("the network has 2 outputs, but an example of the data set has 1 target"));
}

TEST_CASE("a run that needs more memory than there is, is refused", "[training]") {
  CHECK_THROWS_WITH(host::Trainer::create(
                        shipped("diagonal.yaml", {{"model.layers.dense_1.units", "2000000000"}})),
                    Contains("needed") && Contains("x 2000000000 float64 in layer 'dense_1' is "));
  CHECK_THROWS_WITH(
      host::Trainer::create(shipped("diagonal.yaml", {{"train.batch_size", "1000000000"},
                                                      {"data.train", "1000000000"},
                                                      {"model.layers.dense_1.units", "2000000"}})),
      Contains("needed") && Contains("1000000000 x 2000000 float64"));
}

TEST_CASE("a batch_size above the number of examples is one batch of all of them", "[training]") {
  const auto weights = [](const char* batch_size) {
    const auto trainer =
        host::Trainer::create(shipped("diagonal.yaml", {{"train.batch_size", batch_size}}));
    trainer->train({});
    return host::weights_sha256(trainer->model()->blocks());
  };
  CHECK(weights("1000000000000") == weights("10000"));
}

}  // namespace nnrun::testing
