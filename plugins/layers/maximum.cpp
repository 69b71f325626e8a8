#include "elementwise.hpp"

/// y = max xₖ, number by number (Goodfellow et al. 2013, *Maxout Networks*). If several are the
/// largest, the first gets the slope. NaN counts as largest, so that it stays visible.
struct Maximum : nnrun::Layer {
  static constexpr auto name = "maximum",
                        doc = "the largest of its inputs, which have one shape, number by number";
  void plan(nnrun_plan& plan) const { elementwise::plan(plan, name); }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    elementwise::forward(
        c, [&c](std::size_t i) __attribute__((always_inline)) {
          nnrun::Lane<T> y = nnrun::lane_at(c.in(0) + i);
          for (std::size_t k = 1; k < c.inputs(); ++k) y = larger(y, nnrun::lane_at(c.in(k) + i));
          return y;
        });
  }
  auto row(auto in, auto) const {
    auto y = in[0];
    for (std::size_t k = 1; k < in.size(); ++k) y = larger(y, in[k]);
    return y;
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    elementwise::backward(c, [&c](std::size_t k) {
      return [&c, k ](std::size_t i) __attribute__((always_inline)) {
        const nnrun::Lane<T> y = nnrun::lane_at(c.out() + i), none{};
        nnrun::Lane<T> slope = nnrun::lane_at(c.d_out() + i);
        for (std::size_t j = 0; j < k; ++j)  // an earlier input has the slope
          slope = nnrun::select<T>(nnrun::lane_at(c.in(j) + i) - y, slope, none);
        return nnrun::select<T>(nnrun::lane_at(c.in(k) + i) - y, none, slope);
      };
    });
  }

 private:
  static nnrun::Num<nnrun::Symbol> larger(nnrun::Num<nnrun::Symbol> a,
                                          nnrun::Num<nnrun::Symbol> b) {
    return b > a || !(b.v == b.v) ? b : a;
  }
  template <class T>
  NNRUN_INLINE static nnrun::Lane<T> larger(const nnrun::Lane<T>& a, const nnrun::Lane<T>& b) {
    return nnrun::detail::by_parts<T>([&](int k) __attribute__((always_inline)) {
      return (b.part[k] > a.part[k]) | (b.part[k] != b.part[k]) ? b.part[k] : a.part[k];
    });
  }
};
NNRUN_REGISTER(Maximum)
