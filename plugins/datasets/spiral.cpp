#include "playground.hpp"

/// Two arms, 1 and -1, each of half the points: r = 5 i / m, at the angle 1.75 turns · i / m, the
/// second arm half a turn further. The noise moves the points. Playground, *classifySpiralData*.
struct Spiral : Playground<Spiral> {
  static constexpr auto name = "spiral", doc = "two arms of a spiral; of the Playground";
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t i, std::size_t n,
                        double part) const {
    const std::size_t first = n - n / 2;  // of an odd number, one more
    const bool second = i >= first;
    const std::size_t m = second ? n / 2 : first;
    const double share = static_cast<double>(second ? i - first : i) / static_cast<double>(m);
    const double r = 5 * share;
    const double angle = 3.5 * std::numbers::pi * share + (second ? std::numbers::pi : 0);
    const double x = r * nnrun::sin(angle) + random(-1, 1) * part;
    const double y = r * nnrun::cos(angle) + random(-1, 1) * part;
    return {x, y, second ? -1. : 1.};
  }
};
NNRUN_REGISTER(Spiral)
