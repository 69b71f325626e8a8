#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using json = nlohmann::json;

/// Returns metrics.csv without its times.
std::string metrics_of(const fs::path& run) {
  std::istringstream file(text_of(run / "metrics.csv"));
  std::string out;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string cell;
    for (int i = 0; std::getline(cells, cell, ','); ++i)
      if (i != 3) out += cell + ',';
    out += '\n';
  }
  return out;
}

/// Returns the result of run.json without times and the name of the folder.
json result_of(const fs::path& run) {
  json result = parsed(text_of(run / "run.json"))["result"];
  for (const char* key : {"seconds", "examples_per_second", "run"}) result.erase(key);
  return result;
}

std::string status_of(const fs::path& run) {
  return parsed(text_of(run / "run.json"))["status"];
}

void check_same(const fs::path& run, const fs::path& expected) {
  CHECK(status_of(run) == "done");
  CHECK(text_of(run / "model.safetensors") == text_of(expected / "model.safetensors"));
  CHECK(metrics_of(run) == metrics_of(expected));
  CHECK(result_of(run) == result_of(expected));
}

std::string some_config() {
  return GENERATE(
      as<std::string>(), "diagonal.yaml --set train.epochs=3",
      "diagonal-minibatch.yaml --set train.epochs=400 --set train.schedule=cosine",
      "diagonal-minibatch.yaml --set train.epochs=400 --set train.optimizer=adam --set "
      "'train.early_stopping={monitor: test.accuracy, patience: 1000, restore_best: true}'");
}

/// A config whose runs take long enough to be met by a signal.
const std::string lasting = "diagonal-minibatch.yaml --set train.epochs=100000000";

const std::string has_checkpoint = "ls run/checkpoints/step-* >none 2>&1";

/// Starts a run in `folder`/run, waits for its first checkpoint, and does something meanwhile.
Ended meanwhile(const std::string& what, const fs::path& folder,
                const std::string& config = lasting) {
  return run(started("$nnrun $configs/" + config +
                     " --out run --set train.checkpoint.every=37 >log 2>&1") +
                 wait_until(has_checkpoint) + what,
             folder);
}

}  // namespace

TEST_CASE("a run that is killed again and again ends with the bits of one that was not", "[cli]") {
  const Scratch scratch;
  const std::string config = some_config();
  CAPTURE(config);
  REQUIRE(run("$nnrun -q $configs/" + config + " --out whole", scratch.folder()).status == 0);
  meanwhile("kill -KILL $child", scratch.folder(), config);
  CHECK(status_of(scratch / "run") == "running");
  std::mt19937 random(3);
  Ended ended;
  for (int kills = 1; ended.status != 0; ++kills) {
    const std::string seconds = "0." + std::to_string(1030 + random() % 150).substr(1);
    ended = run((kills == 8 ? "" : "timeout -s KILL " + seconds) + " $nnrun train -q --resume run",
                scratch.folder());
    CAPTURE(kills, ended.err);
    REQUIRE((ended.status == 0 || (ended.status == 128 + 9 && kills < 8)));
  }
  check_same(scratch / "run", scratch / "whole");
}

TEST_CASE("a run that trains on and is killed meanwhile has its last result until there is another",
          "[cli]") {
  const Scratch scratch;
  const std::string config = "-q $configs/diagonal-minibatch.yaml --set train.checkpoint.every=37";
  REQUIRE(run("$nnrun " + config + " --out run --set train.epochs=2", scratch.folder()).status ==
          0);
  const json before = result_of(scratch / "run");
  const std::string model = text_of(scratch / "run/model.safetensors");
  run(started("$nnrun train -q --resume run --set train.epochs=120") +
          wait_until("test ! -e run/checkpoints/step-000000000200.safetensors") +
          "kill -KILL $child",
      scratch.folder());
  CHECK(status_of(scratch / "run") == "running");
  CHECK(result_of(scratch / "run") == before);
  CHECK(text_of(scratch / "run/model.safetensors") == model);
  REQUIRE(run("$nnrun train -q --resume run", scratch.folder()).status == 0);
  REQUIRE(run("$nnrun " + config + " --out whole --set train.epochs=120", scratch.folder()).status ==
          0);
  check_same(scratch / "run", scratch / "whole");
}

