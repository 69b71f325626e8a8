// The sums of layers of filters by plain loops, in the order in which the layers add.
#pragma once
#include "plugins/image_layer.hpp"
namespace nnrun::testing {

using Numbers = std::vector<double>;

/// Returns whether the layers add a product with one rounding.
inline bool fuses() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v3");
#else
  return false;
#endif
}
template <class T>
T added(T sum, T a, T b) {
  volatile T product = a * b;  // rounded by itself
  return fuses() ? std::fma(a, b, sum) : sum + product;
}

inline std::vector<double> sides(std::size_t a, std::size_t b) {
  return {static_cast<double>(a), static_cast<double>(b)};
}
inline std::int64_t whole_number(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

/// One side, as Keras has it.
struct Side {
  std::size_t in, kernel, stride, dilation, out, before;
  Side(std::size_t inputs, std::size_t taps, std::size_t step, std::size_t spread, bool same)
      : in(inputs), kernel(taps), stride(step), dilation(spread) {
    const std::size_t reach = dilation * (kernel - 1) + 1;
    out = same ? (in + stride - 1) / stride : (in - reach + stride) / stride;
    const std::size_t needed = (out - 1) * stride + reach;
    before = same && needed > in ? (needed - in) / 2 : 0;
  }
  /// Calls f(tap, input) for each tap of an output that meets an input.
  template <class F>
  void each(std::size_t output, F f) const {
    for (std::size_t k = 0; k < kernel; ++k)
      if (const std::size_t at = output * stride + k * dilation; at >= before && at - before < in)
        f(k, at - before);
  }
};

/// What a layer adds is x · w for some inputs, outputs and weights: Products calls f(input, output,
/// weight) for all of some images, `each(layer, from, to, f)`.
template <class T, class Products>
struct PlainSums {
  const ImageLayer<T>& c;
  const Products& products;
  std::size_t filters;
  bool bias;

  std::vector<T> outputs() const {
    std::vector<T> out(c.rows * c.out_cols());
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = bias ? c.w.data()[c.at(1, {i % filters})] : T(0);
    products.each(c, 0, c.rows, [&](std::size_t in, std::size_t to, std::size_t weight) {
      out[to] = added(out[to], c.x.data()[in], c.w.data()[weight]);
    });
    return out;
  }
  std::vector<T> input_slopes(bool add) const {
    std::vector<T> slopes(c.rows * c.in_cols());
    products.each(c, 0, c.rows, [&](std::size_t in, std::size_t to, std::size_t weight) {
      slopes[in] = added(slopes[in], c.dy.data()[to], c.w.data()[weight]);
    });
    for (std::size_t i = 0; add && i < slopes.size(); ++i) slopes[i] += c.dx.data()[i];
    return slopes;
  }
  /// In bundles of images, each summed by itself.
  std::vector<T> weight_slopes(bool add, std::size_t images) const {
    std::vector<T> slopes = add ? all_of(c.dw) : std::vector<T>(c.dw.size());
    for (std::size_t r = 0; r < c.rows; r += images) {
      std::vector<T> bundle(slopes.size());
      products.each(c, r, std::min(c.rows, r + images),
                    [&](std::size_t in, std::size_t to, std::size_t weight) {
                      bundle[weight] = added(bundle[weight], c.x.data()[in], c.dy.data()[to]);
                    });
      for (std::size_t i = 0; i < slopes.size(); ++i) slopes[i] += bundle[i];
    }
    return slopes;
  }
  Numbers bias_slopes(bool add) const {
    Numbers slopes(bias ? filters : 0);
    for (std::size_t o = 0; add && o < slopes.size(); ++o)
      slopes[o] = static_cast<double>(c.dw.data()[c.at(1, {o})]);
    for (std::size_t i = 0; bias && i < c.dy.size(); ++i)
      slopes[i % filters] += static_cast<double>(c.dy.data()[i]);
    return slopes;
  }
};

/// Compares all that a layer gives with plain sums, bit by bit but for the slopes of the bias.
/// images: how many are summed at once for the slopes of weights. dx_in_order: whether the slopes
/// of inputs are sums in the order of the products.
template <class T, class Products>
void check_sums(ImageLayer<T>& c, const Products& products, std::size_t filters, bool bias,
                std::size_t images, bool dx_in_order = true) {
  const PlainSums<T, Products> plain{c, products, filters, bias};
  c.forward();
  CHECK(all_of(c.y) == plain.outputs());
  for (const bool add : {false, true}) {
    const std::vector<T> dx = plain.input_slopes(add), dw = plain.weight_slopes(add, images);
    const Numbers db = plain.bias_slopes(add);
    c.backward_inputs(add);
    c.backward_parameters(add);
    if (dx_in_order) CHECK(all_of(c.dx) == dx);
    for (std::size_t i = 0; i < dx.size(); ++i)
      if (!(c.dx.data()[i] == Approx(dx[i]).epsilon(1e-5).margin(1e-5)))
        FAIL_CHECK("slope of input " << i << ": " << c.dx.data()[i] << ", not " << dx[i]);
    const std::size_t weights = bias ? c.plan.blocks[1].offset : dw.size();
    CHECK(std::equal(dw.begin(), dw.begin() + static_cast<std::ptrdiff_t>(weights), c.dw.data()));
    for (std::size_t o = 0; o < db.size(); ++o)  // up to 6,000 numbers in another order
      CHECK(static_cast<double>(c.dw.data()[weights + o]) ==
            Approx(db[o]).epsilon(1e-5).margin(1e-4));
  }
}

/// Checks that no bit changes when rows come in two parts from `first` on, and slopes of parameters
/// in tiles.
inline void check_cuts(ImageLayer<float>& c, std::size_t first, std::uint32_t tiles) {
  c.forward();
  c.backward_inputs(false);
  c.backward_parameters(false);
  const auto y = all_of(c.y), dx = all_of(c.dx), dw = all_of(c.dw);
  std::fill_n(c.y.data(), c.y.size(), 0.f);
  std::fill_n(c.dx.data(), c.dx.size(), 0.f);
  for (const auto& [from, count] : {std::pair(first, c.rows - first), {std::size_t(0), first}}) {
    c.run(&nnrun_layer_functions::forward, from, count);
    c.run(&nnrun_layer_functions::backward_inputs, from, count);
  }
  for (std::uint32_t tile = tiles; tile-- > 0;)
    c.run(&nnrun_layer_functions::backward_parameters, 0, c.rows, false, tile, tiles);
  CHECK(all_of(c.y) == y);
  CHECK(all_of(c.dx) == dx);
  CHECK(all_of(c.dw) == dw);
  c.run(&nnrun_layer_functions::forward, 0, c.rows, false, 0, 1, false);
  CHECK(all_of(c.y) == y);  // outside of training
}

}  // namespace nnrun::testing
