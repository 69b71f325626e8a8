// The numbers of one call of a recurrent layer: a walk over the steps, forward and back.
#pragma once
#include "recurrent.hpp"
#include "recurrent_steps.hpp"

namespace recurrent {

/// How a direction's outputs come together with those of the other one.
enum class Merge { side_by_side, sum, average, multiply };
inline constexpr const char* merges[] = {"concat", "sum", "average", "multiply"};

/// One direction in one call.
template <class T>
class Call {
 public:
  /// direction: 0, or 1 for the second one of two.
  Call(const Cell& v, Merge merge, size_t direction, const Products& products,
       const gathered::Kernels& kernels, const nnrun::LayerCall<T>& c)
      : v_(v),
        merge_(merge),
        direction_(direction),
        backwards_(v.backwards || direction == 1),
        multiply_(products.of<T>()),
        kernels_(kernels),
        c_(c),
        steps_(c.in_shape(0).sizes[0]),
        features_(c.in_shape(0).sizes[1]),
        step_(v.step(features_)),
        drops_(c.training() && v.recurrent_dropout > 0),
        w_(c.w() + direction * v.parameters(features_)),
        u_(w_ + v.recurrent_at(features_)),
        b_(v.bias ? w_ + v.bias_at(features_) : nullptr),
        state_(v.state),
        gate_(v.gate) {}

  void forward() {
    pack();
    const bool keeps = c_.training();
    chunk_ = keeps ? steps_ : v_.chunk(steps_);
    record_step_ = keeps ? step_ : v_.record();
    row_step_ = chunk_ * record_step_;
    T* const own = spare() + 2 * spare_size();
    product_scratch_ = own + (keeps ? 0 : nnrun::padded(Cell::rows_at_once * row_step_));
    if (keeps && v_.dropout > 0) drop_inputs();
    if (keeps) add_inputs(inputs(), c_.rows() * steps_, kept());
    for (size_t from = 0; from < c_.rows(); from += Cell::rows_at_once) {
      take_rows(from, keeps ? kept() + from * row_step_ : own);
      for (size_t r = 0; r < rows_; ++r)
        std::fill_n(record(r, 0) + v_.inner(), v_.record() - v_.inner(), T(0));
      for (size_t k = 0; k < steps_; ++k) {
        if (!keeps && k % chunk_ == 0) add_inputs_of_chunk(k);
        step(k);
      }
    }
  }

  /// Leaves the slopes of what the gates are given in their places.
  void backward_inputs() {
    turn();
    chunk_ = steps_, record_step_ = step_, row_step_ = steps_ * record_step_;
    T* const slopes = spare() + v_.spares() * spare_size();
    product_scratch_ = slopes + (v_.dropout > 0 ? nnrun::padded(steps_ * features_) : 0);
    for (size_t from = 0; from < c_.rows(); from += Cell::rows_at_once) {
      take_rows(from, kept() + from * row_step_);
      back_through_time();
    }
    if (T* const dx = c_.d_in(0)) {
      const bool add = c_.adds(0) || direction_ > 0;
      if (v_.dropout > 0) return add_slopes_of_dropped(dx, add, slopes);
      multiply_(c_.rows() * steps_, features_, v_.columns(), {kept(), record_step_},
                {w_, v_.stride(), true}, {add ? dx : nullptr, features_}, dx, features_,
                product_scratch_);
    }
  }

  /// A tile is a range of inputs and units; the last one has the biases too.
  void backward_parameters() {
    record_step_ = step_;
    product_scratch_ = c_.scratch();
    const nnrun_layer_call& call = c_.call;
    const size_t all = features_ + v_.units, each = (all + call.tiles - 1) / call.tiles,
                 from = std::min(all, each * call.tile), to = std::min(all, from + each);
    T* const dw = c_.dw() + direction_ * v_.parameters(features_);
    if (from < features_)
      sum_products({inputs().data + from, inputs().stride, true}, std::min(to, features_) - from, 0,
                   v_.columns(), 0, dw + from * v_.stride());
    if (to > features_) {
      const size_t first = std::max(from, features_) - features_;
      sum_recurrent(first, to - features_ - first, dw + (features_ + first) * v_.stride());
    }
    if (v_.bias && call.tile == call.tiles - 1) sum_biases(dw + v_.bias_at(features_));
  }

