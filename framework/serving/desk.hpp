// Where the thread that trains meets those that ask and look. It never waits for them longer than a
// copy takes.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "serving/command.hpp"
namespace nnrun::host {

class Eye;

/// A report of an epoch, as a row of the curves.
struct CurveRow {
  std::uint64_t step = 0, epoch = 0;
  std::vector<double> values;  ///< cost and metrics of each part, as the columns of `hello` say
};

/// The run at one moment, between two steps.
struct Snapshot {
  std::uint64_t step = 0;
  std::uint64_t furthest = 0;  ///< step that was reached; the record is that of it
  double epochs = 0;           ///< with the part of the present one
  bool playing = false, over = false;
  double epochs_per_second = 0;
  std::string said;                          ///< why it cannot go on; empty: it can
  std::string note;                          ///< what it did beside what was asked for
  std::uint64_t changes = 0;                 ///< commands obeyed so far
  std::uint64_t branch = 0;                  ///< how often it went back
  std::vector<CurveRow> rows;                ///< reports since the last look; all of a new branch
  std::vector<std::byte> parameters, state;  ///< flat, as the model has them
  std::shared_ptr<Eye> eye;                  ///< for this network; another one after a change
  std::vector<std::uint64_t> edited;         ///< steps after which the run was changed
  std::size_t by_hand = 0;                   ///< weights that were, of these changes
};

class Desk {
 public:
  using Clock = std::chrono::steady_clock;

  // of pages
  void send(const Command& command);
  /// Sends a command that changes the run, and waits until it is done. Returns why it was not;
  /// empty: it was.
  std::string ask(const Command& command);

  // of the thread that looks
  /// Waits for the run's next moment between two steps and takes a copy of it. Returns false if the
  /// desk was closed.
  bool look(Snapshot& snapshot);
  std::uint64_t commands_so_far();
  /// Waits until there were more of them, or the desk was closed; also for half a second.
  void wait_for_command(std::uint64_t seen);

  // of the thread that trains
  /// Returns whether somebody waits. Asked between steps: one relaxed load.
  bool is_wanted() const { return wanted_.load(std::memory_order_relaxed); }
  /// Waits until somebody does, or until then.
  void wait_until(Clock::time_point then);
  std::vector<Command> take_commands();
  bool look_is_wanted();
  void give(Snapshot snapshot);

  /// Ends all waiting.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable to_trainer_, to_viewer_;
  std::atomic<bool> wanted_ = false;
  bool look_wanted_ = false, closed_ = false;
  std::vector<Command> commands_;
  std::uint64_t sent_ = 0;
  Snapshot snapshot_;
};

}  // namespace nnrun::host