TEST_CASE("what a signal ends goes on by the command that it prints", "[cli]") {
  const Scratch scratch;
  const auto [signal, status] =
      GENERATE(table<std::string, int>({{"INT", 130}, {"TERM", 143}, {"HUP", 129}}));
  CAPTURE(signal);
  const std::string config = "diagonal-minibatch.yaml --set train.epochs=200";
  const Ended ended =
      meanwhile("kill -" + signal + " $child; wait $child", scratch.folder(), config);
  CHECK(ended.status == status);
  CHECK_THAT(text_of(scratch / "log"),
             Contains(": a checkpoint is saved\nresume  nnrun train --resume run\n"));
  CHECK(status_of(scratch / "run") == "interrupted");
  // what is recorded is what the model scores
  const json eval = parsed(run("$nnrun eval --json run", scratch.folder()).out);
  for (const char* name : {"cost", "accuracy"})
    CHECK(eval[name] == result_of(scratch / "run")["test"][name]);
  const json first = parsed(text_of(scratch / "run/run.json"));
  const Ended resumed = run("$nnrun train --resume run", scratch.folder());
  CHECK(resumed.status == 0);
  CHECK_THAT(resumed.err, Contains("goes on after step "));
  REQUIRE(run("$nnrun -q $configs/" + config + " --out whole", scratch.folder()).status == 0);
  check_same(scratch / "run", scratch / "whole");
  const json record = parsed(text_of(scratch / "run/run.json"));
  CHECK(record["resumed"].size() == 1);
  CHECK(record["resumed"][0]["step"] > 0);
  for (const char* key : {"command_line", "started"}) CHECK(record[key] == first[key]);
}

TEST_CASE("an interrupted run keeps its status if nothing can be written to the terminal",
          "[cli]") {
  const Scratch scratch;
  const Ended ended =
      run(started("$nnrun $configs/" + lasting +
                  " --out run --set train.checkpoint.every=37 >/dev/full 2>/dev/full") +
              wait_until(has_checkpoint) + "kill -HUP $child; wait $child",
          scratch.folder());
  CHECK(ended.status == 129);
  CHECK(status_of(scratch / "run") == "interrupted");
  CHECK(fs::exists(scratch / "run/model.safetensors"));
}

TEST_CASE("a signal that comes to the process and to its group is one signal", "[cli]") {
  const Scratch scratch;
  const Ended ended = meanwhile("kill $child; kill $child; wait $child", scratch.folder());
  CHECK(ended.status == 143);
  CHECK(status_of(scratch / "run") == "interrupted");
}

TEST_CASE("SIGUSR1 makes a checkpoint and the run goes on", "[cli]") {
  const Scratch scratch;
  const Ended ended = run(
      started("$nnrun $configs/" + lasting + " --out run >log 2>&1") + wait_until("test -d run") +
          wait_until("kill -USR1 $child && test -s run/metrics.csv") + "kill -USR1 $child\n" +
          wait_until(has_checkpoint) +
          "kill -0 $child && $nnrun runs --json . >none; kill -KILL $child; wait",
      scratch.folder());
  CHECK_THAT(text_of(scratch / "log"), Contains(": a checkpoint is saved\n"));
  CHECK(status_of(scratch / "run") == "running");
}

TEST_CASE("SIGUSR1 to a run that keeps no checkpoints says so, each time, and the run goes on",
          "[cli]") {
  const Scratch scratch;
  const Ended ended = run(started("$nnrun $configs/" + lasting +
                                  " --out run --set train.checkpoint.every=never >log 2>&1") +
                              wait_until("test -s run/metrics.csv") + "kill -USR1 $child\n" +
                              wait_until("test $(grep -c 'warning: no checkpoint' log) = 1") +
                              "kill -USR1 $child\n" +
                              wait_until("test $(grep -c 'warning: no checkpoint' log) = 2") +
                              "kill -INT $child; wait $child",
                          scratch.folder());
  CHECK(ended.status == 130);
  CHECK_THAT(text_of(scratch / "log"),
             Contains("warning: no checkpoint was written: this run keeps none\n"
                      "   = help: train.checkpoint.every is never\n"));
  CHECK_FALSE(fs::exists(scratch / "run/checkpoints"));
  CHECK(status_of(scratch / "run") == "interrupted");
}

