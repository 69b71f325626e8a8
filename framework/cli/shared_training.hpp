// One training on several processes: who they are, whether all are of the same mind, and what each
// may say. Rank 0 alone writes and talks; the others only tell what keeps them from going on.
#pragma once
#include <functional>
#include <memory>
#include <thread>

#include "cli/arguments.hpp"
#include "cli/shared_board.hpp"
#include "training/processes.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Throws UsageError if a launcher such as mpirun started this process beside others that know
/// nothing of each other; all but the first end without a word.
void refuse_to_train_alone();

/// Throws UsageError if --watchdog is given without --exchange.
void refuse_lone_watchdog(const Arguments& arguments);

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
  /// others. is_patient: what follows may take some time in one of them, while the others wait.
  void begin(Trainer& trainer, bool is_patient = false);
  /// Tells the others, unless all have begun, that this process cannot train, or needs no training:
  /// then error is nullptr.
  void call_off(const Error* error);
  /// Ends the others, without a word of theirs, if this process, of rank 0, has failed between
  /// steps.
  void stop_others();
  /// Parts from the others when all are done.
  void end();
  /// Returns whether this process is to say what ended all. lost: it lost the others, and those
  /// that did too let rank 0 speak first.
  bool may_speak(bool lost);

  /// Does its part in a process that is not rank 0, to the end. begins: with `begin`.
  void follow(const Experiment& experiment, const std::function<void(Trainer&)>& part);
  /// Says on stderr what ended this process, beginning with its rank and host.
  void tell(const Error& error) const;

 private:
  void agree(const std::string& failure);
  void require_same(const Trainer& trainer);
  void share_state(Trainer& trainer);
  void watch(const std::stop_token& stop);

  SharedBoard board_;  // before the processes: copies of this one share it
  std::unique_ptr<Processes> processes_;
  unsigned threads_;
  bool is_resumed_;
  double patience_;  // seconds; 0: without end
  bool has_agreed_ = false, has_ended_ = false;
  std::atomic<bool> has_begun_{false};
  std::jthread watchdog_;
};

/// What the processes do together, once all have read the config.
struct SharedWork {
  std::function<Exit(const Experiment&, SharedTraining&)> lead;    ///< rank 0
  std::function<void(const Experiment&, SharedTraining&)> follow;  ///< the others
};
/// Reads a config, joins the other processes, and works with them. The config is read before, since
/// it may name the library of the exchange; what is wrong with it, rank 0 says.
Exit work_together(const Arguments& arguments, Registry& registry,
                   const std::filesystem::path& config, const SharedWork& work);

}  // namespace nnrun::host
