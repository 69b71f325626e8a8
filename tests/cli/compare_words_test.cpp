// What a comparison says of its numbers, and what it refuses before it trains.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A table of two classes, and a config that learns from it.
void write_net(const Scratch& scratch, const std::string& split, const std::string& more = "") {
  std::string table = "x,kind\n";
  for (int i = 0; i < 60; ++i) table += std::to_string(i) + (i % 7 < 3 ? ",yes\n" : ",no\n");
  scratch.write("t.csv", table);
  scratch.write("net.yaml",
                "name: net\ndata: {type: csv, path: t.csv, targets: [kind], scale: standard" +
                    (split.empty() ? "" : ", split: " + split) +
                    "}\nmodel: {layers: [{type: dense, units: 1, activation: sigmoid}]}\n"
                    "train: {cost: binary_cross_entropy, epochs: 2, batch_size: 8}\n"
                    "metrics: [accuracy]\n" +
                    more);
  scratch.write("other.yaml",
                "extends: net.yaml\nname: other\ntrain: {optimizer: {type: sgd, learning_rate: "
                "0.5}}\n");
}

std::string said(const Scratch& scratch, const std::string& command, int status = 0) {
  const Ended ended = run("$nnrun " + command, scratch.folder());
  CAPTURE(command, ended.out, ended.err);
  CHECK(ended.status == status);
  return ended.out + ended.err;
}

/// Checks that a command is refused with these words before anything is trained.
void check_refused(const Scratch& scratch, const std::string& command, int status,
                   const std::string& words) {
  CAPTURE(command);
  CHECK_THAT(refused("$nnrun " + command, status, scratch.folder()), Contains(words));
  CHECK_FALSE(std::filesystem::exists(scratch / "runs"));
}

TEST_CASE("what chooses among configs never chooses by rows that another seed tests on",
          "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2, test: 0.2}", "sweep: {train.batch_size: [4, 8]}\n");
  const std::string folds = GENERATE("", "--folds 3 ");
  said(scratch, "sweep net.yaml --seeds 3 --out r -q --then train-best " + folds);
  const auto seed_in = [&](const std::string& config) {
    const std::string text = text_of(scratch / config);
    const std::size_t at = text.find("test_seed: ");
    REQUIRE(at != text.npos);
    return text.substr(at, text.find_first_of(",}", at) - at);
  };
  // the same for the points, for all seeds, and for the run that trains the best
  const std::string expected = seed_in("r/configs/batch_size_4.yaml");
  for (const std::string& config : names_in(scratch / "r/runs"))
    for (const std::string& seed : names_in(scratch / ("r/runs/" + config)))
      CHECK(seed_in("r/runs/" + config + "/" + seed + "/config.yaml") == expected);
  for (const std::string& name : names_in(scratch / "runs"))
    CHECK(seed_in("runs/" + name + "/0001/config.yaml") == expected);
  // where one seed does all, nothing is to be fixed
  said(scratch, "sweep net.yaml --out one -q " + folds);
  CHECK_THAT(text_of(scratch / "one/configs/batch_size_4.yaml"), !Contains("test_seed"));
}

TEST_CASE("a test part that is the same for all seeds is not taken for one that each draws",
          "[compare]") {
  const Scratch scratch;
  const auto overlap = [&](const std::string& split) {
    write_net(scratch, split);
    return parsed(said(scratch, "compare net.yaml other.yaml --seeds 2 --json"))["overlap"]
        .get<double>();
  };
  CHECK(overlap("{test: 0.25}") > 0.3);
  CHECK(overlap("{test: 0.25, test_seed: 3}") == 0);
  CHECK(overlap("{test: 0.25, validation: 0.25, test_seed: 3}") == Approx(0.5));
  // a run by itself, and one of a comparison that draws the same part by test_seed
  write_net(scratch, "{validation: 0.2, test: 0.2}");
  said(scratch, "compare net.yaml other.yaml --seeds 2 -q --out c");
  said(scratch, "other.yaml -q --set seed=1 --out alone");
  said(scratch, "compare c/runs/net/0001 alone -q");
}

