#include "training/kept_states.hpp"

#include <iterator>
namespace nnrun::host {
namespace {

constexpr std::size_t most_states = 2000, last_few = 4;

}  // namespace

void KeptStates::keep(std::uint64_t step, const RunState& state) {
  const auto [at, is_new] = states_.try_emplace(step);
  if (!is_new) return;
  at->second = StateCopy(state.numbers());
  bytes_ += at->second.bytes();
  thin_out();
}

void KeptStates::keep_as_last(std::uint64_t step, const RunState& state) {
  for (auto at = states_.lower_bound(step); at != states_.end();) forget(at++);
  keep(step, state);
}

void KeptStates::clear() {
  states_.clear();
  bytes_ = 0;
}

void KeptStates::forget(States::iterator state) {
  bytes_ -= state->second.bytes();
  states_.erase(state);
}

/// Takes out the states whose loss leaves the smallest gap, compared with how long ago they were.
void KeptStates::thin_out() {
  while ((bytes_ > most_bytes_ || states_.size() > most_states) && states_.size() > last_few + 1) {
    const std::uint64_t newest = states_.rbegin()->first;
    const auto end = std::prev(states_.end(), last_few);
    auto least = end;
    double least_gap = 0;
    for (auto state = std::next(states_.begin()); state != end; ++state) {
      const auto gap = static_cast<double>(std::next(state)->first - std::prev(state)->first),
                 age = static_cast<double>(newest - state->first);
      if (least != end && gap / age >= least_gap) continue;
      least = state;
      least_gap = gap / age;
    }
    if (least == end) return;
    forget(least);
  }
}

std::pair<std::uint64_t, std::vector<StateNumbers>> KeptStates::at_or_before(
    std::uint64_t step) const {
  const auto state = std::prev(states_.upper_bound(step));
  return {state->first, state->second.numbers()};
}

}  // namespace nnrun::host
