// Cross-validation: compare --folds, sweep --folds, and what follows a sweep.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// A table of 60 rows of two classes, 40 and 20, and configs for it.
struct Table {
  Scratch scratch;
  Table() {
    std::string text = "a,b,kind\n";
    for (int i = 0; i < 60; ++i)
      text += std::to_string(i) + "," + std::to_string(i * 37 % 60) + (i % 3 ? ",x\n" : ",y\n");
    scratch.write("table.csv", text);
    scratch.write("net.yaml",
                  "data: {type: csv, path: table.csv, targets: [kind], scale: standard}\n"
                  "model: {input: 2, layers: [{type: dense, units: 3, activation: tanh}, "
                  "{type: dense, units: 2, activation: softmax}]}\n"
                  "train: {cost: cross_entropy, epochs: 2, batch_size: 8, optimizer: adam}\n"
                  "metrics: [accuracy]\n");
    scratch.write("other.yaml", "extends: net.yaml\nname: other\ntrain: {epochs: 4}\n");
    scratch.write("sweep.yaml",
                  "extends: net.yaml\ndata: {split: {validation: 0.2, test: 0.2}}\n"
                  "sweep: {train.optimizer.learning_rate: [0.001, 0.1]}\n");
  }
  Ended nnrun(const std::string& words) const { return run("$nnrun " + words, scratch.folder()); }
  json done(const std::string& words) const {
    const Ended ended = nnrun(words + " --json");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(ended.out);
  }
  json record(const std::string& folder) const {
    return parsed(text_of(scratch / (folder + "/run.json")));
  }
};

}  // namespace

TEST_CASE("compare --folds trains every config with every fold of every seed", "[compare][folds]") {
  const Table table;
  const json c = table.done("compare net.yaml other.yaml --folds 5 --seeds 2");
  CHECK(c["folds"] == json({{"count", 5}, {"examples", 60}, {"set_aside", 0}}));
  CHECK(c["metric_info"]["part"] == "test");
  for (const json& config : c["configs"]) {
    REQUIRE(config["runs"].size() == 10);
    CHECK(config["runs"][1]["seed"] == 1);
    CHECK(config["runs"][1]["fold"] == 2);
  }
  CHECK(c["configs"][1]["against_baseline"]["pairs"] == 10);
  // pairs have the same rows; another fold or another seed has others
  const auto data = [&](const std::string& run_folder) {
    return table.record("runs/compare/0001/runs/" + run_folder)["data_sha256"];
  };
  CHECK(data("net/0001-fold-2") == data("other/0001-fold-2"));
  CHECK(data("net/0001-fold-2") != data("net/0001-fold-3"));
  CHECK(data("net/0001-fold-2") != data("net/0002-fold-2"));
}

TEST_CASE("the interval of folds is that of the corrected resampled t-test", "[compare][folds]") {
  const Table table;
  const json c = table.done("compare net.yaml other.yaml --folds 5 --seeds 1 --metric cost");
  std::vector<double> d;
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    d.push_back(c["configs"][1]["runs"][i]["test"]["cost"].get<double>() -
                c["configs"][0]["runs"][i]["test"]["cost"].get<double>());
    mean += d.back() / 5;
  }
  for (const double x : d) squares += (x - mean) * (x - mean);
  // t of 4 degrees of freedom; 1/5 of the examples are held out, 4/5 trained on
  const double margin = 2.77644510519779 * std::sqrt((1. / 5 + 0.2 / 0.8) * squares / 4);
  const json& against = c["configs"][1]["against_baseline"];
  CHECK(against["difference"].get<double>() == Approx(mean));
  CHECK(against["interval95"][1].get<double>() == Approx(mean + margin));
}

