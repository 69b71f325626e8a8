// A target of two classes: which of them is the positive one, and how they become one number.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

/// How a row of two targets, 1 for the class that is there and 0 for the other, is read.
struct TwoClasses {
  bool given = false;       ///< the config says which class is positive; otherwise it is the last
  bool swapped = false;     ///< the data set has the positive class first
  bool one_number = false;  ///< the network has one output
  double no = 0;            ///< the number of the other class, if so; 1 is that of the positive one

  std::size_t width() const { return one_number ? 1 : 2; }
  /// Reads rows of the data set, in place: the positive class comes second, or is the number.
  void apply(std::span<double> rows) const;
};

/// Returns how the classes are read, as `positive` says. target: its name, for messages; may be
/// empty. Throws ConfigError if `positive` is given and is not one of two classes; as_classes: what
/// makes classes of numbers, for that message; may be empty.
TwoClasses two_classes_of(const Placed<std::string>& positive,
                          const std::vector<std::string>& classes, const std::string& target,
                          const std::string& as_classes);

}  // namespace nnrun::host
