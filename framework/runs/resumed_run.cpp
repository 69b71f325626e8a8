#include "runs/resumed_run.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "runs/checkpoint.hpp"
#include "runs/edits_file.hpp"
#include "runs/json_file.hpp"
#include "runs/opened_run.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Keys = std::map<std::string, std::string>;

std::string anew(const fs::path& folder) {
  return "train anew, in a new folder: nnrun " + shell_word((folder / "config.yaml").string());
}

[[noreturn]] void refuse_to_go_on(std::string what, std::string hint) {
  throw RecordError(Problem{.what = std::move(what), .hint = std::move(hint)});
}

void require_run(const fs::path& folder) {
  std::error_code none;
  const std::string name = "'" + folder.string() + "'";
  const auto resume_of = [](const fs::path& comparison) {
    const auto plan = read_json(comparison / "plan.json");
    const bool sweep = plan.is_object() && plan.contains("kind") && plan["kind"] == "sweep";
    return (sweep ? "nnrun sweep --resume " : "nnrun compare --resume ") +
           shell_word(comparison.string());
  };
  if (fs::exists(folder / "plan.json", none))
    throw UsageError(
        Problem{.what = name + " is the folder of a comparison", .hint = resume_of(folder)});
  const fs::path above = fs::absolute(folder).lexically_normal();
  const fs::path comparison = (above.has_filename() ? above : above.parent_path())
                                  .parent_path()
                                  .parent_path()
                                  .parent_path();
  if (fs::exists(comparison / "plan.json", none))
    throw UsageError(Problem{.what = name + " is a run of a comparison, which goes on as a whole",
                             .hint = resume_of(comparison)});
  if (!fs::exists(folder / "config.yaml", none))
    throw UsageError(Problem{.what = name + " is not the folder of a run: it has no config.yaml",
                             .hint = "nnrun runs lists those that are below a folder"});
}

RunRecord record_of(const StoredRecord& stored) {
  RunRecord record{.status = stored.status,
                   .error = {},
                   .started = stored.started,
                   .command_line = stored.command_line,
                   .folder = {},
                   .config_sha256 = stored.config_sha256,
                   .data_sha256 = stored.data_sha256,
                   .course_sha256 = stored.course_sha256,
                   .resumed = stored.resumed,
                   .edits = stored.edits};
  if (stored.result && !stored.result->empty()) record.result_before = stored.result;
  return record;
}

/// Returns what run.json says, if it is there. A power cut may have left it empty.
StoredRecord read_record(const fs::path& folder) {
  try {
    return stored_record(folder).value_or(StoredRecord{});
  } catch (const RecordError& error) {
    Problem problem = error.problems().front();
    if (problem.hint.empty())
      problem.hint = "remove it, and the run goes on by its config.yaml and its checkpoints";
    throw RecordError(std::move(problem));
  }
}

/// Completes the record by the hash of the course. Throws RecordError if config.yaml is no longer
/// that of the record, except in what may differ. Returns whether it is the very same.
bool require_same_config(const fs::path& folder, const Experiment& then, RunRecord& record) {
  const std::string now = sha256_of_file(folder / "config.yaml");
  const bool same = record.config_sha256.empty() || record.config_sha256 == now;
  const std::string course = course_sha256(then);
  if (!same && record.course_sha256 != course)
    refuse_to_go_on("'" + (folder / "config.yaml").string() + "' was changed since the run started",
                    "undo the change, or " + anew(folder));
  // of an unchanged config the recorded hash holds: a later version may write more keys
  if (record.course_sha256.empty()) record.course_sha256 = course;
  return same;
}

/// Returns the first key that differs, in the order of the alphabet; empty if none does.
std::string first_difference(const Keys& a, const Keys& b) {
  for (const auto& [key, value] : a)
    if (const auto found = b.find(key); found == b.end() || found->second != value) return key;
  for (const auto& [key, value] : b)
    if (!a.contains(key)) return key;
  return {};
}

void require_same_course(const fs::path& folder, const Experiment& then, const Experiment& now) {
  const std::string key =
      first_difference(resolved_keys(course_of(then)), resolved_keys(course_of(now)));
  if (key.empty()) return;
  throw UsageError(Problem{
      .what = "'" + key + "' cannot change when a run goes on: what it has learnt so far comes " +
              "from the value before",
      .hint = "train.epochs, steps, max_examples, max_seconds, checkpoint, the patience and "
              "min_delta of early_stopping, and predict may change\n"
              "to change anything, " +
              anew(folder) + " --set ..."});
}

void require_same_plugins(const fs::path& folder, const StoredRecord& stored,
                          const Registry& registry) {
  const std::vector<std::string> changed = names_of(changed_libraries(stored, registry));
  if (!changed.empty())
    refuse_to_go_on("the run cannot go on: since it started, " + join(changed, ", ") +
                        (changed.size() == 1 ? " has changed" : " have changed"),
                    "put back what the run was started with, or " + anew(folder));
}

/// The numbers that the run started from: without a checkpoint they are read again, and the record
/// says which they were.
void require_same_start(const fs::path& folder, const StoredRecord& stored,
                        const Experiment& then) {
  const std::vector<Change> changes = changed_files(stored, then);
  if (!changes.empty())
    refuse_to_go_on("the run cannot go on: since it started, the file of " + changes.front().what +
                        (changes.front().now.empty() ? " is gone" : " has changed"),
                    "put back what the run was started with, or " + anew(folder));
}

