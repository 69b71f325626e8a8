#include "playground.hpp"

/// Points of the square of ±6 under six hills and valleys, each ±(1 - d / 2) at the distance d < 2
/// from its centre; where they meet, the one of largest magnitude counts. The noise moves the
/// point whose value is taken. Playground, *regressGaussian*.
struct RegGauss : Playground<RegGauss> {
  static constexpr auto name = "reg_gauss", doc = "six hills and valleys; of the Playground";
  constexpr RegGauss() { examples = 1200; }
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t, std::size_t, double part) const {
    const double x = random(-6, 6), y = random(-6, 6);
    const double moved_x = x + random(-6, 6) * part;
    return {x, y, value(moved_x, y + random(-6, 6) * part)};
  }

 private:
  static double value(double x, double y) {
    static constexpr double centres[][3] = {{-4, 2.5, 1},   {0, 2.5, -1}, {4, 2.5, 1},
                                            {-4, -2.5, -1}, {0, -2.5, 1}, {4, -2.5, -1}};
    double value = 0;
    for (const auto& [cx, cy, sign] : centres) {
      const double d = std::sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy));
      const double own = sign * std::max(0., 1 - d / 2);
      if (std::abs(own) > std::abs(value)) value = own;
    }
    return value;
  }
};
NNRUN_REGISTER(RegGauss)
