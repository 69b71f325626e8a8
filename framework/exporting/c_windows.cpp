#include "exporting/c_windows.hpp"

#include "exporting/c_lanes.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

std::string side_range(const char* axis, const WindowSide& s, const char* index) {
  const std::string a = axis, begin = std::string(index) + " * " + n(s.stride);
  return "      const size_t " + a + "0 = " +
         (s.before > 0 ? begin + " < " + n(s.before) + " ? 0 : " + begin + " - " + n(s.before)
                       : begin) +
         ";\n      const size_t " + a + "1 = " + begin + " + " + n(s.window - s.before) + " < " +
         n(s.in) + " ? " + begin + " + " + n(s.window - s.before) + " : " + n(s.in) + ";\n";
}

/// Which side by side: the filters of a tap, or the channels.
enum class Innermost { filters, channels };

/// The weights tap by tap, group after group.
std::vector<double> by_taps(const ExportedStep& step, Innermost innermost) {
  const WindowPlan& w = step.windows;
  const std::size_t taps_y = w.y.window, taps_x = w.x.window, channels = w.channels / w.groups,
                    filters = w.filters / w.groups;
  std::vector<double> out;
  for (std::size_t g = 0; g < w.groups; ++g)
    for (std::size_t y = 0; y < taps_y; ++y)
      for (std::size_t x = 0; x < taps_x; ++x)
        for (std::size_t i = 0; i < channels * filters; ++i) {
          const bool by_filter = innermost == Innermost::filters;
          const std::size_t c = by_filter ? i / filters : i % channels,
                            f = by_filter ? i % filters : i / channels;
          out.push_back(
              step.blocks[0]
                  .values[(((g * filters + f) * channels + c) * taps_y + y) * taps_x + x]);
        }
  return out;
}

/// Copies an image between the zeros that its windows reach over.
std::string between_zeros(const WindowPlan& w, const std::string& in, const std::string& z) {
  const std::size_t line = w.x.extent() * w.channels, used = w.x.in * w.channels;
  std::string code = "    for (i = 0; i < " + n(w.y.extent() * line) + "; ++i) " + z + "[i] = 0;\n";
  code += "    for (y = 0; y < " + n(w.y.in) + "; ++y)\n      for (i = 0; i < " + n(used) +
          "; ++i) " + z + "[(y + " + n(w.y.before) + ") * " + n(line) + " + " +
          n(w.x.before * w.channels) + " + i] = " + in + "[y * " + n(used) + " + i];\n";
  return code;
}

/// Calls loops, or what does the same by vectors: a function of its own, or else the loops compiled
/// for them.
std::string called(CText& text, const std::string& name, const std::string& in,
                   const std::string& out, const std::string& loops, bool fused, bool has_own) {
  const std::string own = has_own ? name + "_loops" : add_loops_in_lanes(text, name, loops, fused);
  if (has_own)
    text.add_function("static void " + own + "(const N_number *in, N_number *out) {\n" + loops +
                      "}\n");
  return in_lanes_or(name, in, out, "    " + own + "(" + in + ", " + out + ");\n");
}

}  // namespace

std::size_t c_spare_of_windows(const ExportedStep& step) {
  const WindowPlan& w = step.windows;
  const bool pads = w.y.extent() > w.y.in || w.x.extent() > w.x.in;
  return pads && step.kind == Kind::convolution ? w.y.extent() * w.x.extent() * w.channels : 0;
}

std::string c_convolution(CText& text, const ExportedStep& step, std::size_t k,
                          const std::string& in, const std::string& out, const std::string& spare) {
  const WindowPlan& w = step.windows;
  const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
  std::string code;
  if (!spare.empty()) code = "    size_t y;\n" + between_zeros(w, in, spare);
  const std::string from = spare.empty() ? in : spare;
  const std::string weights = text.table("N_weights_" + n(k), by_taps(step, Innermost::filters)),
                    bias_table = step.blocks.size() > 1
                                     ? text.table("N_bias_" + n(k), step.blocks[1].values)
                                     : "",
                    bias = bias_table.empty() ? "0" : bias_table + "[g * " + n(filters) + " + f]",
                    each = "for (f = 0; f < " + n(filters) + "; ++f) ",
                    line = n(w.x.extent() * w.channels);
  const std::string pixel = "in[(y * " + n(w.y.stride) + " + v * " + n(w.y.dilation) + ") * " +
                            line + " + (x * " + n(w.x.stride) + " + h * " + n(w.x.dilation) +
                            ") * " + n(w.channels) + " + g * " + n(channels) + " + c]";
  const std::string weight = weights + "[(((g * " + n(w.y.window) + " + v) * " + n(w.x.window) +
                             " + h) * " + n(channels) + " + c) * " + n(filters) + " + f]";
  const std::string loops =
      "    for (y = 0; y < " + n(w.y.out) + "; ++y)\n    for (x = 0; x < " + n(w.x.out) +
      "; ++x)\n    for (g = 0; g < " + n(w.groups) + "; ++g) {\n      N_number s[" + n(filters) +
      "];\n      " + each + "s[f] = " + bias + ";\n      for (v = 0; v < " + n(w.y.window) +
      "; ++v)\n      for (h = 0; h < " + n(w.x.window) + "; ++h)\n      for (c = 0; c < " +
      n(channels) + "; ++c) {\n        const N_number p = " + pixel + ";\n        " + each +
      text.add_product("s[f]", "p", weight, step.fused) + ";\n      }\n      " + each +
      "out[(y * " + n(w.x.out) + " + x) * " + n(w.filters) + " + g * " + n(filters) +
      " + f] = s[f];\n    }\n";
  const std::string name = "N_lanes_" + n(k);
  const bool by_lanes = add_convolution_in_lanes(text, name, step, weights, bias_table);
  return code + called(text, name, from, out, "    size_t y, x, g, f, v, h, c;\n" + loops,
                       step.fused, by_lanes);
}

