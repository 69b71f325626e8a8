#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>
namespace nnrun::host {
namespace {
// A signal handler can only reach what is global.
std::atomic<int> noted_signal{0};

void note(int signal) {
  noted_signal.store(signal, std::memory_order_relaxed);
  std::signal(SIGINT, SIG_DFL);  // the second signal, whichever, ends the program at once
  std::signal(SIGTERM, SIG_DFL);
}
}  // namespace

void watch_for_interrupts() {
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
}

int interrupt_signal() {
  return noted_signal.load(std::memory_order_relaxed);
}

}  // namespace nnrun::host
