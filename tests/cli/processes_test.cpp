// One training on several processes: the same bits as on one, whoever dies, and one voice.
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// Everything that a step and an epoch have, on 90 rows in batches of 32, cut into 8 shards.
void write_net(const Scratch& scratch) {
  std::string table = "a,b,w,kind\n";
  std::mt19937 random(5);
  for (int i = 0; i < 90; ++i) {
    const auto kind = static_cast<int>(random() % 3);
    table += std::to_string(static_cast<double>(random() % 100) / 50 + kind) + "," +
             std::to_string(random() % 100) + "," + std::to_string(random() % 3) + "," +
             "xyz"[kind] + "\n";
  }
  scratch.write("t.csv", table);
  scratch.write("net.yaml",
                "name: net\n"
                "data: {type: csv, path: t.csv, inputs: [a, b], targets: [kind], scale: standard,"
                " weights: w, split: {validation: 0.1, test: 0.1}, augment: [noise]}\n"
                "model:\n  layers:\n    - {type: dense, units: 24, activation: tanh, regularizer: "
                "l2}\n"
                "    - batch_norm\n    - {type: dropout, rate: 0.3}\n"
                "    - {type: dense, units: 3, activation: softmax}\n"
                "train: {cost: {type: cross_entropy, class_weights: balanced}, batch_size: 32,\n"
                "  shards: 8, epochs: 12, optimizer: adam, clip_norm: 0.5,\n"
                "  early_stopping: {monitor: val.cost, patience: 3, restore_best: true},\n"
                "  checkpoint: {every: 2}}\nmetrics: [accuracy]\n");
  // sums that are sent in parts, of one step that takes some time
  scratch.write("wide.yaml",
                "name: wide\ndata: {type: diagonal, train: 2000, test: 100}\n"
                "model: {input: 2, layers: [{type: dense, units: 90, activation: relu}, {type: "
                "dense, units: 90, activation: relu}, {type: dense, units: 1, activation: sigmoid}"
                "]}\ntrain: {cost: mean_squared_error, batch_size: 200, shards: 16, epochs: 2, "
                "optimizer: {type: momentum, learning_rate: 0.05}, checkpoint: {every: 3}}\n"
                "metrics: [accuracy]\n");
  // a layer that is worth a message of its own, so that sums go early now and then
  scratch.write(
      "large.yaml",
      "name: large\ndata: {type: diagonal, train: 2000, test: 100}\n"
      "model: {input: 2, layers: [{type: dense, units: 200, activation: tanh}, batch_norm, "
      "{type: dense, units: 300, activation: relu}, {type: dense, units: 300, activation: "
      "relu, frozen: true}, {type: dense, units: 300, activation: relu}, {type: dense, "
      "units: 1, activation: sigmoid}]}\ntrain: {cost: mean_squared_error, batch_size: "
      "120, shards: 16, epochs: 2, optimizer: {type: momentum, learning_rate: 0.05}, "
      "clip_norm: 1}\nmetrics: [accuracy]\n");
}

std::string local(int processes) {
  return " --exchange '{type: local, processes: " + std::to_string(processes) + "}'";
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

/// What may not differ: the hash of the weights, all scores, the predictions.
std::string told_by(const Ended& ended, const fs::path& run) {
  CAPTURE(ended.out, ended.err);
  REQUIRE(ended.status == 0);
  nlohmann::json json = parsed(ended.out);
  for (const char* const key :
       {"threads", "processes", "exchange", "run", "seconds", "examples_per_second"})
    json.erase(key);
  return json.dump() + metrics_in(run);
}

}  // namespace

TEST_CASE("a training gives the same bits on any number of processes and threads",
          "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const std::string config = GENERATE(as<std::string>(), "net", "wide", "large"),
                    dtype = GENERATE(as<std::string>(), "float32", "float64");
  CAPTURE(config, dtype);
  const auto told = [&](const std::string& name, const std::string& how) {
    return told_by(
        run("$nnrun " + config + ".yaml --json --set dtype=" + dtype + " --out " + name + how,
            scratch.folder()),
        scratch / name);
  };
  const std::string alone = told("alone", "");
  for (const int processes : {1, 2, 3, 4, 7, 8})
    for (const int threads : {1, 2}) {
      const std::string name = std::to_string(processes) + "-" + std::to_string(threads);
      CAPTURE(name);
      CHECK(told(name, local(processes) + " --threads " + std::to_string(threads)) == alone);
    }
  CHECK(run("$nnrun verify 3-2", scratch.folder()).status == 0);
}

