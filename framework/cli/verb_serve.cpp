// A run with a page that shows it while it trains.
#include <spawn.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "report/run_report.hpp"
#include "runs/edits_file.hpp"
#include "runs/recorded_run.hpp"
#include "serving/guard.hpp"
#include "serving/live_server.hpp"
#include "serving/live_trainer.hpp"
#include "serving/settings_view.hpp"
#include "serving/successor.hpp"
#include "serving/viewer.hpp"
#include "training/warnings.hpp"

extern char** environ;

namespace nnrun::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t bytes_of_states = std::size_t{64} << 20;  // to go back to

unsigned port_of(const Arguments& arguments) {
  if (!arguments.has("--port")) return 0;
  const auto port = parse_integer(arguments.text("--port"));
  if (!port || *port < 0 || *port > 65535)
    throw UsageError(Problem{.what = "--port needs a whole number from 0 to 65535, not '" +
                                     arguments.text("--port") + "'",
                             .hint = "0 takes a free one"});
  return static_cast<unsigned>(*port);
}

/// Asks the desktop for a browser. Where there is none, the address was printed.
void open_browser(std::string address) {
  std::string program = "xdg-open";
  char* words[] = {program.data(), address.data(), nullptr};
  pid_t child = 0;
  ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, words, environ);
}

/// Returns the name of a run folder beside another one that is not there yet: runs/a-2 for runs/a.
std::string next_folder(const std::string& folder) {
  std::string base = folder;
  while (base.size() > 1 && base.back() == '/') base.pop_back();
  const std::size_t dash = base.find_last_not_of("0123456789");
  if (dash != base.npos && dash > 0 && dash + 1 < base.size() && base[dash] == '-' &&
      std::filesystem::exists(base.substr(0, dash)))
    base.resize(dash);  // it is the second or a later one already
  for (std::size_t n = 2;; ++n)
    if (std::string next = base + "-" + std::to_string(n); !std::filesystem::exists(next))
      return next;
}

class Serving {
 public:
  Serving(const Arguments& arguments, const Experiment& experiment, Registry& registry,
          Clock::time_point start)
      : arguments_(arguments), registry_(registry), experiment_(experiment), start_(start) {}

  /// Trains as pages ask for until it is interrupted, and records the run.
  Exit run() {
    const unsigned port = port_of(arguments_);
    const std::optional<Inheritance> inherited = inheritance();
    EditedTrainer trainer(experiment_, registry_, arguments_.threads);
    experiment_ = trainer.experiment();
    Desk desk;
    Broadcast broadcast;
    watch_for_interrupts();
    auto server = LiveServer::start(port, inherited ? inherited->token : random_token(),
                                    experiment_.name, desk, broadcast);
    RunFolder folder = arguments_.has("--out") ? RunFolder::create_at(arguments_.text("--out"))
                                               : RunFolder::create("runs", experiment_.name);
    folder_ = folder.path().string();
    LiveTrainer live(trainer, desk, watch(trainer, broadcast), bytes_of_states);
    const Viewer viewer(trainer.threads(), desk, broadcast, [this] { return rebuilt(); });
    show_start(server->address(), trainer);
    RecordedRun recorded(std::move(folder), experiment_, arguments_.command_line, start_);
    recorded_ = &recorded;
    follow_changes(trainer, recorded, experiment_);
    recorded.keep_checkpoints(listener([&] {
      wait_for_no_step();
      if (reloads_) return;
      broadcast.close();
      server->stop();
    }));
    const Exit status = end(recorded, live, trainer);
    return reloads_ ? hand_over(trainer, broadcast, std::move(server)) : status;
  }

 private:
  LiveTrainer::Watch watch(const EditedTrainer& trainer, const Broadcast& broadcast) {
    LiveTrainer::Watch watch;
    watch.ending = [this] { return is_to_end(); };
    watch.reload = [this, &trainer] {
      std::vector<std::string> words{"-q"};
      std::ranges::copy(words_of_config(trainer), std::back_inserter(words));
      const std::string refusal =
          refusal_of_check(std::move(words), [this] { return is_to_end(); });
      reloads_ = refusal.empty();
      return refusal;
    };
    watch.eye = [this, &broadcast](EditedTrainer& now, const PlaneColumns& columns) {
      nlohmann::ordered_json more{{"settings", settings_json(now.experiment(), registry_)},
                                  {"layer_list", layer_list_json(now.experiment())},
                                  {"command", "nnrun serve " + shell_word(arguments_.targets[0])},
                                  {"run", folder_},
                                  {"config", resolved_yaml(now.experiment())},
                                  {"sets", nlohmann::ordered_json::array()},
                                  {"warnings", nlohmann::ordered_json::array()}};
      for (const Problem& warning : warnings_of(now.experiment(), now))
        more["warnings"].push_back(refusal_text(UsageError(warning)));
      for (const Override& set : arguments_.overrides)
        more["sets"].push_back({set.path, set.value});
      for (const Override& set : now.sets()) more["sets"].push_back({set.path, set.value});
      return Eye::create(now, columns, more, [&broadcast] { return broadcast.is_closed(); });
    };
    watch.edited = [this, &trainer] {
      write_edits(trainer, *recorded_);
      recorded_->checkpoint_now(trainer);
    };
    return watch;
  }

