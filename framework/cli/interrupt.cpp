#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>
namespace nnrun::host {
namespace {
// A signal handler can only reach what is global.
std::atomic<int> noted_signal{0};

void note(int signal) {
  noted_signal.store(signal, std::memory_order_relaxed);
  std::signal(SIGINT, SIG_DFL);  // the second signal, whichever, ends the program at once
  std::signal(SIGTERM, SIG_DFL);
}

// Only what may be called in a handler: write, signal, raise.
void tell(int signal) {
  constexpr std::string_view text =
      "error: the program crashed, most likely in a plugin\n"
      "   = help: nnrun check LIBRARY.so puts a plugin through its laws and names what crashes; "
      "-v shows the libraries\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}
}  // namespace

void tell_of_crashes() {
  static char stack[16384];  // of its own: the usual one may be what overflowed
  const stack_t own{.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  sigaltstack(&own, nullptr);
  struct sigaction action {};
  action.sa_handler = tell;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    sigaction(signal, &action, nullptr);
}

void watch_for_interrupts() {
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
}

int interrupt_signal() {
  return noted_signal.load(std::memory_order_relaxed);
}

}  // namespace nnrun::host
