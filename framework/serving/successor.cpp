#include "serving/successor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"

extern char** environ;

namespace nnrun::host {
namespace {

constexpr std::size_t most_said = 65536;             // of a process, that is read
constexpr const char* variable = "NNRUN_SUCCESSOR";  // PROCESS TOKEN

/// Returns the environment of this process with one variable more.
std::vector<std::string> environment_with(const std::string& more) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
  all.push_back(more);
  return all;
}
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Reads the first line of what a process writes; without its end, if there is none.
std::string first_line(int from) {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(from, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') return line;
    line += c;
  }
}

/// Starts this program with these words. Returns its process, or -1.
pid_t start(std::vector<std::string> typed, std::vector<std::string> environment,
            const posix_spawn_file_actions_t& actions) {
  const std::string program = program_file().string();
  typed.insert(typed.begin(), program);
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, program.c_str(), &actions, nullptr,
                                   pointers_to(typed).data(), pointers_to(environment).data());
  return failed == 0 ? child : -1;
}

int status_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Returns the first error of what this program writes to a person, and its hint.
std::string first_error(const std::string& text) {
  const auto after = [&](const std::string& mark) {
    const std::size_t at = text.find(mark);
    if (at == text.npos) return std::string();
    const std::size_t start = at + mark.size();
    return text.substr(start, text.find('\n', start) - start);
  };
  const std::string what = after("error: "), hint = after("= help: ");
  return what + (hint.empty() ? "" : "; " + hint);
}

}  // namespace

std::string refusal_of_check(std::vector<std::string> words, const std::function<bool()>& ending) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return "cannot open a pipe";
  words.insert(words.begin(), "check");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const pid_t child = start(std::move(words), environment_with("NO_COLOR=1"), actions);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string said;
  char bytes[4096];
  for (bool told = false; child > 0;) {
    pollfd there{ends[0], POLLIN, 0};
    const int ready = ::poll(&there, 1, 100);
    if (ending() && !std::exchange(told, true)) ::kill(child, SIGKILL);
    if (ready <= 0) continue;
    const ssize_t got = ::read(ends[0], bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (said.size() < most_said) said.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  if (child <= 0) return "cannot start another process";
  const int status = status_of(child);
  if (status == 0) return "";
  const std::string error = first_error(said);
  return error.empty() ? "a process that tried it ended with status " + std::to_string(status)
                       : error;
}

std::optional<Inheritance> inheritance() {
  const char* const value = std::getenv(variable);
  if (value == nullptr) return std::nullopt;
  const std::string text = value;
  ::unsetenv(variable);
  const std::size_t space = text.find(' ');
  if (space == text.npos || text.size() - space != 33) return std::nullopt;
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // and if it died before:
  if (text.substr(0, space) != std::to_string(::getppid())) std::raise(SIGTERM);
  return Inheritance{text.substr(space + 1)};
}

Successor::Successor(std::vector<std::string> words, const Inheritance& inheritance) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw UsageError(Problem{.what = "cannot open a pipe"});
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  child_ = start(std::move(words),
                 environment_with(std::string(variable) + "=" + std::to_string(::getpid()) + " " +
                                  inheritance.token),
                 actions);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (child_ < 0) throw UsageError(Problem{.what = "cannot start another process"});
  address_ = first_line(output_);
  if (!address_.starts_with("http://")) address_.clear();
}

Successor::~Successor() {
  if (output_ >= 0) ::close(output_);
}

int Successor::wait(const std::function<int()>& signal) {
  char bytes[4096];
  bool told = false;
  for (;;) {
    pollfd there{output_, POLLIN, 0};
    const int ready = ::poll(&there, 1, 100);
    if (const int arrived = signal(); arrived != 0 && !std::exchange(told, true))
      ::kill(child_, arrived);
    if (ready <= 0) continue;
    const ssize_t got = ::read(output_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    write_all(STDOUT_FILENO, {bytes, static_cast<std::size_t>(got)});
  }
  return status_of(child_);
}

}  // namespace nnrun::host
