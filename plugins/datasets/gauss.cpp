#include <nnrun/normal.hpp>

#include "playground.hpp"

/// Half of the points around (2, 2) with the label 1, half around (-2, -2) with -1, normal with
/// variance 0.5 + 7 · noise. Playground, *classifyTwoGaussData*.
struct Gauss : Playground<Gauss> {
  static constexpr auto name = "gauss", doc = "two clouds of normal points; of the Playground";
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t i, std::size_t n,
                        double part) const {
    const double centre = i < n - n / 2 ? 2 : -2, spread = std::sqrt(0.5 + 7 * part);
    const double x = centre + spread * nnrun::normal_from_uniform(random());
    return {x, centre + spread * nnrun::normal_from_uniform(random()), centre / 2};
  }
};
NNRUN_REGISTER(Gauss)
