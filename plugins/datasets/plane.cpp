#include "playground.hpp"

/// Points of the square of ±6; the value is (x + y) / 10, of the point as moved by the noise.
/// Playground, *regressPlane*.
struct Plane : Playground<Plane> {
  static constexpr auto name = "plane", doc = "a value that rises evenly; of the Playground";
  constexpr Plane() { examples = 1200; }
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t, std::size_t, double part) const {
    const double x = random(-6, 6), y = random(-6, 6);
    const double moved_x = x + random(-6, 6) * part, moved_y = y + random(-6, 6) * part;
    return {x, y, (moved_x + moved_y) / 10};
  }
};
NNRUN_REGISTER(Plane)
