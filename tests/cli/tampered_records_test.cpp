// Records that something changed: each field of each file, in each way, is refused with a sentence
// or makes no difference.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/small_run.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

json deep(int depth) {
  json out = 1;
  for (int i = 0; i < depth; ++i) out = json::array({std::move(out)});
  return out;
}

const std::vector<json>& values() {
  static const std::vector<json> all{nullptr,
                                     true,
                                     -1,
                                     1e308,
                                     0.5,
                                     "",
                                     "a/../b",
                                     7,
                                     json::array(),
                                     json::object(),
                                     deep(100),
                                     std::string(2'000'000, 'x'),
                                     json(std::vector<int>(20'000, 1))};
  return all;
}

/// Returns the pointers to all values in a file; of a list the first and the last.
void add_pointers(const json& node, const json::json_pointer& at,
                  std::vector<json::json_pointer>& out) {
  if (!at.empty()) out.push_back(at);
  if (node.is_object())
    for (const auto& [key, value] : node.items()) add_pointers(value, at / key, out);
  if (node.is_array() && !node.empty()) {
    add_pointers(node.front(), at / 0, out);
    if (node.size() > 1) out.push_back(at / (node.size() - 1));
  }
}

class Tampering {
 public:
  Tampering() {
    write_small(scratch_);
    REQUIRE(run("$nnrun compare small.yaml --seeds 2 --out c -q", scratch_.folder()).status == 0);
    mean_ = parsed(run(command_, scratch_.folder()).out)["configs"][0]["mean"];
  }

  void each_field_of(const std::string& file) {
    const std::string before = text_of(scratch_ / file);
    std::vector<json::json_pointer> pointers;
    const json whole = parsed(before);
    add_pointers(whole, json::json_pointer(), pointers);
    for (const json::json_pointer& pointer : pointers) {
      CAPTURE(file, pointer.to_string());
      json missing = whole;
      if (json& parent = missing[pointer.parent_pointer()]; parent.is_object()) {
        parent.erase(pointer.back());
        judge(file, missing.dump(), pointer);
      }
      const std::size_t i = next_++ % values().size();  // each value meets each sort of field
      for (const std::size_t which : {i, (i + 5) % values().size(), (i + 9) % values().size()}) {
        CAPTURE(which);
        json changed = whole;
        changed[pointer] = values()[which];
        judge(file, changed.dump(), pointer);
      }
    }
    scratch_.write(file, before);
  }

  void whole_files(const std::string& file, const std::vector<std::string>& texts) {
    const std::string before = text_of(scratch_ / file);
    for (const std::string& text : texts) {
      CAPTURE(file, text.substr(0, 100));
      judge(file, text);
    }
    scratch_.write(file, before);
  }

  /// Runs the program on a file with this text: it says what is wrong, or the numbers are right.
  void judge(const std::string& file, const std::string& text,
             const json::json_pointer& changed = json::json_pointer()) {
    // nobody can tell one number of a result from another
    const bool is_result = changed.to_string().starts_with("/result/");
    scratch_.write(file, text);
    for (const std::string& command : {command_, recorded_}) {
      CAPTURE(command);
      const Ended ended = run("timeout 20 " + command, scratch_.folder());
      CHECK(ended.status >= 0);
      CHECK(ended.status <= 5);
      for (const char* raw : {"json.exception", "std::", "terminate", "basic_string", "vector::"})
        CHECK_THAT(ended.err + ended.out, !Contains(raw));
      if (ended.status == 0) {
        const json mean = parsed(ended.out)["configs"][0]["mean"];
        if (!is_result) CHECK(mean == mean_);
        continue;
      }
      CHECK(ended.err.starts_with("error: "));
      CHECK(ended.err.size() < 1000);
    }
  }

 private:
  Scratch scratch_;
  std::string command_ = "$nnrun compare --resume c --json";
  std::string recorded_ =
      "$nnrun compare c/runs/small/0001 c/runs/small/0002 --json --out r; "
      "e=$?; rm -rf r; exit $e";
  json mean_;
  std::size_t next_ = 0;
};

}  // namespace

TEST_CASE("a plan in which any field is changed is refused or makes no difference",
          "[compare][tampered]") {
  Tampering().each_field_of("c/plan.json");
}

TEST_CASE("a record in which any field is changed is refused or makes no difference",
          "[compare][tampered]") {
  Tampering().each_field_of("c/runs/small/0001/run.json");
}

TEST_CASE("a plane in which any field is changed is refused or makes no difference",
          "[compare][tampered]") {
  Tampering().each_field_of("c/runs/small/0001/decision.json");
}

TEST_CASE("records that are not JSON at all are refused, or made again", "[compare][tampered]") {
  Tampering tampering;
  const std::vector<std::string> texts{"",
                                       "{",
                                       "[]",
                                       "1",
                                       "null",
                                       "\"x\"",
                                       "\xff",
                                       std::string(100, '\0'),
                                       std::string(100'000, '['),
                                       "{\"status\": " + std::string(100'000, '[') + "}"};
  for (const char* file :
       {"c/plan.json", "c/runs/small/0002/decision.json", "c/runs/small/0002/run.json"})
    tampering.whole_files(file, texts);
}

TEST_CASE("metrics that are not a table of numbers are refused with their line",
          "[compare][tampered]") {
  Tampering tampering;
  const std::string head = "epoch,step,examples,seconds,train.cost,train.accuracy\n";
  tampering.whole_files(
      "c/runs/small/0001/metrics.csv",
      {"", "garbage", "garbage\n1\n", head + "1,2,3\n", head + "1,2,3,0.1,x,0.5\n",
       head + "1,2,3,0.1,0.5,0.5\n1,2,3,0.1,0.5,0.5\n", head + "1e300,2,3,0.1,0.5,0.5\n",
       head + "-1,2,3,0.1,0.5,0.5\n", head + "1,2,3,0.1,0.5,0.5,7\n", "epoch,epoch,a,b\n1,2,3,4\n",
       head + std::string(100'000, ',') + "\n", std::string(1000, '\0')});
}

TEST_CASE("a damaged record is named with its file and key", "[compare][tampered]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun compare small.yaml --seeds 1 --out c -q", scratch.folder()).status == 0);
  const std::string put_back =
      "   = help: nnrun wrote this file, and something changed it: put it "
      "back\n";
  const auto said = [&](const std::string& file, const std::string& pointer, const json& value) {
    const std::string before = text_of(scratch / file);
    json changed = parsed(before);
    changed[json::json_pointer(pointer)] = value;
    scratch.write(file, changed.dump());
    const std::string out = refused("$nnrun compare --resume c", 1, scratch.folder());
    scratch.write(file, before);
    return out;
  };
  CHECK(said("c/plan.json", "/baseline", "x") ==
        "error: 'baseline' should be small, not \"x\"\n  --> c/plan.json\n" + put_back);
  CHECK(said("c/plan.json", "/configs", json::array()) ==
        "error: 'configs' should be a list of at least one, not a list of 0\n"
        "  --> c/plan.json\n" +
            put_back);
  CHECK(said("c/plan.json", "/configs/0/set", 3) ==
        "error: 'configs[0].set' should be a list, not 3\n  --> c/plan.json\n" + put_back);
  CHECK(said("c/runs/small/0001/run.json", "/result/epochs", -1) ==
        "error: 'result.epochs' should be a whole number, not -1\n"
        "  --> c/runs/small/0001/run.json\n" +
            put_back);
}

TEST_CASE("a record with a thousand keys is read, and one with ten thousand in a map refused",
          "[cli][tampered]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal-analytic.yaml --out r", scratch.folder()).status == 0);
  const json record = parsed(text_of(scratch / "r/run.json"));
  const auto write_with = [&](int keys) {
    json more = record;
    for (int i = 0; i < keys; ++i) more["result"]["test"]["k" + std::to_string(i)] = i;
    scratch.write("r/run.json", more.dump());
  };
  write_with(1000);
  CHECK_THAT(run("$nnrun runs .", scratch.folder()).out, Contains("  k999 999.0"));
  CHECK(run("$nnrun eval r && $nnrun runs diff r r", scratch.folder()).status == 0);
  CHECK(run("$nnrun verify r", scratch.folder()).status == 1);
  write_with(10'000);
  for (const char* verb : {"eval r", "verify r", "train --resume r", "runs diff r r"})
    CHECK_THAT(refused("$nnrun " + std::string(verb), 1, scratch.folder()),
               StartsWith("error: 'r/run.json' is not valid JSON\n"));
  const Ended listed = run("$nnrun runs .", scratch.folder());
  CHECK(listed.status == 0);
  CHECK_THAT(listed.out, Contains("'r/run.json' is not valid JSON\n"));
}

TEST_CASE("nnrun runs lists and compares damaged records", "[cli][tampered]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun small.yaml -q && $nnrun small.yaml -q", scratch.folder()).status == 0);
  const std::string file = "runs/small/0001/run.json";
  for (const json& value : values()) {
    json changed = parsed(text_of(scratch / "runs/small/0002/run.json"));
    changed["status"] = value;
    changed["plugins"] = value;
    changed["result"] = value;
    scratch.write(file, changed.dump());
    for (const char* command : {"$nnrun runs", "$nnrun runs --json",
                                "$nnrun runs diff runs/small/0001 runs/small/0002"}) {
      const Ended ended = run(command, scratch.folder());
      CHECK((ended.status == 0 || ended.status == 1));
      CHECK_THAT(ended.err, !Contains("json.exception") && !Contains("std::"));
    }
  }
}

}  // namespace nnrun::testing
