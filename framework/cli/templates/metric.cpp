#include <cmath>
#include <nnrun/plugin.hpp>

/// The correlation of yes and no answers with the truth: 1 always right, 0 as good as chance, −1
/// always wrong. Unlike accuracy, it is not fooled when one answer is rare. Matthews 1975.
struct NewThing : nnrun::Metric {
  static constexpr auto name = "new_thing", doc = "correlation of yes and no with the targets";
  static constexpr bool higher_is_better = true;
  double threshold = 0.5;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::threshold, "threshold", "above it is a yes"));
  }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    double yes[2] = {}, no[2] = {};  // counts of answers, by the right answer
    for (std::size_t i = 0; i < y.rows * y.cols; ++i)
      (static_cast<double>(y.data[i]) > threshold ? yes : no)[t.data[i] > T(0.5)] += 1;
    const double spread = (yes[0] + yes[1]) * (no[0] + no[1]) * (yes[0] + no[0]) * (yes[1] + no[1]);
    return spread > 0 ? (yes[1] * no[0] - yes[0] * no[1]) / std::sqrt(spread) : 0;
  }
};
NNRUN_REGISTER(NewThing)