TEST_CASE("folds are the same however they are run, and go on where they were",
          "[compare][folds]") {
  const Table table;
  const std::string command = "compare net.yaml other.yaml --folds 3 --seeds 2 ";
  const json whole = table.done(command + "--jobs 1 --out whole");
  REQUIRE(table.nnrun(command + "--jobs 2 --out cut -q").status == 0);
  std::filesystem::remove_all(table.scratch / "cut/runs/net/0002-fold-3");
  std::filesystem::remove_all(table.scratch / "cut/runs/other/0001-fold-1");
  const json again = table.done("compare --resume cut");
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 6; ++k)
      CHECK(whole["configs"][i]["runs"][k]["weights_sha256"] ==
            again["configs"][i]["runs"][k]["weights_sha256"]);
  const Ended recorded = table.nnrun("compare whole/runs/*/* --json --baseline net");
  const json r = parsed(recorded.out);
  CHECK(r["folds"]["count"] == 3);
  for (const json& config : r["configs"])
    if (config["name"] == "other")
      CHECK(config["against_baseline"]["interval95"] ==
            whole["configs"][1]["against_baseline"]["interval95"]);
}

TEST_CASE("a run of a fold can be trained again, verified and scored", "[compare][folds]") {
  const Table table;
  REQUIRE(table.nnrun("compare net.yaml --folds 4 --seeds 1 -q").status == 0);
  const std::string folder = "runs/compare/0001/runs/net/0001-fold-3";
  CHECK_THAT(text_of(table.scratch / (folder + "/config.yaml")), Contains("folds: 4, fold: 3}"));
  CHECK(table.done("verify " + folder)["verdict"] == "identical");
  const json score = table.done("eval " + folder);
  CHECK(score["examples"] == 15);
  CHECK(score["cost"] == table.record(folder)["result"]["test"]["cost"]);
  const Ended shown = table.nnrun(folder + "/config.yaml");
  CHECK_THAT(shown.err, Contains("data   fold 3 of 4 is held out as the test part\n"
                                 "data   each fold has its share of every class\n"));
  const Ended removed = table.nnrun("runs rm --yes runs/compare/0001");
  CHECK(removed.out == "removed  runs/compare/0001\n");
}

TEST_CASE("what a fold's run prepares it has learned from its training rows alone",
          "[compare][folds]") {
  const Scratch scratch;
  // each fold has one row whose numbers are far off: whoever saw it would scale otherwise
  scratch.write("rows.csv", "x,y\n0,0\n1000,1000\n1,1\n2000,2000\n0,0\n,3000\n1,1\n4000,4000\n");
  scratch.write("net.yaml",
                "dtype: float64\n"
                "data: {type: csv, path: rows.csv, targets: [y], scale: standard, "
                "target_scale: standard, columns: {x: {missing: mean}}, split: {shuffle: false}}\n"
                "model: {input: 1, layers: [{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, epochs: 1}\n");
  const double means[] = {(1 + 2000 + 0 + 1 + 4000) / 5., (0 + 1000 + 0 + 1 + 4000) / 5.,
                          (0 + 1000 + 1 + 2000 + 1 + 4000) / 6., (0 + 1000 + 1 + 2000 + 0) / 5.};
  REQUIRE(run("$nnrun compare net.yaml --folds 4 --seeds 1 -q", scratch.folder()).status == 0);
  for (int fold = 1; fold <= 4; ++fold) {
    const std::string model = text_of(scratch / ("runs/compare/0001/runs/net/0001-fold-" +
                                                 std::to_string(fold) + "/model.safetensors"));
    std::uint64_t length = 0;
    std::memcpy(&length, model.data(), 8);
    const json header = json::parse(model.substr(8, length));
    double fill = 0;
    std::memcpy(
        &fill,
        model.data() + 8 + length + header["input/fill"]["data_offsets"][0].get<std::size_t>(), 8);
    CHECK(fill == Approx(means[fold - 1]));
  }
}

TEST_CASE("early stopping watches rows that are neither trained on nor held out",
          "[compare][folds]") {
  const Table table;
  const json c = table.done(
      "compare net.yaml --folds 5 --seeds 1 --set data.split.validation=0.25 "
      "--set train.early_stopping.patience=1 --set train.epochs=50");
  const json& run_ = c["configs"][0]["runs"][0];
  CHECK((run_.contains("validation") && run_.contains("test")));
  CHECK_THAT(text_of(table.scratch / "runs/compare/0001/runs/net/0001-fold-1/metrics.csv"),
             Contains("train.cost,val.cost,test.cost"));
}

