// The values and slopes of one batch, with every call of a step prepared: nothing is looked up,
// bound or allocated while training.
#pragma once
#include <cstring>
#include <vector>

#include "network/buffer.hpp"
#include "network/graph.hpp"
namespace nnrun::host {

/// All calls of a range of rows, or of a tile of parameter gradients, in graph order.
template <class T>
class Pass {
 public:
  struct Step {
    const Node* node;
    Prepared<nnrun_layer_functions> layer;
    Prepared<nnrun_activation_functions> activation;  ///< may be empty
    /// What the activation does together with the layer; each is null where it does not.
    nnrun_affine_functions affine;
    int (*observe)(void*, const nnrun_layer_call*);  ///< may be null
    nnrun_layer_call call;
    std::vector<nnrun_tensor> in;
    /// a == z and da == dz where there is no activation, or it works in place; da == dz also where
    /// a joined cost writes.
    T *z, *a, *dz, *da;
    std::size_t pieces;  ///< that the activation takes a row in: softmax takes the last axis
    std::size_t rows_of_pieces, piece_cols;  ///< what the activation is given
    bool inputs_wanted;  ///< some input wants slopes, or those of parameters need them
    bool has_slope, has_parameters;
    bool activation_has_slope;  ///< dz is made of da, not written where da is
    bool is_one_row;            ///< the batch is
  };

  /// Sets the scratch of all calls: passes that run at the same time need one each.
  void scratch(T* p) {
    for (Step& s : steps_)
      if (s.node->plan.scratch) s.call.scratch = p;
  }
  /// Sets the inputs of the batch: contiguous rows.
  void set_batch(const T* x, std::size_t rows) {
    for (nnrun_tensor* t : data_readers_) t->v = const_cast<T*>(x);
    if (rows != rows_)
      for (Step& s : steps_) {
        s.call.rows = rows;
        s.rows_of_pieces = rows * s.pieces;
        s.is_one_row = rows == 1;
      }
    rows_ = rows;
  }
  const T* forward() {
    in_a_row([this](CallsInARow& row) { return forward(row); });
    return steps_.back().a;
  }
  /// The same as a part of a longer row of calls. Returns whether all succeed.
  bool forward(CallsInARow& row) {
    for (Step& s : steps_)
      if (!outputs_of(row, s)) return false;
    return true;
  }
  /// Makes the forward calls of one step. Returns whether all succeed.
  static bool outputs_of(CallsInARow& row, Step& s) {
    if (s.is_one_row && s.affine.forward)
      return row.call(s.activation, "forward", s.affine.forward, &s.call, s.a);
    return row.call(s.layer, "forward", s.layer.functions.forward, &s.call) &&
           (!s.activation || row.call(s.activation, "forward", s.activation.functions.forward, s.z,
                                      s.a, s.rows_of_pieces, s.piece_cols));
  }
  /// Returns whether one call makes all slopes of a step, with those of its parameters.
  static bool has_all_slopes_at_once(const Step& s) {
    return s.is_one_row && s.affine.backward != nullptr;
  }
  /// Returns what the cost takes: the outputs, or, if it is joined, what their activation takes.
  const T* for_cost() const { return cost_takes_scores_ ? steps_.back().z : steps_.back().a; }
  /// Computes all slopes that are wanted from those of the last step's output, which must be set.
  void backward_inputs() {
    in_a_row([this](CallsInARow& row) { return backward_inputs(row); });
  }
  /// Computes what backward_inputs does for one node, after those behind it.
  void backward_inputs_of(std::size_t k) {
    in_a_row([&](CallsInARow& row) { return slopes_of(row, steps_[k]); });
  }
  /// Does what backward_inputs and backward_parameters do, as a part of a longer row of calls.
  /// Returns whether all succeed.
  bool backward(CallsInARow& row, T* gradient) {
    set_gradient(gradient);
    for (std::size_t k = steps_.size(); k-- > 0;)
      if (!all_slopes_of(row, steps_[k])) return false;
    return true;
  }
  /// Lets layers with state learn from the step that is over.
  void observe() {
    for (Step& s : steps_)
      if (s.observe) s.node->layer.call("observe", s.observe, &s.call);
  }
  void backward_parameters(T* gradient) {
    set_gradient(gradient);
    in_a_row([this](CallsInARow& row) { return backward_parameters(row); });
  }
  /// Computes both in one go, after `forward`, from the last layer to the first: whole(k) is told
  /// as soon as the gradients of the nodes from k on are.
  template <class Whole>
  void backward(T* gradient, Whole whole) {
    set_gradient(gradient);
    in_a_row([&](CallsInARow& row) {
      for (std::size_t k = steps_.size(); k-- > 0;) {
        if (!all_slopes_of(row, steps_[k])) return false;
        whole(k);
      }
      return true;
    });
  }
  /// Computes the gradient of one node.
  void backward_parameters_of(std::size_t k, T* gradient) {
    set_gradient(gradient);
    in_a_row([&](CallsInARow& row) { return gradient_of(row, steps_[k]); });
  }
  /// Calls f(row), which returns false at the first call in the row that fails; each is one of this
  /// pass's objects. Throws PluginError naming it.
  template <class F>
  void in_a_row(F f) {
    CallsInARow row;
    if (!row.succeed(f)) [[unlikely]]
      fail(ForeignCall::now());
  }
  /// Calls look(z) with the outputs of a layer, before its activation: they are worked out again
  /// where that wrote over them.
  template <class Look>
  static void look_before_activation(const Step& s, Look look) {
    const bool again = s.activation && s.a == s.z;
    if (again) s.node->layer.call("forward", s.layer.functions.forward, &s.call);
    look(s.z);
    if (again)
      s.node->activation.call("forward", s.activation.functions.forward, s.z, s.a, s.rows_of_pieces,
                              s.piece_cols);
  }
  std::size_t rows() const { return rows_; }
  std::vector<Step>& steps() { return steps_; }
  const std::vector<Step>& steps() const { return steps_; }

