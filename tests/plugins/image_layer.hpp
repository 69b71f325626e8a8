// One layer of images with all its numbers, for comparison with plain loops.
#pragma once
#include <cmath>
#include <limits>
#include <random>

#include "network/buffer.hpp"
#include "network/graph.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {

using Settings = std::vector<std::pair<std::string, host::Value>>;

template <class T>
struct ImageLayer {
  std::size_t rows;
  host::Object layer;
  nnrun_shape shape;
  nnrun_plan plan{};
  host::Buffer<T> x, w, dy, dx, y, dw, kept, noise, scratch;

  ImageLayer(const std::string& name, const Settings& settings, nnrun_shape in, std::size_t n,
             std::uint32_t seed = 1)
      : rows(n), layer(use("layer", name, settings)), shape(in) {
    plan.size = sizeof plan;
    plan.n_in = 1;
    plan.in = &shape;
    layer.call("plan", layer.functions<nnrun_layer>().plan, &plan);
    std::mt19937 random(seed);
    x = numbers(rows * in_cols(), random);
    dy = numbers(rows * out_cols(), random);
    dx = numbers(rows * in_cols(), random);
    y = numbers(rows * out_cols(), random);
    w = parameters(random);
    dw = parameters(random);
    kept = filled(rows * plan.kept_per_row);
    scratch = filled(plan.scratch);
    noise = filled(rows * plan.noise_per_row);
    for (T& u : noise.all()) u = std::uniform_real_distribution<T>(0, 1)(random);
  }
  ImageLayer(const ImageLayer&) = delete;
  ImageLayer& operator=(const ImageLayer&) = delete;

  std::size_t in_cols() const { return host::size_of(shape); }
  std::size_t out_cols() const { return host::size_of(plan.out); }
  /// Returns where a number of a block is, by its place in the file.
  std::size_t at(std::size_t block, std::vector<std::size_t> index) const {
    const nnrun_block& b = plan.blocks[block];
    std::size_t place = b.offset;
    for (std::size_t d = 0; d < index.size(); ++d) place += index[d] * b.strides[d];
    return place;
  }

  using Method = int (*nnrun_layer_functions::*)(void*, const nnrun_layer_call*);
  /// Runs a method on `count` rows from one on, adding to what is there or not.
  void run(Method method, std::size_t from, std::size_t count, bool add = false,
           std::uint32_t tile = 0, std::uint32_t tiles = 1, bool training = true) {
    const nnrun_layer_functions& f = layer.functions<nnrun_layer>().by_dtype[host::dtype_of<T>];
    std::fill_n(scratch.data(), plan.scratch, std::numeric_limits<T>::quiet_NaN());
    const nnrun_tensor input{x.data() + from * in_cols(), dx.data() + from * in_cols(), in_cols(),
                             add};
    nnrun_layer_call call{};
    call.size = sizeof call;
    call.n_in = 1;
    call.rows = count;
    call.in = &input;
    call.out = {y.data() + from * out_cols(), dy.data() + from * out_cols(), out_cols(), 0};
    call.w = w.data();
    call.dw = dw.data();
    call.accumulate = add;
    call.tile = tile;
    call.tiles = tiles;
    call.plan = &plan;
    call.training = training;
    if (training && plan.kept_per_row > 0) call.kept_rows = kept.data() + from * plan.kept_per_row;
    if (training && plan.noise_per_row > 0) call.noise = noise.data() + from * plan.noise_per_row;
    if (plan.scratch > 0) call.scratch = scratch.data();
    layer.call("a method", f.*method, &call);
  }
  void forward() { run(&nnrun_layer_functions::forward, 0, rows); }
  void backward_inputs(bool add) { run(&nnrun_layer_functions::backward_inputs, 0, rows, add); }
  void backward_parameters(bool add) {
    run(&nnrun_layer_functions::backward_parameters, 0, rows, add);
  }
  bool has_slopes_of_parameters() const { return plan.n_parameters > 0; }

 private:
  /// What is behind a buffer may be read, and must not matter.
  static host::Buffer<T> filled(std::size_t n) {
    host::Buffer<T> made(n);
    const std::size_t all = host::padded(n);
    for (std::size_t i = n; n > 0 && i < all + 2 * NNRUN_LANES; ++i)
      made.data()[i] = std::numeric_limits<T>::quiet_NaN();
    return made;
  }
  static T number(std::mt19937& random) { return std::uniform_real_distribution<T>(-1, 1)(random); }
  static host::Buffer<T> numbers(std::size_t n, std::mt19937& random) {
    host::Buffer<T> made = filled(n);
    for (std::size_t i = 0; i < n; ++i) made.data()[i] = number(random);
    return made;
  }
  host::Buffer<T> parameters(std::mt19937& random) const {
    host::Buffer<T> made = filled(plan.n_parameters);
    for (std::uint32_t b = 0; b < plan.n_blocks; ++b)
      host::for_each_element(plan.blocks[b], plan.blocks[b].offset,
                             [&](std::size_t i, std::size_t) { made.data()[i] = number(random); });
    return made;
  }
};

template <class T>
std::vector<T> all_of(const host::Buffer<T>& b) {
  return {b.data(), b.data() + b.size()};
}

}  // namespace nnrun::testing
