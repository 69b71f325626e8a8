#include <algorithm>

#include "shapes.hpp"

/// The inputs joined along their last size: 5 and 3 become 8, 28 x 28 x 1 and 28 x 28 x 3 become 28
/// x 28 x 4.
struct Concatenate : nnrun::Layer {
  static constexpr auto name = "concatenate", doc = "its inputs, joined along their last size";
  static constexpr auto operation = "moves";
  void plan(nnrun_plan& p) const {
    if (p.n_in < 2) throw nnrun::Error("concatenate takes two inputs or more, not one");
    p.out = p.in[0];
    p.free_cuts = 1;
    std::size_t& last = p.out.sizes[p.out.rank - 1];
    for (std::uint32_t k = 1; k < p.n_in; ++k) {
      nnrun_shape fits = p.in[0];
      const std::size_t more = p.in[k].sizes[p.in[k].rank - 1];
      fits.sizes[fits.rank - 1] = more;
      if (!shapes::same(fits, p.in[k]))
        throw nnrun::Error("concatenate takes inputs that differ in their last size only, not " +
                               shapes::text(p.in[0]) + " and " + shapes::text(p.in[k]),
                           "", "a layer 'flatten' in front of each makes them rows of numbers");
      last += more;
    }
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    each_run(c, [&](std::size_t k, std::size_t own, std::size_t joined, std::size_t n) {
      std::copy_n(c.in(k) + own, n, c.out() + joined);
    });
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    each_run(c, [&](std::size_t k, std::size_t own, std::size_t joined, std::size_t n) {
      T* const dx = c.d_in(k);
      if (!dx) return;
      for (std::size_t i = 0; i < n; ++i)
        dx[own + i] = c.adds(k) ? dx[own + i] + c.d_out()[joined + i] : c.d_out()[joined + i];
    });
    for (std::size_t k = 0; k < c.inputs(); ++k)
      if (T* const dx = c.d_in(k)) {
        const std::size_t n = c.rows() * c.in_cols(k);
        std::fill(dx + n, dx + nnrun::padded(n), T(0));
      }
  }

 private:
  /// Calls f(k, place in input k, place in the output, n) for every contiguous run of n numbers.
  template <class T, class F>
  void each_run(const nnrun::LayerCall<T>& c, F f) const {
    const std::size_t runs = c.cols() / c.shape().sizes[c.shape().rank - 1];  // of an example
    for (std::size_t group = 0, to = 0; group < c.rows() * runs; ++group)
      for (std::size_t k = 0; k < c.inputs(); ++k) {
        const std::size_t n = c.in_cols(k) / runs;
        f(k, group * n, to, n);
        to += n;
      }
  }
};
NNRUN_REGISTER(Concatenate)
