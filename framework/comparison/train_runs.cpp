#include "comparison/train_runs.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <list>
#include <nlohmann/json.hpp>

#include "base/child.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "report/plane.hpp"
#include "runs/recorded_run.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Returns where a run is recorded until it has ended: `.0001-machine-1234` beside its folder.
fs::path unfinished(const PlannedRun& run) {
  return run.folder.parent_path() / ("." + run.folder.filename().string() + "-" + this_process());
}

/// Removes what a killed comparison on this machine left of this run.
void remove_leftovers(const PlannedRun& run) {
  const std::string own = unfinished(run).filename().string();
  const std::string mine = own.substr(0, own.rfind('-') + 1);  // of any process of this machine
  std::error_code ignored;
  std::vector<fs::path> gone;
  for (fs::directory_iterator entry(run.folder.parent_path(), ignored), end;
       !ignored && entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(mine)) continue;
    const auto owner = parse_integer(std::string_view(name).substr(mine.size()));
    if (owner && ::kill(static_cast<pid_t>(*owner), 0) != 0 && errno == ESRCH)
      gone.push_back(entry->path());
  }
  for (const fs::path& folder : gone) fs::remove_all(folder, ignored);
}

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

struct Running {
  PlannedRun run;
  fs::path folder;
  Child child;
  std::string error = {};
};

class Pool {
 public:
  Pool(const ComparisonPlan& plan, const RunsListener& listener)
      : plan_(plan), listener_(listener), limits_{.seconds = plan.timeout} {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { stop(); }

  void start(const PlannedRun& run) {
    std::error_code error;
    fs::create_directories(run.folder.parent_path(), error);
    if (error)
      throw RecordError(Problem{.what = "cannot create the folder '" +
                                        run.folder.parent_path().string() +
                                        "': " + system_reason(error.value())});
    remove_leftovers(run);
    const fs::path folder = unfinished(run);
    running_.push_back(
        {run, folder,
         Child::start(
             [&](const Child::Send& send) { return train_in_child(plan_, run, folder, send); },
             limits_)});
    if (listener_.started) listener_.started(run);
  }

  /// Waits for messages of any child and handles them.
  void attend() {
    std::vector<pollfd> wait;
    double left = 0.2;  // stop() is called at least this often
    for (const Running& r : running_) {
      wait.push_back({r.child.descriptor(), POLLIN, 0});
      left = std::min(left, r.child.seconds_left());
    }
    ::poll(wait.data(), wait.size(), static_cast<int>(left * 1000) + 1);
    for (auto r = running_.begin(); r != running_.end();) {
      try {
        for (const Message& message : r->child.receive()) hear(*r, message);
      } catch (const BadMessage&) {
        r->child.distrust();
      }
      if (r->child.ended()) {
        finish(*r);
        r = running_.erase(r);
      } else {
        ++r;
      }
    }
  }

  /// Kills all children that are left and removes their folders.
  void stop() {
    for (Running& r : running_) r.child.kill();
    while (!running_.empty()) {
      Running& r = running_.front();
      while (!r.child.ended()) {
        pollfd wait{r.child.descriptor(), POLLIN, 0};
        ::poll(&wait, 1, 100);
        r.child.receive();
      }
      std::error_code ignored;
      fs::remove_all(r.folder, ignored);
      running_.pop_front();
    }
  }

  std::size_t size() const { return running_.size(); }

 private:
  void hear(Running& r, const Message& message) {
    if (message.name() == "error") r.error = error_of(message).what();
    if (message.name() == "progress" && listener_.progress)
      listener_.progress(r.run, progress_in(message));
  }

  void finish(const Running& r) {
    const std::string how = text_of(r.child.end(), limits_);
    const std::string error = how.empty() ? r.error : how;
    std::error_code ignored;
    if (!error.empty() && !fs::exists(r.folder / "run.json", ignored))
      record_failure(r.folder, experiment_of(plan_, r.run), plan_.command_line, error);
    give_final_name(r.folder, r.run);
    if (listener_.ended) listener_.ended(r.run);
  }

  const ComparisonPlan& plan_;
  const RunsListener& listener_;
  ChildLimits limits_;
  std::list<Running> running_;
};

}  // namespace

bool train_runs(const ComparisonPlan& plan, std::span<const PlannedRun> runs, unsigned jobs,
                const RunsListener& listener) {
  for (const ComparedConfig& config : plan.configs) prepare_records(config.experiment);
  Pool pool(plan, listener);
  std::size_t next = 0;
  while (next < runs.size() || pool.size() > 0) {
    if (listener.stop && listener.stop()) {
      pool.stop();
      return false;
    }
    while (next < runs.size() && pool.size() < jobs) pool.start(runs[next++]);
    pool.attend();
  }
  return true;
}

}  // namespace nnrun::host
