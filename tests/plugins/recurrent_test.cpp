// The numbers of recurrent layers, against plain loops over ONNX's definitions of its operators
// RNN, GRU and LSTM, against numbers that others published, and against central differences.
#include <functional>

#include "base/said.hpp"
#include "network/initial_values.hpp"
#include "network/random.hpp"
#include "plugins/image_layer.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Numbers = std::vector<double>;

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
/// Numbers of an operator as ONNX lays them out: W gates x units x inputs, R gates x units x units,
/// biases gates x units each.
struct Onnx {
  std::size_t gates, units, inputs;
  Numbers w, r, wb, rb;
  Numbers state_factors;  ///< of the units, where weights take them
  Onnx(std::size_t g, std::size_t u, std::size_t in, std::uint32_t seed)
      : gates(g), units(u), inputs(in) {
    std::mt19937 random(seed);
    const auto fill = [&](Numbers& to, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i)
        to.push_back(std::uniform_real_distribution<double>(-1, 1)(random));
    };
    fill(w, gates * units * inputs), fill(r, gates * units * units);
    fill(wb, gates * units), fill(rb, gates * units);
    state_factors.assign(units, 1);
    // more would make a state of many units chaotic, and roundings would grow
    for (double& x : r) x /= std::sqrt(static_cast<double>(units));
  }
  /// Returns Xt * (Wg^T) + Wbg and Ht-1 * (Rg^T) + Rbg of a unit.
  double of_input(std::size_t gate, std::size_t j, const Numbers& x) const {
    double sum = wb[gate * units + j];
    for (std::size_t i = 0; i < inputs; ++i) sum += w[(gate * units + j) * inputs + i] * x[i];
    return sum;
  }
  double of_state(std::size_t gate, std::size_t j, const Numbers& h) const {
    double sum = rb[gate * units + j];
    for (std::size_t i = 0; i < units; ++i)
      sum += r[(gate * units + j) * units + i] * (h[i] * state_factors[i]);
    return sum;
  }
};
using Sequence = std::vector<Numbers>;  // steps of features

/// Each returns the outputs of all steps, in the order of the steps that it is given.
Sequence onnx_rnn(const Onnx& o, const Sequence& x) {
  Sequence out;
  Numbers h(o.units);
  for (const Numbers& step : x) {
    Numbers next(o.units);
    for (std::size_t j = 0; j < o.units; ++j)
      next[j] = std::tanh(o.of_input(0, j, step) + o.of_state(0, j, h));
    out.push_back(h = next);
  }
  return out;
}
/// Gates i o f c.
Sequence onnx_lstm(const Onnx& o, const Sequence& x) {
  Sequence out;
  Numbers h(o.units), c(o.units);
  for (const Numbers& step : x) {
    Numbers next(o.units);
    for (std::size_t j = 0; j < o.units; ++j) {
      const auto z = [&](std::size_t gate) {
        return o.of_input(gate, j, step) + o.of_state(gate, j, h);
      };
      c[j] = sigmoid(z(2)) * c[j] + sigmoid(z(0)) * std::tanh(z(3));
      next[j] = sigmoid(z(1)) * std::tanh(c[j]);
    }
    out.push_back(h = next);
  }
  return out;
}
/// Gates z r h.
Sequence onnx_gru(const Onnx& o, const Sequence& x, bool linear_before_reset) {
  Sequence out;
  Numbers h(o.units);
  for (const Numbers& step : x) {
    Numbers z(o.units), r(o.units), reset(o.units), next(o.units);
    for (std::size_t j = 0; j < o.units; ++j) {
      z[j] = sigmoid(o.of_input(0, j, step) + o.of_state(0, j, h));
      r[j] = sigmoid(o.of_input(1, j, step) + o.of_state(1, j, h));
      reset[j] = r[j] * h[j];
    }
    for (std::size_t j = 0; j < o.units; ++j) {
      const double given =
          linear_before_reset ? r[j] * o.of_state(2, j, h) : o.of_state(2, j, reset);
      next[j] = (1 - z[j]) * std::tanh(o.of_input(2, j, step) + given) + z[j] * h[j];
    }
    out.push_back(h = next);
  }
  return out;
}

struct Operator {
  const char* layer;
  std::vector<std::size_t> gates;  ///< of ONNX, in the order of the layer's
  bool reset_after;
  std::function<Sequence(const Onnx&, const Sequence&)> run;
};
const Operator operators[] = {
    {"simple_rnn", {0}, true, onnx_rnn},
    {"lstm", {0, 2, 3, 1}, true, onnx_lstm},
    {"gru", {0, 1, 2}, true, [](const Onnx& o, const Sequence& x) { return onnx_gru(o, x, true); }},
    {"gru", {0, 1, 2}, false, [](const Onnx& o, const Sequence& x) {
       return onnx_gru(o, x, false);
     }}};