TEST_CASE("the sentences of folds say what they are worth", "[compare][folds]") {
  const Table table;
  const Ended ended = table.nnrun(
      "compare net.yaml other.yaml --folds 3 --seeds 1 --jobs 1 "
      "--set data.split.test=0.2");
  CHECK_THAT(ended.out, Contains("held-out accuracy %"));
  CHECK_THAT(ended.out, Contains(" at 3 folds of one seed.\n"));
  CHECK_THAT(ended.out,
             Contains("         With 3 folds of one seed only large differences show: use --seeds "
                      "10.\n"
                      "         Runs of different folds share training examples: intervals and "
                      "verdicts allow for it (Nadeau and Bengio 2003).\n"
                      "         Each fold has its share of every class.\n"
                      "         The test part of the data is left alone: 12 examples.\n"));
  CHECK_THAT(ended.err, Contains("run 1/6  net seed 1 fold 1  accuracy "));
}

TEST_CASE("a sweep ends with the command that trains its best point, or trains it",
          "[sweep][folds]") {
  const Table table;
  const json told = table.done("sweep sweep.yaml --folds 3 --out s");
  const std::string best = told["baseline"];
  CHECK(told["next"] ==
        "nnrun s/configs/" + best + ".yaml --set name=sweep-best --set data.split.validation=0");
  const json trained = table.done("sweep --resume s --then train-best");
  const json& run_ = trained["best_run"];
  CHECK(run_["run"] == "runs/sweep-best/0001");
  CHECK(run_["test"].contains("accuracy"));
  CHECK_FALSE(run_.contains("validation"));
  REQUIRE(run("$" + told["next"].get<std::string>() + " -q", table.scratch.folder()).status == 0);
  CHECK(table.record("runs/sweep-best/0002")["result"]["weights_sha256"] == run_["weights_sha256"]);
  const Ended shown = table.nnrun("sweep --resume s --then train-best");
  CHECK_THAT(shown.out, Contains("saved  runs/sweep-best/0003") &&
                            Contains("on the test part, which had no say; chosen by "));
  CHECK_THAT(shown.out,
             Contains("The best of 2 was chosen by its score, and luck may have helped it: "
                      "its score on the test part, which no run has seen, is what it is worth.\n"));
}

TEST_CASE("the best point keeps the validation part if its training watches it", "[sweep][folds]") {
  const Table table;
  const json told = table.done("sweep sweep.yaml --set train.early_stopping.patience=3 --out s");
  CHECK_THAT(told["next"].get<std::string>(), Catch::EndsWith(".yaml --set name=sweep-best"));
  CHECK_THAT(told["summary"].dump(),
             Contains("on the test part, which had no say, its accuracy is "));
}

TEST_CASE("points with the same score are named", "[sweep][folds]") {
  const Table table;
  // no gradient is as long as that
  const json told =
      table.done("sweep sweep.yaml --set 'sweep={train.clip_norm: [1000, 2000]}' --folds 2");
  CHECK_THAT(told["summary"].dump(),
             Contains("clip_norm_1000' and ") &&
                 Contains("clip_norm_2000' have the same mean: the first of the sweep is taken."));
}

TEST_CASE("a sweep over folds gives the same in parts and at once", "[sweep][folds]") {
  const Table table;
  const json whole = table.done("sweep sweep.yaml --folds 3");
  REQUIRE(table.nnrun("sweep sweep.yaml --folds 3 --out s --shard 1/2 -q").status == 0);
  const json parts = table.done("sweep sweep.yaml --folds 3 --out s --shard 2/2");
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(whole["configs"][i]["mean"] == parts["configs"][i]["mean"]);
  const Ended csv = table.nnrun("sweep --resume s --csv");
  CHECK_THAT(csv.out, Catch::StartsWith("config,seed,fold,status,train.cost"));
}

