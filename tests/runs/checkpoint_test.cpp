#include "runs/checkpoint.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "config/checkpoint_interval.hpp"
#include "runs/checkpoints.hpp"
#include "runs/folder_lock.hpp"
#include "runs/recorded_run.hpp"
#include "runs/run_folder.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

const host::CheckpointOrigin origin{"course", "data"};

host::Experiment small(const std::string& train = "") {
  return experiment(
      "data: {type: diagonal, train: 20, test: 5}\nmodel: {input: 2, layers: [{type: dense, units: "
      "1}]}\ntrain: {cost: mean_squared_error, batch_size: 4, epochs: 9" +
      train + "}\nname: small\n");
}

/// A run of five steps an epoch.
struct Run {
  host::Experiment experiment;
  std::unique_ptr<host::Trainer> trainer = host::Trainer::create(experiment, 1);
};

}  // namespace

TEST_CASE("a checkpoint that is cut anywhere, or has a wrong bit anywhere, is refused",
          "[records]") {
  const Scratch scratch;
  Run run{small()};
  run.trainer->advance({}, 12);
  const auto file = scratch / "step.safetensors";
  host::write_checkpoint(file, *run.trainer, run.experiment, origin);
  host::restore_checkpoint(file, *run.trainer, origin);
  const std::string whole = text_of(file);
  std::size_t accepted = 0;
  const auto attempt = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    try {
      host::restore_checkpoint(file, *run.trainer, origin);
      ++accepted;
    } catch (const host::RecordError&) {
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) attempt(whole.substr(0, size));
  attempt(whole + '\0');
  CHECK(accepted == 0);
  std::uint64_t header;
  std::memcpy(&header, whole.data(), sizeof header);
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (int bit = i < 8 + header ? 0 : 7; bit < 8; ++bit) {  // of a number, one bit a byte
      std::string wrong = whole;
      wrong[i] = static_cast<char>(wrong[i] ^ (1 << bit));
      attempt(wrong);
    }
  CHECK(accepted == 0);
}

TEST_CASE("a checkpoint says which run it belongs to, and another is refused", "[records]") {
  const Scratch scratch;
  Run run{small()};
  run.trainer->advance({}, 12);
  const auto file = scratch / "step.safetensors";
  host::write_checkpoint(file, *run.trainer, run.experiment, origin);
  const host::Metadata metadata = host::read_safetensors(file).metadata;
  CHECK(metadata.at("kind") == "checkpoint of a run");
  CHECK(metadata.at("version") == "1");
  CHECK(metadata.at("step") == "12");
  CHECK(metadata.at("epoch") == "2");
  CHECK(metadata.at("seed") == "0");
  const auto plugins = nlohmann::json::parse(metadata.at("plugins"));
  CHECK(plugins.at(0).at("sha256").get<std::string>().size() == 64);
  const auto refused = [&](const host::CheckpointOrigin& other) {
    return said<host::RecordError>([&] { host::restore_checkpoint(file, *run.trainer, other); });
  };
  CHECK_THAT(refused({"other", "data"}), Contains("belongs to another config"));
  CHECK_THAT(refused({"course", "other"}), Contains("belongs to other data"));
  host::write_safetensors(file, {}, {{"name", "a"}}, host::Sync::later, host::Existing::replaced);
  CHECK_THAT(refused(origin), Contains("is not the checkpoint of a run"));
}

TEST_CASE("a checkpoint of another network is refused", "[records]") {
  const Scratch scratch;
  Run run{small()};
  const auto file = scratch / "step.safetensors";
  host::write_checkpoint(file, *run.trainer, run.experiment, origin);
  Run other{small(", optimizer: adam")};
  CHECK_THAT(
      said<host::RecordError>([&] { host::restore_checkpoint(file, *other.trainer, origin); }),
      Contains("the saved state does not fit this run: 'optimizer/m' is missing"));
}

TEST_CASE("the newest checkpoints are kept, and others only go once the new one is there",
          "[records]") {
  const Scratch scratch;
  Run run{small(", checkpoint: {every: 3, keep: 2}")};
  host::Checkpoints checkpoints(scratch.folder(), run.experiment, *run.trainer);
  CHECK(checkpoints.are_kept());
  CHECK_FALSE(checkpoints.exist());
  const auto folder = host::checkpoint_folder(scratch.folder());
  std::vector<std::uint64_t> written;
  while (!run.trainer->advance({}, checkpoints.steps_left(*run.trainer))) {
    written.push_back(run.trainer->steps());
    checkpoints.write(*run.trainer, origin);
    CHECK(checkpoints.exist());
  }
  CHECK(written == std::vector<std::uint64_t>{3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42});
  CHECK(host::checkpoint_steps(folder) == std::vector<std::uint64_t>{42, 39});
  CHECK(names_in(folder) ==
        std::vector<std::string>{"step-000000000039.safetensors", "step-000000000042.safetensors"});
  // one that cannot be written leaves those before
  scratch.write("checkpoints/step-000000000045.safetensors/in the way", "");
  CHECK_THROWS_AS(checkpoints.write(*run.trainer, origin), host::RecordError);
  std::filesystem::remove_all(folder / "step-000000000045.safetensors");
  CHECK(host::checkpoint_steps(folder) == std::vector<std::uint64_t>{42, 39});
}