TEST_CASE("a checkpoint that cannot be written is told once, and that it works again", "[cli]") {
  const Scratch scratch;
  scratch.write("file", "in the way");
  // every 37 steps, which are some hundred microseconds, a checkpoint is due
  const Ended ended = meanwhile(
      // stopped, so that it does not make the folder anew before the file stands in its place
      "kill -STOP $child\n" + wait_until("grep -q '^State:.T' /proc/$child/status") +
          "mv -T run/checkpoints away && ln -T file run/checkpoints && kill -CONT $child\n" +
          wait_until("grep -q \"warning: cannot create the folder 'run/checkpoints'\" log") +
          "cp log first\n"
          "rows=$(wc -l <run/metrics.csv)\n" +
          wait_until("test $(wc -l <run/metrics.csv) -gt $((rows + 100))") +
          "cp log failing; rm run/checkpoints\n" +
          wait_until("grep -q ': a checkpoint is saved' log") + "kill -KILL $child; wait",
      scratch.folder());
  const auto warnings = [&](const char* log) {
    const std::string text = text_of(scratch / log);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("warning: ", at)) != text.npos; ++at) ++count;
    return count;
  };
  // the one that was being written when the folder was taken away failed for another reason
  CHECK(warnings("first") >= 1);
  CHECK(warnings("failing") == warnings("first"));
}

TEST_CASE("a run that trains is shown as running, and cannot go on twice", "[cli]") {
  const Scratch scratch;
  fs::create_directory(scratch / "a");
  const Ended ended = meanwhile(
      "mkdir -p all/a; ln -s ../../run all/a/0001; $nnrun runs all; $nnrun train --resume run; "
      "echo $?; kill -KILL $child; wait $child; $nnrun runs all",
      scratch.folder());
  CHECK_THAT(ended.out, Contains("  running\n") && Contains("1\n") &&
                            Contains("  killed: nnrun train --resume all/a/0001\n"));
  CHECK_THAT(ended.err,
             Contains("error: the run in 'run' is still training, in another process\n"));
}

TEST_CASE("a damaged checkpoint is named, and the one before is used", "[cli]") {
  const Scratch scratch;
  const std::string config = "$configs/diagonal.yaml --set train.epochs=3";
  REQUIRE(run("$nnrun -q " + config + " --out whole", scratch.folder()).status == 0);
  REQUIRE(
      run("$nnrun -q " + config + " --out run --set train.checkpoint.every=7000", scratch.folder())
          .status == 0);
  CHECK(names_in(scratch / "run/checkpoints") ==
        std::vector<std::string>{"step-000000028000.safetensors", "step-000000030000.safetensors"});
  const fs::path newest = scratch / "run/checkpoints/step-000000030000.safetensors";
  fs::resize_file(newest, fs::file_size(newest) - 1);
  const Ended ended = run("$nnrun train --resume run --set 'predict=[]'", scratch.folder());
  CHECK(ended.status == 0);
  CHECK_THAT(ended.err,
             Contains("warning: 'run/checkpoints/step-000000030000.safetensors' is not a "
                      "valid safetensors file: its header describes") &&
                 Contains("goes on after step 28000\n"));
  CHECK(text_of(scratch / "run/model.safetensors") == text_of(scratch / "whole/model.safetensors"));
  CHECK(metrics_of(scratch / "run") == metrics_of(scratch / "whole"));
  for (const fs::path& file : {newest, scratch / "run/checkpoints/step-000000028000.safetensors"})
    std::ofstream(file) << "rubbish";
  CHECK_THAT(refused("$nnrun train --resume run --set 'predict=[[1, 1]]'", 1, scratch.folder()),
             Contains("error: none of the checkpoints in 'run/checkpoints' can be used\n"
                      "   = help: remove that folder, and the run goes on from its beginning\n"));
}

