// Several things timed in turn, so that a busy machine is as unfair to all of them.
#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::bench {

struct Contender {
  std::string name;
  std::function<double()> seconds;  ///< of one round
  double best = std::numeric_limits<double>::infinity();
};

inline double seconds_of(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
/// An epoch per round, by the clock of the run itself.
inline Contender trained(const std::string& name, host::Trainer& trainer) {
  return {name, [&] { return trainer.train({}).seconds; }};
}
inline double first_cost(host::Trainer& trainer) {
  return trainer.train({}).epochs[0].train.cost;
}

/// Every contender once per round, in order; keeps the best of each.
inline void alternate(std::vector<Contender>& contenders, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (Contender& c : contenders) c.best = std::min(c.best, c.seconds());
}

}  // namespace nnrun::bench