TEST_CASE("sums of layers go early or not, and no bit shows it", "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const auto record = [&](const std::string& name, const std::string& how) {
    const Ended ended =
        run("$nnrun large.yaml -q --set train.epochs=4 --out " + name + how, scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(text_of(scratch / name / "run.json"))["result"];
  };
  const std::string alone = record("alone", "")["weights_sha256"];
  for (const int threads : {1, 2}) {
    const auto two =
        record("two" + std::to_string(threads), local(2) + " --threads " + std::to_string(threads));
    CHECK(two["weights_sha256"] == alone);
    // tried both ways in turn, whichever is faster here
    CHECK(two["exchange"]["early_steps"] > 0);
    CHECK(two["exchange"]["early_steps"] < two["exchange"]["steps"]);
    CHECK(two["exchange"]["steps"] == two["steps"]);
    CHECK(two["exchange"]["seconds"] > 0);
  }
  const auto three = record("three", local(3));  // whose sums cannot go in halves
  CHECK(three["weights_sha256"] == alone);
  CHECK(three["exchange"]["early_steps"] == 0);
}

TEST_CASE("processes of one training speak with one voice", "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const Ended ended = run("$nnrun net.yaml --out r" + local(4), scratch.folder());
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.err, Contains("float32 · 4 processes · 1 thread · r\n"));
  const auto times = [](const std::string& text, const std::string& word) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; ++at) ++n;
    return n;
  };
  CHECK(times(ended.out, "saved  r") == 1);
  CHECK(times(ended.err, " processes · ") == 1);
  CHECK(times(ended.err, "shared 4 processes waited ") == 1);
  CHECK(times(ended.err, "epoch  1/") == 1);
  const auto record = parsed(text_of(scratch / "r/run.json"));
  CHECK(record["result"]["processes"] == 4);
  CHECK(record["result"]["shards"] == 8);
  CHECK_THAT(text_of(scratch / "r/config.yaml"), Contains("shards: 8"));
}

TEST_CASE("what keeps processes from training together is one sentence", "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const auto said = [&](const std::string& command, int status) {
    return refused(command, status, scratch.folder());
  };
  CHECK(said("$nnrun net.yaml" + local(9), 3) ==
        "error: 9 processes cannot share a batch of 8 shards\n"
        " --> net.yaml:10:11\n"
        "   |\n"
        "10 |   shards: 8, epochs: 12, optimizer: adam, clip_norm: 0.5,\n"
        "   |           ^\n"
        "   = help: write shards: 16 in train, or more\n");
  CHECK_THAT(said("$nnrun $configs/diagonal-minibatch.yaml" + local(2), 3),
             Contains("error: 2 processes cannot share a batch of 1 shard\n") &&
                 Contains("write shards: 2 in train, or more"));
  CHECK_THAT(said("$nnrun net.yaml --set random=arc4" + local(2), 3),
             Contains("error: several processes cannot draw the noise of their examples from "
                      "'arc4', which is one sequence of numbers\n"));
  CHECK_THAT(said("$nnrun net.yaml --exchange lokal", 3),
             Contains("error: unknown exchange 'lokal'\n --> --exchange:1:1\n") &&
                 Contains("did you mean 'local'?"));
  CHECK_THAT(said("$nnrun net.yaml --exchange local", 3), Contains("needs 'processes'"));
  CHECK_THAT(said("$nnrun net.yaml --exchange '{type: local, processes: 65}'", 3),
             Contains("'processes' must be in [1, 64], not 65"));
  CHECK_THAT(said("$nnrun missing.yaml" + local(4), 3), Contains("missing.yaml"));
  CHECK_THAT(said("$nnrun net.yaml --watchdog soon" + local(2), 2),
             Contains("--watchdog needs a number of seconds, not 'soon'"));
  CHECK(said("$nnrun net.yaml --watchdog 5", 2) ==
        "error: --watchdog is for processes that wait for each other\n"
        "   = help: add --exchange, or leave it out\n");
  REQUIRE(run("$nnrun net.yaml --quiet --out r", scratch.folder()).status == 0);
  const std::string taken = said("$nnrun net.yaml --out r" + local(4), 1);
  CHECK(taken == said("$nnrun net.yaml --out r", 1));
  const std::string started = "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=";
  const std::string alone =
      "error: 4 processes were started that would train the same, each alone\n"
      "   = help: to share one training, add --exchange mpi; for a run of its own in each, unset "
      "OMPI_COMM_WORLD_SIZE or PMI_SIZE first\n";
  CHECK(said(started + "0 $nnrun net.yaml", 2) == alone);
  // another one speaks only if rank 0 has not ended the job by then
  CHECK(said(started + "3 $nnrun net.yaml", 2) == alone);
  CHECK(said(started + "0 $nnrun net.yaml" + local(2), 2) == alone);
}

