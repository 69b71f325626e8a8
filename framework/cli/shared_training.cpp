#include "cli/shared_training.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/crash.hpp"
#include "base/did_you_mean.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/interrupt.hpp"
#include "cli/terminal.hpp"
#include "config/uses.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns a whole number of the environment, of the first of these names that is there.
std::optional<std::int64_t> number_in_environment(std::initializer_list<const char*> names) {
  for (const char* const name : names)
    if (const char* const text = std::getenv(name))
      if (const auto number = parse_integer(text)) return number;
  return std::nullopt;
}
/// What launchers of Open MPI, MPICH and Slurm's srun tell their processes.
std::int64_t launched_count() {
  return number_in_environment({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}).value_or(1);
}
bool is_launched_first() {
  return number_in_environment({"OMPI_COMM_WORLD_RANK", "PMI_RANK"}).value_or(0) == 0;
}

/// Waits until rank 0, if it fails for the same reason, has said so and has ended this process,
/// too. If that does not happen, this one is the odd one, and has to speak: the others wait for it.
void let_rank_0_speak_first() {
  if (!is_launched_first()) std::this_thread::sleep_for(std::chrono::seconds(5));
}

/// Ends this process: rank 0 says why, and with which status. A status of this one's own could make
/// the launcher end rank 0 before it has said it.
[[noreturn]] void leave_word_to_rank_0() {
  throw Interrupted{static_cast<int>(Exit::done)};
}

/// Returns an error without its class as a text for other processes, and back.
std::string packed(const Error& error) {
  Json json{{"status", static_cast<int>(error.status())}, {"problems", Json::array()}};
  for (const Problem& problem : error.problems())
    json["problems"].push_back({problem.what, where_of(problem), problem.hint, problem.note});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}
Error unpacked(const std::string& text, const std::string& who) {
  const Json json = Json::parse(text);
  std::vector<Problem> problems;
  for (const Json& one : json["problems"])
    problems.push_back({.what = who + ": " + one[0].get<std::string>(),
                        .where = one[1].get<std::string>(),
                        .hint = one[2].get<std::string>(),
                        .note = one[3].get<std::string>()});
  return {static_cast<Exit>(json["status"].get<int>()), std::move(problems)};
}

/// What must be the same in every process, and how to get there.
struct Alike {
  const char *what, *hint;
  std::string is;
};
std::vector<Alike> what_is_alike(const Trainer& trainer) {
  const std::string config = resolved_yaml(trainer.experiment());
  return {{"config", "give every process the same file and the same --set",
           sha256_of(std::as_bytes(std::span(config)))},
          {"nnrun", "run the same build on every host", version_json().dump()},
          {"plugins", "run the same build on every host, with the same libraries",
           needed_plugins_json(trainer.experiment(), Folders::none)},
          {"level of instructions",
           "take hosts whose processors have the same: their last bits differ", instruction_set()},
          {"data", "give every process the same files", trainer.data_sha256()}};
}

void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) {
  const std::size_t size = bytes.size();
  const auto size_bytes = std::as_bytes(std::span(&size, 1));
  to.insert(to.end(), size_bytes.begin(), size_bytes.end());
  to.insert(to.end(), bytes.begin(), bytes.end());
}
std::span<const std::byte> take(std::span<const std::byte>& from) {
  std::size_t size = 0;
  std::memcpy(&size, from.data(), sizeof size);
  const std::span<const std::byte> bytes = from.subspan(sizeof size, size);
  from = from.subspan(sizeof size + size);
  return bytes;
}

Use exchange_of(const Arguments& arguments, const Registry& registry) {
  const auto source =
      std::make_shared<const Source>(Source{"--exchange", arguments.text("--exchange")});
  try {
    return read_use("exchange", source, registry);
  } catch (const ConfigError& error) {
    std::vector<Problem> problems = error.problems();
    if (problems[0].cause == Cause::unknown_class && source->text == "mpi")
      problems[0].hint =
          "this build found no MPI: with Debian's libopenmpi-dev and openmpi-bin, or MPICH's, "
          "build "
          "nnrun again";
    let_rank_0_speak_first();
    throw ConfigError(std::move(problems));
  }
}

