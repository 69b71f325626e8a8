// A library for LD_PRELOAD: a disk that is full, dying or slow. It counts the calls that concern
// files below one folder, in all processes together, and fails one of them.
//
//   NNRUN_DISK         the folder
//   NNRUN_DISK_PLAN    a file with a DiskPlan, which all processes share
#include "faults/failing_disk.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
namespace {

using nnrun::testing::DiskPlan;

template <class Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}
#define NEXT(function) next(&function, #function)

struct Disk {
  std::string_view folder;
  DiskPlan* plan = nullptr;

  Disk() {
    const char *const name = std::getenv("NNRUN_DISK"), *const file =
                                                            std::getenv("NNRUN_DISK_PLAN");
    if (name == nullptr || file == nullptr) return;
    const int descriptor = NEXT(open)(file, O_RDWR | O_CLOEXEC);
    void* const shared =
        ::mmap(nullptr, sizeof(DiskPlan), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared == MAP_FAILED) std::abort();
    NEXT(close)(descriptor);
    folder = name;
    plan = static_cast<DiskPlan*>(shared);
  }
  bool holds(std::string_view path) const {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  }
};
const Disk& disk() {
  static const Disk one;
  return one;
}

struct Path {
  char text[4096] = {};
  explicit Path(int descriptor) {
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (::readlink(link, text, sizeof text - 1) < 0) *text = 0;
  }
  Path(int at, const char* name) {
    if (*name == '/') {
      std::strncpy(text, name, sizeof text - 1);
      return;
    }
    if (at != AT_FDCWD)
      *this = Path(at);
    else if (::getcwd(text, sizeof text) == nullptr)
      *text = 0;
    const std::size_t n = std::strlen(text);
    std::snprintf(text + n, sizeof text - n, "/%s", name);
  }
};

/// Counts a call; returns whether it is the one that fails, with errno set.
bool fails(const Path& path) {
  const int before = errno;
  if (disk().plan == nullptr || !disk().holds(path.text)) return false;
  if (++disk().plan->calls == disk().plan->fail_at) {
    errno = disk().plan->error;
    return true;
  }
  errno = before;
  return false;
}
/// In the slow mode, every other call is interrupted by a signal before it does anything. No signal
/// interrupts the opening of a folder.
bool interrupted(const Path& path, int flags = 0) {
  static thread_local bool now = false;
  if ((flags & O_DIRECTORY) != 0) return false;
  if (disk().plan == nullptr || !disk().plan->slow || !disk().holds(path.text)) return false;
  now = !now;
  if (now) errno = EINTR;
  return now;
}
std::size_t piece(const Path& path, std::size_t n) {
  const bool slow = disk().plan != nullptr && disk().plan->slow && disk().holds(path.text);
  return slow ? std::min<std::size_t>(n, 7) : n;
}

}  // namespace

extern "C" {

#define OPEN(name)                                                  \
  int name(const char* path, int flags, ...) {                      \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                   \
    const Path whole(AT_FDCWD, path);                               \
    if (interrupted(whole, flags) || fails(whole)) return -1;       \
    return NEXT(name)(path, flags, mode);                           \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                                \
  int name(int at, const char* path, int flags, ...) {              \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                   \
    const Path whole(at, path);                                     \
    if (interrupted(whole, flags) || fails(whole)) return -1;       \
    return NEXT(name)(at, path, flags, mode);                       \
  }
OPENAT(openat)
OPENAT(openat64)
#define FOPEN(name)                                                        \
  FILE* name(const char* path, const char* mode) {                         \
    return fails(Path(AT_FDCWD, path)) ? nullptr : NEXT(name)(path, mode); \
  }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t read(int file, void* to, std::size_t n) {
  const Path path(file);
  if (interrupted(path) || fails(path)) return -1;
  return NEXT(read)(file, to, n);
}
ssize_t write(int file, const void* from, std::size_t n) {
  const Path path(file);
  if (interrupted(path) || fails(path)) return -1;
  return NEXT(write)(file, from, piece(path, n));
}
ssize_t writev(int file, const iovec* parts, int n) {
  const Path path(file);
  if (interrupted(path) || fails(path)) return -1;
  return NEXT(writev)(file, parts, n);
}
int fsync(int file) {
  const Path path(file);
  return interrupted(path) || fails(path) ? -1 : NEXT(fsync)(file);
}
int fdatasync(int file) {
  const Path path(file);
  return interrupted(path) || fails(path) ? -1 : NEXT(fdatasync)(file);
}
int ftruncate(int file, off_t size) noexcept {
  const Path path(file);
  return interrupted(path) || fails(path) ? -1 : NEXT(ftruncate)(file, size);
}
int close(int file) {
  const Path path(file);
  // the descriptor is free again even where the call fails
  const int status = NEXT(close)(file);
  return fails(path) ? -1 : status;
}
int rename(const char* from, const char* to) noexcept {
  return fails(Path(AT_FDCWD, from)) ? -1 : NEXT(rename)(from, to);
}
int renameat(int at, const char* from, int to_at, const char* to) noexcept {
  return fails(Path(at, from)) ? -1 : NEXT(renameat)(at, from, to_at, to);
}
int renameat2(int at, const char* from, int to_at, const char* to, unsigned flags) noexcept {
  return fails(Path(at, from)) ? -1 : NEXT(renameat2)(at, from, to_at, to, flags);
}
int linkat(int at, const char* from, int to_at, const char* to, int flags) noexcept {
  return fails(Path(at, from)) ? -1 : NEXT(linkat)(at, from, to_at, to, flags);
}
int unlink(const char* path) noexcept {
  return fails(Path(AT_FDCWD, path)) ? -1 : NEXT(unlink)(path);
}
int unlinkat(int at, const char* path, int flags) noexcept {
  return fails(Path(at, path)) ? -1 : NEXT(unlinkat)(at, path, flags);
}
int rmdir(const char* path) noexcept {
  return fails(Path(AT_FDCWD, path)) ? -1 : NEXT(rmdir)(path);
}
int remove(const char* path) noexcept {
  return fails(Path(AT_FDCWD, path)) ? -1 : NEXT(remove)(path);
}
int mkdir(const char* path, mode_t mode) noexcept {
  return fails(Path(AT_FDCWD, path)) ? -1 : NEXT(mkdir)(path, mode);
}
int fchmodat(int at, const char* path, mode_t mode, int flags) noexcept {
  return fails(Path(at, path)) ? -1 : NEXT(fchmodat)(at, path, mode, flags);
}
}
