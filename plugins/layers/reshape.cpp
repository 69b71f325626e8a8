#include <cmath>

#include "copied.hpp"

/// The numbers of the input in another shape, in the same order.
struct Reshape : Copied {
  static constexpr auto name = "reshape", doc = "its input in another shape, number by number";
  std::span<const double> shape{};
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Reshape::shape, "shape", "sizes of the output", {.required = true}));
  }
  void check() const {
    if (shape.empty() || shape.size() > NNRUN_MAX_RANK)
      throw nnrun::Error("'shape' takes 1 to 4 sizes, not " + std::to_string(shape.size()));
    for (const double size : shape)
      if (!(size >= 1 && size <= 2147483648.) || size != std::floor(size))
        throw nnrun::Error("a size of 'shape' must be a whole number from 1 to 2147483648");
  }
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.free_cuts = 1;
    double numbers = 1;
    p.out.rank = static_cast<std::uint32_t>(shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      p.out.sizes[i] = static_cast<std::size_t>(shape[i]);
      numbers *= shape[i];
    }
    if (const std::size_t given = nnrun::size_of(p.in[0]); numbers != static_cast<double>(given))
      throw nnrun::Error("an input of " + shapes::text(p.in[0]) + " has " + std::to_string(given) +
                         (given == 1 ? " number" : " numbers") + ", which do not fit into " +
                         shapes::text(p.out));
  }
};
NNRUN_REGISTER(Reshape)
