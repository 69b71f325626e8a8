// A metric is one number from all outputs and targets of a pass over the data.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace metric_trial {

using Numbers = std::vector<double>;

/// Outputs and targets of some examples.
struct Pass {
  std::vector<Numbers> y, t;
};

/// Returns examples with one output, of classes 0 and 1.
Pass single() {
  return {{{0.9375}, {0.25}, {0.625}, {0.375}, {0.75}, {0.125}, {0.5}, {0.8125}},
          {{1}, {0}, {0}, {1}, {1}, {0}, {0}, {1}}};
}
/// Returns examples with three outputs, of which one is right.
Pass several() {
  return {{{0.75, 0.125, 0.125},
           {0.25, 0.25, 0.5},
           {0.125, 0.625, 0.25},
           {0.5, 0.375, 0.125},
           {0.25, 0.5, 0.25},
           {0.125, 0.125, 0.75}},
          {{1, 0, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}, {0, 0, 1}}};
}
template <class T>
Guarded<T> flat(const std::vector<Numbers>& rows) {
  Numbers all;
  for (const Numbers& row : rows) all.insert(all.end(), row.begin(), row.end());
  return Guarded<T>(all);
}

template <class T>
double value(const Object& metric, const Pass& pass) {
  const Guarded<T> y = flat<T>(pass.y), t = flat<T>(pass.t);
  double out = std::numeric_limits<double>::quiet_NaN();
  metric.call("value", metric.functions<nnrun_metric>().value[dtype_of<T>], y.data(), t.data(),
              pass.y.size(), pass.y[0].size(), &out);
  return out;
}

/// Returns the passes that a metric takes: some need several outputs, or only one.
std::vector<Pass> passes(const Object& metric) {
  std::vector<Pass> out;
  std::optional<PluginError> refused;
  for (const Pass& pass : {single(), several()}) {
    try {
      value<double>(metric, pass);
      out.push_back(pass);
    } catch (const PluginError& error) {
      refused = error;
    }
  }
  if (out.empty()) throw *refused;
  return out;
}

Finding range(const Subject& subject) {
  const Object metric(subject.use);
  const bool fraction = (metric.functions<nnrun_metric>().flags & NNRUN_FRACTION) != 0;
  std::string text;
  for (const Pass& pass : passes(metric)) {
    const double v = value<double>(metric, pass);
    if (!std::isfinite(v)) return broken("gives " + shown(v));
    if (fraction && (v < 0 || v > 1))
      return broken("gives " + shown(v) + ", which is not a fraction");
    text += (text.empty() ? "" : ", ") + significant(v, 4);
  }
  return kept(text);
}

Finding order(const Subject& subject) {
  const Object metric(subject.use);
  for (Pass pass : passes(metric)) {
    const double expected = value<double>(metric, pass);
    std::ranges::reverse(pass.y), std::ranges::reverse(pass.t);
    const double found = value<double>(metric, pass);
    if (!close(found, expected, 1e-12, 1e-14))  // sums in another order
      return broken("examples in another order give " + shown(found) + ", not " + shown(expected));
  }
  return kept();
}

Finding float_and_double(const Subject& subject) {
  const Object metric(subject.use);
  for (const Pass& pass : passes(metric)) {
    const double wide = value<double>(metric, pass), narrow = value<float>(metric, pass);
    if (!close(narrow, wide, 1e-5, 1e-6))
      return broken("in float it is " + significant(narrow, 6) + ", in double " +
                    significant(wide, 6));
  }
  return kept();
}

Numbers compute(const Object& metric) {
  Numbers out;
  for (const Pass& pass : passes(metric)) out.push_back(value<double>(metric, pass));
  return out;
}
void call_other(const Object& metric) {
  Pass pass = passes(metric)[0];
  std::swap(pass.y, pass.t);
  value<double>(metric, pass);
}

/// Tries one example, examples of one class, and outputs that are all equal.
Finding few_examples(const Subject& subject) {
  const Object metric(subject.use);
  std::string undefined;
  for (const Pass& pass : passes(metric)) {
    const std::size_t cols = pass.y[0].size();
    for (const Pass& few :
         {Pass{{pass.y[0]}, {pass.t[0]}}, Pass{{4, Numbers(cols, 0.5)}, {4, pass.t[0]}}}) {
      const double v = value<double>(metric, few);
      if (std::isinf(v)) return broken("gives " + shown(v) + " for few examples");
      if (std::isnan(v)) undefined = "NaN where it is not defined";
    }
  }
  return kept(undefined);
}

Finding table(const Subject& subject) {
  const Object metric(subject.use);
  const auto count = appended(metric.functions<nnrun_metric>(), &nnrun_metric::table, NNRUN_F64);
  if (count == nullptr) return skipped("gives no table of counts");
  for (const Pass& pass : passes(metric)) {
    const std::size_t cols = pass.y[0].size(), n = cols == 1 ? 2 : cols;
    const Guarded<double> y = flat<double>(pass.y), t = flat<double>(pass.t), out(n * n);
    metric.call("table", count, y.data(), t.data(), pass.y.size(), cols, out.data());
    double sum = 0;
    for (const double x : out.all()) sum += x;
    if (sum != static_cast<double>(pass.y.size()))
      return broken("counts " + shown(sum) + " of " + std::to_string(pass.y.size()) + " examples");
  }
  return kept();
}

HotCall hot_call(const Object& metric) {
  const Pass one = passes(metric)[0];
  Pass pass;
  for (int i = 0; i < 100; ++i)
    for (std::size_t k = 0; k < one.y.size(); ++k)
      pass.y.push_back(one.y[k]), pass.t.push_back(one.t[k]);
  auto y = std::make_shared<Guarded<double>>(flat<double>(pass.y)),
       t = std::make_shared<Guarded<double>>(flat<double>(pass.t));
  const std::size_t rows = pass.y.size(), cols = one.y[0].size();
  const auto call = [&metric, y, t, rows, cols] {
    double out = 0;
    metric.call("value", metric.functions<nnrun_metric>().value[NNRUN_F64], y->data(), t->data(),
                rows, cols, &out);
  };
  return {call, 600};
}

constexpr Law all[]{{"range", range},
                    {"order of examples", order},
                    {"float and double", float_and_double},
                    {"few examples", few_examples},
                    {"table of counts", table},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>,
                    floating_point_mode<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace metric_trial

std::span<const Law> metric_laws() {
  return metric_trial::all;
}

}  // namespace nnrun::host
