// nnrun sweep --slurm: the job that it writes, run by a script that does what sbatch does.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using nlohmann::json;

/// Reads the tasks of a job's #SBATCH lines and runs them, two at a time, each with its number and
/// its log, from another folder and as Slurm does from a copy of the script. Skips the tasks that
/// LOST names.
constexpr const char* fake_sbatch = R"sh(#!/bin/sh
set -eu
last=$(sed -n 's/^#SBATCH --array=1-//p' "$1")
log=$(sed -n 's/^#SBATCH --output="\(.*\)"$/\1/p' "$1")
cp "$1" copy.sh
here=$PWD
cd /
run() {
  SLURM_ARRAY_TASK_ID=$1 SLURM_CPUS_PER_TASK=1 sh "$here/copy.sh" \
    >"$(echo "$log" | sed "s/%a/$1/")" 2>&1
}
i=1
while [ "$i" -le "$last" ]; do
  case " ${LOST:-} " in *" $i "*) ;; *) run "$i" & ;; esac
  [ $((i % 2)) -eq 1 ] || wait
  i=$((i + 1))
done
wait
)sh";

class Cluster {
 public:
  Cluster() {
    scratch_.write("sbatch", fake_sbatch);
    scratch_.write("s.yaml",
                   "data: {type: diagonal, train: 200, test: 100}\n"
                   "model: {input: 2, layers: [{type: dense, units: 3, activation: sigmoid}, "
                   "{type: dense, units: 1, activation: sigmoid}]}\n"
                   "train: {cost: sum_squared_error, batch_size: 10, epochs: 2}\n"
                   "metrics: [accuracy]\n"
                   "sweep: {train.optimizer.learning_rate: [0.1, 1], train.batch_size: [1, 10]}\n");
  }
  Ended operator()(const std::string& command) const { return run(command, scratch_.folder()); }
  fs::path folder() const { return scratch_.folder(); }
  /// Returns what a comparison found, without times and paths.
  json found(const std::string& folder) const {
    json all = parsed(text_of(scratch_ / (folder + "/comparison.json"))), rows = json::array();
    for (const json& row : all["configs"]) {
      json runs = json::array();
      for (const json& run : row["runs"])
        runs.push_back({run["seed"], run["test"], run["weights_sha256"]});
      rows.push_back({row["name"], runs});
    }
    return rows;
  }

 private:
  Scratch scratch_;
};  // namespace

TEST_CASE("a sweep's job, run in tasks, finds what the sweep finds") {
  const Cluster cluster;
  const Ended job = cluster("$nnrun sweep s.yaml --seeds 3 --out 'a sweep' --slurm >job.sh");
  INFO(job.err);
  REQUIRE(job.status == 0);
  CHECK_THAT(job.err, Contains("planned  12 runs in a sweep"));
  const std::string text = text_of(cluster.folder() / "job.sh");
  CHECK_THAT(text, Contains("#SBATCH --array=1-12\n"));
  REQUIRE(cluster("sh sbatch job.sh").status == 0);
  REQUIRE(cluster("$nnrun sweep s.yaml --seeds 3 --out plain -q").status == 0);
  CHECK(cluster.found("a sweep") == cluster.found("plain"));
  CHECK(fs::exists(cluster.folder() / "a sweep/compare.html"));
  CHECK(fs::exists(cluster.folder() / "a sweep/slurm-12.log"));
}

TEST_CASE("a job of which tasks were lost is finished by submitting it again") {
  const Cluster cluster;
  REQUIRE(cluster("$nnrun sweep s.yaml --out s --slurm --jobs 3 -q >job.sh").status == 0);
  CHECK_THAT(text_of(cluster.folder() / "job.sh"), Contains("#SBATCH --array=1-3\n"));
  REQUIRE(cluster("LOST='2 3' sh sbatch job.sh").status == 0);
  CHECK_FALSE(fs::exists(cluster.folder() / "s/compare.html"));
  const auto time = fs::last_write_time(cluster.folder() / "s/plan.json");
  REQUIRE(cluster("sh sbatch job.sh").status == 0);
  CHECK(fs::exists(cluster.folder() / "s/compare.html"));
  CHECK(fs::last_write_time(cluster.folder() / "s/plan.json") == time);
  CHECK_THAT(text_of(cluster.folder() / "s/slurm-3.log"), Contains("page "));
  const Ended shown = cluster("$nnrun sweep --resume s");
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Contains("learning_rate"));
}

TEST_CASE("a job is refused where it has no place, and the script refuses to run by itself") {
  const Cluster cluster;
  for (const char* const option : {"--shard 1/2", "--json", "--md"}) {
    const Ended refused = cluster(std::string("$nnrun sweep s.yaml --out s --slurm ") + option);
    INFO(option << refused.err);
    CHECK(refused.status == 2);
    CHECK_FALSE(fs::exists(cluster.folder() / "s"));
  }
  REQUIRE(cluster("$nnrun sweep s.yaml --out s --slurm >job.sh").status == 0);
  const Ended alone = cluster("sh job.sh");
  CHECK(alone.status != 0);
  CHECK_THAT(alone.err, Contains("submit this file by sbatch"));
}

}  // namespace
}  // namespace nnrun::testing
