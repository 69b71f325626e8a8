// An exchange moves bytes between processes, whole and in order.
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace exchange_trial {

// None, one, odd, whole lanes, larger than what sockets and pipes hold: both ends send at once, and
// none may wait.
constexpr std::array<std::size_t, 10> message_sizes{0,    1,    3,      8,       4095,
                                                    4096, 4097, 70'001, 262'144, 3'000'000};
// All of it takes some milliseconds.
constexpr std::chrono::seconds longest{3};

/// One process of a group.
struct GroupTrial {
  std::shared_ptr<const Object> exchange;  // shared: a thread that waits may outlive the law
  nnrun_group group{sizeof group, 0, 0, nullptr};

  int move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
           std::span<std::byte> in) const {
    return exchange->status_of("move", exchange->functions<nnrun_exchange>().move, to, out.data(),
                               out.size(), from, in.data(), in.size());
  }
};

/// What one process sends another one. No two transfers send the same.
std::vector<std::byte> message(std::uint32_t from, std::uint32_t to, std::size_t n,
                               std::size_t transfer) {
  std::vector<std::byte> bytes(n);
  for (std::size_t i = 0; i < n; ++i)
    bytes[i] = static_cast<std::byte>(i * 7 + i / 251 + from * 31 + to * 17 + n + transfer * 101);
  return bytes;
}

/// The moves of one process, one after the other, until something is wrong.
class Moves {
 public:
  explicit Moves(const GroupTrial& trial) : trial_(trial) {}