Settings settings_of(const Operator& o, std::size_t units) {
  Settings all{{"units", static_cast<std::int64_t>(units)}};
  if (o.layer == std::string("gru")) all.emplace_back("reset_after", o.reset_after);
  return all;
}
/// Gives a layer the operator's numbers. first: of its blocks.
template <class T>
void give(const Operator& op, const Onnx& o, ImageLayer<T>& layer, std::size_t first = 0) {
  const auto put = [&](std::size_t block, std::vector<std::size_t> at, double x) {
    layer.w.data()[layer.at(first + block, at)] = static_cast<T>(x);
  };
  const bool two = layer.plan.blocks[first + 2].shape.rank == 2;
  for (std::size_t g = 0; g < op.gates.size(); ++g)
    for (std::size_t j = 0; j < o.units; ++j) {
      const std::size_t row = g * o.units + j, from = op.gates[g] * o.units + j;
      for (std::size_t i = 0; i < o.inputs; ++i) put(0, {row, i}, o.w[from * o.inputs + i]);
      for (std::size_t i = 0; i < o.units; ++i) put(1, {row, i}, o.r[from * o.units + i]);
      if (two) put(2, {0, row}, o.wb[from]), put(2, {1, row}, o.rb[from]);
      if (!two) put(2, {row}, o.wb[from] + o.rb[from]);
    }
}
template <class T>
Sequence sequence_of(const ImageLayer<T>& layer, std::size_t row) {
  Sequence x;
  const std::size_t steps = layer.shape.sizes[0], features = layer.shape.sizes[1];
  for (std::size_t t = 0; t < steps; ++t) {
    const T* const from = layer.x.data() + row * layer.in_cols() + t * features;
    x.emplace_back(from, from + features);
  }
  return x;
}
Sequence turned(Sequence x) {
  std::reverse(x.begin(), x.end());
  return x;
}
/// Compares a row of outputs with steps of numbers.
template <class T>
void require_row(const ImageLayer<T>& layer, std::size_t row, const Sequence& expected) {
  std::size_t at = row * layer.out_cols();
  for (const Numbers& step : expected)
    for (const double x : step) {
      // some hundred roundings in a chain that shrinks them
      const double found = layer.y.data()[at++], error = sizeof(T) == 4 ? 1e-5 : 1e-13;
      if (!(std::abs(found - x) <= error)) CHECK(found == Approx(x).margin(error));
    }
  CHECK(at == (row + 1) * layer.out_cols());
}

struct Size {
  std::size_t rows, steps, features, units;
};

template <class T>
void require_onnx(const Operator& op, const Size& size) {
  const bool sequences = GENERATE(false, true), backwards = GENERATE(false, true),
             training = GENERATE(false, true);
  CAPTURE(op.layer, op.reset_after, size.rows, size.steps, size.units, sequences, backwards);
  Settings settings = settings_of(op, size.units);
  settings.emplace_back("return_sequences", sequences);
  settings.emplace_back("go_backwards", backwards);
  ImageLayer<T> layer(op.layer, settings, {2, {size.steps, size.features}}, size.rows);
  const Onnx numbers(op.gates.size(), size.units, size.features, 5);
  give(op, numbers, layer);
  layer.run(&nnrun_layer_functions::forward, 0, size.rows, false, 0, 1, training);
  for (std::size_t r = 0; r < size.rows; ++r) {
    const Sequence x = sequence_of(layer, r), all = op.run(numbers, backwards ? turned(x) : x);
    require_row(layer, r, sequences ? all : Sequence{all.back()});
  }
}

}  // namespace

TEST_CASE("recurrent layers give the numbers of ONNX's operators", "[plugins][layer][recurrent]") {
  const Operator op = GENERATE(from_range(std::begin(operators), std::end(operators)));
  const Size size = GENERATE(Size{1, 1, 1, 1}, Size{3, 5, 2, 3}, Size{2, 4, 9, 8},
                             Size{7, 3, 3, 21}, Size{100, 2, 1, 4}, Size{2, 300, 2, 33});
  require_onnx<double>(op, size);
}
TEST_CASE("recurrent layers give them in float, too", "[plugins][layer][recurrent]") {
  const Operator op = GENERATE(from_range(std::begin(operators), std::end(operators)));
  require_onnx<float>(op, GENERATE(Size{3, 5, 2, 3}, Size{50, 9, 3, 20}));
}

TEST_CASE("recurrent layers give the numbers that ONNX Runtime is tested with",
          "[plugins][layer][recurrent]") {
  // its tests of GRU and LSTM with simple weights and without biases: two rows of two steps
  const auto run = [](const Operator& op, bool backwards, const Numbers& w) {
    Settings settings = settings_of(op, 3);
    settings.emplace_back("return_sequences", true);
    settings.emplace_back("go_backwards", backwards);
    ImageLayer<double> layer(op.layer, settings, {2, {2, 1}}, 2);
    Onnx numbers(op.gates.size(), 3, 1, 1);
    numbers.w = w;
    std::fill(numbers.r.begin(), numbers.r.end(), 0.1);
    std::fill(numbers.wb.begin(), numbers.wb.end(), 0.);
    std::fill(numbers.rb.begin(), numbers.rb.end(), 0.);
    give(op, numbers, layer);
    std::ranges::copy(Numbers{1, 10, 2, 11}, layer.x.data());
    layer.forward();
    return all_of(layer.y);
  };
  const auto check = [](const Numbers& found, const Numbers& published) {
    REQUIRE(found.size() == published.size());
    for (std::size_t i = 0; i < found.size(); ++i)  // they were made in float
      CHECK(found[i] == Approx(published[i]).margin(1e-6));
  };
  const Numbers gru{0.1, 0.2, 0.3, 1, 2, 3, 10, 11, 12},
      lstm{0.1, 0.2, 0.3, 0.4, 1, 2, 3, 4, 10, 11, 12, 13};
  check(run(operators[3], false, gru),
        {0.4750208, 0.450166, 0.4255575, 0.6027093, 0.5083023, 0.44950223, 0.45016602, 0.40131235,
         0.35434368, 0.5754369, 0.45485455, 0.3747841});
  check(run(operators[3], true, gru),
        {0.26894143, 0.11920292, 0.04742587, 0.6082785, 0.50623393, 0.4426924, 0.24973989,
         0.09975048, 0.03557118, 0.5803454, 0.4527356, 0.36886263});
  check(run(operators[1], false, lstm),
        {0.28828835, 0.36581863, 0.45679406, 0.84196719, 0.89402526, 0.91073048, 0.34526032,
         0.47220859, 0.55850911, 0.85882828, 0.90703777, 0.92382453});
  check(run(operators[1], true, lstm),
        {0.61249432, 0.70678632, 0.74094619, 0.55391603, 0.69201493, 0.82696019, 0.62759886,
         0.71640738, 0.74624585, 0.64046413, 0.82303363, 0.91610711});
}