TEST_CASE("numbers that are not finite end every process, with one message", "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const auto said = [&](const std::string& how) {
    const Ended ended =
        run("$nnrun wide.yaml --quiet --set train.optimizer.learning_rate=1.0e+30" + how,
            scratch.folder());
    CHECK(ended.status == 1);
    return ended.err;
  };
  const std::string alone = said("");
  CHECK_THAT(alone, Contains("error: "));
  CHECK(said(local(3)) == alone);
  CHECK(said(local(8)) == alone);
}

namespace {
/// The shell's word for a process that a training has started, by number from 1.
std::string copy_of(const std::string& parent, int number) {
  return "$(cat /proc/" + parent + "/task/" + parent + "/children | cut -d' ' -f" +
         std::to_string(number) + ")";
}
const std::string first_checkpoint = "[ -n \"$(ls r/checkpoints 2>/dev/null)\" ]";
const std::string long_run = " --set train.epochs=2000 --set train.early_stopping.patience=5000 ";
}  // namespace

TEST_CASE("a signal to any process ends all after a step, with a checkpoint", "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const int number = GENERATE(0, 2);
  const std::string to = number == 0 ? "$child" : copy_of("$child", number);
  const Ended ended = run(started("$nnrun net.yaml --out r" + long_run + local(4)) +
                              wait_until(first_checkpoint) + "kill -TERM " + to + "\nwait $child",
                          scratch.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 143);
  CHECK_THAT(ended.err, Contains("interrupted after step ") && Contains("a checkpoint is saved"));
  // the rest of a run that is not as long
  const std::string end = " --set train.epochs=1000 ";
  const std::string rest = told_by(
      run("$nnrun train --resume r --json" + end + local(3), scratch.folder()), scratch / "r");
  CHECK(rest ==
        told_by(run("$nnrun net.yaml --json --out alone" + long_run + end, scratch.folder()),
                scratch / "alone"));
}

namespace {
/// Returns how many processes said why they ended.
std::size_t sentences(const std::string& text) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find("error: ", at)) != text.npos; ++at) ++n;
  return n;
}
/// Kills a random process of a training, again and again, and resumes on another number.
void check_kills(int kills) {
  const Scratch scratch;
  write_net(scratch);
  const std::string all = " --set train.epochs=" + std::to_string(25 * kills) +
                          " --set train.early_stopping.patience=5000 ";
  const std::string alone =
      told_by(run("$nnrun net.yaml --json --out alone" + all, scratch.folder()), scratch / "alone");
  std::mt19937 random(11);
  int processes = 4;
  std::string command = "$nnrun net.yaml --out r" + all;
  for (int kill = 0; kill < kills; ++kill) {
    const int number = static_cast<int>(random() % static_cast<unsigned>(processes));
    const std::string newest = "[ \"$(ls r/checkpoints 2>/dev/null | tail -n 1)\" != \"$before\" ]";
    const Ended ended = run(
        "before=$(ls r/checkpoints 2>/dev/null | tail -n 1)\n" +
            started(command + local(processes)) + wait_until(newest) +
            "copies=$(cat /proc/$child/task/$child/children)\nkill -KILL " +
            (number == 0 ? "$child" : copy_of("$child", number)) +
            "\nwait $child\nstatus=$?\n"
            // whoever has ended may stay as a zombie, where nobody asks for its status
            "for copy in $copies; do\n"
            "  while grep -qs '^State:[[:space:]]*[^ZX]' /proc/$copy/status; do sleep 0.02; done\n"
            "done\nexit $status",
        scratch.folder());
    CAPTURE(kill, processes, number, ended.err);
    CHECK(sentences(ended.err) == 1);
    if (number != 0) {
      CHECK(ended.status == 1);
      CHECK_THAT(ended.err,
                 Contains("error: the processes of this training lost each other: rank " +
                          std::to_string(number) + " has ended\n"));
    } else {
      CHECK(ended.status == 137);
    }
    processes = 2 + static_cast<int>(random() % 7);
    command = "$nnrun train --resume r";
  }
  CHECK(told_by(run("$nnrun train --resume r --json" + local(processes), scratch.folder()),
                scratch / "r") == alone);
  std::cout << "figure: " << kills
            << " processes of a training killed, the run resumed on others\n";
}
}  // namespace

