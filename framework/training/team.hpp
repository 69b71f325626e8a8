// A fixed team of threads. A step takes microseconds, so they spin before they sleep.
#pragma once
#include <atomic>
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

  /// Calls job(thread) on every thread, on the caller's as 0, and waits for all. What a job throws
  /// it must keep for itself.
  template <class Job>
  void run(Job& job) {
    run([](void* j, unsigned thread) { (*static_cast<Job*>(j))(thread); }, &job);
  }

 private:
  using Call = void (*)(void*, unsigned);
  void run(Call call, void* job);
  void work(unsigned thread);

  unsigned size_;
  Call call_ = nullptr;
  void* job_ = nullptr;
  alignas(64) std::atomic<unsigned> round_{0};
  alignas(64) std::atomic<unsigned> busy_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace nnrun::host
