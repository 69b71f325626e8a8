// Compiled with fused multiply-addition, which nothing else of the program is.
#include "diagnosis/machine_peak.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
namespace nnrun::host {
namespace {

constexpr std::size_t chains = 10, steps = 100'000;  // as many as two units have in flight
constexpr int rounds = 12;

/// Makes `steps` multiply-additions in each of the chains, in vectors of so many bytes.
template <class T, std::size_t bytes>
[[gnu::always_inline]] inline T run_chains() {
  typedef T Vector __attribute__((vector_size(bytes)));
  Vector sum[chains];
  for (std::size_t i = 0; i < chains; ++i) sum[i] = Vector{} + static_cast<T>(i);
  const Vector factor = Vector{} + static_cast<T>(0.999), term = Vector{} + static_cast<T>(0.5);
  for (std::size_t step = 0; step < steps; ++step)
#pragma GCC unroll 10
    for (std::size_t i = 0; i < chains; ++i) sum[i] = sum[i] * factor + term;
  T all = 0;
  for (const Vector& s : sum) all += s[0];
  return all;
}

/// The same for each width that a processor may have. Sum: so that nothing is left out.
struct Width {
  double (*run)();
  std::size_t bytes;
};
template <class T>
double plain() {
  return static_cast<double>(run_chains<T, 16>());
}
#if defined(__x86_64__)
template <class T>
[[gnu::target("avx2,fma")]] double wide() {
  return static_cast<double>(run_chains<T, 32>());
}
template <class T>
[[gnu::target("avx512f")]] double widest() {
  return static_cast<double>(run_chains<T, 64>());
}
template <class T>
Width width_of_machine() {
  if (__builtin_cpu_supports("avx512f")) return {widest<T>, 64};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {wide<T>, 32};
  return {plain<T>, 16};
}
#else
template <class T>
Width width_of_machine() {
  return {plain<T>, 16};
}
#endif

template <class T>
double measured() {
  const Width width = width_of_machine<T>();
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    volatile double kept = width.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    static_cast<void>(kept);
    best = std::max(best,
                    static_cast<double>(chains * steps * (width.bytes / sizeof(T))) / took.count());
  }
  return best;
}

}  // namespace

double fused_per_second(Dtype dtype) {
  return dtype == Dtype::float32 ? measured<float>() : measured<double>();
}

}  // namespace nnrun::host
