// The thread that looks at a run while pages are open, at most thirty times a second.
#pragma once
#include <thread>

#include "serving/broadcast.hpp"
#include "serving/eye.hpp"
namespace nnrun::host {

class Viewer {
 public:
  /// Keeps references. threads: that train.
  Viewer(unsigned threads, Desk& desk, Broadcast& broadcast);
  ~Viewer();  ///< closes both
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

 private:
  using Clock = Desk::Clock;

  void run();
  void show(Snapshot& now);
  void tell(const Error& error);

  Desk& desk_;
  Broadcast& broadcast_;
  std::shared_ptr<Eye> eye_;  // of the last picture; may be empty
  int rest_;                  // so many times as long as it works, at least
  Clock::time_point answers_due_{};
  Snapshot last_;
  bool has_shown_ = false, is_sharp_ = false;
  std::thread thread_;  // the last, for it uses all others
};

}  // namespace nnrun::host
