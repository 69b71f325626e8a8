#include "exporting/c_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
namespace nnrun::host {
namespace {

/// Returns whether it is one of the characters that change the direction in which text is shown.
bool turns_direction(std::string_view character) {
  return (character >= "\u202a" && character <= "\u202e") ||
         (character >= "\u2066" && character <= "\u2069");
}

}  // namespace

std::string CText::literal(double x, bool narrow) {
  if (narrow) x = static_cast<double>(static_cast<float>(x));  // which may be infinite
  if (std::isnan(x)) return narrow ? "(float)NAN" : "(double)NAN";
  const std::string type = narrow ? "(float)" : "";
  if (std::isinf(x)) return x > 0 ? type + "HUGE_VAL" : "(-" + type + "HUGE_VAL)";
  char text[48];
  const auto end = narrow ? std::to_chars(text, text + sizeof text, static_cast<float>(x)).ptr
                          : std::to_chars(text, text + sizeof text, x).ptr;
  std::string all(text, end);
  if (all.find_first_of(".e") == all.npos) all += '.';
  if (narrow) all += 'f';
  return all.front() == '-' ? "(" + all + ")" : all;
}

template <class T, class F>
std::string CText::table_of(const char* type, const std::string& name, std::span<const T> values,
                            F text) {
  tables_ += std::string("static const ") + type + " " + name + "[" +
             std::to_string(values.size()) + "] = {";
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string one = text(values[i]);
    if (one.front() == '(' && one[1] == '-' && one.find('H') == one.npos)
      one = one.substr(1, one.size() - 2);  // parentheses are for expressions
    tables_ += (i % 8 ? " " : "\n  ") + one + (i + 1 < values.size() ? "," : "");
  }
  tables_ += "};\n";
  return name;
}

std::string CText::table(const std::string& name, std::span<const double> values) {
  return table_of("N_number", name, values, [&](double x) { return number(x); });
}
std::string CText::table_of_lanes(const std::string& name, std::span<const double> values) {
  const std::size_t before = tables_.size();
  table(name, values);
  lanes_ += tables_.substr(before);
  tables_.resize(before);
  return name;
}
std::string CText::wide_table(const std::string& name, std::span<const double> values) {
  return table_of("double", name, values, [](double x) { return wide(x); });
}
std::string CText::count_table(const std::string& name, std::span<const std::size_t> values) {
  return table_of("uint32_t", name, values, [](std::size_t n) { return std::to_string(n) + "u"; });
}

std::string CText::add_product(const std::string& sum, const std::string& a, const std::string& b,
                               bool fused) const {
  if (fused) return sum + " = " + (float32_ ? "fmaf(" : "fma(") + a + ", " + b + ", " + sum + ")";
  return sum + " += " + a + " * " + b;
}

std::string c_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '_' && out.back() == 'N') out += no_prefix;
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (byte < 0x20 || byte >= 0x7f || c == '?') {  // ??/ is a trigraph
      const char octal[] = {'\\', static_cast<char>('0' + (byte >> 6)),
                            static_cast<char>('0' + (byte >> 3 & 7)),
                            static_cast<char>('0' + (byte & 7)), 0};
      out += octal;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string c_comment(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (turns_direction(text.substr(at, 3))) {  // what is read would not be what is compiled
      out += ' ';
      at += 2;
      continue;
    }
    const bool ends = c == '/' && !out.empty() && (out.back() == '*' || out.back() == '/');
    const bool begins = c == '*' && !out.empty() && out.back() == '/';
    const bool strange = static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == '?';
    if (c == '_' && !out.empty() && out.back() == 'N') out += no_prefix;
    out += ends || begins || strange ? ' ' : c;
  }
  return out;
}

}  // namespace nnrun::host
