#include "base/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

#include "base/crash.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

// A message travels as its length and its bytes. These two values are markers, not lengths: the
// code of the work follows, or text that says where the process ended.
constexpr std::uint32_t returned_mark = 0xffffffff, crashed_mark = 0xfffffffe;
constexpr double grace = 0.2;  // seconds, to tell where the time went

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void send_bytes(int to, const void* bytes, std::size_t n) {
  if (!write_all(to, {static_cast<const char*>(bytes), n})) _exit(1);  // the parent is gone
}

void write_with_length(int to, std::string_view bytes) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  send_bytes(to, &length, sizeof length);
  send_bytes(to, bytes.data(), bytes.size());
}

int pipe_of_this_child = -1;  // for the report of a crash
void send_crash(int, std::string_view where) {
  send_bytes(pipe_of_this_child, &crashed_mark, sizeof crashed_mark);
  write_with_length(pipe_of_this_child, where);
}

/// Sent first to a child whose time is over; SIGKILL follows if nothing comes back.
constexpr int out_of_time_signal = SIGXCPU;
void report_lateness(int signal) {
  report_crash_now(signal);
  _exit(1);
}

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit(decltype(RLIMIT_AS) what, std::uint64_t value) {
  rlimit old{};
  getrlimit(what, &old);
  const auto wanted = static_cast<rlim_t>(std::min<std::uint64_t>(value, old.rlim_max));
  const rlimit limits{wanted, wanted};
  setrlimit(what, &limits);
}

/// A sanitizer reserves terabytes of addresses.
constexpr bool addresses_count() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
}

[[noreturn]] void be_the_child(const std::function<int(const Child::Send&)>& work,
                               const ChildLimits& limits, int to, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  pipe_of_this_child = to;
  report_crashes(send_crash);
  std::signal(out_of_time_signal, report_lateness);
  limit(RLIMIT_CORE, 0);
  if (limits.memory > 0 && addresses_count()) limit(RLIMIT_AS, address_space() + limits.memory);
  std::fflush(stdout);
  if (const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC); nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
    if (nothing != STDIN_FILENO) ::close(nothing);
  }
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what a plugin prints is not a result
  const int code = work([to](const Message& message) { write_with_length(to, message.bytes()); });
  send_bytes(to, &returned_mark, sizeof returned_mark);
  send_bytes(to, &code, sizeof code);
  _exit(0);  // no destructor of the parent's objects runs twice
}

}  // namespace

