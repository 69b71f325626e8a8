// A regularizer is a penalty on parameters, with its slope.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace regularizer_trial {

using Numbers = std::vector<double>;

template <class T>
double penalty(const Object& regularizer, const Numbers& w) {
  const Guarded<T> values(w);
  double out = std::numeric_limits<double>::quiet_NaN();
  regularizer.call("penalty",
                   regularizer.functions<nnrun_regularizer>().by_dtype[dtype_of<T>].penalty,
                   values.data(), padded(w.size()), &out);
  return out;
}

/// Returns what an update of rate 1 subtracts from parameters whose cost has no slope.
template <class T>
Numbers taken(const Object& regularizer, const Numbers& w) {
  const Guarded<T> values(w), g(w.size()), state(w.size());
  const auto& f = regularizer.functions<nnrun_regularizer>().by_dtype[dtype_of<T>];
  const std::size_t n = padded(w.size());
  regularizer.call("add", f.add, values.data(), g.data(), state.data(), n);
  for (std::size_t i = 0; i < w.size(); ++i) values.data()[i] -= g.data()[i];
  if (f.after != nullptr) regularizer.call("after", f.after, values.data(), state.data(), 1, n);
  if (values.overrun() || g.overrun() || state.overrun())
    regularizer.fail("add: it writes past the last whole lane");
  Numbers out;
  for (std::size_t i = 0; i < w.size(); ++i)
    out.push_back(static_cast<double>(static_cast<T>(w[i])) -
                  static_cast<double>(values.data()[i]));
  return out;
}

const Numbers parameters{-2, -0.5, 0.25, 3, 1};

Finding slope(const Subject& subject) {
  const Object regularizer(subject.use);
  const Numbers found = taken<double>(regularizer, parameters);
  SlopeReport report;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto value = [&](double x) {
      Numbers moved = parameters;
      moved[i] = x;
      return penalty<double>(regularizer, moved);
    };
    report.add(try_slope(value, parameters[i], found[i]), shortest(parameters[i]), found[i]);
  }
  return report.finding();
}

Finding zero(const Subject& subject) {
  const Object regularizer(subject.use);
  for (const double x : taken<double>(regularizer, Numbers(8, 0.)))
    if (x != 0) return broken("moves a parameter that is 0 by " + shown(-x));
  if (penalty<double>(regularizer, Numbers(8, 0.)) != 0) return broken("zeros have a penalty");
  return kept("stays 0");
}

Finding float_and_double(const Subject& subject) {
  const Object regularizer(subject.use);
  const Numbers wide = taken<double>(regularizer, parameters),
                narrow = taken<float>(regularizer, parameters);
  for (std::size_t i = 0; i < wide.size(); ++i)
    if (!close(narrow[i], wide[i], 1e-5, 1e-6))
      return broken("at " + shortest(parameters[i]) + " the slope in float is " +
                    significant(narrow[i], 6) + ", in double " + significant(wide[i], 6));
  const double p = penalty<float>(regularizer, parameters),
               exact = penalty<double>(regularizer, parameters);
  return close(p, exact, 1e-5, 1e-6) ? kept()
                                     : broken("the penalty in float is " + significant(p, 6) +
                                              ", in double " + significant(exact, 6));
}

Numbers compute(const Object& regularizer) {
  return taken<double>(regularizer, parameters);
}
void call_other(const Object& regularizer) {
  taken<double>(regularizer, {7, -7});
}

HotCall hot_call(const Object& regularizer) {
  constexpr std::size_t many = 4096;
  auto w = std::make_shared<Guarded<double>>(Numbers(many, 0.5)),
       g = std::make_shared<Guarded<double>>(many), state = std::make_shared<Guarded<double>>(many);
  const auto call = [&regularizer, w, g, state] {
    const auto& f = regularizer.functions<nnrun_regularizer>().by_dtype[NNRUN_F64];
    regularizer.call("add", f.add, w->data(), g->data(), state->data(), many);
  };
  return {call, many};
}

constexpr Law all[]{{"slope", slope},
                    {"zero", zero},
                    {"float and double", float_and_double},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>,
                    floating_point_mode<hot_call>,
                    no_allocation<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace regularizer_trial

std::span<const Law> regularizer_laws() {
  return regularizer_trial::all;
}

}  // namespace nnrun::host
