#include "serving/successor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"

extern char** environ;

namespace nnrun::host {
namespace {

constexpr const char* variable = "NNRUN_SUCCESSOR";  // PROCESS TOKEN

/// Returns the environment of this process with one variable more.
std::vector<std::string> environment_with(const std::string& more) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) all.emplace_back(*one);
  all.push_back(more);
  return all;
}
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
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

}  // namespace

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
  const std::string program = program_file().string();
  words.insert(words.begin(), program);
  std::vector<std::string> environment = environment_with(
      std::string(variable) + "=" + std::to_string(::getpid()) + " " + inheritance.token);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int failed = ::posix_spawn(&child_, program.c_str(), &actions, nullptr,
                                   pointers_to(words).data(), pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) throw UsageError(Problem{.what = "cannot start another process"});
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
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace nnrun::host
