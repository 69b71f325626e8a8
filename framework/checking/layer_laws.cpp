// A layer gives outputs from inputs and parameters, and hands slopes back.
#include <algorithm>

#include "checking/affine_law.hpp"
#include "checking/formula_law.hpp"
#include "checking/layer_trial.hpp"
namespace nnrun::host {
namespace layer_law {

using Numbers = std::vector<double>;

bool couples(const Object& layer) {
  return (layer.functions<nnrun_layer>().flags & NNRUN_COUPLES_ROWS) != 0;
}

/// Checks the plan for every input that the layer takes.
Finding plans(const Subject& subject) {
  const Object layer(subject.use);
  std::size_t tried = 0, taken = 0;
  for (const nnrun_shape& shape : tried_shapes)
    for (const std::size_t inputs : {1u, 2u}) {
      const std::vector<nnrun_shape> shapes(inputs, shape);
      nnrun_plan plan;
      ++tried;
      if (!takes(layer, shapes, plan)) continue;
      ++taken;
      if (const std::string fault = fault_of_plan(plan); !fault.empty())
        return broken("planned " + fault + "; given " +
                      (inputs == 1 ? "an input of " : "two inputs of ") + text_of(shape));
    }
  if (taken == 0) layer.fail("plan");
  return kept(std::to_string(taken) + " of " + std::to_string(tried) + " inputs taken");
}

/// Checks calls outside of training: nothing is kept, there is no noise.
Finding evaluation(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  trial.forward(0);
  const Numbers first(trial.y.data(), trial.y.data() + 5 * trial.out_cols);
  for (const double y : first)
    if (!std::isfinite(y)) return broken("outside of training it gives " + shown(y));
  trial.forward(0);
  const std::string wrong =
      first_difference<double>({trial.y.data(), first.size()}, std::span(first));
  return wrong.empty() ? kept() : broken("outside of training, called again, " + wrong);
}

Finding slope(const Subject& subject) {
  const Object layer(subject.use);
  SlopeReport report;
  for (const std::size_t rows : {1u, 5u}) {
    if (rows == 1 && couples(layer)) continue;
    LayerTrial<double> trial(layer, rows);
    trial.everything();
    const auto add = [&](double& number, double found, const std::string& what) {
      const double keep = number;
      const auto value = [&](double x) {
        number = x;
        const double sum = trial.weighted_sum();
        number = keep;
        return sum;
      };
      report.add(try_slope(value, keep, found), what, found);
    };
    const Numbers dw(trial.dw.data(), trial.dw.data() + trial.plan.n_parameters);
    for (std::size_t k = 0; k < trial.x.size() && trial.plan.indices == 0; ++k)
      for (std::size_t i = 0; i < trial.x[k].size() && !report.failed(); ++i)
        add(trial.x[k].data()[i], trial.dx[k].data()[i],
            "input " + std::to_string(i % trial.in_cols() + 1) + " of " + std::to_string(rows) +
                (rows == 1 ? " row" : " rows"));
    for (const std::size_t at : trial.parameters())
      if (!report.failed()) add(trial.w.data()[at], dw[at], "parameter " + std::to_string(at + 1));
  }
  return report.finding();
}

Finding float_and_double(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> wide(layer, 5);
  LayerTrial<float> narrow(layer, 5);
  const Numbers expected = wide.everything(), found = narrow.everything();
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!close(found[i], expected[i], 1e-4, 1e-5))
      return broken("a number in float is " + significant(found[i], 6) + ", in double " +
                    significant(expected[i], 6));
    largest = std::max(largest, std::abs(found[i] - expected[i]));
  }
  return kept("differences at most " + significant(largest, 1));
}

