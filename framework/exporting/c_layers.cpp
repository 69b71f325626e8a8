#include "exporting/c_layers.hpp"

#include <algorithm>

#include "exporting/digits.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

/// One unit alone: eight sums side by side, added in the order of nnrun's.
std::string one_unit(std::size_t inputs, const std::string& in, const std::string& out,
                     const std::string& weights, const std::string& bias) {
  return "    N_number s[8] = {0};\n    for (i = 0; i < " + n(inputs) + "; ++i) s[i % 8] += " + in +
         "[i] * " + weights + "[i];\n    " + out +
         "[0] = (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])))" +
         (bias.empty() ? "" : " + " + bias + "[0]") + ";\n";
}

/// `width` units from unit `from` on, whose sums stay in registers.
std::string some_units(CText& text, const ExportedStep& step, std::size_t inputs,
                       std::size_t stride, std::size_t width, const std::string& from,
                       const std::string& in, const std::string& out, const std::string& weights,
                       const std::string& bias) {
  const std::string at = from == "0" ? "j" : from + " + j",
                    each = "for (j = 0; j < " + n(width) + "; ++j) ",
                    weight = weights + "[i * " + n(stride) + " + " + at + "]";
  return "      N_number s[" + n(width) + "];\n      " + each +
         "s[j] = " + (bias.empty() ? "0" : bias + "[" + at + "]") + ";\n      for (i = 0; i < " +
         n(inputs) + "; ++i)\n        " + each +
         text.add_product("s[j]", in + "[i]", weight, step.fused) + ";\n      " + each + out + "[" +
         at + "] = s[j];\n";
}

std::string side_range(const char* axis, const WindowSide& s, const char* index) {
  const std::string a = axis, begin = std::string(index) + " * " + n(s.stride);
  return "      const size_t " + a + "0 = " +
         (s.before > 0 ? begin + " < " + n(s.before) + " ? 0 : " + begin + " - " + n(s.before)
                       : begin) +
         ";\n      const size_t " + a + "1 = " + begin + " + " + n(s.window - s.before) + " < " +
         n(s.in) + " ? " + begin + " + " + n(s.window - s.before) + " : " + n(s.in) + ";\n";
}

/// The weights with the filters of a tap side by side, group after group.
std::vector<double> by_taps(const ExportedStep& step) {
  const WindowPlan& w = step.windows;
  const std::size_t taps_y = w.y.window, taps_x = w.x.window, channels = w.channels / w.groups,
                    filters = w.filters / w.groups;
  std::vector<double> out;
  for (std::size_t g = 0; g < w.groups; ++g)
    for (std::size_t y = 0; y < taps_y; ++y)
      for (std::size_t x = 0; x < taps_x; ++x)
        for (std::size_t c = 0; c < channels; ++c)
          for (std::size_t f = 0; f < filters; ++f)
            out.push_back(
                step.blocks[0]
                    .values[(((g * filters + f) * channels + c) * taps_y + y) * taps_x + x]);
  return out;
}

/// Copies an image between the zeros that its windows reach over, as z.
std::string between_zeros(const WindowPlan& w, const std::string& in) {
  const std::size_t line = w.x.extent() * w.channels, used = w.x.in * w.channels;
  std::string code = "    for (i = 0; i < " + n(w.y.extent() * line) + "; ++i) z[i] = 0;\n";
  code += "    for (y = 0; y < " + n(w.y.in) + "; ++y)\n      for (i = 0; i < " + n(used) +
          "; ++i) z[(y + " + n(w.y.before) + ") * " + n(line) + " + " + n(w.x.before * w.channels) +
          " + i] = " + in + "[y * " + n(used) + " + i];\n";
  return code;
}

}  // namespace

std::size_t whole_units(std::size_t units) {
  return units == 1 ? 1 : (units + 3) / 4 * 4;
}

std::string c_dense(CText& text, const ExportedStep& step, std::size_t k, std::size_t inputs,
                    const std::string& in, const std::string& out) {
  const std::size_t units = step.cols, stride = whole_units(units);
  std::vector<double> w(stride * inputs), b(step.blocks.size() > 1 ? stride : 0);
  for (std::size_t u = 0; u < units; ++u)
    for (std::size_t i = 0; i < inputs; ++i)
      w[i * stride + u] = step.blocks[0].values[u * inputs + i];
  if (!b.empty()) std::ranges::copy(step.blocks[1].values, b.begin());
  const std::string weights = text.table("N_weights_" + n(k), w),
                    bias = b.empty() ? "" : text.table("N_bias_" + n(k), b);
  if (units == 1 && !step.in_block) return one_unit(inputs, in, out, weights, bias);
  const auto some = [&](std::size_t width, const std::string& from) {
    return some_units(text, step, inputs, stride, width, from, in, out, weights, bias);
  };
  std::string code = "    size_t j;\n";
  const std::size_t whole = stride / 16 * 16, rest = stride - whole;
  if (whole > 16)
    code = "    size_t j, u;\n    for (u = 0; u < " + n(whole) + "; u += 16) {\n" + some(16, "u") +
           "    }\n";
  else if (whole == 16)
    code += "    {\n" + some(16, "0") + "    }\n";
  if (rest > 0) code += "    {\n" + some(rest, n(whole)) + "    }\n";
  return code;
}

