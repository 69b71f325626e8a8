// A cost gives a number per example from outputs and targets, with its slope by the outputs.
#include <algorithm>

#include "checking/joined_law.hpp"
#include "checking/trial.hpp"
namespace nnrun::host {
namespace cost_trial {

using Numbers = std::vector<double>;

template <class T>
struct Costed {
  Guarded<T> y, t, values, per_row, slopes;
};

template <class T>
Costed<T> evaluate(const Object& cost, const Numbers& y, const Numbers& t, std::size_t rows,
                   double scale = 1) {
  const std::size_t cols = y.size() / rows;
  Costed<T> e{Guarded<T>(y), Guarded<T>(t), Guarded<T>(rows), Guarded<T>(rows),
              Guarded<T>(y.size())};
  const auto& functions = cost.functions<nnrun_cost>().by_dtype[dtype_of<T>];
  const std::size_t stride = t.size() == cols ? 0 : cols;
  cost.call("value", functions.value, e.y.data(), e.t.data(), stride, e.values.data(), rows, cols);
  cost.call("slope", functions.slope, e.y.data(), e.t.data(), stride, scale, e.slopes.data(),
            e.per_row.data(), rows, cols);
  return e;
}

// In (0, 1), with targets 0 or 1: every cost accepts that. Exact in float.
const Numbers& outputs() {
  static const Numbers y{.109375, .515625, .9375, .25, .625,  .375,
                         .0625,   .875,    .5,    .75, .3125, .125};
  return y;
}
const Numbers& targets() {
  static const Numbers t{0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1};
  return t;
}

Numbers all_of(const Costed<double>& e) {
  Numbers all(e.values.all().begin(), e.values.all().end());
  all.insert(all.end(), e.slopes.all().begin(), e.slopes.all().end());
  return all;
}

/// Returns whether the cost takes rows of this many outputs: some need several, or only one.
bool takes(const Object& cost, std::size_t rows) {
  Guarded<double> y(outputs()), t(targets()), per_row(rows);
  const std::size_t cols = outputs().size() / rows;
  const auto value = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].value;
  return cost.status_of("value", value, y.data(), t.data(), cols, per_row.data(), rows, cols) == 0;
}
/// Returns the rows to try: 12 of one output, 4 of three.
std::vector<std::size_t> shapes(const Object& cost) {
  std::vector<std::size_t> out;
  for (const std::size_t rows : {12u, 4u})
    if (takes(cost, rows)) out.push_back(rows);
  if (out.empty()) cost.fail("value");
  return out;
}

void try_slopes(const Object& cost, const Numbers& y, const Numbers& t, std::size_t rows,
                SlopeReport& report) {
  const std::size_t cols = y.size() / rows;
  const Costed<double> here = evaluate<double>(cost, y, t, rows);
  for (std::size_t i = 0; i < y.size() && !report.failed(); ++i) {
    const auto value = [&](double x) {
      Numbers moved = y;
      moved[i] = x;
      return evaluate<double>(cost, moved, t, rows).values.data()[i / cols];
    };
    const double found = here.slopes.data()[i];
    report.add(try_slope(value, y[i], found),
               "output " + shortest(y[i]) + ", target " + shortest(t[i]), found);
  }
}

Finding slope(const Subject& subject) {
  const Object cost(subject.use);
  SlopeReport report;
  for (const std::size_t rows : shapes(cost)) try_slopes(cost, outputs(), targets(), rows, report);
  if (report.failed()) return report.finding();
  // ties, where |y - t| has its kink; a cost may refuse targets that are not classes
  const Numbers y(4, 0.5), t{0.5, 0.5, 0.5, 0.5};
  try {
    evaluate<double>(cost, y, t, 4);
  } catch (const PluginError&) {
    return report.finding();
  }
  try_slopes(cost, y, t, 4, report);
  return report.finding();
}

Finding slopes_and_values(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    const auto e = evaluate<double>(cost, outputs(), targets(), rows);
    const std::string wrong = first_difference<double>(e.per_row.all(), e.values.all());
    if (!wrong.empty()) return broken("computed along with the slopes, " + wrong);
  }
  return kept();
}

