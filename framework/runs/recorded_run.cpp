#include "runs/recorded_run.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "training/doubts.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

/// Returns what messages have in common that differ in the number of a step.
std::string without_digits(std::string text) {
  std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return text;
}

/// What is added up belongs to somebody who may go first.
struct WaitsAtEnd {
  std::future<std::string>& sum;
  ~WaitsAtEnd() {
    if (sum.valid()) sum.wait();
  }
};

}  // namespace

RecordedRun::RecordedRun(RunFolder folder, const Experiment& experiment,
                         std::vector<std::string> command_line, Clock::time_point start)
    : folder_(std::move(folder)), experiment_(experiment), start_(start) {
  record_.started = utc_now();
  record_.command_line = std::move(command_line);
  record_.course_sha256 = course_sha256(experiment_);
  record_.folder = folder_.path();
  prepare_records(experiment_);  // now: a library that is built anew meanwhile is not what runs
  const std::string config = resolved_yaml(experiment_);
  record_.config_sha256 = sha256_of(std::as_bytes(std::span(config)));
  folder_.write_config(config);
  folder_.write_sources(experiment_.sources);
}

RecordedRun::RecordedRun(RunFolder folder, const Experiment& experiment, RunRecord record,
                         Clock::time_point start)
    : folder_(std::move(folder)),
      experiment_(experiment),
      start_(start),
      record_(std::move(record)) {
  record_.folder = folder_.path();
  prepare_records(experiment_);
  folder_.remove_unfinished();
  const std::string config = resolved_yaml(experiment_);
  const std::string sha256 = sha256_of(std::as_bytes(std::span(config)));
  if (std::exchange(record_.config_sha256, sha256) != sha256) folder_.write_config(config);
}

void RecordedRun::keep_checkpoints(CheckpointListener listener) {
  watched_ = std::move(listener);
}

RunResult RecordedRun::train(Trainer& trainer, Listener listener, std::string name,
                             const std::function<void()>& more) {
  record_.status.clear();
  const WaitsAtEnd here{data_sum_};
  try {
    RunResult result = trained(trainer, listener, std::move(name));
    if (more) more();
    take_sum();
    record_.status = result.outcome.interrupted ? "interrupted" : "done";
    record_.result = &result;
    write_record();
    record_.result = nullptr;
    return result;
  } catch (const Error& e) {
    const bool unwritten = record_.result != nullptr;
    record_.result = nullptr;
    if (unwritten) throw;
    record_.status = "failed";
    record_.error = e.what();
    record_.problems = e.problems();
    take_sum();
    write_record();
    throw;
  }
}

/// Adds up the data: beside the training, where that takes longer than to start a thread.
void RecordedRun::start_sum(const Trainer& trainer) {
  if (!record_.data_sha256.empty()) return;
  constexpr std::size_t few = std::size_t{1} << 18;  // they take less than a millisecond
  const DataShape& data = trainer.data();
  const std::size_t columns = trainer.model()->preparation().outputs() + size_of(data.target);
  const std::size_t examples =
      data.examples[NNRUN_TRAIN] + data.examples[NNRUN_VALIDATION] + data.examples[NNRUN_TEST];
  if (examples <= few / columns) {
    record_.data_sha256 = trainer.data_sha256();
    return;
  }
  // deferred: where no thread can be had
  data_sum_ = std::async(std::launch::async | std::launch::deferred,
                         [&trainer] { return trainer.data_sha256(); });
}

void RecordedRun::take_sum() {
  if (data_sum_.valid()) record_.data_sha256 = data_sum_.get();
}

RunResult RecordedRun::trained(Trainer& trainer, Listener& listener, std::string name) {
  start_sum(trainer);
  if (watched_) {
    record_.status = "running";
    folder_.write_run(run_json(record_, experiment_), Sync::later);
    checkpoints_.emplace(folder_.path(), experiment_, trainer);
  }
  std::vector<Problem> warnings = warnings_of(experiment_, trainer);
  advance(trainer, listener);
  Outcome outcome = trainer.finish();
  folder_.write_model(*trainer.model(), origin_of_model(experiment_, outcome.steps));
  return result_of(trainer, experiment_, std::move(outcome), std::move(warnings), std::move(name),
                   start_);
}

