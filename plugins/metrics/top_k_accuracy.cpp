#include <algorithm>
#include <nnrun/plugin.hpp>

/// The share of examples in which fewer than k outputs are greater than that of the true class,
/// where the target is largest. Ties count in favour, as in Keras.
struct TopKAccuracy : nnrun::Metric {
  static constexpr auto name = "top_k_accuracy",
                        doc = "share of examples whose class is among the k largest outputs";
  static constexpr bool fraction = true, higher_is_better = true;
  std::int64_t k = 5;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&TopKAccuracy::k, "k", "how many answers may be given", {.min = 1}));
  }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double right = 0;
    for (std::size_t r = 0; r < y.rows; ++r) {
      const T own = y[r][static_cast<std::size_t>(std::ranges::max_element(t[r]) - t[r].begin())];
      // not x > own: NaN must count as greater than own, and everything as greater than NaN
      right += std::ranges::count_if(y[r], [=](T x) { return !(x <= own); }) < k;
    }
    return right / static_cast<double>(y.rows);
  }
};
NNRUN_REGISTER(TopKAccuracy)
