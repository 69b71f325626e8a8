#include "of_numbers.hpp"

/// The coefficient of determination, 1 − Σ (y − t)² / Σ (t − mean t)², averaged over the outputs: 1
/// is exact, 0 as good as the mean of the targets. Not defined where a target is always the same,
/// or for one example: there is no variance to explain. (scikit-learn says 1 if it is met exactly,
/// else 0, which looks like a score.)
struct R2 : OfNumbers<R2> {
  static constexpr auto name = "r2", doc = "share of the targets' variance that is explained";
  static constexpr bool higher_is_better = true;
  bool several = false;  // targets
  void prepare(const nnrun::Meaning& meaning) { several = meaning.cols > 1; }
  const char* word() const { return several ? "mean of the targets" : ""; }
  template <class T>
  double value(nnrun::Rows<const T> y, nnrun::Rows<const T> t) const {
    if (y.rows < 2) return std::nan("");
    double sum = 0;
    for (std::size_t c = 0; c < y.cols; ++c) {
      double mean = 0, error = 0, spread = 0;
      bool same = true;
      for (std::size_t r = 0; r < y.rows; ++r) mean += static_cast<double>(t[r][c]);
      mean /= static_cast<double>(y.rows);
      for (std::size_t r = 0; r < y.rows; ++r) {
        error += square(static_cast<double>(y[r][c]) - static_cast<double>(t[r][c]));
        spread += square(static_cast<double>(t[r][c]) - mean);
        same = same && t[r][c] == t[0][c];  // the mean of such targets may round
      }
      if (std::isnan(error)) return error;
      if (same) return std::nan("");
      sum += 1 - error / spread;
    }
    return sum / static_cast<double>(y.cols);
  }

 private:
  static double square(double x) { return x * x; }
};
NNRUN_REGISTER(R2)
