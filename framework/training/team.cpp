#include "training/team.hpp"
namespace nnrun::host {
namespace {
constexpr int spins = 3000;  // some 100 microseconds

/// Waits until `value` is no longer `old`: first by looking, then asleep.
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
    threads_.emplace_back([this, thread] { work(thread); });
}

Team::~Team() {
  call_ = nullptr;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

void Team::run(Call call, void* job) {
  call_ = call;
  job_ = job;
  busy_.store(size_ - 1, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  call(job, 0);
  for (unsigned busy; (busy = busy_.load(std::memory_order_acquire)) != 0;)
    wait_for_change(busy_, busy);
}

void Team::work(unsigned thread) {
  for (unsigned round = 0;; ++round) {
    wait_for_change(round_, round);
    if (!call_) return;
    call_(job_, thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

}  // namespace nnrun::host
