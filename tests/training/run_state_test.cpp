#include "training/run_state.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// A copy of some numbers of a run.
struct SavedNumbers {
  std::string name, dtype;
  std::vector<std::byte> bytes;
};

std::vector<SavedNumbers> saved_by(const host::Trainer& trainer) {
  std::vector<SavedNumbers> saved;
  for (const host::StateNumbers& n : trainer.state().numbers())
    saved.push_back({n.name, n.dtype, {n.bytes.begin(), n.bytes.end()}});
  return saved;
}

void restore(host::Trainer& trainer, const std::vector<SavedNumbers>& saved) {
  std::vector<host::StateNumbers> numbers;
  for (const SavedNumbers& n : saved) numbers.push_back({n.name, n.dtype, n.bytes});
  trainer.restore(numbers);
}

/// 100 examples in batches of 16: seven steps an epoch, the last of them shorter.
host::Experiment net(const std::string& more = "", const std::string& train = "") {
  return experiment(
      "data: {type: diagonal, train: 100, test: 30}\nmodel:\n  input: 2\n  layers:\n"
      "    - {type: dense, units: 6, activation: tanh}\n    - {type: batch_norm}\n"
      "    - {type: dropout, rate: 0.3}\n    - {type: dense, units: 1, activation: sigmoid}\n"
      "train: {cost: mean_squared_error, batch_size: 16, epochs: 4" +
      train + "}\nmetrics: [accuracy]\n" + more);
}

/// Returns what must not differ from the run of another trainer: all numbers but times.
std::string told(const host::Trainer& trainer, const host::Outcome& outcome) {
  std::string text = host::weights_sha256(trainer.model()->blocks());
  const auto add = [&](double x) { text.append(reinterpret_cast<const char*>(&x), sizeof x); };
  for (std::size_t row = 0; row < outcome.epochs.size(); ++row) {
    const host::EpochReport r = outcome.epochs[row];
    for (const auto count : {r.epoch, r.epochs, r.step, r.examples})
      add(static_cast<double>(count));
    for (const host::Score* score : {&r.train, &*r.test}) {
      add(score->cost);
      for (const double metric : score->metrics) add(metric);
    }
  }
  for (const auto count :
       {outcome.steps, outcome.examples, std::uint64_t{outcome.best_epoch},
        std::uint64_t{outcome.stopped_early}, std::uint64_t{outcome.interrupted}})
    add(static_cast<double>(count));
  add(outcome.result->test->cost);
  return text;
}

std::string without_a_stop(const host::Experiment& e) {
  const auto trainer = host::Trainer::create(e, 1);
  const host::Outcome outcome = trainer->train({});
  return told(*trainer, outcome);
}

/// Stops after this many steps, and continues in another trainer.
std::string with_a_stop_after(std::uint64_t steps, const host::Experiment& e) {
  const auto before = host::Trainer::create(e, 1);
  before->advance({}, steps);
  const std::vector<SavedNumbers> saved = saved_by(*before);
  const auto after = host::Trainer::create(e, 2);
  restore(*after, saved);
  after->advance({});
  const host::Outcome outcome = after->finish();
  return told(*after, outcome);
}

void check_stops(const host::Experiment& e) {
  const std::string expected = without_a_stop(e);
  std::mt19937 random(7);  // the same steps in every run
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t steps = random() % 29;
    CAPTURE(steps);
    CHECK(with_a_stop_after(steps, e) == expected);
  }
  CHECK(with_a_stop_after(7, e) == expected);   // between two epochs
  CHECK(with_a_stop_after(28, e) == expected);  // after the last step
}

std::string precision() {
  return GENERATE(as<std::string>(), "dtype: float32\n", "dtype: float64\n");
}

}  // namespace

TEST_CASE("a run goes on from its state with the same bits, whatever the optimizer",
          "[training][state]") {
  host::Experiment e = net(precision());
  const std::string name = GENERATE(from_range(registry().names("optimizer")));
  CAPTURE(name);
  e.train.optimizer = {use("optimizer", name), 0.01};
  check_stops(e);
}

TEST_CASE("a run goes on from its state with the same bits, whatever the schedule",
          "[training][state]") {
  host::Experiment e = net(precision());
  const std::string name = GENERATE(from_range(registry().names("schedule")));
  CAPTURE(name);
  e.train.schedule.use = use("schedule", name);
  e.train.schedule.warmup = 5;
  check_stops(e);
}

