// A comparison has one set of data, one config and one set of libraries from its plan to its mean;
// what failed for a reason outside of a run is tried again.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/small_run.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using nlohmann::json;

const std::string put_back =
    "   = help: one comparison needs one set of data: put the file back and go on with --resume, "
    "or start a new comparison\n";

/// Returns the statuses of the runs of small in a comparison's folder, in the order of the seeds.
std::vector<std::string> statuses(const Scratch& scratch, const std::string& folder) {
  std::vector<std::string> out;
  for (const std::string& seed : names_in(scratch / (folder + "/runs/small"))) {
    const auto record = scratch / (folder + "/runs/small/" + seed + "/run.json");
    out.push_back(std::filesystem::exists(record)
                      ? parsed(text_of(record))["status"].get<std::string>()
                      : "none");
  }
  return out;
}

/// A comparison of two seeds whose second was lost.
void cut_short(const Scratch& scratch) {
  write_small(scratch);
  REQUIRE(run("$nnrun compare small.yaml --seeds 2 --out c -q", scratch.folder()).status == 0);
  std::filesystem::remove_all(scratch / "c/runs/small/0002");
}

using Statuses = std::vector<std::string>;

}  // namespace

TEST_CASE("a comparison does not go on with other data, and does with the same", "[compare]") {
  const Scratch scratch;
  cut_short(scratch);
  scratch.write("small.csv", small_csv + "7,7,x\n");
  CHECK(refused("$nnrun compare --resume c", 5, scratch.folder()) ==
        "error: 'small.csv' changed since the comparison was planned\n" + put_back);
  std::filesystem::remove(scratch / "small.csv");
  CHECK(refused("$nnrun compare --resume c", 5, scratch.folder()) ==
        "error: 'small.csv' is not there any more\n" + put_back);
  CHECK(statuses(scratch, "c") == Statuses{"done"});
  scratch.write("small.csv", small_csv);  // the same bytes, a new time
  CHECK(run("$nnrun compare --resume c", scratch.folder()).status == 0);
  CHECK(statuses(scratch, "c") == Statuses{"done", "done"});
}

TEST_CASE("a comparison does not go on with another config or another library", "[compare]") {
  const Scratch scratch;
  cut_short(scratch);
  const std::string yaml = text_of(scratch / "c/configs/small.yaml");
  scratch.write("c/configs/small.yaml", yaml + "\n");
  CHECK(refused("$nnrun compare --resume c", 3, scratch.folder()) ==
        "error: this config changed since the comparison was planned\n"
        "  --> c/configs/small.yaml\n"
        "   = help: put it back, or start a new comparison\n");
  scratch.write("c/configs/small.yaml", yaml);
  json plan = parsed(text_of(scratch / "c/plan.json"));
  plan["configs"][0]["plugins"][0]["sha256"] = std::string(64, '0');
  plan.erase("sha256");  // or the plan itself would be refused
  scratch.write("c/plan.json", plan.dump());
  CHECK_THAT(refused("$nnrun compare --resume c", 4, scratch.folder()),
             StartsWith("error: the library '") &&
                 Contains("' is not the one that the comparison was planned with\n"));
  CHECK(statuses(scratch, "c") == Statuses{"done"});
}

TEST_CASE("shards with other data or libraries are refused", "[compare][sweep]") {
  const Scratch scratch;
  write_small(scratch);
  const std::string sweep =
      "$nnrun sweep small.yaml --set 'sweep={train.batch_size: [1, 2]}' --out s --shard ";
  const Ended first = run(sweep + "1/2", scratch.folder());
  CHECK(first.status == 0);
  CHECK_THAT(
      first.err,
      EndsWith("left     --shard 2/2\nthen     nnrun sweep --resume s  shows all of them\n"));
  scratch.write("small.csv", small_csv + "7,7,x\n");
  CHECK(refused(sweep + "2/2", 5, scratch.folder()) ==
        "error: 'small.csv' changed since the comparison was planned\n" + put_back);
  scratch.write("small.csv", small_csv);
  CHECK(run(sweep + "2/2", scratch.folder()).status == 0);
}

TEST_CASE("data that change during a comparison end it, and all runs that stay have the same",
          "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended = run(
      started("$nnrun compare small.yaml --seeds 500 --jobs 2 --set train.epochs=300 --out c "
              "-q") +
          wait_until("test -e c/runs/small/0003/run.json") + "echo 7,7,x >> small.csv; wait $child",
      scratch.folder());
  CHECK(ended.status == 5);
  CHECK(ended.err == "error: 'small.csv' changed since the comparison was planned\n" + put_back);
  std::set<std::string> data;
  for (const std::string& seed : names_in(scratch / "c/runs/small")) {
    CHECK(seed[0] != '.');
    data.insert(parsed(text_of(scratch / ("c/runs/small/" + seed + "/run.json")))["data_sha256"]
                    .get<std::string>());
  }
  CHECK(data.size() == 1);
}