 private:
  static ptrdiff_t signed_of(size_t n) { return static_cast<ptrdiff_t>(n); }

  // Where things are.
  T* kept() const { return c_.kept_rows() + direction_ * v_.record(); }
  T* spare() const { return c_.scratch() + v_.packed(); }
  size_t spare_size() const { return nnrun::padded(Cell::rows_at_once * v_.units); }
  void take_rows(size_t from, T* records) {
    first_row_ = from, rows_ = std::min(Cell::rows_at_once, c_.rows() - from);
    records_ = records;
  }
  /// Returns the place in the sequence that is the k-th to be worked on.
  size_t time(size_t k) const { return backwards_ ? steps_ - 1 - k : k; }
  /// Returns the first place of the chunk that k is in.
  size_t chunk_begin(size_t k) const {
    const size_t before = k / chunk_ * chunk_;
    return backwards_ ? steps_ - std::min(steps_, before + chunk_) : before;
  }
  T* record(size_t row, size_t k) const {
    return records_ + row * row_step_ + (time(k) - chunk_begin(k)) * record_step_;
  }
  /// Returns the place of the k-th outputs in a row; those of two directions lie by time.
  size_t place(size_t k) const { return !v_.sequences ? 0 : v_.directions == 2 ? time(k) : k; }
  bool gives_output(size_t k) const { return v_.sequences || k + 1 == steps_; }
  size_t width() const {
    return v_.directions == 2 && merge_ == Merge::side_by_side ? 2 * v_.units : v_.units;
  }
  size_t output(size_t row, size_t k) const {
    return (first_row_ + row) * c_.cols() + place(k) * width() +
           (merge_ == Merge::side_by_side ? direction_ * v_.units : 0);
  }
  /// Returns where the outputs of a direction are kept.
  T* kept_output(size_t row, size_t k, size_t direction) const {
    return c_.kept_rows() + ((first_row_ + row) * steps_ + place(k)) * step_ + v_.outputs() +
           direction * v_.units;
  }
  bool is_skipped(size_t row, size_t k) const {
    if (!v_.skip) return false;
    const T* const x = c_.in(0) + (first_row_ + row) * c_.in_cols(0) + time(k) * features_;
    return std::all_of(x, x + features_, [&](T one) { return one == static_cast<T>(*v_.skip); });
  }

  bool gives_zeros(size_t row, size_t k) const { return v_.zeros_skipped && is_skipped(row, k); }

  // Dropout: each row has numbers for its inputs and its states, the same in all steps (Gal and
  // Ghahramani 2016). States are dropped where weights take them, not where a gate keeps them.
  const T* noise(size_t row) const {
    const size_t each = v_.noise(features_);
    return c_.noise() + (row * v_.directions + direction_) * each;
  }
  const T* noise_of_states(size_t r) const {
    return noise(first_row_ + r) + v_.noise_of_inputs(features_);
  }
  T* kept_inputs() const { return c_.kept_rows() + v_.inputs() + direction_ * features_; }
  /// Returns the inputs that weights take.
  Operand<T> inputs() const {
    if (c_.training() && v_.dropout > 0) return {kept_inputs(), step_};
    return {c_.in(0), features_};
  }
  void drop_inputs() const {
    for (size_t i = 0; i < c_.rows() * steps_; ++i)
      dropped<false>(features_, c_.in(0) + i * features_, noise(i / steps_), v_.dropout,
                     kept_inputs() + i * step_);
  }
  void add_slopes_of_dropped(T* dx, bool add, T* slopes) {
    for (size_t r = 0; r < c_.rows(); ++r, dx += c_.in_cols(0)) {
      multiply_(steps_, features_, v_.columns(), {kept() + r * row_step_, record_step_},
                {w_, v_.stride(), true}, {nullptr, features_}, slopes, features_, product_scratch_);
      for (size_t t = 0; t < steps_ * features_; t += features_)
        if (add)
          dropped<true>(features_, slopes + t, noise(r), v_.dropout, dx + t);
        else
          dropped<false>(features_, slopes + t, noise(r), v_.dropout, dx + t);
    }
  }
  /// Returns where in a record the outputs before a step are that weights take.
  size_t taken() const { return drops_ ? v_.left() : v_.outer(); }
  void drop_states(T* first) const {
    for (size_t r = 0; r < rows_ && drops_; ++r)
      dropped<false>(v_.units, first + r * row_step_ + v_.outer(), noise_of_states(r),
                     v_.recurrent_dropout, first + r * row_step_ + v_.left());
  }