TEST_CASE("scores of the training part are told to be that", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "");
  CHECK_THAT(said(scratch, "compare net.yaml other.yaml --seeds 2 -q"),
             Contains("These are scores of the training part"));
  write_net(scratch, "{validation: 0.2}");
  CHECK_THAT(said(scratch, "compare net.yaml other.yaml --seeds 2 -q"),
             !Contains("scores of the training part"));
  CHECK_THAT(said(scratch, "compare net.yaml other.yaml --seeds 2 -q --metric train.accuracy"),
             Contains("The data have a validation part: --metric val.accuracy."));
}

TEST_CASE("one pair of runs is no verdict, nor is a baseline without a number", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}");
  for (const auto& [config, seed] :
       {std::pair("net", "1"), {"net", "2"}, {"other", "1"}, {"other", "3"}})
    said(scratch, std::string(config) + ".yaml -q --set seed=" + seed + " --out " + config + seed);
  const std::string one = said(scratch, "compare net1 net2 other1 other3 -q");
  CHECK_THAT(one, Contains("'other' and 'net' have one seed in common, which is too little for a "
                           "verdict.") &&
                      !Contains("is clearly"));
  CHECK_THAT(said(scratch, "compare net1 net2 other3 -q"),
             Contains("'other' and 'net' have no seed in common, so there is no verdict"));
  const std::string failed =
      said(scratch, "compare net.yaml other.yaml --seeds 2 -q --timeout 1 --set train.epochs=2", 0);
  CHECK_THAT(failed, !Contains("has no number"));
  scratch.write("bad.yaml",
                "extends: net.yaml\nname: bad\ntrain: {optimizer: {type: sgd, learning_rate: "
                "1e300}, cost: mean_squared_error}\n"
                "model: {layers: [{type: dense, units: 1, activation: linear}]}\n");
  const std::string without =
      said(scratch, "compare bad.yaml net.yaml other.yaml --seeds 3 -q --metric accuracy", 1);
  CHECK_THAT(without, Contains("The baseline 'bad' has no number, so there is no verdict") &&
                          Contains("     = note: ") && Contains("     = help: "));
}

TEST_CASE("speeds are compared only where times were measured one by one", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}");
  scratch.write("slow.yaml", "extends: net.yaml\nname: slow\ntrain: {epochs: 400}\n");
  const std::string command = "compare net.yaml slow.yaml --seeds 6 -q ";
  for (const std::string jobs : {"--jobs 1", "--jobs 2"})
    CHECK_THAT(said(scratch, command + jobs),
               !Contains("trained") && Contains("--time measures each by itself"));
  CHECK_THAT(said(scratch, command + "--time"),
             Contains("'slow' trained ") && !Contains("--time measures"));
  said(scratch, command + "--out c");  // once they are recorded, the same holds
  CHECK_THAT(said(scratch, "compare c/runs/*/* -q"),
             !Contains("trained") && Contains("times    as recorded, beside other runs"));
}

TEST_CASE("configs are warned of before they are compared, points of a sweep once", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}", "sweep: {train.batch_size: [4, 8]}\n");
  const std::string activation = " --set model.layers.dense_1.activation=tanh";
  const std::string told = said(scratch, "sweep net.yaml -q" + activation, 1);
  const std::size_t first = told.find("warning: ");
  CHECK(first != told.npos);
  CHECK(told.find("warning: ", first + 1) == told.npos);
  CHECK_THAT(said(scratch, "sweep net.yaml -q"), !Contains("warning: "));
}

