// Runs of a comparison that follow each other in one process, and those that may not.
#include <catch2/catch.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "loading/plugin_factory.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Writes a config of few examples of the article's, with changes.
void write_config(const Scratch& scratch, const std::string& name, const std::string& changes) {
  scratch.write(name + ".yaml", "extends: " NNRUN_SOURCE_DIR "/configs/diagonal.yaml\nname: " +
                                    name + "\ndata: {train: 50, test: 50}\n" + changes);
}

json record_in(const Scratch& scratch, const std::string& comparison, const std::string& run) {
  return parsed(text_of(scratch / (comparison + "/runs/" + run + "/run.json")));
}

/// Checks that each run of a comparison ended with the weights of the same run by itself.
void check_as_alone(const Scratch& scratch, const std::string& comparison) {
  std::size_t compared = 0;
  for (const std::string& config : names_in(scratch / (comparison + "/runs")))
    for (const std::string& seed : names_in(scratch / (comparison + "/runs/" + config))) {
      const std::string folder = comparison + "/runs/" + config + "/" + seed;
      const json record = record_in(scratch, comparison, config + "/" + seed);
      if (record["status"] == "failed") continue;
      const Ended alone = run("$nnrun --json " + folder + "/config.yaml", scratch.folder());
      CAPTURE(folder, alone.err);
      CHECK(parsed(alone.out)["weights_sha256"] == record["result"]["weights_sha256"]);
      ++compared;
    }
  CHECK(compared > 0);
}

/// Compares configs, one run at a time, and checks the same.
void compare_as_alone(const Scratch& scratch, const std::string& configs) {
  const Ended compared =
      run("$nnrun compare " + configs + " --seeds 3 --jobs 1 --out r -q", scratch.folder());
  CAPTURE(compared.err);
  REQUIRE(compared.status == 0);
  check_as_alone(scratch, "r");
}

TEST_CASE("runs that follow each other in a process have the bits of the same runs alone",
          "[compare]") {
  const Scratch scratch;
  write_config(scratch, "article", "");
  write_config(scratch, "adam", "dtype: float32\ntrain: {optimizer: adam, gradient: backprop}\n");
  // estimates of gradients, noise and dropout draw numbers
  write_config(scratch, "spsa", "train: {gradient: spsa}\n");
  write_config(scratch, "noise",
               "model: {layers: [{type: dense, units: 5}, {type: dropout, rate: 0.3}, {type: "
               "dense, units: 1}]}\ntrain: {gradient: backprop, shuffle: true, batch_size: 7}\n");
  compare_as_alone(scratch, "article.yaml adam.yaml spsa.yaml noise.yaml");
}

TEST_CASE("what another's library keeps in its variables does not go from one run to the next",
          "[compare]") {
  const PluginFactory factory;
  factory.cpp("counting.so",
              "#include <nnrun/plugin.hpp>\n"
              "int calls = 0;\n"
              "struct Counting : nnrun::Activation {\n"
              "  static constexpr auto name = \"counting\", doc = \"another one each time\";\n"
              "  auto f(auto x) const { return nnrun::tanh(x * (1 + 0.01 * (calls++ % 1000))); }\n"
              "};\nNNRUN_REGISTER(Counting)\n");
  const Scratch& scratch = factory.scratch();
  write_config(scratch, "own", "");
  write_config(scratch, "counting",
               "plugins: [counting.so]\nmodel: {defaults: {activation: counting}}\n");
  compare_as_alone(scratch, "own.yaml counting.yaml");
}

TEST_CASE("a run that fails or takes too long is blamed alone, whatever its process did before",
          "[compare]") {
  const Scratch scratch;
  write_config(scratch, "good", "");
  write_config(scratch, "diverges",
               "train: {optimizer: {type: sgd, learning_rate: 1e300}, cost: "
               "sum_squared_error}\nmodel: {defaults: {activation: linear}}\n");
  write_config(scratch, "long", "train: {epochs: 100000000}\n");
  const Ended compared = run(
      "$nnrun compare good.yaml diverges.yaml long.yaml --seeds 2 --jobs 1 --timeout 1 --out r -q",
      scratch.folder());
  CAPTURE(compared.out, compared.err);
  CHECK(compared.status == 1);
  for (const std::string seed : {"0001", "0002"}) {
    CHECK(record_in(scratch, "r", "good/" + seed)["status"] == "done");
    const json diverged = record_in(scratch, "r", "diverges/" + seed),
               late = record_in(scratch, "r", "long/" + seed);
    CHECK(diverged["status"] == "failed");
    CHECK_THAT(diverged["error"].get<std::string>(), !Contains("longer"));
    CHECK(late["status"] == "failed");
    CHECK_THAT(late["error"].get<std::string>(), Contains("took longer than 1 s"));
  }
  check_as_alone(scratch, "r");
}

