#include "elementwise.hpp"

/// y = Σ xₖ / n: the mean of n inputs of one shape.
struct Average : nnrun::Layer {
  static constexpr auto name = "average", doc = "the mean of its inputs, which have one shape";
  void plan(nnrun_plan& plan) const { elementwise::plan(plan, name); }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    elementwise::forward(
        c, [&c, share = share_of(c) ](std::size_t i)
               __attribute__((always_inline)) { return elementwise::sum_at(c, i) * share; });
  }
  auto row(auto in, auto) const {
    auto sum = in[0];
    for (std::size_t k = 1; k < in.size(); ++k) sum += in[k];
    return sum * (decltype(sum)(1) / in.size());
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    elementwise::backward(c, [&c](std::size_t) {
      return [ dy = c.d_out(), share = share_of(c) ](std::size_t i) __attribute__((always_inline)) {
        return nnrun::lane_at(dy + i) * share;
      };
    });
  }

 private:
  template <class T>
  static T share_of(const nnrun::LayerCall<T>& c) {
    return T(1) / static_cast<T>(c.inputs());
  }
};
NNRUN_REGISTER(Average)
