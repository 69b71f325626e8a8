#include "playground.hpp"

/// Half of the points within 2.5 of the origin, half between 3.5 and 5 away; the label is 1 where
/// the point, moved by the noise, is within 2.5, else -1. Playground, *classifyCircleData*.
struct Circle : Playground<Circle> {
  static constexpr auto name = "circle", doc = "a disc (1) in a ring (-1); of the Playground";
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t i, std::size_t n,
                        double part) const {
    const double r = i < n / 2 ? random(0, 2.5) : random(3.5, 5);
    const double angle = random(0, 2 * std::numbers::pi);
    const double x = r * nnrun::sin(angle), y = r * nnrun::cos(angle);
    const double moved_x = x + random(-5, 5) * part, moved_y = y + random(-5, 5) * part;
    return {x, y, moved_x * moved_x + moved_y * moved_y < 2.5 * 2.5 ? 1. : -1.};
  }
};
NNRUN_REGISTER(Circle)
