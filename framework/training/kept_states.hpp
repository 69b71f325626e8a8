// States of a run, kept to go back to.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "training/run_state.hpp"
namespace nnrun::host {

/// Shares what two states in a row have alike, above all the reports so far, of which a later state
/// has those of an earlier one: so a long run takes them once, not once for each state.
class KeptStates {
 public:
  /// most_bytes: what all of them may take, without what they share. The first, and the last few,
  /// stay in any case.
  explicit KeptStates(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Copies the state after so many steps, unless it is kept already.
  void keep(std::uint64_t step, const RunState& state);
  /// Copies the state in place of the one after so many steps, and forgets all later ones.
  void keep_as_last(std::uint64_t step, const RunState& state);
  void clear();
  /// Returns the numbers of the last state at or before a step, and its step; valid until the next
  /// call. At least the first state was kept before.
  std::pair<std::uint64_t, std::vector<StateNumbers>> at_or_before(std::uint64_t step);
  std::size_t count() const { return states_.size(); }
  std::size_t bytes() const { return bytes_; }  ///< of all, without what they share

 private:
  using Bytes = std::vector<std::byte>;
  struct Entry {
    std::string name, dtype;
    std::vector<std::shared_ptr<const Bytes>> blocks{};
  };
  struct State {
    std::vector<Entry> entries{};
    std::size_t own_bytes = 0;
  };
  using States = std::map<std::uint64_t, State>;

  static State copy_of(const RunState& state, const State* before);
  void forget(States::iterator state);
  void thin_out();

  std::size_t most_bytes_, bytes_ = 0;
  States states_;
  std::vector<Bytes> restored_;  // those of the last call
};

}  // namespace nnrun::host