Finding scale(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    const auto once = evaluate<double>(cost, outputs(), targets(), rows);
    const auto half = evaluate<double>(cost, outputs(), targets(), rows, 0.5);  // exact in binary
    for (std::size_t i = 0; i < outputs().size(); ++i)
      if (!close(half.slopes.data()[i], once.slopes.data()[i] / 2, 1e-14, 1e-300))
        return broken("half the scale gives " + shown(half.slopes.data()[i]) +
                      ", half the slope is " + shown(once.slopes.data()[i] / 2));
    const std::string wrong = first_difference<double>(half.per_row.all(), once.per_row.all());
    if (!wrong.empty()) return broken("the scale changes values: " + wrong);
  }
  return kept();
}

Finding one_target(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    const std::size_t cols = outputs().size() / rows;
    const Numbers first(targets().begin(), targets().begin() + static_cast<std::ptrdiff_t>(cols));
    Numbers repeated;
    for (std::size_t r = 0; r < rows; ++r)
      repeated.insert(repeated.end(), first.begin(), first.end());
    const std::string wrong =
        first_difference<double>(all_of(evaluate<double>(cost, outputs(), first, rows)),
                                 all_of(evaluate<double>(cost, outputs(), repeated, rows)));
    if (!wrong.empty()) return broken("where one target serves all rows, " + wrong);
  }
  return kept();
}

Finding row_and_batch(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    const std::size_t cols = outputs().size() / rows;
    const auto batch = evaluate<double>(cost, outputs(), targets(), rows);
    for (std::size_t r = 0; r < rows; ++r) {
      const auto cut = [&](const Numbers& all) {
        const auto from = all.begin() + static_cast<std::ptrdiff_t>(r * cols);
        return Numbers(from, from + static_cast<std::ptrdiff_t>(cols));
      };
      const auto one = evaluate<double>(cost, cut(outputs()), cut(targets()), 1);
      Numbers expected{batch.values.data()[r]};
      expected.insert(expected.end(), batch.slopes.data() + r * cols,
                      batch.slopes.data() + (r + 1) * cols);
      for (std::size_t i = 0; i < expected.size(); ++i)
        if (const double found = all_of(one)[i]; !close(found, expected[i], 1e-14, 1e-300))
          return broken("row " + std::to_string(r + 1) + " alone has " +
                        (i == 0 ? "cost " : "slope ") + shown(found) + ", in a batch " +
                        shown(expected[i]));
    }
  }
  return kept();
}

Finding float_and_double(const Subject& subject) {
  const Object cost(subject.use);
  double largest = 0;
  for (const std::size_t rows : shapes(cost)) {
    const auto exact = evaluate<double>(cost, outputs(), targets(), rows);
    const auto rounded = evaluate<float>(cost, outputs(), targets(), rows);
    const auto compare = [&](const auto& narrow, const auto& wide, const char* what) {
      for (std::size_t i = 0; i < wide.size(); ++i) {
        const double found = static_cast<double>(narrow[i]), expected = wide[i];
        if (!close(found, expected, 1e-5, 2e-6))
          return std::string(what) + " in float is " + significant(found, 6) + ", in double " +
                 significant(expected, 6);
        largest = std::max(largest, std::abs(found - expected));
      }
      return std::string();
    };
    std::string wrong = compare(rounded.values.all(), exact.values.all(), "the cost");
    if (wrong.empty()) wrong = compare(rounded.slopes.all(), exact.slopes.all(), "the slope");
    if (!wrong.empty()) return broken(wrong);
  }
  return kept("differences at most " + significant(largest, 1));
}

/// Returns a text: `output 0.5, target 1`, or `outputs (0, 1), targets (1, 0)`.
std::string row_of(const Numbers& y, const Numbers& t, std::size_t row, std::size_t cols) {
  const auto list = [&](const Numbers& all) {
    std::vector<std::string> texts;
    for (std::size_t i = row * cols; i < (row + 1) * cols; ++i) texts.push_back(shortest(all[i]));
    return cols == 1 ? texts[0] : "(" + join(texts, ", ") + ")";
  };
  const char* const plural = cols == 1 ? " " : "s ";
  return std::string("output") + plural + list(y) + ", target" + plural + list(t);
}

