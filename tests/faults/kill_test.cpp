// Runs that are killed at any moment, and go on until they are done.
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <list>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "network/safetensors.hpp"
#include "support/process.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Seconds = std::chrono::duration<double>;

/// Everything that a run must remember, in both precisions.
struct Course {
  const char *name, *changes;
};
constexpr std::array courses{
    Course{"adam, dropout, batch norm, early stopping",
           "dtype: float32\n"
           "train:\n  optimizer: {type: adam, learning_rate: 0.01}\n  schedule: {type: cosine}\n"
           "  early_stopping: {monitor: val.cost, patience: 50, restore_best: true}\n"},
    Course{"momentum, a falling learning rate, a pass after each epoch",
           "dtype: float64\n"
           "train:\n  optimizer: {type: momentum, learning_rate: 0.05}\n"
           "  schedule: {type: reduce_on_plateau, patience: 2, warmup: 20}\n  measure: "
           "after_epoch\n"}};

void write_configs(const Scratch& scratch, const Course& course) {
  scratch.write("base.yaml",
                "name: base\ndata: {type: circle, noise: 10, split: {validation: 0.2}}\n"
                "model:\n  input: 2\n  layers:\n"
                "    - {type: dense, units: 8, activation: tanh}\n"
                "    - {type: batch_norm}\n    - {type: dropout, rate: 0.2}\n"
                "    - {type: dense, units: 1, activation: tanh}\n"
                "train: {cost: half_squared_error, gradient: backprop, shuffle: true,\n"
                "        batch_size: 5, epochs: 60, optimizer: {type: sgd, learning_rate: 0.1},\n"
                "        checkpoint: {every: 37}}\n");
  scratch.write("run.yaml", "extends: base.yaml\nname: run\n" + std::string(course.changes));
}

/// Returns the numbers of a model, byte for byte.
std::string weights_in(const fs::path& run) {
  std::string bytes;
  for (const host::Tensor& tensor : host::read_safetensors(run / "model.safetensors").tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  return bytes;
}

/// Returns metrics.csv without the column of seconds.
std::string metrics_in(const fs::path& run) {
  std::ifstream file(run / "metrics.csv");
  std::string out;
  for (std::string line; std::getline(file, line);) {
    std::size_t from = 0;
    for (int column = 0; column < 3; ++column) from = line.find(',', from) + 1;
    out += line.substr(0, from) + line.substr(line.find(',', from) + 1) + '\n';
  }
  return out;
}

/// Checks that nothing but whole files lies in a folder.
void check_no_leftovers(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    CAPTURE(entry.path().string());
    CHECK(!entry.path().filename().string().starts_with('.'));
  }
}

