// compare, sweep and what they leave behind.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "loading/plugin_factory.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using nlohmann::json;

constexpr const char* two = "$configs/diagonal.yaml $configs/diagonal-analytic.yaml ";
constexpr const char* few = "--set data.train=200 --set data.test=200 ";

std::string compare(const std::string& rest) {
  return std::string("$nnrun compare ") + two + few + rest;
}

}  // namespace

TEST_CASE("compare shows configs beside the baseline, what differs, and a verdict", "[compare]") {
  const Scratch scratch;
  const Ended run_ = run(compare("--jobs 1"), scratch.folder());
  CHECK(run_.status == 0);
  CHECK_THAT(run_.out,
             StartsWith("                    test accuracy %   against diagonal, paired   "
                        "cost            train time   parameters\n"
                        "  diagonal          81.05 ± 4.56      baseline                   "
                        "0.147 ± 0.016   "));
  const Ended ascii = run("LC_ALL=C $nnrun compare --resume runs/compare/0001", scratch.folder());
  CHECK_THAT(ascii.out,
             StartsWith("                    test accuracy %   against diagonal, paired   "
                        "cost             train time   parameters\n"
                        "  diagonal          81.05 +- 4.56     baseline                   "
                        "0.147 +- 0.016   "));
  CHECK_THAT(run_.out, Contains("Differences\n"
                                "  train.gradient       finite_difference | backprop\n"
                                "  train.gradient.step  0.01 | -\n"
                                "Summary  No config is clearly more accurate than 'diagonal' at 10 "
                                "seeds.\n"));
  CHECK_THAT(run_.out, EndsWith("page     runs/compare/0001/compare.html\n"));
  CHECK_THAT(run_.err, StartsWith("run 1/20  diagonal seed 1  accuracy "));
  CHECK(std::ranges::count(run_.err, '\n') == 20);
  CHECK(names_in(scratch / "runs/compare/0001/runs/diagonal").size() == 10);
  CHECK(
      names_in(scratch / "runs/compare/0001") ==
      std::vector<std::string>{"compare.html", "comparison.json", "configs", "plan.json", "runs"});
}

TEST_CASE("configs that differ by their names alone are told to be one", "[compare]") {
  const Scratch scratch;
  scratch.write("a.yaml", "extends: " NNRUN_SOURCE_DIR "/configs/diagonal.yaml\nname: a\n");
  scratch.write("b.yaml", "extends: a.yaml\nname: b\n");
  scratch.write("c.yaml", "extends: a.yaml\nname: c\ntrain: {batch_size: 2}\n");
  const Ended ended =
      run("$nnrun compare a.yaml c.yaml b.yaml --seeds 2 " + std::string(few), scratch.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Contains("'a' and 'b' are the same config, but for the name.\n") &&
                            !Contains("'a' and 'c' are the same"));
}

