#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/crash.hpp"
#include "cli/terminal.hpp"
namespace nnrun::host {
namespace {
// A signal handler can only reach what is global.
std::atomic<int> noted_signal{0};
std::atomic<bool> noted_request{false}, steps_are_over{false};

bool json_wanted = false;

// Does only what a signal handler may.
void write_to(int file, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts)
    [[maybe_unused]] const auto written = ::write(file, text.data(), text.size());
}

void write_json(std::string_view name, std::string_view where) {
  write_to(Terminal::result_descriptor(), {"{\"error\":\"", name, " "});
  for (const char& c : where)  // replaces what a JSON string must escape
    write_to(Terminal::result_descriptor(),
             {c == '"' || c == '\\' || (c >= 0 && c < ' ') ? "?" : std::string_view(&c, 1)});
  write_to(Terminal::result_descriptor(), {"\",\"status\":4}\n"});
}

/// A plugin's crash is an error of the plugin; one of the program itself keeps its signal.
void tell(int signal, std::string_view where) {
  char name[64] = "exit was called";
  if (signal == SIGALRM) std::strncpy(name, "no end of the step", sizeof name - 1);
  if (const char* const described =
          signal == 0 || signal == SIGALRM ? nullptr : ::sigdescr_np(signal)) {
    std::strncpy(name, described, sizeof name - 1);
    if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  }
  if (where.empty() && signal == 0) where = "by a thread of a plugin";
  if (where.empty()) return write_to(STDERR_FILENO, {"error: the program ended: ", name, "\n"});
  write_to(STDERR_FILENO,
           {"error: ", name, " ", where,
            "\n   = help: nnrun check LIBRARY.so puts every class of a library through its "
            "laws, in a process of its own\n"});
  if (json_wanted && !Terminal::result_begun()) write_json(name, where);
  ::_exit(4);  // Exit::plugin
}

// Seconds from the signal to a message about it, and from there to the end. Together they are less
// than the 30 s after which service managers usually kill a program.
constexpr unsigned first_patience = 1, last_patience = 24;

/// A step may take long, but a plugin that never returns must not keep the program running.
void wait_no_longer(int) {
  static bool told = false;
  if (!std::exchange(told, true)) {
    write_to(STDERR_FILENO,
             {"\nwaiting for the end of the step; a second signal ends it at once\n"});
    ::alarm(last_patience);
    return;
  }
  report_crash_now(SIGALRM);
  ::_exit(128 + noted_signal.load(std::memory_order_relaxed));
}

// Programs that end others, such as timeout(1), send the same signal to the process and to its
// group: two that come within so many milliseconds are one.
constexpr long at_once = 100;

long milliseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void note(int signal) {
  static std::atomic<long> first{0};
  if (noted_signal.load(std::memory_order_relaxed) != 0) {
    if (milliseconds_now() - first.load(std::memory_order_relaxed) < at_once) return;
    std::signal(signal, SIG_DFL);  // the second signal, whichever, ends the program at once
    ::raise(signal);
    return;
  }
  first.store(milliseconds_now(), std::memory_order_relaxed);
  noted_signal.store(signal, std::memory_order_relaxed);
  if (!steps_are_over.load(std::memory_order_relaxed)) ::alarm(first_patience);
}
}  // namespace

void tell_of_crashes(bool json) {
  json_wanted = json;
  report_crashes(tell);
}

void watch_for_interrupts() {
  std::signal(SIGALRM, wait_no_longer);
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
  // sent when the terminal is closed; under nohup it stays ignored
  if (std::signal(SIGHUP, note) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

void note_interrupt(int signal) {
  int none = 0;
  noted_signal.compare_exchange_strong(none, signal);
}

void wait_for_no_step() {
  steps_are_over.store(true, std::memory_order_relaxed);
  ::alarm(0);
}

void watch_for_requests() {
  std::signal(SIGUSR1, [](int) { noted_request.store(true, std::memory_order_relaxed); });
}

bool checkpoint_requested() {
  return noted_request.load(std::memory_order_relaxed) &&
         noted_request.exchange(false, std::memory_order_relaxed);
}

int interrupt_signal() {
  const int signal = noted_signal.load(std::memory_order_relaxed);
  if (signal != 0) ::alarm(0);  // the main thread asked, so it does not hang
  return signal;
}

}  // namespace nnrun::host
