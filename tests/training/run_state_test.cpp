#include "training/run_state.hpp"

#include <random>

#include "base/said.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using host::SavedNumbers;

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
  for (const host::EpochReport& r : outcome.epochs) {
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
  const std::vector<SavedNumbers> saved = before->state().save();
  const auto after = host::Trainer::create(e, 2);
  after->restore(saved);
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
  const std::vector<SavedNumbers> saved = trainer->state().save();
  trainer->advance({}, 12);
  trainer->restore(saved);
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
  const std::vector<SavedNumbers> own = trainer->state().save();
  const auto refused = [&](std::vector<SavedNumbers> saved) {
    const std::string text = said<host::RecordError>([&] { trainer->restore(saved); });
    const std::vector<SavedNumbers> now = trainer->state().save();
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

}  // namespace nnrun::testing