std::vector<std::string> notes_on(const StoredRecord& stored, const Experiment& then,
                                  const Experiment& now) {
  std::vector<std::string> notes;
  std::string changes;
  for (const Change& change : changed_program(stored))
    changes +=
        (changes.empty() ? "" : ", ") + change.what + " " + change.recorded + " -> " + change.now;
  if (!changes.empty())
    notes.push_back("changed since the run started, so bits may differ from here on: " + changes);
  const auto length = [](const Experiment& e) {
    return std::tuple(e.train.epochs, e.train.epochs_given, e.train.steps);
  };
  if (now.train.schedule.use && length(then) != length(now))
    notes.push_back("schedule '" + now.train.schedule.use.plugin->name +
                    "' goes on as if the new length had been planned from the start");
  return notes;
}

/// Throws UsageError if less is planned now than was trained.
void require_longer(const Experiment& experiment, std::uint64_t epochs, std::uint64_t steps,
                    std::uint64_t examples, const fs::path& folder) {
  const TrainSpec& train = experiment.train;
  const auto refuse_length = [&](const std::string& key, std::uint64_t wanted,
                                 std::uint64_t trained) {
    throw UsageError(Problem{.what = key + " is " + std::to_string(wanted) + ", but the run has " +
                                     std::to_string(trained) + " behind it",
                             .hint = "ask for more, or " + anew(folder)});
  };
  if ((train.epochs_given || train.steps == 0) && train.epochs < epochs)
    refuse_length("train.epochs", train.epochs, epochs);
  if (train.steps > 0 && train.steps < steps) refuse_length("train.steps", train.steps, steps);
  if (train.max_examples > 0 && train.max_examples < examples)
    refuse_length("train.max_examples", train.max_examples, examples);
}

}  // namespace

ResumedRun resume_run(const std::string& name, const std::vector<Override>& overrides,
                      Registry& registry) {
  const fs::path folder = name;
  require_run(folder);
  RunFolder taken = RunFolder::take(folder);
  const fs::path config = folder / "config.yaml";
  const StoredRecord stored = read_record(folder);
  RunRecord record = record_of(stored);
  const Experiment then = read_recorded_config(config, {}, stored, registry);
  const bool same_config = require_same_config(folder, then, record);
  Experiment now = read_experiment(config, overrides, registry);
  require_same_course(folder, then, now);
  require_plugins(stored, config, registry);
  require_same_plugins(folder, stored, registry);
  require_same_start(folder, stored, then);
  const bool changed = !same_config || resolved_keys(then) != resolved_keys(now);
  // a model that is gone is made again: by the last checkpoint, or from the start
  std::error_code none;
  const bool done =
      record.status == "done" && !changed && fs::exists(folder / "model.safetensors", none);
  std::vector<std::string> notes = notes_on(stored, then, now);
  return {
      std::move(taken), std::move(now), std::move(record), stored.count("epochs").value_or(0), done,
      std::move(notes)};
}

ResumedTrainer resumed_trainer(const ResumedRun& run, unsigned threads, Processes* processes,
                               const std::function<void(const Error&)>& refused) {
  const fs::path folder = run.folder.path();
  const std::vector<std::uint64_t> steps = checkpoint_steps(checkpoint_folder(folder));
  require_longer(run.experiment, run.epochs_before, 0, 0, folder);
  std::unique_ptr<Trainer> trainer = Trainer::create(run.experiment, threads, processes);
  const std::string data = trainer->data_sha256();
  if (!run.record.data_sha256.empty() && data != run.record.data_sha256)
    refuse_to_go_on("the run cannot go on: its data changed since it started",
                    "put the data back, or " + anew(folder));
  if (steps.empty() && was_edited(folder))
    refuse_to_go_on(
        "the run was changed while it trained, and there is no checkpoint to go on from",
        "make it again with the same changes, in a new folder: nnrun replay " +
            shell_word(folder.string()));
  if (steps.empty()) return {std::move(trainer)};
  bool cut = false;  // a limit that is no longer there ended the last epoch early
  for (const std::uint64_t step : steps) try {
      restore_checkpoint(checkpoint_folder(folder) / checkpoint_name(step), *trainer,
                         {run.record.course_sha256, data});
      if (trainer->would_leave_examples_out()) {
        cut = true;
        continue;  // an earlier one is within that epoch, or before it
      }
      const EpochReport last =
          trainer->history().empty() ? EpochReport{} : trainer->history().back();
      require_longer(run.experiment, last.epoch, trainer->steps(), last.examples, folder);
      return {std::move(trainer), cut};
    } catch (const RecordError& error) {
      refused(error);
    }
  if (cut) {
    trainer.reset();  // both may be larger than the memory
    return {Trainer::create(run.experiment, threads, processes), true};
  }
  refuse_to_go_on(
      "none of the checkpoints in '" + checkpoint_folder(folder).string() + "' can be used",
      "remove that folder, and the run goes on from its beginning");
}

}  // namespace nnrun::host