TEST_CASE("recurrent layers drop the same inputs and states in all steps, other ones in each row",
          "[plugins][layer][recurrent]") {
  const Operator op = GENERATE(from_range(std::begin(operators), std::end(operators)));
  const double dropout = GENERATE(0., 0.4), recurrent = GENERATE(0., 0.3);
  CAPTURE(op.layer, op.reset_after, dropout, recurrent);
  constexpr std::size_t rows = 60, units = 5, features = 4;  // more rows than are worked on at once
  Settings settings = settings_of(op, units);
  settings.emplace_back("return_sequences", true);
  settings.emplace_back("dropout", dropout);
  settings.emplace_back("recurrent_dropout", recurrent);
  ImageLayer<double> layer(op.layer, settings, {2, {6, features}}, rows);
  CHECK(layer.plan.noise_per_row == (dropout > 0 ? features : 0) + (recurrent > 0 ? units : 0));
  Onnx numbers(op.gates.size(), units, features, 5);
  give(op, numbers, layer);
  layer.forward();
  const double* noise = layer.noise.data();
  const auto factors = [&](std::size_t n, double share) {
    Numbers all(n, 1);
    for (double& one : all)
      if (share > 0) one = *noise++ < share ? 0 : 1 / (1 - share);
    return all;
  };
  for (std::size_t r = 0; r < rows; ++r) {
    const Numbers of_inputs = factors(features, dropout);
    numbers.state_factors = factors(units, recurrent);
    Sequence x = sequence_of(layer, r);
    for (Numbers& step : x)
      for (std::size_t i = 0; i < features; ++i) step[i] *= of_inputs[i];
    require_row(layer, r, op.run(numbers, x));
  }
  layer.run(&nnrun_layer_functions::forward, 0, rows, false, 0, 1, false);
  numbers.state_factors.assign(units, 1);
  for (std::size_t r = 0; r < rows; ++r)  // in use, nothing is dropped
    require_row(layer, r, op.run(numbers, sequence_of(layer, r)));
}

TEST_CASE("two directions are two operators whose outputs come together",
          "[plugins][layer][recurrent]") {
  const Operator op = GENERATE(from_range(std::begin(operators), std::end(operators)));
  const std::string merge = GENERATE("concat", "sum", "average", "multiply");
  const bool sequences = GENERATE(false, true), training = GENERATE(false, true);
  CAPTURE(op.layer, op.reset_after, merge, sequences, training);
  constexpr std::size_t rows = 5, units = 3, features = 2;
  ImageLayer<double> layer("bidirectional",
                           {{"layer", std::string(op.layer)},
                            {"units", std::int64_t{units}},
                            {"merge", merge},
                            {"reset_after", op.reset_after},
                            {"return_sequences", sequences}},
                           {2, {4, features}}, rows);
  const Onnx forward(op.gates.size(), units, features, 2),
      backward(op.gates.size(), units, features, 3);
  give(op, forward, layer), give(op, backward, layer, 3);
  layer.run(&nnrun_layer_functions::forward, 0, rows, false, 0, 1, training);
  for (std::size_t r = 0; r < rows; ++r) {
    const Sequence x = sequence_of(layer, r);
    Sequence first = op.run(forward, x), second = turned(op.run(backward, turned(x)));
    if (!sequences) first = {first.back()}, second = {second.front()};
    for (std::size_t t = 0; t < first.size(); ++t)
      for (std::size_t j = 0; j < units; ++j) {
        if (merge == "concat") first[t].push_back(second[t][j]);
        if (merge == "sum") first[t][j] += second[t][j];
        if (merge == "average") first[t][j] = (first[t][j] + second[t][j]) / 2;
        if (merge == "multiply") first[t][j] *= second[t][j];
      }
    require_row(layer, r, first);
  }
}