  // Products.
  void add_inputs(Operand<T> x, size_t n, T* to) {
    multiply_(n, v_.columns(), features_, x, {w_, v_.stride()}, {b_, 0}, to, record_step_,
              product_scratch_);
  }
  void add_inputs_of_chunk(size_t k) {
    const size_t begin = chunk_begin(k), n = std::min(chunk_, steps_ - k);
    for (size_t r = 0; r < rows_; ++r)
      add_inputs({c_.in(0) + (first_row_ + r) * c_.in_cols(0) + begin * features_, features_}, n,
                 records_ + r * row_step_);
  }
  /// Columns of the recurrent weights that are multiplied at once: all, or those of two gates and
  /// those of the third.
  size_t first_part() const { return v_.kind == Kind::gru ? 2 * v_.units : v_.columns(); }
  size_t panel_of(size_t columns) const {
    return std::min(nnrun::padded(columns), kernels_.panel<T>());
  }
  static size_t packed_size(size_t rows, size_t columns, size_t panel) {
    return rows * ((columns + panel - 1) / panel * panel);
  }
  /// Copies the recurrent weights: the columns of a panel side by side, zeros behind the last.
  void pack() {
    const size_t first = first_part();
    T* const second = pack_part(0, first, c_.scratch());
    if (first < v_.columns()) pack_part(first, v_.columns() - first, second);
  }
  T* pack_part(size_t from, size_t columns, T* to) const {
    const size_t panel = panel_of(columns);
    for (size_t j = 0; j < columns; j += panel)
      for (size_t i = 0; i < v_.units; ++i) {
        const size_t n = std::min(panel, columns - j);
        to = std::copy_n(u_ + i * v_.stride() + from + j, n, to);
        to = std::fill_n(to, panel - n, T(0));
      }
    return to;
  }
  /// Copies them with units for columns.
  void turn() {
    const size_t first = first_part();
    T* const second = turn_part(0, first, c_.scratch());
    if (first < v_.columns()) turn_part(first, v_.columns() - first, second);
  }
  T* turn_part(size_t from, size_t rows, T* to) const {
    const size_t panel = panel_of(v_.units);
    for (size_t j = 0; j < v_.units; j += panel) {
      const size_t n = std::min(panel, v_.units - j);
      for (size_t i = 0; i < rows; ++i) {
        for (size_t l = 0; l < n; ++l) *to++ = u_[(j + l) * v_.stride() + from + i];
        to = std::fill_n(to, panel - n, T(0));
      }
    }
    return to;
  }
  /// For all rows: c += or = a · the packed weights, `depth` × columns.
  void multiply_rows(const T* a, size_t a_step, size_t depth, const T* packed, size_t columns, T* c,
                     size_t c_step, bool add, const T* bias = nullptr) const {
    const size_t panel = panel_of(columns);
    gathered::Product<T> m{};
    m.a = {a, 1, rows_, 0, signed_of(a_step)};
    m.c = {c, 1, rows_, 0, signed_of(c_step)};
    m.loops = {{1, 1, depth}, {0, 0, 1}, {0, 0, signed_of(panel)}};
    m.b = packed;
    m.panel_step = depth * panel;
    m.bias = bias;
    m.columns = columns;
    m.count = rows_;
    m.add = add;
    kernels_.of<T>()(m);
  }
  const T* second_packed() const {
    return c_.scratch() + packed_size(v_.units, first_part(), panel_of(first_part()));
  }
  const T* second_turned() const {
    return c_.scratch() + packed_size(first_part(), v_.units, panel_of(v_.units));
  }

