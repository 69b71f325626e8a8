#include <algorithm>

#include "shapes.hpp"

/// y[t] = x for n steps: a sequence from what does not change with time.
struct RepeatVector : nnrun::Layer {
  static constexpr auto name = "repeat_vector",
                        doc = "a sequence of n steps, each of them its input";
  static constexpr auto operation = "moves";
  std::int64_t n = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&RepeatVector::n, "n", "steps of the output",
                                      {.min = 1, .max = 2147483648., .required = true}));
  }
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    if (p.in[0].rank != 1)
      throw nnrun::Error("repeat_vector takes rows of numbers, not " + shapes::text(p.in[0]), "",
                         "put {type: flatten} before it");
    p.out = {2, {static_cast<std::size_t>(n), p.in[0].sizes[0]}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const std::size_t cols = c.in_cols(0);
    T* y = c.out();
    for (std::size_t r = 0; r < c.rows(); ++r)
      for (std::int64_t k = 0; k < n; ++k) y = std::copy_n(c.in(0) + r * cols, cols, y);
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    const std::size_t cols = c.in_cols(0);
    T* dx = c.d_in(0);
    if (!dx) return;
    const T* dy = c.d_out();
    for (std::size_t r = 0; r < c.rows(); ++r, dx += cols)
      for (std::int64_t k = 0; k < n; ++k, dy += cols)
        for (std::size_t j = 0; j < cols; ++j) dx[j] = k > 0 || c.adds(0) ? dx[j] + dy[j] : dy[j];
  }
};
NNRUN_REGISTER(RepeatVector)
