// The cost with each parameter moved by h, for all parameters at once: a perturbation is a row.
//
// The parameters of a layer move its outputs one column at a time, so all of them are evaluated as
// rows of one batch from that layer on, instead of running the whole network once per parameter. At
// each node the perturbations of earlier layers follow the base row in sections:
//   columns: groups × stride numbers; number (g, c) means "the base row, but column c is this"
//   rows:    count × cols, whole rows
// Numbers stand in parameter order, so the last section *is* a piece of the vector of costs. Long
// sections are cut: a sweep takes as many perturbations as fit into a bounded buffer.
#pragma once
#include <algorithm>
#include <memory>
#include <nnrun/lanes.hpp>

#include "network/padding.hpp"
#include "network/workspace.hpp"
namespace nnrun::host {

/// Parameters from … from + count - 1 of a node, evaluated together.
struct PerturbedRange {
  std::size_t node, from, count;
};

/// Cuts all parameters into sweeps whose buffers hold at most `limit` numbers, if the layers allow
/// it.
std::vector<std::vector<PerturbedRange>> plan_sweeps(const Graph& graph, std::size_t limit);

/// Returns whether the output of `from` flows into `to`.
bool reaches(const Graph& graph, std::size_t from, std::size_t to);

template <class T>
class Perturbation {
 public:
  static constexpr std::size_t default_limit = std::size_t{1} << 20;  // numbers: 8 MB of float64

  Perturbation(const Graph& graph, T* w, const Object& cost, const Padding& padding,
               std::size_t limit = default_limit)
      : graph_(graph),
        w_(w),
        cost_(cost),
        values_(cost.functions<nnrun_cost>().by_dtype[dtype_of<T>].value),
        base_(graph, 1, w, nullptr, false),
        pass_(base_.pass()),
        is_padding_(graph.n_parameters) {
    padding.fill(is_padding_.data(), 1);
    for (const auto& ranges : plan_sweeps(graph, limit)) lay_out(ranges);
    allocate();
    if (!sweeps_.empty()) connect();
  }

  /// Sets out[i] to the cost of one example with parameter i + h. Padding gets exactly the unmoved
  /// cost, which is returned.
  T costs(const T* x, const T* t, T h, T* out) {
    pass_.set_batch(x, 1);
    T here{};
    for (Sweep& sweep : sweeps_) here = run(sweep, x, t, h, out);
    if (sweeps_.empty()) here = base_cost(pass_.forward(), t);
    return here;
  }
  /// Copies costs to out, but gives padding `here`: whole rows may be computed by another kernel
  /// than the base row, whose last bits may differ.
  void settle(const T* costs, T here, T* out) const {
    settle(costs, is_padding_.data(), here, out, is_padding_.size());
  }
  /// Returns the base row's output after costs().
  const T* output() const { return sweeps_.empty() ? base_.output(last()) : stages_[last()].a; }

 private:
  struct Section {
    PerturbedRange range;
    std::size_t at;                  // in numbers, after the base row
    std::size_t groups, stride;      // groups 0: whole rows
    const Section* input = nullptr;  // the same range at the one input, where `spread` applies
  };
  struct Stage {  // one node of a sweep
    std::vector<Section> sections;
    std::size_t size = 0;
  };
  struct Sweep {
    std::vector<Stage> stages;
  };
  struct Numbers {  // of a node, shared by all sweeps
    Buffer<T> z_numbers, a_numbers;
    T *z = nullptr, *a = nullptr;
    bool elementwise = true;
  };
  std::size_t last() const { return graph_.nodes.size() - 1; }

  void lay_out(const std::vector<PerturbedRange>& ranges) {
    Sweep& sweep = sweeps_.emplace_back();
    sweep.stages.resize(graph_.nodes.size());
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      const Node& node = graph_.nodes[k];
      Stage& stage = sweep.stages[k];
      stage.size = padded(node.cols);
      for (const PerturbedRange& range : ranges) {
        const bool own = range.node == k;
        if (!own && !reaches(graph_, range.node, k)) continue;
        const std::size_t groups = own && node.elementwise() ? node.plan.groups : 0;
        const std::size_t stride = groups ? node.plan.n_parameters / groups : 0;
        stage.sections.push_back(
            {range, stage.size, groups ? range.count / stride : 0, stride, nullptr});
        stage.size += padded(groups ? range.count : range.count * node.cols);
      }
    }
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
      for (Section& s : sweep.stages[k].sections) s.input = spread_input(sweep, k, s);
  }
  /// Returns the columns that a layer with one input and `spread` can take as they are; else
  /// nullptr.
  const Section* spread_input(const Sweep& sweep, std::size_t k, const Section& s) const {
    const Node& node = graph_.nodes[k];
    const bool can = node.functions().by_dtype[dtype_of<T>].spread && node.inputs.size() == 1;
    if (s.range.node == k || !can || node.inputs[0] == data_input) return nullptr;
    const Section* from = find(sweep, node.inputs[0], s.range.node);
    return from && from->groups ? from : nullptr;
  }
  static const Section* find(const Sweep& sweep, int input, std::size_t source) {
    if (input == data_input) return nullptr;
    for (const Section& s : sweep.stages[static_cast<std::size_t>(input)].sections)
      if (s.range.node == source) return &s;
    return nullptr;
  }