  bool is_to_end() const { return reloads_ || interrupt_signal() != 0; }

  /// Returns the libraries of the run whose files are others now.
  std::vector<std::string> rebuilt() const {
    std::vector<std::string> names;
    for (const std::shared_ptr<const Library>& library : registry_.libraries())
      if (!library->built_in && library->loaded != FileStamp{} &&
          FileStamp::of(library->file) != library->loaded &&
          FileStamp::of(library->file) != FileStamp{})
        names.push_back(library->file.filename().string());
    return names;
  }

  /// Returns what another process needs to have the config of this run as it is now.
  std::vector<std::string> words_of_config(const EditedTrainer& trainer) const {
    std::vector<std::string> words{arguments_.targets[0]};
    std::vector<Override> sets = arguments_.overrides;
    std::ranges::copy(trainer.sets(), std::back_inserter(sets));
    for (const Override& set : sets)
      words.insert(words.end(), {"--set", set.path + "=" + set.value});
    if (arguments_.has("--no-plugins")) words.emplace_back("--no-plugins");
    return words;
  }

  /// Starts another process that goes on from the weights of this run, at the same port, and sends
  /// pages there: they ask until it answers.
  Exit hand_over(const EditedTrainer& trainer, Broadcast& broadcast,
                 std::unique_ptr<LiveServer> server) {
    const unsigned port = server->port();
    const Inheritance inheritance{random_token()};
    const std::string address = page_address(port, inheritance.token);
    broadcast.set_news("moved", nlohmann::ordered_json(address).dump());
    broadcast.wait_until_left();
    broadcast.close();
    server.reset();
    std::vector<std::string> words = words_of_config(trainer);
    words.insert(words.begin(), "serve");
    words.insert(words.end(),
                 {"--set", "model.weights=" + folder_, "--port", std::to_string(port)});
    if (arguments_.has("--out"))
      words.insert(words.end(), {"--out", next_folder(arguments_.text("--out"))});
    if (arguments_.threads > 0)
      words.insert(words.end(), {"--threads", std::to_string(arguments_.threads)});
    if (arguments_.quiet) words.emplace_back("-q");
    if (arguments_.json) words.emplace_back("--json");
    Successor next(std::move(words), inheritance);
    if (!next.address().empty()) talk_.write("moved  " + next.address() + "\n");
    const int status = next.wait(interrupt_signal);
    if (status != 0) throw Interrupted{status};
    return Exit::done;
  }

  void show_start(const std::string& address, const Trainer& trainer) const {
    (arguments_.json ? talk_ : out_).write(address + "\n");
    if (!arguments_.quiet && !arguments_.json) {
      talk_.write(render("warning", warnings_of(experiment_, trainer), talk_.colour()));
      talk_.write(
          experiment_.name + "  " + folder_ + "\n" +
          "open the address in a browser of this machine; Ctrl-C ends and records the run\n");
    }
    if (arguments_.has("--open")) open_browser(address);
  }

  CheckpointListener listener(std::function<void()> over) {
    CheckpointListener listener;
    listener.wanted = checkpoint_requested;
    listener.written = [&](std::uint64_t) { can_resume_ = true; };
    listener.failed = [&](const Error& error) {
      talk_.write(render("warning", error.problems(), talk_.colour()));
    };
    listener.over = std::move(over);
    return listener;
  }

  Exit end(RecordedRun& recorded, Trainer& trainer, const EditedTrainer& edited) {
    Listener listener;
    listener.stop = [this] { return is_to_end(); };
    const RunResult result = recorded.train(trainer, std::move(listener), folder_,
                                            [&] { write_edits(edited, recorded); });
    write_page(recorded.folder(), result, arguments_.command_line, experiment_, trainer);
    if (arguments_.json) out_.write_data(result_json(result, experiment_) + "\n");
    say_end(result);
    if (interrupt_signal() == 0) return Exit::done;  // at its end, or to be gone on with
    if (result.outcome.interrupted) throw Interrupted{128 + interrupt_signal()};
    return Exit::done;
  }
  void say_end(const RunResult& result) const {
    if (arguments_.quiet || arguments_.json) return;
    std::string text = "saved  " + folder_ + " (report.html)";
    if (result.outcome.interrupted) text += ", after step " + std::to_string(result.outcome.steps);
    if (result.outcome.interrupted && can_resume_)
      text += "\nresume  nnrun train --resume " + shell_word(folder_);
    talk_.write("\n" + text + "\n");
  }

  const Arguments& arguments_;
  Registry& registry_;
  Experiment experiment_;
  RecordedRun* recorded_ = nullptr;  // once there is one
  Clock::time_point start_;
  Terminal out_{stdout}, talk_{stderr};
  bool can_resume_ = false;
  std::atomic<bool> reloads_ = false;  // a page asked for libraries as they are now
  std::string folder_;
};

}  // namespace

Exit serve(const Arguments& arguments, Registry& registry) {
  const Clock::time_point start = Clock::now();
  watch_for_requests();
  const Experiment experiment =
      read_experiment(arguments.targets[0], arguments.overrides, registry);
  return Serving(arguments, experiment, registry, start).run();
}

}  // namespace nnrun::host