namespace {

const std::vector<double> none;

/// Every kind of settings that slopes depend on.
struct Told {
  std::string layer;
  Settings settings;
};
std::vector<Told> all_told() {
  std::vector<Told> all;
  for (const char* const layer : {"simple_rnn", "lstm", "gru", "bidirectional"})
    for (const bool sequences : {false, true}) {
      const auto add = [&](Settings more) {
        more.emplace_back("units", std::int64_t{3});
        more.emplace_back("return_sequences", sequences);
        all.push_back({layer, std::move(more)});
      };
      const bool two = layer == std::string("bidirectional"), simple = layer[0] == 's';
      if (two)
        for (const char* const cell : {"simple_rnn", "lstm", "gru"})
          for (const char* const merge : {"concat", "sum", "average", "multiply"})
            add({{"layer", std::string(cell)}, {"merge", std::string(merge)}});
      add({{"skip", std::vector<double>{0.5}}});
      const Settings zeros{{"skip", std::vector<double>{0.5}}, {"zero_output_for_mask", true}};
      for (const char* const merge : {"concat", "average", "multiply"})
        if (sequences && (two || merge[0] == 'c')) {
          Settings settings = zeros;
          if (two) settings.emplace_back("merge", std::string(merge));
          add(std::move(settings));
        }
      add({{"bias", false}});
      add({{"dropout", 0.4}, {"skip", std::vector<double>{0.5}}});
      add({{"recurrent_dropout", 0.3}, {"skip", std::vector<double>{0.5}}});
      add({{"dropout", 0.2}, {"recurrent_dropout", 0.5}});
      add({{"activation", std::string("sigmoid")}});
      add({{"activation", std::string("none")}});
      if (!two) add({{"go_backwards", true}});
      if (!simple) {
        add({{"recurrent_activation", std::string("tanh")}});
        add({{"recurrent_activation", std::string("hard_sigmoid")},
             {"activation", std::string("relu")}});
      }
      if (layer == std::string("gru")) add({{"reset_after", false}});
      if (layer == std::string("gru")) add({{"reset_after", false}, {"bias", false}});
      if (layer == std::string("gru")) add({{"reset_after", false}, {"recurrent_dropout", 0.5}});
      if (two) add({{"layer", std::string("gru")}, {"reset_after", false}});
    }
  return all;
}
/// Makes some steps of some rows such that `skip: 0.5` leaves them out.
template <class T>
void pad(ImageLayer<T>& layer, std::size_t row, std::size_t from, std::size_t to) {
  const std::size_t features = layer.shape.sizes[1];
  for (std::size_t i = from * features; i < to * features; ++i)
    layer.x.data()[row * layer.in_cols() + i] = T(0.5);
}
double weighted_sum(ImageLayer<double>& layer) {
  layer.forward();
  double sum = 0;
  for (std::size_t i = 0; i < layer.y.size(); ++i) sum += layer.y.data()[i] * layer.dy.data()[i];
  return sum;
}

}  // namespace

TEST_CASE("slopes of recurrent layers are those of their outputs", "[plugins][layer][recurrent]") {
  const Told told = GENERATE(from_range(all_told()));
  CAPTURE(told.layer, told.settings.size());
  ImageLayer<double> layer(told.layer, told.settings, {2, {4, 2}}, 3);
  pad(layer, 1, 2, 4), pad(layer, 2, 0, 4);
  layer.forward();
  layer.backward_inputs(false);
  layer.backward_parameters(false);
  const Numbers dx = all_of(layer.dx), dw = all_of(layer.dw);
  const auto slope = [&](double& number) {
    const double keep = number, h = 1e-5;
    number = keep + h;
    const double above = weighted_sum(layer);
    number = keep - h;
    const double below = weighted_sum(layer);
    number = keep;
    return (above - below) / (2 * h);
  };
  for (std::size_t i = 0; i < dx.size(); ++i)
    // a step that is skipped is no longer when it is moved: no slope to compare
    if (layer.x.data()[i] != 0.5)
      CHECK(dx[i] == Approx(slope(layer.x.data()[i])).epsilon(1e-6).margin(1e-8));
  for (std::uint32_t b = 0; b < layer.plan.n_blocks; ++b)
    host::for_each_element(
        layer.plan.blocks[b], layer.plan.blocks[b].offset, [&](std::size_t at, std::size_t) {
          CHECK(dw[at] == Approx(slope(layer.w.data()[at])).epsilon(1e-6).margin(1e-8));
        });
}

TEST_CASE("no cut of rows and parameters shows in a bit of a recurrent layer",
          "[plugins][layer][recurrent]") {
  const std::string name = GENERATE("simple_rnn", "lstm", "gru", "bidirectional");
  const std::int64_t units = GENERATE(5, 24);
  const double dropped = GENERATE(0., 0.3);
  CAPTURE(name, units, dropped);
  constexpr std::size_t rows = 120;
  const Settings settings{{"units", units},
                          {"return_sequences", true},
                          {"dropout", dropped},
                          {"recurrent_dropout", dropped}};
  ImageLayer<float> whole(name, settings, {2, {6, 3}}, rows),
      cut(name, settings, {2, {6, 3}}, rows);
  whole.forward(), whole.backward_inputs(false), whole.backward_parameters(false);
  using F = nnrun_layer_functions;
  for (const auto& [from, n] : {std::pair<std::size_t, std::size_t>{0, 56}, {56, 1}, {57, 63}})
    cut.run(&F::forward, from, n);
  CHECK(all_of(cut.y) == all_of(whole.y));
  for (const auto& [from, n] : {std::pair<std::size_t, std::size_t>{0, 104}, {104, 16}})
    cut.run(&F::backward_inputs, from, n);
  for (std::uint32_t tile = 0; tile < 4; ++tile)
    cut.run(&F::backward_parameters, 0, rows, false, tile, 4);
  CHECK(all_of(cut.dx) == all_of(whole.dx));
  CHECK(all_of(cut.dw) == all_of(whole.dw));
  ImageLayer<float> in_use(name, settings, {2, {6, 3}}, rows);
  in_use.run(&F::forward, 0, rows, false, 0, 1, false);
  CHECK((all_of(in_use.y) == all_of(whole.y)) == (dropped == 0));
}

