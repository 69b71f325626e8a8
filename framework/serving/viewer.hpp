// The thread that looks at a run while pages are open, at most thirty times a second.
#pragma once
#include <functional>
#include <thread>

#include "serving/broadcast.hpp"
#include "serving/eye.hpp"
namespace nnrun::host {

class Viewer {
 public:
  /// Keeps references. threads: that train. rebuilt: asked now and then while pages are there;
  /// returns the libraries that are no longer those that were loaded.
  Viewer(unsigned threads, Desk& desk, Broadcast& broadcast,
         std::function<std::vector<std::string>()> rebuilt);
  ~Viewer();  ///< closes both
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

 private:
  using Clock = Desk::Clock;

  void run();
  void show(Snapshot& now);
  void tell(const Error& error);
  void tell_of_libraries();

  Desk& desk_;
  Broadcast& broadcast_;
  std::shared_ptr<Eye> eye_;  // of the last picture; may be empty
  int rest_;                  // so many times as long as it works, at least
  Clock::time_point answers_due_{}, libraries_due_{};
  std::function<std::vector<std::string>()> rebuilt_;
  std::vector<std::string> told_;  // libraries
  Snapshot last_;
  bool has_shown_ = false, is_sharp_ = false;
  std::thread thread_;  // the last, for it uses all others
};

}  // namespace nnrun::host