TEST_CASE(
    "configs are chosen by validation where there is such a part, or by the part that is named",
    "[compare]") {
  const Scratch scratch;
  const auto part_of = [&](const std::string& verb, const std::string& more) {
    const Ended ended = run("$nnrun " + verb +
                                " $configs/diagonal-analytic.yaml --seeds 2 --json "
                                "--set data.train=40 --set data.test=40 --set " +
                                more,
                            scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const json page = parsed(ended.out);
    const std::string all = page["summary"].dump();
    return page["metric_info"]["part"].get<std::string>() +
           (all.find("scores of the test part") != all.npos ? ", warned" : "");
  };
  const std::string two_rates = "'sweep={train.optimizer.learning_rate: [0.1, 0.2]}'";
  CHECK(part_of("sweep", two_rates) == "test, warned");
  CHECK(part_of("sweep", two_rates + " --set data.validation=40") == "validation");
  CHECK(part_of("sweep", two_rates + " --set data.validation=40 --metric test.accuracy") ==
        "test, warned");
  CHECK(part_of("sweep", two_rates + " --metric train.accuracy") == "train");
  CHECK(part_of("sweep", two_rates + " --set data.validation=40 --metric val.cost") ==
        "validation");
  const Ended none = run(compare("--seeds 2 --metric val.accuracy"), scratch.folder());
  CHECK(none.status == 3);
  CHECK_THAT(none.err, Contains("has no validation part\n") &&
                           Contains("= help: write data.split: {validation: 0.2}, or compare by "
                                    "another part, as in --metric train.accuracy\n"));
}

TEST_CASE("means, intervals and differences are those of the runs", "[compare]") {
  const Scratch scratch;
  const Ended run_ = run(compare("--seeds 3 --json"), scratch.folder());
  CHECK(run_.err == "");
  const json c = parsed(run_.out);
  std::vector<double> d;
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double a = c["configs"][0]["runs"][i]["test"]["accuracy"];
    const double b = c["configs"][1]["runs"][i]["test"]["accuracy"];
    sum += a;
    d.push_back(b - a);
  }
  CHECK(c["configs"][0]["mean"].get<double>() == Approx(sum / 3));
  CHECK(c["configs"][0]["against_baseline"].is_null());
  const double mean = (d[0] + d[1] + d[2]) / 3;
  double squares = 0;
  for (const double x : d) squares += (x - mean) * (x - mean);
  const double margin = 4.30265272974946 * std::sqrt(squares / 2 / 3);  // t of 2 degrees of freedom
  const json& against = c["configs"][1]["against_baseline"];
  CHECK(against["difference"].get<double>() == Approx(mean).margin(1e-12));
  CHECK(against["interval95"][1].get<double>() == Approx(mean + margin).margin(1e-9));
  CHECK(against["pairs"] == 3);
  CHECK(against["wins"] == std::ranges::count_if(d, [](double x) { return x > 0; }));
  CHECK(c["summary"].back() == "With 3 seeds only large differences show: use --seeds 10.");
  CHECK(!c["configs"][0]["runs"][0].contains("curve"));
  CHECK(parsed(text_of(scratch / "runs/compare/0001/comparison.json"))["configs"][0]["runs"][0]
            .contains("curve"));
}

TEST_CASE("pairs are pairs: one seed gives one start and one data set", "[compare]") {
  const Scratch scratch;
  // nothing is learned: both end with the weights that they started with
  const Ended run_ = run(compare("--seeds 2 --json --set train.epochs=0"), scratch.folder());
  const json c = parsed(run_.out);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(c["configs"][0]["runs"][i]["weights_sha256"] ==
          c["configs"][1]["runs"][i]["weights_sha256"]);
  CHECK(c["configs"][0]["runs"][0]["weights_sha256"] !=
        c["configs"][0]["runs"][1]["weights_sha256"]);
  const auto record = [&](const std::string& run_folder) {
    return parsed(text_of(scratch / ("runs/compare/0001/runs/" + run_folder + "/run.json")));
  };
  CHECK(record("diagonal/0001")["data_sha256"] == record("diagonal-analytic/0001")["data_sha256"]);
  CHECK(record("diagonal/0001")["data_sha256"] != record("diagonal/0002")["data_sha256"]);
}

TEST_CASE("a run of a comparison has the bits of the same run alone", "[compare]") {
  const Scratch scratch;
  REQUIRE(run(compare("--seeds 2 --jobs 2 -q"), scratch.folder()).status == 0);
  const std::string folder = "runs/compare/0001/runs/diagonal/0002";
  const Ended alone = run("$nnrun --json " + folder + "/config.yaml", scratch.folder());
  CHECK(parsed(alone.out)["seed"] == 2);
  CHECK(parsed(alone.out)["weights_sha256"] ==
        parsed(text_of(scratch / folder / "run.json"))["result"]["weights_sha256"]);
}

