// The mean cost of one batch at the present parameters, and its slope by backpropagation. Where
// examples have weights, each cost is multiplied by its own, and so is its slope.
#pragma once
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>

#include "network/cost_calls.hpp"
#include "network/random.hpp"
#include "network/workspace.hpp"
#include "training/batches.hpp"
#include "training/blocks.hpp"
#include "training/fault.hpp"
#include "training/picture.hpp"
#include "training/team.hpp"
namespace nnrun::host {

template <class T>
class MeanCost {
 public:
  /// state, random: may be null if no layer has state or uses noise.
  MeanCost(const Graph& graph, const Object& cost, std::size_t max_rows, const T* w, Team& team,
           T* state, Random* random)
      : graph_(graph),
        cost_(cost, graph, max_rows),
        team_(team),
        cuts_(graph, team.size()),
        workspace_(graph, max_rows, w, state, true, team.size()),
        outputs_(workspace_.output(graph.nodes.size() - 1)),
        out_cols_(graph.output().cols),
        tiles_done_(graph.nodes.size()) {
    for (std::size_t b = 0; b < cuts_.most_blocks(max_rows); ++b)
      blocks_.push_back(workspace_.pass());
    const std::uint32_t tiles = cuts_.tiles(max_rows);
    for (std::uint32_t tile = 0; tile < tiles; ++tile)
      tiles_.push_back(workspace_.pass(tile, tiles));
    for (std::size_t k = 0; random && k < graph.nodes.size(); ++k)
      if (T* const to = workspace_.noise(k))
        noises_.push_back({std::make_unique<Stream>(*random, "noise/" + graph.nodes[k].name, 0), to,
                           graph.nodes[k].plan.noise_per_row});
  }
  MeanCost(const MeanCost&) = delete;
  MeanCost& operator=(const MeanCost&) = delete;

  /// Sets the batch to evaluate, and draws the noise of the layers. step: from 1; decides the
  /// noise.
  void set_batch(const Batch<T>& batch, std::uint64_t step) {
    if (batch.rows != batch_.rows) cut(batch.rows);
    if (batch.divisor != batch_.divisor)
      share_of_row_ = batch.divisor > 0 ? 1.0 / batch.divisor : 0;  // 0: no example counts
    // Field by field: a copy of the whole takes two at a time, and a load of two that were just
    // stored one by one waits until they, and all stores before them, have reached the cache.
    batch_.x = alone(batch.x);
    batch_.t = alone(batch.t);
    batch_.rows = alone(batch.rows);
    batch_.weight = alone(batch.weight);
    batch_.first = alone(batch.first);
    batch_.divisor = batch.divisor;
    for (Noise& noise : noises_) draw(noise, step);
  }
  const Batch<T>& batch() const { return batch_; }
  /// Makes the next batch begin as the first one did, with slopes that are zero.
  void forget_batch() { batch_ = {}; }

  double cost() {
    for (std::size_t b = 0; b < n_blocks_; ++b) {
      Pass<T>& pass = blocks_[b];
      const Rows rows = rows_of(b);
      pass.set_batch(batch_.x + rows.from * graph_.input_cols, rows.count);
      pass.forward();
      values(pass, rows);
    }
    return mean_cost();
  }

  double backpropagate(T* gradient) {
    if (is_whole()) return backpropagate_whole(gradient);
    if (team_.size() == 1) {
      for (std::size_t b = 0; b < n_blocks_; ++b) values_and_slopes(b);
      for (Pass<T>& tile : tiles_) parameter_slopes(tile, gradient);
      return mean_cost();
    }
    team_.share(n_blocks_, [this](std::size_t b, unsigned thread) {
      workspace_.work_on(thread, blocks_[b]);
      values_and_slopes(b);
    });
    team_.share(tiles_.size(), [&](std::size_t k, unsigned thread) {
      workspace_.work_on(thread, tiles_[k]);
      parameter_slopes(tiles_[k], gradient);
    });
    return mean_cost();
  }

