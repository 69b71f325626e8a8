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
/// Trains on for an epoch, of more than anybody waits for. Returns its seconds by the clock of the
/// run itself.
inline constexpr const char* many_epochs = "1000000";
inline double next_epoch(host::Trainer& trainer) {
  const double before = trainer.history().empty() ? 0 : trainer.history().back().seconds;
  host::Listener nobody;
  trainer.advance(nobody, trainer.steps_per_epoch());
  return trainer.history().back().seconds - before;
}
inline Contender trained(const std::string& name, host::Trainer& trainer) {
  return {name, [&] { return next_epoch(trainer); }};
}
inline double first_cost(host::Trainer& trainer) {
  next_epoch(trainer);
  return trainer.history()[0].train.cost;
}

/// Every contender once per round, in order; keeps the best of each.
inline void alternate(std::vector<Contender>& contenders, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (Contender& c : contenders) c.best = std::min(c.best, c.seconds());
}

}  // namespace nnrun::bench
