#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "base/crash.hpp"
namespace nnrun::host {
namespace {
// A signal handler can only reach what is global.
std::atomic<int> noted_signal{0};

void note(int signal) {
  noted_signal.store(signal, std::memory_order_relaxed);
  std::signal(SIGINT, SIG_DFL);  // the second signal, whichever, ends the program at once
  std::signal(SIGTERM, SIG_DFL);
}

void write_to_stderr(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts)
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

/// A plugin's crash is an error of the plugin; one of the program itself keeps its signal.
void tell(int signal, std::string_view where) {
  char name[64] = "exit was called";
  if (const char* const described = signal == 0 ? nullptr : ::sigdescr_np(signal)) {
    std::strncpy(name, described, sizeof name - 1);
    if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  }
  if (where.empty()) return write_to_stderr({"error: the program crashed: ", name, "\n"});
  write_to_stderr({"error: ", name, " ", where,
                   "\n   = help: nnrun check LIBRARY.so puts every class of a library through its "
                   "laws, in a process of its own\n"});
  ::_exit(4);  // Exit::plugin
}
}  // namespace

void tell_of_crashes() {
  report_crashes(tell);
}

void watch_for_interrupts() {
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
}

int interrupt_signal() {
  return noted_signal.load(std::memory_order_relaxed);
}

}  // namespace nnrun::host
