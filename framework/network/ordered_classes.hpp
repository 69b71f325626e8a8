// Classes with an order. A network of one output less says how likely a class above the first is,
// above the second, and so on: Frank and Hall, "A simple approach to ordinal classification", 2001.
#pragma once
#include <cstddef>
#include <span>
#include <utility>
namespace nnrun::host {

/// Writes how likely each class is, from how likely a higher one than each but the last is. An
/// output that is larger than the one before it counts as that one: so no class is less likely than
/// not at all, and all together are certain.
template <class From, class To>
void class_probabilities(std::span<const From> above, std::span<To> classes) {
  double before = 1;
  for (std::size_t i = 0; i < above.size(); ++i) {
    const auto x = static_cast<double>(above[i]);
    const double own = x > before ? before : x;  // NaN stays
    classes[i] = static_cast<To>(before - own);
    before = own;
  }
  classes[above.size()] = static_cast<To>(before);
}

/// Returns the class that is the likeliest by `class_probabilities`, the lowest of several, and how
/// likely it is.
template <class T>
std::pair<std::size_t, T> likeliest_class(std::span<const T> above) {
  std::pair<std::size_t, T> likeliest{0, T{-1}};
  double before = 1;
  for (std::size_t i = 0; i <= above.size(); ++i) {
    const double x = i < above.size() ? static_cast<double>(above[i]) : 0,
                 own = x > before ? before : x;
    if (const auto share = static_cast<T>(before - own); share > likeliest.second)
      likeliest = {i, share};
    before = own;
  }
  return likeliest;
}

/// Turns rows of one number for each class, 1 for the right one, into what outputs are to be; in
/// place, from the front.
inline void to_higher_classes(std::span<double> rows, std::size_t classes) {
  double* to = rows.data();
  for (std::size_t row = 0; row + classes <= rows.size(); row += classes) {
    double above = 0;
    for (std::size_t c = 1; c < classes; ++c) above += rows[row + c];
    for (std::size_t c = 1; c < classes; ++c) {
      const double own = rows[row + c];
      *to++ = above;
      above -= own;
    }
  }
}

}  // namespace nnrun::host
