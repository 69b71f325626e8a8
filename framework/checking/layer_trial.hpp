// A layer on trial: planned for inputs that it takes, with numbers for every field of a call.
#pragma once
#include "checking/trial.hpp"
#include "network/graph.hpp"
#include "network/layer_plan.hpp"
namespace nnrun::host {

/// Plans the layer for these inputs and returns whether it takes them. `inputs` must live as long
/// as the plan.
inline bool takes(const Object& layer, std::span<const nnrun_shape> inputs, nnrun_plan& plan) {
  plan = {};
  plan.size = sizeof plan;
  plan.n_in = static_cast<std::uint32_t>(inputs.size());
  plan.in = inputs.data();
  return layer.status_of("plan", layer.functions<nnrun_layer>().plan, &plan) == 0;
}
/// The inputs that are tried: one or two of each, in this order.
inline constexpr std::array tried_shapes{nnrun_shape{1, {4}}, nnrun_shape{3, {6, 6, 2}},
                                         nnrun_shape{2, {5, 3}}, nnrun_shape{3, {2, 6, 6}}};

template <class T>
class LayerTrial {
 public:
  /// Throws PluginError if the layer takes none of the tried inputs, NotTried if its plan is wrong.
  /// least_inputs: 2 to try the layer with two.
  LayerTrial(const Object& layer, std::size_t rows, std::uint32_t least_inputs = 1)
      : layer_(layer), rows_(rows) {
    find_plan(least_inputs);
    if (!fault_of_plan(plan).empty()) throw NotTried{"its plan is broken"};
    out_cols = size_of(plan.out);
    w = Buffer<T>(plan.n_parameters);
    dw = Buffer<T>(plan.n_parameters);
    for (const std::size_t at : parameters()) w.data()[at] = number() / T(2);
    for (std::uint32_t k = 0; k < plan.n_in; ++k) {
      x.emplace_back(rows * in_cols());
      dx.emplace_back(rows * in_cols());
      for (std::size_t i = 0; i < rows * in_cols(); ++i) x[k].data()[i] = input();
    }
    y = Buffer<T>(rows * out_cols);
    dy = Buffer<T>(rows * out_cols);
    for (std::size_t i = 0; i < rows * out_cols; ++i) dy.data()[i] = number();
    state = Buffer<T>(plan.n_state);
    for (std::uint32_t b = 0; b < plan.n_state_blocks; ++b)
      each_of(plan.state_blocks[b], [&](std::size_t at) {
        state.data()[at] = static_cast<T>(plan.state_blocks[b].initial);
      });
    kept_ = Buffer<T>(plan.kept);
    kept_rows_ = Buffer<T>(rows * plan.kept_per_row);
    noise_ = Buffer<T>(rows * plan.noise_per_row);
    TrialNumbers uniform;
    for (std::size_t i = 0; i < rows * plan.noise_per_row; ++i)
      noise_.data()[i] = static_cast<T>(uniform.next());
    scratch_.emplace(plan.scratch);
    in_.resize(plan.n_in);
  }
  LayerTrial(const LayerTrial&) = delete;
  LayerTrial& operator=(const LayerTrial&) = delete;

