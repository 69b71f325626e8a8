// What adding up over several processes takes, and whether it goes on beside the step.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
namespace nnrun::host {

/// What adding up over the processes took: messages and sums, and how long steps waited for it.
struct AddingUp {
  std::uint64_t steps = 0, early = 0;  // early: of these, those in which sums went early
  double seconds = 0, waited = 0;
  double training = 0;  // of the steps, in all

  void add(const AddingUp& more) {
    steps += more.steps;
    early += more.early;
    seconds += more.seconds;
    waited += more.waited;
  }
};

/// Whether sums go early: tried both ways in turn for some pieces of the run, then the faster one.
class EarlyChoice {
 public:
  bool next() const {
    if (tried_ < most_tries) return tried_ % 2 == 1;
    return best_[1] < 0.98 * best_[0];
  }
  /// Takes in what a step took that went as `next` says.
  void take(double seconds) {
    if (tried_ == most_tries) return;
    if (tried_ >= 2) best_[tried_ % 2] = std::min(best_[tried_ % 2], seconds);
    ++tried_;
  }
  bool is_made() const { return tried_ == most_tries; }

 private:
  static constexpr unsigned most_tries = 10;  // the first two only touch the memory
  unsigned tried_ = 0;
  double best_[2] = {std::numeric_limits<double>::infinity(),
                     std::numeric_limits<double>::infinity()};
};

}  // namespace nnrun::host
