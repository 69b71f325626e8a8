#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nnrun/plugin.hpp>
#include <vector>

/// Processes on one machine: this one and its copies (fork), each with a socket to every other.
/// Whoever waits watches all sockets, so that everybody hears at once of a process that ended. None
/// closes them before all are done: else the first to be done would seem to have failed.
struct Local : nnrun::Exchange {
  static constexpr auto name = "local", doc = "processes on this machine, which it starts itself";
  int processes = 2;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Local::processes, "processes",
                                      "how many; each has threads of its own",
                                      {.min = 1, .max = 64, .required = true}));
  }

  Local() = default;
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  constexpr ~Local() {
    close_all();
    if (first_end_ != nullptr) ::munmap(first_end_, sizeof *first_end_);
  }

  nnrun::Group join() {
    if (::gethostname(host_, sizeof host_ - 1) != 0) std::strcpy(host_, "localhost");
    const auto count = static_cast<std::uint32_t>(processes);
    std::vector<int> ends(count * count, -1);  // at [i * count + j]: that of i, to j
    for (std::uint32_t i = 0; i < count; ++i)
      for (std::uint32_t j = i + 1; j < count; ++j) {
        int pair[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
          fail_to_start(ends, "no socket between two processes", errno);
        ends[i * count + j] = pair[0];
        ends[j * count + i] = pair[1];
      }
    void* const shared = ::mmap(nullptr, sizeof *first_end_, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) fail_to_start(ends, "no memory is shared", errno);
    first_end_ = new (shared) std::atomic<std::uint32_t>(nobody);
    std::fflush(nullptr);
    for (std::uint32_t i = 1; i < count && rank_ == 0; ++i) {
      const pid_t copy = ::fork();
      if (copy < 0) fail_to_start(ends, "no process can be started", errno);
      if (copy > 0) copies_.push_back(copy);
      if (copy == 0) {
        rank_ = i;
        copies_.clear();
      }
    }
    for (std::uint32_t i = 0; i < count; ++i)
      for (std::uint32_t j = 0; j < count; ++j)
        if (i != rank_ && ends[i * count + j] >= 0) ::close(ends[i * count + j]);
    peers_.assign(ends.begin() + rank_ * count, ends.begin() + (rank_ + 1) * count);
    return {rank_, count, host_};
  }

  void move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
            std::span<std::byte> in) {
    if (to == rank_ && from == rank_) {
      std::copy_n(out.begin(), std::min(out.size(), in.size()), in.begin());
      return;
    }
    while (!out.empty() || !in.empty()) {
      if (!out.empty()) send_some(to, out);
      if (!in.empty()) receive_some(from, in);
      if (!out.empty() || !in.empty()) wait_for(to, !out.empty(), from, !in.empty());
    }
  }

  void leave() {
    wait_for_all();
    close_all();
    wait_for_copies();
  }

 private:
  static constexpr std::size_t most_at_once = std::size_t{1} << 20;
  static constexpr std::uint32_t nobody = ~0u;

  [[noreturn]] void fail_to_start(const std::vector<int>& ends, const char* what, int error) {
    for (const int end : ends)
      if (end >= 0) ::close(end);
    for (const pid_t copy : copies_) ::kill(copy, SIGKILL);
    wait_for_copies();
    throw nnrun::Error(std::string(what) + ": " + std::strerror(error), {},
                       "take fewer processes, or raise the limit: see ulimit -n and ulimit -u");
  }
  void wait_for_copies() {
    for (const pid_t copy : copies_)
      while (::waitpid(copy, nullptr, 0) < 0 && errno == EINTR) {
      }
    copies_.clear();
  }
  constexpr void close_all() {
    for (int& peer : peers_)
      if (peer >= 0) ::close(std::exchange(peer, -1));
  }
  /// Those that hear of an end come to theirs: told is the first one.
  [[noreturn]] void tell_of_end(std::uint32_t peer) const {
    std::uint32_t first = nobody;
    if (first_end_->compare_exchange_strong(first, peer)) first = peer;
    throw nnrun::Error("rank " + std::to_string(first) + " has ended");
  }
  /// A byte to each of the others says that this one is done; one from each, or its end, that it
  /// is.
  void wait_for_all() const {
    const std::byte done{1};
    for (const int peer : peers_)
      if (peer >= 0) [[maybe_unused]]
        const ssize_t sent = ::send(peer, &done, 1, MSG_NOSIGNAL);
    for (const int peer : peers_) {
      if (peer < 0) continue;
      std::byte said;
      pollfd watched{peer, POLLIN, 0};
      while (::recv(peer, &said, 1, 0) < 0 &&
             (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        ::poll(&watched, 1, -1);
    }
  }

  void send_some(std::uint32_t to, std::span<const std::byte>& out) const {
    while (!out.empty()) {
      const ssize_t n =
          ::send(peers_[to], out.data(), std::min(out.size(), most_at_once), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (n < 0) tell_of_end(to);
      out = out.subspan(static_cast<std::size_t>(n));
    }
  }
  void receive_some(std::uint32_t from, std::span<std::byte>& in) const {
    while (!in.empty()) {
      const ssize_t n = ::recv(peers_[from], in.data(), std::min(in.size(), most_at_once), 0);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (n <= 0) tell_of_end(from);
      in = in.subspan(static_cast<std::size_t>(n));
    }
  }
  /// Waits until bytes can go on. Throws if a process has ended, whichever: the others wait for it,
  /// and cannot come to their ends.
  void wait_for(std::uint32_t to, bool sends, std::uint32_t from, bool receives) const {
    std::vector<pollfd> watched;
    for (std::uint32_t peer = 0; peer < peers_.size(); ++peer) {
      short events = POLLRDHUP;
      if (sends && peer == to) events |= POLLOUT;
      if (receives && peer == from) events |= POLLIN;
      watched.push_back({peers_[peer], events, 0});
    }
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
      throw nnrun::Error(std::string("poll: ") + std::strerror(errno));
    for (std::uint32_t peer = 0; peer < watched.size(); ++peer)
      if (peer != from && (watched[peer].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
        tell_of_end(peer);
  }

  std::uint32_t rank_ = 0;
  char host_[256] = {};
  std::vector<int> peers_;                           // a socket to each; -1: this process
  std::vector<pid_t> copies_;                        // that it started
  std::atomic<std::uint32_t>* first_end_ = nullptr;  // of a process too early; shared
};
NNRUN_REGISTER(Local)