  /// Returns the indices of the parameters in the flat vector, without padding.
  std::vector<std::size_t> parameters() const {
    std::vector<std::size_t> all;
    for (std::uint32_t b = 0; b < plan.n_blocks; ++b)
      each_of(plan.blocks[b], [&](std::size_t at) { all.push_back(at); });
    return all;
  }
  const nnrun_layer_call& call(std::uint32_t accumulate = 0, std::uint32_t training = 1) {
    for (std::size_t k = 0; k < x.size(); ++k)
      in_[k] = {x[k].data(), dx[k].data(), in_cols(), accumulate};
    const auto given = [](const Buffer<T>& b) -> void* {
      return b.size() > 0 ? b.data() : nullptr;
    };
    call_ = {};
    call_.size = sizeof call_;
    call_.n_in = plan.n_in;
    call_.rows = rows_;
    call_.in = in_.data();
    call_.out = {y.data(), dy.data(), out_cols, 0};
    call_.w = w.data();
    call_.dw = dw.data();
    call_.accumulate = accumulate;
    call_.tiles = 1;
    call_.plan = &plan;
    call_.training = training;
    call_.state = given(state);
    std::fill_n(scratch_->data(), plan.scratch, in_scratch);
    if (plan.scratch > 0) call_.scratch = scratch_->data();
    if (training != 0) {
      call_.kept = given(kept_);
      call_.kept_rows = given(kept_rows_);
      call_.noise = given(noise_);
      return call_;
    }
    // like a Workspace that is not for training: no slopes, and nothing that is kept for them
    for (nnrun_tensor& in : in_) in.d = nullptr;
    call_.out.d = call_.dw = nullptr;
    return call_;
  }
  void forward(std::uint32_t training = 1) {
    layer_.call("forward", functions().forward, &call(0, training));
  }
  void backward(std::uint32_t accumulate = 0) {
    layer_.call("backward_inputs", functions().backward_inputs, &call(accumulate));
    if (functions().backward_parameters != nullptr)
      layer_.call("backward_parameters", functions().backward_parameters, &call(accumulate));
  }
  /// Returns Σ y · dy: its slopes are what backward gives.
  double weighted_sum() {
    forward();
    double sum = 0;
    for (std::size_t i = 0; i < rows_ * out_cols; ++i)
      sum += static_cast<double>(y.data()[i]) * static_cast<double>(dy.data()[i]);
    return sum;
  }
  /// Returns outputs and all slopes of one forward and backward. forgetting: without the outputs in
  /// between.
  std::vector<double> everything(bool forgetting = false) {
    forward();
    const std::vector<T> outputs(y.data(), y.data() + y.size());
    if (forgetting) std::fill_n(y.data(), y.size(), std::numeric_limits<T>::quiet_NaN());
    backward();
    std::ranges::copy(outputs, y.data());
    return numbers();
  }
  /// Returns the same of a batch in two blocks, whose first has `rows` rows, a multiple of the
  /// lanes, with the slopes of parameters in `tiles` tiles.
  std::vector<double> everything_cut(std::size_t rows, std::uint32_t tiles) {
    for (const std::size_t from : {std::size_t(0), rows}) {
      const std::size_t count = from == 0 ? rows : rows_ - rows;
      layer_.call("forward", functions().forward, &block(from, count));
      layer_.call("backward_inputs", functions().backward_inputs, &block(from, count));
    }
    for (std::uint32_t tile = 0; functions().backward_parameters && tile < tiles; ++tile) {
      call();
      call_.tile = tile;
      call_.tiles = tiles;
      layer_.call("backward_parameters", functions().backward_parameters, &call_);
    }
    return numbers();
  }
  const nnrun_layer_functions& functions() const {
    return layer_.functions<nnrun_layer>().by_dtype[dtype_of<T>];
  }
  std::size_t in_cols() const { return size_of(shapes_[0]); }
  std::size_t rows() const { return rows_; }
  /// Returns whether something was written past the last whole lane of scratch.
  bool scratch_overrun() const { return scratch_->overrun(); }

  nnrun_plan plan{};
  std::size_t out_cols = 0;
  T in_scratch = 0;  ///< every number of it, before each call
  Buffer<T> w, dw, y, dy, state;
  std::vector<Buffer<T>> x, dx;

 private:
  std::vector<double> numbers() const {
    std::vector<double> all(y.data(), y.data() + rows_ * out_cols);
    all.insert(all.end(), dw.data(), dw.data() + plan.n_parameters);
    for (const Buffer<T>& d : dx) all.insert(all.end(), d.data(), d.data() + d.size());
    return all;
  }
  const nnrun_layer_call& block(std::size_t from, std::size_t count) {
    call();
    const auto moved = [from](auto* p, std::size_t cols) {
      return p ? static_cast<T*>(const_cast<void*>(p)) + from * cols : nullptr;
    };
    for (nnrun_tensor& in : in_) in.v = moved(in.v, in.cols), in.d = moved(in.d, in.cols);
    call_.out.v = moved(call_.out.v, out_cols);
    call_.out.d = moved(call_.out.d, out_cols);
    call_.kept_rows = moved(call_.kept_rows, plan.kept_per_row);
    call_.noise = moved(call_.noise, plan.noise_per_row);
    call_.rows = count;
    return call_;
  }
  template <class F>
  static void each_of(const nnrun_block& block, F f) {
    for_each_element(block, block.offset, [&](std::size_t at, std::size_t) { f(at); });
  }
  void find_plan(std::uint32_t least_inputs) {
    for (const nnrun_shape& shape : tried_shapes)
      for (std::uint32_t inputs = least_inputs; inputs <= 2; ++inputs) {
        shapes_.assign(inputs, shape);
        if (takes(layer_, shapes_, plan)) return;
      }
    layer_.fail("plan");
  }
  T number() { return static_cast<T>(std::sin(++drawn_ * 1.7)); }
  T input() {
    if (plan.indices == 0) return number();
    return static_cast<T>(static_cast<std::size_t>(++drawn_) * 7919 % plan.indices);
  }

  const Object& layer_;
  std::size_t rows_;
  std::vector<nnrun_shape> shapes_;
  std::vector<nnrun_tensor> in_;
  nnrun_layer_call call_{};
  Buffer<T> kept_, kept_rows_, noise_;
  std::optional<Guarded<T>> scratch_;
  int drawn_ = 0;
};

}  // namespace nnrun::host
