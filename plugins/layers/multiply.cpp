#include "elementwise.hpp"

/// y = Π xₖ, number by number: a gate if one of them runs from 0 to 1 (Hochreiter & Schmidhuber
/// 1997, *Long Short-Term Memory*).
struct Multiply : nnrun::Layer {
  static constexpr auto name = "multiply", doc = "the product of its inputs, which have one shape";
  void plan(nnrun_plan& plan) const { elementwise::plan(plan, name); }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    elementwise::forward(
        c, [&c](std::size_t i) __attribute__((always_inline)) {
          return times_others(nnrun::lane_at(c.in(0) + i), c, 0, i);
        });
  }
  auto row(auto in, auto) const {
    auto product = in[0];
    for (std::size_t k = 1; k < in.size(); ++k) product *= in[k];
    return product;
  }
  /// ∂y/∂xₖ = Π over the others. Dividing y by xₖ would fail at 0.
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    elementwise::backward(c, [&c](std::size_t k) {
      return [&c, k ](std::size_t i) __attribute__((always_inline)) {
        return times_others(nnrun::lane_at(c.d_out() + i), c, k, i);
      };
    });
  }

 private:
  template <class T>
  NNRUN_INLINE static nnrun::Lane<T> times_others(nnrun::Lane<T> x, const nnrun::LayerCall<T>& c,
                                                  std::size_t own, std::size_t i) {
    for (std::size_t k = 0; k < c.inputs(); ++k)
      if (k != own) x = x * nnrun::lane_at(c.in(k) + i);
    return x;
  }
};
NNRUN_REGISTER(Multiply)
