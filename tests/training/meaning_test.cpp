// On which side of what an output is a yes, and whether targets are classes, labels or numbers.
#include "training/meaning.hpp"

#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

/// Returns what metrics are told of a network of one unit. targets: with blanks between.
nnrun_meaning told(const std::string& activation, const std::string& cost,
                   const std::string& targets) {
  static const Scratch scratch;
  std::string csv = "x,y\n";
  for (std::size_t at = 0; at < targets.size();) {
    const std::size_t end = std::min(targets.find(' ', at), targets.size());
    csv += "1," + targets.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const host::Experiment e =
      experiment("data: {type: csv, path: " + scratch.write("t.csv", csv).string() +
                 "}\nmodel: {input: 1, layers: [{type: dense, units: 1, activation: " + activation +
                 "}]}\ntrain: {cost: " + cost + "}\n");
  const auto trainer = host::Trainer::create(e, 1);
  const auto model = trainer->model();
  return host::meaning_of(e.train.cost, model->graph().output(), model->targets());
}

host::Targets targets_of(const std::vector<double>& t, std::size_t cols, bool classes = false,
                         bool shares = false) {
  // in two parts: either may hold what decides
  const std::size_t first = t.size() / cols / 2 * cols;
  const std::span<const double> parts[] = {std::span(t).first(first), std::span(t).subspan(first)};
  return host::targets_of<double>(parts, cols, classes, shares);
}

}  // namespace

TEST_CASE("the border of an output follows from the last activation and the cost",
          "[training][meaning]") {
  const std::string logits = "{type: binary_cross_entropy, from_logits: true}";
  const auto [activation, cost, targets, output_border, target_border, outputs] =
      GENERATE_COPY(table<std::string, std::string, std::string, double, double, std::uint32_t>({
          {"sigmoid", "binary_cross_entropy", "0 1", .5, .5, NNRUN_PROBABILITIES},
          {"none", logits, "0 1", 0, .5, NNRUN_LOGITS},
          {"none", "hinge", "-1 1", 0, 0, NNRUN_SCORES},
          {"none", "hinge", "0 1", 0, 0, NNRUN_SCORES},
          {"none", "squared_hinge", "1 1", 0, 0, NNRUN_SCORES},
          {"tanh", "hinge", "-1 1", 0, 0, NNRUN_SCORES},
          // hinge draws outputs to -1 and 1, of which sigmoid reaches 0 and 1
          {"sigmoid", "hinge", "-1 1", .5, 0, NNRUN_PROBABILITIES},
          {"tanh", "mean_squared_error", "-1 1", 0, 0, NNRUN_SCORES},
          // squared errors draw outputs to the targets
          {"none", "mean_squared_error", "0 1", .5, .5, NNRUN_SCORES},
          {"tanh", "mean_squared_error", "0 1", .5, .5, NNRUN_SCORES},
          {"relu", "half_squared_error", "0 1", .5, .5, NNRUN_SCORES},
          {"none", "mean_squared_error", "-1 1", 0, 0, NNRUN_SCORES},
          {"sigmoid", "sum_squared_error", "0 1", .5, .5, NNRUN_PROBABILITIES},
          {"sigmoid", "sum_squared_error", "-1 1", .5, 0, NNRUN_PROBABILITIES},
          {"hard_tanh", "huber", "-1 1", 0, 0, NNRUN_SCORES},
          {"none", "binary_cross_entropy", "0 1", .5, .5, NNRUN_PROBABILITIES},
      }));
  CAPTURE(activation, cost, targets);
  const nnrun_meaning meaning = told(activation, cost, targets);
  CHECK(meaning.output_border == output_border);
  CHECK(meaning.target_border == target_border);
  CHECK(meaning.outputs == outputs);
  CHECK(meaning.targets == NNRUN_LABELS);
  CHECK(meaning.cols == 1);
}

