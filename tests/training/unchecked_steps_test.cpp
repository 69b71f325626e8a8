// Steps of small networks are checked many at a time: nobody may notice.
#include <cstring>

#include "base/scratch.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

constexpr int examples = 21;

/// Returns a table whose example number `bad` is unlike the others; none is for 0.
std::string table(const Scratch& scratch, const std::string& usual, const std::string& unusual,
                  int bad) {
  std::string text = "x,y\n";
  for (int i = 1; i <= examples; ++i) text += (i == bad ? unusual : usual) + "\n";
  return scratch.write("t" + std::to_string(bad) + ".csv", text).string();
}

/// Returns the error that ends training; what it says if there is none.
host::Problem problem_of(host::Trainer& trainer, std::uint64_t steps_at_a_time) {
  try {
    while (!trainer.advance({}, steps_at_a_time)) {
    }
  } catch (const host::Error& error) {
    return error.problems()[0];
  }
  return {.what = "trained on"};
}

/// Returns all numbers of a run that have no part in time. draws: with how many it has drawn, which
/// a step counts even if it fails.
std::string numbers_of(const host::Trainer& trainer, bool draws = true) {
  std::string text;
  for (const host::StateNumbers& n : trainer.state().numbers())
    if (!n.name.ends_with("seconds") && n.name != "history" &&
        (draws || n.name != "random/position"))
      text += n.name + std::string(reinterpret_cast<const char*>(n.bytes.data()), n.bytes.size());
  return text;
}

/// What has numbers of its own that steps change: slots, a schedule, regularizers, state, noise,
/// directions.
std::string net(const std::string& path, const std::string& train, const std::string& more = "") {
  return "data: {type: csv, path: " + path +
         "}\nmodel:\n  input: 1\n  layers:\n"
         "    - {type: dense, units: 5, activation: sin, regularizer: {type: l1, rate: 0.01, "
         "kill_at_zero: true}}\n"
         "    - {type: dropout, rate: 0.2}\n    - {type: dense, units: 1}\n"
         "train: {cost: sum_squared_error, shuffle: false, epochs: 3, " +
         train + "}\n" + more;
}

}  // namespace

TEST_CASE("an infinite cost is told of the step that has it, wherever that is", "[training]") {
  const Scratch scratch;
  const int bad = GENERATE(range(1, examples + 1));
  const std::string dtype = GENERATE("float32", "float64");
  CAPTURE(bad, dtype);
  const std::string yaml =
      "dtype: " + dtype + "\n" +
      net(table(scratch, "0.5,1", dtype == "float32" ? "0.5,1e25" : "0.5,1e200", bad),
          "batch_size: 1, optimizer: {type: adam, learning_rate: 0.01}, schedule: cosine");
  const auto together = host::Trainer::create(experiment(yaml), 1),
             before = host::Trainer::create(experiment(yaml), 1);
  const host::Problem problem = problem_of(*together, host::Trainer::every_step);
  CHECK_THAT(problem.what, Contains("cost became infinite in epoch 1, step " + std::to_string(bad) +
                                    ": cost 'sum_squared_error' gave it first"));
  before->advance({}, static_cast<std::uint64_t>(bad - 1));
  CHECK(together->steps() == static_cast<std::uint64_t>(bad - 1));
  CHECK((numbers_of(*together, false) == numbers_of(*before, false)));
}

TEST_CASE("an infinite gradient is told of its step though clipping or the optimizer hides it",
          "[training]") {
  const Scratch scratch;
  const std::string how =
      GENERATE("optimizer: sgd, clip_value: 1", "optimizer: sgd, clip_norm: 1", "optimizer: rprop");
  const int bad = GENERATE(1, 2, 7, 8, examples);
  CAPTURE(how, bad);
  // at weight 0, where the usual example leaves it: the cost is 1e38, its slope -2e39
  const auto trainer = host::Trainer::create(
      experiment(
          "dtype: float32\ndata: {type: csv, path: " + table(scratch, "1,0", "1e20,1e19", bad) +
          "}\nmodel: {input: 1, layers: [{type: dense, units: 1, bias: false, init: zeros}]}"
          "\ntrain: {cost: sum_squared_error, shuffle: false, batch_size: 1, " +
          how + "}\n"),
      1);
  CHECK_THAT(
      problem_of(*trainer, host::Trainer::every_step).what,
      Contains("a gradient became infinite or nan in epoch 1, step " + std::to_string(bad) + ":"));
}

