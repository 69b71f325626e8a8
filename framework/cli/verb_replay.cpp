// A run that was changed while it trained, made again with the same changes.
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "report/run_report.hpp"
#include "runs/edits_file.hpp"
#include "runs/repetition.hpp"
#include "training/forwarding_trainer.hpp"
namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

/// Ends where the recorded run ended.
class RepeatedTrainer final : public ForwardingTrainer {
 public:
  RepeatedTrainer(const OpenedRun& run, Trainer& inner) : run_(run), inner_(inner) {}
  bool advance(const Listener& listener, std::uint64_t) override {
    train_to_recorded_end(run_, inner_, listener);
    return true;
  }

 private:
  Trainer& inner() const override { return inner_; }

  const OpenedRun& run_;
  Trainer& inner_;
};

void require_edited(const OpenedRun& run) {
  if (run.is_model || !was_edited(run.folder))
    throw UsageError(
        Problem{.what = "the run in '" + run.folder.string() + "' was not changed while it trained",
                .hint = "nnrun verify " + shell_word(run.folder.string()) +
                        " says whether it gives the same again"});
}

void say(const Arguments& arguments, const RunResult& result, bool same, const std::string& then) {
  const Terminal out(stdout);
  if (arguments.json) {
    out.write_data(nlohmann::ordered_json{
                       {"run", result.run},
                       {"same", same},
                       {"weights_sha256", {{"recorded", then}, {"now", result.weights_sha256}}}}
                       .dump() +
                   "\n");
    return;
  }
  out.write((same ? "identical  the same changes give the same weights again, to the last bit\n"
                  : "different  the same changes give other weights: " +
                        result.weights_sha256.substr(0, 12) + ", recorded " + then.substr(0, 12) +
                        "\n") +
            "saved      " + result.run + "\n");
}

}  // namespace

/// Makes an edited run again, as a run of its own, and says whether it gives the same.
Exit replay(const Arguments& arguments, Registry& registry) {
  const Clock::time_point start = Clock::now();
  const OpenedRun run = open_run(arguments.targets[0], {}, registry);
  require_edited(run);
  require_verifiable(run);
  note_changes(names_of(run.changes), Terminal(stderr));
  const auto trainer = edited_trainer(run.folder, run.record, registry, arguments.threads);
  Experiment experiment = trainer->experiment();
  RunFolder folder = arguments.has("--out") ? RunFolder::create_at(arguments.text("--out"))
                                            : RunFolder::create("runs", experiment.name);
  const std::string name = folder.path().string();
  RecordedRun recorded(std::move(folder), experiment, arguments.command_line, start);
  follow_changes(*trainer, recorded, experiment);
  watch_for_interrupts();
  Listener listener;
  listener.stop = [] { return interrupt_signal() != 0; };
  RepeatedTrainer repeated(run, *trainer);
  const RunResult result =
      recorded.train(repeated, std::move(listener), name, [&] { write_edits(*trainer, recorded); });
  if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
  write_page(recorded.folder(), result, arguments.command_line, experiment, repeated);
  const std::string then = run.record.text("weights_sha256");
  const bool same = result.weights_sha256 == then;
  say(arguments, result, same, then);
  return same ? Exit::done : Exit::failed;
}

}  // namespace nnrun::host