class Moments {
 public:
  /// longest: between the start of a process and its end.
  explicit Moments(Seconds longest) : longest_(longest) {}
  void wait() {
    const double share = static_cast<double>(random_() % 10'000) / 10'000;
    std::this_thread::sleep_for(longest_ * share);
  }

 private:
  Seconds longest_;
  std::mt19937_64 random_{7};
};

Seconds time_of(const std::string& command, const Scratch& scratch) {
  const auto start = std::chrono::steady_clock::now();
  const Ended ended = run(command, scratch.folder());
  CAPTURE(ended.out, ended.err);
  REQUIRE(ended.status == 0);
  return std::chrono::steady_clock::now() - start;
}

/// Starts what was killed again: from its beginning where nothing was there yet.
std::string next_command(const Scratch& scratch, const std::string& first,
                         const std::string& resume, const char* first_file) {
  const fs::path folder = scratch / "r";
  if (fs::exists(folder / first_file)) return "exec " + resume;
  fs::remove_all(folder);
  return "exec " + first;
}

/// Kills a command again and again until it has ended well. Returns how often.
int killed_to_the_end(const Scratch& scratch, const std::string& first, const std::string& resume,
                      const char* first_file, Moments& moments) {
  for (int kills = 0;; ++kills) {
    Process process(next_command(scratch, first, resume, first_file), scratch.folder());
    moments.wait();
    process.send(SIGKILL);
    const int status = process.wait();
    if (status == 128 + SIGKILL) continue;
    CAPTURE(kills, process.out(), process.err());
    REQUIRE(status == 0);
    return kills;
  }
}

constexpr auto train = "$nnrun run.yaml --out r -q", go_on = "$nnrun train --resume r -q";

void kill_runs(const Course& course, int wanted) {
  CAPTURE(course.name);
  const Scratch scratch;
  write_configs(scratch, course);
  Moments moments(time_of("$nnrun run.yaml --out whole -q", scratch) * 0.7);
  const std::string weights = weights_in(scratch / "whole"),
                    metrics = metrics_in(scratch / "whole");
  int kills = 0;
  while (kills < wanted) {
    fs::remove_all(scratch / "r");
    kills += killed_to_the_end(scratch, train, go_on, "config.yaml", moments);
    REQUIRE((weights_in(scratch / "r") == weights));
    REQUIRE(metrics_in(scratch / "r") == metrics);
    check_no_leftovers(scratch / "r");
  }
  std::cout << "figure: " << kills << " kills survived\n";
}

TEST_CASE("a run that is killed again and again ends with the same bits", "[faults]") {
  kill_runs(GENERATE(from_range(courses.begin(), courses.end())), 30);
}

TEST_CASE("a run survives hundreds of kills", "[.full/kills]") {
  kill_runs(GENERATE(from_range(courses.begin(), courses.end())), 500);
}

/// Returns the command that a text tells to go on with; empty if there is none.
std::string resume_command_in(const std::string& said) {
  constexpr std::string_view words = "resume  nnrun ";
  const std::size_t at = said.find(words);
  if (at == said.npos) return "";
  const std::size_t from = at + words.size(), end = said.find('\n', from);
  return "$nnrun " + said.substr(from, end - from);
}

TEST_CASE("a run that a signal ends says how to go on, and going on gives the same bits",
          "[faults]") {
  const auto [signal, name] = GENERATE(table<int, std::string>(
      {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGUSR1, "SIGUSR1"}}));
  CAPTURE(name);
  const Scratch scratch;
  write_configs(scratch, courses[0]);
  Moments moments(time_of("$nnrun run.yaml --out whole -q", scratch));
  const std::string weights = weights_in(scratch / "whole"),
                    metrics = metrics_in(scratch / "whole");
  int ended = 0;
  for (int i = 0; i < 8; ++i) {
    fs::remove_all(scratch / "r");
    Process process("exec $nnrun run.yaml --out r", scratch.folder());
    moments.wait();
    // before the program runs its first line, SIGUSR1 ends any process
    while (signal == SIGUSR1 && !fs::exists(scratch / "r"))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    process.send(signal);
    const int status = process.wait();
    const std::string said = process.err(), command = resume_command_in(said);
    CAPTURE(i, status, said, process.out());
    if (signal == SIGUSR1) {
      CHECK(status == 0);
    } else {
      REQUIRE((status == 0 || status == 128 + signal));
      // before the first step and after the last there is nothing to go on with
      if (status == 0 || command.empty()) continue;
      const Ended gone_on = run(command + " -q", scratch.folder());
      CAPTURE(gone_on.out, gone_on.err);
      REQUIRE(gone_on.status == 0);
    }
    ++ended;
    CHECK((weights_in(scratch / "r") == weights));
    CHECK(metrics_in(scratch / "r") == metrics);
  }
  CHECK(ended > 0);
  std::cout << "figure: " << ended << " signals survived\n";
}