TEST_CASE("no fold is drawn from a series, whose other windows would have its rows",
          "[compare][folds]") {
  const Table table;
  table.scratch.write("series.yaml",
                      "data: {type: csv, path: table.csv, targets: [b], columns: {kind: unused}, "
                      "windows: {length: 4}, split: {test: 0.2}}\n"
                      "model: {layers: [{type: flatten}, {type: dense}]}\n"
                      "train: {cost: mean_squared_error, epochs: 1}\n");
  table.scratch.write(
      "of_kinds.yaml",
      "extends: series.yaml\ndata: {columns: {kind: unused}, windows: {length: 4, group: kind}}\n");
  table.scratch.write("points.yaml",
                      "extends: series.yaml\nsweep: {train.optimizer.learning_rate: [0.001]}\n");
  for (const std::string words :
       {"compare series.yaml", "compare net.yaml of_kinds.yaml", "sweep points.yaml"}) {
    const Ended ended = table.nnrun(words + " --folds 3");
    CAPTURE(words, ended.err);
    CHECK(ended.status == 3);
    CHECK_THAT(ended.err, Contains("--folds cannot cut the series of '") &&
                              Contains("with 'windows', parts follow each other in time") &&
                              Contains("leave --folds away"));
  }
  CHECK(table.nnrun("compare series.yaml --seeds 2").status == 0);
}

TEST_CASE("folds that make no sense are refused in one sentence", "[compare][folds]") {
  const auto [command, status, message] = GENERATE(table<std::string, int, std::string>({
      {"compare net.yaml --folds 1", 2,
       "error: --folds needs a whole number from 2, not '1'\n"
       "   = help: --folds 5 holds out a fifth of the examples at a time\n"},
      {"compare net.yaml --folds 61", 5,
       "error: 61 folds cannot be cut from 60 examples\n  --> data set 'csv'\n"
       "   = help: take fewer folds: 5 or 10 are usual\n"},
      {"compare net.yaml --folds 5 --set random=arc4", 3,
       "error: folds cannot be drawn by 'arc4': its numbers depend on how many the network has "
       "drawn\n"},
      {"compare net.yaml --folds 5 --set data.split={folds: 5, fold: 1}", 3,
       "error: 'net.yaml' holds out a fold of its own: data.split.fold\n"
       "   = help: remove 'folds' and 'fold' there, or leave --folds away\n"},
      {"compare r --folds 5", 2,
       "error: --folds is for configs: these runs are made\n   = help: give configs to train "
       "them\n"},
      {"compare --resume c --folds 4", 2,
       "error: --folds cannot be changed with --resume\n   = help: the plan is in c/plan.json\n"},
      {"sweep sweep.yaml --folds 5 --set sweep={data.split.test: [0.1, 0.2]}", 3,
       "error: 'data.split.test' in the sweep changes the folds\n"},
      {"sweep sweep.yaml --then stop", 2,
       "error: --then can only be train-best, not 'stop'\n"
       "   = help: --then train-best trains the best point when all are done\n"},
      {"sweep sweep.yaml --then train-best --shard 1/2 --out s", 2,
       "error: --then needs the whole sweep, --shard trains a part of it\n"
       "   = help: give it when all parts are done: nnrun sweep --resume DIR --then train-best\n"},
  }));
  const Table table_;
  REQUIRE(table_.nnrun("-q net.yaml --out r").status == 0);
  REQUIRE(table_.nnrun("compare net.yaml --folds 3 --seeds 1 --out c -q").status == 0);
  std::string quoted = command;
  for (const std::string set :
       {"data.split={folds: 5, fold: 1}", "sweep={data.split.test: [0.1, 0.2]}"})
    if (quoted.ends_with(set))
      quoted.replace(quoted.size() - set.size(), set.size(), "'" + set + "'");
  const Ended ended = table_.nnrun(quoted);
  CHECK_THAT(ended.err, Catch::StartsWith(message));
  CHECK(ended.status == status);
}

TEST_CASE("folds name rare combinations of labels by all that they hold", "[folds]") {
  const Table table;
  std::string text = "x,toxic,spam,odd\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + ",1,0,0\n";
  table.scratch.write("labels.csv", text + "20,1,1,0\n21,0,0,0\n22,1,1,1\n");
  table.scratch.write(
      "labels.yaml",
      "data: {type: csv, path: labels.csv, targets: [toxic, spam, odd], split: {folds: 3, fold: 1, "
      "stratify: true}}\n"
      "model: {layers: [{type: dense, activation: sigmoid}]}\n"
      "train: {cost: binary_cross_entropy, epochs: 1}\n");
  CHECK_THAT(table.nnrun("labels.yaml").err,
             Contains("classes 'toxic+spam', 'none', 'toxic+spam+odd' have fewer examples than"));
}

}  // namespace nnrun::testing
