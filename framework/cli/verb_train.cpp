#include <sys/stat.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "cli/data_summary.hpp"
#include "cli/decision_map.hpp"
#include "cli/epoch_lines.hpp"
#include "cli/interrupt.hpp"
#include "cli/shared_training.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "library/training_run.hpp"
#include "network/model_preparation.hpp"
#include "network/taken_blocks.hpp"
#include "runs/edits_file.hpp"
#include "runs/opened_run.hpp"
#include "runs/resumed_run.hpp"
#include "training/data_parts.hpp"
#include "training/doubts.hpp"
#include "training/fold_words.hpp"
#include "training/target_words.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

RunFolder create_folder(const Arguments& arguments, const Experiment& experiment) {
  return !arguments.has("--out") ? RunFolder::create("runs", experiment.name)
                                 : RunFolder::create_at(arguments.text("--out"));
}

std::string resume_command(const std::string& folder) {
  return "nnrun train --resume " + shell_word(folder);
}

std::string words_for_start(const ResumedTrainer& resumed) {
  const std::string start = "the run starts from its beginning",
                    on = "goes on after step " + std::to_string(resumed.trainer->steps());
  const bool anew = resumed.trainer->steps() == 0;
  if (!resumed.before_limit) return anew ? "there is no checkpoint: " + start : on;
  const std::string limit = "a limit had ended the last epoch early";
  if (!anew) return on + ": " + limit;
  return limit + ", and there is no checkpoint from before: " + start +
         "\n(train.checkpoint.every and keep say how many there are)";
}

/// One run, from its folder to its record.
class Training {
 public:
  /// json: takes the result, which is not printed as JSON then; shared: with other processes; both
  /// may be nullptr.
  Training(const Arguments& arguments, const Experiment& experiment, Clock::time_point start,
           SharedTraining* shared = nullptr, std::string* json = nullptr)
      : arguments_(arguments),
        experiment_(experiment),
        start_(start),
        json_(json),
        shared_(shared) {
    if (arguments.quiet || arguments.json) return;
    quiet_ = false;
  }

  /// Trains in a new folder.
  Exit run() {
    const auto trainer = Trainer::create(experiment_, threads(), processes(), reading());
    experiment_ = trainer->experiment();
    RunFolder folder = create_folder(arguments_, experiment_);
    folder_ = folder.path().string();
    if (shared_) shared_->begin(*trainer);
    show_start(*trainer);
    RecordedRun recorded(std::move(folder), experiment_, arguments_.command_line, start_);
    return end(recorded, *trainer);
  }

  /// Goes on in the folder of a run.
  Exit go_on(ResumedRun& run) {
    folder_ = run.folder.path().string();
    const ResumedTrainer resumed =
        resumed_trainer(run, threads(), processes(), [&](const Error& refused) {
          talk_.write(render("warning", refused.problems(), talk_.colour()));
        });
    const std::unique_ptr<Trainer>& trainer = resumed.trainer;
    if (shared_) shared_->begin(*trainer);
    for (const std::string& note : run.notes) say_line(talk_.yellow("note") + ": " + note);
    show_start(*trainer);
    say_line(words_for_start(resumed));
    run.record.resumed.push_back({trainer->steps(), utc_now()});
    run.record.edits = note_resumption(folder_, trainer->steps(), arguments_.overrides);
    RecordedRun recorded(std::move(run.folder), experiment_, std::move(run.record), start_);
    return end(recorded, *trainer);
  }

