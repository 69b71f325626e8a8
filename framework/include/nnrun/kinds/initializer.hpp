// Initializers: the first values of a block of parameters.
#pragma once
#include <nnrun/kinds/common.hpp>

namespace nnrun {

/// What an initializer may know of a block of parameters. Dense weights: shape units × inputs.
struct Block {
  nnrun_shape shape;
  std::size_t fan_in, fan_out;
};

namespace detail {
template <class C>
int initialize(void* self, const nnrun_stream* stream, const nnrun_shape* shape, std::size_t fan_in,
               std::size_t fan_out, double* w) noexcept {
  return guard([&] {
    const C& c = *static_cast<const C*>(self);
    const Block block{*shape, fan_in, fan_out};
    std::size_t n = 1;
    for (std::uint32_t i = 0; i < shape->rank; ++i) n *= shape->sizes[i];
    const Stream random(stream);
    if constexpr (requires { c.draw(random, block); })
      for (std::size_t i = 0; i < n; ++i) w[i] = c.draw(random, block);
    else if constexpr (requires { c.fill(random, block, std::span(w, n)); })
      c.fill(random, block, std::span(w, n));
    else
      static_assert(never<C>,
                    "an initializer gives double draw(const nnrun::Stream& random, const "
                    "nnrun::Block& block) const, or fill");
  });
}
}  // namespace detail

/// Give `double draw(const Stream&, const Block&) const` for one number, or
/// `void fill(const Stream&, const Block&, span<double> w) const` for a whole block.
struct Initializer {
  static constexpr auto kind = "initializer/1";
  template <class C>
  static constexpr nnrun_initializer functions_of() {
    return {sizeof(nnrun_initializer), 0, detail::initialize<C>};
  }
};

}  // namespace nnrun
