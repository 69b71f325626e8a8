#include "playground.hpp"

/// Points of the square of ±5, pushed 0.3 away from the axes; the label is 1 where both
/// coordinates, moved by the noise, have one sign, else -1. Playground, *classifyXORData*.
struct Xor : Playground<Xor> {
  static constexpr auto name = "xor", doc = "opposite quarters of a square; of the Playground";
  PlaygroundPoint point(const nnrun::Stream& random, std::size_t, std::size_t, double part) const {
    const auto pushed = [](double v) { return v > 0 ? v + 0.3 : v - 0.3; };
    const double x = pushed(random(-5, 5)), y = pushed(random(-5, 5));
    const double moved_x = x + random(-5, 5) * part, moved_y = y + random(-5, 5) * part;
    return {x, y, moved_x * moved_y >= 0 ? 1. : -1.};
  }
};
NNRUN_REGISTER(Xor)
