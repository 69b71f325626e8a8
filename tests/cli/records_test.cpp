// Records as others leave them: damaged, hostile, or in folders of any name; nnrun runs, runs diff.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// Returns a whole record with one value replaced, at a path such as /result/test.
std::string record_with(const json& record, const std::string& path, const std::string& value) {
  json other = record;
  other[json::json_pointer(path)] = "HERE";
  std::string text = other.dump();
  return text.replace(text.find("\"HERE\""), 6, value);
}

}  // namespace

TEST_CASE("the record has the checksum of data that are added up beside the training",
          "[cli][records]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal-analytic.yaml --set data.train=100000 --out r",
              scratch.folder())
              .status == 0);
  const std::string sum = parsed(text_of(scratch / "r/run.json"))["data_sha256"];
  CHECK((sum.size() == 64 && sum.find_first_not_of("0123456789abcdef") == sum.npos));
  const Ended again = run("$nnrun verify r --json", scratch.folder());  // adds up by itself
  CHECK(again.status == 0);
  CHECK(parsed(again.out)["changed"].empty());
}

TEST_CASE("no record of any shape ends a verb without a sentence", "[cli][records]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal-analytic.yaml --set data.train=50 --set data.test=50 "
              "--out r",
              scratch.folder())
              .status == 0);
  const json whole = parsed(text_of(scratch / "r/run.json"));
  std::vector<std::string> texts{"",
                                 "[]",
                                 "null",
                                 "7",
                                 "{",
                                 "{}",
                                 "\"text\"",
                                 std::string(5, '\0'),
                                 std::string(200000, '['),
                                 "{\"status\":" + std::string(99999, '['),
                                 "{\"x\": 1e999}",
                                 "\xff\xfe{}"};
  const std::string deep = std::string(60, '[') + std::string(60, ']');
  for (const char* path : {"/status",
                           "/error",
                           "/started",
                           "/plugins",
                           "/plugins/0",
                           "/plugins/0/file",
                           "/plugins/0/classes",
                           "/plugins/0/classes/0",
                           "/plugins/0/sha256",
                           "/config_sha256",
                           "/data_sha256",
                           "/version",
                           "/machine",
                           "/machine/instruction_set",
                           "/version/libraries",
                           "/files",
                           "/result",
                           "/result/steps",
                           "/result/epochs",
                           "/result/test",
                           "/result/test/cost",
                           "/result/weights_sha256",
                           "/result/predict",
                           "/result/seconds"})
    for (const std::string& value :
         {std::string("null"), std::string("-1"), std::string("1e308"), std::string("[]"),
          std::string("{\"a\":{}}"), std::string("\"\\u001b[2J\""),
          std::string("18446744073709551615"), deep})
      texts.push_back(record_with(whole, path, value));
  // one process tries them all, as fast as a shell can
  for (std::size_t i = 0; i < texts.size(); ++i)
    scratch.write("all/r" + std::to_string(i) + "/run.json", texts[i]);
  const Ended ended =
      run("for r in all/*; do cp r/config.yaml r/model.safetensors r/metrics.csv $r/\n"
          "  for verb in 'predict 0.5,0.1' verify; do set -- $verb; v=$1; shift\n"
          "    $nnrun $v $r \"$@\" >>out.txt 2>>err.txt; status=$?\n"
          "    case $status in 0|1|4) ;; *) echo \"$v of $r: $status\" ;; esac\n"
          "  done\n"
          "  $nnrun runs diff r $r >>out.txt 2>>err.txt || [ $? = 1 ] || echo diff of $r: $?\n"
          "done; $nnrun runs all >list.txt; $nnrun runs all --json >list.json || echo list: $?",
          scratch.folder());
  CHECK(ended.out == "");
  CHECK(ended.err == "");
  CHECK_THAT(text_of(scratch / "err.txt"), !Contains("json.exception"));
  const std::string list = text_of(scratch / "list.txt");
  CHECK(std::count(list.begin(), list.end(), '\n') == static_cast<long>(texts.size()));
  CHECK(list.find('\x1b') == list.npos);
  CHECK(parsed(text_of(scratch / "list.json"))["runs"].size() == texts.size());
}

