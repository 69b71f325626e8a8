// What a thread is doing, for errors that do not say it themselves.
#pragma once
#include <exception>
namespace nnrun::host {

/// Notes what is being done for as long as it lasts, and beyond if an exception ends it: "out of
/// memory" is reported with it. what: `reading the data`, must outlive the thread's work.
class Doing {
 public:
  explicit Doing(const char* what) : outer_(now_) { now_ = what; }
  Doing(const Doing&) = delete;
  Doing& operator=(const Doing&) = delete;
  ~Doing() {
    if (std::uncaught_exceptions() == exceptions_) now_ = outer_;
  }
  /// Returns nullptr if nothing was noted.
  static const char* now() { return now_; }

 private:
  const char* outer_;
  int exceptions_ = std::uncaught_exceptions();
  inline static thread_local constinit const char* now_ = nullptr;
};

}  // namespace nnrun::host