TEST_CASE("a comparison that means nothing, or something else, is refused before it is trained",
          "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}");
  check_refused(scratch, "compare net.yaml other.yaml --fail-if ''", 2,
                "--fail-if needs a condition");
  check_refused(scratch, "compare net.yaml --fail-if 'accuracy < baseline'", 2,
                "there is one config, and no baseline beside it");
  check_refused(scratch, "compare net.yaml other.yaml --fail-if 'test.accuracy < 0.5'", 2,
                "the data have no test part");
  check_refused(scratch,
                "compare net.yaml other.yaml --set 'metrics=[accuracy, auc]' --fail-if 'auc < 0.5'",
                2, "--metric auc compares by it");
  check_refused(scratch, "compare t.csv net.yaml", 2, "nnrun new config t.csv writes one for it");
  check_refused(scratch, "compare net.yaml other.yaml --set seed=4", 2, "--seeds 10 is 1 to 10");
  check_refused(scratch, "compare net.yaml other.yaml --csv --md", 2, "leave one of the two away");
  CHECK(run("$nnrun compare net.yaml other.yaml --json --md", scratch.folder()).status == 2);
  write_net(scratch, "{validation: 0.2}", "sweep: {train.batch_size: [4, 8]}\n");
  CHECK_THAT(said(scratch, "compare net.yaml --seeds 2"),
             Contains("note: 'net.yaml' is trained without its sweep: nnrun sweep net.yaml trains "
                      "the points\n"));
}

TEST_CASE("a sweep says which point is left, or that none is", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}", "sweep: {train.optimizer.learning_rate: [0.1, 1e300]}\n");
  const std::string linear =
      "sweep net.yaml -q --seeds 2 --set train.cost=mean_squared_error --set "
      "model.layers.dense_1.activation=linear";
  CHECK_THAT(said(scratch, linear, 1),
             Contains("'learning_rate_0.1' is the only point with a score.") && !Contains("luck"));
  write_net(scratch, "{validation: 0.2}",
            "sweep: {train.optimizer.learning_rate: [1e299, 1e300]}\n");
  CHECK_THAT(said(scratch, linear + " --then train-best", 1),
             Contains("then     nothing is trained: no point has a score\n"));
}

TEST_CASE("folders of several runs lead to the runs", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}");
  said(scratch, "compare net.yaml other.yaml --seeds 2 -q --out c");
  CHECK_THAT(refused("$nnrun compare c/runs/net c/runs/other", 2, scratch.folder()),
             Contains("it has runs in it: c/runs/net/*"));
  CHECK_THAT(refused("$nnrun compare c c", 2, scratch.folder()),
             Contains("it is a comparison: c/runs/*/* are its runs"));
  CHECK_THAT(said(scratch, "compare c/runs/*/* -q"), StartsWith(" "));
}

TEST_CASE("a part of a comparison that is done says which others are not", "[compare]") {
  const Scratch scratch;
  write_net(scratch, "{validation: 0.2}");
  const std::string part = "compare net.yaml other.yaml --seeds 3 -q --out c --shard ";
  CHECK_THAT(said(scratch, part + "2/3"),
             Contains("left     --shard 1/3, 3/3\nthen     nnrun compare --resume c  shows all"));
  CHECK_THAT(said(scratch, part + "1/3"), Contains("left     --shard 3/3\n"));
}

TEST_CASE("differences that are all the same have no interval, and say so by their signs",
          "[compare]") {
  const Scratch scratch;
  // one row of the data and one class: what is trained answers alike for every seed
  scratch.write("t.csv", "x,y\n0,0\n0,0\n0,0\n0,0\n");
  scratch.write("zero.yaml",
                "name: zero\ndata: {type: csv, path: t.csv, targets: [y]}\n"
                "model: {layers: [{type: dense, units: 1, init: zeros}]}\n"
                "train: {cost: mean_squared_error, epochs: 1, optimizer: {type: sgd, "
                "learning_rate: 1e-30}}\n");
  scratch.write("one.yaml",
                "extends: zero.yaml\nname: one\nmodel: {layers: [{type: dense, units: 1, init: "
                "zeros, bias_init: {type: constant, value: 1}}]}\n");
  const json compared =
      parsed(run("$nnrun compare zero.yaml one.yaml --seeds 3 --json", scratch.folder()).out);
  const json against = compared["configs"][1]["against_baseline"];
  CHECK(against["difference"] == 1);
  CHECK(against["interval95"].is_null());
  CHECK(against["p"] == 0.25);  // three signs alike
}

}  // namespace
}  // namespace nnrun::testing
