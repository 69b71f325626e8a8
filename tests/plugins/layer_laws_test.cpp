#include <cmath>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using host::Buffer;

/// A layer with two inputs if it takes two, else one, and numbers for everything.
template <class T>
class Bench {
 public:
  Bench(const host::Object& layer, std::size_t rows) : layer_(layer), rows_(rows) {
    if (!try_plan(1) && !try_plan(2)) throw std::runtime_error("takes neither one input nor two");
    out_cols_ = 1;
    for (std::uint32_t i = 0; i < plan_.out.rank; ++i) out_cols_ *= plan_.out.sizes[i];
    w_ = Buffer<T>(plan_.n_parameters);
    dw_ = Buffer<T>(plan_.n_parameters);
    for (const std::size_t at : parameters()) w_.data()[at] = number();
    for (std::uint32_t k = 0; k < plan_.n_in; ++k) {
      x_.emplace_back(rows * in_cols);
      dx_.emplace_back(rows * in_cols);
      for (std::size_t i = 0; i < rows * in_cols; ++i) x_[k].data()[i] = number();
    }
    state_ = Buffer<T>(plan_.n_state);
    kept_ = Buffer<T>(plan_.kept);
    kept_rows_ = Buffer<T>(rows * plan_.kept_per_row);
    noise_ = Buffer<T>(rows * plan_.noise_per_row);
    scratch_ = Buffer<T>(plan_.scratch);
    for (T& u : noise_.all()) u = std::abs(number());
    y_ = Buffer<T>(rows * out_cols_);
    dy_ = Buffer<T>(rows * out_cols_);
    for (std::size_t i = 0; i < rows * out_cols_; ++i) dy_.data()[i] = number();
  }
  static constexpr std::size_t in_cols = 4;

  std::vector<std::size_t> parameters() const {
    std::vector<std::size_t> all;
    for (std::uint32_t b = 0; b < plan_.n_blocks; ++b) {
      const nnrun_block& block = plan_.blocks[b];
      for (std::size_t i = 0; i < block.shape.sizes[0]; ++i)
        for (std::size_t j = 0; j < (block.shape.rank > 1 ? block.shape.sizes[1] : 1); ++j)
          all.push_back(block.offset + i * block.strides[0] + j * block.strides[1]);
    }
    return all;
  }
  nnrun_layer_call call(std::vector<nnrun_tensor>& in, std::uint32_t accumulate = 0) {
    in.clear();
    for (std::size_t k = 0; k < x_.size(); ++k)
      in.push_back({x_[k].data(), dx_[k].data(), in_cols, accumulate});
    nnrun_layer_call call{};
    call.size = sizeof call;
    call.n_in = plan_.n_in;
    call.rows = rows_;
    call.in = in.data();
    call.out = {y_.data(), dy_.data(), out_cols_, 0};
    call.w = w_.data();
    call.dw = dw_.data();
    call.accumulate = accumulate;
    call.tiles = 1;
    call.training = 1;
    call.state = state_.data();
    call.kept = kept_.data();
    call.kept_rows = kept_rows_.data();
    call.noise = noise_.data();
    call.scratch = scratch_.data();
    call.plan = &plan_;
    return call;
  }
  void forward() {
    std::vector<nnrun_tensor> in;
    const nnrun_layer_call c = call(in);
    layer_.call("forward", functions().forward, &c);
  }
  void backward(std::uint32_t accumulate = 0) {
    std::vector<nnrun_tensor> in;
    const nnrun_layer_call c = call(in, accumulate);
    layer_.call("backward_inputs", functions().backward_inputs, &c);
    if (functions().backward_parameters)
      layer_.call("backward_parameters", functions().backward_parameters, &c);
  }
  /// Returns Σ y · dy: its slopes are what backward gives.
  double weighted_sum() {
    forward();
    double sum = 0;
    for (std::size_t i = 0; i < rows_ * out_cols_; ++i)
      sum += static_cast<double>(y_.data()[i]) * static_cast<double>(dy_.data()[i]);
    return sum;
  }
  const nnrun_layer_functions& functions() const {
    return layer_.functions<nnrun_layer>().by_dtype[host::dtype_of<T>];
  }
  nnrun_plan plan_{};
  std::size_t out_cols_ = 0;
  Buffer<T> w_, dw_, y_, dy_, state_, kept_, kept_rows_, noise_, scratch_;
  std::vector<Buffer<T>> x_, dx_;

 private:
  bool try_plan(std::uint32_t inputs) {
    shapes_.assign(inputs, nnrun_shape{1, {in_cols}});
    plan_ = {};
    plan_.size = sizeof plan_;
    plan_.n_in = inputs;
    plan_.in = shapes_.data();
    return layer_.functions<nnrun_layer>().plan(layer_.self(), &plan_) == 0;
  }
  T number() { return static_cast<T>(std::sin(++drawn_ * 1.7)); }
  const host::Object& layer_;
  std::size_t rows_;
  std::vector<nnrun_shape> shapes_;
  int drawn_ = 0;
};

