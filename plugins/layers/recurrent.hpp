// Recurrent layers: a state that a sequence of steps × features changes step by step. What the
// three cells share: their sizes, their parameters and the functions that bend their numbers.
//
// The products of all steps with the inputs are one product each (product.hpp); the product of a
// step's states with the recurrent weights is one for all rows of a block (gathered_product.hpp).
// Every number is one sum in one order, so that no cut shows in a bit.
#pragma once
#include <cstring>
#include <nnrun/orthonormal.hpp>
#include <optional>
#include <vector>

#include "gathered_product.hpp"
#include "product.hpp"
#include "shapes.hpp"

namespace recurrent {
using std::ptrdiff_t, std::size_t;

enum class Kind { simple_rnn, lstm, gru };
inline constexpr const char* kinds[] = {"simple_rnn", "lstm", "gru"};

/// Functions of a cell. Each one's slope follows from its value y: (a + b y + c y²) between low and
/// high, 0 beyond them.
enum class Bend { tanh, sigmoid, hard_sigmoid, relu, none };
inline constexpr const char* bends[] = {"tanh", "sigmoid", "hard_sigmoid", "relu", "none"};
template <size_t n>
size_t index_of(const char* const (&names)[n], const char* name) {
  size_t i = 0;
  while (i + 1 < n && std::strcmp(names[i], name) != 0) ++i;
  return i;
}

template <class T>
struct Slope {
  T low, high, a, b, c;
  explicit Slope(Bend bend) : low(-nnrun::infinity), high(nnrun::infinity), a(1), b(0), c(0) {
    if (bend == Bend::tanh) c = -1;
    if (bend == Bend::sigmoid) a = 0, b = 1, c = -1;
    if (bend == Bend::relu) low = 0;
    if (bend == Bend::hard_sigmoid) low = 0, high = 1, a = T(1) / T(6);
  }
  NNRUN_INLINE T operator()(T y) const {  // NaN stays NaN
    return (y <= low) | (y >= high) ? T(0) : a + y * (b + c * y);
  }
};
template <class T>
NNRUN_CLONES void bend(Bend how, T* p, size_t n) {
  if (how == Bend::tanh)
    for (size_t i = 0; i < n; ++i) p[i] = nnrun::tanh(p[i]);
  else if (how == Bend::sigmoid)
    for (size_t i = 0; i < n; ++i) p[i] = nnrun::sigmoid(p[i]);
  else if (how == Bend::relu)
    for (size_t i = 0; i < n; ++i) p[i] = p[i] < T(0) ? T(0) : p[i];
  else if (how == Bend::hard_sigmoid)
    for (size_t i = 0; i < n; ++i) {
      const T x = p[i] + T(3), above = x < T(0) ? T(0) : x;
      p[i] = (above > T(6) ? T(6) : above) / T(6);
    }
}

/// What a layer is told, and the sizes that follow; all that is known before the numbers.
struct Cell {
  Kind kind = Kind::simple_rnn;
  Bend state = Bend::tanh, gate = Bend::sigmoid;
  size_t units = 1, directions = 1;
  bool bias = true, reset_after = true, forget = true, sequences = false, backwards = false;
  size_t truncate = 0;         ///< 0: nowhere
  std::optional<double> skip;  ///< a step of nothing else leaves the state as it is
  bool zeros_skipped = false;  ///< the outputs of such a step are 0, not the state
  bool keeps_outputs = false;  ///< of both directions, side by side behind the records of a step
  double dropout = 0, recurrent_dropout = 0;  ///< shares of inputs and of states

  size_t gates() const { return kind == Kind::simple_rnn ? 1 : kind == Kind::lstm ? 4 : 3; }
  /// Numbers that a step adds up: units of each gate, side by side.
  size_t columns() const { return gates() * units; }
  /// Numbers from one input's weights to the next's.
  size_t stride() const { return nnrun::padded(columns()); }
  size_t biases() const { return !bias ? 0 : kind == Kind::gru && reset_after ? 2 : 1; }

  // A record of one step: the gates, in whose place backward leaves their slopes; what else the
  // step made (lstm: the bent cell; gru: what the reset gate is multiplied into, or gives); the
  // states before the step, the output last; what of the output is not dropped.
  bool has_extra() const { return kind != Kind::simple_rnn; }
  size_t extra() const { return columns(); }
  size_t inner() const { return extra() + (has_extra() ? units : 0); }
  size_t outer() const { return inner() + (kind == Kind::lstm ? units : 0); }
  size_t left() const { return outer() + units; }
  size_t record() const { return left() + (recurrent_dropout > 0 ? units : 0); }
  /// What is kept of a step: the records, outputs if wanted, then the inputs that are not dropped.
  size_t outputs() const { return directions * record(); }
  size_t inputs() const { return outputs() + (keeps_outputs ? directions * units : 0); }
  size_t step(size_t features) const {
    return inputs() + (dropout > 0 ? directions * features : 0);
  }
  /// Random numbers of a row: one for each input and each unit, the same in all steps.
  size_t noise_of_inputs(size_t features) const { return dropout > 0 ? features : 0; }
  size_t noise(size_t features) const {
    return noise_of_inputs(features) + (recurrent_dropout > 0 ? units : 0);
  }

  /// Parameters of one direction.
  size_t recurrent_at(size_t features) const { return features * stride(); }
  size_t bias_at(size_t features) const { return (features + units) * stride(); }
  size_t parameters(size_t features) const { return (features + units + biases()) * stride(); }

