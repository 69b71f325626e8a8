#include "training/processes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <numeric>

#include "base/error.hpp"
namespace nnrun::host {
namespace {

std::span<const std::byte> const_bytes(std::span<std::byte> bytes) {
  return bytes;
}

/// Returns where part k of n whole lanes, or fewer, of so many numbers begins.
std::size_t start_of_part(std::size_t numbers, std::size_t k, std::size_t n) {
  return numbers / NNRUN_LANES * k / n * NNRUN_LANES;
}

/// A part of a sum: some of its numbers, the last part with the cost behind them, if there is one.
template <class T>
struct PartOfSum {
  std::size_t from, count;
  bool has_cost;

  PartOfSum(std::size_t numbers, std::size_t first, std::size_t end, std::size_t n,
            bool ends_with_cost = true)
      : from(start_of_part(numbers, first, n)),
        count(start_of_part(numbers, end, n) - from),
        has_cost(ends_with_cost && end == n) {}
  std::size_t bytes() const { return count * sizeof(T) + (has_cost ? sizeof(double) : 0); }
  std::span<std::byte> of(T* numbers) const {
    return {reinterpret_cast<std::byte*>(numbers + from), bytes()};
  }
};

/// Adds numbers, with a cost behind them or without.
template <class T>
void add_part(std::byte* to, const std::byte* from, std::size_t count, bool has_cost) {
  add_numbers(reinterpret_cast<T*>(to), reinterpret_cast<const T*>(from), count);
  if (!has_cost) return;
  double a, b;
  std::memcpy(&a, to + count * sizeof(T), sizeof a);
  std::memcpy(&b, from + count * sizeof(T), sizeof b);
  a += b;
  std::memcpy(to + count * sizeof(T), &a, sizeof a);
}

constexpr std::size_t little = 1 << 14;  // bytes: to wait for messages takes longer than they do

}  // namespace

Traffic traffic_of(std::size_t bytes, std::uint32_t processes, std::size_t shards) {
  if (processes == 1) return {0, 0};
  const double n = processes, all = static_cast<double>(bytes);
  if (!std::has_single_bit(processes)) {  // by parts
    double sums = 0;                      // of the process that has the most
    for (std::uint32_t rank = 0; rank < processes; ++rank) {
      const ShardRows own = ShardCut(shards, processes).rows_of(rank);
      sums = std::max(sums, static_cast<double>(nodes_of(static_cast<std::uint32_t>(own.from),
                                                         static_cast<std::uint32_t>(own.count))
                                                    .size()));
    }
    return {2 * (n - 1), (sums + 1) * (n - 1) / n * all};
  }
  const double levels = std::log2(n);
  if (bytes <= little) return {levels, levels * all};
  return {2 * levels, 2 * (n - 1) / n * all};
}

Processes::Processes(const Use& exchange)
    : exchange_(exchange), move_(exchange_.functions<nnrun_exchange>().move) {
  nnrun_group group{};
  group.size = sizeof group;
  exchange_.call("join", exchange_.functions<nnrun_exchange>().join, &group);
  if (group.count == 0 || group.rank >= group.count || group.host == nullptr)
    throw PluginError(Problem{.what = "exchange '" + exchange_.plugin().name +
                                      "' says that this is rank " + std::to_string(group.rank) +
                                      " of " + std::to_string(group.count),
                              .where = exchange_.plugin().library->shown()});
  rank_ = group.rank;
  count_ = group.count;
  require_order();
  hosts_ = gather_texts(group.host);
}

/// Throws PluginError unless what each process sends comes from the rank that it says it is.
void Processes::require_order() {
  constexpr std::uint32_t most = 1 << 16;
  const auto refuse = [this](const std::string& what) {
    throw PluginError(Problem{.what = "exchange '" + exchange_.plugin().name + "' " + what,
                              .where = exchange_.plugin().library->shown()});
  };
  if (count_ > most) refuse("says that there are " + std::to_string(count_) + " processes");
  struct Seat {
    std::uint32_t rank, count;
  };
  const std::vector<Seat> all = gather(Seat{rank_, count_});
  for (std::uint32_t rank = 0; rank < count_; ++rank)
    if (all[rank].rank != rank || all[rank].count != count_)
      refuse("mixes up its processes: where rank " + std::to_string(rank) + " of " +
             std::to_string(count_) + " should be, there is rank " +
             std::to_string(all[rank].rank) + " of " + std::to_string(all[rank].count));
}

void Processes::wait_for(std::uint32_t rank) {
  waits_for_.store(rank, std::memory_order_relaxed);
  waits_since_.store(std::chrono::steady_clock::now().time_since_epoch().count(),
                     std::memory_order_relaxed);
}

void Processes::leave() {
  wait_for(everybody);
  exchange_.call("leave", exchange_.functions<nnrun_exchange>().leave);
}

std::string Processes::name_of(std::uint32_t rank) const {
  return "rank " + std::to_string(rank) + " on host " + hosts_[rank];
}

std::uint32_t Processes::count_here() const {
  return static_cast<std::uint32_t>(std::ranges::count(hosts_, hosts_[rank_]));
}

void Processes::move(std::uint32_t to, std::span<const std::byte> out, std::uint32_t from,
                     std::span<std::byte> in) {
  if (out.empty() && in.empty()) return;
  wait_for(in.empty() ? to : from);
  const int status =
      exchange_.status_of("move", move_, to, out.data(), out.size(), from, in.data(), in.size());
  waits_since_.store(0, std::memory_order_relaxed);
  moves_.fetch_add(1, std::memory_order_relaxed);
  if (status == 0) return;
  const Problem said = take_plugin_error();
  throw TrainingError(Problem{
      .what = "the processes of this training lost each other: " +
              (said.what.empty() ? "exchange '" + exchange_.plugin().name + "' failed" : said.what),
      .hint = "nnrun train --resume RUN goes on from its last checkpoint, with any number of "
              "processes",
      .cause = Cause::lost_process});
}

void Processes::gather(std::span<std::byte> all, const std::vector<std::size_t>& sizes) {
  moves_ = 0;
  std::vector<std::size_t> starts(count_ + 1, 0);
  std::inclusive_scan(sizes.begin(), sizes.end(), starts.begin() + 1);
  const auto part = [&](std::uint32_t rank) { return all.subspan(starts[rank], sizes[rank]); };
  // around a ring, each hands on what it got last
  const std::uint32_t next = (rank_ + 1) % count_, last = (rank_ + count_ - 1) % count_;
  for (std::uint32_t i = 0; i + 1 < count_; ++i)
    move(next, part((rank_ + count_ - i) % count_), last, part((last + count_ - i) % count_));
}

std::vector<std::string> Processes::gather_texts(const std::string& own) {
  const std::vector<std::size_t> sizes = gather(own.size());
  std::string all(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), '\0');
  std::size_t at = std::accumulate(sizes.begin(), sizes.begin() + rank_, std::size_t{0});
  std::ranges::copy(own, all.begin() + static_cast<std::ptrdiff_t>(at));
  gather(std::as_writable_bytes(std::span(all)), sizes);
  std::vector<std::string> texts;
  at = 0;
  for (const std::size_t size : sizes)
    texts.push_back(all.substr(std::exchange(at, at + size), size));
  return texts;
}

