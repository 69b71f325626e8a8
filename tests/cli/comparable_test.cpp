// What may be compared, and how sure a comparison may be: costs of one meaning, the same rows,
// parts that each seed draws from them.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// 60 rows of two numbers, a word (one in three is `yes`) and an amount.
struct Rows {
  Scratch scratch;
  Rows() {
    std::string text = "a,b,kind,amount\n";
    for (int i = 0; i < 60; ++i)
      text += std::to_string(i) + "," + std::to_string(i * 37 % 60) + (i % 3 ? ",no," : ",yes,") +
              std::to_string(100 + 3 * i + i % 7) + "\n";
    scratch.write("rows.csv", text);
    scratch.write("kind.yaml",
                  "data: {type: csv, path: rows.csv, inputs: [a, b], targets: [kind], scale: "
                  "standard, positive: yes}\n"
                  "model: {layers: [{type: dense, units: 3, activation: tanh}, "
                  "{type: dense, activation: sigmoid}]}\n"
                  "train: {cost: binary_cross_entropy, epochs: 3, batch_size: 8, "
                  "optimizer: adam}\n");
    scratch.write("amount.yaml",
                  "data: {type: csv, path: rows.csv, inputs: [a, b], targets: [amount], scale: "
                  "standard, target_scale: standard}\n"
                  "model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense}]}\n"
                  "train: {cost: mean_squared_error, epochs: 3, batch_size: 8, optimizer: adam}\n");
  }
  void other(const std::string& base, const std::string& rest) const {
    scratch.write("other.yaml", "extends: " + base + "\nname: other\n" + rest + "\n");
  }
  Ended nnrun(const std::string& words) const { return run("$nnrun " + words, scratch.folder()); }
  json done(const std::string& words) const {
    const Ended ended = nnrun(words + " --json");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(ended.out);
  }
};

