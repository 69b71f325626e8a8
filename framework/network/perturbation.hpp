// The cost with each parameter moved by h, for all parameters at once: a perturbation is a row.
#pragma once
#include <algorithm>
#include <nnrun/lanes.hpp>
#include <optional>

#include "network/cost_calls.hpp"
#include "network/padding.hpp"
#include "network/perturbation_plan.hpp"
#include "network/workspace.hpp"
namespace nnrun::host {

/// Long for a class, since every part of it works on the same buffers of one sweep.
template <class T>
class Perturbation {
 public:
  static constexpr std::size_t default_limit = std::size_t{1} << 20;  // numbers: 8 MB of float64

  /// state: may be null if no layer has any.
  Perturbation(const Graph& graph, T* w, T* state, const Object& cost, const FixedPlaces& fixed,
               std::size_t limit = default_limit)
      : graph_(graph),
        w_(w),
        base_(graph, 1, w, state, false),
        pass_(base_.pass()),
        is_fixed_(graph.n_parameters) {
    fixed.fill(is_fixed_.data(), 1);
    for (const Node& node : graph.nodes)
      if (node.frozen && node.plan.n_parameters > 0)
        frozen_.push_back({node.offset, node.plan.n_parameters});
    std::vector<PerturbationSweep> plans = plan_sweeps(graph, dtype_of<T>, limit);
    const SweepSizes sizes = sizes_of(plans, graph);
    allocate(sizes);
    costs_.emplace(cost, graph, sizes.costs);
    if (!plans.empty()) connect();
    sweeps_.reserve(plans.size());  // calls point to their plans
    for (PerturbationSweep& plan : plans) sweeps_.push_back({std::move(plan), {}, {}});
    for (Sweep& sweep : sweeps_) {
      sweep.calls = calls_of(sweep.plan);
      sweep.stretches = stretches_of(sweep.plan);
    }
  }

  /// Sets out[i] to the cost of one example with parameter i + h. Padding and frozen parameters get
  /// exactly the unmoved cost, which is returned.
  T costs(const T* x, const T* t, T h, T* out) {
    pass_.set_batch(x, 1);
    T here{};
    for (const Sweep& sweep : sweeps_) here = run(sweep, x, t, h, out);
    if (sweeps_.empty()) {
      pass_.forward();
      here = base_cost(pass_.for_cost(), t);
    }
    for (const auto& [from, count] : frozen_) std::fill_n(out + from, count, here);
    return here;
  }
  /// Copies costs to out, but gives what is fixed `here`: whole rows may be computed by another
  /// kernel than the base row, whose last bits may differ.
  void settle(const T* costs, T here, T* out) const {
    settle(costs, is_fixed_.data(), here, out, is_fixed_.size());
  }
  /// Returns the base row's output after costs().
  const T* output() const { return sweeps_.empty() ? base_.output(last()) : stages_[last()].a; }

 private:
  using Section = PerturbedSection;
  /// One of the calls that a sweep consists of. What it does not need is empty.
  struct Call {
    enum What { forward, perturb, perturb_in_parts, spread, carry, activate } what;
    const typename Pass<T>::Step* step;
    // the step's, at hand
    Prepared<nnrun_layer_functions> layer = step->layer;
    Prepared<nnrun_activation_functions> activation = step->activation;
    const nnrun_layer_call* layer_call = &step->call;
    const Section* section = nullptr;
    const PerturbationSweep* plan = nullptr;
    T* to = nullptr;
    std::size_t rows = 0, cols = 0;
    const T* from = nullptr;
  };
  /// Costs that follow each other as their parameters do.
  struct Stretch {
    std::size_t from, to, count;  ///< from: of the costs, to: of the parameters
  };
  struct Sweep {
    PerturbationSweep plan;
    std::vector<Call> calls;
    std::vector<Stretch> stretches;
  };
  struct Numbers {  // of a node, shared by all sweeps
    Buffer<T> z_numbers, a_numbers;
    T *z = nullptr, *a = nullptr;
    bool elementwise = true;
  };
  std::size_t last() const { return graph_.nodes.size() - 1; }