/// Returns the layers that take rows of any numbers; those of images, sequences and indices keep
/// the laws of tests/checking, and have tests of their own.
std::vector<std::string> layers_of_rows() {
  std::vector<std::string> all;
  for (const std::string& name : names("layer")) {
    const host::Object layer(use("layer", name));
    const std::vector<nnrun_shape> shapes(2, nnrun_shape{1, {Bench<double>::in_cols}});
    const auto takes = [&](std::uint32_t inputs) {
      nnrun_plan plan{};
      plan.size = sizeof plan;
      plan.n_in = inputs;
      plan.in = shapes.data();
      return layer.functions<nnrun_layer>().plan(layer.self(), &plan) == 0 && plan.indices == 0;
    };
    if (takes(1) || takes(2)) all.push_back(name);
  }
  return all;
}

/// Central differences of a sum that is linear or smooth in each number: error about h² f'''.
template <class T, class F>
double slope(T& number, double h, F f) {
  const T keep = number;
  number = keep + static_cast<T>(h);
  const double above = f();
  number = keep - static_cast<T>(h);
  const double below = f();
  number = keep;
  return (above - below) / (2 * h);
}

}  // namespace

TEST_CASE("every layer's slopes are the slopes of its outputs", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const auto rows = GENERATE(values<std::size_t>({1, 2, 9}));
  const std::int64_t units = GENERATE(1, 3, 11);
  CAPTURE(name, rows, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  Bench<double> b(layer, rows);
  b.forward();
  b.backward();
  for (std::size_t k = 0; k < b.x_.size(); ++k)
    for (std::size_t i = 0; i < rows * b.in_cols; ++i) {
      const double found = b.dx_[k].data()[i];
      CHECK(found == Approx(slope(b.x_[k].data()[i], 1e-5, [&] { return b.weighted_sum(); }))
                         .epsilon(1e-6)
                         .margin(1e-8));
    }
  for (const std::size_t at : b.parameters()) {
    const double found = b.dw_.data()[at];
    CHECK(found == Approx(slope(b.w_.data()[at], 1e-5, [&] { return b.weighted_sum(); }))
                       .epsilon(1e-6)
                       .margin(1e-8));
  }
}

TEST_CASE("a layer's gradients are added where asked, written otherwise", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const auto rows = GENERATE(values<std::size_t>({1, 5}));
  const std::int64_t units = GENERATE(1, 3);
  CAPTURE(name, rows, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  Bench<double> b(layer, rows);
  b.forward();
  b.backward();
  const std::vector<double> dw(b.dw_.data(), b.dw_.data() + b.plan_.n_parameters);
  const std::vector<double> dx(b.dx_[0].data(), b.dx_[0].data() + rows * b.in_cols);
  b.backward();
  for (std::size_t i = 0; i < dw.size(); ++i) CHECK(b.dw_.data()[i] == dw[i]);
  b.backward(1);
  for (std::size_t i = 0; i < dw.size(); ++i)
    CHECK(b.dw_.data()[i] == Approx(2 * dw[i]).epsilon(1e-12).margin(1e-14));
  for (std::size_t i = 0; i < dx.size(); ++i)
    CHECK(b.dx_[0].data()[i] == Approx(2 * dx[i]).epsilon(1e-12).margin(1e-14));
}

TEST_CASE("padding of a layer's gradient is exactly zero", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const auto rows = GENERATE(values<std::size_t>({1, 5}));
  const std::int64_t units = GENERATE(1, 3, 11);
  CAPTURE(name, rows, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  Bench<double> b(layer, rows);
  for (auto& x : b.x_)  // what follows the data may be anything
    for (std::size_t i = x.size(); i < host::padded(x.size()); ++i) x.data()[i] = std::nan("");
  b.forward();
  b.backward();
  const std::vector<std::size_t> real = b.parameters();
  for (std::size_t i = 0; i < host::padded(b.plan_.n_parameters); ++i)
    if (std::ranges::find(real, i) == real.end()) CHECK(b.dw_.data()[i] == 0);
}

TEST_CASE("one row alone equals that row in a batch", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const std::int64_t units = GENERATE(1, 3, 11);
  CAPTURE(name, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  if (layer.functions<nnrun_layer>().flags & NNRUN_COUPLES_ROWS) return;  // couples rows
  Bench<double> batch(layer, 6), one(layer, 1);
  batch.forward();
  std::copy_n(batch.w_.data(), batch.plan_.n_parameters, one.w_.data());
  for (std::size_t r = 0; r < 6; ++r) {
    for (std::size_t k = 0; k < one.x_.size(); ++k)
      std::copy_n(batch.x_[k].data() + r * one.in_cols, one.in_cols, one.x_[k].data());
    const std::size_t per_row = batch.plan_.noise_per_row;
    std::copy_n(batch.noise_.data() + r * per_row, per_row, one.noise_.data());
    one.forward();
    for (std::size_t c = 0; c < one.out_cols_; ++c)  // sums in another order: a few roundings
      CHECK(one.y_.data()[c] ==
            Approx(batch.y_.data()[r * one.out_cols_ + c]).epsilon(1e-13).margin(1e-14));
  }
}

TEST_CASE("every layer agrees in float and double", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const auto rows = GENERATE(values<std::size_t>({1, 5}));
  CAPTURE(name, rows);
  const host::Object layer(use("layer", name));
  Bench<double> wide(layer, rows);
  Bench<float> narrow(layer, rows);
  wide.forward(), wide.backward();
  narrow.forward(), narrow.backward();
  for (std::size_t i = 0; i < rows * wide.out_cols_; ++i)
    CHECK(static_cast<double>(narrow.y_.data()[i]) ==
          Approx(wide.y_.data()[i]).epsilon(1e-5).margin(1e-6));
  for (const std::size_t at : wide.parameters())
    CHECK(static_cast<double>(narrow.dw_.data()[at]) ==
          Approx(wide.dw_.data()[at]).epsilon(1e-5).margin(2e-6));
}

TEST_CASE("tiles of a gradient are the whole gradient", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const auto rows = GENERATE(values<std::size_t>({1, 5}));
  CAPTURE(name, rows);
  const host::Object layer(use("layer", name, {{"units", std::int64_t{3}}}));
  Bench<double> b(layer, rows);
  if (!b.functions().backward_parameters) return;  // no parameters
  b.forward();
  b.backward();
  const std::vector<double> whole(b.dw_.data(), b.dw_.data() + b.plan_.n_parameters);
  std::fill_n(b.dw_.data(), whole.size(), 0.);
  std::vector<nnrun_tensor> in;
  nnrun_layer_call call = b.call(in);
  call.tiles = 3;
  for (call.tile = 0; call.tile < 3; ++call.tile)
    b.functions().backward_parameters(layer.self(), &call);
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(b.dw_.data()[i] == Approx(whole[i]).epsilon(1e-13).margin(1e-15));
}

TEST_CASE("a layer's short cuts for perturbations give what moving a parameter gives",
          "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const std::int64_t units = GENERATE(1, 3, 11);
  CAPTURE(name, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  Bench<double> b(layer, 1);
  if (!b.functions().perturb || b.plan_.groups == 0) return;  // no short cut
  b.forward();
  const std::size_t n = b.plan_.n_parameters, stride = n / b.plan_.groups;
  Buffer<double> columns(n);
  std::vector<nnrun_tensor> in;
  const nnrun_layer_call call = b.call(in);
  const double h = 0.01;
  layer.call("perturb", b.functions().perturb, &call, h, columns.data());
  const std::vector<double> base(b.y_.data(), b.y_.data() + b.out_cols_);
  for (const std::size_t at : b.parameters()) {
    const double keep = b.w_.data()[at];
    b.w_.data()[at] += h;
    b.forward();
    b.w_.data()[at] = keep;
    for (std::size_t c = 0; c < b.out_cols_; ++c) {
      const double expected = b.y_.data()[c];
      const double found = c == at % stride ? columns.data()[at] : base[c];
      CHECK(found == Approx(expected).epsilon(1e-13).margin(1e-14));
    }
  }
}

TEST_CASE("a changed input spreads as if it were a row", "[plugins][layer]") {
  const auto name = GENERATE(from_range(layers_of_rows()));
  const std::int64_t units = GENERATE(1, 3, 11);
  CAPTURE(name, units);
  const host::Object layer(use("layer", name, {{"units", units}}));
  Bench<double> b(layer, 1);
  if (!b.functions().spread) return;  // no short cut
  b.forward();
  const std::vector<double> base(b.y_.data(), b.y_.data() + b.out_cols_);
  const std::size_t groups = 2, stride = 8;  // columns 4 … 7 do not exist
  Buffer<double> v(groups * stride), rows(groups * stride * b.out_cols_);
  for (std::size_t i = 0; i < groups * stride; ++i) v.data()[i] = std::cos(static_cast<double>(i));
  std::vector<nnrun_tensor> in;
  const nnrun_layer_call call = b.call(in);
  layer.call("spread", b.functions().spread, &call, v.data(), groups, stride, rows.data());
  for (std::size_t i = 0; i < groups * stride; ++i) {
    const std::size_t column = i % stride;
    std::vector<double> expected = base;
    if (column < b.in_cols) {
      const double keep = b.x_[0].data()[column];
      b.x_[0].data()[column] = v.data()[i];
      b.forward();
      b.x_[0].data()[column] = keep;
      expected.assign(b.y_.data(), b.y_.data() + b.out_cols_);
    }
    for (std::size_t c = 0; c < b.out_cols_; ++c)
      CHECK(rows.data()[i * b.out_cols_ + c] == Approx(expected[c]).epsilon(1e-12).margin(1e-14));
  }
}

}  // namespace nnrun::testing
