#include <algorithm>
#include <nnrun/plugin.hpp>

/// The share of examples whose answer is right: for one output, on the same side of ½ as the
/// target, or of 0 where targets are ±1; for several, the largest output stands where the largest
/// target stands.
struct Accuracy : nnrun::Metric {
  static constexpr auto name = "accuracy", doc = "share of examples whose answer is right";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    const T lowest = *std::min_element(t.data, t.data + t.rows * t.cols);
    const T middle = lowest < T(0) ? T(0) : T(0.5);
    std::size_t right = 0;
    for (std::size_t r = 0; r < y.rows; ++r) right += is_right(y[r], t[r], middle);
    return static_cast<double>(right) / static_cast<double>(y.rows);
  }
  template <class T>
  static bool is_right(std::span<const T> y, std::span<const T> t, T middle) {
    if (y.size() == 1) return (y[0] > middle) == (t[0] > middle);
    return std::ranges::max_element(y) - y.begin() == std::ranges::max_element(t) - t.begin();
  }
};
NNRUN_REGISTER(Accuracy)