TEST_CASE("a run that crashes, hangs, exits or diverges is a row, and the rest go on",
          "[compare]") {
  const PluginFactory factory;
  factory.cpp("broken.so",
              "#include <nnrun/plugin.hpp>\n#include <csignal>\n#include <cstdlib>\n"
              "#include <unistd.h>\n"
              "struct Broken : nnrun::Activation {\n"
              "  static constexpr auto name = \"broken\", doc = \"ends its process\";\n"
              "  int how = 0;\n"
              "  static constexpr auto params() { return nnrun::params(nnrun::param(&Broken::how, "
              "\"how\", \"the way\")); }\n"
              "  auto f(auto x) const {\n"
              "    if (how == 1) std::raise(SIGSEGV);\n"
              "    if (how == 2) for (;;) ::pause();\n"
              "    if (how == 3) std::_Exit(0);\n"
              "    return x;\n  }\n};\nNNRUN_REGISTER(Broken)\n");
  const Scratch& scratch = factory.scratch();
  const auto config = [&](const std::string& name, const std::string& how) {
    scratch.write(name + ".yaml",
                  "extends: " NNRUN_SOURCE_DIR "/configs/diagonal.yaml\nname: " + name +
                      "\nplugins: [broken.so]\ndata: {train: 20, test: 20}\n"
                      "model: {defaults: {activation: {type: broken, how: " +
                      how + "}}}\n");
  };
  config("fine", "0");
  config("crash", "1");
  config("hang", "2");
  config("leave", "3");
  const Ended run_ =
      run("$nnrun compare fine.yaml crash.yaml hang.yaml leave.yaml --seeds 2 --timeout 5 -q",
          scratch.folder());
  CHECK(run_.status == 1);
  CHECK_THAT(run_.out, Contains("Not done\n"
                                "  crash seed 1  failed: ended by SIGSEGV (segmentation fault) in "
                                "forward of activation 'broken' (broken.so)\n"
                                "  crash seed 2  failed: ended by SIGSEGV (segmentation fault) in "
                                "forward of activation 'broken' (broken.so)\n"
                                "  hang seed 1   failed: took longer than 5 s in forward of "
                                "activation 'broken' (broken.so)\n"
                                "  hang seed 2   failed: took longer than 5 s in forward of "
                                "activation 'broken' (broken.so)\n"
                                "  leave seed 1  failed: called exit(0)"));
  // under a sanitizer _exit is not ours
  const std::string where = sanitized ? "" : " in forward of activation 'broken' (broken.so)";
  CHECK_THAT(run_.out, Contains("  leave seed 2  failed: called exit(0)" + where + "\n"));
  CHECK_THAT(run_.out, Contains("6 of 8 runs failed; the numbers are those of the others.\n"));
  CHECK(parsed(text_of(scratch / "runs/compare/0001/runs/crash/0001/run.json"))["status"] ==
        "failed");
}

TEST_CASE("a killed comparison goes on where it was", "[compare]") {
  const Scratch scratch;
  const Ended whole = run(compare("--seeds 4 --json --out whole"), scratch.folder());
  // the parent dies, and one finished run is lost
  run(started(compare("--seeds 4 --out cut -q") + ">/dev/null 2>&1") +
          wait_until("test -e cut/plan.json") + "kill -9 $child; wait $child",
      scratch.folder());
  std::filesystem::remove_all(scratch / "cut/runs/diagonal/0002");
  const Ended again = run("$nnrun compare --resume cut --json", scratch.folder());
  CHECK(again.err == "");
  CHECK(again.status == 0);
  const json a = parsed(whole.out), b = parsed(again.out);
  for (std::size_t config = 0; config < 2; ++config)
    for (std::size_t i = 0; i < 4; ++i)
      CHECK(a["configs"][config]["runs"][i]["weights_sha256"] ==
            b["configs"][config]["runs"][i]["weights_sha256"]);
  CHECK(a["configs"][1]["mean"] == b["configs"][1]["mean"]);
}

TEST_CASE("Ctrl-C ends the runs, says how to go on, and exits with 130", "[compare]") {
  const Scratch scratch;
  const Ended run_ =
      run(started("$nnrun compare $configs/diagonal.yaml --set train.epochs=100000 --seeds 2 "
                  "--out here") +
              wait_until("ls -d here/runs/diagonal/.0001-* >/dev/null 2>&1") +
              "kill -INT $child; wait $child",
          scratch.folder());
  // a shell starts background jobs with SIGINT ignored; SIGTERM is the same request
  const Ended term =
      run(started("$nnrun compare $configs/diagonal.yaml --set train.epochs=100000 --seeds 2 "
                  "--out there") +
              wait_until("ls -d there/runs/diagonal/.0001-* >/dev/null 2>&1") +
              "kill -TERM $child; wait $child",
          scratch.folder());
  CHECK(run_.status == 130);
  CHECK(term.status == 143);
  CHECK_THAT(run_.err, EndsWith("interrupted: 0 of 2 runs are there\n"
                                "resume   nnrun compare --resume here\n"));
  CHECK(names_in(scratch / "here/runs/diagonal").empty());
}

