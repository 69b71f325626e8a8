// The cost with each parameter moved by h, for all parameters at once: a perturbation is a row.
#pragma once
#include <algorithm>
#include <nnrun/lanes.hpp>

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
        cost_(cost),
        values_(cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].value),
        base_(graph, 1, w, state, false),
        pass_(base_.pass()),
        is_fixed_(graph.n_parameters),
        sweeps_(plan_sweeps(graph, dtype_of<T>, limit)) {
    fixed.fill(is_fixed_.data(), 1);
    for (const Node& node : graph.nodes)
      if (node.frozen && node.plan.n_parameters > 0)
        frozen_.push_back({node.offset, node.plan.n_parameters});
    allocate();
    if (!sweeps_.empty()) connect();
  }

  /// Sets out[i] to the cost of one example with parameter i + h. Padding and frozen parameters get
  /// exactly the unmoved cost, which is returned.
  T costs(const T* x, const T* t, T h, T* out) {
    pass_.set_batch(x, 1);
    T here{};
    for (Sweep& sweep : sweeps_) here = run(sweep, x, t, h, out);
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
  using Sweep = PerturbationSweep;
  struct Numbers {  // of a node, shared by all sweeps
    Buffer<T> z_numbers, a_numbers;
    T *z = nullptr, *a = nullptr;
    bool elementwise = true;
  };
  std::size_t last() const { return graph_.nodes.size() - 1; }

  void allocate() {
    const SweepSizes sizes = sizes_of(sweeps_, graph_);
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
    per_row_ = Buffer<T>(sizes.costs);
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
    cost_.call("value", values_, y, t, 0, per_row_.data(), 1, graph_.output().cols);
    return per_row_.data()[0];
  }

  /// Uses the same lanes as the plugins: a wide load of what was stored in pieces would wait. What
  /// the last lane writes past a range is padding, or is overwritten later.
  NNRUN_CLONES static void settle(const T* costs, const T* is_fixed, T here, T* out,
                                  std::size_t n) {
    for (std::size_t i = 0; i < n; i += lanes)
      lane_at(out + i) = select(lane_at(is_fixed + i), Lane<T>{} + here, lane_at(costs + i));
  }

  T run(Sweep& sweep, const T* x, const T* t, T h, T* out) {
    for (std::size_t k = 0; k < sweep.nodes.size(); ++k) evaluate(sweep, k, x, h);
    const PerturbedNode& end = sweep.nodes.back();
    const std::size_t cols = graph_.output().cols;
    const T* const y = graph_.cost_takes_scores ? stages_[last()].z : stages_[last()].a;
    if (cols == 1) {  // the base and all sections are rows of one number: one call
      cost_.call("value", values_, y, t, 0, per_row_.data(), end.size, 1);
      const T here = per_row_.data()[0];
      for (const Section& s : end.sections) {
        const std::size_t at = graph_.nodes[s.range.node].offset + s.range.from;
        settle(per_row_.data() + s.at, is_fixed_.data() + at, here, out + at, s.range.count);
      }
      return here;
    }
    const T here = base_cost(y, t);
    for (const Section& s : end.sections) {
      const T* rows = y + s.at;
      if (s.groups) rows = write_out(s, y, cols, last_rows_.data());
      const std::size_t at = graph_.nodes[s.range.node].offset + s.range.from;
      cost_.call("value", values_, rows, t, 0, per_row_.data(), s.range.count, cols);
      settle(per_row_.data(), is_fixed_.data() + at, here, out + at, s.range.count);
    }
    return here;
  }

  void evaluate(const Sweep& sweep, std::size_t k, const T* x, T h) {
    const PerturbedNode& stage = sweep.nodes[k];
    const typename Pass<T>::Step& step = pass_.steps()[k];
    const Node& node = graph_.nodes[k];
    const nnrun_layer_call& call = step.call;
    node.layer.call("forward", step.layer.functions.forward, &call);
    for (const Section& s : stage.sections) {
      T* const z = stages_[k].z + s.at;
      if (s.range.node == k)
        perturb(k, call, s, h, z);
      else if (s.input)
        node.layer.call("spread", step.layer.functions.spread, &call,
                        stages_[static_cast<std::size_t>(node.inputs[0])].a + s.input->at,
                        s.input->groups, s.input->stride, z);
      else
        carry(sweep, k, call, s, x, z);
    }
    if (step.activation) activate(stage, k);
  }
  void activate(const PerturbedNode& stage, std::size_t k) {
    typename Pass<T>::Step& step = pass_.steps()[k];
    const Node& node = graph_.nodes[k];
    const auto call = [&](std::size_t at, std::size_t rows, std::size_t cols) {
      const std::size_t width = stages_[k].elementwise ? cols : node.activation_cols;
      node.activation.call("forward", step.activation.functions.forward, stages_[k].z + at,
                           stages_[k].a + at, rows * cols / width, width);
    };
    if (k == last() && graph_.cost_takes_scores) return call(0, 1, node.cols);  // for output() only
    if (stages_[k].elementwise) {
      if (node.cols == 1)
        call(0, stage.size, 1);
      else
        call(0, 1, stage.size);
      return;
    }
    call(0, 1, node.cols);
    for (const Section& s : stage.sections) call(s.at, s.range.count, node.cols);
  }

  /// Moves a layer's own parameters.
  void perturb(std::size_t k, const nnrun_layer_call& call, const Section& s, T h, T* z) {
    const typename Pass<T>::Step& step = pass_.steps()[k];
    const Node& node = graph_.nodes[k];
    const bool whole = s.range.count == node.plan.n_parameters;
    if (node.plan.groups == 0 || !step.layer.functions.perturb) return one_by_one(k, call, s, h, z);
    if (s.groups && whole) {
      node.layer.call("perturb", step.layer.functions.perturb, &call, static_cast<double>(h), z);
      return;
    }
    if (s.range.from == 0)  // ranges of a node come in order: worked out once for all of them
      node.layer.call("perturb", step.layer.functions.perturb, &call, static_cast<double>(h),
                      own_columns_.data());
    const T* const columns = own_columns_.data() + s.range.from;
    if (s.groups) {
      std::copy_n(columns, s.range.count, z);
      return;
    }
    const std::size_t stride = node.plan.n_parameters / node.plan.groups;
    const T* const base = stages_[k].z;
    for (std::size_t i = 0; i < s.range.count; ++i) {
      std::copy_n(base, node.cols, z + i * node.cols);
      if (i % stride < node.cols) z[i * node.cols + i % stride] = columns[i];
    }
  }
  void one_by_one(std::size_t k, nnrun_layer_call call, const Section& s, T h, T* z) {
    const Node& node = graph_.nodes[k];
    for (std::size_t i = 0; i < s.range.count; ++i) {
      T& w = w_[node.offset + s.range.from + i];
      const T keep = w;
      w += h;
      call.out.v = one_row_.data();
      node.layer.call("forward", pass_.steps()[k].layer.functions.forward, &call);
      std::copy_n(one_row_.data(), node.cols, z + i * node.cols);
      w = keep;
    }
  }

  /// Passes the perturbations of an earlier layer through layer k, as whole rows of every input.
  void carry(const Sweep& sweep, std::size_t k, nnrun_layer_call call, const Section& s, const T* x,
             T* z) {
    const Node& node = graph_.nodes[k];
    carried_.assign(call.in, call.in + call.n_in);
    for (std::size_t i = 0; i < carried_.size(); ++i) {
      const Section* const from = find_section(sweep, node.inputs[i], s.range.node);
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
    node.layer.call("forward", pass_.steps()[k].layer.functions.forward, &call);
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
  const Object& cost_;
  int (*values_)(void*, const void*, const void*, std::size_t, void*, std::size_t, std::size_t);
  Workspace<T> base_;
  Pass<T> pass_;
  Buffer<T> is_fixed_;  // 1 where no parameter can move
  struct Stretch {
    std::size_t from, count;
  };
  std::vector<Stretch> frozen_;  // in no sweep
  std::vector<Sweep> sweeps_;
  std::vector<Numbers> stages_;
  std::vector<Buffer<T>> written_;  // rows for each position of an input
  std::vector<nnrun_tensor> carried_;
  Buffer<T> own_columns_, per_row_, last_rows_, one_row_{largest_row()};
  std::size_t largest_row() const {
    std::size_t cols = 1;
    for (const Node& node : graph_.nodes) cols = std::max(cols, node.cols);
    return cols;
  }
};

}  // namespace nnrun::host
