// A metric is one number from all outputs and targets of a pass over the data.
#include <algorithm>

#include "checking/trial.hpp"
namespace nnrun::host {
namespace metric_trial {

using Numbers = std::vector<double>;

/// Outputs and targets of some examples, and what they mean.
struct Pass {
  std::uint32_t targets;  // as nnrun_meaning.targets
  std::vector<Numbers> y, t;

  nnrun_meaning meaning() const {
    return {.size = sizeof(nnrun_meaning),
            .targets = targets,
            .outputs = targets == NNRUN_NUMBERS ? std::uint32_t{NNRUN_SCORES}
                                                : std::uint32_t{NNRUN_PROBABILITIES},
            .cols = y[0].size(),
            .output_border = 0.5,
            .target_border = 0.5};
  }
};

const std::vector<Pass>& all_passes() {
  static const std::vector<Pass> passes{
      {NNRUN_LABELS,
       {{0.9375}, {0.25}, {0.625}, {0.375}, {0.75}, {0.125}, {0.5}, {0.8125}},
       {{1}, {0}, {0}, {1}, {1}, {0}, {0}, {1}}},
      {NNRUN_ONE_HOT,
       {{0.75, 0.125, 0.125},
        {0.25, 0.25, 0.5},
        {0.125, 0.625, 0.25},
        {0.5, 0.375, 0.125},
        {0.25, 0.5, 0.25},
        {0.125, 0.125, 0.75}},
       {{1, 0, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}, {0, 0, 1}}},
      {NNRUN_ORDERED,
       {{0.625, 0.25, 0.125}, {0.25, 0.25, 0.5}, {0.125, 0.625, 0.25}, {0.125, 0.125, 0.75}},
       {{1, 0, 0}, {0, 1, 0}, {0, 1, 0}, {1, 0, 0}}},
      {NNRUN_LABELS,
       {{0.75, 0.625, 0.125}, {0.25, 0.75, 0.875}, {0.125, 0.375, 0.25}, {0.625, 0.25, 0.75}},
       {{1, 1, 0}, {0, 1, 0}, {1, 0, 0}, {0, 0, 1}}},
      {NNRUN_NUMBERS, {{1.5, -2}, {2.5, 4}, {-3, 0.5}}, {{1, -2.5}, {3, 3}, {-3.5, 1}}}};
  return passes;
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

/// Tells the metric what the numbers of a pass mean, as the host does before all other calls.
void tell(const Object& metric, const Pass& pass) {
  const auto prepare = declared(metric.functions<nnrun_metric>(), &nnrun_metric::prepare);
  const nnrun_meaning meaning = pass.meaning();
  if (prepare != nullptr) metric.call("prepare", prepare, &meaning);
}

/// Returns the passes that a metric takes: some need several outputs, or only one.
std::vector<Pass> passes(const Subject& subject) {
  std::vector<Pass> out;
  std::optional<PluginError> refused;
  for (const Pass& pass : all_passes()) {
    try {
      const Object metric(subject.use);
      tell(metric, pass);
      value<double>(metric, pass);
      out.push_back(pass);
    } catch (const PluginError& error) {
      refused = error;
    }
  }
  if (out.empty()) throw *refused;
  return out;
}
/// Returns a metric that was told of a pass.
Object told(const Subject& subject, const Pass& pass) {
  Object metric(subject.use);
  tell(metric, pass);
  return metric;
}

/// Returns the first pass that a metric takes which was told of it.
const Pass& first_pass(const Object& metric) {
  for (const Pass& pass : all_passes()) {
    try {
      value<double>(metric, pass);
      return pass;
    } catch (const PluginError&) {
    }
  }
  return all_passes().front();
}
/// Makes a metric ready for the laws of calls.
void tell_first(const Object& metric) {
  for (const Pass& pass : all_passes()) {
    try {
      tell(metric, pass);
      value<double>(metric, pass);
      return;
    } catch (const PluginError&) {
    }
  }
}
Subject ready(const Subject& subject) {
  Subject out = subject;
  out.ready = tell_first;
  return out;
}

Finding range(const Subject& subject) {
  std::string text;
  bool any = false;
  for (const Pass& pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const bool fraction = (metric.functions<nnrun_metric>().flags & NNRUN_FRACTION) != 0;
    const double v = value<double>(metric, pass);
    if (std::isinf(v)) return broken("gives " + shown(v));
    if (fraction && (v < 0 || v > 1))
      return broken("gives " + shown(v) + ", which is not a fraction");
    any = any || !std::isnan(v);
    text += (text.empty() ? "" : ", ") + (std::isnan(v) ? "not defined" : significant(v, 4));
  }
  return any ? kept(text) : broken("gives nan");
}

Finding order(const Subject& subject) {
  for (Pass pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const double expected = value<double>(metric, pass);
    std::ranges::reverse(pass.y), std::ranges::reverse(pass.t);
    const double found = value<double>(metric, pass);
    if (!close(found, expected, 1e-12, 1e-14))  // sums in another order
      return broken("examples in another order give " + shown(found) + ", not " + shown(expected));
  }
  return kept();
}

Finding float_and_double(const Subject& subject) {
  for (const Pass& pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const double wide = value<double>(metric, pass), narrow = value<float>(metric, pass);
    if (!close(narrow, wide, 1e-5, 1e-6))
      return broken("in float it is " + significant(narrow, 6) + ", in double " +
                    significant(wide, 6));
  }
  return kept();
}

Numbers compute(const Object& metric) {
  return {value<double>(metric, first_pass(metric))};
}
void call_other(const Object& metric) {
  Pass pass = first_pass(metric);
  std::swap(pass.y, pass.t);
  value<double>(metric, pass);
}

/// Tries one example, examples of one class, and outputs that are all equal.
Finding few_examples(const Subject& subject) {
  std::string undefined;
  for (const Pass& pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const std::size_t cols = pass.y[0].size();
    for (const Pass& few : {Pass{pass.targets, {pass.y[0]}, {pass.t[0]}},
                            Pass{pass.targets, {4, Numbers(cols, 0.5)}, {4, pass.t[0]}}}) {
      const double v = value<double>(metric, few);
      if (std::isinf(v)) return broken("gives " + shown(v) + " for few examples");
      if (std::isnan(v)) undefined = "NaN where it is not defined";
    }
  }
  return kept(undefined);
}

Finding table(const Subject& subject) {
  for (const Pass& pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const auto count = appended(metric.functions<nnrun_metric>(), &nnrun_metric::table, NNRUN_F64);
    if (count == nullptr) return skipped("gives no table of counts");
    const std::size_t cols = pass.y[0].size(), n = cols == 1 ? 2 : cols;
    if (cols > 1 && pass.targets == NNRUN_LABELS) continue;
    const Guarded<double> y = flat<double>(pass.y), t = flat<double>(pass.t), out(n * n);
    metric.call("table", count, y.data(), t.data(), pass.y.size(), cols, out.data());
    double sum = 0;
    for (const double x : out.all()) sum += x;
    if (sum != static_cast<double>(pass.y.size()))
      return broken("counts " + shown(sum) + " of " + std::to_string(pass.y.size()) + " examples");
  }
  return kept();
}

Finding per_class(const Subject& subject) {
  for (const Pass& pass : passes(subject)) {
    const Object metric = told(subject, pass);
    const auto& functions = metric.functions<nnrun_metric>();
    const auto measure = appended(functions, &nnrun_metric::per_class, NNRUN_F64);
    if (measure == nullptr) return skipped("gives no numbers per class");
    const std::size_t cols = pass.y[0].size();
    const Guarded<double> y = flat<double>(pass.y), t = flat<double>(pass.t),
                          out(cols == 1 ? 2 : cols);
    metric.call("per_class", measure, y.data(), t.data(), pass.y.size(), cols, out.data());
    for (const double v : out.all())
      if (std::isinf(v) || ((functions.flags & NNRUN_FRACTION) != 0 && (v < 0 || v > 1)))
        return broken("gives " + shown(v) + " for a class");
  }
  return kept();
}

HotCall hot_call(const Object& metric) {
  const Pass& one = first_pass(metric);
  Pass pass{one.targets, {}, {}};
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

constexpr Law all[]{
    {"range", range},
    {"order of examples", order},
    {"float and double", float_and_double},
    {"few examples", few_examples},
    {"table of counts", table},
    {"numbers per class", per_class},
    {two_threads<compute>.name, [](const Subject& s) { return in_two_threads(ready(s), compute); }},
    {no_memory_of_calls<compute, call_other>.name,
     [](const Subject& s) { return called_again(ready(s), compute, call_other); }},
    {floating_point_mode<hot_call>.name,
     [](const Subject& s) { return keeps_floating_point_mode(ready(s), hot_call); }},
    {speed_of_calls<hot_call>.name, [](const Subject& s) { return speed(ready(s), hot_call); }}};

}  // namespace metric_trial

std::span<const Law> metric_laws() {
  return metric_trial::all;
}

}  // namespace nnrun::host