  /// Returns what went wrong; empty if nothing did.
  std::string try_all() {
    for (const std::size_t n : message_sizes) {
      move(rank(), n, rank(), n);
      for (std::uint32_t away = 1; away < count(); ++away)  // around rings, all at once
        move(beyond(away), n, before(away), n);
    }
    for (std::uint32_t away = 1; away < count(); ++away)  // as long as its rank says
      for (const std::size_t n : {1u, 1000u, 100'000u})
        move(beyond(away), n * (rank() + 1), before(away), n * (before(away) + 1));
    for (std::uint32_t to = 0; to < count(); ++to)  // one way, two that must not become one
      for (std::uint32_t from = 0; from < count(); ++from) {
        if (to == from) continue;
        for (const std::size_t n : {5u, 3u}) one_way(from, to, n);
      }
    // of two that wait, the second is asked for first
    for (std::uint32_t first = 1; first + 1 < count(); ++first) {
      if (rank() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (rank() == first) one_way(first, 0, 9);
      one_way(first + 1, 0, 9);
      if (rank() == 0) one_way(first, 0, 9);
    }
    return fault_;
  }
  /// Returns what is being done. On any thread.
  std::string now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }

 private:
  std::uint32_t rank() const { return trial_.group.rank; }
  std::uint32_t count() const { return trial_.group.count; }
  std::uint32_t beyond(std::uint32_t away) const { return (rank() + away) % count(); }
  std::uint32_t before(std::uint32_t away) const { return (rank() + count() - away) % count(); }
  void one_way(std::uint32_t from, std::uint32_t to, std::size_t n) {
    if (rank() == to || rank() == from)
      move(to, rank() == from ? n : 0, from, rank() == to ? n : 0);
  }
  void move(std::uint32_t to, std::size_t n_out, std::uint32_t from, std::size_t n_in) {
    if (!fault_.empty()) return;
    const std::string which = std::to_string(n_out) + " bytes to rank " + std::to_string(to) +
                              ", " + std::to_string(n_in) + " from rank " + std::to_string(from);
    {
      const std::lock_guard lock(mutex_);
      now_ = which;
    }
    if (const std::string fault = fault_of(to, n_out, from, n_in); !fault.empty())
      fault_ = which + ": " + fault;
  }
  std::string fault_of(std::uint32_t to, std::size_t n_out, std::uint32_t from, std::size_t n_in) {
    const std::size_t sent = n_out > 0 ? sent_[to]++ : 0,
                      transfer = n_in > 0 ? received_[from]++ : 0;
    const std::vector<std::byte> out = message(rank(), to, n_out, sent);
    const std::vector<std::byte> expected = message(from, rank(), n_in, transfer);
    std::vector<std::byte> in(n_in + 8, std::byte{0x5a});
    if (trial_.move(to, out, from, std::span(in).first(n_in)) != 0)
      return "failed: " + take_plugin_error().what;
    if (std::any_of(in.end() - 8, in.end(), [](std::byte b) { return b != std::byte{0x5a}; }))
      return "writes past the end";
    const auto wrong = std::mismatch(expected.begin(), expected.end(), in.begin()).first;
    if (wrong == expected.end()) return "";
    for (std::size_t other = 0; other < transfer + 4; ++other)
      if (other != transfer && n_in >= 3 &&
          std::ranges::equal(message(from, rank(), n_in, other), std::span(in).first(n_in)))
        return "is what another transfer sends";
    return "byte " + std::to_string(wrong - expected.begin() + 1) + " is not what was sent";
  }

  const GroupTrial trial_;
  std::map<std::uint32_t, std::size_t> sent_, received_;  // transfers, by rank
  std::string fault_;
  mutable std::mutex mutex_;
  std::string now_;
};

struct Moved {
  std::string fault;    ///< empty: none
  bool is_over = true;  ///< false: a thread still waits, and this process must end
};
Moved moved(const GroupTrial& trial) {
  const auto moves = std::make_shared<Moves>(trial);
  const auto fault = std::make_shared<std::promise<std::string>>();
  std::future<std::string> told = fault->get_future();
  std::thread([moves, fault] { fault->set_value(moves->try_all()); }).detach();
  // rank 0 says that it waits; the end of another one before that would look like the fault
  const bool says = trial.group.rank == 0;
  if (told.wait_for(says ? longest : longest + std::chrono::seconds(2)) ==
      std::future_status::ready)
    return {told.get()};
  if (!says) ::_exit(1);
  return {moves->now() + ": has not ended after " + std::to_string(longest.count()) + " s", false};
}

/// The verdict of a process as it travels: a text with zeros behind it.
using Verdict = std::array<char, 256>;

/// Returns the first fault that any process of the group found. Those that the exchange started end
/// here.
std::string fault_in_group(const GroupTrial& trial, const std::string& own) {
  const auto [size, rank, count, host] = trial.group;
  Verdict verdict{};
  std::copy_n(own.begin(), std::min(own.size(), verdict.size() - 1), verdict.begin());
  const auto leave = trial.exchange->functions<nnrun_exchange>().leave;
  if (rank != 0) {
    trial.move(0, std::as_bytes(std::span(verdict)), 0, {});
    trial.exchange->status_of("leave", leave);
    ::_exit(0);
  }
  std::string first = own;
  for (std::uint32_t other = 1; other < count; ++other) {
    if (trial.move(other, {}, other, std::as_writable_bytes(std::span(verdict))) != 0)
      return "rank " + std::to_string(other) + " did not come to its end";
    if (first.empty() && verdict[0] != 0)
      first = "in rank " + std::to_string(other) + ": " + verdict.data();
  }
  if (trial.exchange->status_of("leave", leave) != 0)
    return "leave failed: " + take_plugin_error().what;
  return first;
}

/// One law for all, since some exchanges can be joined once in a process.
Finding moves(const Subject& subject) {
  GroupTrial trial{std::make_shared<const Object>(subject.use)};
  const auto join = trial.exchange->functions<nnrun_exchange>().join;
  if (trial.exchange->status_of("join", join, &trial.group) != 0)
    return broken("join failed: " + take_plugin_error().what);
  const auto& [size, rank, count, host] = trial.group;
  if (count == 0 || rank >= count)
    return broken("this is rank " + std::to_string(rank) + " of " + std::to_string(count));
  if (host == nullptr || *host == 0) return broken("join gives no host");
  if (rank != 0) ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a copy must not outlive what is tried
  const auto [own, is_over] = moved(trial);
  const std::string wrong = is_over ? fault_in_group(trial, own) : own;
  if (!wrong.empty()) return broken(wrong);
  return kept(std::to_string(count) + (count == 1 ? " process" : " processes") + ", messages of " +
              std::to_string(message_sizes.front()) + " to " +
              std::to_string(message_sizes.back()) + " bytes");
}

constexpr Law all[]{{"moves", moves}};

}  // namespace exchange_trial

std::span<const Law> exchange_laws() {
  return exchange_trial::all;
}

}  // namespace nnrun::host