std::string c_convolution(CText& text, const ExportedStep& step, std::size_t k,
                          const std::string& in, const std::string& out) {
  const WindowPlan& w = step.windows;
  const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
  const bool pads = w.y.extent() > w.y.in || w.x.extent() > w.x.in;
  std::string code = "    size_t y, x, g, f, v, h, c;\n";
  if (pads)
    code += "    N_number z[" + n(w.y.extent() * w.x.extent() * w.channels) + "];\n" +
            between_zeros(w, in);
  const std::string from = pads ? "z" : in;
  const std::string weights = text.table("N_weights_" + n(k), by_taps(step)),
                    bias = step.blocks.size() > 1
                               ? text.table("N_bias_" + n(k), step.blocks[1].values) + "[g * " +
                                     n(filters) + " + f]"
                               : "0",
                    each = "for (f = 0; f < " + n(filters) + "; ++f) ",
                    line = n(w.x.extent() * w.channels);
  const std::string pixel = from + "[(y * " + n(w.y.stride) + " + v * " + n(w.y.dilation) + ") * " +
                            line + " + (x * " + n(w.x.stride) + " + h * " + n(w.x.dilation) +
                            ") * " + n(w.channels) + " + g * " + n(channels) + " + c]";
  const std::string weight = weights + "[(((g * " + n(w.y.window) + " + v) * " + n(w.x.window) +
                             " + h) * " + n(channels) + " + c) * " + n(filters) + " + f]";
  return code + "    for (y = 0; y < " + n(w.y.out) + "; ++y)\n    for (x = 0; x < " + n(w.x.out) +
         "; ++x)\n    for (g = 0; g < " + n(w.groups) + "; ++g) {\n      N_number s[" + n(filters) +
         "];\n      " + each + "s[f] = " + bias + ";\n      for (v = 0; v < " + n(w.y.window) +
         "; ++v)\n      for (h = 0; h < " + n(w.x.window) + "; ++h)\n      for (c = 0; c < " +
         n(channels) + "; ++c) {\n        const N_number p = " + pixel + ";\n        " + each +
         text.add_product("s[f]", "p", weight, step.fused) + ";\n      }\n      " + each + out +
         "[(y * " + n(w.x.out) + " + x) * " + n(w.filters) + " + g * " + n(filters) +
         " + f] = s[f];\n    }\n";
}

std::string c_pooling(const ExportedStep& step, const std::string& in, const std::string& out) {
  const WindowPlan& w = step.windows;
  const bool largest = step.kind == Kind::largest;
  const std::string line = n(w.x.in * w.channels), channels = n(w.channels),
                    one = in + "[v * " + line + " + h * " + channels + " + c]";
  const std::string start = largest ? in + "[y0 * " + line + " + x0 * " + channels + " + c]" : "0",
                    take = largest ? "{\n        const N_number p = " + one +
                                         ";\n        s = p > s || p != p ? p : s;\n      }\n"
                                   : "s += " + one + ";\n",
                    result =
                        largest ? "s" : "s * ((N_number)1 / (N_number)((y1 - y0) * (x1 - x0)))";
  return "    size_t y, x, c, v, h;\n    for (y = 0; y < " + n(w.y.out) +
         "; ++y)\n    for (x = 0; x < " + n(w.x.out) + "; ++x) {\n" + side_range("y", w.y, "y") +
         side_range("x", w.x, "x") + "      for (c = 0; c < " + channels +
         "; ++c) {\n      N_number s = " + start +
         ";\n      for (v = y0; v < y1; ++v)\n      for (h = x0; h < x1; ++h) " + take + "      " +
         out + "[(y * " + n(w.x.out) + " + x) * " + channels + " + c] = " + result +
         ";\n      }\n    }\n";
}

bool is_copy(const ExportedStep& step, std::size_t inputs) {
  if (step.kind != Kind::moves || step.inputs.size() != 1 || step.moved.size() != inputs)
    return false;
  for (std::size_t i = 0; i < inputs; ++i)
    if (step.moved[i] != i) return false;
  return true;
}

std::string c_moves(CText& text, const ExportedStep& step, std::size_t k,
                    const std::vector<std::string>& in, const std::vector<std::size_t>& sizes,
                    const std::string& out) {
  std::size_t all = 0;
  for (const std::size_t size : sizes) all += size;
  std::vector<std::size_t> from = step.moved;
  const bool zeros = std::ranges::find(from, moved_zero) != from.end();
  std::ranges::replace(from, moved_zero, all);
  const std::string table = text.count_table("N_from_" + n(k), from);
  std::string value;
  std::size_t begin = 0;
  for (std::size_t j = 0; j < in.size(); ++j) {
    const std::string own = in[j] + "[m" + (begin > 0 ? " - " + n(begin) : "") + "]";
    begin += sizes[j];
    const bool last = j + 1 == in.size() && !zeros;
    value += last ? own : "m < " + n(begin) + " ? " + own + " : ";
  }
  if (zeros) value += "(N_number)0";
  return "    for (i = 0; i < " + n(step.cols) + "; ++i) {\n      const size_t m = " + table +
         "[i];\n      " + out + "[i] = " + value + ";\n    }\n";
}

}  // namespace nnrun::host
