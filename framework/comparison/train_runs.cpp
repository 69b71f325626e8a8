#include "comparison/train_runs.hpp"

#include <poll.h>

#include <algorithm>
#include <list>
#include <optional>

#include "base/child.hpp"
#include "base/files.hpp"
#include "comparison/attempt.hpp"
#include "comparison/comparison_folder.hpp"
#include "comparison/orders.hpp"
#include "runs/recorded_run.hpp"
#include "runs/removal.hpp"
#include "runs/run_folder.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Gives the folder its final name. If another machine was faster, its run has the same numbers.
void give_final_name(const fs::path& from, const PlannedRun& run) {
  std::error_code error, ignored;
  fs::rename(from, run.folder, error);
  if (!error) return;
  const bool there = fs::exists(run.folder / "run.json", ignored);
  fs::remove_all(from, ignored);
  if (!there)
    throw RecordError(Problem{.what = "cannot write '" + run.folder.string() +
                                      "': " + system_reason(error.value())});
}

/// Removes a run that is to be repeated. Returns false if there is one now that is not: another
/// machine may have repeated it since it was looked at, so it is looked at again under another
/// name.
bool take_away(const PlannedRun& run, const fs::path& aside) {
  std::error_code error;
  fs::rename(run.folder, aside, error);
  if (error == std::errc::no_such_file_or_directory)  // somebody else has taken it away
    return attempt_in(run.folder) != Attempt::ended;
  if (error)
    throw RecordError(Problem{.what = "cannot rename '" + run.folder.string() +
                                      "': " + system_reason(error.value())});
  if (attempt_in(aside) == Attempt::ended) {
    give_final_name(aside, run);
    return false;
  }
  try {
    remove_run(aside);
  } catch (...) {  // it holds what is not nnrun's
    fs::rename(aside, run.folder, error);
    throw;
  }
  return true;
}

/// A run that a worker trains.
struct Running {
  PlannedRun run;
  fs::path folder;
  std::string error = {};
  bool outside = false;  // the reason of the error
};

/// A child that trains one run after the other. Between two, it waits for an order.
struct Worker {
  Orders orders;
  Child child;
  std::optional<Running> running = {};
};

class Pool {
 public:
  Pool(const ComparisonPlan& plan, std::span<const PlannedRun> runs, const RunsListener& listener)
      : plan_(plan),
        runs_(runs),
        listener_(listener),
        limits_{.seconds = plan.timeout},
        files_(plan.files) {
    for (const ComparedConfig& config : plan.configs)
      may_share_.push_back(may_share_process(plan, config));
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { stop(); }

  /// Returns false if the system has no room for another process now, but others run. Throws
  /// DataError if the data are not those of the plan.
  bool start(std::size_t number) {
    const PlannedRun& run = runs_[number];
    files_.check(plan_.configs[run.config].data_files);
    std::error_code error;
    fs::create_directories(run.folder.parent_path(), error);
    if (error)
      throw RecordError(Problem{.what = "cannot create the folder '" +
                                        run.folder.parent_path().string() +
                                        "': " + system_reason(error.value())});
    const fs::path folder = ComparisonFolder::unfinished(run.folder, process_);
    const Attempt attempt = attempt_in(run.folder);
    if (attempt == Attempt::ended) return leave(run);  // another machine was faster
    if (attempt == Attempt::repeated && !take_away(run, folder)) return leave(run);
    try {
      Worker& worker = worker_for(run, static_cast<std::uint32_t>(number));
      worker.running = Running{run, folder};
      worker.child.allow(limits_.seconds);
    } catch (const RecordError&) {
      if (workers_.empty()) throw;
      return false;
    }
    if (listener_.started) listener_.started(run);
    return true;
  }

  /// Waits for messages of any child and handles them.
  void attend() {
    std::vector<pollfd> wait;
    double left = 0.2;  // stop() is called at least this often
    for (const Worker& worker : workers_) {
      wait.push_back({worker.child.descriptor(), POLLIN, 0});
      left = std::min(left, worker.child.seconds_left());
    }
    ::poll(wait.data(), wait.size(), static_cast<int>(left * 1000) + 1);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      try {
        for (const Message& message : worker->child.receive()) hear(*worker, message);
      } catch (const BadMessage&) {
        worker->child.distrust();
      }
      const bool has_ended = worker->child.ended();
      if (has_ended && worker->running) finish(*worker);
      worker = has_ended ? workers_.erase(worker) : std::next(worker);
    }
  }