  static constexpr size_t rows_at_once = 48;  ///< a multiple of what a kernel takes
  /// Steps that are worked on together where nothing is kept.
  size_t chunk(size_t steps) const {
    constexpr size_t room = 1u << 18;
    return std::clamp<size_t>(room / (rows_at_once * record()), 1, steps);
  }
  /// Numbers of the packed recurrent weights, of either direction of the slopes.
  size_t packed() const {
    constexpr size_t panel = gathered::widest_panel;
    const auto whole = [](size_t n) { return (n + panel - 1) / panel * panel; };
    return std::max(units * (whole(columns()) + panel), columns() * whole(units));
  }
  /// Numbers for each unit of some rows, in scratch.
  size_t spares() const { return recurrent_dropout > 0 ? 5 : 4; }
  size_t scratch(size_t steps, size_t features) const {
    const size_t rows = nnrun::padded(rows_at_once * units);
    const size_t slopes = dropout > 0 ? nnrun::padded(steps * features) : 0;
    return packed() + spares() * rows + slopes +
           nnrun::padded(rows_at_once * chunk(steps) * record()) +
           product_scratch(std::max(columns(), features));
  }
};

/// Throws unless the layer sees one sequence.
inline void require_sequence(const nnrun_plan& p, const std::string& layer) {
  shapes::require_one_input(p, layer);
  if (p.in[0].rank == 2) return;
  throw nnrun::Error(layer + " takes sequences of steps x features, not " + shapes::text(p.in[0]),
                     "", shapes::how_to_give_a_sequence(p.in[0]));
}
/// Throws where a product of sizes would not fit into 64 bits.
inline void require_possible(const Cell& v, size_t steps, size_t features) {
  constexpr double most = 0x1p40;
  const auto of = [](auto... sizes) { return (static_cast<double>(sizes) * ...); };
  const auto text = [](auto... sizes) {
    std::string all;
    ((all += (all.empty() ? "" : " x ") + std::to_string(sizes)), ...);
    return all;
  };
  if (of(v.gates(), v.units, std::max(v.units, features)) > most)
    throw nnrun::Error("weights of " + text(v.gates(), v.units, std::max(v.units, features)) +
                       " are impossible");
  if (of(steps, v.directions, v.units, 8) > most)
    throw nnrun::Error("states of " + text(steps, v.directions * v.units) + " are impossible");
  if (of(steps, v.directions, v.columns(), v.units + features) > 0x1p62)
    throw nnrun::Error("an output of " + text(steps, v.units) + " is impossible");
}

/// The blocks of one direction, in the order and with the names of Keras.
inline void plan_direction(nnrun_plan& p, const Cell& v, const char* const (&names)[3],
                           size_t features, size_t from) {
  const auto block = [&](const char* name, std::uint32_t role, nnrun_shape shape,
                         size_t offset) -> nnrun_block& {
    nnrun_block& b = p.blocks[p.n_blocks++];
    b = {name, role, shape, {1, v.stride()}, from + offset, features, v.units, 0};
    return b;
  };
  block(names[0], NNRUN_WEIGHTS, {2, {v.columns(), features}}, 0);
  block(names[1], NNRUN_OTHER, {2, {v.columns(), v.units}}, v.recurrent_at(features));
  if (v.biases() == 1) block(names[2], NNRUN_BIAS, {1, {v.columns()}}, v.bias_at(features));
  if (v.biases() == 2) {
    nnrun_block& b = block(names[2], NNRUN_BIAS, {2, {2, v.columns()}}, v.bias_at(features));
    b.strides[0] = v.stride(), b.strides[1] = 1;
  }
}
inline void plan(nnrun_plan& p, const Cell& v) {
  const size_t steps = p.in[0].sizes[0], features = p.in[0].sizes[1];
  static constexpr const char* alone[] = {"kernel", "recurrent_kernel", "bias"};
  static constexpr const char* both[2][3] = {
      {"forward_kernel", "forward_recurrent_kernel", "forward_bias"},
      {"backward_kernel", "backward_recurrent_kernel", "backward_bias"}};
  require_possible(v, steps, features);
  const size_t each = v.parameters(features);
  if (v.directions == 1) plan_direction(p, v, alone, features, 0);
  for (size_t d = 0; v.directions == 2 && d < 2; ++d)
    plan_direction(p, v, both[d], features, d * each);
  p.n_parameters = v.directions * each;
  p.kept_per_row = steps * v.step(features);
  p.noise_per_row = v.directions * v.noise(features);
  p.kept_slopes = 1;
  p.scratch = v.scratch(steps, features);
  p.work_per_row = steps * v.directions * v.columns() * (v.units + features);
  p.free_cuts = 1;
}

/// Fills the recurrent weights with orthonormal rows (Saxe, McClelland, Ganguli 2013), as Keras
/// does, and adds 1 to the biases of forget gates (Gers, Schmidhuber, Cummins 2000; Jozefowicz et
/// al. 2015).
template <class T>
void begin(const nnrun_plan& p, const Cell& v, const nnrun::Stream& random, T* w) {
  const size_t features = p.in[0].sizes[1];
  std::vector<double> rows(v.units * nnrun::padded(v.columns()));
  for (size_t d = 0; d < v.directions; ++d, w += v.parameters(features)) {
    nnrun::orthonormal::fill(random, v.units, v.columns(), rows.data());
    T* const u = w + v.recurrent_at(features);
    for (size_t i = 0; i < rows.size(); ++i) u[i] = static_cast<T>(rows[i]);
    if (v.kind != Kind::lstm || !v.bias || !v.forget) continue;
    for (size_t j = 0; j < v.units; ++j) w[v.bias_at(features) + v.units + j] += T(1);
  }
}

}  // namespace recurrent
