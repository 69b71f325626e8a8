#include <algorithm>
#include <cmath>

#include "copied.hpp"

/// The numbers of the input in another shape, in the same order.
struct Reshape : Copied {
  static constexpr auto name = "reshape", doc = "its input in another shape, number by number";
  std::span<const double> shape{};
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Reshape::shape, "shape",
                                      "sizes of the output; -1 for one of them: what is left",
                                      {.required = true}));
  }
  void check() const {
    if (shape.empty() || shape.size() > NNRUN_MAX_RANK)
      throw nnrun::Error("'shape' takes 1 to 4 sizes, not " + std::to_string(shape.size()));
    for (const double size : shape)
      if (size != left && (!(size >= 1 && size <= 2147483648.) || size != std::floor(size)))
        throw nnrun::Error(
            "a size of 'shape' must be a whole number from 1 to 2147483648, or -1 for what is "
            "left");
    if (std::ranges::count(shape, left) > 1)
      throw nnrun::Error("one size of 'shape' may be -1, not several");
  }
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.free_cuts = 1;
    const std::size_t given = nnrun::size_of(p.in[0]);
    double numbers = 1;
    for (const double size : shape) numbers *= size == left ? 1 : size;
    p.out.rank = static_cast<std::uint32_t>(shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] != left) {
        p.out.sizes[i] = static_cast<std::size_t>(shape[i]);
        continue;
      }
      p.out.sizes[i] =
          std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(given) / numbers));
      numbers *= static_cast<double>(p.out.sizes[i]);
    }
    if (numbers == static_cast<double>(given)) return;
    const std::string has = "an input of " + shapes::text(p.in[0]) + " has " +
                            std::to_string(given) + (given == 1 ? " number" : " numbers");
    if (std::ranges::count(shape, left) == 0)
      throw nnrun::Error(has + ", which do not fit into " + shapes::text(p.out));
    double others = 1;
    for (const double size : shape) others *= size == left ? 1 : size;
    throw nnrun::Error(has + ", which " + std::to_string(static_cast<std::size_t>(others)) +
                       " does not divide, so no size is left for -1");
  }

 private:
  static constexpr double left = -1;  // as Keras and PyTorch have it
};
NNRUN_REGISTER(Reshape)