TEST_CASE("a run is not charged with the memory of one before it", "[compare]") {
  if (run("echo 5 >/proc/self/clear_refs", "/").status != 0)
    return void(std::cout << "skipped: this system lets no process forget its peak of memory\n");
  const Scratch scratch;
  write_config(scratch, "small", "train: {gradient: backprop}\n");
  // the first leaves its process to the next run, the second does not
  const std::string units = GENERATE(as<std::string>(), "12000", "300000");
  write_config(scratch, "large",
               "model: {layers: [{type: dense, units: " + units +
                   "}, {type: dense, units: 1}]}\ntrain: {gradient: backprop}\n");
  const Ended compared =
      run("$nnrun compare small.yaml large.yaml --seeds 2 --jobs 1 --out r -q", scratch.folder());
  CAPTURE(units, compared.err);
  REQUIRE(compared.status == 0);
  const auto peak = [&](const std::string& run) {
    return record_in(scratch, "r", run)["peak_memory_bytes"].get<double>();
  };
  CHECK(peak("large/0001") > 1.4 * peak("small/0001"));
  CHECK(peak("small/0002") < 1.3 * peak("small/0001"));
}

TEST_CASE("short runs share a process, unless their times are compared", "[compare]") {
  const Scratch scratch;
  write_config(scratch, "a", "train: {epochs: 40}\n");
  const auto processes = [&](const std::string& options) {
    const Ended ended = run(
        started("$nnrun compare a.yaml --seeds 100 --jobs 1 -q " + options + " >/dev/null 2>&1") +
            "while kill -0 $child 2>/dev/null; do\n"
            "  cat /proc/$child/task/$child/children 2>/dev/null\n"
            "  sleep 0.003\n"
            "done | tr ' ' '\\n' | grep . | sort -u | wc -l\nwait $child",
        scratch.folder());
    CAPTURE(options, ended.err);
    CHECK(ended.status == 0);
    return std::stoi(ended.out);
  };
  CHECK(processes("--out shared") <= 20);  // 2, and a new one where a busy machine makes a run long
  CHECK(processes("--out timed --time") > 25);  // as many of 100 as are met
}

TEST_CASE("a process that is killed between or in runs loses one run at most, which is made again",
          "[compare]") {
  const Scratch scratch;
  write_config(scratch, "a", "train: {epochs: 200}\n");
  write_config(scratch, "b", "train: {epochs: 200, gradient: backprop}\n");
  const std::string command = "compare a.yaml b.yaml --seeds 60 -q --jobs 1 --out ";
  REQUIRE(run("$nnrun " + command + "whole", scratch.folder()).status == 0);
  const Ended ended =
      run(started("$nnrun " + command + "r") + wait_until("ls r/runs/a/0003 >none 2>&1") +
              // as the kernel does where memory is short
              "kill -KILL $(cat /proc/$child/task/$child/children) || exit 98\nwait $child",
          scratch.folder());
  CAPTURE(ended.status, ended.err);
  CHECK((ended.status == 0 || ended.status == 1));
  std::size_t failed = 0;
  for (const std::string config : {"a", "b"})
    for (const std::string& seed : names_in(scratch / ("r/runs/" + config)))
      failed += record_in(scratch, "r", config + "/" + seed)["status"] == "failed";
  CHECK(failed == (ended.status == 1 ? 1 : 0));
  const Ended again = run("$nnrun compare --resume r -q", scratch.folder());
  CAPTURE(again.err);
  CHECK(again.status == 0);
  const auto weights = [&](const std::string& comparison) {
    std::vector<std::string> all;
    for (const auto& config :
         parsed(text_of(scratch / (comparison + "/comparison.json")))["configs"])
      for (const auto& one : config["runs"])
        all.push_back(one["weights_sha256"].get<std::string>());
    return all;
  };
  CHECK(weights("r") == weights("whole"));
}

}  // namespace
}  // namespace nnrun::testing