/// Ends this process if the others have not joined it by then: some of them may be another program,
/// or none at all. A timer, since an exchange may start others as copies of this process, which
/// then must have one thread.
class JoinLimit {
 public:
  /// seconds: 0: no limit.
  explicit JoinLimit(double seconds) {
    if (seconds <= 0) return;
    const double most = seconds + (is_launched_first() ? 0 : 3);  // rank 0 speaks, if it is there
    std::snprintf(words, sizeof words,
                  "error: the other processes have not joined this one after %s s\n"
                  "   = help: every process of the launcher must be nnrun, with the same "
                  "--exchange; --watchdog says how long to wait\n",
                  shortest(seconds).c_str());
    struct sigaction action {};
    action.sa_handler = end;
    ::sigaction(SIGRTMAX, &action, &before_);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMAX;
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(most);
    when.it_value.tv_nsec =
        static_cast<long>((most - static_cast<double>(when.it_value.tv_sec)) * 1e9);
    is_set_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
    if (is_set_) ::timer_settime(timer_, 0, &when, nullptr);
    process_ = ::getpid();
  }
  JoinLimit(const JoinLimit&) = delete;
  JoinLimit& operator=(const JoinLimit&) = delete;
  ~JoinLimit() {
    if (!is_set_) return;
    if (::getpid() == process_) ::timer_delete(timer_);  // copies have none
    ::sigaction(SIGRTMAX, &before_, nullptr);
  }

 private:
  static inline char words[400];
  static void end(int) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words, std::strlen(words));
    ::syscall(SYS_exit_group, static_cast<int>(Exit::failed));  // _exit would tell of the exchange
  }
  struct sigaction before_ {};
  timer_t timer_{};
  pid_t process_ = 0;
  bool is_set_ = false;
};

double patience_of(const Arguments& arguments) {
  if (!arguments.has("--watchdog")) return 30;
  const std::string& text = arguments.text("--watchdog");
  const auto seconds = parse_double(text);
  if (!seconds || !(*seconds >= 0) || *seconds > 1e6)
    throw UsageError(Problem{.what = "--watchdog needs a number of seconds, not '" + text + "'",
                             .hint = "0 waits without end"});
  return *seconds;
}

}  // namespace

void refuse_to_train_alone() {
  const std::int64_t count = launched_count();
  if (count <= 1) return;
  let_rank_0_speak_first();
  throw UsageError(Problem{
      .what =
          std::to_string(count) + " processes were started that would train the same, each alone",
      .hint = "to share one training, add --exchange mpi; for a run of its own in each, unset "
              "OMPI_COMM_WORLD_SIZE or PMI_SIZE first"});
}

void refuse_lone_watchdog(const Arguments& arguments) {
  if (arguments.has("--watchdog"))
    throw UsageError(Problem{.what = "--watchdog is for processes that wait for each other",
                             .hint = "add --exchange, or leave it out"});
}

SharedTraining::SharedTraining(const Arguments& arguments, Registry& registry)
    : threads_(arguments.threads),
      is_resumed_(arguments.has("--resume")),
      patience_(patience_of(arguments)) {
  const Use use = exchange_of(arguments, registry);
  {
    const JoinLimit limit(patience_);
    processes_ = std::make_unique<Processes>(use);
  }
  if (launched_count() > 1 && launched_count() != processes_->count()) {
    end();
    if (!leads()) leave_word_to_rank_0();
    refuse_to_train_alone();
  }
  const std::uint32_t here = processes_->count_here();
  if (!leads()) {
    Terminal::be_silent();
    set_plugin_log([](int, const char*) {});  // rank 0 says it
  }
  // where a launcher has bound each process to some cores, those are its own
  const auto all = static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))),
             usable = std::max(1u, std::thread::hardware_concurrency());
  if (threads_ == 0 && here > 1) threads_ = usable < all ? usable : std::max(1u, all / here);
  processes_->signal = interrupt_signal;
  processes_->hear_a_signal = note_interrupt;
  if (patience_ > 0 && processes_->count() > 1)
    watchdog_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

SharedTraining::~SharedTraining() = default;