/// Trains to the end, or until it is interrupted, and keeps the checkpoints that are due.
void RecordedRun::advance(Trainer& trainer, Listener& listener) {
  std::optional<CsvFile> metrics(
      metrics_file(trainer, record_.resumed.empty() ? Existing::refused : Existing::replaced));
  std::size_t rows = trainer.history().size();
  bool behind = false;  // rows are missing, of a time when the disk was full, say
  const auto told = std::move(listener.epoch);
  listener.epoch = [&](const EpochReport& report) {
    if (!behind)
      behind = !go_on_if_it_fails(metrics_failure_, [&] {
        const bool goes_on = trainer.history().size() == ++rows;
        if (goes_on && !std::exchange(metrics_are_old_, false))
          return metrics->append(metrics_row(report));
        rows = trainer.history().size();  // it went back
        metrics.emplace(metrics_file(trainer, Existing::replaced));
      });
    go_on_if_it_fails(best_failure_, [&] { observe_best(report, trainer); });
    if (told) told(report);
  };
  const bool kept = checkpoints_ && checkpoints_->are_kept();
  bool stopped = false, wanted = false;
  const auto stop = std::move(listener.stop);
  listener.stop = [&] {
    stopped = stop && stop();
    const bool asked = watched_ && watched_->wanted && watched_->wanted();
    wanted = asked && kept;
    if (asked && !kept && watched_->failed)
      watched_->failed(RecordError(Problem{.what = "no checkpoint was written: this run keeps none",
                                           .hint = "train.checkpoint.every is never"}));
    return stopped || wanted || (kept && checkpoints_->is_due());
  };
  const auto steps = [&] { return kept ? checkpoints_->steps_left(trainer) : Trainer::every_step; };
  while (!trainer.advance(listener, steps()) && !stopped)
    if (kept) save(trainer, std::exchange(wanted, false));
  // what has one goes on from its very end
  if (kept && (stopped || checkpoints_->exist())) save(trainer, stopped);
  if (behind || metrics_are_old_ || rows != trainer.history().size())
    metrics_file(trainer, Existing::replaced);
  if (watched_ && watched_->over) watched_->over();
}

void RecordedRun::expect_change() {
  if (data_sum_.valid()) data_sum_.wait();
}

void RecordedRun::take_change(const Trainer& trainer) {
  take_sum();
  record_.data_sha256.clear();
  start_sum(trainer);
  record_.course_sha256 = course_sha256(experiment_);
  const std::string config = resolved_yaml(experiment_);
  record_.config_sha256 = sha256_of(std::as_bytes(std::span(config)));
  metrics_are_old_ = true;
  folder_.replace("config.yaml", config);
  if (!checkpoints_) return;
  folder_.write_run(run_json(record_, experiment_), Sync::later);
  std::error_code none;  // they are of a run that is no longer this one
  std::filesystem::remove_all(checkpoint_folder(folder_.path()), none);
  checkpoints_.emplace(folder_.path(), experiment_, trainer);
  checkpoints_->forget();
}

void RecordedRun::write_edits(const std::string& start, const std::string& edits,
                              std::size_t count) {
  record_.edits = {};
  if (count > 0) {
    record_.edits = edits_of(start, edits, count);
    folder_.replace(start_file, start);
    folder_.replace(edits_file, edits);
    return;
  }
  for (const char* const file : {start_file, edits_file}) {
    std::error_code none;
    std::filesystem::remove(folder_.path() / file, none);
  }
}

void RecordedRun::checkpoint_now(const Trainer& trainer) {
  if (!checkpoints_ || !checkpoints_->are_kept()) return;
  checkpoints_->forget();
  save(trainer, false);
}

