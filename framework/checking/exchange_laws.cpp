// An exchange moves bytes between processes, whole and in order.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace exchange_trial {

// small, odd, larger than what sockets and pipes hold: both ends send at once, and none may wait
constexpr std::array<std::size_t, 5> message_sizes{1, 8, 4095, 70'001, 3'000'000};

/// One process of a group.
struct GroupTrial {
  const Object& exchange;
  nnrun_group group{sizeof group, 0, 0, nullptr};

  int move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
           std::span<std::byte> in) const {
    return exchange.status_of("move", exchange.functions<nnrun_exchange>().move, to, out.data(),
                              out.size(), from, in.data(), in.size());
  }
};

/// What a process sends another one.
std::vector<std::byte> message(std::uint32_t from, std::uint32_t to, std::size_t n) {
  std::vector<std::byte> bytes(n);
  for (std::size_t i = 0; i < n; ++i)
    bytes[i] = static_cast<std::byte>(i * 7 + i / 251 + from * 31 + to * 17 + n);
  return bytes;
}

/// Sends to one process and receives from another; returns what went wrong.
std::string fault_of_move(const GroupTrial& trial, std::uint32_t to, std::uint32_t from,
                          std::size_t n_out, std::size_t n_in) {
  const std::uint32_t rank = trial.group.rank;
  const std::vector<std::byte> out = message(rank, to, n_out), expected = message(from, rank, n_in);
  std::vector<std::byte> in(n_in + 8, std::byte{0x5a});
  const std::string which = std::to_string(n_out) + " bytes to rank " + std::to_string(to) + ", " +
                            std::to_string(n_in) + " from rank " + std::to_string(from) + ": ";
  if (trial.move(to, out, from, std::span(in).first(n_in)) != 0)
    return which + "failed: " + take_plugin_error().what;
  if (std::any_of(in.end() - 8, in.end(), [](std::byte b) { return b != std::byte{0x5a}; }))
    return which + "writes past the end";
  const auto wrong = std::mismatch(expected.begin(), expected.end(), in.begin()).first;
  if (wrong == expected.end()) return "";
  return which + "byte " + std::to_string(wrong - expected.begin() + 1) + " is not what was sent";
}

std::string fault_of_moves(const GroupTrial& trial) {
  const auto [size, rank, count, host] = trial.group;
  for (const std::size_t n : message_sizes) {
    if (std::string wrong = fault_of_move(trial, rank, rank, n, n); !wrong.empty()) return wrong;
    for (std::uint32_t away = 1; away < count; ++away)  // around rings, all at once
      if (std::string wrong =
              fault_of_move(trial, (rank + away) % count, (rank + count - away) % count, n, n);
          !wrong.empty())
        return wrong;
  }
  for (std::uint32_t to = 0; to < count; ++to)  // one way, two messages that must keep their order
    for (std::uint32_t from = 0; from < count; ++from)
      for (const std::size_t n : {5u, 3u}) {
        if (to == from || (rank != to && rank != from)) continue;
        std::string wrong =
            fault_of_move(trial, to, from, rank == from ? n : 0, rank == to ? n : 0);
        if (!wrong.empty()) return wrong;
      }
  return "";
}

/// The verdict of a process as it travels: a text with zeros behind it.
using Verdict = std::array<char, 256>;

/// Returns the first fault that any process of the group found. Those that the exchange started end
/// here.
std::string fault_in_group(const GroupTrial& trial, const std::string& own) {
  const auto [size, rank, count, host] = trial.group;
  Verdict verdict{};
  std::copy_n(own.begin(), std::min(own.size(), verdict.size() - 1), verdict.begin());
  const auto leave = trial.exchange.functions<nnrun_exchange>().leave;
  if (rank != 0) {
    trial.move(0, std::as_bytes(std::span(verdict)), 0, {});
    trial.exchange.status_of("leave", leave);
    ::_exit(0);
  }
  std::string first = own;
  for (std::uint32_t other = 1; other < count; ++other) {
    if (trial.move(other, {}, other, std::as_writable_bytes(std::span(verdict))) != 0)
      return "rank " + std::to_string(other) + " did not come to its end";
    if (first.empty() && verdict[0] != 0)
      first = "in rank " + std::to_string(other) + ": " + verdict.data();
  }
  if (trial.exchange.status_of("leave", leave) != 0)
    return "leave failed: " + take_plugin_error().what;
  return first;
}

/// One law for all, since some exchanges can be joined once in a process.
Finding moves(const Subject& subject) {
  const Object exchange(subject.use);
  GroupTrial trial{exchange};
  const auto join = exchange.functions<nnrun_exchange>().join;
  if (exchange.status_of("join", join, &trial.group) != 0)
    return broken("join failed: " + take_plugin_error().what);
  const auto& [size, rank, count, host] = trial.group;
  if (count == 0 || rank >= count)
    return broken("this is rank " + std::to_string(rank) + " of " + std::to_string(count));
  if (host == nullptr || *host == 0) return broken("join gives no host");
  const std::string wrong = fault_in_group(trial, fault_of_moves(trial));
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
