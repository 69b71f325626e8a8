#include "exporting/c_preparation.hpp"

#include <algorithm>

#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

/// Returns a condition: the number of a column means that it is missing.
std::string is_missing(const Preparation& preparation, std::size_t column) {
  const std::string x = "row[" + n(column) + "]";
  std::string condition = x + " != " + x;
  for (const double gap : missing_numbers(preparation.recipe().columns[column]))
    condition += " || (double)" + x + " == " + CText::wide(gap);
  return condition;
}

/// Returns a raw number after filling and division.
std::string value(const Preparation& preparation, std::size_t column) {
  std::string x = "(double)row[" + n(column) + "]";
  if (preparation.divide_by() != 1)
    x = "(" + x + " / " + CText::wide(preparation.divide_by()) + ")";
  const std::vector<double>& fills = preparation.fitted().fills;
  if (fills.empty() || !preparation.recipe().columns[column].is_filled()) return x;
  return "(" + is_missing(preparation, column) + " ? " + CText::wide(fills[column]) + " : " + x +
         ")";
}

std::string mapped(CText& text, const Preparation& preparation, const Preparation::Slot& slot) {
  using Map = Preparation::Map;
  const std::string a = value(preparation, slot.a);
  switch (slot.map) {
    case Map::as_it_is:
      return a;
    case Map::product:
      return a + " * " + value(preparation, slot.b);
    case Map::sine:
      return text.function_of_preparation("sin") + "(" + a + ")";
    case Map::cosine:
      return text.function_of_preparation("cos") + "(" + a + ")";
    case Map::equals:
      return "(" + a + " == " + CText::wide(slot.text) + " ? 1. : 0.)";
    case Map::is_missing:
      return "(" + is_missing(preparation, slot.a) + " ? 1. : 0.)";
  }
  return a;
}

/// A number is asked as the row has it: in float32 it may be rounded to a whole one.
std::string no_index(const std::string& x, std::size_t indices) {
  return "!(" + x + " >= 0 && " + x + " < " + n(indices) + " && " + x + " == (double)(uint32_t)" +
         x + ")";
}

std::string straight(CText& text, const Preparation& preparation, std::size_t indices) {
  const Preparation::Fit& fit = preparation.fitted();
  std::string x = "(double)row[i]";
  if (preparation.divide_by() != 1) x += " / " + CText::wide(preparation.divide_by());
  if (!fit.shifts.empty())
    x = "(" + x + " - " + text.wide_table("N_shift", fit.shifts) + "[i]) * " +
        text.wide_table("N_factor", fit.factors) + "[i]";
  const std::string each = "  for (i = 0; i < " + n(preparation.row_inputs()) + "; ++i) ";
  if (indices == 0) return each + "to[i] = (N_number)(" + x + ");\n";
  return each + "{\n    const double x = " + x + ";\n    wrong |= " + no_index("x", indices) +
         ";\n    to[i] = (N_number)x;\n  }\n";
}

/// Notes what is not the number of a text, nor a missing one that is filled in, and a gap that is
/// not.
std::string checked_columns_in_c(const Preparation& preparation) {
  std::string code;
  const std::vector<Column>& columns = preparation.recipe().columns;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].gaps.empty() && !columns[c].is_filled())
      code += "  wrong |= " + is_missing(preparation, c) + ";\n";
    if (!columns[c].is_category) continue;
    const std::string x = "row[" + n(c) + "]";
    const bool known = columns[c].unknown == UnknownRule::error;
    code += "  wrong |= !(" + x + " >= 0 && " + x + " < " +
            n(columns[c].texts.size() + (known ? 0 : 1)) + " && " + x + " == (double)(uint32_t)" +
            x + ")" + (columns[c].is_filled() ? " && " + x + " == " + x : "") + ";\n";
  }
  return code;
}