  /// Throws PluginError for a call that failed.
  [[noreturn, gnu::noinline]] void fail(Called called) const {
    for (const Step& s : steps_) {
      s.node->layer.fail_if_called(called);
      s.node->activation.fail_if_called(called);
    }
    steps_.back().node->layer.fail(called.method);  // not reached: a step made the call
  }

 private:
  template <class>
  friend class Workspace;

  void set_gradient(T* gradient) {
    if (gradient == gradient_) return;
    gradient_ = gradient;
    for (Step& s : steps_)
      if (s.has_parameters) s.call.dw = gradient + s.node->offset;
  }
  // All of them return false if a call failed.
  bool backward_inputs(CallsInARow& row) {
    for (std::size_t k = steps_.size(); k-- > 0;)
      if (!slopes_of(row, steps_[k])) return false;
    return true;
  }
  bool backward_parameters(CallsInARow& row) {
    for (Step& s : steps_)
      if (!gradient_of(row, s)) return false;
    return true;
  }
  static bool all_slopes_of(CallsInARow& row, Step& s) {
    if (has_all_slopes_at_once(s))
      return row.call(s.activation, "backward", s.affine.backward, &s.call, s.a, s.da);
    return slopes_of(row, s) && gradient_of(row, s);
  }
  static bool slopes_of(CallsInARow& row, Step& s) {
    if (!s.has_slope) return true;
    if (s.activation_has_slope &&
        !row.call(s.activation, "backward", s.activation.functions.backward, s.z, s.a, s.da, s.dz,
                  s.rows_of_pieces, s.piece_cols))
      return false;
    return !s.inputs_wanted ||
           row.call(s.layer, "backward_inputs", s.layer.functions.backward_inputs, &s.call);
  }
  static bool gradient_of(CallsInARow& row, Step& s) {
    return !s.has_parameters ||
           row.call(s.layer, "backward_parameters", s.layer.functions.backward_parameters, &s.call);
  }