void Processes::broadcast(std::span<std::byte> bytes) {
  // those that hand on what they got come first
  moves_ = rank_ == 0 ? 0 : static_cast<std::uint32_t>(std::popcount(rank_)) - 1;
  for (std::uint32_t known = 1; known < count_; known *= 2)
    if (rank_ < known) {
      if (rank_ + known < count_) move(rank_ + known, const_bytes(bytes), 0, {});
    } else if (rank_ < 2 * known) {
      move(0, {}, rank_ - known, bytes);
    }
}

std::vector<std::byte> Processes::broadcast_any(std::vector<std::byte> bytes) {
  std::size_t size = bytes.size();
  broadcast(std::as_writable_bytes(std::span(&size, 1)));
  bytes.resize(size);
  broadcast(bytes);
  return bytes;
}

template <class T>
void Processes::add_up(ShardSums<T>& sums, std::size_t shards) {
  if (count_ == 1) return;
  moves_ = 0;
  if (can_add_up_some())
    add_up_some(sums, 0, sums.size());
  else
    add_up_by_parts(sums, shards);
}

template <class T>
void Processes::add_up_some(ShardSums<T>& sums, std::size_t from, std::size_t count) {
  moves_ = 0;
  add_up_by_halves(sums.numbers(0) + from, count, from + count == sums.size());
}

/// For 2, 4, 8, … processes, each of which has one sum. Two that are next to each other exchange
/// halves and add them, then those two apart exchange quarters, and so on: the large parts go the
/// short ways. Then the sums go back the same way.
template <class T>
void Processes::add_up_by_halves(T* own, std::size_t n, bool has_cost) {
  if (const PartOfSum<T> whole(n, 0, 1, 1, has_cost); whole.bytes() <= little) {
    scratch_.resize(std::max(scratch_.size(), whole.bytes()));
    for (std::uint32_t apart = 1; apart < count_; apart *= 2) {
      const std::uint32_t other = rank_ ^ apart;
      move(other, const_bytes(whole.of(own)), other, std::span(scratch_).first(whole.bytes()));
      add_part<T>(whole.of(own).data(), scratch_.data(), whole.count, has_cost);
    }
    return;
  }
  struct Parts {
    std::size_t from, end;
  };
  Parts still{0, count_};  // what this process adds up
  std::vector<Parts> before;
  const auto sum_of = [&](const Parts& parts) {
    return PartOfSum<T>(n, parts.from, parts.end, count_, has_cost);
  };
  for (std::uint32_t apart = 1; apart < count_; apart *= 2) {
    const std::uint32_t other = rank_ ^ apart;
    before.push_back(still);
    const std::size_t middle = (still.from + still.end) / 2;
    Parts given{middle, still.end};
    still.end = middle;
    if ((rank_ & apart) != 0) std::swap(still, given);
    const PartOfSum<T> kept = sum_of(still), sent = sum_of(given);
    scratch_.resize(std::max(scratch_.size(), kept.bytes()));
    move(other, const_bytes(sent.of(own)), other, std::span(scratch_).first(kept.bytes()));
    add_part<T>(kept.of(own).data(), scratch_.data(), kept.count, kept.has_cost);
  }
  for (std::uint32_t apart = count_ / 2; apart > 0; apart /= 2) {
    const Parts all = before.back();
    before.pop_back();
    const Parts wanted =
        still.from == all.from ? Parts{still.end, all.end} : Parts{all.from, still.from};
    move(rank_ ^ apart, const_bytes(sum_of(still).of(own)), rank_ ^ apart, sum_of(wanted).of(own));
    still = all;
  }
}