Finding finite_here(const Subject& subject) {
  const Object cost(subject.use);
  const Numbers y{0, 0, 0, 1, 1, 1, 0, 1, 0.5, 1e-310, 0.5, 1},
      t{0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 1};
  const auto wrong = [&](const auto& e, const char* in) -> std::string {
    for (std::size_t r = 0; r < e.values.size(); ++r)
      if (!std::isfinite(e.values.data()[r]))
        return "the cost at " + row_of(y, t, r, y.size() / e.values.size()) + in;
    for (std::size_t i = 0; i < y.size(); ++i)
      if (!std::isfinite(e.slopes.data()[i]))
        return "the slope at output " + shortest(y[i]) + ", target " + shortest(t[i]) + in;
    return "";
  };
  for (const std::size_t rows : shapes(cost)) {
    std::string text = wrong(evaluate<double>(cost, y, t, rows), "");
    if (text.empty()) text = wrong(evaluate<float>(cost, y, t, rows), " in float");
    if (!text.empty()) return broken(text + " is not finite");
  }
  return kept("outputs of exactly 0 and 1 among them");
}
Finding finite(const Subject& subject) {
  return at_edges_too(subject, finite_here);
}

Finding not_a_number(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    Numbers y = outputs();
    const auto whole = evaluate<double>(cost, y, targets(), rows);
    y[0] = std::numeric_limits<double>::quiet_NaN();
    const auto e = evaluate<double>(cost, y, targets(), rows);
    if (!std::isnan(e.values.data()[0]))
      return broken("NaN becomes a cost of " + shown(e.values.data()[0]));
    for (std::size_t r = 1; r < rows; ++r)
      if (!same(e.values.data()[r], whole.values.data()[r]))
        return broken("a NaN in row 1 changes row " + std::to_string(r + 1));
  }
  return kept("stays");
}

Numbers compute(const Object& cost) {
  return all_of(evaluate<double>(cost, outputs(), targets(), shapes(cost).back()));
}
void call_other(const Object& cost) {
  evaluate<double>(cost, targets(), targets(), shapes(cost).back());
}

Finding inside(const Subject& subject) {
  const Object cost(subject.use);
  for (const std::size_t rows : shapes(cost)) {
    Costed<double> e = evaluate<double>(cost, outputs(), targets(), rows);
    if (e.values.overrun() || e.per_row.overrun() || e.slopes.overrun())
      return broken("writes past the last whole lane");
    for (std::size_t i = e.slopes.size(); i < padded(e.slopes.size()); ++i)
      if (e.slopes.data()[i] != 0)
        return broken("leaves " + shown(e.slopes.data()[i]) + " behind the last slope, not 0");
  }
  return kept();
}

HotCall hot_call(const Object& cost) {
  const std::size_t cols = shapes(cost).back() == 4 ? 3 : 1, rows = 1200 / cols;
  Numbers y, t;
  for (std::size_t i = 0; i < 100; ++i) {
    y.insert(y.end(), outputs().begin(), outputs().end());
    t.insert(t.end(), targets().begin(), targets().end());
  }
  auto e = std::make_shared<Costed<double>>(evaluate<double>(cost, y, t, rows));
  const auto slope_of = cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].slope;
  const auto call = [&cost, slope_of, e, rows, cols] {
    cost.call("slope", slope_of, e->y.data(), e->t.data(), cols, 1, e->slopes.data(),
              e->per_row.data(), rows, cols);
  };
  return {call, 1200};
}

constexpr Law all[]{{"slope", slope},
                    {"float and double", float_and_double},
                    {"row and batch", row_and_batch},
                    {"slopes and values", slopes_and_values},
                    {"scale", scale},
                    {"one target", one_target},
                    {"joined", joined_law},
                    two_threads<compute>,
                    no_memory_of_calls<compute, call_other>,
                    {"finite numbers", finite},
                    {"NaN and Inf", not_a_number},
                    {"stays inside", inside},
                    floating_point_mode<hot_call>,
                    no_allocation<hot_call>,
                    speed_of_calls<hot_call>};

}  // namespace cost_trial

std::span<const Law> cost_laws() {
  return cost_trial::all;
}

}  // namespace nnrun::host