TEST_CASE("a run ends in the same words and numbers whether its steps are checked together",
          "[training]") {
  const Scratch scratch;
  const std::string train =
      GENERATE("batch_size: 1, optimizer: {type: momentum, learning_rate: 1e10}",
               "batch_size: 1, optimizer: {type: adam, learning_rate: 1e35}",
               "batch_size: 1, optimizer: adam, clip_norm: 1", "optimizer: adam, batch_size: 4",
               "optimizer: adam, batch_size: 8", "batch_size: 1, optimizer: sgd, gradient: spsa",
               "batch_size: 1, optimizer: sgd, "
               "gradient: finite_difference");
  const std::string random = GENERATE("philox", "arc4");
  CAPTURE(train, random);
  const host::Experiment e = experiment(
      net(table(scratch, "0.5,1", "0.5,1e25", 14), train, "dtype: float32\nrandom: " + random));
  const auto together = host::Trainer::create(e, 1), one_by_one = host::Trainer::create(e, 1);
  const host::Problem problem = problem_of(*together, host::Trainer::every_step),
                      expected = problem_of(*one_by_one, 1);
  CHECK(problem.what != "trained on");
  CHECK(problem.what == expected.what);
  CHECK(problem.where == expected.where);
  CHECK(problem.hint == expected.hint);
  CHECK(problem.note == expected.note);
  CHECK(together->steps() == one_by_one->steps());
  CHECK((numbers_of(*together) == numbers_of(*one_by_one)));
}

TEST_CASE("a gradient without a norm leaves nothing behind that is not finite", "[training]") {
  const std::string rate = GENERATE("0.5", "1", "3", "30");
  CAPTURE(rate);
  const host::Experiment e = experiment(
      "seed: 1\ndata: {type: circle, examples: 4000}\nmodel: {layers: [{type: dense, "
      "units: 3, activation: tanh}, {type: dense, units: 1}]}\ntrain: {cost: "
      "mean_squared_error, batch_size: 2, epochs: 3, clip_norm: 1e30, optimizer: {type: "
      "sgd, learning_rate: " +
      rate + "}}\n");
  const auto together = host::Trainer::create(e, 1), one_by_one = host::Trainer::create(e, 1);
  const host::Problem problem = problem_of(*together, host::Trainer::every_step),
                      expected = problem_of(*one_by_one, 1);
  CHECK(problem.what != "trained on");
  CHECK(problem.what == expected.what);
  CHECK(problem.note == expected.note);
  CHECK(together->steps() == one_by_one->steps());
}

TEST_CASE("a run that goes on has the same numbers whether its steps are checked together",
          "[training]") {
  const Scratch scratch;
  const std::string train =
      GENERATE("batch_size: 1, optimizer: adam", "optimizer: sgd, batch_size: 4",
               "batch_size: 1, optimizer: sgd, gradient: spsa");
  const std::string random = GENERATE("philox", "arc4");
  const host::Experiment e =
      experiment(net(table(scratch, "0.5,1", "", 0), train, "random: " + random));
  const auto together = host::Trainer::create(e, 1), one_by_one = host::Trainer::create(e, 1);
  CHECK(problem_of(*together, host::Trainer::every_step).what == "trained on");
  CHECK(problem_of(*one_by_one, 1).what == "trained on");
  CHECK((numbers_of(*together) == numbers_of(*one_by_one)));
}

}  // namespace nnrun::testing