  /// The same bits; whole(k) is told, on any thread, as soon as the gradients of the nodes from k
  /// on are.
  template <class Whole>
  double backpropagate(T* gradient, Whole whole) {
    const std::size_t nodes = graph_.nodes.size();
    if (is_whole()) {
      if (forward_with_slopes(0)) blocks_[0].backward(gradient, whole);
    } else if (team_.size() == 1) {
      for (std::size_t b = 0; b < n_blocks_; ++b) values_and_slopes(b);
      for (Pass<T>& tile : tiles_) tile.set_batch(batch_.x, batch_.rows);
      for (std::size_t k = nodes; k-- > 0; whole(k))
        for (Pass<T>& tile : tiles_) tile.backward_parameters_of(k, gradient);
    } else {
      team_.share(n_blocks_, [this](std::size_t b, unsigned thread) {
        workspace_.work_on(thread, blocks_[b]);
        values_and_slopes(b);
      });
      for (std::atomic<std::size_t>& tiles : tiles_done_) tiles = 0;
      team_.share(tiles_.size(), [&](std::size_t i, unsigned thread) {
        workspace_.work_on(thread, tiles_[i]);
        tiles_[i].set_batch(batch_.x, batch_.rows);
        for (std::size_t k = nodes; k-- > 0;) {
          tiles_[i].backward_parameters_of(k, gradient);
          if (++tiles_done_[k] == tiles_.size()) whole(k);
        }
      });
    }
    return mean_cost();
  }

  /// Returns the outputs of the last evaluation.
  const T* outputs() const { return outputs_; }
  /// Lets layers with state learn from this step, after its update.
  void observe() {
    Pass<T>& whole = tiles_.front();
    whole.set_batch(batch_.x, batch_.rows);
    whole.observe();
  }
  /// Evaluates the batch again, with slopes if wanted. Returns the first call that gave numbers
  /// that are not finite; without a plugin if all are finite.
  Fault find_fault(bool slopes) {
    if (const Fault fault = last_fault(cost()); fault.plugin) return fault;
    if (!slopes) return {};
    for (std::size_t b = 0; b < n_blocks_; ++b) forward_with_slopes(b);
    const std::span<Pass<T>> blocks(blocks_.data(), n_blocks_);
    if (const Fault fault = fault_of_slopes(blocks, graph_, cost_.cost()); fault.plugin)
      return fault;
    const Buffer<T> gradient(graph_.n_parameters);
    backpropagate(gradient.data());
    for (const Node& node : graph_.nodes)
      if (!all_finite(gradient.data() + node.offset, node.plan.n_parameters))
        return {&node.layer, "backward_parameters", &node};
    return {};
  }
  /// Returns the first such call of the last evaluation, which gave this cost.
  Fault last_fault(double cost) const {
    const std::span<const Pass<T>> blocks(blocks_.data(), n_blocks_);
    if (const Fault fault = fault_of_values(blocks); fault.plugin) return fault;
    return std::isfinite(cost) ? Fault{} : Fault{&cost_.cost(), "value"};
  }
  /// Adds what the last evaluation left to a picture.
  void add_to(Picture& picture) const {
    const std::span<const Pass<T>> blocks(blocks_.data(), n_blocks_);
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
      picture.layers.push_back(picture_of(blocks, k));
    const auto is_bad = [&](std::size_t row) { return !std::isfinite(cost_.of_rows()[row]); };
    bool some_are_bad = false;
    for (std::size_t r = 0; r < batch_.rows; ++r) some_are_bad |= is_bad(r);
    picture.lowest = std::numeric_limits<double>::infinity();
    picture.highest = -picture.lowest;
    for (std::size_t r = 0; r < batch_.rows; ++r)
      for (std::size_t i = 0; i < out_cols_; ++i) {
        const auto y = static_cast<double>(outputs()[r * out_cols_ + i]);
        if (some_are_bad && !is_bad(r)) continue;
        picture.lowest = std::min(picture.lowest, y);
        picture.highest = std::max(picture.highest, y);
        picture.has_exact_limit |= y == 0 || y == 1;
      }
  }