Finding accumulation(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  const Numbers once = trial.everything();
  const Numbers again = trial.everything();
  std::string wrong = first_difference<double>(again, once);
  if (!wrong.empty()) return broken("adds where it should write: " + wrong);
  trial.forward();  // backward may write over what it left
  trial.backward(1);
  for (const std::size_t at : trial.parameters()) {
    const double expected = 2 * once[5 * trial.out_cols + at];
    if (!close(trial.dw.data()[at], expected, 1e-12, 1e-14))
      return broken("asked to add to slopes of parameters, it gives " + shown(trial.dw.data()[at]) +
                    ", not " + shown(expected));
  }
  const std::size_t from = 5 * trial.out_cols + trial.plan.n_parameters;
  for (std::size_t i = 0; i < trial.dx[0].size(); ++i)
    if (!close(trial.dx[0].data()[i], 2 * once[from + i], 1e-12, 1e-14))
      return broken("asked to add to slopes of inputs, it gives " + shown(trial.dx[0].data()[i]) +
                    ", not " + shown(2 * once[from + i]));
  return kept();
}

/// Checks that slopes that are not wanted are not written, and that the others stay the same.
Finding unwanted_slopes(const Subject& subject) {
  const Object layer(subject.use);
  const auto takes_inputs = [&](std::size_t n) {
    nnrun_plan plan;
    return std::ranges::any_of(tried_shapes, [&](const nnrun_shape& shape) {
      return takes(layer, std::vector<nnrun_shape>(n, shape), plan);
    });
  };
  for (const std::uint32_t least : {1u, 2u}) {
    if (least == 2 && !takes_inputs(2)) continue;
    LayerTrial<double> trial(layer, 5, least);
    for (std::size_t unwanted = 0; unwanted < trial.x.size(); ++unwanted) {
      trial.everything();
      const auto others = [&] {
        Numbers all;
        for (std::size_t k = 0; k < trial.dx.size(); ++k)
          if (k != unwanted)
            all.insert(all.end(), trial.dx[k].data(), trial.dx[k].data() + trial.dx[k].size());
        return all;
      };
      const Numbers expected = others();
      nnrun_layer_call call = trial.call();
      std::vector<nnrun_tensor> in(call.in, call.in + call.n_in);
      in[unwanted].d = nullptr;
      call.in = in.data();
      layer.call("backward_inputs", trial.functions().backward_inputs, &call);
      const Numbers found = others();
      if (const std::string wrong = first_difference<double>(found, expected); !wrong.empty())
        return broken("when the slopes of input " + std::to_string(unwanted + 1) +
                      " are not wanted, " + wrong + " for another input");
    }
  }
  return kept();
}

Finding padding(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  for (auto& x : trial.x)  // what follows the data may be anything
    for (std::size_t i = x.size(); i < padded(x.size()); ++i)
      x.data()[i] = std::numeric_limits<double>::quiet_NaN();
  trial.everything();
  const std::vector<std::size_t> real = trial.parameters();
  for (std::size_t i = 0; i < padded(trial.plan.n_parameters); ++i)
    if (std::ranges::find(real, i) == real.end() && trial.dw.data()[i] != 0)
      return broken("padding of the slopes gets " + shown(trial.dw.data()[i]) + ", not 0");
  return kept("stays 0");
}

Finding row_and_batch(const Subject& subject) {
  const Object layer(subject.use);
  if (couples(layer)) return skipped("its rows are coupled in training");
  constexpr std::size_t rows = 6;
  LayerTrial<double> batch(layer, rows), one(layer, 1);
  batch.forward(0);
  std::copy_n(batch.w.data(), batch.plan.n_parameters, one.w.data());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t k = 0; k < one.x.size(); ++k)
      std::copy_n(batch.x[k].data() + r * one.in_cols(), one.in_cols(), one.x[k].data());
    one.forward(0);
    for (std::size_t c = 0; c < one.out_cols; ++c)  // sums in another order: a few roundings
      if (const double expected = batch.y.data()[r * one.out_cols + c];
          !close(one.y.data()[c], expected, 1e-13, 1e-14))
        return broken("row " + std::to_string(r + 1) + " alone gives " + shown(one.y.data()[c]) +
                      ", in a batch " + shown(expected));
  }
  return kept();
}

