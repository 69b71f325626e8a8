#include <algorithm>

#include "shapes.hpp"

/// In training, each number is dropped (0) with probability `rate`, and what stays is divided by 1
/// − rate, so that the mean stays the same; outside of training it gives its input. Srivastava et
/// al. 2014, "Dropout", in the inverted form of section 10. What is dropped depends on seed, layer
/// and step alone.
struct Dropout : nnrun::Layer {
  static constexpr auto name = "dropout",
                        doc = "in training, drops numbers at random and scales up the rest";
  double rate = 0.5;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Dropout::rate, "rate", "the share that is dropped",
                                      {.min = 0, .max = 1, .below_max = true}));
  }

  void plan(nnrun_plan& plan) const {
    shapes::require_one_input(plan, name);
    plan.out = plan.in[0];
    plan.noise_per_row = nnrun::size_of(plan.out);
    plan.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const std::size_t n = c.rows() * c.cols();
    if (c.training())
      dropped<T, false>(c.in(0), c.noise(), c.out(), n, rate);
    else
      std::copy_n(c.in(0), n, c.out());
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    const std::size_t n = c.rows() * c.cols();
    if (c.adds(0))
      dropped<T, true>(c.d_out(), c.noise(), dx, n, rate);
    else
      dropped<T, false>(c.d_out(), c.noise(), dx, n, rate);
  }

 private:
  template <class T, bool add>
  NNRUN_CLONES static void dropped(const T* x, const T* noise, T* y, std::size_t n, double rate) {
    const T limit = static_cast<T>(rate), scale = static_cast<T>(1 / (1 - rate));
    nnrun::each(
        n, [=](std::size_t i) __attribute__((always_inline)) {
          const T kept = x[i] * scale;
          const T value = noise[i] < limit ? T(0) : kept;
          y[i] = add ? y[i] + value : value;
        });
  }
};
NNRUN_REGISTER(Dropout)
