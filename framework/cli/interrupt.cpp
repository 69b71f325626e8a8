#include "cli/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "base/crash.hpp"
#include "cli/terminal.hpp"
namespace nnrun::host {
namespace {
// A signal handler can only reach what is global.
std::atomic<int> noted_signal{0};

void note(int signal) {
  noted_signal.store(signal, std::memory_order_relaxed);
  std::signal(SIGINT, SIG_DFL);  // the second signal, whichever, ends the program at once
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGHUP, SIG_DFL);
}

bool json_wanted = false;

// Only what a signal handler may do.
void write_to(int file, std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts)
    [[maybe_unused]] const auto written = ::write(file, text.data(), text.size());
}

void write_json(std::string_view name, std::string_view where) {
  write_to(Terminal::result_descriptor(), {"{\"error\":\"", name, " "});
  for (const char& c : where)  // what a string of JSON may not hold as it is
    write_to(Terminal::result_descriptor(),
             {c == '"' || c == '\\' || (c >= 0 && c < ' ') ? "?" : std::string_view(&c, 1)});
  write_to(Terminal::result_descriptor(), {"\",\"status\":4}\n"});
}

/// A plugin's crash is an error of the plugin; one of the program itself keeps its signal.
void tell(int signal, std::string_view where) {
  char name[64] = "exit was called";
  if (const char* const described = signal == 0 ? nullptr : ::sigdescr_np(signal)) {
    std::strncpy(name, described, sizeof name - 1);
    if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  }
  if (where.empty()) return write_to(STDERR_FILENO, {"error: the program crashed: ", name, "\n"});
  write_to(STDERR_FILENO,
           {"error: ", name, " ", where,
            "\n   = help: nnrun check LIBRARY.so puts every class of a library through its "
            "laws, in a process of its own\n"});
  if (json_wanted && !Terminal::result_begun()) write_json(name, where);
  ::_exit(4);  // Exit::plugin
}
}  // namespace

void tell_of_crashes(bool json) {
  json_wanted = json;
  report_crashes(tell);
}

void watch_for_interrupts() {
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
  // a terminal that was closed; nohup ignores it, and keeps to that
  if (std::signal(SIGHUP, note) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

int interrupt_signal() {
  return noted_signal.load(std::memory_order_relaxed);
}

}  // namespace nnrun::host
