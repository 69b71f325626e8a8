#include "training/team.hpp"

#include "base/crash.hpp"
#include "loading/object.hpp"
namespace nnrun::host {
namespace {
constexpr int spins = 3000;  // some 100 microseconds

/// Waits until `value` is no longer `old`: first spinning, then asleep.
void wait_for_change(std::atomic<unsigned>& value, unsigned old) {
  for (int i = 0; i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}
}  // namespace

Team::Team(unsigned size) : size_(size) {
  for (unsigned thread = 1; thread < size_; ++thread)
    threads_.emplace_back([this, thread, log = LogsHere::now()] {
      const LogsHere logs(log);
      wait_for_work(thread);
    });
}

Team::~Team() {
  stop_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

void Team::run(std::uint32_t n, Call call, void* job) {
  call_.store(call, std::memory_order_relaxed);
  job_.store(job, std::memory_order_relaxed);
  unfinished_.store(n, std::memory_order_relaxed);
  const std::uint64_t round = round_.load(std::memory_order_relaxed) + 1u;
  open_.store(round << 32 | n, std::memory_order_release);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work(0);
  for (unsigned left; (left = unfinished_.load(std::memory_order_acquire)) != 0;)
    wait_for_change(unfinished_, left);
}

/// Takes jobs one by one while any are left. `open_` holds the round too, so that a late thread's
/// exchange fails, instead of taking a job of a round that it has not seen.
void Team::work(unsigned thread) {
  std::uint64_t open = open_.load(std::memory_order_acquire);
  while (const auto left = static_cast<std::uint32_t>(open)) {
    const Call call = call_.load(std::memory_order_relaxed);
    void* const job = job_.load(std::memory_order_relaxed);
    if (!open_.compare_exchange_weak(open, open - 1, std::memory_order_acq_rel,
                                     std::memory_order_acquire))
      continue;
    call(job, left - 1, thread);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    open = open_.load(std::memory_order_acquire);
  }
}

void Team::wait_for_work(unsigned thread) {
  give_crash_stack();
  for (unsigned round = 0;;) {
    wait_for_change(round_, round);
    if (stop_.load(std::memory_order_relaxed)) return;
    round = round_.load(std::memory_order_acquire);
    work(thread);
  }
}

}  // namespace nnrun::host