TEST_CASE("one mean is never over runs on different data without a word", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  for (const char* seed : {"1", "2"})
    REQUIRE(run(std::string("$nnrun small.yaml -q --set seed=") + seed + " --out " + seed,
                scratch.folder())
                .status == 0);
  scratch.write("small.csv", small_csv + "7,7,x\n");
  REQUIRE(run("$nnrun small.yaml -q --set seed=3 --out 3", scratch.folder()).status == 0);
  CHECK(refused("$nnrun compare 1 2 3", 1, scratch.folder()) ==
        "error: '1' and '3' were trained on different data\n"
        "   = help: compare runs that were made from the same\n");
  const Ended two = run("$nnrun compare 1 3", scratch.folder());
  CHECK_THAT(two.out, Contains("The runs of 'small' were trained on different data: their mean is "
                               "over more than one data set.\n"));
  REQUIRE(
      run("$nnrun small.yaml -q --set seed=1 --set name=other --out 4", scratch.folder()).status ==
      0);
  CHECK(refused("$nnrun compare 1 4", 1, scratch.folder()) ==
        "error: '1' and '4' were trained on different data, although the configs name the same\n"
        "   = help: compare runs that were made from the same\n");
  CHECK_THAT(run("$nnrun compare 1 2", scratch.folder()).out, !Contains("different data"));
}

TEST_CASE("different networks that draw their data after their weights are told apart",
          "[compare]") {
  const Scratch scratch;
  const std::string swept = GENERATE(as<std::string>(), "units: [2, 5]",
                                     "init: [{type: uniform, low: 0, high: 1}, zeros]");
  CAPTURE(swept);
  scratch.write("swept.yaml", "extends: " NNRUN_SOURCE_DIR
                              "/configs/diagonal-analytic.yaml\nname: swept\n"
                              "sweep: {model.layers.dense_1." +
                                  swept + "}\n");
  const std::string command =
      "$nnrun sweep swept.yaml --seeds 2 --set data.train=50 --set data.test=50 -q ";
  const Ended article = run(command, scratch.folder());
  CAPTURE(article.err);
  CHECK(article.status == 0);
  CHECK_THAT(article.out,
             Contains("Different networks were trained on different draws of the data: random "
                      "arc4 is one sequence, which gives the weights first. With --set "
                      "random=philox, all of a seed see the same.\n"));
  const Ended philox = run(command + "--set random=philox", scratch.folder());
  CHECK(philox.status == 0);
  CHECK_THAT(philox.out, !Contains("different draws"));
}

TEST_CASE("the same network that saw other data is refused, whatever draws them", "[compare]") {
  const Scratch scratch;
  for (const std::string rate : {"1", "2"})
    REQUIRE(run("$nnrun $configs/diagonal-analytic.yaml -q --set data.train=50 --set data.test=50 "
                "--set name=r" +
                    rate + " --set train.optimizer.learning_rate=" + rate + " --out " + rate,
                scratch.folder())
                .status == 0);
  CHECK(run("$nnrun compare 1 2", scratch.folder()).status == 0);
  json record = parsed(text_of(scratch / "2/run.json"));
  record["data_sha256"] = std::string(64, '0');  // as another version of the data set would give
  scratch.write("2/run.json", record.dump());
  CHECK_THAT(refused("$nnrun compare 1 2", 1, scratch.folder()),
             Contains("were trained on different data, although the configs name the same"));
}

TEST_CASE("runs that were cut short or failed from outside are tried again, others are not",
          "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun compare small.yaml --seeds 6 --out c -q", scratch.folder()).status == 0);
  const auto record = [&](int seed) {
    return "c/runs/small/000" + std::to_string(seed) + "/run.json";
  };
  scratch.write(record(1), "");                       // a power cut
  scratch.write(record(2), std::string(1000, '\0'));  // the same
  const auto change = [&](int seed, const json& with) {
    json changed = parsed(text_of(scratch / record(seed)));
    changed.erase("result");
    changed.update(with);
    scratch.write(record(seed), changed.dump());
  };
  change(3, {{"status", "running"}});
  std::filesystem::remove(scratch / record(4));
  change(5, {{"status", "failed"}, {"error", "no space"}, {"cause", "surroundings"}});
  change(6, {{"status", "failed"}, {"error", "it diverged"}});
  const Ended again = run("$nnrun compare --resume c", scratch.folder());
  CHECK_THAT(again.err, StartsWith("again    5 runs that were cut short, or failed for a reason "
                                   "outside of it\n"));
  CHECK(again.status == 1);
  CHECK(statuses(scratch, "c") == Statuses{"done", "done", "done", "done", "done", "failed"});
  CHECK_THAT(again.out, Contains("  small seed 6  failed: it diverged\n"));
}