TEST_CASE("--fail-if is an exit status for scripts", "[compare]") {
  const Scratch scratch;
  const Ended bad =
      run(compare("--seeds 2 -q --fail-if 'cost > (baseline - 1) * 2 / 4'"), scratch.folder());
  CHECK(bad.status == 1);
  CHECK_THAT(bad.err,
             StartsWith("error: 'cost > (baseline - 1) * 2 / 4' holds for 'diagonal-analytic': "
                        "cost "));
  CHECK(
      run(compare("--seeds 2 -q --fail-if 'accuracy < baseline - 0.5'"), scratch.folder()).status ==
      0);
  // every config is tested, the baseline too, unless it is what the others are compared with
  const Ended all = run(compare("--seeds 1 -q --fail-if 'accuracy < 1'"), scratch.folder());
  CHECK(all.status == 1);
  CHECK_THAT(all.err, StartsWith("error: 'accuracy < 1' holds for 'diagonal': accuracy ") &&
                          Catch::Contains("holds for 'diagonal-analytic': accuracy "));
  const Ended others =
      run(compare("--seeds 1 -q --fail-if 'accuracy <= baseline + 1'"), scratch.folder());
  CHECK_THAT(others.err, !Catch::Contains("holds for 'diagonal':"));
}

TEST_CASE("--fail-if takes the score of a part, as --metric does", "[compare]") {
  const Scratch scratch;
  const auto failed = [&](const std::string& condition) {
    return run(compare("--seeds 2 -q --fail-if '" + condition + "'"), scratch.folder());
  };
  CHECK(failed("test.accuracy < 0.1").status == 0);
  CHECK(failed("train.cost > 100").status == 0);
  const Ended met = failed("test.accuracy < 1");
  CHECK(met.status == 1);
  CHECK_THAT(met.err,
             StartsWith("error: 'test.accuracy < 1' holds for 'diagonal': test.accuracy ") &&
                 Catch::Contains("holds for 'diagonal-analytic': test.accuracy "));
  // that of the part that is compared is the same number
  const Ended plain = failed("accuracy < 1");
  CHECK(replaced(met.err, "test.", "") == plain.err);
  CHECK_THAT(failed("train.accuracy <= baseline + 1").err,
             Catch::Contains("holds for 'diagonal-analytic': train.accuracy ") &&
                 Catch::Contains(", baseline "));
  CHECK(failed("val.accuracy < 1").err ==
        "error: --fail-if 'val.accuracy < 1': the data have no validation part\n"
        "   = help: write data.split: {validation: 0.2}, or name another part\n");
  CHECK_THAT(failed("test.accuracy < 90").err, Catch::Contains("write 'test.accuracy < 0.9'"));
  const Ended other = failed("test.f1 < 1");
  CHECK(other.status == 2);
  CHECK_THAT(other.err, Catch::Contains("'test.f1' is not what is compared"));
}

TEST_CASE("a limit that no fraction can reach is refused", "[compare]") {
  const Scratch scratch;
  const auto [condition, hint] = GENERATE(table<std::string, std::string>(
      {{"accuracy < 90", "write 'accuracy < 0.9'"},
       {"accuracy >= 99.5", "write 'accuracy >= 0.995'"},
       {"accuracy < 900", "for example --fail-if 'accuracy < baseline - 0.01'"},
       {"accuracy < baseline - 5", "for example --fail-if 'accuracy < baseline - 0.01'"}}));
  const Ended refused_ = run(compare("--fail-if '" + condition + "'"), scratch.folder());
  CHECK(refused_.status == 2);
  CHECK(refused_.err == "error: --fail-if '" + condition +
                            "': accuracy is a fraction, from 0 to 1\n   = help: " + hint + "\n");
}

TEST_CASE("--budget examples gives every config equally many", "[compare]") {
  const Scratch scratch;
  const Ended run_ =
      run("$nnrun compare $configs/diagonal.yaml $configs/diagonal-minibatch.yaml --seeds 1 --json "
          "--budget examples=1230 " +
              std::string(few),
          scratch.folder());
  REQUIRE(run_.err == "");
  const json c = parsed(text_of(scratch / "runs/compare/0001/comparison.json"));
  for (const json& config : c["configs"])
    CHECK(config["runs"][0]["curve"]["examples"].back() == 1230);
  CHECK(c["budget"] == json({{"kind", "examples"}, {"value", 1230.0}}));
}

