// The mean cost of one batch and its slopes: what a gradient plugin sees, and what stands behind.
#pragma once
#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <optional>

#include "network/parameters.hpp"
#include "network/perturbation.hpp"
#include "network/random.hpp"
#include "network/workspace.hpp"
#include "training/batches.hpp"
#include "training/blocks.hpp"
#include "training/fault.hpp"
#include "training/team.hpp"
namespace nnrun::host {

template <class T>
class Objective {
 public:
  /// state and random: may be null where no layer has state or wants noise.
  Objective(const Graph& graph, const Object& cost, std::size_t max_rows, T* w, Team& team,
            T* state = nullptr, Random* random = nullptr)
      : graph_(graph),
        cost_(cost),
        slope_(cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].slope),
        value_(cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].value),
        team_(team),
        workspace_(graph, max_rows, w, state, true, team.size()),
        w_(w),
        out_cols_(graph.output().cols),
        per_row_(max_rows),
        batch_outputs_(workspace_.output(graph.nodes.size() - 1)),
        outputs_(batch_outputs_),
        base_outputs_(max_rows * out_cols_) {
    for (std::size_t b = 0; b < most_blocks(max_rows); ++b) blocks_.push_back(workspace_.pass());
    const std::uint32_t tiles = tile_count(graph.work_per_row(), max_rows);
    for (std::uint32_t tile = 0; tile < tiles; ++tile)
      tiles_.push_back(workspace_.pass(tile, tiles));
    face_ = {sizeof face_, dtype_of<T>,    this,   graph.n_parameters, cost_now, costs_now,
             slopes_now,   cost_along_now, nullptr};
    if (!random) return;
    face_.stream = draws_.emplace(*random, "gradient", 0).lent();
    for (std::size_t k = 0; k < graph.nodes.size(); ++k)
      if (T* const to = workspace_.noise(k))
        noises_.push_back({std::make_unique<Stream>(*random, "noise/" + graph.nodes[k].name, 0), to,
                           graph.nodes[k].plan.noise_per_row});
  }
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;

  const nnrun_objective* face() const { return &face_; }

  /// step: from 1; the noise of the layers and the draws of the gradient follow from it.
  void look_at(const Batch<T>& batch, std::uint64_t step = 1) {
    if (batch.rows != batch_.rows) cut(batch.rows);
    batch_ = batch;
    if (draws_) draws_->restart(step);
    for (Noise& noise : noises_) draw(noise, step);
  }
  /// The step is over and its update made: layers with state take it in.
  void observe() {
    Pass<T>& whole = tiles_.front();
    whole.look_at(batch_.x, batch_.rows);
    whole.observe();
  }
  /// The first call that gave numbers which are not finite, evaluated anew on the present batch. No
  /// plugin: all are finite, and so the gradient made them so by itself.
  Fault find_fault() {
    const double cost = this->cost();
    const std::span<const Pass<T>> blocks(blocks_.data(), n_blocks_);
    if (const Fault fault = fault_of_values(blocks); fault.plugin) return fault;
    if (!std::isfinite(cost)) return {&cost_, "value"};
    if (!slopes_were_wanted_) return {};
    const Buffer<T> gradient(graph_.n_parameters);
    backpropagate(gradient.data());
    if (const Fault fault = fault_of_slopes(blocks, graph_, cost_); fault.plugin) return fault;
    for (const Node& node : graph_.nodes)
      if (!all_finite(gradient.data() + node.offset, node.plan.n_parameters))
        return {&node.layer, "backward_parameters", &node};
    return {};
  }
  /// Outputs of the batch that was evaluated last.
  const T* outputs() const { return outputs_; }
  /// What a callback threw while a plugin was calling; forgets it.
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

  double cost() {
    for (std::size_t b = 0; b < n_blocks_; ++b) {
      Pass<T>& pass = blocks_[b];
      const Rows rows = rows_of(b);
      pass.look_at(batch_.x + rows.from * graph_.input_cols, rows.count);
      cost_.call("value", value_, pass.forward(), batch_.t + rows.from * out_cols_, out_cols_,
                 per_row_.data() + rows.from, rows.count, out_cols_);
    }
    outputs_ = batch_outputs_;
    return mean_cost();
  }

  double backpropagate(T* gradient) {
    outputs_ = batch_outputs_;
    if (team_.size() == 1 || (n_blocks_ == 1 && tiles_.size() == 1)) {
      for (std::size_t b = 0; b < n_blocks_; ++b) values_and_slopes(b);
      for (Pass<T>& tile : tiles_) parameter_slopes(tile, gradient);
      return mean_cost();
    }
    share(n_blocks_, [this](std::size_t b, unsigned thread) {
      workspace_.work_on(thread, blocks_[b]);
      values_and_slopes(b);
    });
    share(tiles_.size(), [&](std::size_t k, unsigned thread) {
      workspace_.work_on(thread, tiles_[k]);
      parameter_slopes(tiles_[k], gradient);
    });
    return mean_cost();
  }

  /// The cost at w + h · direction, whatever direction says of padding.
  double cost_along(const T* direction, T h) {
    if (!kept_w_.data()) kept_w_ = Buffer<T>(graph_.n_parameters);
    std::copy_n(w_, graph_.n_parameters, kept_w_.data());
    for (std::size_t i = 0; i < graph_.n_parameters; ++i) w_[i] += h * direction[i];
    padding_.fill(w_, 0);
    const double cost = this->cost();
    std::copy_n(kept_w_.data(), graph_.n_parameters, w_);
    return cost;
  }

  /// After a gradient that used directions, which knows nothing of padding.
  void forget_padding(T* gradient) const {
    if (kept_w_.data()) padding_.fill(gradient, 0);
  }

  double costs(T h, T* out) {
    if (differs_) return costs_one_by_one(h, out);
    if (!perturbation_) {
      perturbation_.emplace(graph_, w_, cost_, padding_);
      one_example_ = Buffer<T>(graph_.n_parameters);
    }
    if (batch_.rows == 1) {
      const T here = perturbation_->costs(batch_.x, batch_.t, h, out);
      outputs_ = perturbation_->output();
      return static_cast<double>(here);
    }
    outputs_ = base_outputs_.data();
    double here = 0;
    for (std::size_t r = 0; r < batch_.rows; ++r) {
      T* const costs = r == 0 ? out : one_example_.data();
      here += static_cast<double>(perturbation_->costs(batch_.x + r * graph_.input_cols,
                                                       batch_.t + r * out_cols_, h, costs));
      std::copy_n(perturbation_->output(), out_cols_, base_outputs_.data() + r * out_cols_);
      if (r > 0)
        for (std::size_t i = 0; i < graph_.n_parameters; ++i) out[i] += costs[i];
    }
    return mean_of_batch(here, out);
  }

 private:
  struct Rows {
    std::size_t from, count;
  };
  Rows rows_of(std::size_t block) const {
    const std::size_t from = block * block_rows_;
    return {from, std::min(block_rows_, batch_.rows - from)};
  }
  /// A batch of another size, the last of an epoch: where calls start, and nothing old behind it.
  void cut(std::size_t rows) {
    workspace_.forget_slopes();
    share_of_row_ = 1.0 / static_cast<double>(rows);
    block_rows_ = block_rows(rows, coupled_);
    n_blocks_ = (rows + block_rows_ - 1) / block_rows_;
    for (std::size_t b = 0; b < n_blocks_; ++b) workspace_.place(blocks_[b], b * block_rows_);
  }
  void values_and_slopes(std::size_t b) {
    Pass<T>& pass = blocks_[b];
    const Rows rows = rows_of(b);
    pass.look_at(batch_.x + rows.from * graph_.input_cols, rows.count);
    const T* const y = pass.forward();
    cost_.call("slope", slope_, y, batch_.t + rows.from * out_cols_, out_cols_, share_of_row_,
               pass.steps().back().da, per_row_.data() + rows.from, rows.count, out_cols_);
    pass.backward_inputs();
  }
  void parameter_slopes(Pass<T>& tile, T* gradient) {
    tile.look_at(batch_.x, batch_.rows);
    tile.backward_parameters(gradient);
  }
  /// Where a row is not all that its output depends on: the whole batch for every parameter.
  double costs_one_by_one(T h, T* out) {
    for (const NamedBlock& block : blocks_of_parameters_)
      for_each_element(block, [&](std::size_t i, std::size_t) {
        const T keep = w_[i];
        w_[i] += h;
        out[i] = static_cast<T>(cost());
        w_[i] = keep;
      });
    const double here = cost();  // last: what layers keep and put out is of these parameters
    padding_.fill(out, static_cast<T>(here));
    return here;
  }
  struct Noise {
    std::unique_ptr<Stream> stream;
    T* to;
    std::size_t per_row;
  };
  void draw(Noise& noise, std::uint64_t step) {
    noise.stream->restart(step);
    const std::size_t n = batch_.rows * noise.per_row;
    double numbers[256];
    for (std::size_t from = 0; from < n; from += 256) {
      const std::size_t count = std::min<std::size_t>(256, n - from);
      noise.stream->fill({numbers, count});
      // a number just below 1 may round to it
      for (std::size_t i = 0; i < count; ++i)
        noise.to[from + i] = std::min(static_cast<T>(numbers[i]), below_one);
    }
  }
  static constexpr T below_one = T(1) - std::numeric_limits<T>::epsilon() / 2;

  double mean_cost() const {
    double sum = 0;
    for (std::size_t r = 0; r < batch_.rows; ++r) sum += static_cast<double>(per_row_.data()[r]);
    return batch_.rows == 1 ? sum : sum / static_cast<double>(batch_.rows);
  }
  /// Sums over the batch become means. Padding sums to rounding errors: exactly the mean again.
  double mean_of_batch(double here, T* out) const {
    const T per_row = T(1) / static_cast<T>(batch_.rows);
    for (std::size_t i = 0; i < graph_.n_parameters; ++i) out[i] *= per_row;
    here /= static_cast<double>(batch_.rows);
    perturbation_->settle(out, static_cast<T>(here), out);
    return here;
  }

  /// f(i, thread) for i from 0 to n - 1 over the team; throws what the first of them threw.
  template <class F>
  void share(std::size_t n, F f) {
    auto job = [&](std::uint32_t i, unsigned thread) {
      try {
        f(i, thread);
      } catch (...) {
        if (!failed_.test_and_set()) failure_ = std::current_exception();
      }
    };
    team_.run(static_cast<std::uint32_t>(n), job);
    if (failed_.test()) {
      failed_.clear();
      std::rethrow_exception(take_failure());
    }
  }

  // The C face: nothing may be thrown through the plugin that calls.
  template <class F>
  static int guarded(void* host, F f) {
    const HostCall back;
    Objective& self = *static_cast<Objective*>(host);
    try {
      f(self);
      return 0;
    } catch (...) {
      self.failure_ = std::current_exception();
      return 1;
    }
  }
  static int cost_now(void* host, double* cost) {
    return guarded(host, [&](Objective& self) { *cost = self.cost(); });
  }
  static int costs_now(void* host, double h, void* costs, double* here) {
    return guarded(host, [&](Objective& self) {
      *here = self.costs(static_cast<T>(h), static_cast<T*>(costs));
    });
  }
  static int cost_along_now(void* host, const void* direction, double h, double* cost) {
    return guarded(host, [&](Objective& self) {
      *cost = self.cost_along(static_cast<const T*>(direction), static_cast<T>(h));
    });
  }
  static int slopes_now(void* host, void* gradient, double* cost) {
    return guarded(host, [&](Objective& self) {
      self.slopes_were_wanted_ = true;
      *cost = self.backpropagate(static_cast<T*>(gradient));
    });
  }

  const Graph& graph_;
  const Object& cost_;
  decltype(nnrun_cost_functions::slope) slope_;
  decltype(nnrun_cost_functions::value) value_;
  Team& team_;
  Workspace<T> workspace_;
  T* w_;
  std::size_t out_cols_, block_rows_ = 0, n_blocks_ = 0;
  double share_of_row_ = 1;  // in the mean
  std::vector<Pass<T>> blocks_, tiles_;
  Buffer<T> per_row_;
  const T *batch_outputs_, *outputs_;
  Buffer<T> base_outputs_, one_example_;
  std::optional<Perturbation<T>> perturbation_;  // only finite differences need it
  const bool coupled_ = graph_.couples_rows(), differs_ = graph_.trains_differently();
  std::optional<Stream> draws_;  // of gradients
  std::vector<Noise> noises_;
  const std::vector<NamedBlock> blocks_of_parameters_ = graph_.blocks();
  const Padding padding_{graph_};
  Buffer<T> kept_w_;
  Batch<T> batch_{};
  nnrun_objective face_{};
  bool slopes_were_wanted_ = false;
  std::exception_ptr failure_;
  std::atomic_flag failed_;
};

}  // namespace nnrun::host