TEST_CASE("a run goes on from its state with the same bits, whatever the regularizer",
          "[training][state]") {
  host::Experiment e = net(precision(), ", clip_norm: 0.5");
  const std::string name = GENERATE(from_range(registry().names("regularizer")));
  CAPTURE(name);
  e.model.layers[0].regularizer = use("regularizer", name);
  e.model.layers[3].bias_regularizer = use("regularizer", name);
  check_stops(e);
}

TEST_CASE("a run goes on from its state with the same bits, whatever ends it",
          "[training][state]") {
  const std::string train =
      GENERATE(as<std::string>(), ", shuffle: false", ", measure: after_epoch", ", steps: 17",
               ", max_examples: 150", ", gradient: finite_difference", ", gradient: spsa",
               ", early_stopping: {monitor: test.cost, patience: 1, restore_best: true}",
               ", early_stopping: {monitor: test.accuracy, patience: 0}");
  CAPTURE(train);
  check_stops(net(precision(), train));
}

TEST_CASE("a sequential generator goes on where it was", "[training][state]") {
  const std::string train = GENERATE(as<std::string>(), "", ", shuffle: false", ", gradient: spsa");
  CAPTURE(train);
  check_stops(net(precision() + "random: arc4\n", train));
}

TEST_CASE("a run goes back to an earlier state in the same trainer", "[training][state]") {
  const host::Experiment e = net("random: arc4\n");
  const auto trainer = host::Trainer::create(e, 1);
  trainer->advance({}, 9);
  const std::vector<SavedNumbers> saved = saved_by(*trainer);
  trainer->advance({}, 12);
  restore(*trainer, saved);
  CHECK(trainer->advance({}));
  const host::Outcome outcome = trainer->finish();
  CHECK(told(*trainer, outcome) == without_a_stop(e));
}

TEST_CASE("steps are counted exactly, and a run that is over stays so", "[training][state]") {
  const auto trainer = host::Trainer::create(net(), 1);
  CHECK_FALSE(trainer->advance({}, 0));
  for (int i = 0; i < 27; ++i) CHECK_FALSE(trainer->advance({}, 1));
  CHECK(trainer->advance({}, 1));
  CHECK(trainer->advance({}, 1));
  CHECK(trainer->finish().steps == 28);
}

TEST_CASE("the state of another run is refused, and changes nothing", "[training][state]") {
  const auto trainer = host::Trainer::create(net(), 1);
  const std::vector<SavedNumbers> own = saved_by(*trainer);
  const auto refused = [&](std::vector<SavedNumbers> saved) {
    const std::string text = said<host::RecordError>([&] { restore(*trainer, saved); });
    const std::vector<SavedNumbers> now = saved_by(*trainer);
    for (std::size_t i = 0; i < own.size(); ++i) CHECK(now[i].bytes == own[i].bytes);
    return text;
  };
  const auto named = [&](std::vector<SavedNumbers>& saved, const std::string& name) {
    return std::ranges::find(saved, name, &SavedNumbers::name);
  };
  std::vector<SavedNumbers> other = own;
  other.erase(named(other, "model/parameters"));
  CHECK_THAT(refused(other),
             Contains("the saved state does not fit this run: 'model/parameters' is missing"));
  other = own;
  named(other, "model/parameters")->bytes.resize(8);
  CHECK_THAT(refused(other), Contains("'model/parameters' has 2 numbers, not "));
  other = own;
  named(other, "model/parameters")->dtype = "F64";
  CHECK_THAT(refused(other), Contains("'model/parameters' is F64, not F32"));
  other = own;
  other.push_back({"optimizer/m", "F32", {}});
  CHECK_THAT(refused(other), Contains("'optimizer/m' is not part of it"));
  other = own;
  named(other, "history")->bytes.resize(3);
  CHECK_THAT(refused(other), Contains("'history' has 0 numbers, not "));
}