TEST_CASE("a run trains on from its end as if it had been longer from the start", "[cli]") {
  const Scratch scratch;
  const std::string config = "-q $configs/diagonal-minibatch.yaml --set train.epochs=";
  REQUIRE(run("$nnrun " + config + "20 --out whole", scratch.folder()).status == 0);
  const std::string every = GENERATE(as<std::string>(), "30 s", "3 epochs", "7", "never");
  CAPTURE(every);
  REQUIRE(run("$nnrun " + config + "12 --out run --set train.checkpoint.every='" + every + "'",
              scratch.folder())
              .status == 0);
  const bool kept = every == "3 epochs" || every == "7";
  CHECK(fs::exists(scratch / "run/checkpoints") == kept);
  const Ended done = run("$nnrun train --resume run", scratch.folder());
  CHECK(done.status == 0);
  CHECK(done.err ==
        "the run in 'run' is done: to train on, change its length, as in\n"
        "nnrun train --resume run --set train.epochs=24\n");
  const Ended on = run("$nnrun train --resume run --set train.epochs=20", scratch.folder());
  CHECK(on.status == 0);
  CHECK_THAT(on.err,
             Contains(kept ? "goes on after step 1200\n"
                           : "there is no checkpoint: the run starts from its beginning\n"));
  check_same(scratch / "run", scratch / "whole");
  CHECK_THAT(refused("$nnrun train --resume run --set train.epochs=19", 2, scratch.folder()),
             Contains("error: train.epochs is 19, but the run has 20 behind it\n"));
}

TEST_CASE("what the numbers so far come from cannot change when a run goes on", "[cli]") {
  const Scratch scratch;
  const std::string config = "$configs/diagonal-minibatch.yaml";
  REQUIRE(run("$nnrun -q " + config + " --out run --set train.checkpoint.every='1 epoch'",
              scratch.folder())
              .status == 0);
  const std::string before = text_of(scratch / "run/run.json");
  for (const std::string change :
       {"train.optimizer.learning_rate=2", "train.optimizer=adam", "seed=5", "dtype=float32",
        "train.batch_size=50", "data.train=500", "model.layers.dense_1.units=6",
        "train.shuffle=false", "name=b", "train.early_stopping.patience=3", "metrics=[]"}) {
    CAPTURE(change);
    const std::string text =
        refused("$nnrun train --resume run --set " + change, 2, scratch.folder());
    CHECK_THAT(text, Contains("' cannot change when a run goes on: what it has learnt so far comes "
                              "from the value before\n"));
  }
  CHECK_THAT(refused("$nnrun train --resume run --set train.batch_size=50", 2, scratch.folder()),
             Contains("error: 'train.batch_size' cannot change"));
  CHECK_THAT(refused("$nnrun train --resume run $configs/diagonal.yaml", 2, scratch.folder()),
             Contains("is too much"));
  CHECK_THAT(refused("$nnrun train --resume run --out b", 2, scratch.folder()),
             Contains("a run goes on in its own folder"));
  CHECK_THAT(refused("$nnrun train --resume nothing", 2, scratch.folder()),
             Contains("'nothing' is not the folder of a run: it has no config.yaml"));
  CHECK(text_of(scratch / "run/run.json") == before);
}

TEST_CASE("a run does not go on with another config, other data or another plugin", "[cli]") {
  const Scratch scratch;
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,3\n");
  scratch.write("a.yaml",
                "data: {type: csv, path: data.csv, targets: [y]}\n"
                "model: {input: 1, layers: [{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, epochs: 8, checkpoint: {every: 3}}\n");
  REQUIRE(run("$nnrun -q a.yaml --out run", scratch.folder()).status == 0);
  const std::string record = text_of(scratch / "run/run.json");
  const std::string go_on = "$nnrun train --resume run --set train.epochs=9";
  const auto check_refused = [&](const std::string& what) {
    CHECK_THAT(refused(go_on, 1, scratch.folder()),
               Contains(what) && Contains("train anew, in a new folder: nnrun "));
    CHECK(text_of(scratch / "run/run.json") == record);
  };
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,4\n");
  check_refused("error: the run cannot go on: its data changed since it started\n");
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,3\n");
  const std::string config = text_of(scratch / "run/config.yaml");
  std::string other = config;
  other.replace(other.find("seed: 0"), 7, "seed: 1");
  scratch.write("run/config.yaml", other);
  check_refused("error: 'run/config.yaml' was changed since the run started\n");
  scratch.write("run/config.yaml", config);
  json changed = parsed(record);
  changed["plugins"][0]["sha256"] = std::string(64, '0');
  scratch.write("run/run.json", changed.dump());
  CHECK_THAT(
      refused(go_on, 1, scratch.folder()),
      Contains("error: the run cannot go on: since it started, ") && Contains(".so has changed\n"));
  scratch.write("run/run.json", record);
  CHECK(run(go_on, scratch.folder()).status == 0);
}

