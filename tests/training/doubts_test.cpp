// What speaks against a run that ended without an error.
#include "training/doubts.hpp"

#include "loading/plugin_factory.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

/// Returns the last epoch, from 1, after which a series of costs is said to rise; 0: never.
std::size_t risen_at(const std::vector<double>& costs) {
  host::CostWatch watch;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    host::EpochReport report;
    report.epoch = i + 1;
    report.train.cost = costs[i];
    watch.take(report);
    if (watch.has_risen()) return i + 1;
  }
  return 0;
}

/// Returns what is doubted of a run to its end.
std::string doubts(const host::Experiment& e) {
  const auto trainer = host::Trainer::create(e, 1);
  const host::Outcome outcome = trainer->train({});
  std::string all;
  for (const host::Problem& doubt :
       host::doubts_about(e, *trainer, outcome, trainer->model()->blocks()))
    all += doubt.what + " | " + doubt.hint + "\n";
  return all;
}

/// Returns a run whose cost is w², where a step makes w (1 - 2 · 1.05) w: each epoch the cost is
/// 1.21 times as high.
host::Experiment rising(const std::string& epochs) {
  static const Scratch scratch;
  const auto file = scratch.write("zero.csv", "x,y\n1,0\n1,0\n");
  return experiment(
      "dtype: float64\ndata: {type: csv, path: " + file.string() +
      "}\nmodel: {input: 1, layers: [{type: dense, units: 1, bias: false, init: {type: constant, "
      "value: 1}}]}\ntrain: {cost: mean_squared_error, gradient: backprop, batch_size: 2, "
      "optimizer: {type: sgd, learning_rate: 1.05}, epochs: " +
      epochs + "}\n");
}

}  // namespace

TEST_CASE("a cost that rises for long is told from one that wavers", "[training][doubts]") {
  // five rises to over twice the lowest
  CHECK(risen_at({5, 1, 1.2, 1.4, 1.6, 1.8, 2.1}) == 7);
  CHECK(risen_at({5, 1, 1.2, 1.4, 1.6, 1.8, 1.9, 2.1}) == 8);
  CHECK(risen_at({5, 1, 1.2, 1.4, 1.6, 1.8, 1.9}) == 0);    // less than twice
  CHECK(risen_at({5, 1, 1.5, 2, 3, 4, 3.9, 4, 4.1}) == 0);  // not in a row
  CHECK(risen_at({-5, -8, -7, -6, -4, -2, 1}) == 7);        // a cost may be negative
  // the digits of a cost near 0 rise and fall
  CHECK(risen_at({1, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7}) == 0);
  // above the first in ten epochs
  CHECK(risen_at({1, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2}) == 11);
  CHECK(risen_at({1, 3, 2, 3, 2, 3, 2, 3, 2, 3}) == 0);
  CHECK(risen_at({1, 1.05, 1.04, 1.05, 1.04, 1.05, 1.04, 1.05, 1.04, 1.05, 1.04}) == 0);
  CHECK(risen_at({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}) == 0);
  // a plateau, and one bad epoch
  CHECK(risen_at({1, .5, .5, .5, .4, 9, .4, .3, .3, .3, .2, .1}) == 0);
}

TEST_CASE("a cost that came down again is not doubted at the end", "[training][doubts]") {
  host::CostWatch watch;
  for (const double cost : {5., 1., 1.2, 1.4, 1.6, 1.8, 2.1, 1., 0.9}) {
    host::EpochReport report;
    report.train.cost = cost;
    watch.take(report);
  }
  CHECK(watch.has_risen());
  CHECK_FALSE(watch.is_risen());
}

TEST_CASE("a run says since when its cost rose, and which parameters became huge",
          "[training][doubts]") {
  const auto after = [](const std::string& epochs) { return doubts(rising(epochs)); };
  CHECK(after("5") == "");
  CHECK(after("6") ==
        "the training cost rose since epoch 1, from 1 to 2.59 in epoch 6 | learning_rate 1.05 -> "
        "try 0.105\n");
  CHECK(after("130") ==
        "the training cost rose since epoch 1, from 1 to 4.78e+10 in epoch 130 | learning_rate "
        "1.05 -> try 0.105\n"
        "the parameters became huge: dense_1/weights reaches 2.4e+05 | learning_rate 1.05 -> try "
        "0.105\n");
}

