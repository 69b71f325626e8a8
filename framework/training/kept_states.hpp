// States of a run, kept to go back to.
#pragma once
#include <cstdint>
#include <map>
#include <utility>

#include "training/carried_state.hpp"
namespace nnrun::host {

class KeptStates {
 public:
  /// most_bytes: what all of them may take. The first, and the last few, stay in any case.
  explicit KeptStates(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Copies the state after so many steps, unless it is kept already.
  void keep(std::uint64_t step, const RunState& state);
  /// Copies the state in place of the one after so many steps, and forgets all later ones.
  void keep_as_last(std::uint64_t step, const RunState& state);
  void clear();
  /// Returns the numbers of the last state at or before a step, and its step. At least the first
  /// state was kept before.
  std::pair<std::uint64_t, std::vector<StateNumbers>> at_or_before(std::uint64_t step) const;
  std::size_t count() const { return states_.size(); }

 private:
  using States = std::map<std::uint64_t, StateCopy>;

  void forget(States::iterator state);
  void thin_out();

  std::size_t most_bytes_, bytes_ = 0;
  States states_;
};

}  // namespace nnrun::host
