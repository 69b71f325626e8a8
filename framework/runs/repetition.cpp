#include "runs/repetition.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr double never = 1e15;  // seconds

/// Returns how many steps the run made. Before runs recorded it, only the model did.
std::uint64_t recorded_steps(const OpenedRun& run) {
  if (const auto steps = run.record.count("steps")) return *steps;
  const auto found = run.model.file.metadata.find("step");
  const auto steps =
      found == run.model.file.metadata.end() ? std::nullopt : parse_integer(found->second);
  if (!steps || *steps < 0)
    throw RecordError(Problem{.what = "the run does not record how many steps it made",
                              .where = run.folder.string()});
  return static_cast<std::uint64_t>(*steps);
}

/// Lets time run out, as it did in the recorded run: the epoch ends where it is.
void end_by_time(Trainer& trainer, const Listener& listener) {
  std::vector<std::vector<std::byte>> copies;
  std::vector<StateNumbers> numbers = trainer.state().numbers();
  for (StateNumbers& entry : numbers) {
    std::vector<std::byte>& copy = copies.emplace_back(entry.bytes.begin(), entry.bytes.end());
    if (entry.name == "epoch/seconds") std::memcpy(copy.data(), &never, sizeof never);
    entry.bytes = copy;
  }
  trainer.restore(numbers);
  trainer.advance(listener);
}

}  // namespace

void require_verifiable(const OpenedRun& run) {
  const std::string& status = run.record.status;
  const std::string name = "the run in '" + run.folder.string() + "'";
  if (run.is_model)
    throw UsageError(Problem{.what = "'" + run.folder.string() + "' is a model without its run",
                             .hint = "name the folder of its run"});
  if (status.empty())
    throw RecordError(Problem{.what = name + " has no record to compare with",
                              .where = (run.folder / "run.json").string()});
  if (status != "done" && status != "interrupted")
    throw RecordError(Problem{.what = name + " did not end by itself, so there is no result to " +
                                      "compare with: its status is '" + status + "'",
                              .hint = run.record.error});
  if (run.record.text("weights_sha256").empty())
    throw RecordError(Problem{.what = name + " does not record the checksum of its weights",
                              .where = (run.folder / "run.json").string()});
}

Experiment without_clock(const OpenedRun& run) {
  Experiment experiment = run.experiment;
  if (experiment.train.max_seconds > 0) experiment.train.max_seconds = never;
  return experiment;
}

void train_to_recorded_end(const OpenedRun& run, Trainer& trainer, const Listener& listener) {
  const std::uint64_t steps = recorded_steps(run), left = steps - std::min(steps, trainer.steps());
  bool stopped = false;
  Listener told = listener;
  told.stop = [&] { return stopped = stopped || (listener.stop && listener.stop()); };
  if (run.record.status == "interrupted") {
    trainer.advance(told, left > 1 ? left - 1 : 0);
    // a stop is noticed after some steps, or when an epoch is reported
    const std::uint64_t epochs = trainer.history().empty() ? 0 : trainer.history().back().epoch;
    if (stopped || left == 0) return;
    if (run.record.count("epochs").value_or(0) == epochs) told.stop = [] { return true; };
    trainer.advance(told, 1);
  } else if (run.experiment.train.max_seconds == 0) {
    trainer.advance(told);
  } else if (!trainer.advance(told, left) && !stopped) {
    end_by_time(trainer, told);
  }
}

Outcome train_again(const OpenedRun& run, Trainer& trainer, const Listener& listener) {
  train_to_recorded_end(run, trainer, listener);
  return trainer.finish();
}

}  // namespace nnrun::host