  void allocate() {
    std::size_t most_rows = 1, own = 0;
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      std::size_t size = 0;
      for (const Sweep& sweep : sweeps_) {
        size = std::max(size, sweep.stages[k].size);
        for (const Section& s : sweep.stages[k].sections)
          most_rows = std::max(most_rows, s.range.count);
      }
      const Node& node = graph_.nodes[k];
      own = std::max(own, node.plan.n_parameters);
      Numbers& n = stages_.emplace_back();
      n.z_numbers = Buffer<T>(size);
      if (node.activation) n.a_numbers = Buffer<T>(size);
      n.z = n.z_numbers.data();
      n.a = node.activation ? n.a_numbers.data() : n.z;
      n.elementwise = node.elementwise();
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (written_.size() <= i) written_.emplace_back();
    }
    // rows are only written out for layers that take no columns
    for (std::size_t i = 0; i < written_.size(); ++i) {
      std::size_t size = 0;
      for (std::size_t k = 0; k < graph_.nodes.size(); ++k)
        if (i < graph_.nodes[k].inputs.size())
          for (const Sweep& sweep : sweeps_)
            for (const Section& s : sweep.stages[k].sections)
              if (s.range.node != k && !s.input)
                size = std::max(size, s.range.count * size_of(graph_.nodes[k].in_shapes[i]));
      written_[i] = Buffer<T>(size);
    }
    own_columns_ = Buffer<T>(own);
    per_row_ = Buffer<T>(std::max(most_rows, graph_.nodes.empty() ? 1 : largest_last_stage()));
    last_rows_ = Buffer<T>(most_rows * graph_.output().cols);
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
  std::size_t largest_last_stage() const {
    std::size_t size = 1;
    for (const Sweep& sweep : sweeps_) size = std::max(size, sweep.stages.back().size);
    return size;
  }

  T base_cost(const T* y, const T* t) {
    cost_.call("value", values_, y, t, 0, per_row_.data(), 1, graph_.output().cols);
    return per_row_.data()[0];
  }

  /// Uses the same lanes as the plugins: a wide load of what was stored in pieces would wait. What
  /// the last lane writes past a range is padding, or is overwritten later.
  NNRUN_CLONES static void settle(const T* costs, const T* is_padding, T here, T* out,
                                  std::size_t n) {
    for (std::size_t i = 0; i < n; i += lanes)
      lane_at(out + i) = select(lane_at(is_padding + i), Lane<T>{} + here, lane_at(costs + i));
  }

  T run(Sweep& sweep, const T* x, const T* t, T h, T* out) {
    for (std::size_t k = 0; k < sweep.stages.size(); ++k) evaluate(sweep, k, x, h);
    const Stage& end = sweep.stages.back();
    const std::size_t cols = graph_.output().cols;
    const T* const y = stages_[last()].a;
    if (cols == 1) {  // the base and all sections are rows of one number: one call
      cost_.call("value", values_, y, t, 0, per_row_.data(), end.size, 1);
      const T here = per_row_.data()[0];
      for (const Section& s : end.sections) {
        const std::size_t at = graph_.nodes[s.range.node].offset + s.range.from;
        settle(per_row_.data() + s.at, is_padding_.data() + at, here, out + at, s.range.count);
      }
      return here;
    }
    const T here = base_cost(y, t);
    for (const Section& s : end.sections) {
      const T* rows = y + s.at;
      if (s.groups) rows = write_out(s, y, cols, last_rows_.data());
      const std::size_t at = graph_.nodes[s.range.node].offset + s.range.from;
      cost_.call("value", values_, rows, t, 0, per_row_.data(), s.range.count, cols);
      settle(per_row_.data(), is_padding_.data() + at, here, out + at, s.range.count);
    }
    return here;
  }

  void evaluate(const Sweep& sweep, std::size_t k, const T* x, T h) {
    const Stage& stage = sweep.stages[k];
    const typename Pass<T>::Step& step = pass_.steps()[k];
    const Node& node = graph_.nodes[k];
    const nnrun_layer_call& call = step.call;
    node.layer.call("forward", step.layer->forward, &call);
    for (const Section& s : stage.sections) {
      T* const z = stages_[k].z + s.at;
      if (s.range.node == k)
        perturb(k, call, s, h, z);
      else if (s.input)
        node.layer.call("spread", step.layer->spread, &call,
                        stages_[static_cast<std::size_t>(node.inputs[0])].a + s.input->at,
                        s.input->groups, s.input->stride, z);
      else
        carry(sweep, k, call, s, x, z);
    }
    if (step.activation) activate(stage, k);
  }
  void activate(const Stage& stage, std::size_t k) {
    typename Pass<T>::Step& step = pass_.steps()[k];
    const Node& node = graph_.nodes[k];
    const auto call = [&](std::size_t at, std::size_t rows, std::size_t cols) {
      node.activation.call("forward", step.activation->forward, stages_[k].z + at,
                           stages_[k].a + at, rows, cols);
    };
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
    if (node.plan.groups == 0 || !step.layer->perturb) return one_by_one(k, call, s, h, z);
    if (s.groups && whole) {
      node.layer.call("perturb", step.layer->perturb, &call, static_cast<double>(h), z);
      return;
    }
    if (s.range.from == 0)  // ranges of a node come in order: worked out once for all of them
      node.layer.call("perturb", step.layer->perturb, &call, static_cast<double>(h),
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
      node.layer.call("forward", pass_.steps()[k].layer->forward, &call);
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
      const Section* const from = find(sweep, node.inputs[i], s.range.node);
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
    node.layer.call("forward", pass_.steps()[k].layer->forward, &call);
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
  Buffer<T> is_padding_;  // 1 where there is no parameter
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
