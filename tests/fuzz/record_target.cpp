#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "cli/verbs.hpp"
#include "fuzz/target.hpp"
#include "report/read_run.hpp"
#include "runs/recorded_run.hpp"
#include "runs/repetition.hpp"
#include "runs/resumed_run.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

host::Arguments words(const std::string& verb, std::vector<std::string> targets, bool json) {
  host::Arguments arguments;
  arguments.verb = verb;
  arguments.targets = std::move(targets);
  arguments.json = json;
  return arguments;
}

/// Leaves a run of this program, of seed 1, in the folder.
void record_run(const std::filesystem::path& folder) {
  const host::Experiment experiment =
      shipped("diagonal-analytic.yaml", {{"seed", "1"}, {"data.train", "20"}, {"data.test", "20"}});
  const auto trainer = host::Trainer::create(experiment, 1);
  host::RecordedRun run(host::RunFolder::create_at(folder, host::Sync::later), experiment,
                        std::vector<std::string>{"nnrun", "a.yaml"},
                        host::RecordedRun::Clock::now());
  run.train(*trainer, {}, folder.string());
}

}  // namespace

/// Every reader of run.json reads it, whatever the one before said. In an example, CONFIG_SHA256
/// stands for the checksum of the config beside it.
void fuzz_record(std::string_view input) {
  const std::filesystem::path folder = fuzz_folder() / "n/0001";
  static const std::string whole = [&] {
    require_promise(std::freopen("/dev/null", "w", stdout) != nullptr, "nothing is printed");
    record_run(folder);
    return text_of(folder / "run.json");
  }();
  static const std::string sha256 = host::sha256_of_file(folder / "config.yaml");
  const bool is_map = input.find("x_name") != input.npos;
  fuzz_folder().write("n/0001/run.json",
                      is_map ? whole : replaced(std::string(input), "CONFIG_SHA256", sha256));
  if (is_map)
    fuzz_folder().write("n/0001/decision.json", input);
  else
    std::filesystem::remove(folder / "decision.json");
  const auto tried = [](const auto& action) {
    try {
      action();
    } catch (const host::Error&) {
    }
  };
  const std::string run = folder.string(), runs = fuzz_folder().folder().string();
  for (const bool json : {false, true}) {
    tried([&] { host::list_recorded_runs(words("runs", {runs}, json)); });
    tried([&] { host::diff_runs(words("runs", {"diff", run, run}, json)); });
  }
  tried([&] { host::changed_libraries(folder / "config.yaml", registry()); });
  tried([&] { host::require_verifiable(host::open_run(run, {}, registry())); });
  tried([&] { host::resume_run(run, {}, registry()); });
  host::read_run(run, 1);
}

}  // namespace nnrun::testing
