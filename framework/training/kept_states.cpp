#include "training/kept_states.hpp"

#include <algorithm>
#include <iterator>
namespace nnrun::host {
namespace {

constexpr std::size_t most_states = 2000, last_few = 4;
constexpr std::size_t bytes_of_block = std::size_t{16} << 10;

}  // namespace

KeptStates::State KeptStates::copy_of(const RunState& state, const State* before) {
  State copy;
  for (const StateNumbers& numbers : state.numbers()) {
    const std::size_t k = copy.entries.size();
    const Entry* const like =
        before && k < before->entries.size() && before->entries[k].name == numbers.name
            ? &before->entries[k]
            : nullptr;
    Entry& entry = copy.entries.emplace_back(Entry{numbers.name, numbers.dtype});
    for (std::size_t at = 0; at < numbers.bytes.size(); at += bytes_of_block) {
      const auto block =
          numbers.bytes.subspan(at, std::min(bytes_of_block, numbers.bytes.size() - at));
      const std::size_t i = entry.blocks.size();
      if (like && i < like->blocks.size() && std::ranges::equal(*like->blocks[i], block)) {
        entry.blocks.push_back(like->blocks[i]);
      } else {
        entry.blocks.push_back(std::make_shared<const Bytes>(block.begin(), block.end()));
        copy.own_bytes += block.size();
      }
    }
    copy.own_bytes += entry.blocks.size() * sizeof entry.blocks[0];
  }
  return copy;
}

void KeptStates::keep(std::uint64_t step, const RunState& state) {
  const auto [at, is_new] = states_.try_emplace(step);
  if (!is_new) return;
  at->second = copy_of(state, at == states_.begin() ? nullptr : &std::prev(at)->second);
  bytes_ += at->second.own_bytes;
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
  bytes_ -= state->second.own_bytes;
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

std::pair<std::uint64_t, std::vector<StateNumbers>> KeptStates::at_or_before(std::uint64_t step) {
  const auto state = std::prev(states_.upper_bound(step));
  restored_.clear();
  for (const Entry& entry : state->second.entries) {
    Bytes& bytes = restored_.emplace_back();
    for (const auto& block : entry.blocks) bytes.insert(bytes.end(), block->begin(), block->end());
  }
  std::vector<StateNumbers> numbers;
  for (std::size_t k = 0; k < restored_.size(); ++k)
    numbers.push_back(
        {state->second.entries[k].name, state->second.entries[k].dtype, restored_[k]});
  return {state->first, std::move(numbers)};
}

}  // namespace nnrun::host