TEST_CASE("a run that diverges keeps its last good checkpoint and says so", "[cli]") {
  const Scratch scratch;
  const Ended ended =
      run("$nnrun $configs/diagonal-analytic.yaml --out run --set train.optimizer.learning_rate=30 "
          "--set model.defaults.activation=none --set train.checkpoint.every=1",
          scratch.folder());
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err,
             Contains("resume  nnrun train --resume run  goes on from the last checkpoint\n"));
  CHECK(status_of(scratch / "run") == "failed");
  const Ended again = run("$nnrun train --resume run", scratch.folder());
  CHECK(again.status == 1);
  CHECK_THAT(again.err, Contains("goes on after step "));
}

TEST_CASE("a run that a limit ended within an epoch goes on as if the limit had not been",
          "[cli]") {
  const Scratch scratch;
  const std::string config =
      "$nnrun -q $configs/diagonal-minibatch.yaml --set train.checkpoint.every=20 --set train.";
  // an epoch has 100 steps of 100 examples
  using Limit = std::array<std::string, 3>;
  for (const auto& [key, few, many] :
       {Limit{"steps", "57", "150"}, Limit{"max_examples", "1700", "15000"}}) {
    CAPTURE(key);
    REQUIRE(run(config + key + "=" + few + " --out " + key, scratch.folder()).status == 0);
    REQUIRE(run(config + key + "=" + many + " --out " + key + "-whole", scratch.folder()).status ==
            0);
    CHECK(run("$nnrun train -q --resume " + key + " --set train." + key + "=" + many,
              scratch.folder())
              .status == 0);
    check_same(scratch / key, scratch / (key + "-whole"));
    CHECK_THAT(refused("$nnrun train -q --resume " + key + " --set train." + key + "=10", 2,
                       scratch.folder()),
               Contains("train." + key + " is 10, but the run has " + many + " behind it"));
  }
}

TEST_CASE("a checkpoint that a limit cut short is passed over, and the run says so", "[cli]") {
  const Scratch scratch;
  const std::string config =
      "$nnrun -q $configs/diagonal-minibatch.yaml --set train.checkpoint.every=20 --set "
      "train.steps=";
  REQUIRE(run(config + "150 --out whole", scratch.folder()).status == 0);
  const auto [keep, words] = GENERATE(table<std::string, std::string>(
      {{"2", "goes on after step 40: a limit had ended the last epoch early\n"},
       {"1",
        "a limit had ended the last epoch early, and there is no checkpoint from before: the run "
        "starts from its beginning\n(train.checkpoint.every and keep say how many there are)\n"}}));
  REQUIRE(
      run(config + "57 --out run --set train.checkpoint.keep=" + keep, scratch.folder()).status ==
      0);
  const Ended on = run("$nnrun train --resume run --set train.steps=150", scratch.folder());
  CHECK(on.status == 0);
  CHECK_THAT(on.err, Contains(words));
  check_same(scratch / "run", scratch / "whole");
}

TEST_CASE("a run whose record a power cut left empty goes on without it", "[cli]") {
  const Scratch scratch;
  const std::string config =
      "$nnrun -q $configs/diagonal-minibatch.yaml --set train.checkpoint."
      "every=20 --set train.epochs=";
  REQUIRE(run(config + "3 --out whole", scratch.folder()).status == 0);
  REQUIRE(run(config + "2 --out run", scratch.folder()).status == 0);
  scratch.write("run/run.json", "");
  const std::string go_on = "$nnrun train --resume run --set train.epochs=3";
  CHECK(refused(go_on, 1, scratch.folder()) ==
        "error: 'run/run.json' is empty\n"
        "   = help: remove it, and the run goes on by its config.yaml and its checkpoints\n");
  fs::remove(scratch / "run/run.json");
  const Ended on = run(go_on, scratch.folder());
  CHECK(on.status == 0);
  CHECK_THAT(on.err, Contains("goes on after step 200\n"));
  check_same(scratch / "run", scratch / "whole");
}