std::string by_slots(CText& text, const Preparation& preparation, std::size_t indices) {
  const Preparation::Fit& fit = preparation.fitted();
  std::string code = checked_columns_in_c(preparation);
  for (std::size_t i = 0; i < preparation.slots().size(); ++i) {
    std::string x = mapped(text, preparation, preparation.slots()[i]);
    if (!fit.shifts.empty())
      x = "(" + x + " - " + CText::wide(fit.shifts[i]) + ") * " + CText::wide(fit.factors[i]);
    if (indices > 0) code += "  wrong |= " + no_index("(" + x + ")", indices) + ";\n";
    code += "  to[" + n(i) + "] = (N_number)(" + x + ");  /* " + c_comment(preparation.name_of(i)) +
            " */\n";
  }
  return code;
}

/// Reads a number without the locale that strtod obeys.
constexpr const char* same_number_in_c =
    R"(/* Writes the sign of a decimal number, its digits from the first that is not 0 to the last, and
   the power of ten of the latter. Returns 0 for another text, or for more digits than that. */
HEADint N_decimal(const char *c, char digits[20], long *power) {
  size_t n = 1, zeros = 0;
  int any = 0, point = 0, minus = 0;
  long e = 0;
  *power = 0;
  digits[0] = *c == '-' ? '-' : '+';
  if (*c == '-' || *c == '+') ++c;
  for (; (*c >= '0' && *c <= '9') || (*c == '.' && !point); ++c) {
    if (*c == '.') {
      point = 1;
      continue;
    }
    any = 1;
    *power -= point;
    if (*c == '0') {
      zeros += n > 1;
      continue;
    }
    for (; zeros > 0 && n < 19; --zeros) digits[n++] = '0';
    if (n == 19) return 0;
    digits[n++] = *c;
  }
  if (any && (*c == 'e' || *c == 'E')) {
    ++c;
    minus = *c == '-';
    if (*c == '-' || *c == '+') ++c;
    for (any = 0; *c >= '0' && *c <= '9' && e < 9999; any = 1) e = 10 * e + (*c++ - '0');
  }
  *power = n == 1 ? 0 : *power + (long)zeros + (minus ? -e : e);
  if (n == 1) digits[0] = '+';
  digits[n] = '\0';
  return any && *c == '\0';
}
HEADint N_same_number(const char *a, const char *b) {
  char one[20], other[20];
  long power, other_power;
  return N_decimal(a, one, &power) && N_decimal(b, other, &other_power) && power == other_power &&
         strcmp(one, other) == 0;
}
)";

std::string same_number(const std::string& head) {
  std::string code = same_number_in_c;
  for (std::size_t at; (at = code.find("HEAD")) != code.npos;)
    code.replace(at, 4, head.empty() ? "static " : head);
  return code;
}

std::string texts_of(const ExportedNetwork& net, const std::string& head) {
  std::string cases;
  bool numbers = false;
  const std::vector<Column>& columns = net.preparation.recipe().columns;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].is_category) continue;
    cases += "  if (column == " + n(c) + ") {\n";
    for (std::size_t i = 0; i < columns[c].texts.size(); ++i)
      cases += "    if (strcmp(text, " + c_string(columns[c].texts[i]) + ") == 0) return " + n(i) +
               ";\n";
    for (const std::string& gap : missing_texts(net, c))
      cases += "    if (strcmp(text, " + c_string(gap) + ") == 0) return (double)NAN;\n";
    for (const TextOfNumber& one : texts_of_numbers(columns[c])) {
      cases += "    if (N_same_number(text, " + c_string(columns[c].texts[one.index]) +
               ")) return " + n(one.index) + ";\n";
      numbers = true;
    }
    const bool known = columns[c].unknown != UnknownRule::error;
    cases += "    return " + (known ? n(columns[c].texts.size()) : "-1") + ";\n  }\n";
  }
  if (cases.empty()) return "";
  return (numbers ? same_number(head) : "") +
         "/* Returns the number of a text in a column of texts, to be put into the input; -1: "
         "nnrun refuses\n   this text, which training did not see, and the answers are NAN. A "
         "missing value is NAN.\n   " +
         words_on_texts(net, "\n   ", true) + " */\n" + head +
         "double N_text(size_t column, const char *text)" +
         (head.empty() ? ";\ndouble N_text(size_t column, const char *text)" : "") + " {\n" +
         cases + "  return -1;\n}\n";
}