/// For any number of processes, each of which has a few sums: each adds one part up, of the sums of
/// all, then tells the others.
template <class T>
void Processes::add_up_by_parts(ShardSums<T>& sums, std::size_t shards) {
  struct Sum {
    ShardNode node;
    std::byte* at;
  };
  const std::size_t n = sums.size();
  const auto part_of = [&](std::uint32_t rank) { return PartOfSum<T>(n, rank, rank + 1, count_); };
  const auto nodes_of_rank = [&](std::uint32_t rank) {
    const ShardRows own = shards_of(rank, shards);
    return nodes_of(static_cast<std::uint32_t>(own.from), static_cast<std::uint32_t>(own.count));
  };
  const PartOfSum<T> mine = part_of(rank_);
  const std::size_t room = padded(mine.count) * sizeof(T) + NNRUN_LANES * sizeof(T);
  std::size_t all = 0;
  for (std::uint32_t rank = 0; rank < count_; ++rank) all += nodes_of_rank(rank).size();
  scratch_.resize(std::max(scratch_.size(), all * room));
  std::vector<std::vector<Sum>> of_rank(count_);
  std::byte* free = scratch_.data();
  for (std::size_t i = 0; i < sums.count(); ++i)
    of_rank[rank_].push_back({sums.node(i), mine.of(sums.numbers(i)).data()});
  for (std::uint32_t i = 1; i < count_; ++i) {
    const std::uint32_t to = (rank_ + i) % count_, from = (rank_ + count_ - i) % count_;
    const PartOfSum<T> theirs = part_of(to);
    packed_.clear();
    for (std::size_t k = 0; k < sums.count(); ++k) {
      const std::span<std::byte> part = theirs.of(sums.numbers(k));
      packed_.insert(packed_.end(), part.begin(), part.end());
    }
    const std::vector<ShardNode> nodes = nodes_of_rank(from);
    received_.resize(nodes.size() * mine.bytes());
    move(to, packed_, from, received_);
    for (std::size_t k = 0; k < nodes.size(); ++k, free += room) {
      std::copy_n(received_.data() + k * mine.bytes(), mine.bytes(), free);
      of_rank[from].push_back({nodes[k], free});
    }
  }
  std::vector<Sum> stack;
  for (const std::vector<Sum>& some : of_rank)
    for (const Sum& sum : some) {
      stack.push_back(sum);
      while (stack.size() > 1 && stack[stack.size() - 2].node.is_left_of(stack.back().node)) {
        Sum& left = stack[stack.size() - 2];
        add_part<T>(left.at, stack.back().at, mine.count, mine.has_cost);
        left.node.count *= 2;
        stack.pop_back();
      }
    }
  T* const own = sums.numbers(0);
  if (stack.front().at != mine.of(own).data())
    std::copy_n(stack.front().at, mine.bytes(), mine.of(own).data());
  std::vector<std::size_t> sizes;
  for (std::uint32_t rank = 0; rank < count_; ++rank) sizes.push_back(part_of(rank).bytes());
  gather({reinterpret_cast<std::byte*>(own), sums.bytes()}, sizes);
}
template void Processes::add_up(ShardSums<float>&, std::size_t);
template void Processes::add_up(ShardSums<double>&, std::size_t);
template void Processes::add_up_some(ShardSums<float>&, std::size_t, std::size_t);
template void Processes::add_up_some(ShardSums<double>&, std::size_t, std::size_t);

Processes::NextSteps Processes::next_steps(NextSteps steps) {
  std::array<std::uint64_t, 2> sent{steps.count, steps.early};
  broadcast(std::as_writable_bytes(std::span(sent)));
  is_in_steps_ = sent[0] > 0;
  return {sent[0], sent[1] != 0};
}

double Processes::after_steps(double seconds) {
  struct Report {
    double seconds;
    int signal, unused;
  };
  const std::vector<Report> reports = gather(Report{seconds, signal ? signal() : 0, 0});
  is_in_steps_ = false;
  const int heard = std::ranges::max(reports, {}, &Report::signal).signal;
  const bool is_known = heard == SIGINT || heard == SIGTERM || heard == SIGHUP;
  if (is_known && hear_a_signal) hear_a_signal(heard);
  return reports[0].seconds;
}

}  // namespace nnrun::host
