// A few rows that alone keep targets from being yes or no, and those that are farthest out: slips
// of the hand in most tables.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
namespace nnrun::host {

/// The first target that is neither 0 nor 1 (or neither -1 nor 1, if more of them are).
struct OddTarget {
  std::size_t part = 0, example = 0, column = 0;  ///< as the data set has them
  double value = 0;
  bool among_signs = false;  ///< the others are -1 and 1
  std::size_t odd_rows = 0, rows = 0;
  std::string place{};  ///< where it stands, as far as the data set knows

  /// Returns whether nearly all others are yes or no.
  bool is_rare() const { return odd_rows <= rows / 100; }
};

/// The smallest or the largest of all targets.
struct TargetEnd {
  std::size_t part = 0, example = 0;  ///< as the data set has them
  double value = 0;
  std::string place{};
};
using TargetEnds = std::array<TargetEnd, 2>;

/// Looks at all rows of targets, in order.
class OddTargets {
 public:
  explicit OddTargets(std::size_t cols) : cols_(cols) {}
  /// Takes the next rows of a part.
  template <class T>
  void take(std::size_t part, const T* t, std::size_t rows);
  /// Returns nothing if all rows are yes or no.
  std::optional<OddTarget> found() const;
  /// Returns the smallest and the largest, if each row has one target, and any.
  std::optional<TargetEnds> ends() const;

 private:
  std::size_t cols_, part_ = 0, example_ = 0, rows_ = 0;
  std::array<OddTarget, 2> first_{};  // among 0 and 1; among -1 and 1
  TargetEnds ends_{};
};

}  // namespace nnrun::host