TEST_CASE("what cannot be compared is refused before anything is trained", "[compare]") {
  const auto [command, status, message] = GENERATE(table<std::string, int, std::string>({
      {compare("--seeds 0"), 2,
       "error: --seeds needs a number from 1 to 100000, or a list of seeds, not '0'\n"
       "   = help: --seeds 10 is 1 to 10; --seeds 3,7 is those two\n"},
      {compare("--seeds 1,2,1"), 2,
       "error: seed 1 is given twice\n   = help: --seeds 10 is 1 to 10; --seeds 3,7 is those "
       "two\n"},
      {compare("--metric acuracy"), 2,
       "error: no config has a metric 'acuracy'\n   = help: did you mean 'accuracy'?\n"},
      {compare("--baseline diagonl"), 2,
       "error: the baseline 'diagonl' is not one of the configs\n"
       "   = help: did you mean 'diagonal'?\n"},
      {"cp $configs/diagonal.yaml a.yaml; $nnrun compare a.yaml ./a.yaml", 2,
       "error: the config './a.yaml' is given twice\n"
       "   = help: a config is compared with others over --seeds\n"},
      {"cp $configs/diagonal.yaml a.yaml; sed 's/train: 10000/train: 5/' a.yaml > b.yaml; "
       "$nnrun compare a.yaml b.yaml",
       3,
       "error: 'data.train' is 10000 in 'a.yaml' and 5 in 'b.yaml'\n"
       "   = help: configs are compared on the same data: make it equal, for example with --set\n"},
      {"cp $configs/diagonal.yaml a.yaml; sed 's/.accuracy./[]/' a.yaml > b.yaml; "
       "$nnrun compare a.yaml b.yaml --metric accuracy",
       3,
       "error: 'b.yaml' has no metric 'accuracy'\n"
       "   = help: write metrics: [accuracy] there, or compare by --metric cost\n"},
      {compare("--fail-if 'accuracy < '"), 2,
       "error: --fail-if 'accuracy < ': a number or 'baseline' is missing at the end\n"
       "   = help: for example --fail-if 'accuracy < baseline - 0.01'\n"},
      {compare("--budget seconds"), 2,
       "error: --budget seconds needs a number\n   = help: for example --budget seconds=2\n"},
      {"$nnrun compare", 2,
       "error: compare needs a config\n   = help: nnrun compare configs/diagonal.yaml\n"},
      {"$nnrun compare --resume .", 1,
       "error: '.' has no plan.json: it is not the folder of a comparison\n"
       "   = help: name one like runs/compare/0001\n"},
  }));
  const Scratch scratch;
  const Ended run_ = run(command, scratch.folder());
  CHECK(run_.err == message);
  CHECK(run_.status == status);
  CHECK(!std::filesystem::exists(scratch / "runs"));
}

TEST_CASE("a sweep gives the same numbers in parts and at once", "[compare][sweep]") {
  const Scratch scratch;
  scratch.write("s.yaml",
                "extends: " NNRUN_SOURCE_DIR
                "/configs/diagonal-analytic.yaml\n"
                "data: {train: 200, test: 200}\n"
                "sweep: {train.optimizer.learning_rate: [0.1, 1], train.batch_size: [1, 10]}\n");
  const Ended whole = run("$nnrun sweep s.yaml --json --seeds 2", scratch.folder());
  REQUIRE(whole.err == "");
  const Ended first =
      run("$nnrun sweep s.yaml --json --seeds 2 --out s --shard 1/2", scratch.folder());
  CHECK(first.err ==
        "shard    1 of 2 is done; 4 of 8 runs are there\n"
        "left     --shard 2/2\n"
        "then     nnrun sweep --resume s  shows all of them\n");
  const Ended second =
      run("$nnrun sweep s.yaml --json --seeds 2 --out s --shard 2/2", scratch.folder());
  const json a = parsed(whole.out), b = parsed(second.out);
  REQUIRE(a["configs"].size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(a["configs"][i]["name"] == b["configs"][i]["name"]);
    CHECK(a["configs"][i]["mean"] == b["configs"][i]["mean"]);
    if (i > 0) CHECK(a["configs"][i]["mean"] <= a["configs"][i - 1]["mean"]);
  }
  CHECK(a["sweep"]["settings"][1]["values"] == json({"1", "10"}));
  CHECK(run("$nnrun -q s.yaml", scratch.folder()).status == 0);
}