 private:
  unsigned threads() const { return shared_ ? shared_->threads() : arguments_.threads; }
  Processes* processes() const { return shared_ ? shared_->processes() : nullptr; }
  /// Says on a terminal how much of the data is read, if that takes its time.
  ReadingListener reading() {
    if (quiet_ || !talk_.is_terminal()) return {};
    return [this, last = Clock::now() + std::chrono::milliseconds(500)](double share) mutable {
      if (Clock::now() < last) return;
      last = Clock::now() + std::chrono::milliseconds(100);
      talk_.redraw("reading the data  " + std::to_string(static_cast<int>(100 * share)) + " %");
    };
  }
  RunResult train(RecordedRun& recorded, Trainer& trainer) {
    Clock::time_point last_shown = Clock::now();
    const History& history = trainer.history();
    EpochLines lines(experiment_, trainer, talk_);
    Listener listener;
    listener.stop = [] { return interrupt_signal() != 0; };
    CostWatch watch;
    for (std::size_t i = 0; i < history.size(); ++i) watch.take(history[i]);
    bool told = watch.has_risen();  // if the run goes on, it was told before
    listener.epoch = [&](const EpochReport& report) {
      if (!quiet_)
        if (const std::string line = lines.next(report); !line.empty()) say_line(line);
      watch.take(report);
      if (!quiet_ && watch.has_risen() && !std::exchange(told, true))
        talk_.write(render("warning", {watch.warning(experiment_)}, talk_.colour()));
    };
    if (!quiet_ && talk_.is_terminal())
      listener.progress = [&](const Progress& progress) {
        if (Clock::now() - last_shown < std::chrono::milliseconds(50)) return;
        last_shown = Clock::now();
        talk_.redraw(progress_line(progress, talk_));
      };
    watch_for_interrupts();
    const auto say_rest = [&](const History& all, std::uint64_t best_epoch) {
      for (const std::string& line : lines.rest(all, best_epoch, folder_ + "/metrics.csv"))
        say_line(line);
    };
    const auto ended = [&](const RunResult& result) {
      has_ended_ = true;
      interrupted_ = result.outcome.interrupted;
      say_rest(result.outcome.epochs, result.outcome.best_epoch);
      if (interrupted_ && !can_resume_) say_no_checkpoint(recorded, result);
    };
    try {
      return train_in_folder(recorded, trainer, experiment_,
                             {.name = folder_,
                              .command_line = arguments_.command_line,
                              .listener = std::move(listener),
                              .checkpoints = about_checkpoints(),
                              .ended = ended});
    } catch (const Error&) {
      if (has_ended_) throw;  // the page alone is missing
      say_rest(history, 0);
      say_line("saved  " + folder_ + " (failed)");
      if (recorded.has_checkpoint()) say_last_checkpoint();
      throw;
    }
  }

  CheckpointListener about_checkpoints() {
    CheckpointListener listener;
    listener.wanted = checkpoint_requested;
    listener.written = [&](std::uint64_t step) {
      const std::string saved = "a checkpoint is saved";
      if (interrupt_signal() == 0) return say_line("step " + std::to_string(step) + ": " + saved);
      tell_anyway(talk_.yellow("interrupted after step " + std::to_string(step) + ": " + saved));
      tell_anyway("resume  " + resume_command(folder_));
      can_resume_ = true;
    };
    listener.failed = [&](const Error& error) {
      talk_.write(
          render(interrupt_signal() == 0 ? "warning" : "error", error.problems(), talk_.colour()));
    };
    listener.over = wait_for_no_step;
    return listener;
  }

  /// Trains and shows the result. Throws Interrupted once everything is saved.
  Exit end(RecordedRun& recorded, Trainer& trainer) {
    try {
      show_result(trainer, train(recorded, trainer));
      note_other_data();
    } catch (const RecordError& error) {  // where the terminal was closed, nothing can be shown
      if (!interrupted_) throw;
      talk_.write(render(error, talk_.colour()));
    }
    if (interrupted_) throw Interrupted{128 + interrupt_signal()};
    return Exit::done;
  }
  void say_no_checkpoint(const RecordedRun& recorded, const RunResult& result) {
    say_line(talk_.yellow("interrupted after step " + std::to_string(result.outcome.steps) +
                          ": the model is saved, a checkpoint is not"));
    if (recorded.has_checkpoint()) say_last_checkpoint();
  }

  void show_start(const Trainer& trainer) {
    show_header(trainer);
    // also to who asked for results only: they mean little without
    if (!arguments_.json)
      talk_.write(render("warning", warnings_of(experiment_, trainer), talk_.colour()));
  }