bool SharedTraining::may_speak(bool lost) {
  if (lost && !leads()) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return board_.may_speak();
}

namespace {
std::chrono::steady_clock::duration seconds(double count) {
  using std::chrono::steady_clock;
  return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(count));
}
}  // namespace

/// Ends this process if it has waited for another one for too long: that one cannot be asked.
void SharedTraining::watch(const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point last = Clock::now(), awake_since = last;
  while (!stop.stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto [since, rank, move] = processes_->waiting();
    // this process, and perhaps all of them, did not run: Ctrl-Z, a machine that was asleep
    const Clock::time_point now = Clock::now();
    if (now - std::exchange(last, now) > std::chrono::seconds(1)) awake_since = now;
    // before it begins, one may have to read its data from a slower disk; in the end, rank 0 has to
    // write what came of it
    const double patience = has_begun_ && rank != Processes::everybody ? patience_ : 10 * patience_;
    const Clock::time_point from = std::max(awake_since, Clock::time_point(Clock::duration(since)));
    const double waited = std::chrono::duration<double>(now - from).count();
    static_assert(Processes::everybody == SharedBoard::nobody);  // who leaves waits for none alone
    board_.write(processes_->rank(), now, since == 0 ? SharedBoard::nobody : rank);
    // who waits for a process that is gone ends before those that wait for that one in turn: by as
    // much as a busy machine may let a process stand still
    const double in_turn = 0.5 * std::min(move, 8u);
    if (since == 0 || waited < patience + in_turn) continue;
    if (processes_->waiting().since_ns != since) continue;
    // where it can be seen, the one that is waited for may itself wait: it names who hangs
    if (board_.waits_in_turn(rank, now - seconds(patience / 2))) continue;
    expect_end();
    if (!may_speak(false)) ::_exit(static_cast<int>(Exit::failed));
    const std::string whom =
        rank == Processes::everybody ? "the others, when all was done," : processes_->name_of(rank);
    tell(TrainingError(Problem{
        .what = "nothing came from " + whom + " for " + shortest(patience) +
                " s: it has ended or hangs, or the network is down",
        .hint = "nnrun train --resume RUN goes on from the last checkpoint, with any number of "
                "processes; --watchdog says how long to wait"}));
    ::_exit(static_cast<int>(Exit::failed));
  }
}

void SharedTraining::tell(const Error& error) const {
  std::string text;
  for (const Problem& problem : error.problems())
    text += "error: " + processes_->name_of(processes_->rank()) + ": " + problem.what +
            (where_of(problem).empty() ? "" : " (" + where_of(problem) + ")") +
            (problem.hint.empty() ? "" : "\n   = help: " + problem.hint) + "\n";
  write_all(STDERR_FILENO, shown(text));
}

/// failure: of this process, packed; empty: there is none.
void SharedTraining::agree(const std::string& failure) {
  has_agreed_ = true;
  const std::vector<std::string> all = processes_->gather_texts(failure);
  const auto failed =
      std::ranges::find_if(all, [](const std::string& one) { return !one.empty(); });
  if (failed == all.end()) return;
  const auto rank = static_cast<std::uint32_t>(failed - all.begin());
  const Error error = unpacked(*failed, processes_->name_of(rank));
  end();
  if (leads() && rank != 0) throw error;
  leave_word_to_rank_0();
}

void SharedTraining::begin(Trainer& trainer, bool is_patient) {
  if (processes_->count() > 1) {
    agree("");
    require_same(trainer);
    if (is_resumed_) share_state(trainer);
  }
  has_begun_ = !is_patient;
}

void SharedTraining::call_off(const Error* error) {
  if (has_agreed_) return;
  try {
    agree(error != nullptr ? packed(*error)
                           : packed(Error(Exit::done, std::vector<Problem>{Problem{}})));
  } catch (const Interrupted&) {
    if (!leads()) throw;  // rank 0 has what to say
  }
}