std::string classes_of(const ExportedNetwork& net, const std::string& head,
                       const std::string& type) {
  if (net.names.classes.empty()) return "";
  std::string names;
  for (const std::string& name : net.names.classes)
    names += (names.empty() ? "" : ",\n      ") + c_string(name);
  const std::string signature = "const char *N_class(const " + type + " *output)";
  std::string body = "  static const char *const names[] = {\n      " + names + "};\n  size_t i" +
                     (net.outputs() == 1 ? "" : ", most = 0") + ";\n  for (i = 0; i < " +
                     n(net.outputs()) + "; ++i)\n    if (output[i] != output[i]) return \"\";\n";
  if (net.outputs() == 1)
    body += "  return names[(double)output[0] > " + CText::wide(net.border) + " ? 1 : 0];\n";
  else
    body += "  for (i = 1; i < " + n(net.outputs()) +
            "; ++i)\n    if (output[most] < output[i]) most = i;\n  return names[most];\n";
  return "/* Returns the class that the outputs mean; an empty text if one is NAN. "
         "*/\n" +
         (head.empty() ? signature + ";\n" : head) + signature + " {\n" + body + "}\n";
}

}  // namespace

std::string c_preparation(CText& text, const ExportedNetwork& net, const std::string& to,
                          const std::string& type) {
  const Preparation& preparation = net.preparation;
  const std::string all = n(preparation.rows()),
                    body = is_straight(preparation) ? straight(text, preparation, net.indices)
                                                    : by_slots(text, preparation, net.indices),
                    checked = "  for (i = 0; i < " + n(preparation.outputs()) +
                              "; ++i) wrong |= " + to + "[i] - " + to + "[i] != 0;\n";
  if (preparation.rows() == 1)
    return "  {\n  const " + type + " *const row = input;\n  N_number *const to = " + to + ";\n" +
           body + "  }\n" + checked;
  return "  {\n  size_t w;\n  for (w = 0; w < " + all + "; ++w) {\n  const " + type +
         " *const row = input + w * " + n(preparation.row_inputs()) +
         ";\n  N_number *const to = " + to + " + w * " + n(preparation.row_outputs()) + ";\n" +
         body + "  }\n  }\n" + checked;
}

namespace {

/// Classes with an order: the network says how likely a higher one than each but the last is.
std::string ordered_in_c(const ExportedNetwork& net, const std::string& from,
                         const std::string& type) {
  const std::string last = n(net.outputs() - 1);
  return "  {\n    double before = 1;\n    for (i = 0; i < " + last +
         "; ++i) {\n      const double x = (double)" + from +
         "[i], own = x > before ? before : x;\n      output[i] = (" + type +
         ")(before - own);\n      before = own;\n    }\n    output[" + last + "] = (" + type +
         ")before;\n  }\n";
}

std::string answer_in_c(CText& text, const ExportedNetwork& net, const std::string& from,
                        const std::string& type) {
  const Preparation& preparation = net.preparation;
  if (net.names.ordered) return ordered_in_c(net, from, type);
  if (!preparation.scales_targets())
    return "  for (i = 0; i < N_OUTPUTS; ++i) output[i] = (" + type + ")" + from + "[i];\n";
  const Preparation::Fit& fit = preparation.fitted();
  std::string code;
  for (std::size_t i = 0; i < net.outputs(); ++i) {
    std::string y = "(double)" + from + "[" + n(i) + "] / " + text.wide(fit.target_factors[i]) +
                    " + " + text.wide(fit.target_shifts[i]);
    if (preparation.recipe().scale_of_target(i) == TargetScale::log) y = "exp(" + y + ")";
    code += "  output[" + n(i) + "] = (" + type + ")(" + y + ");\n";
  }
  return code;
}

}  // namespace

std::string c_answer(CText& text, const ExportedNetwork& net, const std::string& from,
                     const std::string& type) {
  return answer_in_c(text, net, from, type) +
         "  if (wrong)\n    for (i = 0; i < N_OUTPUTS; ++i) output[i] = (" + type + ")NAN;\n";
}

std::string c_words(const ExportedNetwork& net, const std::string& head, const std::string& type) {
  return texts_of(net, head) + classes_of(net, head, type);
}

}  // namespace nnrun::host
