#include <algorithm>
#include <nnrun/plugin.hpp>

/// The share of examples whose answer is right: for one output, on the same side of ½ as the
/// target; for several, the largest output stands where the largest target stands.
struct Accuracy : nnrun::Metric {
  static constexpr auto name = "accuracy", doc = "share of examples whose answer is right";
  static constexpr bool fraction = true, higher_is_better = true;
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    std::size_t right = 0;
    for (std::size_t r = 0; r < y.rows; ++r) right += is_right(y[r], t[r]);
    return static_cast<double>(right) / static_cast<double>(y.rows);
  }
  template <class T>
  static bool is_right(std::span<const T> y, std::span<const T> t) {
    if (y.size() == 1) return (y[0] > T(0.5)) == (t[0] > T(0.5));
    return std::ranges::max_element(y) - y.begin() == std::ranges::max_element(t) - t.begin();
  }
};
NNRUN_REGISTER(Accuracy)