/// The windows that reach an output pixel, from the first to the last, each through one tap.
std::string c_transposed(CText& text, const ExportedStep& step, std::size_t k,
                         const std::string& in, const std::string& out) {
  const WindowPlan& w = step.windows;
  const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
  const std::string weights = text.table("N_weights_" + n(k), by_taps(step, Innermost::channels)),
                    bias = step.blocks.size() > 1
                               ? text.table("N_bias_" + n(k), step.blocks[1].values) + "[g * " +
                                     n(channels) + " + c]"
                               : "0",
                    each = "for (c = 0; c < " + n(channels) + "; ++c) ";
  // a window that begins at v * stride sees the pixel through tap (place - v * stride) / dilation
  const auto windows = [](const WindowSide& s, const std::string& place, const std::string& window,
                          const std::string& tap) {
    const std::string back = n((s.window - 1) * s.dilation), stride = n(s.stride);
    std::string loop =
        "      for (" + window + " = " + place + " > " + back + " ? (" + place + " - " + back +
        " + " + n(s.stride - 1) + ") / " + stride + " : 0; " + window + " < " + n(s.out) + " && " +
        window + " * " + stride + " <= " + place + "; ++" + window + ") {\n        const size_t " +
        tap + " = (" + place + " - " + window + " * " + stride + ") / " + n(s.dilation) + ";\n";
    if (s.dilation > 1)
      loop += "        if ((" + place + " - " + window + " * " + stride + ") % " + n(s.dilation) +
              " != 0) continue;\n";
    return loop;
  };
  const std::string weight = weights + "[(((g * " + n(w.y.window) + " + b) * " + n(w.x.window) +
                             " + d) * " + n(filters) + " + f) * " + n(channels) + " + c]";
  const std::string loops =
      "    size_t y, x, g, f, v, h, c;\n    for (y = 0; y < " + n(w.y.in) +
      "; ++y)\n    for (x = 0; x < " + n(w.x.in) + "; ++x)\n    for (g = 0; g < " + n(w.groups) +
      "; ++g) {\n      const size_t q = y + " + n(w.y.before) + ", r = x + " + n(w.x.before) +
      ";\n      N_number s[" + n(channels) + "];\n      " + each + "s[c] = " + bias + ";\n" +
      windows(w.y, "q", "v", "b") + windows(w.x, "r", "h", "d") + "        for (f = 0; f < " +
      n(filters) + "; ++f) {\n          const N_number p = in[(v * " + n(w.x.out) + " + h) * " +
      n(w.filters) + " + g * " + n(filters) + " + f];\n          " + each +
      text.add_product("s[c]", "p", weight, step.fused) + ";\n        }\n      } }\n      " + each +
      "out[(y * " + n(w.x.in) + " + x) * " + n(w.channels) + " + g * " + n(channels) +
      " + c] = s[c];\n    }\n";
  return called(text, "N_lanes_" + n(k), in, out, loops, step.fused, false);
}

/// Channel beside channel, which fills vectors.
std::string c_pooling(const ExportedStep& step, const std::string& in, const std::string& out) {
  const WindowPlan& w = step.windows;
  const bool largest = step.kind == Kind::largest;
  const std::string line = n(w.x.in * w.channels), channels = n(w.channels),
                    each = "      for (c = 0; c < " + channels + "; ++c) ",
                    start = largest ? in + "[y0 * " + line + " + x0 * " + channels + " + c]" : "0",
                    take = largest ? "s[c] = ((s[c] >= p[c]) | (s[c] != s[c])) ? s[c] : p[c];\n"
                                   : "s[c] += p[c];\n";
  return "    size_t y, x, c, v, h;\n    for (y = 0; y < " + n(w.y.out) +
         "; ++y)\n    for (x = 0; x < " + n(w.x.out) + "; ++x) {\n" + side_range("y", w.y, "y") +
         side_range("x", w.x, "x") + "      N_number *const s = " + out + " + (y * " + n(w.x.out) +
         " + x) * " + channels + ";\n" + each + "s[c] = " + start +
         ";\n      for (v = y0; v < y1; ++v)\n      for (h = x0; h < x1; ++h) {\n      const "
         "N_number *const p = " +
         in + " + v * " + line + " + h * " + channels + ";\n      N_LOOP\n" + each + take +
         "      }\n" +
         (largest ? "" : each + "s[c] *= (N_number)1 / (N_number)((y1 - y0) * (x1 - x0));\n") +
         "    }\n";
}

}  // namespace nnrun::host
