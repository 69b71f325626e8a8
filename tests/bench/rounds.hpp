// Several things timed in turn, so that a busy machine is as unfair to all of them.
#pragma once
#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>
namespace nnrun::bench {

struct Contender {
  std::string name;
  std::function<double()> seconds;  ///< of one round
  double best = std::numeric_limits<double>::infinity();
};

/// Every contender once per round, in order; keeps the best of each.
inline void alternate(std::vector<Contender>& contenders, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (Contender& c : contenders) c.best = std::min(c.best, c.seconds());
}

}  // namespace nnrun::bench