bool says(const json& comparison, const std::string& words) {
  for (const json& sentence : comparison["summary"])
    if (sentence.get<std::string>().find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("costs that do not mean the same get no verdict, other metrics do", "[compare]") {
  const Rows rows;
  const std::string balanced = "train: {cost: {class_weights: balanced}}";
  const auto [rest, why] = GENERATE_COPY(table<std::string, std::string>(
      {{balanced, "for 'train.cost.class_weights' is [] in 'kind' and balanced in 'other'"},
       {"train: {mean_over: weights}",
        "for 'train.mean_over' is examples in 'kind' and weights in 'other'"},
       {"train: {cost: {type: mean_squared_error}}",
        "for 'train.cost' is binary_cross_entropy in 'kind' and mean_squared_error in 'other'"}}));
  rows.other("kind.yaml", rest);
  const json costs = rows.done("compare kind.yaml other.yaml --seeds 3 --set data.split.test=0.3");
  CAPTURE(costs["summary"].dump());
  CHECK(costs["costs_comparable"] == false);
  CHECK(costs["configs"][1]["against_baseline"] == nullptr);
  CHECK(says(costs, "Costs are not comparable, " + why +
                        ": there is no verdict. Give the configs "
                        "a metric, as in metrics: [r2]."));
  CHECK_FALSE(says(costs, "clearly"));
  const json metric = rows.done(
      "compare kind.yaml other.yaml --seeds 3 --set data.split.test=0.3 --set metrics=[accuracy]");
  CHECK(metric["configs"][1]["against_baseline"].is_object());
  CHECK(says(metric, "Costs are not comparable, " + why + "."));
  CHECK(says(metric, "clearly"));
  const Ended failed = rows.nnrun(
      "compare kind.yaml other.yaml --seeds 2 --set data.split.test=0.3 -q --fail-if "
      "'cost > baseline'");
  CHECK(failed.status == 1);
  CHECK_THAT(failed.err,
             Contains("cannot be judged for 'other': costs are not comparable, " + why));
}

TEST_CASE("classes with an order are compared with those without", "[compare]") {
  const Scratch scratch;
  std::string texts = "x,z,y\n", numbers = texts;
  for (int i = 0; i < 90; ++i) {
    const std::string row = std::to_string(i % 30) + "," + std::to_string(i % 7) + ",";
    texts += row + std::vector{"low", "mid", "high"}[static_cast<std::size_t>(i % 30 / 10)] + "\n";
    numbers += row + std::to_string(1 + i % 30 / 10) + "\n";
  }
  scratch.write("texts.csv", texts);
  scratch.write("numbers.csv", numbers);
  const auto config = [&](const std::string& name, const std::string& data, bool ordered,
                          const std::string& metrics) {
    scratch.write(name + ".yaml", "data: {type: csv, " + data +
                                      ", scale: standard, split: {test: 0.3, stratify: "
                                      "true}}\nmodel: {layers: [{type: dense, activation: " +
                                      (ordered ? "sigmoid}]}\ntrain: {cost: binary_cross_entropy"
                                               : "softmax}]}\ntrain: {cost: cross_entropy") +
                                      ", epochs: 2}\nmetrics: [" + metrics + "]\n");
  };
  const auto compared = [&](const std::string& more = "") {
    return run("$nnrun compare a.yaml b.yaml --seeds 2 --json " + more, scratch.folder());
  };
  const std::string texts_in = "path: texts.csv", metrics = "mean_absolute_error, accuracy, auc";
  for (const auto& [a, b] :
       {std::pair{texts_in + ", order: [low, mid, high]", texts_in},
        {texts_in + ", order: [low, mid, high]", texts_in + ", classes: [high, low, mid]"},
        {std::string("path: numbers.csv, order: [1, 2, 3]"),
         std::string("path: numbers.csv, classes: [1, 2, 3]")}}) {
    CAPTURE(a, b);
    config("a", a, true, metrics);
    config("b", b, false, metrics);
    const Ended ended = compared();
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const json report = json::parse(ended.out);
    CHECK(report["metric"] == "accuracy");  // errors are of ranks in one of them
    CHECK(report["costs_comparable"] == false);
    CHECK(report["configs"][1]["against_baseline"].is_object());
    CHECK_THAT(compared("--metric mean_absolute_error").err,
               Contains("'mean_absolute_error' does not mean the same in all configs: it is of "
                        "ranks where 'order' gives classes an order"));
    CHECK(json::parse(compared("--metric auc").out)["metric"] == "auc");
  }
  config("b", "path: numbers.csv, classes: [1, 2, 4]", false, metrics);
  CHECK_THAT(compared("--metric accuracy").err, Contains("configs are compared on the same data"));
  config("b", "path: numbers.csv", false, metrics);
  CHECK_THAT(compared("--metric accuracy").err, Contains("configs are compared on the same data"));
}

TEST_CASE("a cost means the same whether the activation or the cost applies it", "[compare]") {
  const Rows rows;
  rows.other("kind.yaml",
             "model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense, units: 1, "
             "activation: none}]}\ntrain: {cost: {from_logits: true}}");
  const json c = rows.done("compare kind.yaml other.yaml --seeds 2");
  CHECK(c["costs_comparable"] == true);
  CHECK(c["configs"][1]["against_baseline"]["difference"].get<double>() == Approx(0).margin(1e-6));
}

TEST_CASE("a sweep cannot rank points by costs that do not mean the same", "[sweep]") {
  const Rows rows;
  const std::string sweep = "sweep kind.yaml --set 'sweep={train.mean_over: [examples, weights]}'";
  const Ended ended = rows.nnrun(sweep);
  CHECK(ended.status == 3);
  CHECK_THAT(ended.err,
             StartsWith("error: the points of the sweep cannot be ranked by their costs, for "
                        "'train.mean_over' is examples in 'mean_over_examples' and weights in "
                        "'mean_over_weights'\n") &&
                 Contains("as in metrics: [accuracy] or [r2]\n"));
  CHECK_FALSE(std::filesystem::exists(rows.scratch / "runs"));
  CHECK(says(rows.done(sweep + " --set metrics=[accuracy]"), "Costs are not comparable, for"));
}

TEST_CASE("a sweep of what decides rows or targets is refused at its key", "[sweep]") {
  const Rows rows;
  const std::string swept =
      GENERATE("data.targets: [[kind], [amount]]", "data.positive: [\"yes\", \"no\"]",
               "data.split.test: [0.2, 0.3]", "data.split.validation: [0.1, 0.2]",
               "data.columns.a.missing: [drop, mean]");
  CAPTURE(swept);
  rows.scratch.write("s.yaml", "extends: kind.yaml\nsweep: {" + swept + "}\n");
  const Ended ended = rows.nnrun("sweep s.yaml --set metrics=[]");
  const std::string key = swept.substr(0, swept.find(':'));
  CHECK(ended.status == 3);
  CHECK_THAT(ended.err, StartsWith("error: '" + key) &&
                            Contains("in the sweep changes the data\n") &&
                            Contains(" --> s.yaml:2:9\n") &&
                            Contains("points are compared on the same rows and targets"));
}

TEST_CASE("how rows are prepared may be swept, the scale of targets too", "[sweep]") {
  const Rows rows;
  const std::string command =
      "sweep amount.yaml --set data.split.validation=0.3 --set metrics=[r2] --set 'sweep=";
  CHECK(rows.done(command + "{data.columns.a.missing: [mean, median], data.scale: [standard, "
                            "min_max]}'")["costs_comparable"] == true);
  const json scales = rows.done(command + "{data.target_scale: [standard, log]}'");
  CHECK(scales["costs_comparable"] == false);
  CHECK(scales["configs"][1]["against_baseline"].is_object());
}

TEST_CASE("parts that each seed draws from one table overlap, and intervals allow for it",
          "[compare]") {
  const Rows rows;
  rows.other("kind.yaml", "train: {epochs: 9}");
  const std::string command = "compare kind.yaml other.yaml --seeds 4 --set ";
  const auto [split, part, share] = GENERATE(table<std::string, std::string, double>(
      {{"data.split.test=0.25", "test", 0.25 / 0.75},
       {"data.split='{validation: 0.2, test: 0.3}'", "validation", 0.2 / 0.5},
       {"data.split='{test: 0.25, shuffle: false}'", "test", 0}}));
  const json c = rows.done(command + split);
  std::vector<double> d;
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    d.push_back(c["configs"][1]["runs"][i][part]["cost"].get<double>() -
                c["configs"][0]["runs"][i][part]["cost"].get<double>());
    mean += d.back() / 4;
  }
  for (const double x : d) squares += (x - mean) * (x - mean);
  const double margin = 3.18244630528371 * std::sqrt((1. / 4 + share) * squares / 3);  // t of 3
  const json& against = c["configs"][1]["against_baseline"];
  CHECK(against["difference"].get<double>() == Approx(mean));
  CHECK(against["interval95"][1].get<double>() == Approx(mean + margin).epsilon(1e-9));
  CHECK(c["overlap"].get<double>() == Approx(share));
  CHECK(says(c, "Each seed draws its " + part +
                    " part from the same rows: intervals and verdicts allow for it (Nadeau and "
                    "Bengio 2003).") == (share > 0));
}

TEST_CASE("seeds of a generator draw new data, which do not overlap", "[compare]") {
  const Scratch scratch;
  const Ended ended =
      run("$nnrun compare $configs/diagonal.yaml $configs/diagonal-analytic.yaml --seeds 2 --json "
          "--set "
          "data.split.test=0.2 --set data.train=200 --set data.test=0",
          scratch.folder());
  CAPTURE(ended.err);
  CHECK(parsed(ended.out)["overlap"] == 0);
}

TEST_CASE("runs with no seed or fold in common are set side by side with a word", "[compare]") {
  const Rows rows;
  rows.other("kind.yaml", "train: {epochs: 9}");
  const std::string fold = " -q --set data.split.folds=3 --set data.split.fold=";
  REQUIRE(rows.nnrun("kind.yaml --out a" + fold + "1").status == 0);
  REQUIRE(rows.nnrun("other.yaml --out b" + fold + "2").status == 0);
  const json c = rows.done("compare a b");
  CHECK(c["configs"][1]["against_baseline"] == nullptr);
  CHECK(says(c,
             "'other' and 'kind' have no seed with the same fold in common, so there is no "
             "verdict: their numbers may be of different examples."));
}

TEST_CASE("a metric is named with its settings, and is one thing in all configs", "[compare]") {
  const Rows rows;
  rows.other("kind.yaml", "metrics: [{type: f1, threshold: 0.3}]");
  const Ended ended = rows.nnrun(
      "compare kind.yaml other.yaml --seeds 2 "
      "--set 'metrics=[{type: f1, threshold: 0.3}]'");
  CHECK_THAT(ended.out, Contains("training f1 (threshold=0.3) %"));
  rows.scratch.write("plain.yaml", "extends: kind.yaml\nname: plain\nmetrics: [f1]\n");
  const std::string err = refused("$nnrun compare plain.yaml other.yaml", 3, rows.scratch.folder());
  CHECK_THAT(err, StartsWith("error: 'f1' does not mean the same in all configs: it has its "
                             "defaults in 'plain' and threshold=0.3 in 'other'\n"));
}

TEST_CASE("a cost for signs is compared with one for 0 and 1 on the same rows", "[compare]") {
  const Rows rows;
  rows.other("kind.yaml",
             "model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense}]}\n"
             "train: {cost: hinge}");
  const json comparison = rows.done(
      "compare kind.yaml other.yaml --seeds 2 --metric accuracy "
      "--set 'metrics=[accuracy]'");
  CHECK(comparison["configs"].size() == 2);
}

}  // namespace nnrun::testing
