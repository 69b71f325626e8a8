#include "base/failing_calls.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
namespace {

struct Plan {
  bool on = false;
  int left = 0, error = 0;
  bool interrupt_next = true;
};
thread_local Plan plan;

bool fails() {
  if (!plan.on || --plan.left != 0) return false;
  errno = plan.error;
  return true;
}
/// Every other call is interrupted by a signal before it does anything.
bool interrupted() {
  if (!plan.on) return false;
  plan.interrupt_next = !plan.interrupt_next;
  if (plan.interrupt_next) return false;
  errno = EINTR;
  return true;
}

}  // namespace

// A program's own functions come before those of the C library.
extern "C" {
ssize_t write(int file, const void* bytes, size_t n) {
  if (interrupted() || fails()) return -1;
  return ::syscall(SYS_write, file, bytes, plan.on ? std::min<size_t>(n, 7) : n);
}
int fsync(int file) {
  if (interrupted() || fails()) return -1;
  return static_cast<int>(::syscall(SYS_fsync, file));
}
int openat(int folder, const char* name, int flags, ...) {
  if (interrupted() || fails()) return -1;
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return static_cast<int>(::syscall(SYS_openat, folder, name, flags, mode));
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned int flags) noexcept {
  if (fails()) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  if (fails()) return -1;
  return static_cast<int>(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}
int close(int file) {
  // the descriptor is free again even where the call fails
  const int status = static_cast<int>(::syscall(SYS_close, file));
  return fails() ? -1 : status;
}
}

namespace nnrun::testing {
FailingCalls::FailingCalls(int k, int error) {
  plan = {true, k, error, true};
}
FailingCalls::~FailingCalls() {
  plan = {};
}
bool FailingCalls::failed() const {
  return plan.left <= 0;
}
}  // namespace nnrun::testing