Finding tiles(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  if (trial.functions().backward_parameters == nullptr) return skipped("has no parameters");
  trial.everything();
  const Numbers whole(trial.dw.data(), trial.dw.data() + trial.plan.n_parameters);
  std::fill_n(trial.dw.data(), whole.size(), 0.);
  nnrun_layer_call call = trial.call();
  call.tiles = 3;
  for (call.tile = 0; call.tile < 3; ++call.tile)
    layer.call("backward_parameters", trial.functions().backward_parameters, &call);
  for (std::size_t i = 0; i < whole.size(); ++i)
    if (!close(trial.dw.data()[i], whole[i], 1e-13, 1e-15))
      return broken("in three tiles a slope is " + shown(trial.dw.data()[i]) + ", in one " +
                    shown(whole[i]));
  return kept();
}

/// Compares bits, where the layer says that no cut shows in them.
Finding cuts(const Subject& subject) {
  const Object layer(subject.use);
  if (couples(layer)) return skipped("its rows are coupled in training");
  constexpr std::size_t rows = NNRUN_LANES + 3;
  LayerTrial<float> single(layer, rows);
  LayerTrial<double> trial(layer, rows);
  if (trial.plan.free_cuts == 0) return skipped("it does not say that none shows");
  const auto difference = [](auto& t) {
    const Numbers whole = t.everything(), cut = t.everything_cut(NNRUN_LANES, 3);
    return first_difference<double>(cut, whole);
  };
  for (const std::string& wrong : {difference(single), difference(trial)})
    if (!wrong.empty()) return broken("in two blocks and three tiles " + wrong);
  return kept("the same bits");
}

/// An activation may have written over outputs that a layer says it forgets.
Finding forgotten(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  if (trial.plan.forgets_outputs == 0) return skipped("it does not say that it forgets them");
  LayerTrial<double> another(layer, 5);  // with slopes that are not those of the first
  const Numbers expected = trial.everything(), without = another.everything(true);
  if (const std::string wrong = first_difference<double>(without, expected); !wrong.empty())
    return broken("where something else is written over its outputs, " + wrong);
  return kept("slopes do not need them");
}

/// Fills scratch before each call, with NaN too: a number that is read before it is written then
/// shows.
Finding scratch(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 5);
  if (trial.plan.scratch == 0) return skipped("asks for none");
  const auto with = [&](double x) {
    trial.in_scratch = x;
    Numbers all = trial.everything();
    trial.forward(0);
    all.insert(all.end(), trial.y.data(), trial.y.data() + trial.y.size());
    return all;
  };
  const Numbers expected = with(0);
  for (const double x : {1., std::numeric_limits<double>::quiet_NaN()})
    if (const std::string wrong = first_difference<double>(with(x), expected); !wrong.empty())
      return broken("where scratch held " + shown(x) + " before the call, " + wrong);
  if (trial.scratch_overrun()) return broken("it writes behind the end of scratch");
  return kept(std::to_string(trial.plan.scratch) +
              (trial.plan.scratch == 1 ? " number" : " numbers"));
}

/// Compares perturb with the outputs that moved parameters give.
Finding perturb(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 1);
  if (trial.functions().perturb == nullptr || trial.plan.groups == 0)
    return skipped("has no short cut for finite differences");
  trial.forward();
  const std::size_t n = trial.plan.n_parameters, stride = n / trial.plan.groups;
  Buffer<double> columns(n);
  constexpr double h = 0.01;
  layer.call("perturb", trial.functions().perturb, &trial.call(), h, columns.data());
  const Numbers base(trial.y.data(), trial.y.data() + trial.out_cols);
  for (const std::size_t at : trial.parameters()) {
    const double keep = trial.w.data()[at];
    trial.w.data()[at] += h;
    trial.forward();
    trial.w.data()[at] = keep;
    for (std::size_t c = 0; c < trial.out_cols; ++c) {
      const double found = c == at % stride ? columns.data()[at] : base[c];
      if (!close(found, trial.y.data()[c], 1e-13, 1e-14))
        return broken("parameter " + std::to_string(at + 1) + " moved gives " +
                      shown(trial.y.data()[c]) + ", perturb " + shown(found));
    }
  }
  return kept();
}

