// A process that a test can send signals to.
#pragma once
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>

#include "base/scratch.hpp"
namespace nnrun::testing {

class Process {
 public:
  /// Starts a command of the shell, with $nnrun set to the program; it becomes the process itself
  /// if the command is `exec …`. What it prints goes into the files out and err of the folder.
  Process(const std::string& command, const std::filesystem::path& folder) : folder_(folder) {
    const std::string script = "nnrun=" NNRUN_BUILD_DIR "/nnrun\n" + command;
    // a signal may end the shell before its first line: what an earlier process said is not its
    for (const char* const said : {"out", "err"}) std::filesystem::remove(folder / said);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process for a test");
    if (process_ > 0) return;
    if (::chdir(folder.c_str()) == 0)
      ::execl("/bin/sh", "sh", "-c", ("exec </dev/null >out 2>err\n" + script).c_str(), nullptr);
    ::_exit(126);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (process_ <= 0) return;
    send(SIGKILL);
    wait();
  }

  void send(int signal) const {
    if (process_ > 0) ::kill(process_, signal);
  }
  /// Returns its exit status, 128 + signal where one ended it.
  int wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  std::string out() const { return text_of(folder_ / "out"); }
  std::string err() const { return text_of(folder_ / "err"); }

 private:
  std::filesystem::path folder_;
  pid_t process_ = -1;
};

}  // namespace nnrun::testing
