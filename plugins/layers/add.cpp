#include "elementwise.hpp"

/// y = Σ xₖ: the sum of inputs of one shape, where a skip connection ends (He et al. 2015).
struct Add : nnrun::Layer {
  static constexpr auto name = "add", doc = "the sum of its inputs, which have one shape";
  void plan(nnrun_plan& plan) const {
    elementwise::plan(plan, name);
    plan.forgets_outputs = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    elementwise::forward(
        c, [&c](std::size_t i)
               __attribute__((always_inline)) { return elementwise::sum_at(c, i); });
  }
  auto row(auto in, auto) const {
    auto sum = in[0];
    for (std::size_t k = 1; k < in.size(); ++k) sum += in[k];
    return sum;
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    elementwise::backward(c, [&c](std::size_t) {
      return [dy = c.d_out()](std::size_t i) __attribute__((always_inline)) {
        return nnrun::lane_at(dy + i);
      };
    });
  }
};
NNRUN_REGISTER(Add)
