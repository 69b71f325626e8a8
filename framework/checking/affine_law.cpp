#include "checking/affine_law.hpp"

#include <nnrun/affine.hpp>
#include <vector>

#include "checking/layer_trial.hpp"
#include "checking/trial.hpp"
namespace nnrun::host {
namespace {

struct Size {
  std::size_t inputs, units;
  bool bias;
};
/// One unit and several, within the lanes, as many, and more.
constexpr Size tried_sizes[]{{2, 1, true}, {2, 5, true},  {11, 1, false},         {3, 5, false},
                             {8, 1, true}, {9, 11, true}, {1, NNRUN_LANES, true}, {10, 16, false}};

/// A layer x W + b and an activation behind it, for one example.
template <class T>
class Together {
 public:
  Together(const Object& activation, const Size& size, bool in_place, bool accumulates)
      : activation_(activation),
        table_(activation.functions<nnrun_activation>().by_dtype[dtype_of<T>]),
        size_(size),
        x_(size.inputs),
        dx_(size.inputs),
        w_(affine::bias_at(size.inputs, size.units) +
           (size.bias ? padded(affine::stride_of(size.units)) : 0)),
        dw_(w_.size()),
        z_(size.units),
        a_(size.units),
        dz_(size.units),
        da_(size.units),
        in_{x_.data(), dx_.data(), size.inputs, accumulates} {
    TrialNumbers uniform;
    const auto number = [&] { return static_cast<T>(4 * uniform.next() - 2); };
    for (std::size_t i = 0; i < size.inputs; ++i) x_.data()[i] = number(), dx_.data()[i] = number();
    const std::size_t stride = affine::stride_of(size.units);
    for (std::size_t i = 0; i < size.inputs; ++i)
      for (std::size_t u = 0; u < size.units; ++u) w_.data()[i * stride + u] = number();
    for (std::size_t u = 0; u < size.units; ++u) {
      if (size.bias) w_.data()[affine::bias_at(size.inputs, size.units) + u] = number();
      da_.data()[u] = number();
    }
    // what follows the inputs may be anything
    for (std::size_t i = size.inputs; i < padded(size.inputs); ++i)
      x_.data()[i] = std::numeric_limits<T>::quiet_NaN();
    plan_.affine = size.bias ? NNRUN_AFFINE_WITH_BIAS : NNRUN_AFFINE;
    call_.size = sizeof call_;
    call_.n_in = call_.tiles = call_.training = 1;
    call_.rows = 1;
    call_.in = &in_;
    call_.out = {z_.data(), in_place ? da_.data() : dz_.data(), size.units, 0};
    call_.w = w_.data();
    call_.dw = dw_.data();
    call_.accumulate = accumulates;
    call_.plan = &plan_;
    outputs_ = in_place ? z_.data() : a_.data();
  }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  void one_by_one() {
    const LayerCall<T> c{call_};
    affine::forward(c, size_.bias, [&](std::size_t u, Lane<T> z) { lane_at(c.out() + u) = z; });
    activation_.call("forward", table_.forward, z_.data(), outputs_, 1, size_.units);
    activation_.call("backward", table_.backward, z_.data(), outputs_, da_.data(), call_.out.d, 1,
                     size_.units);
    affine::backward(c, size_.bias, [&](std::size_t u) { return lane_at(c.d_out() + u); });
  }
  void in_one_call(const nnrun_affine_functions& functions) {
    activation_.call("forward", functions.forward, &call_, outputs_);
    activation_.call("backward", functions.backward, &call_, outputs_, da_.data());
  }
  /// Returns the outputs and all slopes, each with a word for what it is.
  std::vector<std::pair<const char*, double>> numbers() const {
    std::vector<std::pair<const char*, double>> all;
    const auto add = [&](const char* what, const T* from, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) all.emplace_back(what, static_cast<double>(from[i]));
    };
    add("z", z_.data(), size_.units);
    add("an output", outputs_, size_.units);
    add("a slope dz", static_cast<const T*>(call_.out.d), size_.units);
    add("a slope of a parameter", dw_.data(), w_.size());
    add("a slope of an input", dx_.data(), size_.inputs);
    return all;
  }
  bool overrun() const {
    for (const Guarded<T>* g : {&x_, &dx_, &w_, &dw_, &z_, &a_, &dz_, &da_})
      if (g->overrun()) return true;
    return false;
  }