TEST_CASE("a second signal ends a run at once, and what it had kept stays", "[faults]") {
  const Scratch scratch;
  write_configs(scratch, courses[1]);
  Moments moments(time_of("$nnrun run.yaml --out whole -q", scratch));
  for (int i = 0; i < 6; ++i) {
    fs::remove_all(scratch / "r");
    Process process("exec $nnrun run.yaml --out r", scratch.folder());
    moments.wait();
    process.send(SIGINT);
    process.send(SIGTERM);
    const int status = process.wait();
    CAPTURE(i, status, process.err());
    CHECK((status == 0 || status == 128 + SIGINT || status == 128 + SIGTERM));
    if (!fs::exists(scratch / "r/config.yaml")) continue;
    const Ended gone_on = run(go_on, scratch.folder());
    CAPTURE(gone_on.err);
    CHECK(gone_on.status == 0);
    CHECK((weights_in(scratch / "r") == weights_in(scratch / "whole")));
  }
}

/// Returns what a comparison found, without what differs from one to the next.
nlohmann::json numbers_in(const fs::path& comparison) {
  nlohmann::json numbers;
  const nlohmann::json whole = parsed(text_of(comparison / "comparison.json"));
  for (const auto& config : whole.at("configs"))
    for (const auto& one : config.at("runs"))
      numbers[config.at("name").get<std::string>()].push_back(
          {one.at("seed"), one.at("status"), one.at("validation"), one.at("weights_sha256")});
  return numbers;
}

void write_small_configs(const Scratch& scratch) {
  write_configs(scratch, courses[0]);
  scratch.write("a.yaml", "extends: base.yaml\nname: a\ntrain: {epochs: 3}\n");
  scratch.write("b.yaml", "extends: a.yaml\nname: b\ntrain: {batch_size: 7}\n");
  scratch.write("s.yaml", "extends: a.yaml\nsweep: {train.batch_size: [3, 5, 7, 9]}\n");
}

TEST_CASE("a comparison that is killed again and again finds the same numbers", "[faults]") {
  const auto [first, resume] = GENERATE(table<std::string, std::string>(
      {{"$nnrun compare a.yaml b.yaml --seeds 3 --jobs 2 --out DIR -q",
        "$nnrun compare --resume DIR --jobs 2 -q"},
       {"$nnrun sweep s.yaml --jobs 2 --out DIR -q", "$nnrun sweep --resume DIR --jobs 2 -q"}}));
  CAPTURE(first);
  const auto in = [](std::string command, const std::string& folder) {
    return command.replace(command.find("DIR"), 3, folder);
  };
  const Scratch scratch;
  write_small_configs(scratch);
  Moments moments(time_of(in(first, "whole"), scratch) * 0.7);
  int kills = 0;
  for (int i = 0; i < 3; ++i) {
    fs::remove_all(scratch / "r");
    kills += killed_to_the_end(scratch, in(first, "r"), in(resume, "r"), "plan.json", moments);
    CHECK(numbers_in(scratch / "r") == numbers_in(scratch / "whole"));
    check_no_leftovers(scratch / "r");
  }
  std::cout << "figure: " << kills << " kills of comparisons survived\n";
}

TEST_CASE("shards that are killed leave a sweep that can be completed", "[faults]") {
  const Scratch scratch;
  write_small_configs(scratch);
  Moments moments(time_of("$nnrun sweep s.yaml --out whole -q", scratch) * 0.7);
  for (int i = 0; i < 3; ++i) {
    fs::remove_all(scratch / "r");
    std::list<Process> shards;
    for (const char* part : {"1/2", "2/2"})
      shards.emplace_back(std::string("exec $nnrun sweep s.yaml --out r -q --shard ") + part,
                          scratch.folder());
    for (Process& shard : shards) {
      moments.wait();
      shard.send(SIGKILL);
    }
    for (Process& shard : shards) shard.wait();
    const Ended again =
        run("$nnrun sweep s.yaml --out r -q --shard 1/2 && "
            "$nnrun sweep s.yaml --out r -q --shard 2/2",
            scratch.folder());
    CAPTURE(again.out, again.err);
    REQUIRE(again.status == 0);
    CHECK(numbers_in(scratch / "r") == numbers_in(scratch / "whole"));
    check_no_leftovers(scratch / "r");
  }
}