 private:
  /// Returns x, so that the compiler does not take it together with its neighbours.
  template <class X>
  static X alone(X x) {
    asm("" : "+r"(x));
    return x;
  }
  /// Returns whether one pass is all there is: the block has all rows, and there is one tile.
  bool is_whole() const { return n_blocks_ == 1 && tiles_.size() == 1; }
  /// Makes all calls of such a batch in a row.
  double backpropagate_whole(T* gradient) {
    Pass<T>& pass = blocks_[0];
    pass.set_batch(batch_.x, batch_.rows);
    CallsInARow row;
    const bool succeeds = row.succeed([&](CallsInARow&) {
      if (!pass.forward(row)) return false;
      if (!graph_.output().has_slope)  // nothing to learn
        return cost_.values(row, pass.for_cost(), batch_.t, 0, batch_.rows) && weigh_all(nullptr) &&
               pass.backward(row, gradient);
      T* const slopes = pass.steps().back().da;
      return cost_.slopes(row, pass.for_cost(), batch_.t, share_of_row_, slopes, 0, batch_.rows) &&
             weigh_all(slopes) && pass.backward(row, gradient);
    });
    if (!succeeds) [[unlikely]] {
      cost_.cost().fail_if_called(ForeignCall::now());
      pass.fail(ForeignCall::now());
    }
    return mean_cost();
  }
  bool weigh_all(T* slopes) {
    if (batch_.weight != nullptr) [[unlikely]]
      weigh({0, batch_.rows}, slopes);
    return true;
  }
  struct Rows {
    std::size_t from, count;
  };
  Rows rows_of(std::size_t block) const {
    const std::size_t from = block * block_rows_;
    return {from, std::min(block_rows_, batch_.rows - from)};
  }
  /// Cuts a batch of another size into blocks. The last batch of an epoch may be smaller, so what
  /// an earlier one left behind its end is cleared.
  void cut(std::size_t rows) {
    workspace_.clear_slopes();
    block_rows_ = cuts_.block_rows(rows);
    n_blocks_ = (rows + block_rows_ - 1) / block_rows_;
    for (std::size_t b = 0; b < n_blocks_; ++b) workspace_.place(blocks_[b], b * block_rows_);
  }
  void values(const Pass<T>& pass, const Rows& rows) {
    cost_.values(pass.for_cost(), batch_.t + rows.from * out_cols_, rows.from, rows.count);
    if (batch_.weight != nullptr) weigh(rows, nullptr);
  }
  /// Multiplies costs and slopes by what their examples count. One that counts nothing has no part
  /// in them, even if its cost is infinite. slopes: nullptr if there are none.
  void weigh(const Rows& rows, T* slopes) {
    for (std::size_t r = 0; r < rows.count; ++r) {
      const T weight = batch_.weight[rows.from + r];
      T& cost = cost_.of_rows()[rows.from + r];
      cost = weight == 0 ? T(0) : cost * weight;
      for (std::size_t i = r * out_cols_; slopes && i < (r + 1) * out_cols_; ++i)
        slopes[i] = weight == 0 ? T(0) : slopes[i] * weight;
    }
  }
  void values_and_slopes(std::size_t b) {
    if (forward_with_slopes(b)) blocks_[b].backward_inputs();
  }
  /// Computes outputs, costs and their slopes. Returns false if there is nothing to learn.
  bool forward_with_slopes(std::size_t b) {
    Pass<T>& pass = blocks_[b];
    const Rows rows = rows_of(b);
    pass.set_batch(batch_.x + rows.from * graph_.input_cols, rows.count);
    pass.forward();
    if (!graph_.output().has_slope) {
      values(pass, rows);
      return false;
    }
    cost_.slopes(pass.for_cost(), batch_.t + rows.from * out_cols_, share_of_row_,
                 pass.steps().back().da, rows.from, rows.count);
    if (batch_.weight != nullptr) weigh(rows, pass.steps().back().da);
    return true;
  }
  void parameter_slopes(Pass<T>& tile, T* gradient) {
    tile.set_batch(batch_.x, batch_.rows);
    tile.backward_parameters(gradient);
  }
  struct Noise {
    std::unique_ptr<Stream> stream;
    T* to;
    std::size_t per_row;
  };
  void draw(Noise& noise, std::uint64_t step) {
    noise.stream->restart(step, batch_.first * noise.per_row);
    const std::size_t n = batch_.rows * noise.per_row;
    double numbers[256];
    for (std::size_t from = 0; from < n; from += 256) {
      const std::size_t count = std::min<std::size_t>(256, n - from);
      noise.stream->fill({numbers, count});
      // a number just below 1 may round to 1
      for (std::size_t i = 0; i < count; ++i)
        noise.to[from + i] = std::min(static_cast<T>(numbers[i]), below_one);
    }
  }
  static constexpr T below_one = T(1) - std::numeric_limits<T>::epsilon() / 2;

  double mean_cost() const {
    double sum = 0;
    for (std::size_t r = 0; r < batch_.rows; ++r) sum += static_cast<double>(cost_.of_rows()[r]);
    if (batch_.divisor == 1) return sum;
    return batch_.divisor > 0 ? sum / batch_.divisor : 0;
  }

  const Graph& graph_;
  CostCalls<T> cost_;
  Team& team_;
  const Cuts cuts_;
  Workspace<T> workspace_;
  const T* const outputs_;
  std::size_t out_cols_, block_rows_ = 0, n_blocks_ = 0;
  double share_of_row_ = 1;  // of an example that counts 1, in the mean
  std::vector<Pass<T>> blocks_, tiles_;
  std::vector<std::atomic<std::size_t>> tiles_done_;  // of each node's gradient, while it is made
  std::vector<Noise> noises_;
  Batch<T> batch_{};
};

}  // namespace nnrun::host
