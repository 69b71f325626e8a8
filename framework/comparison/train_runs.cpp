#include "comparison/train_runs.hpp"

#include <poll.h>

#include <algorithm>
#include <list>

#include "base/child.hpp"
#include "base/files.hpp"
#include "comparison/attempt.hpp"
#include "comparison/comparison_folder.hpp"
#include "runs/recorded_run.hpp"
#include "runs/removal.hpp"
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

struct Running {
  PlannedRun run;
  fs::path folder;
  Child child;
  std::string error = {};
  bool outside = false;  // the reason of the error
};

class Pool {
 public:
  Pool(const ComparisonPlan& plan, const RunsListener& listener)
      : plan_(plan), listener_(listener), limits_{.seconds = plan.timeout}, files_(plan.files) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { stop(); }

  /// Returns false if the system has no room for another process now, but others run. Throws
  /// DataError if the data are not those of the plan.
  bool start(const PlannedRun& run) {
    files_.check(plan_.configs[run.config].data_files);
    std::error_code error;
    fs::create_directories(run.folder.parent_path(), error);
    if (error)
      throw RecordError(Problem{.what = "cannot create the folder '" +
                                        run.folder.parent_path().string() +
                                        "': " + system_reason(error.value())});
    const fs::path folder = ComparisonFolder::unfinished(run.folder);
    const Attempt attempt = attempt_in(run.folder);
    if (attempt == Attempt::ended) return leave(run);  // another machine was faster
    if (attempt == Attempt::repeated && !take_away(run, folder)) return leave(run);
    try {
      running_.push_back(
          {run, folder,
           Child::start(
               [&](const Child::Send& send) { return train_in_child(plan_, run, folder, send); },
               limits_)});
    } catch (const RecordError&) {
      if (running_.empty()) throw;
      return false;
    }
    if (listener_.started) listener_.started(run);
    return true;
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
  bool leave(const PlannedRun& run) {
    if (listener_.ended) listener_.ended(run);
    return true;
  }

  void hear(Running& r, const Message& message) {
    if (message.name() == "error") {
      r.error = error_of(message).what();
      r.outside = message.flag("outside");
    }
    if (message.name() == "progress" && listener_.progress)
      listener_.progress(r.run, progress_in(message));
  }

  void finish(const Running& r) {
    files_.check(plan_.configs[r.run.config].data_files);  // nor did they change meanwhile
    const std::string how = text_of(r.child.end(), limits_);
    const std::string error = how.empty() ? r.error : how;
    if (!error.empty() && attempt_in(r.folder) != Attempt::ended) {
      std::error_code ignored;
      fs::remove(r.folder / "run.json", ignored);  // one that says that it is running
      record_failure(r.folder, experiment_of(plan_, r.run), plan_.command_line, error);
    }
    if (how.empty() ? r.outside : is_outside(r.child.end())) note_outside_cause(r.folder);
    give_final_name(r.folder, r.run);
    if (listener_.ended) listener_.ended(r.run);
  }

  const ComparisonPlan& plan_;
  const RunsListener& listener_;
  ChildLimits limits_;
  PlannedFiles files_;
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
    while (next < runs.size() && pool.size() < jobs && pool.start(runs[next])) ++next;
    pool.attend();
  }
  return true;
}

}  // namespace nnrun::host
