// Sums that go from process to process while a step still works out what is to be added: layer by
// layer, from the last to the first, as backpropagation makes them.
//
// The order in which a number is added up is that of the tree, so when its layer goes changes no
// bit. It pays where a network carries bytes by itself, and costs time where this thread takes the
// core of one that computes; so a run tries both (`EarlyChoice`).
#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

#include "base/crash.hpp"
#include "network/graph.hpp"
#include "training/adding_up.hpp"
#include "training/processes.hpp"
namespace nnrun::host {

template <class F>
double seconds_in(F f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class T>
class EarlySums {
 public:
  /// Keeps references to the sums and the processes, which can add up some.
  EarlySums(const Graph& graph, ShardSums<T>& sums, Processes& processes)
      : sums_(sums), processes_(processes), parts_(parts_of(graph)), done_(parts_.size()) {
    if (!is_worth_it()) return;
    thread_ = std::jthread([this, log = LogsHere::now()](const std::stop_token& stop) {
      const LogsHere logs(log);
      give_crash_stack();
      work(stop);
    });
  }
  EarlySums(const EarlySums&) = delete;
  EarlySums& operator=(const EarlySums&) = delete;
  /// Waits for the messages that are under way: each process sends them.
  ~EarlySums() = default;

  bool is_worth_it() const { return parts_.size() > 1; }
  /// To be called before the last shard's gradient is computed, where the sums have their room for
  /// it.
  void begin() {
    const std::lock_guard lock(mutex_);
    done_ = 0;
    whole_from_ = std::numeric_limits<std::size_t>::max();
    seconds_ = 0;
  }
  /// Says that the gradients of the nodes from this one on are whole. On any thread.
  void are_whole(std::size_t node) {
    {
      const std::lock_guard lock(mutex_);
      whole_from_ = std::min(whole_from_, node);
    }
    changed_.notify_all();
  }
  /// Says that all are, and waits until they are added up. Throws what kept them from that.
  void finish() {
    are_whole(0);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done_ == parts_.size() || failure_; });
    if (failure_) std::rethrow_exception(failure_);
  }
  double seconds() const { return seconds_; }  ///< that the last step's took

 private:
  /// Layers in a row, whose sums are added up as one: from which node on they must be whole.
  struct Part {
    std::size_t from, count, node;
  };
  /// Returns them in the order in which they become whole.
  static std::vector<Part> parts_of(const Graph& graph) {
    constexpr std::size_t least = std::size_t{1} << 18;  // bytes: fewer wait for their message
    std::vector<Part> parts;
    std::size_t end = graph.n_parameters, first = 0;
    for (std::size_t k = graph.nodes.size(); k-- > 0;) {
      const Node& node = graph.nodes[k];
      if (!node.learns()) continue;
      first = k;
      if ((end - node.offset) * sizeof(T) < least) continue;
      parts.push_back({node.offset, end - node.offset, k});
      end = node.offset;
    }
    if (end > 0) parts.push_back({0, end, first});
    return parts;
  }
  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto has_work = [&] {
      return done_ < parts_.size() && !failure_ && whole_from_ <= parts_[done_].node;
    };
    while (changed_.wait(lock, stop, has_work)) {
      const Part part = parts_[done_];
      lock.unlock();
      std::exception_ptr failure;
      const double took = seconds_in([&] {
        try {
          sums_.take_early(part.from, part.count);
          processes_.add_up_some(sums_, part.from, part.count);
        } catch (...) {
          failure = std::current_exception();
        }
      });
      lock.lock();
      failure_ = failure;
      seconds_ += took;
      ++done_;
      changed_.notify_all();
    }
  }

  ShardSums<T>& sums_;
  Processes& processes_;
  const std::vector<Part> parts_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t done_, whole_from_ = 0;
  double seconds_ = 0;
  std::exception_ptr failure_;
  std::jthread thread_;
};

}  // namespace nnrun::host