Finding spread(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<double> trial(layer, 1);
  if (trial.functions().spread == nullptr)
    return skipped("has no short cut for finite differences");
  trial.forward();
  const Numbers base(trial.y.data(), trial.y.data() + trial.out_cols);
  const std::size_t groups = 2, stride = padded(trial.in_cols() + 1);
  Buffer<double> v(groups * stride), rows(groups * stride * trial.out_cols);
  for (std::size_t i = 0; i < groups * stride; ++i) v.data()[i] = std::cos(static_cast<double>(i));
  layer.call("spread", trial.functions().spread, &trial.call(), v.data(), groups, stride,
             rows.data());
  for (std::size_t i = 0; i < groups * stride; ++i) {
    const std::size_t column = i % stride;
    Numbers expected = base;
    if (column < trial.in_cols()) {
      const double keep = trial.x[0].data()[column];
      trial.x[0].data()[column] = v.data()[i];
      trial.forward();
      trial.x[0].data()[column] = keep;
      expected.assign(trial.y.data(), trial.y.data() + trial.out_cols);
    }
    for (std::size_t c = 0; c < trial.out_cols; ++c)
      if (const double found = rows.data()[i * trial.out_cols + c];
          !close(found, expected[c], 1e-12, 1e-14))
        return broken("input " + std::to_string(column + 1) + " changed gives " +
                      shown(expected[c]) + ", spread " + shown(found));
  }
  return kept();
}

Numbers compute(const Object& layer) {
  return LayerTrial<double>(layer, 5).everything();
}
void call_other(const Object& layer) {
  LayerTrial<double>(layer, 3).everything();
}

Finding not_a_number(const Subject& subject) {
  const Object layer(subject.use);
  if (couples(layer)) return skipped("its rows are coupled in training");
  LayerTrial<double> trial(layer, 5);
  trial.forward(0);
  const Numbers whole(trial.y.data(), trial.y.data() + 5 * trial.out_cols);
  std::fill_n(trial.x[0].data(), trial.in_cols(), std::numeric_limits<double>::quiet_NaN());
  trial.forward(0);
  bool seen = false;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i < trial.out_cols) seen = seen || std::isnan(trial.y.data()[i]);
    if (i >= trial.out_cols && !same(trial.y.data()[i], whole[i]))
      return broken("a NaN in row 1 changes row " + std::to_string(i / trial.out_cols + 1));
  }
  return seen ? kept("stays") : broken("a row of NaN gives outputs without one");
}

HotCall hot_call(const Object& layer) {
  constexpr std::size_t rows = 32;
  auto trial = std::make_shared<LayerTrial<double>>(layer, rows);
  const auto call = [trial] {
    trial->forward();
    trial->backward();
  };
  return {call, static_cast<double>(rows * trial->out_cols)};
}

constexpr Law all[]{{"plan", plans},
                    {"evaluation", evaluation},
                    {"slope", slope},
                    {"float and double", float_and_double},
                    {"row and batch", row_and_batch},
                    {"adds where asked", accumulation},
                    {"unwanted slopes", unwanted_slopes},
                    {"padding", padding},
                    {"tiles", tiles},
                    {"cuts", cuts},
                    {"scratch", scratch},
                    {"forgotten outputs", forgotten},
                    {"affine", affine_layer_law},
                    {"perturb", perturb},
                    {"spread", spread},
                    {"formula", layer_formula_law},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>,
                    {"NaN and Inf", not_a_number},
                    floating_point_mode<hot_call>,
                    no_allocation<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace layer_law

std::span<const Law> layer_laws() {
  return layer_law::all;
}

}  // namespace nnrun::host