TEST_CASE("targets are classes, labels or numbers by the rows of the training part",
          "[training][meaning]") {
  CHECK(targets_of({1, 0, 0, 0, 0, 1}, 3).kind == NNRUN_ONE_HOT);
  CHECK(targets_of({1, 0, 0, 1, 0, 1}, 3).kind == NNRUN_LABELS);  // two of three
  CHECK(targets_of({1, 0, 0, 0, 0, 0}, 3).kind == NNRUN_LABELS);  // none of three
  CHECK(targets_of({-1, 1, -1, 1, -1, -1}, 3).kind == NNRUN_ONE_HOT);
  CHECK(targets_of({-1, 1, 1, 1, -1, -1}, 3).kind == NNRUN_LABELS);
  CHECK(targets_of({.1, .7, .2, .3, .3, .4}, 3).kind == NNRUN_ONE_HOT);  // shares of classes
  CHECK(targets_of({.33, .33, .33, .67, .17, .17}, 3, false, true).kind == NNRUN_ONE_HOT);
  CHECK(targets_of(std::vector<double>(300, 0), 300).kind == NNRUN_LABELS);
  CHECK(targets_of({.1, .9, .9, .3}, 2).kind == NNRUN_NUMBERS);
  CHECK(targets_of({.1, .9, .9, .3}, 2, false, true).kind == NNRUN_LABELS);  // shares of yes
  CHECK(targets_of({3, 1, 4, 1}, 2).kind == NNRUN_NUMBERS);
  CHECK(targets_of({0, 0, 1, 0}, 2, true).kind == NNRUN_ONE_HOT);  // the data set says so
  CHECK(targets_of({1, 0, 1}, 1).kind == NNRUN_LABELS);
  CHECK(targets_of({-1, 1}, 1).kind == NNRUN_LABELS);
  CHECK(targets_of({1, 2, 3}, 1).kind == NNRUN_NUMBERS);
  CHECK(targets_of({-1, 1}, 1).border == 0);
  CHECK(targets_of({0, 1}, 1).border == 0.5);
  CHECK(targets_of({1, 1}, 1).border == 0.5);
  CHECK(targets_of({1, 0, 0, 0, 0, 1}, 3).known);
}

TEST_CASE("what targets are is read as it was written, and nothing else", "[training][meaning]") {
  for (const std::uint32_t kind : {NNRUN_NUMBERS, NNRUN_ONE_HOT, NNRUN_LABELS}) {
    const host::Targets written{.known = true, .kind = kind};
    const host::Targets targets = host::targets_named(host::name_of_kind(written), "0.5");
    CHECK(targets.known);
    CHECK(targets.kind == kind);
    CHECK_FALSE(targets.of_last_axis);
  }
  const host::Targets several{.known = true, .kind = NNRUN_ONE_HOT, .of_last_axis = true};
  const host::Targets read = host::targets_named(host::name_of_kind(several), "0.5");
  CHECK(read.kind == NNRUN_ONE_HOT);
  CHECK(read.of_last_axis);
  CHECK(host::targets_named("labels", "0").border == 0);
  CHECK_FALSE(host::targets_named("", "").known);
  CHECK_FALSE(host::targets_named("labels", "nan").known);
  CHECK_FALSE(host::targets_named("labels", "7").known);
  CHECK_FALSE(host::targets_named("colours", "0.5").known);
}

TEST_CASE("a metric that does not fit the run is refused with its place", "[training][meaning]") {
  const host::Experiment e = experiment(
      "data: {type: diagonal}\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\n"
      "train: {cost: hinge}\nmetrics: [log_loss]\n");
  try {
    host::Trainer::create(e, 1);
    FAIL("it was not refused");
  } catch (const host::Error& error) {
    const host::Problem& problem = error.problems().front();
    CHECK(problem.what ==
          "metric 'log_loss': it takes probabilities, but the outputs can be any numbers");
    CHECK(problem.place.line == 4);
  }
}

}  // namespace nnrun::testing
