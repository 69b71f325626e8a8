#include "elementwise.hpp"

/// y = x₀ − x₁
struct Subtract : nnrun::Layer {
  static constexpr auto name = "subtract", doc = "its first input minus its second";
  void plan(nnrun_plan& plan) const { elementwise::plan(plan, name, 2); }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    elementwise::forward(
        c, [ a = c.in(0), b = c.in(1) ](std::size_t i) __attribute__((always_inline)) {
          return nnrun::lane_at(a + i) - nnrun::lane_at(b + i);
        });
  }
  auto row(auto in, auto) const { return in[0] - in[1]; }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    elementwise::backward(c, [&c](std::size_t k) {
      return [ dy = c.d_out(), sign = k == 0 ? T(1) : T(-1) ](std::size_t i)
          __attribute__((always_inline)) {
        return nnrun::lane_at(dy + i) * sign;
      };
    });
  }
};
NNRUN_REGISTER(Subtract)
