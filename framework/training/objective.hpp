// What a gradient plugin sees: the cost of one batch as a function of the parameters.
#pragma once
#include <exception>
#include <optional>

#include "training/mean_cost.hpp"
#include "training/moved_costs.hpp"
namespace nnrun::host {

template <class T>
class Objective {
 public:
  /// state, random: may be null if no layer has state or uses noise.
  Objective(const Graph& graph, const Object& cost, std::size_t max_rows, T* w, Team& team,
            T* state = nullptr, Random* random = nullptr)
      : mean_cost_(graph, cost, max_rows, w, team, state, random),
        moved_(graph, cost, max_rows, w, mean_cost_),
        outputs_(mean_cost_.outputs()) {
    face_ = {sizeof face_, dtype_of<T>,    this,   graph.n_parameters, cost_now, costs_now,
             slopes_now,   cost_along_now, nullptr};
    if (random) face_.stream = draws_.emplace(*random, "gradient", 0).lent();
  }
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;

  const nnrun_objective* face() const { return &face_; }

  /// Sets the batch to evaluate. step: from 1; decides the noise of the layers and what the
  /// gradient draws.
  void set_batch(const Batch<T>& batch, std::uint64_t step = 1) {
    mean_cost_.set_batch(batch, step);
    if (draws_) draws_->restart(step);
  }
  double cost() {
    outputs_ = mean_cost_.outputs();
    return mean_cost_.cost();
  }
  double backpropagate(T* gradient) {
    outputs_ = mean_cost_.outputs();
    return mean_cost_.backpropagate(gradient);
  }
  double costs(T h, T* out) {
    const double here = moved_.costs(h, out);
    outputs_ = moved_.outputs();
    return here;
  }
  double cost_along(const T* direction, T h) {
    outputs_ = mean_cost_.outputs();
    return moved_.cost_along(direction, h);
  }
  void observe() { mean_cost_.observe(); }
  void clear_padding(T* gradient) const { moved_.clear_padding(gradient); }
  /// Returns the outputs of the last evaluation.
  const T* outputs() const { return outputs_; }

  /// Returns the first call that gave numbers that are not finite. Without a plugin if all are
  /// finite: then the gradient plugin itself produced them.
  Fault find_fault() { return mean_cost_.find_fault(slopes_were_wanted_); }
  /// Takes and clears what a callback threw while a plugin was calling.
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

 private:
  // The C interface: no exception may pass through the plugin that calls.
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

  MeanCost<T> mean_cost_;
  MovedCosts<T> moved_;
  const T* outputs_;
  std::optional<Stream> draws_;  // of gradients
  nnrun_objective face_{};
  bool slopes_were_wanted_ = false;
  std::exception_ptr failure_;
};

}  // namespace nnrun::host