TEST_CASE("a run that goes on is doubted as one that was never stopped", "[training][doubts]") {
  const host::Experiment e = rising("7");
  const auto first = host::Trainer::create(e, 1), second = host::Trainer::create(e, 1);
  first->advance({}, 4);
  second->restore(first->state().numbers());
  const host::Outcome outcome = second->train({});
  const std::vector<host::Problem> said =
      host::doubts_about(e, *second, outcome, second->model()->blocks());
  REQUIRE(said.size() == 1);
  CHECK(said[0].what + " | " + said[0].hint + "\n" == doubts(e));
}

TEST_CASE(
    "a metric that is not defined is said so, and does not stop the search for the best epoch",
    "[training][doubts]") {
  const PluginFactory factory;
  // not defined where an output is below 0
  factory.cpp("root.so",
              "#include <nnrun/plugin.hpp>\n#include <cmath>\nstruct Root : nnrun::Metric {\n"
              "  static constexpr auto name = \"root\", doc = \"\";\n"
              "  static constexpr bool higher_is_better = true;\n"
              "  template <class T>\n"
              "  double value(nnrun::Rows<const T> y, nnrun::Rows<const T>) const {\n"
              "    return std::sqrt(static_cast<double>(y[0][0]));\n  }\n"
              "};\nNNRUN_REGISTER(Root)\n");
  factory.scratch().write("t.csv", "x,y\n1,1\n1,1\n");
  const auto run = [&](const std::string& target, std::size_t& best) {
    factory.scratch().write("t.csv", "x,y\n1," + target + "\n1," + target + "\n");
    const auto file = factory.scratch().write(
        "root.yaml",
        "plugins: [./root.so]\ndata: {type: csv, path: t.csv}\nmodel: {input: 1, layers: [{type: "
        "dense, units: 1, bias: false, init: {type: constant, value: -1}}]}\ntrain: {cost: "
        "mean_squared_error, batch_size: 2, epochs: 8, optimizer: {type: sgd, learning_rate: 0.2}, "
        "early_stopping: {monitor: train.root, patience: 5}}\nmetrics: [root]\n");
    host::Registry plugins;
    plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
    const host::Experiment e = host::read_experiment(file, {}, plugins);
    const auto trainer = host::Trainer::create(e, 1);
    const host::Outcome outcome = trainer->train({});
    best = outcome.best_epoch;
    std::string all;
    for (const host::Problem& doubt :
         host::doubts_about(e, *trainer, outcome, trainer->model()->blocks()))
      all += doubt.what + "\n";
    return all;
  };
  std::size_t best = 0;
  CHECK(
      run("-1.5", best) ==
      "root of the training part is not defined\n'train.root' was not defined in any epoch, so no "
      "epoch is the best, and the last was kept\n");
  CHECK(best == 0);
  CHECK(run("1", best) == "");
  CHECK(best == 8);  // epoch 1 has no value
}

TEST_CASE("a run whose answers are worse than the mean of the targets is doubted",
          "[training][doubts]") {
  const Scratch scratch;
  std::string rows = "x,y\n";
  for (int i = 0; i < 40; ++i)
    rows += std::to_string(i % 9) + "," + std::to_string(100000 + 1000 * (i % 7)) + "\n";
  const auto doubted = [&](const std::string& more, const std::string& train) {
    return doubts(experiment("seed: 1\ndata: {type: csv, scale: standard, path: " +
                             scratch.write("t.csv", rows).string() + more +
                             "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                             "train: {cost: mean_squared_error, optimizer: {type: adam, "
                             "learning_rate: 0.01}, " +
                             train + "}\n"));
  };
  // of 0 to 6, 40 times in turn, the variance is 485/40 - (115/40)^2 = 3.859
  CHECK_THAT(
      doubted("", "epochs: 20"),
      Catch::StartsWith("the network answers worse than the mean of the targets would: its "
                        "training cost is 1.06e+10, that of the mean 3.86e+06") &&
          Catch::Contains(" | write target_scale: standard in data: it is undone in answers and "
                          "metrics\n"));
  CHECK(doubted(", target_scale: standard", "epochs: 200") == "");
  CHECK(doubted("", "epochs: 2") == "");
}

TEST_CASE("no shipped run is doubted", "[training][doubts]") {
  for (const char* name : {"diagonal.yaml", "diagonal-bias.yaml", "diagonal-analytic.yaml",
                           "diagonal-minibatch.yaml", "symptoms.yaml", "two-layer-python.yaml"}) {
    CAPTURE(name);
    CHECK(doubts(shipped(name)) == "");
  }
}

}  // namespace nnrun::testing