 private:
  const Object& activation_;
  const nnrun_activation_functions& table_;
  const Size size_;
  Guarded<T> x_, dx_, w_, dw_, z_, a_, dz_, da_;
  nnrun_tensor in_;
  nnrun_plan plan_{};
  nnrun_layer_call call_{};
  T* outputs_;
};

template <class T>
std::string difference(const Object& f, const nnrun_affine_functions& functions, const Size& size,
                       bool in_place, bool accumulates) {
  Together<T> expected(f, size, in_place, accumulates), found(f, size, in_place, accumulates);
  expected.one_by_one();
  found.in_one_call(functions);
  const std::string where = " of " + std::to_string(size.inputs) + " inputs and " +
                            std::to_string(size.units) + (size.units == 1 ? " unit" : " units");
  if (found.overrun()) return "with a layer" + where + " something is written past its last lane";
  const auto a = found.numbers(), b = expected.numbers();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i].second, b[i].second))
      return std::string("together with a layer") + where + " " + a[i].first + " is " +
             shown(a[i].second) + ", one after the other " + shown(b[i].second) +
             (sizeof(T) == sizeof(float) ? ", in float" : "");
  return "";
}

template <class T>
std::string difference(const Object& layer, LayerTrial<T>& trial, std::uint32_t accumulates) {
  const bool bias = trial.plan.affine == NNRUN_AFFINE_WITH_BIAS;
  const std::size_t n = trial.plan.n_parameters, in = trial.in_cols();
  const auto numbers = [&] {
    std::vector<double> all(trial.y.data(), trial.y.data() + trial.out_cols);
    all.insert(all.end(), trial.dw.data(), trial.dw.data() + n);
    all.insert(all.end(), trial.dx[0].data(), trial.dx[0].data() + in);
    return all;
  };
  const auto begin = [&] {
    for (std::size_t i = 0; i < n; ++i) trial.dw.data()[i] = static_cast<T>(i % 3);
    for (std::size_t i = 0; i < in; ++i) trial.dx[0].data()[i] = static_cast<T>(i % 5);
  };
  begin();
  const LayerCall<T> c{trial.call(accumulates)};
  affine::forward(c, bias, [&](std::size_t u, Lane<T> z) { lane_at(c.out() + u) = z; });
  affine::backward(c, bias, [&](std::size_t u) { return lane_at(c.d_out() + u); });
  const std::vector<double> expected = numbers();
  begin();
  layer.call("forward", trial.functions().forward, &c.call);
  trial.backward(accumulates);
  return first_difference<double>(numbers(), expected);
}

}  // namespace

Finding affine_activation_law(const Subject& subject) {
  const Object f(subject.use);
  const auto& table = f.functions<nnrun_activation>();
  const auto* const affine = appended(table, &nnrun_activation::affine);
  std::size_t given = 0;
  for (const int dtype : {NNRUN_F32, NNRUN_F64})
    for (const bool is_there : {affine && (*affine)[dtype].forward != nullptr,
                                affine && (*affine)[dtype].backward != nullptr})
      if (is_there) ++given;
  if (given == 0) return skipped("it does nothing together with a layer");
  if (given < 4)
    return broken("it does something together with a layer, but has " + std::to_string(given) +
                  " of the four functions: forward and backward, in float and double");
  const bool works_in_place = (table.flags & NNRUN_IN_PLACE) != 0;
  for (const Size& size : tried_sizes)
    for (const bool in_place : {false, true})
      for (const bool accumulates : {false, true}) {
        if (in_place && !works_in_place) continue;
        for (const std::string& wrong :
             {difference<double>(f, (*affine)[NNRUN_F64], size, in_place, accumulates),
              difference<float>(f, (*affine)[NNRUN_F32], size, in_place, accumulates)})
          if (!wrong.empty()) return broken(wrong);
      }
  return kept("the same bits as one after the other");
}

Finding affine_layer_law(const Subject& subject) {
  const Object layer(subject.use);
  LayerTrial<float> single(layer, 1);
  LayerTrial<double> trial(layer, 1);
  if (trial.plan.affine == 0) return skipped("it does not say that it is x W + b");
  for (const std::uint32_t accumulates : {0u, 1u})
    for (const std::string& wrong :
         {difference(layer, single, accumulates), difference(layer, trial, accumulates)})
      if (!wrong.empty()) return broken("it says that it is x W + b, but of one row " + wrong);
  return kept("x W + b, to the last bit");
}

}  // namespace nnrun::host
