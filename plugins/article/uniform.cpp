#include <nnrun/plugin.hpp>

/// U[low, high). The article starts every weight in [0, 1).
struct Uniform : nnrun::Initializer {
  static constexpr auto name = "uniform", doc = "uniform in [low, high)";
  double low = 0, high = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Uniform::low, "low", "smallest value"),
                         nnrun::param(&Uniform::high, "high", "upper end, not reached"));
  }
  void check() const {
    if (!(low < high)) throw nnrun::Error("'low' must be less than 'high'");
  }
  double draw(const nnrun::Stream& random, const nnrun::Block&) const { return random(low, high); }
};
NNRUN_REGISTER(Uniform)
