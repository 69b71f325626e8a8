// How much memory and time a test may give to what it tries.
#pragma once
#include <sys/resource.h>
#include <sys/time.h>

#include <fstream>
#include <string>
namespace nnrun::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;  // slower, and needs memory for itself
#else
inline constexpr bool sanitized = false;
#endif

#if defined(__SANITIZE_THREAD__)
/// It hands a signal over at the next call of a library: never in a loop without calls.
inline constexpr bool loops_hear_signals = false;
#else
inline constexpr bool loops_hear_signals = true;
#endif

/// Returns how many bytes of private memory this process may write to.
inline rlim_t data_size() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmData:" && status >> word) return std::stoull(word) * 1024;
  return 0;
}

/// From now on this process gets no more than 128 MB on top of what it has.
inline void limit_memory() {
  const rlimit memory{data_size() + 128'000'000, RLIM_INFINITY};
  if (!sanitized) ::setrlimit(RLIMIT_DATA, &memory);
}

/// Ends this process after a second of processor time, unless it is called again before.
inline void limit_time() {
  const itimerval second{{0, 0}, {1, 0}};
  if (!sanitized) ::setitimer(ITIMER_PROF, &second, nullptr);
}

}  // namespace nnrun::testing