  // Forward.
  void step(size_t k) {
    T* const first = record(0, k);
    const bool last = k + 1 == steps_;
    const size_t u = v_.units, next_step = last ? u : row_step_;
    // the state after the last step is kept nowhere
    T* const h_to = last ? spare() : record(0, k + 1) + v_.outer();
    T* const c_to = last ? spare() + spare_size() : record(0, k + 1) + v_.inner();
    drop_states(first);
    if (v_.kind == Kind::gru)
      add_gru_states(first);
    else
      multiply_rows(first + taken(), row_step_, u, c_.scratch(), v_.columns(), first, row_step_,
                    true);
    for (size_t r = 0; r < rows_; ++r) {
      T* const at = first + r * row_step_;
      const States<T> to{h_to + r * next_step, c_to + r * next_step};
      if (is_skipped(r, k))
        copy_states(v_, at, to);
      else if (v_.kind == Kind::simple_rnn)
        simple_forward(v_, at, to);
      else if (v_.kind == Kind::lstm)
        lstm_forward(v_, at, to);
      else
        gru_forward(v_, at, to);
      if (gives_output(k)) give(r, k, to.h);
    }
  }
  /// The candidate's states wait for the reset gate: it is multiplied into what they give, or into
  /// them.
  void add_gru_states(T* first) {
    const size_t u = v_.units;
    const T* const bias = v_.biases() == 2 ? b_ + v_.stride() : nullptr;
    multiply_rows(first + taken(), row_step_, u, c_.scratch(), 2 * u, first, row_step_, true, bias);
    for (size_t r = 0; r < rows_; ++r) gru_gates(v_, first + r * row_step_, taken());
    if (v_.reset_after)
      multiply_rows(first + taken(), row_step_, u, second_packed(), u, first + v_.extra(),
                    row_step_, false, bias ? bias + 2 * u : nullptr);
    else
      multiply_rows(first + v_.extra(), row_step_, u, second_packed(), u, first + 2 * u, row_step_,
                    true);
  }
  void give(size_t r, size_t k, const T* h) const {
    T* const y = c_.out() + output(r, k);
    const bool first = direction_ == 0;
    if (gives_zeros(r, k)) {  // both directions do, so the second one leaves those of the first
      if (first || merge_ == Merge::side_by_side) std::fill_n(y, v_.units, T(0));
      if (v_.keeps_outputs && c_.training())
        std::fill_n(kept_output(r, k, direction_), v_.units, T(0));
      return;
    }
    for (size_t j = 0; j < v_.units; ++j)
      if (v_.directions == 1 || merge_ == Merge::side_by_side)
        y[j] = h[j];
      else if (merge_ == Merge::sum)
        y[j] = first ? h[j] : y[j] + h[j];
      else if (merge_ == Merge::average)
        y[j] = first ? h[j] : (y[j] + h[j]) * T(0.5);
      else
        y[j] = first ? h[j] : y[j] * h[j];
    if (v_.keeps_outputs && c_.training()) std::copy_n(h, v_.units, kept_output(r, k, direction_));
  }

  // Backward.
  void back_through_time() {
    const size_t n = spare_size();
    T *now = spare(), *before = now + n, *const inner = before + n, *const reset = inner + n,
      *const through = drops_ ? reset + n : nullptr;
    std::fill_n(now, rows_ * v_.units, T(0));
    std::fill_n(inner, rows_ * v_.units, T(0));
    for (size_t k = steps_; k-- > 0; std::swap(now, before)) {
      for (size_t r = 0; r < rows_ && gives_output(k); ++r) take(r, k, now + r * v_.units);
      if (drops_) std::fill_n(through, rows_ * v_.units, T(0));
      bend_back(k, {now, inner}, before, drops_ ? through : before, reset);
      if (k == 0) return;
      if (v_.truncate > 0 && k % v_.truncate == 0) {
        std::fill_n(before, rows_ * v_.units, T(0));
        std::fill_n(inner, rows_ * v_.units, T(0));
        continue;
      }
      const T* const first = record(0, k);
      T* const to = drops_ ? through : before;
      multiply_rows(first, row_step_, first_part(), c_.scratch(), v_.units, to, v_.units, true);
      if (v_.kind == Kind::gru && v_.reset_after)
        multiply_rows(first + v_.extra(), row_step_, v_.units, second_turned(), v_.units, to,
                      v_.units, true);
      for (size_t r = 0; r < rows_ && drops_; ++r)
        dropped<true>(v_.units, through + r * v_.units, noise_of_states(r), v_.recurrent_dropout,
                      before + r * v_.units);
    }
  }
  /// Adds the slopes of the outputs.
  void take(size_t r, size_t k, T* dh) const {
    if (gives_zeros(r, k)) return;
    const T* const dy = c_.d_out() + output(r, k);
    const T* const other = v_.keeps_outputs ? kept_output(r, k, 1 - direction_) : nullptr;
    const T share = v_.directions == 2 && merge_ == Merge::average ? T(0.5) : T(1);
    for (size_t j = 0; j < v_.units; ++j) dh[j] += other ? dy[j] * other[j] : dy[j] * share;
  }
  /// after: slopes of the states after the step; inner ones become those before it. before: gets
  /// what the outputs before it get without the recurrent weights. taken_slopes: those that may
  /// have been dropped get what a reset gate gives, added.
  void bend_back(size_t k, const States<T>& after, T* before, T* taken_slopes, T* reset) {
    T* const first = record(0, k);
    const size_t u = v_.units;
    for (size_t r = 0; r < rows_; ++r) {
      T* const at = first + r * row_step_;
      const States<T> d{after.h + r * u, after.c + r * u};
      if (is_skipped(r, k)) {
        std::fill_n(at, v_.inner(), T(0));
        std::copy_n(d.h, u, before + r * u);
      } else if (v_.kind == Kind::simple_rnn) {
        simple_backward(v_, state_, at, d, before + r * u);
      } else if (v_.kind == Kind::lstm) {
        lstm_backward(v_, state_, gate_, at, d, before + r * u);
      } else {
        gru_backward(v_, state_, gate_, at, d, before + r * u);
      }
    }
    if (v_.kind != Kind::gru || v_.reset_after) return;
    multiply_rows(first + 2 * u, row_step_, u, second_turned(), u, reset, u, false);
    for (size_t r = 0; r < rows_; ++r)
      if (!is_skipped(r, k))
        gru_backward_reset(v_, gate_, first + r * row_step_, taken(), reset + r * u,
                           taken_slopes + r * u);
  }