TEST_CASE("a malformed sweep is refused with its place", "[compare][sweep]") {
  const auto [sweep, message] = GENERATE(table<std::string, std::string>({
      {"3", "error: 'sweep' must be a map of keys with their values, not '3'\n"},
      {"{train.epochs: 3}",
       "error: 'train.epochs' in the sweep must be a list of values, not '3'\n"},
      {"{train.epochs: []}", "error: 'train.epochs' in the sweep has no values\n"},
      {"{train.epochs: [1, 1]}", "error: 'train.epochs' in the sweep has the value 1 twice\n"},
      {"{train.epochs: {min: 1, max: 2}}",
       "error: a range needs 'random' in the sweep: how many are drawn\n"},
      {"{random: 2, train.epochs: {min: 2, max: 1}}",
       "error: 'min' of a range must be below its 'max'\n"},
      {"{seed: [1, 2]}", "error: a sweep cannot change 'seed'\n"},
      {"{train.epoch: [1]}", "error: train has no key 'epoch'\n"},
  }));
  const Scratch scratch;
  scratch.write("s.yaml",
                "extends: " NNRUN_SOURCE_DIR "/configs/diagonal.yaml\nsweep: " + sweep + "\n");
  const Ended run_ = run("$nnrun sweep s.yaml", scratch.folder());
  CHECK_THAT(run_.err, StartsWith(message) && Contains(" --> s.yaml:2:"));
  CHECK(run_.status == 3);
}

TEST_CASE("random points of a sweep come from the seed alone", "[compare][sweep]") {
  const Scratch scratch;
  const std::string command =
      "$nnrun sweep $configs/diagonal-analytic.yaml --json " + std::string(few) +
      "--set 'sweep={random: 3, train.optimizer.learning_rate: {min: 1e-3, max: 1, log: true}, "
      "train.batch_size: {min: 1, max: 20, integer: true}}'";
  const json a = parsed(run(command, scratch.folder()).out);
  const json b = parsed(run(command, scratch.folder()).out);
  REQUIRE(a["configs"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(a["configs"][i]["set"] == b["configs"][i]["set"]);
    const double rate =
        std::stod(a["configs"][i]["set"]["train.optimizer.learning_rate"].get<std::string>());
    CHECK((rate >= 1e-3 && rate <= 1));
  }
}

TEST_CASE("recorded runs are compared without training", "[compare]") {
  const Scratch scratch;
  REQUIRE(run(compare("--seeds 2 -q"), scratch.folder()).status == 0);
  const Ended run_ =
      run("$nnrun compare runs/compare/0001/runs/*/* --json --baseline diagonal", scratch.folder());
  CHECK(run_.err == "");
  const json first = parsed(text_of(scratch / "runs/compare/0001/comparison.json"));
  const json c = parsed(run_.out);
  CHECK(c["configs"][1]["mean"] == first["configs"][0]["mean"]);
  CHECK(!std::filesystem::exists(scratch / "runs/compare/0002/runs"));
}

TEST_CASE("runs diff shows what differs, runs rm removes runs and nothing else", "[cli]") {
  const Scratch scratch;
  REQUIRE(run(compare("--seeds 1 -q"), scratch.folder()).status == 0);
  const std::string a = "runs/compare/0001/runs/diagonal/0001",
                    b = "runs/compare/0001/runs/diagonal-analytic/0001";
  const Ended diff = run("$nnrun runs diff " + a + " " + b, scratch.folder());
  CHECK_THAT(diff.out, StartsWith("Config\n"
                                  "  name                 diagonal           diagonal-analytic\n"
                                  "  train.gradient       finite_difference  backprop\n"
                                  "  train.gradient.step  0.01               -\n"
                                  "Result\n"
                                  "  epochs          1 "));
  const Ended asked = run("$nnrun runs rm " + a, scratch.folder());
  CHECK(asked.status == 2);
  CHECK(asked.err ==
        "error: runs rm asks before it removes, and nobody is there to answer\n"
        "   = help: say it with --yes\n");
  const Ended refused = run("mkdir mine && $nnrun runs rm --yes " + a + " mine", scratch.folder());
  CHECK(refused.err == "error: 'mine' is not a run folder\n   = help: nnrun runs lists them\n");
  CHECK(std::filesystem::exists(scratch / a));
  CHECK(run("$nnrun runs rm --yes " + a, scratch.folder()).out == "removed  " + a + "\n");
  CHECK(!std::filesystem::exists(scratch / a));
}

}  // namespace nnrun::testing
