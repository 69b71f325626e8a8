#include "exporting/python_text.hpp"

#include <charconv>
#include <cmath>

#include "base/base64.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

/// Returns a text as Python has it.
std::string python_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr char digits[] = "0123456789abcdef";
      out.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string PythonText::literal(double x) {
  if (std::isnan(x)) return "np.nan";
  if (std::isinf(x)) return x > 0 ? "np.inf" : "-np.inf";
  char text[48];
  std::string all(text, std::to_chars(text, text + sizeof text, x).ptr);
  if (all.find_first_of(".e") == all.npos) all += ".0";
  return all;
}

std::string PythonText::list_of(const std::vector<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out += (i == 0 ? "" : i % 8 == 0 ? ",\n    " : ", ") + literal(values[i]);
  return "[" + out + "]";
}

std::string PythonText::list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + python_quoted(text);
  return "[" + out + "]";
}

std::string PythonText::shape_of(const std::vector<std::size_t>& shape) {
  std::string out;
  for (const std::size_t size : shape) out += n(size) + ", ";
  return "(" + out + ")";
}

std::string PythonText::value(int step) {
  return "v" + n(static_cast<std::size_t>(step + 1));
}
std::string PythonText::assign(std::size_t step) {
  return "    " + value(static_cast<int>(step)) + " = ";
}

std::string PythonText::table(const std::string& name, const std::vector<double>& values,
                              const std::vector<std::size_t>& shape) {
  const std::vector<float> narrow(values.begin(), values.end());
  const std::string all =
      base64(float32_ ? std::as_bytes(std::span(narrow)) : std::as_bytes(std::span(values)));
  tables_ += name + " = numbers(";
  for (std::size_t i = 0; i < all.size(); i += 88) tables_ += "\n    \"" + all.substr(i, 88) + "\"";
  tables_ += ", " + shape_of(shape) + ")\n";
  return name;
}

}  // namespace nnrun::host