  // Slopes of parameters, summed over rows and times in their order.
  /// dw (some rows × columns from one on) = a · the slopes that lie `place` behind the records.
  void sum_products(Operand<T> a, size_t rows, size_t place, size_t columns, size_t from, T* dw) {
    const bool add = c_.call.accumulate != 0;
    multiply_(rows, columns, c_.rows() * steps_, a, {kept() + place, record_step_},
              {add ? dw + from : nullptr, v_.stride()}, dw + from, v_.stride(), product_scratch_);
  }
  void sum_recurrent(size_t first, size_t n, T* dw) {
    const Operand<T> h{kept() + taken() + first, record_step_, true},
        extra{kept() + v_.extra() + first, record_step_, true};
    sum_products(h, n, 0, first_part(), 0, dw);
    if (v_.kind == Kind::gru && v_.reset_after)
      sum_products(h, n, v_.extra(), v_.units, 2 * v_.units, dw);
    else if (v_.kind == Kind::gru)
      sum_products(extra, n, 2 * v_.units, v_.units, 2 * v_.units, dw);
  }
  void sum_biases(T* db) const {
    const bool add = c_.call.accumulate != 0;
    const size_t n = c_.rows() * steps_, u = v_.units;
    sum_columns(kept(), n, record_step_, v_.columns(), db, add);
    if (v_.biases() < 2) return;
    sum_columns(kept(), n, record_step_, 2 * u, db + v_.stride(), add);
    sum_columns(kept() + v_.extra(), n, record_step_, u, db + v_.stride() + 2 * u, add);
  }

  const Cell& v_;
  const Merge merge_;
  const size_t direction_;
  const bool backwards_;
  const Product<T> multiply_;
  const gathered::Kernels& kernels_;
  const nnrun::LayerCall<T>& c_;
  const size_t steps_, features_, step_;  // step_: numbers that are kept of a step
  const bool drops_;                      // states
  const T *const w_, *const u_, *const b_;
  const Slope<T> state_, gate_;
  T *records_ = nullptr, *product_scratch_ = nullptr;
  size_t chunk_ = 0, record_step_ = 0, row_step_ = 0, first_row_ = 0, rows_ = 0;
};

/// Merges are of two directions; one gives its outputs.
template <class T, class F>
void each_direction(const Cell& v, Merge merge, const Products& products,
                    const gathered::Kernels& kernels, const nnrun::LayerCall<T>& c, F f) {
  for (size_t direction = 0; direction < v.directions; ++direction)
    f(Call<T>(v, merge, direction, products, kernels, c));
}

}  // namespace recurrent