  void show_header(const Trainer& trainer) {
    if (quiet_) return;
    const char* dot = talk_.utf8() ? " · " : ", ";
    const unsigned threads = trainer.threads();
    say_line(
        talk_.bold(experiment_.name) + "  seed " + std::to_string(experiment_.seed) + dot +
        (experiment_.dtype == Dtype::float32 ? "float32" : "float64") + dot +
        (trainer.processes() > 1 ? std::to_string(trainer.processes()) + " processes" + dot : "") +
        std::to_string(threads) + (threads == 1 ? " thread" : " threads") + dot + folder_);
    talk_.write(layer_table(trainer.model()->graph(), talk_));
    show_data(trainer);
  }
  /// Says how the data are read.
  void show_data(const Trainer& trainer) {
    const Preparation& preparation = trainer.model()->preparation();
    say_line(words_of(trainer.targets(), trainer.data(), preparation, talk_.utf8() ? " · " : ", "));
    if (arguments_.verbose) talk_.write(data_summary(trainer, talk_));
    for (const std::string& line : trainer.weight_words()) say_line(line);
    const Graph& graph = trainer.model()->graph();
    const std::string taken = words_of_taken(experiment_.model.weights, graph);
    if (!taken.empty() && trainer.steps() == 0) say_line(taken);
    std::vector<std::string> notes{trainer.data().note, trainer.data().stored};
    if (!arguments_.verbose) notes.push_back(trainer.data().why_without_values);
    std::ranges::copy(words_of_start(experiment_, graph, preparation, trainer.data().names),
                      std::back_inserter(notes));
    std::ranges::copy(words_of_fold(experiment_.data.split, trainer.data().folds),
                      std::back_inserter(notes));
    for (const std::string& note : notes)
      if (!note.empty()) say_line("data   " + note);
  }

  void show_result(Trainer& trainer, const RunResult& result) {
    if (json_ != nullptr) *json_ = result_json(result, experiment_);
    if (arguments_.json) {
      if (json_ == nullptr) out_.write_data(result_json(result, experiment_) + "\n");
      return;
    }
    const Outcome& outcome = result.outcome;
    if (outcome.result) {
      const EpochReport& last = *outcome.result;
      const std::size_t part = part_that_counts([&](std::size_t p) { return last.score(p); });
      show_score(*last.score(part), trainer.data(), part, outcome.train_is_final);
      if (const std::optional<Score>& naive = outcome.naive[part])
        out_.write(naive_text(*naive, experiment_));
    }
    if (result.processes > 1 && result.adding_up.training > 0)
      say_line("shared " + std::to_string(result.processes) + " processes waited " +
               significant(100 * result.adding_up.waited / result.adding_up.training, 2) +
               " % of the training time for each other (nnrun time --exchange says more)");
    if (outcome.stopped_early)
      say_line("stopped early: no improvement since epoch " + std::to_string(outcome.best_epoch));
    out_.write(predictions_text(words_of(result.rows), result.predictions,
                                trainer.model()->answers_in_float32()));
    out_.write(decision_map(trainer, out_));
    say_doubts(trainer, result);
    out_.write("saved  " + result.run + " (report.html)\n");
    if (!outcome.interrupted)
      say_line("again  nnrun " + (was_edited(result.run)
                                      ? "replay " + shell_word(result.run)
                                      : shell_word(result.run + "/config.yaml")));
  }
  /// Says what came up in training; the warnings before it were shown then.
  void say_doubts(const Trainer& trainer, const RunResult& result) {
    const std::size_t before = warnings_of(experiment_, trainer).size();
    for (std::size_t i = before; i < result.warnings.size(); ++i)
      say_line(talk_.yellow("note   " + result.warnings[i].what));
  }
  void show_score(const Score& score, const DataShape& data, std::size_t part, bool anew) {
    const std::array titles{"train  ", "valid  ", "test   "},
        notes{anew ? "measured after training" : "measured while training", "not trained on",
              "not seen in training"};
    const std::size_t known = data.also_trained_on[part];
    const std::string words_of_known =
        (known == data.examples[part] ? "all" : readable(static_cast<double>(known))) +
        " of them rows of the training part, too";
    out_.write(score_lines(titles[part], text_of(score, experiment_, "   ") + "   (" +
                                             std::to_string(data.examples[part]) + " examples, " +
                                             (known > 0 ? words_of_known : notes[part]) + ")") +
               tables_text(score, experiment_, data.names, out_));
  }
  void say_last_checkpoint() {
    say_line("resume  " + resume_command(folder_) + "  goes on from the last checkpoint");
  }
  /// Says so if this run was to be that of a recorded config again, but its data changed since.
  void note_other_data() const {
    const std::filesystem::path config = arguments_.targets.empty() ? "" : arguments_.targets[0];
    if (quiet_ || config.filename() != "config.yaml" || !arguments_.overrides.empty()) return;
    const auto then = stored_record(config.parent_path()), now = stored_record(folder_);
    if (then && now) note_changes(names_of(changed_data(*then, now->data_sha256)), talk_);
  }
  /// Tells also whoever asked for quiet, though not a program that reads JSON.
  void tell_anyway(const std::string& text) {
    if (quiet_ && !arguments_.json)
      talk_.write(text + "\n");
    else
      say_line(text);
  }
  void say_line(const std::string& text) {
    if (quiet_) return;
    if (talk_.is_terminal()) talk_.redraw("");
    talk_.write(text + "\n");
  }

