// One training on several processes: who they are, whether all are of the same mind, and what each
// may say. Rank 0 alone writes and talks; the others only tell what keeps them from going on.
#pragma once
#include <memory>
#include <thread>

#include "cli/arguments.hpp"
#include "training/processes.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Throws UsageError if a launcher such as mpirun started this process beside others that know
/// nothing of each other; all but the first end without a word.
void refuse_to_train_alone();

class SharedTraining {
 public:
  /// Joins the processes that --exchange names. All but rank 0 are silent from then on. Throws
  /// ConfigError, PluginError, UsageError.
  SharedTraining(const Arguments& arguments, Registry& registry);
  SharedTraining(const SharedTraining&) = delete;
  SharedTraining& operator=(const SharedTraining&) = delete;
  ~SharedTraining();

  Processes* processes() { return processes_.get(); }
  bool leads() const { return processes_->leads(); }
  /// Returns how many threads each process has: its share of the machine, unless they were given.
  unsigned threads() const { return threads_; }

  /// Holds what the processes train against each other, then gives all the state that rank 0 has.
  /// If one of them cannot train, throws what keeps it from that in rank 0, Interrupted{0} in
  /// others.
  void begin(Trainer& trainer);
  /// Tells the others, unless all have begun, that this process cannot train, or needs no training:
  /// then error is nullptr.
  void call_off(const Error* error);
  /// Parts from the others when all are done.
  void end();

  /// Trains in a process that is not rank 0, to the end.
  void follow(const Experiment& experiment);
  /// Says on stderr what ended this process, beginning with its rank and host.
  void tell(const Error& error) const;

 private:
  void agree(const std::string& failure);
  void require_same(const Trainer& trainer);
  void share_state(Trainer& trainer);
  void watch(const std::stop_token& stop) const;

  std::unique_ptr<Processes> processes_;
  unsigned threads_;
  bool is_resumed_;
  double patience_;  // seconds; 0: without end
  bool has_agreed_ = false, has_ended_ = false;
  std::atomic<bool> has_begun_{false};
  std::jthread watchdog_;
};

}  // namespace nnrun::host