TEST_CASE("numbers that no run can have are refused, whichever they are", "[training][state]") {
  const host::Experiment e =
      net("random: arc4\n",
          ", schedule: reduce_on_plateau, early_stopping: {patience: 9, restore_best: true}");
  const auto trainer = host::Trainer::create(e, 1);
  trainer->advance({}, 9);
  const std::vector<SavedNumbers> own = saved_by(*trainer);
  const auto refused = [&](const std::string& name, std::size_t at, auto number) {
    CAPTURE(name, at, number);
    std::vector<SavedNumbers> saved = own;
    const auto numbers = std::ranges::find(saved, name, &SavedNumbers::name);
    REQUIRE(numbers != saved.end());
    REQUIRE((at + 1) * sizeof number <= numbers->bytes.size());
    std::memcpy(numbers->bytes.data() + at * sizeof number, &number, sizeof number);
    CHECK_THAT(said<host::RecordError>([&] { restore(*trainer, saved); }),
               Contains("the saved state does not fit this run: "));
  };
  const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
  for (const char* name : {"epochs", "examples", "epoch/seen", "last_is_whole", "step",
                           "random/position", "best/epoch"})
    refused(name, 0, ~std::uint64_t{0});
  for (const char* name : {"epochs", "step", "random/position", "best/epoch"})
    refused(name, 0, std::uint64_t{0});
  refused("epoch/seen", 0, std::uint64_t{101});
  refused("epoch/order", 7, std::uint32_t{100});
  refused("epoch/order", 7, ~std::uint32_t{0});
  std::uint32_t other;
  std::memcpy(&other, std::ranges::find(own, "epoch/order", &SavedNumbers::name)->bytes.data(), 4);
  refused("epoch/order", 1, other);  // an example twice
  for (const double number : {nan, infinite, -1.}) {
    for (const char* name : {"seconds", "epoch/seconds"}) refused(name, 0, number);
    for (const std::size_t at : {0u, 1u, 2u, 3u}) refused("history", at, number);
  }
  refused("history", 1, 1e300);
  refused("history", 1, 6.5);
  refused("model/parameters", 3, std::nanf(""));
  // what is left of the trainer takes a state that fits
  restore(*trainer, own);
  CHECK(trainer->advance({}));
  const host::Outcome outcome = trainer->finish();
  CHECK(told(*trainer, outcome) == without_a_stop(e));
}

TEST_CASE("numbers of another count are refused where the count may change", "[training][state]") {
  const auto trainer = host::Trainer::create(
      net("", ", schedule: reduce_on_plateau, early_stopping: {patience: 9, restore_best: true}"),
      1);
  trainer->advance({}, 9);
  const std::vector<SavedNumbers> own = saved_by(*trainer);
  for (const std::string name : {"history", "schedule/history", "best/numbers"})
    for (const int by : {-1, 1}) {
      CAPTURE(name, by);
      std::vector<SavedNumbers> saved = own;
      std::vector<std::byte>& bytes = std::ranges::find(saved, name, &SavedNumbers::name)->bytes;
      bytes.resize(by < 0 ? 0 : 2 * bytes.size());
      CHECK_THAT(said<host::RecordError>([&] { restore(*trainer, saved); }),
                 Contains("the saved state does not fit this run: "));
    }
}

TEST_CASE("a run that was stopped tells what its last parameters score", "[training][state]") {
  const std::string train =
      GENERATE(as<std::string>(), "", ", measure: after_epoch",
               ", early_stopping: {monitor: test.cost, patience: 9, restore_best: true}");
  CAPTURE(train);
  const host::Experiment e = net(precision(), train);
  const auto trainer = host::Trainer::create(e, 1);
  trainer->advance({}, 10);
  const host::Outcome outcome = trainer->finish();
  CHECK(outcome.interrupted);
  CHECK(outcome.epochs.back().step == 7);
  REQUIRE(outcome.result);
  CHECK(outcome.result->step == (train.ends_with("restore_best: true}") ? 7 : 10));
  // the same parameters in a trainer that measures before its first step
  const Scratch scratch;
  trainer->model()->write(scratch / "m.safetensors", {}, host::Sync::later);
  host::Experiment again = net(precision(), ", measure: after_epoch");
  again.dtype = e.dtype;
  again.train.epochs = 0;
  again.model.weights.file.value = scratch / "m.safetensors";
  const host::Outcome measured = host::Trainer::create(again, 1)->train({});
  CHECK(outcome.result->test->cost == measured.result->test->cost);
  CHECK(outcome.result->test->metrics == measured.result->test->metrics);
  if (outcome.result->step == 10) CHECK(outcome.result->train.cost == measured.result->train.cost);
}

}  // namespace nnrun::testing
