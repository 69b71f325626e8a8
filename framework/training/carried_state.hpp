// From the state of a run to that of the run that it becomes when its config is changed.
#pragma once
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// The numbers of a state, on their own.
class StateCopy {
 public:
  StateCopy() = default;
  explicit StateCopy(std::span<const StateNumbers> numbers);
  std::vector<StateNumbers> numbers() const;
  /// Returns the bytes of some numbers; nullptr if there are none of this name.
  std::vector<std::byte>* find(std::string_view name);

 private:
  struct Entry {
    std::string name, dtype;
    std::vector<std::byte> bytes;
  };
  std::vector<Entry> entries_;
};

/// Returns the first key whose change makes it another run from the start, such as `seed`; empty if
/// the run can go on with what it has learnt.
std::string key_that_starts_anew(const Experiment& before, const Experiment& after);

/// Returns the first key whose change is to wait for the end of the epoch, since it changes which
/// examples an epoch has, in which order, or how its cost is added up; empty if there is none.
std::string key_that_waits(const Experiment& before, const Experiment& after);

/// Returns the state of `after`, a trainer at its start, that goes on from `before`: what both have
/// is that of `before`, of parameters each number whose block and place both have. What only
/// `after` has is as at its start.
StateCopy carried_state(const Trainer& before, const Trainer& after);

}  // namespace nnrun::host