std::string text_of(const ChildEnd& end, const ChildLimits& limits) {
  const std::string where = end.where.empty() ? "" : " " + end.where;
  switch (end.how) {
    case ChildEnd::How::returned:
      return "";
    case ChildEnd::How::exited:
      return "called exit(" + std::to_string(end.code) + ")" + where;
    case ChildEnd::How::out_of_time:
      return "took longer than " + shortest(limits.seconds) + " s" + where;
    case ChildEnd::How::garbled:
      return "sent what is not a message";
    case ChildEnd::How::signalled:
      break;
  }
  const char* const name = sigabbrev_np(end.code);
  std::string reason = sigdescr_np(end.code) ? sigdescr_np(end.code) : "unknown";
  std::ranges::transform(reason, reason.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return "ended by SIG" + std::string(name ? name : std::to_string(end.code).c_str()) + " (" +
         reason + ")" + where;
}

Child Child::start(const std::function<int(const Send&)>& work, const ChildLimits& limits) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw RecordError(Problem{.what = "no pipe to a child process: " + system_reason(errno),
                              .hint = "the number of open files is limited here: see ulimit -n"});
  const pid_t parent = getpid(), process = ::fork();
  if (process == 0) {
    ::close(ends[0]);
    be_the_child(work, limits, ends[1], parent);
  }
  const int error = errno;
  ::close(ends[1]);
  if (process < 0) {
    ::close(ends[0]);
    throw RecordError(Problem{
        .what = "no child process: " + system_reason(error),
        .hint = error == EAGAIN ? "the number of processes is limited here: see ulimit -u" : ""});
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  Child child;
  child.process_ = process;
  child.pipe_ = ends[0];
  child.allow(limits.seconds);
  return child;
}

void Child::allow(double seconds) {
  deadline_ = seconds > 0 ? now() + seconds : 0;
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      pipe_(std::exchange(other.pipe_, -1)),
      deadline_(other.deadline_),
      arrived_(std::move(other.arrived_)),
      returned_(other.returned_),
      crashed_(other.crashed_),
      late_(other.late_),
      garbled_(other.garbled_),
      killed_(other.killed_),
      end_(std::move(other.end_)) {}

Child::~Child() {
  if (pipe_ < 0) return;
  kill();
  collect();
}

double Child::seconds_left() const {
  if (deadline_ == 0) return std::numeric_limits<double>::infinity();
  return std::max(0., deadline_ - now());
}

void Child::kill() {
  if (pipe_ >= 0) ::kill(process_, SIGKILL);
  killed_ = true;
}

void Child::distrust() {
  garbled_ = true;
  arrived_.clear();
  kill();
}

std::vector<Message> Child::receive() {
  std::vector<Message> messages;
  const bool closed = read_pipe();
  try {
    unpack(messages);
  } catch (const BadMessage&) {  // foreign code may write into the pipe
    distrust();
  }
  if (pipe_ >= 0 && !closed && seconds_left() == 0) {
    if (late_) kill();
    if (!late_) ::kill(process_, out_of_time_signal), deadline_ += grace;
    late_ = true;
  }
  if (closed) collect();
  return messages;
}

bool Child::read_pipe() {
  while (pipe_ >= 0) {
    char bytes[65536];
    const ssize_t n = ::read(pipe_, bytes, sizeof bytes);
    if (n > 0 && !garbled_) arrived_.append(bytes, static_cast<std::size_t>(n));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;  // nothing more now
    if (n == 0) return true;
  }
  return false;
}

void Child::unpack(std::vector<Message>& messages) {
  std::string_view rest = arrived_;
  for (std::uint32_t length = 0; rest.size() >= sizeof length;) {
    std::memcpy(&length, rest.data(), sizeof length);
    const bool returned = length == returned_mark, crashed = length == crashed_mark;
    const std::size_t size = returned ? sizeof end_.code : crashed ? 0 : length;
    if (size > Message::most_bytes)
      throw BadMessage(Problem{.what = "a child process sent a message that is too long"});
    if (rest.size() - sizeof length < size) break;
    const std::string_view body = rest.substr(sizeof length, size);
    if (returned) std::memcpy(&end_.code, body.data(), size);
    if (!returned && !crashed && crashed_) end_.where = body;
    if (!returned && !crashed && !crashed_) messages.push_back(Message::of(body));
    returned_ = returned_ || returned;
    crashed_ = crashed_ || crashed;
    rest.remove_prefix(sizeof length + size);
  }
  arrived_.erase(0, arrived_.size() - rest.size());
}

void Child::collect() {
  ::close(std::exchange(pipe_, -1));
  int status = 0;
  pid_t gone = 0;
  // A child that closed its pipe ends at once; one that stays is killed. Where the system cannot
  // tell when it ends, it is looked at again and again.
  const auto its_end = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
  for (int i = 0; i < 100 && gone == 0; ++i) {
    gone = ::waitpid(process_, &status, WNOHANG);
    pollfd wait{its_end, POLLIN, 0};  // below 0: waits for the time alone
    if (gone == 0) ::poll(&wait, 1, i < 10 ? 1 : 10);
  }
  if (its_end >= 0) ::close(its_end);
  if (gone == 0) {
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  using How = ChildEnd::How;
  if (garbled_) end_ = {How::garbled, 0};
  if (returned_ || garbled_) return;
  end_.how = late_ ? How::out_of_time : WIFSIGNALED(status) ? How::signalled : How::exited;
  end_.code = late_ ? 0 : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

ChildResult run_child(const std::function<int(const Child::Send&)>& work,
                      const ChildLimits& limits) {
  Child child = Child::start(work, limits);
  ChildResult result;
  while (!child.ended()) {
    pollfd wait{child.descriptor(), POLLIN, 0};
    const double left = child.seconds_left();
    ::poll(&wait, 1, static_cast<int>(std::min(left * 1000, 1e9)) + 1);
    for (Message& message : child.receive()) result.messages.push_back(std::move(message));
  }
  result.end = child.end();
  return result;
}

void read_messages(ChildResult& result, const std::function<void(const Message&)>& read) try {
  for (const Message& message : result.messages) read(message);
} catch (const BadMessage&) {
  result.end = {.how = ChildEnd::How::garbled};
}

}  // namespace nnrun::host
