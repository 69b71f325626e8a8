#include "base/crash.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "base/foreign_call.hpp"
namespace nnrun::host {
namespace {

std::atomic<CrashReport> report_to{nullptr};
std::atomic<const char*> reporting_thread{nullptr};  // an address of its own
std::atomic<pid_t> watched_process{0};
std::atomic<bool> end_is_expected{false};
char uncaught[256];  // what std::terminate found

/// A text that needs no allocation.
class FixedText {
 public:
  FixedText& operator<<(const char* text) {
    const std::size_t n = std::min(std::strlen(text), sizeof text_ - size_);
    std::memcpy(text_ + size_, text, n);
    size_ += n;
    return *this;
  }
  std::string_view all() const { return {text_, size_}; }

 private:
  char text_[1024];
  std::size_t size_ = 0;
};

/// The stack that handlers of this thread run on. Its memory is not thread-local itself: a shared
/// library with that much thread-local memory could not be loaded into a running program. The stack
/// that was there before, a sanitizer's for example, is there again when the thread ends.
class CrashStack {
 public:
  CrashStack() {
    const stack_t own{.ss_sp = memory_.get(), .ss_flags = 0, .ss_size = size};
    sigaltstack(&own, &before_);
  }
  CrashStack(const CrashStack&) = delete;
  CrashStack& operator=(const CrashStack&) = delete;
  ~CrashStack() { sigaltstack(&before_, nullptr); }

 private:
  static constexpr std::size_t size = 16384;
  const std::unique_ptr<char[]> memory_ = std::make_unique<char[]>(size);
  stack_t before_{};
};

void on_signal(int signal) {
  report_crash_now(signal);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// A process that a plugin forks ends as it likes.
bool is_watched() {
  return watched_process.load() == ::getpid();
}

void on_exit() {
  if (is_watched() && !end_is_expected.load()) report_crash_now(0);
}

void keep(const char* what) {
  std::strncpy(uncaught, what, sizeof uncaught - 1);
}

/// Keeps what was thrown in a fixed buffer: what() of a plugin's exception may be long, or null.
[[noreturn]] void on_terminate() {
  if (const std::exception_ptr exception = std::current_exception()) try {
      std::rethrow_exception(exception);
    } catch (const std::exception& e) {
      keep(e.what() != nullptr ? e.what() : "");
    } catch (...) {
      keep("something that is not a std::exception");
    }
  std::abort();
}

}  // namespace

void report_crash_now(int signal) {
  const CrashReport report = report_to.load();
  if (report == nullptr) return;
  static thread_local const char this_thread = 0;
  const char* reporting = nullptr;
  if (!reporting_thread.compare_exchange_strong(reporting, &this_thread)) {
    if (reporting == &this_thread) return;  // a crash in the report is the end
    for (;;) ::pause();                     // the thread that crashed first ends the process
  }
  FixedText where;
  const Called now = ForeignCall::now();
  if (now.what != nullptr && now.method != nullptr)
    where << "in " << now.method << " of " << now.what;
  else if (now.what != nullptr)
    where << "while " << now.what << " was loaded";
  else if (end_is_expected.load())
    where << "in a destructor of a library, as the program ended";
  if (*uncaught != 0)
    where << (where.all().empty() ? "" : ": ") << "uncaught exception: " << uncaught;
  report(signal, where.all());
}

void expect_end() {
  end_is_expected.store(true);
}

void report_early_end() {
  if (is_watched() && ForeignCall::now().what != nullptr) report_crash_now(0);
}

void give_crash_stack() {
  if (report_to.load() != nullptr) static thread_local const CrashStack own;
}

void report_crashes(CrashReport report) {
  watched_process.store(::getpid());
  const bool first = report_to.exchange(report) == nullptr;
  if (!first) return;
  give_crash_stack();
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    sigaction(signal, &action, nullptr);
  std::set_terminate(on_terminate);
  std::atexit(on_exit);
  std::at_quick_exit(on_exit);
}

}  // namespace nnrun::host