/// Throws UsageError in rank 0, Interrupted in others, if one process would train something else.
void SharedTraining::require_same(const Trainer& trainer) {
  std::vector<Alike> all_alike = what_is_alike(trainer);
  all_alike.insert(all_alike.begin(), {"start", "give --resume to every process, or to none",
                                       is_resumed_ ? "of a run that goes on" : "anew"});
  for (const Alike& own : all_alike) {
    const std::vector<std::string> all = processes_->gather_texts(own.is);
    const auto as_many = [&](const std::string& one) { return std::ranges::count(all, one); };
    const std::string& usual = *std::ranges::max_element(all, {}, as_many);  // rank 0's of as many
    const auto odd = std::ranges::find_if(all, [&](const auto& one) { return one != usual; });
    if (odd == all.end()) continue;
    end();
    if (!leads()) leave_word_to_rank_0();
    const auto rank = static_cast<std::uint32_t>(odd - all.begin());
    const auto other = static_cast<std::uint32_t>(std::ranges::find(all, usual) - all.begin());
    throw UsageError(Problem{.what = processes_->name_of(rank) + " has another " + own.what +
                                     " than " + processes_->name_of(other),
                             .hint = own.hint});
  }
}

void SharedTraining::share_state(Trainer& trainer) {
  std::vector<std::byte> bytes;
  if (leads())
    for (const StateNumbers& numbers : trainer.state().numbers()) append(bytes, numbers.bytes);
  bytes = processes_->broadcast_any(std::move(bytes));
  if (leads()) return;
  std::vector<StateNumbers> saved = trainer.state().numbers();
  std::span<const std::byte> rest = bytes;
  for (StateNumbers& numbers : saved) numbers.bytes = take(rest);
  trainer.restore(saved);
}

void SharedTraining::follow(const Experiment& experiment,
                            const std::function<void(Trainer&)>& part) {
  try {
    const auto trainer = Trainer::create(experiment, threads(), processes());
    part(*trainer);
    end();
  } catch (const Error& error) {
    if (!has_agreed_) throw;  // told to all by rank 0
    if (!has_begun_) {
      if (may_speak(error.problems()[0].cause == Cause::lost_process)) tell(error);
      throw;
    }
    // the numbers of all are the same: what is wrong with them, rank 0 says
    const bool is_known =
        error.status() == Exit::failed && error.problems()[0].cause != Cause::lost_process;
    if (!is_known) {
      if (may_speak(error.problems()[0].cause == Cause::lost_process)) tell(error);
      throw;
    }
    end();
    leave_word_to_rank_0();
  }
}

void SharedTraining::stop_others() try {
  // in steps, they wait for what will not come
  if (has_ended_ || processes_->is_in_steps()) return;
  if (processes_->count() > 1) processes_->next_steps({0, false});
  end();
} catch (const Error&) {  // one of them has ended, too; what ended this process is told
}

void SharedTraining::end() {
  if (std::exchange(has_ended_, true)) return;
  processes_->leave();
  watchdog_ = {};
}

namespace {

Exit work_in_group(const Experiment& experiment, SharedTraining& shared,
                   const SharedWork& work) try {
  if (!shared.leads()) {
    work.follow(experiment, shared);
    return Exit::done;
  }
  const Exit exit = work.lead(experiment, shared);
  shared.end();
  return exit;
} catch (const Interrupted&) {
  shared.end();
  throw;
} catch (const TrainingError& error) {
  if (error.problems()[0].cause != Cause::lost_process)
    shared.end();  // of numbers: every process has seen it
  else if (shared.leads() && !shared.may_speak(true))
    throw Interrupted{static_cast<int>(Exit::failed)};
  throw;
} catch (const Error& error) {
  shared.call_off(&error);
  if (shared.leads()) {
    shared.may_speak(false);  // it will
    shared.stop_others();
  }
  throw;
}

}  // namespace

Exit work_together(const Arguments& arguments, Registry& registry,
                   const std::filesystem::path& config, const SharedWork& work) {
  Experiment experiment;
  std::optional<Error> failure;
  try {
    experiment = read_experiment(config, arguments.overrides, registry);
  } catch (const Error& error) {
    failure = error;
  }
  SharedTraining shared(arguments, registry);
  if (failure && !(arguments.has("--resume") && shared.leads())) {
    shared.call_off(&*failure);
    throw *failure;
  }
  return work_in_group(experiment, shared, work);
}

}  // namespace nnrun::host