TEST_CASE("shards that end at once leave one whole sweep or comparison", "[faults]") {
  const std::string command =
      GENERATE(as<std::string>(), "sweep s.yaml", "compare a.yaml b.yaml --seeds 2");
  CAPTURE(command);
  const Scratch scratch;
  write_small_configs(scratch);
  REQUIRE(run("$nnrun " + command + " --out whole -q", scratch.folder()).status == 0);
  constexpr int rounds = 12;
  for (int i = 0; i < rounds; ++i) {
    fs::remove_all(scratch / "r");
    std::list<Scratch> outputs;
    std::list<Process> shards;
    // the second part twice, as a scheduler may start it again
    for (const char* part : {"1/2", "2/2", "2/2"})
      shards.emplace_back("cd '" + scratch.folder().string() + "' && exec $nnrun " + command +
                              " --out r -q --shard " + part,
                          outputs.emplace_back().folder());
    for (Process& shard : shards) {
      const int status = shard.wait();
      CAPTURE(shard.err());
      CHECK(status == 0);
    }
    CHECK(fs::exists(scratch / "r/compare.html"));
    CHECK(nlohmann::json::accept(text_of(scratch / "r/comparison.json")));
    CHECK(numbers_in(scratch / "r") == numbers_in(scratch / "whole"));
    check_no_leftovers(scratch / "r");
  }
  std::cout << "figure: " << rounds << " times three shards that ended at once\n";
}

TEST_CASE("what another machine is writing to a shared folder stays", "[faults]") {
  const Scratch scratch;
  write_small_configs(scratch);
  fs::create_directories(scratch / "r/configs");
  // no lock of that machine is seen here
  scratch.write("r/.nnrun-elsewhere-12-0.tmp", "{");
  scratch.write("r/configs/.nnrun-elsewhere-12-0.tmp", "{");
  CHECK(run("$nnrun sweep s.yaml --out r -q --shard 1/2", scratch.folder()).status == 0);
  CHECK(fs::exists(scratch / "r/.nnrun-elsewhere-12-0.tmp"));
  CHECK(fs::exists(scratch / "r/configs/.nnrun-elsewhere-12-0.tmp"));
}

TEST_CASE("runs that start at once never share a folder", "[faults]") {
  constexpr std::size_t at_once = 20;
  const Scratch scratch;
  write_small_configs(scratch);
  const auto count_done = [&](const std::string& command, const std::string& said) {
    std::list<Scratch> outputs;  // each with the output of one
    std::list<Process> processes;
    for (std::size_t i = 0; i < at_once; ++i)
      processes.emplace_back("cd '" + scratch.folder().string() + "' && exec " + command,
                             outputs.emplace_back().folder());
    std::size_t done = 0;
    for (Process& process : processes) {
      const int status = process.wait();
      CAPTURE(status, process.err());
      done += status == 0;
      if (status != 0) CHECK(process.err().find(said) != std::string::npos);
    }
    return done;
  };
  CHECK(count_done("$nnrun a.yaml -q", "no refusal") == at_once);
  CHECK(names_in(scratch / "runs/a").size() == at_once);
  for (const std::string& name : names_in(scratch / "runs/a"))
    CHECK(fs::exists(scratch / "runs/a" / name / "report.html"));
  CHECK(count_done("$nnrun a.yaml -q --out one", "exists already") == 1);
}

TEST_CASE("a run does not go on while it is running", "[faults]") {
  const Scratch scratch;
  write_configs(scratch, courses[0]);
  Process process("exec $nnrun base.yaml --out r --set train.epochs=1000000000 -q",
                  scratch.folder());
  while (!fs::exists(scratch / "r/run.json"))
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  for (int i = 0; i < 3; ++i) {
    const std::string said = refused("$nnrun train --resume r", 1, scratch.folder());
    CHECK(said.find("is still training, in another process") != said.npos);
  }
  process.send(SIGTERM);
  CHECK(process.wait() == 128 + SIGTERM);
}

}  // namespace
}  // namespace nnrun::testing