TEST_CASE("truncate cuts slopes where a state goes from one part of the steps to the next",
          "[plugins][layer][recurrent]") {
  const std::string name = GENERATE("simple_rnn", "lstm", "gru");
  const std::size_t part = GENERATE(values<std::size_t>({1, 2, 3, 7, 20}));
  CAPTURE(name, part);
  constexpr std::size_t steps = 7, units = 3;
  ImageLayer<double> layer(name,
                           {{"units", std::int64_t{units}},
                            {"return_sequences", true},
                            {"truncate", std::vector<double>{static_cast<double>(part)}}},
                           {2, {steps, 1}}, 2);
  const auto sum_of_part = [&](std::size_t row, std::size_t step) {
    layer.forward();
    double sum = 0;
    const std::size_t from = step / part * part, to = std::min(steps, from + part);
    for (std::size_t i = from * units; i < to * units; ++i)
      sum += layer.y.data()[row * steps * units + i] * layer.dy.data()[row * steps * units + i];
    return sum;
  };
  layer.forward();
  layer.backward_inputs(false);
  const Numbers dx = all_of(layer.dx);
  for (std::size_t i = 0; i < dx.size(); ++i) {
    double& x = layer.x.data()[i];
    const double keep = x, h = 1e-5;
    x = keep + h;
    const double above = sum_of_part(i / steps, i % steps);
    x = keep - h;
    const double below = sum_of_part(i / steps, i % steps);
    x = keep;
    CHECK(dx[i] == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("skipped steps leave everything as if they were not there",
          "[plugins][layer][recurrent]") {
  const std::string name = GENERATE("simple_rnn", "lstm", "gru");
  CAPTURE(name);
  const Settings shorter{{"units", std::int64_t{4}}},
      padded{{"units", std::int64_t{4}}, {"skip", std::vector<double>{0.5}}};
  ImageLayer<double> a(name, shorter, {2, {3, 2}}, 1), b(name, padded, {2, {6, 2}}, 2);
  for (std::size_t k = 0; k < 3; ++k) {  // in places 0, 2 and 3 of 6
    const std::size_t place = std::vector<std::size_t>{0, 2, 3}[k];
    pad(b, 0, 0, k == 0 ? 6 : 0);
    for (std::size_t i = 0; i < 2; ++i) b.x.data()[place * 2 + i] = a.x.data()[k * 2 + i];
  }
  pad(b, 0, 1, 2), pad(b, 0, 4, 6), pad(b, 1, 0, 6);
  for (std::size_t k = 0; k < 3; ++k)
    for (std::size_t i = 0; i < 2; ++i)
      b.x.data()[std::vector<std::size_t>{0, 2, 3}[k] * 2 + i] = a.x.data()[k * 2 + i];
  std::copy_n(a.w.data(), a.w.size(), b.w.data());
  std::copy_n(a.dy.data(), 4, b.dy.data());
  a.forward(), a.backward_inputs(false), a.backward_parameters(false);
  b.forward(), b.backward_inputs(false), b.backward_parameters(false);
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(b.y.data()[j] == a.y.data()[j]);
    CHECK(b.y.data()[4 + j] == 0);  // a row of nothing else
  }
  for (const std::size_t i : {2u, 3u, 8u, 9u, 10u, 11u}) CHECK(b.dx.data()[i] == 0);
  for (std::size_t i = 0; i < a.dw.size(); ++i)
    CHECK(b.dw.data()[i] == Approx(a.dw.data()[i]).epsilon(1e-13).margin(1e-15));
}

TEST_CASE("a skipped step gives zeros if that is asked for, and the others what they gave",
          "[plugins][layer][recurrent]") {
  const std::string name = GENERATE("simple_rnn", "lstm", "gru", "bidirectional");
  const std::string merge = GENERATE("concat", "sum", "average", "multiply");
  if (name != "bidirectional" && merge != "concat") return;
  CAPTURE(name, merge);
  Settings plain{
      {"units", std::int64_t{3}}, {"return_sequences", true}, {"skip", std::vector<double>{0.5}}};
  if (name == "bidirectional") plain.emplace_back("merge", merge);
  Settings zeros = plain;
  zeros.emplace_back("zero_output_for_mask", true);
  ImageLayer<double> a(name, plain, {2, {5, 2}}, 2), b(name, zeros, {2, {5, 2}}, 2);
  std::copy_n(a.w.data(), a.w.size(), b.w.data());
  std::copy_n(a.x.data(), a.x.size(), b.x.data());
  for (ImageLayer<double>* layer : {&a, &b}) {
    pad(*layer, 0, 1, 3), pad(*layer, 1, 0, 1), pad(*layer, 1, 4, 5);
    layer->forward();
  }
  const std::size_t width = a.y.size() / 10;
  const std::vector<bool> skipped{false, true, true, false, false, true, false, false, false, true};
  for (std::size_t i = 0; i < a.y.size(); ++i)
    CHECK(b.y.data()[i] == (skipped[i / width] ? 0 : a.y.data()[i]));
}

TEST_CASE("NaN in a step is in all outputs from then on, and in no other row",
          "[plugins][layer][recurrent]") {
  const std::string name = GENERATE("simple_rnn", "lstm", "gru");
  const std::string bent = GENERATE("tanh", "relu");
  CAPTURE(name, bent);
  ImageLayer<float> layer(name,
                          {{"units", std::int64_t{3}},
                           {"activation", bent},
                           {"return_sequences", true},
                           {"skip", std::vector<double>{0}}},
                          {2, {4, 1}}, 3);
  layer.x.data()[4 + 2] = std::nanf("");
  layer.forward();
  for (std::size_t i = 0; i < layer.y.size(); ++i)
    CHECK(std::isnan(layer.y.data()[i]) == (i / 12 == 1 && i % 12 >= 6));
}

TEST_CASE("recurrent weights begin as orthonormal rows, and forget gates with 1",
          "[plugins][layer][recurrent]") {
  const host::Experiment e = experiment(
      "data: diagonal\nrandom: philox\ndtype: float64\nmodel:\n  input: [2, 1]\n  layers:\n"
      "    - {name: a, type: lstm, units: 5, return_sequences: true}\n"
      "    - {name: b, type: bidirectional, layer: gru, units: 3}\n"
      "train: {cost: sum_squared_error}\n");
  const host::Graph graph = host::build_graph(e);
  host::Buffer<double> w(graph.n_parameters);
  host::Random random(e.random, 8);
  host::initialize(graph, random, w.data());
  std::vector<std::string> names;
  for (const host::NamedBlock& block : graph.blocks()) {
    names.push_back(block.name + " " + host::text_of(block.block->shape));
    Numbers all;
    host::for_each_element(block,
                           [&](std::size_t at, std::size_t) { all.push_back(w.data()[at]); });
    const std::size_t units = block.block->shape.sizes[block.block->shape.rank - 1];
    if (block.name.ends_with("recurrent_kernel"))
      for (std::size_t i = 0; i < units; ++i)
        for (std::size_t k = 0; k < units; ++k) {
          double dot = 0;
          for (std::size_t row = 0; row < all.size() / units; ++row)
            dot += all[row * units + i] * all[row * units + k];
          CHECK(dot == Approx(i == k ? 1 : 0).margin(1e-14));
        }
    if (block.name == "a/bias")
      CHECK(all == Numbers{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  }
  CHECK(names ==
        std::vector<std::string>{"a/kernel 20 x 1", "a/recurrent_kernel 20 x 5", "a/bias 20",
                                 "b/forward_kernel 9 x 5", "b/forward_recurrent_kernel 9 x 3",
                                 "b/forward_bias 2 x 9", "b/backward_kernel 9 x 5",
                                 "b/backward_recurrent_kernel 9 x 3", "b/backward_bias 2 x 9"});
}

TEST_CASE("embedding gives rows of its weights, and adds their slopes in the order of the examples",
          "[plugins][layer][recurrent]") {
  ImageLayer<float> layer(
      "embedding", {{"input_dim", std::int64_t{5}}, {"output_dim", std::int64_t{3}}}, {1, {4}}, 50);
  CHECK(host::text_of(layer.plan.out) == "4 x 3");
  for (std::size_t i = 0; i < layer.x.size(); ++i)
    layer.x.data()[i] = static_cast<float>(i * i % 4);
  layer.forward();
  std::vector<float> sums(layer.dw.size());
  for (std::size_t i = 0; i < layer.x.size(); ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t at = layer.at(0, {i * i % 4, j});
      CHECK(layer.y.data()[i * 3 + j] == layer.w.data()[at]);
      sums[at] += layer.dy.data()[i * 3 + j];
    }
  const std::uint32_t tiles = GENERATE(values<std::uint32_t>({1, 2, 3, 7}));
  for (std::uint32_t tile = 0; tile < tiles; ++tile)
    layer.run(&nnrun_layer_functions::backward_parameters, 0, 50, false, tile, tiles);
  CHECK(all_of(layer.dw) == sums);
  layer.backward_inputs(false);
  CHECK(all_of(layer.dx) == std::vector<float>(200));
}

TEST_CASE("an embedding with mask_zero gives zeros for 0, which do not learn and can be skipped",
          "[plugins][layer][recurrent]") {
  const host::Experiment e = experiment(
      "data: diagonal\nmodel:\n  input: 2\n  layers:\n"
      "    - {type: embedding, input_dim: 3, output_dim: 5, mask_zero: true}\n"
      "train: {cost: sum_squared_error}\n");
  const host::Graph graph = host::build_graph(e);
  host::Buffer<double> first(graph.n_parameters);
  host::Random random(e.random, 8);
  host::initialize(graph, random, first.data());
  for (std::size_t i = 0; i < 5; ++i) CHECK(first.data()[i] == 0);
  CHECK(first.data()[8] != 0);

  const Settings words{
      {"input_dim", std::int64_t{5}}, {"output_dim", std::int64_t{3}}, {"mask_zero", true}};
  ImageLayer<double> layer("embedding", words, {1, {4}}, 3);
  for (std::size_t i = 0; i < 12; ++i) layer.x.data()[i] = static_cast<double>(i % 4);
  layer.forward();
  layer.backward_parameters(false);
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(layer.y.data()[i * 3 + j] ==
            (i % 4 == 0 ? 0. : layer.w.data()[layer.at(0, {i % 4, j})]));
  for (std::size_t j = 0; j < 3; ++j) CHECK(layer.dw.data()[layer.at(0, {0, j})] == 0);
  CHECK(layer.dw.data()[layer.at(0, {1, 0})] != 0);

  ImageLayer<double> sequence(
      "lstm", {{"units", std::int64_t{2}}, {"skip", std::vector<double>{0}}}, {2, {4, 3}}, 3),
      shorter("lstm", {{"units", std::int64_t{2}}}, {2, {3, 3}}, 3);
  for (std::size_t r = 0; r < 3; ++r) {
    std::copy_n(layer.y.data() + r * 12, 12, sequence.x.data() + r * 12);
    std::copy_n(layer.y.data() + r * 12 + 3, 9, shorter.x.data() + r * 9);
  }
  std::copy_n(sequence.w.data(), sequence.w.size(), shorter.w.data());
  sequence.forward(), shorter.forward();
  CHECK(all_of(sequence.y) == all_of(shorter.y));
}

TEST_CASE("dense along the last axis is dense for every step", "[plugins][layer][recurrent]") {
  const std::int64_t units = GENERATE(1, 3);
  const std::size_t rows = GENERATE(values<std::size_t>({1, 4}));
  const Settings each{{"units", units}, {"axis", std::string("last")}};
  ImageLayer<double> steps("dense", each, {2, {5, 7}}, rows),
      plain("dense", {{"units", units}}, {1, {7}}, rows * 5);
  CHECK(host::text_of(steps.plan.out) == "5 x " + std::to_string(units));
  std::copy_n(plain.w.data(), plain.w.size(), steps.w.data());
  std::copy_n(plain.x.data(), plain.x.size(), steps.x.data());
  std::copy_n(plain.dy.data(), plain.dy.size(), steps.dy.data());
  for (auto* const layer : {&steps, &plain})
    layer->forward(), layer->backward_inputs(false), layer->backward_parameters(false);
  CHECK(all_of(steps.y) == all_of(plain.y));
  CHECK(all_of(steps.dx) == all_of(plain.dx));
  CHECK(all_of(steps.dw) == all_of(plain.dw));
}

TEST_CASE("repeat_vector repeats, and adds up slopes", "[plugins][layer][recurrent]") {
  ImageLayer<double> layer("repeat_vector", {{"n", std::int64_t{3}}}, {1, {2}}, 2);
  CHECK(host::text_of(layer.plan.out) == "3 x 2");
  layer.forward();
  layer.backward_inputs(false);
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t j = 0; j < 2; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(layer.y.data()[r * 6 + k * 2 + j] == layer.x.data()[r * 2 + j]);
        sum += layer.dy.data()[r * 6 + k * 2 + j];
      }
      CHECK(layer.dx.data()[r * 2 + j] == Approx(sum).epsilon(1e-15));
    }
}

TEST_CASE("positional adds sines and cosines, as the paper has them",
          "[plugins][layer][recurrent]") {
  ImageLayer<double> layer("positional", {}, {2, {6, 5}}, 2);
  layer.forward();
  for (std::size_t i = 0; i < layer.y.size(); ++i) {
    const std::size_t t = i / 5 % 6, k = i % 5;
    const double angle = double(t) / std::pow(10000., double(k - k % 2) / 5),
                 wave = k % 2 == 0 ? std::sin(angle) : std::cos(angle);
    CHECK(layer.y.data()[i] - layer.x.data()[i] == Approx(wave).margin(1e-12));
  }
}

namespace {

/// Returns the sentence and the hint for a network of these layers; "nothing" if it can be built.
std::string said_of(const std::string& layers, const std::string& input) {
  try {
    host::build_graph(experiment("data: diagonal\nmodel:\n  input: " + input +
                                 "\n  layers:\n    - " + layers +
                                 "\ntrain: {cost: sum_squared_error}\n"));
  } catch (const host::Error& e) {
    const host::Problem& problem = e.problems()[0];
    return problem.what + (problem.place.line > 0 ? "" : " without a place") +
           (problem.hint.empty() ? "" : " | " + problem.hint);
  }
  return "nothing";
}

}  // namespace

TEST_CASE("what recurrent layers cannot do is said in a sentence with a place and a hint",
          "[plugins][layer][recurrent]") {
  CHECK(said_of("{type: lstm, units: 3}", "[5, 2]") == "nothing");
  CHECK(said_of("{type: lstm, units: 3}", "[1, 1]") == "nothing");
  CHECK(said_of("{type: lstm, units: 3}", "10") ==
        "layer 'lstm_1': lstm takes sequences of steps x features, not 10 | behind a recurrent "
        "layer, write return_sequences: true in that one; for places in a vocabulary, put {type: "
        "embedding, input_dim: how many there are, output_dim: 8} before it; for a series of "
        "single numbers, write 'input: [10, 1]' below model");
  CHECK(said_of("{type: gru, units: 3}", "[4, 4, 2]") ==
        "layer 'gru_1': gru takes sequences of steps x features, not 4 x 4 x 2 | put {type: "
        "reshape, shape: [4, 8]} before it: then each line of an image is a step");
  CHECK(said_of("{name: first, type: lstm, units: 3}\n    - {type: gru, units: 3}", "[5, 2]") ==
        "layer 'gru_1': gru takes sequences of steps x features, not 3 | write return_sequences: "
        "true in 'first'");
  CHECK(said_of("{type: lstm, units: 0}", "[5, 2]") == "'units' must be at least 1, not 0");
  CHECK(said_of("{type: lstm, units: 3, dropout: 1}", "[5, 2]") ==
        "'dropout' must be in [0, 1), not 1");
  CHECK(said_of("{type: lstm, units: 3, truncate: 0}", "[5, 2]") ==
        "'truncate' must be in [1, 2147483648], not 0");
  CHECK(said_of("{type: lstm, units: 3, truncate: 1.5}", "[5, 2]") ==
        "layer 'lstm': 'truncate' takes a whole number");
  CHECK(said_of("{type: lstm, units: 3, skip: [0, 1]}", "[5, 2]") ==
        "layer 'lstm': 'skip' takes one number, not 2");
  for (const std::string more : {"skip: 0", "return_sequences: true"})
    CHECK(said_of("{type: lstm, units: 3, zero_output_for_mask: true, " + more + "}", "[5, 2]") ==
          "layer 'lstm': 'zero_output_for_mask' is for return_sequences: true with 'skip'");
  CHECK(said_of("{type: lstm, units: 2000000000}", "[5, 2]") ==
        "layer 'lstm_1': weights of 4 x 2000000000 x 2000000000 are impossible");
  CHECK(said_of("{type: simple_rnn, units: 1000000}", "[1000000, 2]") ==
        "layer 'simple_rnn_1': states of 1000000 x 1000000 are impossible");
  CHECK(said_of("{type: bidirectional, units: 3, layer: rnn}", "[5, 2]") ==
        "unknown layer 'rnn' | did you mean 'simple_rnn'?");
  CHECK(said_of("{type: embedding, input_dim: 16777216, output_dim: 2147483648}", "5") ==
        "layer 'embedding_1': weights of 16777216 x 2147483648 are impossible");
  CHECK(said_of("{type: embedding, input_dim: 3, output_dim: 2}", "[2, 2, 2, 2]") ==
        "layer 'embedding_1': embedding takes inputs of up to 3 sizes, not 2 x 2 x 2 x 2");
  CHECK(said_of("{type: dense, units: 3}\n    - {type: embedding, input_dim: 3, output_dim: 2}",
                "5") ==
        "layer 'embedding_1' takes whole numbers, but a layer before it learns | let it read the "
        "data: write inputs: [input]");
  CHECK(said_of("{type: repeat_vector, n: 3}", "[5, 2]") ==
        "layer 'repeat_vector_1': repeat_vector takes rows of numbers, not 5 x 2 | put {type: "
        "flatten} before it");
  CHECK(said_of("{type: positional}", "5") ==
        "layer 'positional_1': positional takes sequences of steps x features, not 5");
}

TEST_CASE("a recurrent layer's activation is its own, not one behind its outputs",
          "[plugins][layer][recurrent]") {
  const host::Experiment e = experiment(
      "data: diagonal\nmodel:\n  input: [2, 1]\n  defaults: {activation: relu}\n  layers:\n"
      "    - {type: lstm, units: 3, return_sequences: true}\n"
      "    - {type: lstm, units: 3, activation: sigmoid}\n"
      "train: {cost: sum_squared_error}\n");
  for (const host::LayerSpec& layer : e.model.layers) CHECK_FALSE(layer.activation);
  const std::string text = host::resolved_yaml(e);
  CHECK(text.find("activation: tanh") != text.npos);
  CHECK(text.find("activation: sigmoid") != text.npos);
}

TEST_CASE("a whole number outside the vocabulary is refused before training, with its place",
          "[plugins][layer][recurrent]") {
  const Scratch scratch;
  const auto said_of_words = [&](const std::string& rows, const std::string& more) {
    scratch.write("words.csv", "a,b,y\n" + rows);
    const std::string config = "data: {type: csv, path: words.csv, targets: [y]" + more +
                               "}\nmodel:\n  input: 2\n  layers:\n"
                               "    - {type: embedding, input_dim: 3, output_dim: 2}\n"
                               "    - {type: lstm, units: 2}\n    - {type: dense, units: 1}\n"
                               "train: {cost: sum_squared_error}\n";
    const auto file = scratch.write("words.yaml", config);
    try {
      host::Trainer::create(host::read_experiment(file, {}, registry()));
    } catch (const host::Error& error) {
      const host::Problem& problem = error.problems()[0];
      const std::string file_and_line = std::filesystem::path(problem.where).filename();
      return problem.what + (file_and_line.empty() ? "" : " | " + file_and_line);
    }
    return std::string("nothing");
  };
  CHECK(said_of_words("0,1,5\n2,2,6\n", "") == "nothing");
  CHECK(said_of_words("0,1,5\n2,3,6\n", "") ==
        "input 'b' of training example 2 is 3, but layer 'embedding_1' takes whole numbers from 0 "
        "to 2 | words.csv:3");
  CHECK(said_of_words("0,-1,5\n2,2,6\n", "") ==
        "input 'b' of training example 1 is -1, but layer 'embedding_1' takes whole numbers from 0 "
        "to 2 | words.csv:2");
  CHECK(said_of_words("0,1,5\n1.5,2,6\n", "") ==
        "input 'a' of training example 2 is 1.5, but layer 'embedding_1' takes whole numbers from "
        "0 to 2 | words.csv:3");
  CHECK(said_of_words("0,1,5\n2,2,6\n", ", scale: standard") ==
        "the inputs are scaled or prepared, but layer 'embedding_1' takes whole numbers from 0 to "
        "2");
}

TEST_CASE("finite differences train a small recurrent network as backpropagation does",
          "[plugins][layer][recurrent]") {
  const auto trained = [](const std::string& gradient) {
    const auto trainer = host::Trainer::create(experiment(
        "data: {type: adding, length: 4, train: 200, test: 50}\nrandom: philox\ndtype: float64\n"
        "model:\n  input: [4, 2]\n  layers:\n    - {type: lstm, units: 4}\n"
        "    - {type: dense, units: 1}\n"
        "train: {cost: mean_squared_error, batch_size: 10, epochs: 5, gradient: " +
        gradient + ", optimizer: {type: adam, learning_rate: 0.02}}\n"));
    return trainer->train({}).epochs.back().test->cost;
  };
  const double exact = trained("backprop");
  CHECK(exact < 0.1);  // to answer 1 always costs 0.17
  CHECK(trained("{type: central_difference, step: 1e-5}") == Approx(exact).epsilon(1e-4));
  CHECK(trained("{type: finite_difference, step: 1e-6}") == Approx(exact).epsilon(0.01));
}

}  // namespace nnrun::testing