  std::vector<Step> steps_;
  std::vector<nnrun_tensor*> data_readers_;
  std::size_t rows_ = 0;
  T* gradient_ = nullptr;
  bool cost_takes_scores_ = false;
};

template <class T>
class Workspace {
 public:
  /// Allocates room for batches of up to `rows` examples; for slopes, and what layers keep for
  /// them, only for training. state: may be null if no layer has any. threads: how many run passes
  /// at the same time.
  Workspace(const Graph& graph, std::size_t rows, const T* w, T* state, bool training,
            unsigned threads = 1)
      : graph_(&graph), w_(w), state_(state), training_(training) {
    if (graph.scratch() > 0)
      for (unsigned thread = 0; thread < threads; ++thread) scratch_.emplace_back(graph.scratch());
    for (const Node& node : graph.nodes) {
      Values& v = values_.emplace_back();
      const std::size_t n = rows * node.cols;
      v.z = Buffer<T>(n);
      const bool two = node.activation && !node.activates_in_place;
      if (two) v.a = Buffer<T>(n);
      if (!training) continue;
      if (!node.runs_as_in_use()) {
        if (node.plan.kept) v.kept = Buffer<T>(node.plan.kept);
        if (node.plan.kept_per_row) v.kept_rows = Buffer<T>(rows * node.plan.kept_per_row);
        if (node.plan.noise_per_row) v.noise = Buffer<T>(rows * node.plan.noise_per_row);
      }
      if (!node.has_slope) continue;
      v.dz = Buffer<T>(n);
      if (two && !is_joined(node)) v.da = Buffer<T>(n);
    }
  }

  /// Prepares the calls for rows from 0 on, and for one of `tiles` tiles.
  Pass<T> pass(std::uint32_t tile = 0, std::uint32_t tiles = 1) {
    Pass<T> pass;
    pass.cost_takes_scores_ = graph_->cost_takes_scores;
    for (std::size_t k = 0; k < graph_->nodes.size(); ++k)
      pass.steps_.push_back(step(k, tile, tiles));
    for (std::size_t k = 0; k < graph_->nodes.size(); ++k) {
      typename Pass<T>::Step& s = pass.steps_[k];
      s.call.in = s.in.data();
      for (std::size_t i = 0; i < s.in.size(); ++i)
        if (graph_->nodes[k].inputs[i] == data_input) pass.data_readers_.push_back(&s.in[i]);
    }
    place(pass, 0);
    work_on(0, pass);
    return pass;
  }
  /// Gives a pass the scratch of a thread, before that thread runs it. At first it has that of
  /// thread 0.
  void work_on(unsigned thread, Pass<T>& pass) const {
    if (!scratch_.empty()) pass.scratch(scratch_[thread].data());
  }
  /// Makes the calls of a pass start at another row.
  void place(Pass<T>& pass, std::size_t row) const {
    const auto from = [row](T* p, std::size_t cols) { return p ? p + row * cols : nullptr; };
    for (std::size_t k = 0; k < graph_->nodes.size(); ++k) {
      const Node& node = graph_->nodes[k];
      typename Pass<T>::Step& s = pass.steps_[k];
      s.z = from(values_[k].z.data(), node.cols);
      s.a = from(output(k), node.cols);
      s.dz = from(values_[k].dz.data(), node.cols);
      s.da = from(slopes(k), node.cols);
      s.call.out.v = s.z;
      s.call.out.d = s.dz;
      s.call.kept_rows = from(values_[k].kept_rows.data(), node.plan.kept_per_row);
      s.call.noise = from(values_[k].noise.data(), node.plan.noise_per_row);
      for (std::size_t i = 0; i < s.in.size(); ++i) {
        if (node.inputs[i] == data_input) continue;
        const auto input = static_cast<std::size_t>(node.inputs[i]);
        s.in[i].v = from(output(input), s.in[i].cols);
        s.in[i].d = from(slopes(input), s.in[i].cols);
      }
    }
  }

  /// Zeroes all slopes. Behind those of a smaller batch old ones would follow, where kernels that
  /// work on whole lanes expect zeros.
  void clear_slopes() {
    for (Values& v : values_)
      for (const Buffer<T>* b : {&v.dz, &v.da})
        if (b->data()) std::memset(b->data(), 0, padded(b->size()) * sizeof(T));
  }