/// Returns whether `write` did not fail. A run that keeps checkpoints tells of the failure, once
/// for each reason, and goes on.
bool RecordedRun::go_on_if_it_fails(std::string& failure, const std::function<void()>& write) {
  try {
    write();
    failure.clear();
    return true;
  } catch (const RecordError& error) {
    if (!watched_) throw;
    const std::string reason = without_digits(error.what());
    if (std::exchange(failure, reason) != reason && watched_->failed) watched_->failed(error);
    return false;
  }
}

/// Creates the file, or replaces it by one with the reports so far.
CsvFile RecordedRun::metrics_file(const Trainer& trainer, Existing existing) const {
  const std::filesystem::path file = folder_.path() / "metrics.csv";
  const std::vector<std::string> columns = metrics_columns(trainer.data(), experiment_);
  if (existing == Existing::refused) return CsvFile(file, columns);
  const History& history = trainer.history();
  return CsvFile(file, columns, history.size(),
                 [&](std::size_t row) { return metrics_row(history[row]); });
}

/// Writes a checkpoint. The first makes safe what the run wrote before. asked: for a signal.
void RecordedRun::save(const Trainer& trainer, bool asked) {
  checkpoints_->postpone();
  const bool told = asked || !checkpoint_failure_.empty();
  if (asked) checkpoint_failure_.clear();  // whoever asks gets an answer
  go_on_if_it_fails(checkpoint_failure_, [&] {
    if (!checkpoints_->exist()) {
      folder_.make_safe();
      take_sum();
      write_record();
    }
    checkpoints_->write(trainer, {record_.course_sha256, record_.data_sha256});
    if (told && watched_->written) watched_->written(trainer.steps());
  });
}

void RecordedRun::observe_best(const EpochReport& report, Trainer& trainer) {
  if (checkpoints_ && checkpoints_->is_best(report))
    checkpoints_->write_best(report.epoch, *trainer.model(),
                             origin_of_model(experiment_, report.step));
}

RunResult result_of(Trainer& trainer, const Experiment& experiment, Outcome outcome,
                    std::vector<Problem> before, std::string name,
                    RecordedRun::Clock::time_point start) {
  RunResult result;
  result.warnings = std::move(before);
  result.rows_without_values = trainer.data().rows_without_values;
  result.why_without_values = trainer.data().why_without_values;
  result.outcome = std::move(outcome);
  Model& model = *trainer.model();
  result.run = std::move(name);
  result.threads = trainer.threads();
  result.processes = trainer.processes();
  result.adding_up = trainer.adding_up();
  result.parameters = model.graph().parameter_count();
  result.rows = trainer.experiment().predict;
  result.predictions = model.predict_each(trainer.experiment().predict_rows());
  const std::vector<BlockValues> blocks = model.blocks();
  result.weights_sha256 = weights_sha256(blocks);
  std::ranges::move(doubts_about(experiment, trainer, result.outcome, blocks),
                    std::back_inserter(result.warnings));
  result.total_seconds = std::chrono::duration<double>(RecordedRun::Clock::now() - start).count();
  return result;
}

Metadata origin_of_model(const Experiment& experiment, std::uint64_t steps) {
  return {{"name", experiment.name},
          {"seed", std::to_string(experiment.seed)},
          {"step", std::to_string(steps)},
          {"plugins", needed_plugins_json(experiment, Folders::of_users)},
          {"config", yaml_for_use(experiment)},
          {"model_format", std::to_string(model_format)}};
}

void record_failure(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::vector<std::string>& command_line, const std::string& error) {
  const std::string config = resolved_yaml(experiment);
  RunRecord record{.status = "failed",
                   .error = error,
                   .problems = {},
                   .started = utc_now(),
                   .command_line = command_line,
                   .folder = folder,
                   .config_sha256 = sha256_of(std::as_bytes(std::span(config))),
                   .data_sha256 = {},
                   .course_sha256 = course_sha256(experiment)};
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw RecordError(Problem{.what = "cannot create the folder '" + folder.string() +
                                      "': " + system_reason(failed.value())});
  write_new_file(folder / "run.json", run_json(record, experiment), Sync::later);
}

}  // namespace nnrun::host
