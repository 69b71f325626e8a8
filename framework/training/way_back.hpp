// Copies of all numbers that steps change, by which the steps can be undone.
#pragma once
#include <algorithm>
#include <vector>

#include "training/descent.hpp"
namespace nnrun::host {

template <class T>
class WayBack {
 public:
  /// Keeps references to all of them. w, state: of the model.
  WayBack(std::span<T> w, std::span<T> state, Descent<T>& descent) : descent_(descent) {
    kept_.push_back({w, {}});
    kept_.push_back({state, {}});
    descent.for_each_vector([this](std::span<T> numbers) { kept_.push_back({numbers, {}}); });
    std::size_t all = 0;
    for (const Kept& kept : kept_) all += kept.numbers.size();
    is_open_ = all <= most;
    for (Kept& kept : kept_)
      if (is_open_) kept.copy = Buffer<T>(kept.numbers.size());
  }
  /// Returns whether there are few enough numbers: to copy more takes longer than it saves.
  bool is_open() const { return is_open_; }
  /// Copies the numbers as they are now. Only if it is open.
  void mark() {
    for (const Kept& kept : kept_) std::ranges::copy(kept.numbers, kept.copy.data());
    moment_ = descent_.moment();
  }
  /// Sets the numbers to those of the last mark.
  void go_back() const {
    for (const Kept& kept : kept_) std::ranges::copy(kept.copy.all(), kept.numbers.data());
    descent_.set_moment(moment_);
  }

 private:
  static constexpr std::size_t most = 4096;
  struct Kept {
    std::span<T> numbers;
    Buffer<T> copy;
  };

  Descent<T>& descent_;
  std::vector<Kept> kept_;
  bool is_open_ = false;
  typename Descent<T>::Moment moment_;
};

}  // namespace nnrun::host
