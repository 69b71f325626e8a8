#include <algorithm>

#include "shapes.hpp"

/// In training, each number is dropped (0) with probability `rate`, and what stays is divided by 1
/// − rate, so that the mean stays the same; outside of training it gives its input. Srivastava et
/// al. 2014, "Dropout", in the inverted form of section 10. What is dropped depends on seed, layer
/// and step alone. `spatial` drops whole channels: neighbours in an image say much the same, so
/// that single numbers are not missed (Tompson et al. 2015, "Efficient Object Localization",
/// section 3).
struct Dropout : nnrun::Layer {
  using size_t = std::size_t;
  static constexpr auto name = "dropout",
                        doc = "in training, drops numbers at random and scales up the rest";
  static constexpr auto operation = "moves";  // in use
  double rate = 0.5;
  bool spatial = false;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Dropout::rate, "rate", "the share that is dropped",
                     {.min = 0, .max = 1, .below_max = true}),
        nnrun::param(&Dropout::spatial, "spatial",
                     "drop whole channels, the last size of images and sequences, as "
                     "SpatialDropout of Keras does"));
  }

  void plan(nnrun_plan& plan) const {
    shapes::require_one_input(plan, name);
    plan.out = plan.in[0];
    plan.noise_per_row = spatial ? plan.out.sizes[plan.out.rank - 1] : nnrun::size_of(plan.out);
    plan.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    if (!c.training()) return void(std::copy_n(c.in(0), c.rows() * c.cols(), c.out()));
    drop<T, false>(c, c.in(0), c.out());
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    if (c.adds(0))
      drop<T, true>(c, c.d_out(), dx);
    else
      drop<T, false>(c, c.d_out(), dx);
  }

 private:
  template <class T, bool add>
  void drop(const nnrun::LayerCall<T>& c, const T* x, T* y) const {
    if (spatial)
      dropped_channels<T, add>(x, c.noise(), y, c.rows(), c.cols(), c.call.plan->noise_per_row,
                               rate);
    else
      dropped<T, add>(x, c.noise(), y, c.rows() * c.cols(), rate);
  }
  template <class T, bool add>
  NNRUN_CLONES static void dropped(const T* x, const T* noise, T* y, size_t n, double rate) {
    const T limit = static_cast<T>(rate), scale = static_cast<T>(1 / (1 - rate));
    nnrun::each<T>(
        n, [=](size_t i) __attribute__((always_inline)) {
          const T kept = x[i] * scale;
          const T value = noise[i] < limit ? T(0) : kept;
          y[i] = add ? y[i] + value : value;
        });
  }
  template <class T, bool add>
  NNRUN_CLONES static void dropped_channels(const T* x, const T* noise, T* y, size_t rows,
                                            size_t cols, size_t channels, double rate) {
    const T limit = static_cast<T>(rate), scale = static_cast<T>(1 / (1 - rate));
    for (size_t r = 0; r < rows; ++r, noise += channels)
      for (size_t i = 0; i < cols; i += channels, x += channels, y += channels)
        for (size_t k = 0; k < channels; ++k) {
          const T kept = x[k] * scale;
          const T value = noise[k] < limit ? T(0) : kept;
          y[k] = add ? y[k] + value : value;
        }
  }
};
NNRUN_REGISTER(Dropout)