TEST_CASE("whoever is killed, the others end at once and name it, and the run goes on elsewhere",
          "[cli][processes]") {
  check_kills(6);
}
TEST_CASE("twenty processes are killed, and no bit differs", "[.full/processes]") {
  check_kills(20);
}

TEST_CASE("a process that hangs ends the others after --watchdog, and is named",
          "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  // for a while rank 0 is late, too, as one that writes to a busy disk: who waits for it has waited
  // longer than it will have waited for rank 2
  const std::string late =
      GENERATE(as<std::string>(), "", "kill -STOP $child; sleep 3; kill -CONT $child\n");
  const Ended ended = run(started("$nnrun net.yaml --out r --watchdog 6" + long_run + local(3)) +
                              wait_until(first_checkpoint) + "hangs=" + copy_of("$child", 2) +
                              "\nkill -STOP $hangs\n" + late +
                              "wait $child\nstatus=$?\nkill -KILL $hangs\nexit $status",
                          scratch.folder());
  CAPTURE(late, ended.err);
  CHECK(ended.status == 1);
  CHECK(sentences(ended.err) == 1);
  CHECK_THAT(ended.err, Contains("error: rank ") && Contains("nothing came from rank 2 on host ") &&
                            Contains(" for 6 s: it has ended or hangs, or the network is down"));
}

TEST_CASE("a record that cannot be written ends all, and only its process says so",
          "[cli][processes]") {
  const Scratch scratch;
  write_net(scratch);
  // no file may become longer than so many blocks: not the config, nor the model
  const int blocks = GENERATE(1, 8);
  const Ended ended = run("ulimit -f " + std::to_string(blocks) +
                              "; $nnrun net.yaml -q --out r --watchdog 5" + local(4),
                          scratch.folder());
  CAPTURE(blocks, ended.err);
  CHECK(ended.status == 1);
  CHECK(sentences(ended.err) == 1);
  CHECK_THAT(ended.err, !Contains("rank "));
}

TEST_CASE("a signal ends a shared timing at once, and nobody is blamed", "[cli][time][processes]") {
  const Scratch scratch;
  write_net(scratch);
  // timeout ends its whole group; a process that waits for another one would wait for ten minutes
  const Ended ended =
      run("timeout -s TERM 0.5 $nnrun time large.yaml --watchdog 60 --set "
          "train.shards=4" +
              local(4),
          scratch.folder());
  CHECK((ended.status == 124 || ended.status == 0));
  CHECK_THAT(ended.err, !Contains("nothing came from") && !Contains("has ended"));
}

TEST_CASE("nnrun time expects what several processes would take", "[cli][time][processes]") {
  const Scratch scratch;
  write_net(scratch);
  const Ended ended =
      run("$nnrun time large.yaml --json --set train.shards=8" + local(2), scratch.folder());
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  const auto sharing = parsed(ended.out)["sharing"];
  CHECK(sharing["processes"] == 2);
  CHECK(sharing["shards"] == 8);
  CHECK(sharing["efficiency"].get<double>() ==
        Approx(sharing["step_alone"].get<double>() / 2 / sharing["step"].get<double>()));
  std::vector<int> numbers, measured;
  for (const auto& one : sharing["numbers"]) {
    numbers.push_back(one["processes"]);
    if (one["measured"] == true) measured.push_back(one["processes"]);
    CHECK(one["efficiency"] > 0);
    CHECK(one["step"] > 0);
  }
  CHECK(numbers == std::vector{1, 2, 4, 8});
  CHECK(measured == std::vector{1, 2});
  CHECK(names_in(scratch.folder()) == std::vector<std::string>{".command", ".err", ".out",
                                                               "large.yaml", "net.yaml", "t.csv",
                                                               "wide.yaml"});
  const Ended table =
      run("$nnrun time large.yaml --set train.shards=4" + local(4), scratch.folder());
  CAPTURE(table.err);
  CHECK(table.status == 0);
  CHECK_THAT(table.out, Contains("4 processes share a step: an exchange of ") &&
                            Contains("\n  processes  rows each  ") && Contains("measured\n"));
  CHECK(refused("$nnrun time large.yaml" + local(1), 2, scratch.folder()) ==
        "error: one process has nobody to share a step with\n"
        "   = help: start several: mpirun -n 2 nnrun time CONFIG --exchange mpi, or --exchange "
        "'{type: local, processes: 2}'\n");
}

}  // namespace nnrun::testing
