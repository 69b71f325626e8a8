// Compiled for this machine, with fused multiply-add: what a core can do at most.
#include <algorithm>
#include <chrono>
#include <cstddef>

#include "batches.hpp"
namespace nnrun::bench {
namespace {
#if defined(__AVX512F__)
constexpr std::size_t bytes = 64;
#elif defined(__AVX__)
constexpr std::size_t bytes = 32;
#else
constexpr std::size_t bytes = 16;
#endif
typedef float Vector __attribute__((vector_size(bytes)));
}  // namespace

double fused_per_second() {
  constexpr std::size_t chains = 10, steps = 200'000;  // as many as two units have in flight
  double best = 0;
  for (int round = 0; round < 20; ++round) {
    Vector sum[chains];
    for (std::size_t i = 0; i < chains; ++i) sum[i] = Vector{} + static_cast<float>(i);
    const Vector factor = Vector{} + 0.999f, term = Vector{} + 0.5f;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t step = 0; step < steps; ++step)
#pragma GCC unroll 10
      for (std::size_t i = 0; i < chains; ++i) sum[i] = sum[i] * factor + term;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    volatile float kept = 0;
    for (const Vector& s : sum) kept = kept + s[0];
    best = std::max(best, chains * steps * (bytes / sizeof(float)) / took.count());
  }
  return best;
}

}  // namespace nnrun::bench
