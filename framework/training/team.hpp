// A fixed team of threads. A step takes microseconds, so they spin before they sleep.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>
namespace nnrun::host {

class Team {
 public:
  explicit Team(unsigned size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  unsigned size() const { return size_; }

  /// Calls f(i, thread) as run does. Rethrows the first exception when all have ended.
  template <class F>
  void share(std::size_t n, F f) {
    std::exception_ptr failure;
    std::atomic_flag failed;
    auto job = [&](std::uint32_t i, unsigned thread) {
      try {
        f(i, thread);
      } catch (...) {
        if (!failed.test_and_set()) failure = std::current_exception();
      }
    };
    run(static_cast<std::uint32_t>(n), job);
    if (failure) std::rethrow_exception(failure);
  }

  /// Calls job(i, thread) for i from 0 to n - 1, each on the next free thread, and waits for all;
  /// the caller is thread 0. A descheduled thread delays only the job it already took. A job must
  /// not throw.
  template <class Job>
  void run(std::uint32_t n, Job& job) {
    run(
        n, [](void* j, std::uint32_t i, unsigned thread) { (*static_cast<Job*>(j))(i, thread); },
        &job);
  }

 private:
  using Call = void (*)(void*, std::uint32_t, unsigned thread);
  void run(std::uint32_t n, Call call, void* job);
  void wait_for_work(unsigned thread);
  void work(unsigned thread);

  unsigned size_;
  // Of the present round; set while no thread can take a job.
  std::atomic<Call> call_{nullptr};
  std::atomic<void*> job_{nullptr};
  alignas(64) std::atomic<std::uint64_t> open_{0};  // the round, and how many jobs are left
  alignas(64) std::atomic<unsigned> round_{0};      // threads wait on it
  alignas(64) std::atomic<unsigned> unfinished_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::jthread> threads_;
};

}  // namespace nnrun::host