TEST_CASE("a run whose process is killed is tried again", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended killed = run(
      started("$nnrun compare small.yaml --seeds 2 --jobs 1 --budget seconds=1 --out c -q") +
          wait_until("test -e c/runs/small") +
          "parent=$child; child=; "
          "until [ \"$child\" ]; do read child rest < /proc/$parent/task/$parent/children; done; "
          "kill -9 $child; wait $parent",
      scratch.folder());
  CHECK(killed.status == 1);
  CHECK_THAT(killed.out, Contains("failed: ended by SIGKILL (killed)\n"));
  const Ended again = run("$nnrun compare --resume c", scratch.folder());
  CHECK_THAT(again.err, StartsWith("again    1 run that was cut short"));
  CHECK(again.status == 0);
}

TEST_CASE("a disk that is full ends a comparison with a sentence, and it goes on afterwards",
          "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  // a limit of the size of files stands for the disk: the plan fits, the record of a run does not
  const Ended full =
      run("(ulimit -f 4; $nnrun compare small.yaml --seeds 2 --out c -q)", scratch.folder());
  CHECK(full.status == 1);
  CHECK_THAT(full.err + full.out, Contains("file too large"));
  const Ended again = run("$nnrun compare --resume c -q", scratch.folder());
  CHECK(again.status == 0);
  CHECK(statuses(scratch, "c") == Statuses{"done", "done"});
}

TEST_CASE("a config whose data can be read only once is refused", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  CHECK(refused("$nnrun compare small.yaml --set data.path=/dev/stdin < small.csv", 5,
                scratch.folder()) ==
        "error: '/dev/stdin' is not a file that every run of a comparison can read from its "
        "start\n   = help: save the data in a file\n");
  run("mkfifo pipe", scratch.folder());
  CHECK_THAT(refused("$nnrun compare small.yaml --set data.path=pipe", 5, scratch.folder()),
             Contains("/pipe' is not a file that every run of a comparison can read"));
  if (sanitized) return;  // a sanitizer needs descriptors of its own
  const Ended few = run("(ulimit -n 6; timeout 20 $nnrun compare small.yaml)", scratch.folder());
  CHECK((few.status == 1 || few.status == 5));
  CHECK_THAT(few.err, StartsWith("error: "));
}

TEST_CASE("a comparison in which all failed gives no advice about seeds", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended =
      run("$nnrun compare small.yaml --seeds 2 -q --set train.optimizer.learning_rate=1e300 "
          "--set train.epochs=50",
          scratch.folder());
  CHECK(ended.status == 1);
  CHECK_THAT(ended.out, Contains("All 2 runs failed: there is nothing to compare.\n") &&
                            !Contains("--seeds 10"));
}

TEST_CASE("--resume keeps --time, and its line says what was asked for", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended =
      run(started("$nnrun compare small.yaml --seeds 3 --time --budget seconds=30 --out \"it's "
                  "here\"") +
              wait_until("test -e \"it's here/runs/small\"") +
              "sleep 0.2; kill -TERM $child; wait $child",
          scratch.folder());
  CHECK(ended.status == 143);
  CHECK_THAT(ended.err, EndsWith("interrupted: 0 of 3 runs are there\n"
                                 "resume   nnrun compare --resume 'it'\\''s here'\n"));
  CHECK(parsed(text_of(scratch / "it's here/plan.json"))["one_at_a_time"] == true);
}

TEST_CASE("what a killed comparison leaves is cleaned by the next one, and not while it lives",
          "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  run(started("$nnrun compare small.yaml --seeds 2 --jobs 1 --budget seconds=20 --out c -q") +
          wait_until("ls c/runs/small/.0001-* >/dev/null 2>&1") +
          // from another process, as another machine would: the live run's folder stays
          "$nnrun compare --resume c -q & other=$!; sleep 1; kill -TERM $other; wait $other; ls -d "
          "c/runs/small/.0001-* > alive; "
          "kill -9 $child; wait $child",
      scratch.folder());
  CHECK_THAT(text_of(scratch / "alive"), Contains("c/runs/small/.0001-"));
  run("left=$(ls -d c/runs/small/.0001-*)\n" + started("$nnrun compare --resume c -q") +
          wait_until("test ! -e $left") + "kill -TERM $child; wait $child",
      scratch.folder());
  CHECK(names_in(scratch / "c/runs/small").empty());
}

TEST_CASE("a run of another config is not taken for one of its neighbour's", "[compare]") {
  const Scratch scratch;
  write_small(scratch);
  scratch.write("other.yaml", "extends: small.yaml\nname: other\ntrain: {batch_size: 2}\n");
  REQUIRE(run("$nnrun compare small.yaml other.yaml --seeds 2 --out c -q && "
              "rm -r c/runs/small/0002 && cp -r c/runs/other/0002 c/runs/small/",
              scratch.folder())
              .status == 0);
  CHECK_THAT(refused("$nnrun compare --resume c", 1, scratch.folder()),
             Contains("this run was not made from the config 'small' of the comparison") &&
                 Contains("c/runs/small/0002"));
}

}  // namespace nnrun::testing
