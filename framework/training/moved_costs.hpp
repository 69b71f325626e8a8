// The cost at moved parameters, without slopes: each parameter alone moved by h, or all of them
// along a direction.
#pragma once
#include <optional>

#include "network/padding.hpp"
#include "network/perturbation.hpp"
#include "training/mean_cost.hpp"
namespace nnrun::host {

template <class T>
class MovedCosts {
 public:
  /// Keeps references to all of them. Every call leaves w as it was.
  MovedCosts(const Graph& graph, const Object& cost, std::size_t max_rows, T* w, T* state,
             MeanCost<T>& mean_cost)
      : graph_(graph),
        cost_(cost),
        w_(w),
        state_(state),
        mean_cost_(mean_cost),
        out_cols_(graph.output().cols),
        base_outputs_(max_rows * out_cols_) {}

  /// Returns the cost at w + h · direction. Padding and frozen parameters do not move. see(cost) is
  /// called while they are moved.
  template <class See>
  double cost_along(const T* direction, T h, See see) {
    if (!kept_w_.data()) kept_w_ = Buffer<T>(graph_.n_parameters);
    std::copy_n(w_, graph_.n_parameters, kept_w_.data());
    for (std::size_t i = 0; i < graph_.n_parameters; ++i) w_[i] += h * direction[i];
    fixed_.copy(kept_w_.data(), w_);
    const double cost = mean_cost_.cost();
    see(cost);
    std::copy_n(kept_w_.data(), graph_.n_parameters, w_);
    return cost;
  }

  /// Zeroes what is fixed in a gradient that used directions: its plugin does not know where that
  /// is.
  void clear_fixed(T* gradient) const {
    if (kept_w_.data()) fixed_.fill(gradient, 0);
  }

  /// Sets out[i] to the cost with parameter i + h. Padding and frozen parameters get exactly the
  /// unmoved cost, which is returned.
  double costs(T h, T* out) {
    outputs_ = mean_cost_.outputs();
    if (differs_) return costs_one_by_one(h, out);
    if (!perturbation_) {
      perturbation_.emplace(graph_, w_, state_, cost_, fixed_);
      one_example_ = Buffer<T>(graph_.n_parameters);
    }
    const Batch<T>& batch = mean_cost_.batch();
    if (batch.rows == 1 && batch.weight == nullptr && batch.divisor == 1) {
      const T here = perturbation_->costs(batch.x, batch.t, h, out);
      outputs_ = perturbation_->output();
      return static_cast<double>(here);
    }
    outputs_ = base_outputs_.data();
    double here = 0;
    for (std::size_t r = 0; r < batch.rows; ++r) {
      T* const costs = r == 0 ? out : one_example_.data();
      const T own =
          perturbation_->costs(batch.x + r * graph_.input_cols, batch.t + r * out_cols_, h, costs);
      here +=
          static_cast<double>(batch.weight == nullptr ? own : weigh(batch.weight[r], own, costs));
      std::copy_n(perturbation_->output(), out_cols_, base_outputs_.data() + r * out_cols_);
      if (r > 0)
        for (std::size_t i = 0; i < graph_.n_parameters; ++i) out[i] += costs[i];
    }
    return mean_of_batch(here, out);
  }

  /// Returns the outputs at the unmoved parameters, after costs().
  const T* outputs() const { return outputs_; }

 private:
  /// Evaluates the whole batch for every parameter, since an output depends on more than its row.
  double costs_one_by_one(T h, T* out) {
    for (const NamedBlock& block : blocks_of_parameters_) {
      if (block.node->frozen) continue;
      for_each_element(block, [&](std::size_t i, std::size_t) {
        const T keep = w_[i];
        w_[i] += h;
        out[i] = static_cast<T>(mean_cost_.cost());
        w_[i] = keep;
      });
    }
    const double here =
        mean_cost_.cost();  // last, so that what layers keep and output belongs to w
    fixed_.fill(out, static_cast<T>(here));
    return here;
  }
  /// Multiplies the costs of an example by what it counts, and returns `here` multiplied, too.
  T weigh(T weight, T here, T* costs) const {
    for (std::size_t i = 0; i < graph_.n_parameters; ++i)
      costs[i] = weight == 0 ? T(0) : costs[i] * weight;
    return weight == 0 ? T(0) : here * weight;
  }
  /// Turns sums over the batch into means. Sums of what is fixed have rounding errors, so it is set
  /// to the mean again.
  double mean_of_batch(double here, T* out) const {
    const double divisor = mean_cost_.batch().divisor;
    const T share = divisor > 0 ? T(1) / static_cast<T>(divisor) : 0;  // 0: no example counts
    for (std::size_t i = 0; i < graph_.n_parameters; ++i) out[i] *= share;
    here = divisor > 0 ? here / divisor : 0;
    perturbation_->settle(out, static_cast<T>(here), out);
    return here;
  }

  const Graph& graph_;
  const Object& cost_;
  T *w_, *state_;
  MeanCost<T>& mean_cost_;
  std::size_t out_cols_;
  const T* outputs_ = nullptr;
  Buffer<T> base_outputs_, one_example_, kept_w_;
  std::optional<Perturbation<T>> perturbation_;  // only finite differences need it
  const bool differs_ = graph_.trains_differently();
  const std::vector<NamedBlock> blocks_of_parameters_ = graph_.blocks();
  const FixedPlaces fixed_{graph_};
};

}  // namespace nnrun::host