  const Graph& graph() const { return *graph_; }
  const T* parameters() const { return w_; }
  T* output(std::size_t node) const {
    const Values& v = values_[node];
    return v.a.data() ? v.a.data() : v.z.data();
  }
  T* output_slopes() const { return slopes(values_.size() - 1); }
  /// Returns the noise of a node's rows; nullptr if it uses none.
  T* noise(std::size_t node) const { return values_[node].noise.data(); }

 private:
  /// Of more units than lanes, or of many inputs, calls are little of the time, and a layer's own
  /// kernels, which compute several lanes of units at once, are faster.
  static constexpr std::size_t most_in_one_call = 4096;
  struct Values {
    Buffer<T> z, a, dz, da, kept, kept_rows, noise;
  };
  bool is_joined(const Node& node) const {
    return graph_->cost_takes_scores && &node == &graph_->output();
  }
  T* slopes(std::size_t node) const {
    const Values& v = values_[node];
    return v.da.data() ? v.da.data() : v.dz.data();
  }
  typename Pass<T>::Step step(std::size_t k, std::uint32_t tile, std::uint32_t tiles) const {
    const Node& node = graph_->nodes[k];
    typename Pass<T>::Step s{};
    s.node = &node;
    s.layer = node.layer.prepared(node.functions().by_dtype[dtype_of<T>]);
    s.has_slope = node.has_slope;
    s.activation_has_slope = node.has_slope && node.activation && !is_joined(node);
    s.piece_cols = node.activation_cols;
    s.pieces = node.cols / node.activation_cols;
    s.has_parameters = s.layer.functions.backward_parameters && node.learns();
    if (node.activation) {
      const auto& table = node.activation.template functions<nnrun_activation>();
      s.activation = node.activation.prepared(table.by_dtype[dtype_of<T>]);
      if (node.plan.affine != 0 && node.cols <= NNRUN_LANES &&
          node.plan.n_parameters <= most_in_one_call)
        if (const auto* const affine = appended(table, &nnrun_activation::affine))
          s.affine = (*affine)[dtype_of<T>];
      if (!s.has_parameters || !s.activation_has_slope || tiles > 1) s.affine.backward = nullptr;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      s.in.push_back({nullptr, nullptr, size_of(node.in_shapes[i]), 0});
      if (node.inputs[i] == data_input) continue;
      const auto input = static_cast<std::size_t>(node.inputs[i]);
      s.in[i].accumulate = is_read_later(input, k, i);
      s.inputs_wanted |= slopes(input) != nullptr;
    }
    s.inputs_wanted |= s.has_parameters && node.plan.kept_slopes != 0;
    s.call.size = sizeof s.call;
    s.call.n_in = static_cast<std::uint32_t>(s.in.size());
    s.call.out.cols = node.cols;
    s.call.w = const_cast<T*>(w_) + node.offset;
    if (!node.frozen) s.observe = appended(node.functions(), &nnrun_layer::observe, dtype_of<T>);
    s.call.plan = &node.plan;
    s.call.training = training_ && !node.runs_as_in_use();
    if (node.plan.n_state) s.call.state = state_ + node.state_offset;
    s.call.kept = values_[k].kept.data();
    s.call.tile = tile;
    s.call.tiles = tiles;
    return s;
  }
  /// Slopes run backwards: of all readers of a node, the last one writes, the others add.
  std::uint32_t is_read_later(std::size_t input, std::size_t reader, std::size_t position) const {
    const std::vector<int>& own = graph_->nodes[reader].inputs;
    for (std::size_t i = 0; i < position; ++i)  // within one layer, inputs are taken in order
      if (own[i] == static_cast<int>(input)) return 1;
    for (std::size_t k = reader + 1; k < graph_->nodes.size(); ++k)
      for (const int i : graph_->nodes[k].inputs)
        if (i == static_cast<int>(input)) return 1;
    return 0;
  }

  const Graph* graph_;
  std::vector<Values> values_;
  std::vector<Buffer<T>> scratch_;  // one per thread, for the largest request
  const T* w_;
  T* state_;
  bool training_;
};

// Compiled with the network, for speed, whoever else calls them.
extern template class Pass<float>;
extern template class Pass<double>;
extern template class Workspace<float>;
extern template class Workspace<double>;

}  // namespace nnrun::host