  void allocate(const SweepSizes& sizes) {
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      const Node& node = graph_.nodes[k];
      Numbers& n = stages_.emplace_back();
      n.z_numbers = Buffer<T>(sizes.nodes[k]);
      if (node.activation) n.a_numbers = Buffer<T>(sizes.nodes[k]);
      n.z = n.z_numbers.data();
      n.a = node.activation ? n.a_numbers.data() : n.z;
      n.elementwise = node.elementwise();
    }
    for (const std::size_t size : sizes.written_rows) written_.emplace_back(size);
    own_columns_ = Buffer<T>(sizes.parameters);
    last_rows_ = Buffer<T>(sizes.rows * graph_.output().cols);
  }
  /// Makes the calls of the base row work where the sections follow it.
  void connect() {
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      typename Pass<T>::Step& step = pass_.steps()[k];
      step.call.out.v = stages_[k].z;
      for (std::size_t i = 0; i < step.in.size(); ++i)
        if (const int input = graph_.nodes[k].inputs[i]; input != data_input)
          step.in[i].v = stages_[static_cast<std::size_t>(input)].a;
    }
  }
  T base_cost(const T* y, const T* t) {
    costs_->values_of_same(y, t, 1);
    return costs_->of_rows()[0];
  }

  /// Uses the same lanes as the plugins: a wide load of what was stored in pieces would wait. What
  /// the last lane writes past a range is padding, or is overwritten later.
  NNRUN_CLONES static void settle(const T* costs, const T* is_fixed, T here, T* out,
                                  std::size_t n) {
    for (std::size_t i = 0; i < n; i += lanes)
      lane_at(out + i) = select(lane_at(is_fixed + i), Lane<T>{} + here, lane_at(costs + i));
  }

  T run(const Sweep& sweep, const T* x, const T* t, T h, T* out) {
    pass_.in_a_row([&](CallsInARow& row) {
      for (const Call& call : sweep.calls)
        if (!make(row, call, x, h)) return false;
      return true;
    });
    const PerturbedNode& end = sweep.plan.nodes.back();
    const std::size_t cols = graph_.output().cols;
    const T* const y = graph_.cost_takes_scores ? stages_[last()].z : stages_[last()].a;
    if (cols == 1) {  // the base and all sections are rows of one number: one call
      costs_->values_of_same(y, t, end.size);
      const T here = costs_->of_rows()[0];
      for (const Stretch& s : sweep.stretches)
        settle(costs_->of_rows() + s.from, is_fixed_.data() + s.to, here, out + s.to, s.count);
      return here;
    }
    const T here = base_cost(y, t);
    for (const Section& s : end.sections) {
      const T* rows = y + s.at;
      if (s.groups) rows = write_out(s, y, cols, last_rows_.data());
      const std::size_t at = graph_.nodes[s.range.node].offset + s.range.from;
      costs_->values_of_same(rows, t, s.range.count);
      settle(costs_->of_rows(), is_fixed_.data() + at, here, out + at, s.range.count);
    }
    return here;
  }

  /// Prepares the calls of a sweep, node by node in graph order.
  std::vector<Call> calls_of(const PerturbationSweep& plan) {
    std::vector<Call> calls;
    for (std::size_t k = 0; k < plan.nodes.size(); ++k) {
      const typename Pass<T>::Step& step = pass_.steps()[k];
      calls.push_back({.what = Call::forward, .step = &step});
      for (const Section& s : plan.nodes[k].sections) {
        T* const z = stages_[k].z + s.at;
        if (s.range.node == k)
          calls.push_back({.what = moves_whole(k, s) ? Call::perturb : Call::perturb_in_parts,
                           .step = &step,
                           .section = &s,
                           .to = z});
        else if (s.input)
          calls.push_back({.what = Call::spread,
                           .step = &step,
                           .to = z,
                           .rows = s.input->groups,
                           .cols = s.input->stride,
                           .from = stages_[static_cast<std::size_t>(graph_.nodes[k].inputs[0])].a +
                                   s.input->at});
        else
          calls.push_back(
              {.what = Call::carry, .step = &step, .section = &s, .plan = &plan, .to = z});
      }
      if (step.activation) add_activation(plan.nodes[k], k, calls);
    }
    return calls;
  }
  std::vector<Stretch> stretches_of(const PerturbationSweep& plan) const {
    std::vector<Stretch> all;
    for (const Section& s : plan.nodes.back().sections) {
      const std::size_t to = graph_.nodes[s.range.node].offset + s.range.from;
      const bool goes_on = !all.empty() && all.back().from + all.back().count == s.at &&
                           all.back().to + all.back().count == to;
      if (goes_on)
        all.back().count += s.range.count;
      else
        all.push_back({s.at, to, s.range.count});
    }
    return all;
  }
  bool moves_whole(std::size_t k, const Section& s) const {
    return s.groups && s.range.count == graph_.nodes[k].plan.n_parameters &&
           pass_.steps()[k].layer.functions.perturb;
  }
  void add_activation(const PerturbedNode& stage, std::size_t k, std::vector<Call>& calls) const {
    const Node& node = graph_.nodes[k];
    const Numbers& numbers = stages_[k];
    const auto add = [&](std::size_t at, std::size_t rows, std::size_t cols) {
      const std::size_t width = numbers.elementwise ? cols : node.activation_cols;
      calls.push_back({.what = Call::activate,
                       .step = &pass_.steps()[k],
                       .to = numbers.a + at,
                       .rows = rows * cols / width,
                       .cols = width,
                       .from = numbers.z + at});
    };
    if (k == last() && graph_.cost_takes_scores) return add(0, 1, node.cols);  // for output() only
    if (numbers.elementwise) {
      if (node.cols == 1)
        add(0, stage.size, 1);
      else
        add(0, 1, stage.size);
      return;
    }
    add(0, 1, node.cols);
    for (const Section& s : stage.sections) add(s.at, s.range.count, node.cols);
  }
  /// Makes a prepared call. Returns whether it succeeds.
  bool make(CallsInARow& row, const Call& c, const T* x, T h) {
    const Prepared<nnrun_layer_functions>& layer = c.layer;
    switch (c.what) {
      case Call::forward:
        return row.call(layer, "forward", layer.functions.forward, c.layer_call);
      case Call::perturb:
        return row.call(layer, "perturb", layer.functions.perturb, c.layer_call,
                        static_cast<double>(h), c.to);
      case Call::spread:
        return row.call(layer, "spread", layer.functions.spread, c.layer_call, c.from, c.rows,
                        c.cols, c.to);
      case Call::activate:
        return row.call(c.activation, "forward", c.activation.functions.forward, c.from, c.to,
                        c.rows, c.cols);
      case Call::perturb_in_parts:
        return perturb_in_parts(row, *c.step, *c.section, h, c.to);
      case Call::carry:
        return carry(row, *c.plan, *c.step, *c.section, x, c.to);
    }
    return false;
  }

  /// Moves a layer's own parameters where one call of `perturb` does not do it.
  bool perturb_in_parts(CallsInARow& row, const typename Pass<T>::Step& step, const Section& s, T h,
                        T* z) {
    const Node& node = *step.node;
    if (node.plan.groups == 0 || !step.layer.functions.perturb)
      return one_by_one(row, step, s, h, z);
    // ranges of a node come in order: worked out once for all of them
    if (s.range.from == 0 && !row.call(step.layer, "perturb", step.layer.functions.perturb,
                                       &step.call, static_cast<double>(h), own_columns_.data()))
      return false;
    const T* const columns = own_columns_.data() + s.range.from;
    if (s.groups) {
      std::copy_n(columns, s.range.count, z);
      return true;
    }
    const std::size_t stride = node.plan.n_parameters / node.plan.groups;
    const T* const base = static_cast<const T*>(step.call.out.v);
    for (std::size_t i = 0; i < s.range.count; ++i) {
      std::copy_n(base, node.cols, z + i * node.cols);
      if (i % stride < node.cols) z[i * node.cols + i % stride] = columns[i];
    }
    return true;
  }
  bool one_by_one(CallsInARow& row, const typename Pass<T>::Step& step, const Section& s, T h,
                  T* z) {
    const Node& node = *step.node;
    nnrun_layer_call call = step.call;
    call.out.v = one_row_.data();
    for (std::size_t i = 0; i < s.range.count; ++i) {
      T& w = w_[node.offset + s.range.from + i];
      const T keep = w;
      w += h;
      const bool succeeds = row.call(step.layer, "forward", step.layer.functions.forward, &call);
      w = keep;
      if (!succeeds) return false;
      std::copy_n(one_row_.data(), node.cols, z + i * node.cols);
    }
    return true;
  }

  /// Passes the perturbations of an earlier layer through a later one, as whole rows of every
  /// input.
  bool carry(CallsInARow& row, const PerturbationSweep& plan, const typename Pass<T>::Step& step,
             const Section& s, const T* x, T* z) {
    const Node& node = *step.node;
    nnrun_layer_call call = step.call;
    carried_.assign(call.in, call.in + call.n_in);
    for (std::size_t i = 0; i < carried_.size(); ++i) {
      const Section* const from = find_section(plan, node.inputs[i], s.range.node);
      const T* const values =
          node.inputs[i] == data_input ? x : stages_[static_cast<std::size_t>(node.inputs[i])].a;
      if (from && !from->groups)
        carried_[i].v = const_cast<T*>(values + from->at);
      else if (from)
        carried_[i].v = write_out(*from, values, carried_[i].cols, written_[i].data());
      else
        carried_[i].v = repeat(values, carried_[i].cols, s.range.count, written_[i].data());
    }
    call.in = carried_.data();
    call.rows = s.range.count;
    call.out.v = z;
    return row.call(step.layer, "forward", step.layer.functions.forward, &call);
  }
  /// Writes a section of columns as whole rows: in each, the base row with one column replaced.
  T* write_out(const Section& s, const T* values, std::size_t cols, T* rows) const {
    for (std::size_t i = 0; i < s.range.count; ++i) {
      std::copy_n(values, cols, rows + i * cols);
      if (i % s.stride < cols) rows[i * cols + i % s.stride] = values[s.at + i];
    }
    return rows;
  }
  T* repeat(const T* values, std::size_t cols, std::size_t count, T* rows) const {
    for (std::size_t i = 0; i < count; ++i) std::copy_n(values, cols, rows + i * cols);
    return rows;
  }

  const Graph& graph_;
  T* w_;
  Workspace<T> base_;
  Pass<T> pass_;
  Buffer<T> is_fixed_;                                       // 1 where no parameter can move
  std::vector<std::pair<std::size_t, std::size_t>> frozen_;  // from, count: in no sweep
  std::vector<Sweep> sweeps_;
  std::optional<CostCalls<T>> costs_;
  std::vector<Numbers> stages_;
  std::vector<Buffer<T>> written_;  // rows for each position of an input
  std::vector<nnrun_tensor> carried_;
  Buffer<T> own_columns_, last_rows_, one_row_{largest_row()};
  std::size_t largest_row() const {
    std::size_t cols = 1;
    for (const Node& node : graph_.nodes) cols = std::max(cols, node.cols);
    return cols;
  }
};

}  // namespace nnrun::host