TEST_CASE("runs finds runs of any name below the current folder", "[cli][records]") {
  const Scratch scratch;
  const std::string train = "$nnrun -q $configs/diagonal-analytic.yaml --set data.train=100 ";
  REQUIRE(run(train + "&& " + train + "--out deep/er/mine && " + train + "--out .hidden/r && " +
                  "$nnrun compare $configs/diagonal.yaml $configs/diagonal-analytic.yaml "
                  "--set data.train=10 --seeds 2 -q --out both && ln -s deep linked",
              scratch.folder())
              .status == 0);
  const Ended list = run("$nnrun runs", scratch.folder());
  CHECK(list.status == 0);
  CHECK(list.err == "");
  CHECK_THAT(list.out, StartsWith("runs/diagonal-analytic/0001  "));
  CHECK_THAT(list.out, Contains("\ndeep/er/mine ") && Contains("done"));
  CHECK_THAT(list.out,
             Contains("\nboth ") && Contains("a comparison: nnrun runs both/runs lists its runs"));
  CHECK(std::count(list.out.begin(), list.out.end(), '\n') == 3);
  const json all = parsed(run("$nnrun runs --json", scratch.folder()).out);
  CHECK(all["complete"] == true);
  REQUIRE(all["runs"].size() == 3);
  CHECK(all["runs"][0]["number"] == 1);
  for (const json& entry : all["runs"])
    if (entry["run"] == "deep/er/mine") CHECK(entry["number"].is_null());
  CHECK(parsed(run("$nnrun runs both --json", scratch.folder()).out)["runs"].size() == 4);
  CHECK(parsed(run("$nnrun runs both/runs --json", scratch.folder()).out)["runs"].size() == 4);
  CHECK_THAT(run("$nnrun runs deep", scratch.folder()).out, StartsWith("deep/er/mine  "));
  CHECK_THAT(run("cd deep && $nnrun runs", scratch.folder()).out, StartsWith("er/mine  "));
}

TEST_CASE("runs says so if there are more folders than it looks at", "[cli][records]") {
  const Scratch scratch;
  REQUIRE(run("mkdir many && cd many && seq 3000 | xargs mkdir", scratch.folder()).status == 0);
  const Ended list = run("$nnrun runs", scratch.folder());
  CHECK(list.status == 0);
  CHECK_THAT(list.err, Contains("more folders than were looked at"));
  CHECK(parsed(run("$nnrun runs --json", scratch.folder()).out)["complete"] == false);
}

TEST_CASE("runs diff compares what results follow from", "[cli][records]") {
  const Scratch scratch;
  scratch.write("t.csv", "a,b\n1,2\n2,3\n3,5\n");
  scratch.write("t.yaml",
                "data: {type: csv, path: t.csv, targets: [b]}\n"
                "model: {input: 1, layers: [{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, epochs: 3}\n");
  const auto nnrun = [&](const std::string& words) {
    return run("$nnrun " + words, scratch.folder());
  };
  const Ended first = nnrun("-q t.yaml --out a");
  CAPTURE(first.err);
  REQUIRE(first.status == 0);
  REQUIRE(nnrun("-q t.yaml --out b").status == 0);
  json diff = parsed(nnrun("runs diff a b --json").out);
  CHECK(diff["origin"].empty());
  CHECK(diff["unexplained"] == false);

  scratch.write("t.csv", "a,b\n1,2\n2,3\n3,6\n");
  REQUIRE(nnrun("-q t.yaml --out c").status == 0);
  CHECK_THAT(nnrun("runs diff a c").out,
             Contains("The configs are equal\nData and program\n  data"));
  CHECK(parsed(nnrun("runs diff a c --json").out)["unexplained"] == false);

  json record = parsed(text_of(scratch / "b/run.json"));
  record["result"]["train"]["cost"] = 7.5;
  scratch.write("b/run.json", record.dump());
  CHECK(parsed(nnrun("runs diff a b --json").out)["unexplained"] == true);
  CHECK_THAT(nnrun("runs diff a b").out,
             Contains("The results differ although all that is recorded is equal"));
}

}  // namespace nnrun::testing