  /// Kills all children that are left and removes their folders.
  void stop() {
    for (Worker& worker : workers_) worker.child.kill();
    while (!workers_.empty()) {
      Worker& worker = workers_.front();
      while (!worker.child.ended()) {
        pollfd wait{worker.child.descriptor(), POLLIN, 0};
        ::poll(&wait, 1, 100);
        worker.child.receive();
      }
      std::error_code ignored;
      if (worker.running) fs::remove_all(worker.running->folder, ignored);
      workers_.pop_front();
    }
  }

  /// Returns how many runs are being trained.
  std::size_t size() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        workers_, [](const Worker& worker) { return worker.running.has_value(); }));
  }

 private:
  bool leave(const PlannedRun& run) {
    if (listener_.ended) listener_.ended(run);
    return true;
  }

  /// Orders a run of a child that waits for one, or starts another child for it. Throws RecordError
  /// if the system cannot.
  Worker& worker_for(const PlannedRun& run, std::uint32_t number) {
    const auto waits = [](const Worker& worker) {
      return !worker.running && !worker.child.is_told_to_end();
    };
    for (Worker& worker : workers_)
      if (may_share_[run.config] && waits(worker) && worker.orders.give(number)) return worker;
    try {
      Orders orders;
      Child child = Child::start([&](const Child::Send& send) {
        orders.be_the_child();
        return train_in_child(plan_, runs_, may_share_, orders, process_, send);
      });
      orders.be_the_parent();
      orders.give(number);
      return workers_.emplace_back(std::move(orders), std::move(child));
    } catch (const RecordError&) {  // there is room once those that wait have gone
      for (const Worker& worker : workers_)
        if (waits(worker)) worker.orders.end();
      throw;
    }
  }

  void hear(Worker& worker, const Message& message) {
    if (!worker.running) throw BadMessage(Problem{.what = "a child process that waits has spoken"});
    Running& running = *worker.running;
    if (message.name() == "error") {
      running.error = error_of(message).what();
      running.outside = message.flag("outside");
    }
    if (message.name() == "progress" && listener_.progress)
      listener_.progress(running.run, progress_in(message));
    if (message.name() == "ended") {
      worker.child.allow(0);
      finish(worker);
    }
  }

  /// Keeps what came of a run, now that it has ended, and perhaps its child.
  void finish(Worker& worker) {
    const Running r = *worker.running;
    files_.check(plan_.configs[r.run.config].data_files);  // nor did they change meanwhile
    const std::string how = text_of(worker.child.end(), limits_);
    const std::string error = how.empty() ? r.error : how;
    if (!error.empty() && attempt_in(r.folder) != Attempt::ended) {
      std::error_code ignored;
      fs::remove(r.folder / "run.json", ignored);  // one that says that it is running
      record_failure(r.folder, experiment_of(plan_, r.run), plan_.command_line, error);
    }
    if (how.empty() ? r.outside : is_outside(worker.child.end())) note_outside_cause(r.folder);
    give_final_name(r.folder, r.run);
    worker.running.reset();  // where any of this throws, stop() removes the folder
    if (listener_.ended) listener_.ended(r.run);
  }

  const ComparisonPlan& plan_;
  const std::span<const PlannedRun> runs_;
  const RunsListener& listener_;
  ChildLimits limits_;
  PlannedFiles files_;
  const std::string process_ = this_process();
  std::vector<bool> may_share_;  // of each config
  std::list<Worker> workers_;
};

}  // namespace

bool train_runs(const ComparisonPlan& plan, std::span<const PlannedRun> runs, unsigned jobs,
                const RunsListener& listener) {
  for (const ComparedConfig& config : plan.configs) prepare_records(config.experiment);
  Pool pool(plan, runs, listener);
  std::size_t next = 0;
  while (next < runs.size() || pool.size() > 0) {
    if (listener.stop && listener.stop()) {
      pool.stop();
      return false;
    }
    while (next < runs.size() && pool.size() < jobs && pool.start(next)) ++next;
    pool.attend();
  }
  return true;
}

}  // namespace nnrun::host
