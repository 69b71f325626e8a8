#include "runs/checkpoints.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Of the time of a run, writing checkpoints takes at most one part in this many, unless the config
/// counts steps or epochs.
constexpr int times_of_a_write = 50;

constexpr std::string_view best_start = "best-epoch-", best_end = ".safetensors";

bool has_best(const fs::path& folder) {
  std::error_code none;
  for (fs::directory_iterator entry(folder, none), end; !none && entry != end;
       entry.increment(none))
    if (entry->path().filename().string().starts_with(best_start)) return true;
  return false;
}

void remove_others(const fs::path& folder, std::string_view kept) {
  std::vector<fs::path> gone;
  std::error_code none;
  for (fs::directory_iterator entry(folder, none), end; !none && entry != end;
       entry.increment(none)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(best_start) && name.ends_with(best_end) && name != kept)
      gone.push_back(entry->path());
  }
  for (const fs::path& file : gone) fs::remove(file, none);
}

}  // namespace

Checkpoints::Checkpoints(const fs::path& run, const Experiment& experiment, const Trainer& trainer)
    : folder_(checkpoint_folder(run)),
      experiment_(experiment),
      interval_(checkpoint_interval(experiment.train.checkpoint.every.value).value()) {
  const Placed<std::string>& best = experiment.train.checkpoint.best;
  if (!best.value.empty()) monitor_.emplace(best, experiment, trainer.data());
  const History& history = trainer.history();
  // without a file, `best` was not asked for so far: the best is that of the epochs to come
  const bool kept = monitor_ && has_best(folder_);
  for (std::size_t row = 0; kept && row < history.size(); ++row) is_best(history[row]);
  if (trainer.steps() > 0) last_step_ = trainer.steps();  // it was restored
  postpone();
}

std::uint64_t Checkpoints::steps_left(const Trainer& trainer) const {
  std::uint64_t every = interval_.steps;
  if (interval_.epochs > 0 &&
      __builtin_mul_overflow(interval_.epochs, trainer.steps_per_epoch(), &every))
    return Trainer::every_step;
  return every == 0 ? Trainer::every_step : every - trainer.steps() % every;
}

void Checkpoints::write(const Trainer& trainer, const CheckpointOrigin& origin) {
  const std::uint64_t now = trainer.steps();
  if (last_step_ >= now) return;  // a later one: the run went back, to go the same way again
  const Clock::time_point start = Clock::now();
  create_folder();
  write_checkpoint(folder_ / checkpoint_name(now), trainer, experiment_, origin);
  last_step_ = now;
  std::size_t kept = 0;
  for (const std::uint64_t step : checkpoint_steps(folder_)) {
    // a newer one was refused when the run went on, or it would have gone on from there
    if (step <= now && kept++ < experiment_.train.checkpoint.keep) continue;
    std::error_code none;
    fs::remove(folder_ / checkpoint_name(step), none);
  }
  schedule_next(Clock::now() - start);
}

bool Checkpoints::is_best(const EpochReport& report) {
  if (!monitor_) return false;
  const double value = monitor_->value_of(report);
  if (std::isnan(value)) return false;
  if (best_value_ && !monitor_->improves(value, *best_value_, 0)) return false;
  best_value_ = value;
  return true;
}

void Checkpoints::write_best(std::size_t epoch, const Model& model,
                             const Metadata& metadata) const {
  create_folder();
  const std::string name = std::string(best_start) + std::to_string(epoch) + std::string(best_end);
  model.write(folder_ / name, metadata, Sync::now, Existing::replaced);
  remove_others(folder_, name);
}

void Checkpoints::create_folder() const {
  std::error_code error;
  fs::create_directory(folder_, error);
  if (error)
    throw RecordError(Problem{.what = "cannot create the folder '" + folder_.string() +
                                      "': " + system_reason(error.value())});
}

void Checkpoints::schedule_next(Clock::duration took) {
  const std::chrono::duration<double> every(interval_.seconds);
  due_ = Clock::now() +
         std::max(std::chrono::duration_cast<Clock::duration>(every), times_of_a_write * took);
}

}  // namespace nnrun::host
