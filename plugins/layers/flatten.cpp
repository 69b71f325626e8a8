#include <cstring>

#include "copied.hpp"

/// 28 x 28 numbers as a row of 784: in the order in which they lie, or channel by channel, so that
/// the weights of a dense layer behind it are those of frameworks whose images are channels ×
/// height × width.
struct Flatten : Copied {
  using size_t = std::size_t;
  static constexpr auto name = "flatten", doc = "the numbers of its input in one row";
  static constexpr const char* orders[] = {"channels_last", "channels_first"};
  const char* order = "channels_last";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Flatten::order, "order",
                                      "channels_first: all numbers of the first channel come "
                                      "first, as PyTorch's flatten has them",
                                      {.choices = orders}));
  }
  void check() { turns_ = std::strcmp(order, "channels_first") == 0; }

  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.out = {1, {nnrun::size_of(p.in[0])}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    if (!turns_) return Copied::forward(c);
    each(c, [&](size_t in, size_t out) { c.out()[out] = c.in(0)[in]; });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!turns_) return Copied::backward_inputs(c);
    T* const dx = c.d_in(0);
    if (!dx) return;
    each(c, [&](size_t in, size_t out) {
      dx[in] = c.adds(0) ? dx[in] + c.d_out()[out] : c.d_out()[out];
    });
  }

 private:
  /// Calls f(place in the inputs, place in the outputs) for each number.
  template <class T, class F>
  static void each(const nnrun::LayerCall<T>& c, F f) {
    const nnrun_shape& in = c.in_shape(0);
    const size_t channels = in.rank > 1 ? in.sizes[in.rank - 1] : 1, pixels = c.cols() / channels;
    for (size_t r = 0; r < c.rows(); ++r)
      for (size_t i = 0; i < pixels; ++i)
        for (size_t k = 0; k < channels; ++k)
          f(r * c.cols() + i * channels + k, r * c.cols() + k * pixels + i);
  }
  bool turns_ = false;
};
NNRUN_REGISTER(Flatten)