TEST_CASE("checkpoints of a later step, which were refused, go when another is written",
          "[records]") {
  const Scratch scratch;
  Run run{small()};
  const auto folder = host::checkpoint_folder(scratch.folder());
  for (const char* name : {"step-000000000099.safetensors", "step-1.safetensors",
                           "step-000000000001.safetensors", "step-.safetensors", "notes"})
    scratch.write(std::string("checkpoints/") + name, "damaged");
  run.trainer->advance({}, 12);
  host::Checkpoints checkpoints(scratch.folder(), run.experiment, *run.trainer);
  run.trainer->advance({}, 1);
  checkpoints.write(*run.trainer, origin);
  CHECK(host::checkpoint_steps(folder) == std::vector<std::uint64_t>{13, 1});
  CHECK(names_in(folder).size() == 5);
}

TEST_CASE("the model of the best epoch is kept as a model", "[records]") {
  const Scratch scratch;
  Run run{small(", checkpoint: {best: test.cost}, optimizer: {learning_rate: 0.1}")};
  host::Checkpoints checkpoints(scratch.folder(), run.experiment, *run.trainer);
  double best = 1e9;
  std::size_t best_epoch = 0;
  std::string weights;
  host::Listener listener;
  listener.epoch = [&](const host::EpochReport& report) {
    const bool is_best = report.test->cost < best;
    CHECK(checkpoints.is_best(report) == is_best);
    if (!is_best) return;
    checkpoints.write_best(report.epoch, *run.trainer->model(), {});
    best = report.test->cost;
    best_epoch = report.epoch;
    weights = host::weights_sha256(run.trainer->model()->blocks());
  };
  run.trainer->advance(listener);
  const std::string name = "best-epoch-" + std::to_string(best_epoch) + ".safetensors";
  CHECK(names_in(scratch / "checkpoints") == std::vector<std::string>{name});
  const auto model =
      host::Model::read(run.experiment, host::read_model(scratch / "checkpoints" / name));
  CHECK(host::weights_sha256(model->blocks()) == weights);
}

TEST_CASE("a run goes on while nothing can be written, and loses nothing", "[records]") {
  const Scratch scratch;
  Run run{small(", checkpoint: {every: 1 epoch}")};
  host::RecordedRun recorded(host::RunFolder::create_at(scratch / "run"), run.experiment,
                             std::vector<std::string>{"nnrun"}, std::chrono::steady_clock::now());
  std::vector<std::string> said;
  std::vector<std::uint64_t> written;
  recorded.keep_checkpoints({.wanted = {},
                             .written = [&](std::uint64_t step) { written.push_back(step); },
                             .failed = [&](const host::Error& e) { said.emplace_back(e.what()); },
                             .over = {}});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  host::Listener listener;
  listener.epoch = [&](const host::EpochReport& report) {
    const rlimit small{20, before.rlim_max};
    if (report.epoch == 3) ::setrlimit(RLIMIT_FSIZE, &small);
    if (report.epoch == 6) ::setrlimit(RLIMIT_FSIZE, &before);
  };
  recorded.train(*run.trainer, listener, "run");
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  REQUIRE(said.size() == 2);  // once of three checkpoints, and of the table
  CHECK_THAT(said[0], Contains("step-000000000015.safetensors': file too large"));
  CHECK_THAT(said[1], Contains("metrics.csv': file too large"));
  CHECK(written == std::vector<std::uint64_t>{30});  // the first that worked again
  const std::string table = text_of(scratch / "run/metrics.csv");
  CHECK(std::ranges::count(table, '\n') == 10);
  CHECK_THAT(table, Contains("\n5,25,100,"));
  CHECK(host::checkpoint_steps(scratch / "run/checkpoints") == std::vector<std::uint64_t>{45, 40});
}

TEST_CASE("the interval between checkpoints is a number of steps, epochs, or a time", "[config]") {
  const auto is = [](const char* text, std::uint64_t steps, std::uint64_t epochs, double seconds) {
    CAPTURE(text);
    const auto interval = host::checkpoint_interval(text);
    REQUIRE(interval);
    CHECK(interval->steps == steps);
    CHECK(interval->epochs == epochs);
    CHECK(interval->seconds == seconds);
  };
  is("50", 50, 0, 0);
  is("1 step", 1, 0, 0);
  is("7 steps", 7, 0, 0);
  is("1 epoch", 0, 1, 0);
  is("10 epochs", 0, 10, 0);
  is("10epochs", 0, 10, 0);
  is("30 s", 0, 0, 30);
  is("0.5 s", 0, 0, 0.5);
  is("1 second", 0, 0, 1);
  is("2 min", 0, 0, 120);
  is("1.5 h", 0, 0, 5400);
  is("never", 0, 0, 0);
  for (const char* text :
       {"", " ", "0", "-1", "1.5", "0 epochs", "1.5 epochs", "0 s", "1e3", "s", "5 weeks", "5  s",
        "99999999999999999999", "1e300 h", "9999999999 h", "none", "30 s ", "nan s", "1..5 s"})
    CHECK_FALSE(host::checkpoint_interval(text));
}

TEST_CASE("a folder has one owner at a time, and looking does not take it", "[records]") {
  const Scratch scratch;
  CHECK_FALSE(host::FolderLock::is_held(scratch.folder()));
  {
    const auto lock = host::FolderLock::take(scratch.folder());
    REQUIRE(lock);
    CHECK(host::FolderLock::is_held(scratch.folder()));
    CHECK_FALSE(host::FolderLock::take(scratch.folder()));
    CHECK_THAT(said<host::RecordError>([&] { host::RunFolder::take(scratch.folder()); }),
               Contains("is still training, in another process"));
    CHECK(host::present_status("running", scratch.folder()) == "running");
  }
  CHECK_FALSE(host::FolderLock::is_held(scratch.folder()));
  CHECK(host::FolderLock::take(scratch.folder()));
  CHECK(host::present_status("running", scratch.folder()) == "killed");
  CHECK(host::present_status("done", scratch.folder()) == "done");
}

}  // namespace nnrun::testing
