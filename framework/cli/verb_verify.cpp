#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/interrupt.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "runs/edits_file.hpp"
#include "runs/verification.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr const char* words_for(Verdict verdict) {
  return verdict == Verdict::identical ? "identical"
         : verdict == Verdict::close   ? "close"
                                       : "different";
}

/// Listens to training: a bar on terminals, and Ctrl-C.
class Watching {
 public:
  explicit Watching(bool quiet) : shows_(!quiet && talk_.is_terminal()) {}

  Listener listener() {
    Listener listener;
    listener.stop = [] { return interrupt_signal() != 0; };
    if (shows_) listener.progress = [this](const Progress& progress) { show(progress); };
    return listener;
  }
  /// Throws Interrupted if a signal has arrived.
  void end() const {
    if (shows_) talk_.redraw("");
    if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
  }

 private:
  void show(const Progress& progress) {
    if (Clock::now() - last_shown_ < std::chrono::milliseconds(50)) return;
    last_shown_ = Clock::now();
    talk_.redraw(progress_line(progress, talk_));
  }

  Terminal talk_{stderr};
  bool shows_;
  Clock::time_point last_shown_ = Clock::now();
};

/// Returns a checksum as people can compare it; other texts whole.
std::string short_of(const std::string& text) {
  const bool sum = text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
  return text.empty() ? "-" : sum ? text.substr(0, 12) : text;
}

std::string line(const std::string& title, const std::string& text) {
  return left_aligned(title, 11) + text + "\n";
}

std::string text_of(const FirstDifference& first) {
  const bool of_the_end =
      first.column.starts_with("result.") || first.column.ends_with("model.safetensors");
  const std::string where = of_the_end ? "" : "epoch " + std::to_string(first.epoch) + ", ";
  return where + first.column + ": recorded " + short_of(first.recorded) + ", now " +
         short_of(first.now);
}

std::string text_of(const Verification& v, const OpenedRun& run, const Terminal& out) {
  std::string text;
  const std::string verdict = words_for(v.verdict);
  const std::string run_name = run.folder.string();
  if (v.verdict == Verdict::identical)
    text = line(out.green(verdict) + std::string(11 - verdict.size(), ' '),
                run_name + " gives the same weights, metrics and scores again, to the last bit");
  else if (v.verdict == Verdict::close)
    text = line("close", run_name + " gives the same again to " + std::to_string(v.digits) +
                             " digits, on another instruction set");
  else
    text = line(verdict, run_name + (v.first_difference
                                         ? " does not give the same again"
                                         : " gives the same again, but its model is another"));
  if (v.first_difference) {
    text += line("first", text_of(*v.first_difference));
    if (v.verdict == Verdict::different)
      text += line("digits", std::to_string(v.digits) + " in common, at the worst place");
  }
  if (!v.other_model.empty())
    text +=
        line("model", "model.safetensors is not the model of this run: its weights are " +
                          short_of(v.other_model) + ", recorded " + short_of(v.recorded_weights));
  for (const Change& change : v.changes)
    text += line("changed", change.what + ": recorded " + short_of(change.recorded) + ", now " +
                                short_of(change.now));
  const bool unexplained =
      v.verdict == Verdict::different && v.changes.empty() && v.first_difference.has_value();
  if (unexplained && v.weights == v.recorded_weights)
    text += line("help", "the weights are the same, so a file of the run was edited or damaged");
  else if (unexplained)
    text += line("help",
                 "nothing that is recorded has changed: a plugin that does not always "
                 "compute the same,\n           or a fault of this machine's memory" +
                     std::string(!run.record.resumed.empty()
                                     ? "; or the run went on with another length or on "
                                       "another\n           machine"
                                     : "") +
                     "; run nnrun verify again");
  return text;
}

Json json_of(const Verification& v, const OpenedRun& run) {
  Json json{{"run", run.folder.string()}, {"verdict", words_for(v.verdict)}};
  json["digits"] = v.first_difference ? Json(v.digits) : Json(nullptr);
  json["first_difference"] = nullptr;
  if (const auto& first = v.first_difference)
    json["first_difference"] = {{"epoch", first->epoch},
                                {"column", first->column},
                                {"recorded", first->recorded},
                                {"now", first->now}};
  json["changed"] = Json::array();
  for (const Change& change : v.changes)
    json["changed"].push_back(
        {{"what", change.what}, {"recorded", change.recorded}, {"now", change.now}});
  json["weights_sha256"] = {{"recorded", v.recorded_weights}, {"now", v.weights}};
  if (!v.other_model.empty()) json["weights_sha256"]["model"] = v.other_model;
  return json;
}

/// Returns the trainer of the run at its start, with the changes that were made by hand to come.
std::unique_ptr<Trainer> trainer_of(const OpenedRun& run, unsigned threads, Registry& registry) {
  if (was_edited(run.folder)) return edited_trainer(run.folder, run.record, registry, threads);
  return Trainer::create(without_clock(run), threads);
}

}  // namespace

/// Trains a recorded run again, without a trace, and says whether it gives the same.
Exit verify(const Arguments& arguments, Registry& registry) {
  const OpenedRun run = open_run(arguments.targets[0], {}, registry);
  require_verifiable(run);
  const std::unique_ptr<Trainer> trainer = trainer_of(run, arguments.threads, registry);
  Watching watching(arguments.quiet || arguments.json);
  watch_for_interrupts();
  Verification v;
  try {
    v = verify_run(run, *trainer, watching.listener());
  } catch (const TrainingError&) {  // it did not stop there then: what changed may be why
    note_changes(names_of(run.changes), Terminal(stderr));
    throw;
  }
  watching.end();
  const Terminal out(stdout);
  if (arguments.json)
    out.write_data(json_of(v, run).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  else
    out.write(text_of(v, run, out));
  return v.verdict == Verdict::different ? Exit::failed : Exit::done;
}

}  // namespace nnrun::host