TEST_CASE("a run whose plugins are not loaded does not go on, and says which they are", "[cli]") {
  const Scratch scratch;
  scratch.write("bend.cpp",
                "#include <nnrun/plugin.hpp>\nstruct Bend : nnrun::Activation {\n"
                "  static constexpr auto name = \"bend\", doc = \"x\";\n"
                "  auto f(auto x) const { return x / (1 + x * x); }\n};\nNNRUN_REGISTER(Bend)\n");
  REQUIRE(run(NNRUN_CXX " -std=c++20 -O1 -fPIC -shared -I" NNRUN_SOURCE_DIR
                        "/framework/include bend.cpp -o bend.so",
              scratch.folder())
              .status == 0);
  const std::string library = (scratch / "bend.so").string(),
                    with = "NNRUN_PLUGIN_PATH=" + library + " ";
  REQUIRE(run(with + "$nnrun -q $configs/diagonal-minibatch.yaml --out run --set "
                     "model.defaults.activation=bend --set train.checkpoint.every=100",
              scratch.folder())
              .status == 0);
  const std::string record = text_of(scratch / "run/run.json"),
                    go_on = "$nnrun train --resume run --set train.epochs=11",
                    needs =
                        "error: the run needs activation 'bend', which no loaded plugin provides\n"
                        "  --> " +
                        library + "\n   = help: ";
  CHECK(refused(go_on, 4, scratch.folder()) == needs + "set NNRUN_PLUGIN_PATH=" + library + "\n");
  CHECK(refused(with + go_on + " --no-plugins", 4, scratch.folder()) ==
        needs + "--no-plugins leaves it out: go on without that option if you trust the run\n");
  CHECK(text_of(scratch / "run/run.json") == record);
  CHECK(run(with + go_on, scratch.folder()).status == 0);
}

TEST_CASE("a run without a checkpoint does not start again from other data or weights", "[cli]") {
  const Scratch scratch;
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,3\n");
  const std::string config =
      "data: {type: csv, path: data.csv, targets: [y]}\n"
      "model: {input: 1, layers: [{type: dense, units: 1}]}\n"
      "train: {cost: mean_squared_error, optimizer: {type: sgd, learning_rate: 0.001}}\n";
  scratch.write("a.yaml", config);
  REQUIRE(run("$nnrun -q a.yaml --out a && cp a/model.safetensors w.safetensors && "
              "$nnrun -q a.yaml --set seed=9 --out b",
              scratch.folder())
              .status == 0);
  REQUIRE(
      run(started("$nnrun a.yaml --set train.epochs=100000000 --set model.weights=w.safetensors "
                  "--out r >log 2>&1") +
              wait_until("test -s r/metrics.csv") + "kill -KILL $child; wait; true",
          scratch.folder())
          .status == 0);
  const std::string go_on = "$nnrun train -q --resume r --set train.epochs=3";
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,4\n");
  CHECK_THAT(refused(go_on, 1, scratch.folder()), Contains("its data changed since it started"));
  scratch.write("data.csv", "x,y\n0,0\n1,1\n2,2\n3,3\n");
  REQUIRE(run("cp w.safetensors kept && cp b/model.safetensors w.safetensors", scratch.folder())
              .status == 0);
  CHECK_THAT(refused(go_on, 1, scratch.folder()),
             Contains("since it started, the file of model.weights has changed"));
  CHECK(run("cp kept w.safetensors && " + go_on, scratch.folder()).status == 0);
}

TEST_CASE("whoever asked for quiet still learns how to go on", "[cli]") {
  const Scratch scratch;
  const Ended ended =
      run(started("$nnrun -q $configs/" + lasting + " --out run >out 2>err") +
              wait_until("test -s run/metrics.csv") + "kill -INT $child; wait $child",
          scratch.folder());
  CHECK(ended.status == 130);
  CHECK_THAT(text_of(scratch / "err"), Contains("resume  nnrun train --resume run\n"));
  CHECK(parsed(text_of(scratch / "run/run.json"))["result"]["interrupted"] == true);
}

}  // namespace nnrun::testing
