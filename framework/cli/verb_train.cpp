#include <sys/stat.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/decision_map.hpp"
#include "cli/interrupt.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "report/page.hpp"
#include "report/run_report.hpp"
#include "runs/opened_run.hpp"
#include "runs/recorded_run.hpp"
#include "training/data_parts.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

RunFolder create_folder(const Arguments& arguments, const Experiment& experiment) {
  return !arguments.has("--out") ? RunFolder::create("runs", experiment.name)
                                 : RunFolder::create_at(arguments.text("--out"));
}

/// One run, from its folder to its record.
class Training {
 public:
  Training(const Arguments& arguments, const Experiment& experiment, Clock::time_point start)
      : arguments_(arguments), experiment_(experiment), start_(start) {
    if (arguments.quiet || arguments.json) return;
    quiet_ = false;
  }

  Exit run() {
    const auto trainer = Trainer::create(experiment_, arguments_.threads);
    RunFolder folder = create_folder(arguments_, experiment_);
    folder_ = folder.path().string();
    show_header(*trainer);
    if (!quiet_) talk_.write(render("warning", warnings_of(experiment_, *trainer), talk_.colour()));
    RecordedRun recorded(std::move(folder), experiment_, arguments_.command_line, start_);
    const RunResult result = train(recorded, *trainer);
    recorded.folder().write_report(
        page_of(report_of(result, arguments_.command_line, experiment_, *trainer)));
    show_result(*trainer, result);
    if (result.outcome.interrupted) throw Interrupted{128 + interrupt_signal()};
    return Exit::done;
  }

 private:
  RunResult train(RecordedRun& recorded, Trainer& trainer) {
    Clock::time_point last_shown = Clock::now();
    double seconds_before = 0;
    Listener listener;
    listener.stop = [] { return interrupt_signal() != 0; };
    listener.epoch = [&](const EpochReport& report) {
      say_line(epoch_line(report, experiment_, report.seconds - seconds_before,
                          trainer.data().examples[NNRUN_TRAIN], talk_));
      seconds_before = report.seconds;
    };
    if (!quiet_ && talk_.is_terminal())
      listener.progress = [&](const Progress& progress) {
        if (Clock::now() - last_shown < std::chrono::milliseconds(50)) return;
        last_shown = Clock::now();
        talk_.write("\r" + progress_line(progress, talk_) + "\033[K");
      };
    watch_for_interrupts();
    try {
      return recorded.train(trainer, std::move(listener), folder_);
    } catch (const Error&) {
      say_line("saved  " + folder_ + " (failed)");
      throw;
    }
  }

  void show_header(const Trainer& trainer) {
    if (quiet_) return;
    const char* dot = talk_.utf8() ? " · " : ", ";
    const unsigned threads = trainer.threads();
    say_line(talk_.bold(experiment_.name) + "  seed " + std::to_string(experiment_.seed) + dot +
             (experiment_.dtype == Dtype::float32 ? "float32" : "float64") + dot +
             std::to_string(threads) + (threads == 1 ? " thread" : " threads") + dot + folder_);
    talk_.write(layer_table(trainer.model()->graph(), talk_));
  }

  void show_result(Trainer& trainer, const RunResult& result) {
    if (arguments_.json) {
      out_.write(result_json(result, experiment_) + "\n");
      return;
    }
    const Outcome& outcome = result.outcome;
    if (outcome.result) {
      const EpochReport& last = *outcome.result;
      const std::size_t part = part_that_counts([&](std::size_t p) { return last.score(p); });
      show_score(*last.score(part), trainer.data(), part);
    }
    if (outcome.stopped_early)
      say_line("stopped early: no improvement since epoch " + std::to_string(outcome.best_epoch));
    out_.write(predictions_text(experiment_.predict_rows(), result.predictions));
    out_.write(decision_map(trainer, out_));
    if (outcome.interrupted)
      say_line(talk_.yellow("interrupted after step " + std::to_string(outcome.steps) +
                            ": what was learnt so far is saved"));
    out_.write("saved  " + result.run + " (report.html)\n");
    say_line("again  nnrun " + result.run + "/config.yaml");
  }
  void show_score(const Score& score, const DataShape& data, std::size_t part) {
    constexpr std::array titles{"train  ", "valid  ", "test   "},
        notes{"measured while training", "not trained on", "not seen in training"};
    out_.write(titles[part] + text_of(score, experiment_, "   ") + "   (" +
               std::to_string(data.examples[part]) + " examples, " + notes[part] + ")\n" +
               tables_text(score, experiment_, data.names.classes, out_));
  }
  void say_line(const std::string& text) {
    if (quiet_) return;
    talk_.write((talk_.is_terminal() ? "\r" : "") + text +
                (talk_.is_terminal() ? "\033[K\n" : "\n"));
  }

  const Arguments& arguments_;
  const Experiment& experiment_;
  Clock::time_point start_;
  Terminal out_{stdout}, talk_{stderr};
  bool quiet_ = true;
  std::string folder_;
};

}  // namespace

Exit train(const Arguments& arguments, Registry& registry) {
  const Clock::time_point start = Clock::now();
  const Experiment experiment =
      read_experiment(arguments.targets[0], arguments.overrides, registry);
  if (!arguments.quiet)
    note_changes(changed_libraries(arguments.targets[0], registry), Terminal(stderr));
  return Training(arguments, experiment, start).run();
}

}  // namespace nnrun::host