  const Arguments& arguments_;
  Experiment experiment_;
  Clock::time_point start_;
  std::string* json_;
  SharedTraining* shared_;
  Terminal out_{stdout}, talk_{stderr};
  bool quiet_ = true, can_resume_ = false;
  bool has_ended_ = false, interrupted_ = false;  // training did, and so
  std::string folder_;
};

/// Says that a run has nothing left to do.
void show_done(const Arguments& arguments, const ResumedRun& run) {
  const std::string folder = run.folder.path().string();
  if (arguments.json && run.record.result_before)
    return Terminal(stdout).write_data(run.record.result_before->dump() + "\n");
  Terminal(stderr).write(
      "the run in '" + folder + "' is done: to train on, change its length, as in\n" +
      resume_command(folder) + " --set train.epochs=" +
      std::to_string(2 * std::max<std::size_t>(run.experiment.train.epochs, 1)) + "\n");
}

Exit resume(const Arguments& arguments, Registry& registry, Clock::time_point start,
            SharedTraining* shared) {
  const std::string folder = arguments.text("--resume");
  if (!arguments.targets.empty())
    throw UsageError(Problem{.what = "--resume goes on with '" + folder + "', '" +
                                     arguments.targets[0] + "' is too much",
                             .hint = resume_command(folder)});
  if (arguments.has("--out"))
    throw UsageError(Problem{.what = "--out is for new runs: a run goes on in its own folder",
                             .hint = resume_command(folder)});
  ResumedRun run = resume_run(folder, arguments.overrides, registry);
  if (!run.is_done) return Training(arguments, run.experiment, start, shared).go_on(run);
  if (shared) shared->call_off(nullptr);
  run.folder.remove_unfinished();  // of a page, if it was killed after its record was written
  show_done(arguments, run);
  return Exit::done;
}

Exit train_anew(const Arguments& arguments, const Experiment& experiment, Registry& registry,
                Clock::time_point start, SharedTraining* shared = nullptr,
                std::string* json = nullptr) {
  if (!arguments.quiet)
    note_changes(names_of(changes_since(arguments.targets[0], experiment, registry)),
                 Terminal(stderr));
  return Training(arguments, experiment, start, shared, json).run();
}
Exit train_anew(const Arguments& arguments, Registry& registry, Clock::time_point start,
                std::string* json = nullptr) {
  return train_anew(arguments, read_experiment(arguments.targets[0], arguments.overrides, registry),
                    registry, start, nullptr, json);
}

/// Trains in one of several processes. Rank 0 does what a process alone would do.
Exit train_with_others(const Arguments& arguments, Registry& registry, Clock::time_point start) {
  const bool resumes = arguments.has("--resume");
  const std::filesystem::path config =
      resumes ? std::filesystem::path(arguments.text("--resume")) / "config.yaml"
              : std::filesystem::path(arguments.targets[0]);
  const auto lead = [&](const Experiment& experiment, SharedTraining& shared) {
    return resumes ? resume(arguments, registry, start, &shared)
                   : train_anew(arguments, experiment, registry, start, &shared);
  };
  const auto follow = [](const Experiment& experiment, SharedTraining& shared) {
    shared.follow(experiment, [&](Trainer& trainer) {
      shared.begin(trainer);
      watch_for_interrupts();
      trainer.advance({});
    });
  };
  return work_together(arguments, registry, config, {lead, follow});
}

}  // namespace

Exit train(const Arguments& arguments, Registry& registry) {
  const Clock::time_point start = Clock::now();
  watch_for_requests();
  if (arguments.has("--exchange")) return train_with_others(arguments, registry, start);
  refuse_lone_watchdog(arguments);
  refuse_to_train_alone();
  if (arguments.has("--resume")) return resume(arguments, registry, start, nullptr);
  return train_anew(arguments, registry, start);
}

std::string train_for_result(const Arguments& arguments, Registry& registry) {
  const Clock::time_point start = Clock::now();
  watch_for_requests();
  std::string json;
  train_anew(arguments, registry, start, &json);
  return json;
}

}  // namespace nnrun::host
