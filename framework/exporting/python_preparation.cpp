#include "exporting/python_preparation.hpp"

#include "exporting/digits.hpp"
#include "exporting/python_text.hpp"
namespace nnrun::host {
namespace {

/// Returns which numbers of a column mean that it is missing.
std::string python_missing(const Preparation& preparation, std::size_t column) {
  const std::string x = "x[:, " + n(column) + "]";
  const std::vector<double> gaps = missing_numbers(preparation.recipe().columns[column]);
  return gaps.empty()
             ? "np.isnan(" + x + ")"
             : "(np.isnan(" + x + ") | np.isin(" + x + ", " + PythonText::list_of(gaps) + "))";
}

/// Returns what a column holds after filling and division.
std::string python_column(const Preparation& preparation, std::size_t column) {
  std::string x = "x[:, " + n(column) + "]";
  if (preparation.divide_by() != 1) x += " / " + PythonText::literal(preparation.divide_by());
  const std::vector<double>& fills = preparation.fitted().fills;
  if (fills.empty() || !preparation.recipe().columns[column].is_filled()) return x;
  return "np.where(" + python_missing(preparation, column) + ", " +
         PythonText::literal(fills[column]) + ", " + x + ")";
}

std::string python_slot(const Preparation& preparation, const Preparation::Slot& slot) {
  using Map = Preparation::Map;
  const std::string a = python_column(preparation, slot.a);
  switch (slot.map) {
    case Map::as_it_is:
      return a;
    case Map::product:
      return "(" + a + ") * (" + python_column(preparation, slot.b) + ")";
    case Map::sine:
      return "np.sin(" + a + ")";
    case Map::cosine:
      return "np.cos(" + a + ")";
    case Map::equals:
      return "1.0 * (" + a + " == " + PythonText::literal(slot.text) + ")";
    case Map::is_missing:
      return "1.0 * " + python_missing(preparation, slot.a);
  }
  return a;
}

/// Notes what is not the number of a text, nor a missing one that is filled in, and a gap that is
/// not.
std::string python_checked_columns(const Preparation& preparation) {
  std::string code;
  const std::vector<Column>& columns = preparation.recipe().columns;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].gaps.empty() && !columns[c].is_filled())
      code += "    strange |= " + python_missing(preparation, c) + "\n";
    if (!columns[c].is_category) continue;
    const std::string x = "x[:, " + n(c) + "]";
    const bool known = columns[c].unknown == UnknownRule::error;
    code += "    strange |= ~((" + x + " >= 0) & (" + x + " < " +
            n(columns[c].texts.size() + (known ? 0 : 1)) + ") & (" + x + " == np.floor(" + x +
            "))" + (columns[c].is_filled() ? " | np.isnan(" + x + ")" : "") + ")\n";
  }
  return code.empty() ? "" : "    strange = np.zeros(len(x), bool)\n" + code;
}

}  // namespace

std::string python_preparation(const ExportedNetwork& net) {
  const Preparation& preparation = net.preparation;
  const bool windows = preparation.rows() > 1;
  std::string code;
  if (windows)
    code = "    x = x.reshape(-1, " + n(preparation.row_inputs()) + ")  # a window's rows\n";
  const std::string checks = python_checked_columns(preparation);
  code += checks;
  if (!is_straight(preparation)) {
    code += "    x = np.stack([\n";
    for (const Preparation::Slot& slot : preparation.slots())
      code += "        " + python_slot(preparation, slot) + ",\n";
    code += "    ], -1)\n";
  } else if (preparation.divide_by() != 1) {
    code += "    x = x / " + PythonText::literal(preparation.divide_by()) + "\n";
  }
  const Preparation::Fit& fit = preparation.fitted();
  if (!fit.shifts.empty())
    code += "    x = (x - np.array(" + PythonText::list_of(fit.shifts) + ")) * np.array(" +
            PythonText::list_of(fit.factors) + ")\n";
  // a number is asked as the row has it: in float32 it may be rounded to a whole one
  const std::string no_index = net.indices == 0
                                   ? ""
                                   : " | ~((x >= 0) & (x < " + n(net.indices) +
                                         ") & (x == np.floor(x))).reshape(len(v0), -1).all(-1)";
  return code + "    v0 = x.astype(NUMBER)" +
         (windows ? ".reshape(-1, " + n(preparation.outputs()) + ")" : "") +
         "\n    wrong = ~np.isfinite(v0).all(-1)" + no_index +
         (checks.empty() ? ""
                         : " | strange.reshape(len(v0), " + n(preparation.rows()) + ").any(-1)") +
         "\n";
}

std::string python_answer(const ExportedNetwork& net) {
  const Preparation& preparation = net.preparation;
  std::string code = "    y = " + PythonText::value(static_cast<int>(net.steps.size()) - 1) +
                     ".astype(np.float64)\n";
  if (net.names.ordered)  // the network says how likely a higher class than each but the last is
    code +=
        "    y = np.minimum.accumulate(np.concatenate([np.ones((len(y), 1)), y], -1), -1)\n"
        "    y = np.concatenate([y[:, :-1] - y[:, 1:], y[:, -1:]], -1)\n";
  if (preparation.scales_targets())
    code += "    y = y / np.array(" + PythonText::list_of(preparation.fitted().target_factors) +
            ") + np.array(" + PythonText::list_of(preparation.fitted().target_shifts) + ")\n";
  for (std::size_t i = 0; preparation.scales_targets() && i < net.outputs(); ++i)
    if (preparation.recipe().scale_of_target(i) == TargetScale::log)
      code += "    y[:, " + n(i) + "] = np.exp(y[:, " + n(i) + "])\n";
  return code + "    y[wrong] = np.nan\n    return y\n";
}

}  // namespace nnrun::host
