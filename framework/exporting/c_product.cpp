#include "exporting/c_product.hpp"

#include <algorithm>

#include "exporting/c_lanes.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_sums = 16;

/// The sums of `width` units from unit `from` on, of which `written` are written.
std::string some_units(const CText& text, const CProduct& p, std::size_t width, std::size_t written,
                       const std::string& from) {
  const std::string at = from == "0" ? "j" : from + " + j",
                    weight = p.weights + "[i * " + n(whole_units(p.units)) + " + " + at + "]";
  // sums of many products had better stay in registers, which takes a loop that is written out
  constexpr std::size_t few = 4;
  const std::string vectors = p.inputs <= few ? "N_LOOP " : "";
  const auto each = [&](std::size_t count) {
    return vectors + "for (j = 0; j < " + n(count) + "; ++j) ";
  };
  return "      N_number s[" + n(width) + "];\n      " + each(width) +
         "s[j] = " + (p.bias.empty() ? "0" : p.bias + "[" + at + "]") +
         ";\n      for (i = 0; i < " + n(p.inputs) + "; ++i)\n        " + each(width) +
         text.add_product("s[j]", p.in + "[i]", weight, p.fused) + ";\n      " + each(written) +
         p.out + "[" + at + (p.adds ? "] += " : "] = ") + "s[j];\n";
}

}  // namespace

std::size_t whole_units(std::size_t units) {
  return units == 1 ? 1 : (units + 3) / 4 * 4;
}

std::vector<double> turned_weights(const double* weights, std::size_t units, std::size_t inputs) {
  const std::size_t stride = whole_units(units);
  std::vector<double> turned(stride * inputs);
  for (std::size_t u = 0; u < units; ++u)
    for (std::size_t i = 0; i < inputs; ++i) turned[i * stride + u] = weights[u * inputs + i];
  return turned;
}

std::string c_product(const CText& text, const CProduct& p) {
  const std::size_t all = whole_units(p.units), written = p.padded ? all : p.units,
                    whole = written / most_sums * most_sums;
  std::string code = "    {\n    size_t j;\n";
  if (whole > most_sums)
    code = "    {\n    size_t j, u;\n    for (u = 0; u < " + n(whole) + "; u += 16) {\n" +
           some_units(text, p, most_sums, most_sums, "u") + "    }\n";
  else if (whole > 0)
    code += "    {\n" + some_units(text, p, most_sums, most_sums, "0") + "    }\n";
  if (written > whole)
    code += "    {\n" + some_units(text, p, all - whole, written - whole, n(whole)) + "    }\n";
  return code + "    }\n";
}

std::string c_product_by_lanes(CText& text, const CProduct& p, const std::string& name) {
  constexpr std::size_t fewest = 64;  // below, a call takes longer than it saves
  if (p.units < 2 || (!p.fused && p.inputs * p.units < fewest)) return c_product(text, p);
  add_product_in_lanes(text, name, p);
  return in_lanes_or(name, p.in, p.out, c_product(text, p));
}

}  // namespace nnrun::host
