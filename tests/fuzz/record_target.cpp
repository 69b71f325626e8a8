#include <nlohmann/json.hpp>

#include "cli/verbs.hpp"
#include "fuzz/target.hpp"
#include "report/read_run.hpp"
#include "runs/opened_run.hpp"
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

}  // namespace

/// Every reader of run.json reads it, whatever the one before said.
void fuzz_record(std::string_view input) {
  const std::string runs = fuzz_folder().folder().string(), run = runs + "/n/0001";
  const bool is_map = input.find("x_name") != input.npos;
  fuzz_folder().write("n/0001/run.json", is_map ? "{\"status\": \"done\", \"seed\": 1}" : input);
  if (is_map)
    fuzz_folder().write("n/0001/decision.json", input);
  else
    std::filesystem::remove(fuzz_folder() / "n/0001/decision.json");
  static const bool once = [] {
    fuzz_folder().write("n/0001/config.yaml", text_of(NNRUN_SOURCE_DIR "/configs/diagonal.yaml"));
    fuzz_folder().write("n/0001/metrics.csv",
                        "epoch,step,examples,seconds,train.cost\n1,1,1,0,0.5\n");
    return std::freopen("/dev/null", "w", stdout) != nullptr;
  }();
  require_promise(once, "standard output can be sent away");
  const auto tried = [](const auto& action) {
    try {
      action();
    } catch (const host::Error&) {
    }
  };
  for (const bool json : {false, true}) {
    tried([&] { host::list_recorded_runs(words("runs", {runs}, json)); });
    tried([&] { host::diff_runs(words("runs", {"diff", run, run}, json)); });
  }
  tried([&] { host::changed_libraries(run + "/config.yaml", registry()); });
  tried([&] { host::open_run(run, {}, registry()); });
  tried([&] { host::resume_run(run, {}, registry()); });
  host::read_run(run, 1);
}

}  // namespace nnrun::testing
