// What a gradient plugin sees: the cost of one batch as a function of the parameters.
#pragma once
#include <exception>
#include <optional>

#include "base/text.hpp"
#include "training/mean_cost.hpp"
#include "training/moved_costs.hpp"
namespace nnrun::host {

/// Moves a number, and moves it back in the end, even if a plugin throws meanwhile.
template <class T>
class MovedNumber {
 public:
  MovedNumber(T& number, T by) : number_(number), kept_(number) { number_ += by; }
  ~MovedNumber() { number_ = kept_; }
  MovedNumber(const MovedNumber&) = delete;
  MovedNumber& operator=(const MovedNumber&) = delete;

 private:
  T& number_;
  const T kept_;
};

template <class T>
class Objective {
 public:
  /// state, random: may be null if no layer has state or uses noise.
  Objective(const Graph& graph, const Object& cost, std::size_t max_rows, T* w, Team& team,
            T* state = nullptr, Random* random = nullptr)
      : graph_(graph),
        w_(w),
        mean_cost_(graph, cost, max_rows, w, team, state, random),
        moved_(graph, cost, max_rows, w, state, mean_cost_),
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
    fault_along_.reset();
    if (draws_) draws_->restart(step);
  }
  double cost() {
    outputs_ = mean_cost_.outputs();
    return mean_cost_.cost();
  }
  /// whole: see MeanCost::backpropagate; may be left out.
  template <class... Whole>
  double backpropagate(T* gradient, Whole... whole) {
    slopes_were_wanted_ = true;
    outputs_ = mean_cost_.outputs();
    return mean_cost_.backpropagate(gradient, whole...);
  }
  double costs(T h, T* out) {
    moved_by_ = h;
    const double here = moved_.costs(h, out);
    outputs_ = moved_.outputs();
    return here;
  }
  double cost_along(const T* direction, T h) {
    outputs_ = mean_cost_.outputs();
    return moved_.cost_along(direction, h, [&](double cost) {
      if (std::isfinite(cost) || fault_along_) [[likely]]
        return;
      fault_along_ = mean_cost_.last_fault(cost);
      fault_along_->moved = "all parameters moved along a direction by " + shortest(h);
    });
  }
  void observe() { mean_cost_.observe(); }
  /// Forgets what the last batch left, whose numbers may not be finite.
  void forget_batch() { mean_cost_.forget_batch(); }
  void clear_fixed(T* gradient) const { moved_.clear_fixed(gradient); }
  /// Returns the outputs of the last evaluation.
  const T* outputs() const { return outputs_; }

  /// Evaluates the batch again, also with a parameter moved whose slope is not finite. Returns the
  /// first call that gave numbers that are not finite. Without a plugin if all are finite: then
  /// the gradient plugin itself produced them.
  Fault find_fault(const T* gradient) {
    Fault fault = mean_cost_.find_fault(slopes_were_wanted_);
    if (!fault.plugin && moved_by_ != 0) fault = find_fault_nearby(gradient);
    return !fault.plugin && fault_along_ ? *fault_along_ : fault;
  }
  /// Adds what the last evaluation left to a picture.
  void add_to(Picture& picture) const { mean_cost_.add_to(picture); }
  /// Takes and clears what a callback threw while a plugin was calling.
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

 private:
  /// Returns the fault with the first such parameter moved, to either side.
  Fault find_fault_nearby(const T* gradient) {
    for (const NamedBlock& block : graph_.blocks()) {
      std::optional<std::size_t> bad;
      for_each_element(block, [&](std::size_t i, std::size_t) {
        if (!bad && !std::isfinite(gradient[i])) bad = i;
      });
      if (!bad) continue;
      for (const T by : {moved_by_, -moved_by_}) {
        const MovedNumber<T> moved(w_[*bad], by);
        Fault fault = mean_cost_.find_fault(false);
        if (!fault.plugin) continue;
        fault.moved = "a parameter of " + block.name + " moved by " + shortest(by);
        return fault;
      }
      break;
    }
    return {};
  }

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
    return guarded(host,
                   [&](Objective& self) { *cost = self.backpropagate(static_cast<T*>(gradient)); });
  }

  const Graph& graph_;
  T* w_;
  MeanCost<T> mean_cost_;
  MovedCosts<T> moved_;
  const T* outputs_;
  std::optional<Stream> draws_;  // of gradients
  nnrun_objective face_{};
  bool slopes_were_wanted_ = false;
  T moved_by_ = 0;                    // by the last costs()
  std::optional<Fault> fault_along_;  // of this batch's costs along directions
  std::exception_ptr failure_;
};

}  // namespace nnrun::host
