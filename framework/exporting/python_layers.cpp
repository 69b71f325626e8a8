#include "exporting/python_layers.hpp"

#include "exporting/digits.hpp"
#include "exporting/python_formula.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

std::string padded_image(const WindowPlan& w, const std::string& in, const std::string& border) {
  const auto after = [](const WindowSide& s) { return s.extent() - s.before - s.in; };
  return "    z = np.pad(" + in + ".reshape(len(v0), " + n(w.y.in) + ", " + n(w.x.in) + ", " +
         n(w.channels) + "), ((0, 0), (" + n(w.y.before) + ", " + n(after(w.y)) + "), (" +
         n(w.x.before) + ", " + n(after(w.x)) + "), (0, 0)), constant_values=" + border + ")\n";
}
/// Returns what all windows have at one place of theirs.
std::string seen_at_tap(const WindowPlan& w, const std::string& from) {
  const auto range = [](const WindowSide& s, const char* tap) {
    const std::string begin = std::string(tap) + " * " + n(s.dilation);
    return begin + ":" + begin + " + " + n((s.out - 1) * s.stride + 1) + ":" + n(s.stride);
  };
  return from + "[:, " + range(w.y, "i") + ", " + range(w.x, "j") + "]";
}
std::string each_tap(const WindowPlan& w) {
  return "    for i in range(" + n(w.y.window) + "):\n        for j in range(" + n(w.x.window) +
         "):\n            ";
}

std::string python_convolution(PythonText& text, const ExportedStep& s, std::size_t k,
                               const std::string& in) {
  const WindowPlan& w = s.windows;
  const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
  const std::string weights = text.table("W" + n(k), s.blocks[0].values,
                                         {w.groups, filters, channels, w.y.window, w.x.window});
  std::string code = padded_image(w, in, "0") + "    s = np.zeros((len(v0), " + n(w.y.out) + ", " +
                     n(w.x.out) + ", " + n(w.groups) + ", " + n(filters) + "), NUMBER)\n" +
                     each_tap(w) + "p = " + seen_at_tap(w, "z") + ".reshape(len(v0), " +
                     n(w.y.out) + ", " + n(w.x.out) + ", " + n(w.groups) + ", " + n(channels) +
                     ")\n            s += np.einsum(\"ryxgc,gfc->ryxgf\", p, " + weights +
                     "[:, :, :, i, j])\n";
  code += PythonText::assign(k) + "s.reshape(len(v0), " + n(s.cols) + ")\n";
  if (s.blocks.size() > 1)
    code += PythonText::assign(k) + "(s.reshape(len(v0), " + n(w.y.out * w.x.out) + ", " +
            n(w.filters) + ") + " + text.table("B" + n(k), s.blocks[1].values, {w.filters}) +
            ").reshape(len(v0), " + n(s.cols) + ")\n";
  return code;
}
std::string python_pooling(const ExportedStep& s, std::size_t k, const std::string& in) {
  const WindowPlan& w = s.windows;
  const std::string out = PythonText::assign(k);
  if (s.kind == Kind::largest)
    return padded_image(w, in, "-np.inf") + "    s = -np.inf\n" + each_tap(w) +
           "s = np.maximum(s, " + seen_at_tap(w, "z") + ")\n" + out + "s.reshape(len(v0), " +
           n(s.cols) + ")\n";
  return padded_image(w, in, "0") + "    c = np.pad(np.ones((1, " + n(w.y.in) + ", " + n(w.x.in) +
         ", 1), NUMBER), ((0, 0), (" + n(w.y.before) + ", " +
         n(w.y.extent() - w.y.before - w.y.in) + "), (" + n(w.x.before) + ", " +
         n(w.x.extent() - w.x.before - w.x.in) + "), (0, 0)))\n    s = m = 0\n" + each_tap(w) +
         "s = s + " + seen_at_tap(w, "z") + "\n            m = m + " + seen_at_tap(w, "c") + "\n" +
         out + "(s / m).reshape(len(v0), " + n(s.cols) + ")\n";
}

std::string python_dense(PythonText& text, const ExportedStep& s, std::size_t k,
                         const std::string& in) {
  const std::size_t units = s.shape.back(), places = s.cols / units;
  const std::string all = places == 1 ? in
                                      : in + ".reshape(len(v0), " + n(places) + ", " +
                                            n(s.blocks[0].shape[1]) + ")",
                    weights = text.table("W" + n(k), s.blocks[0].values, s.blocks[0].shape),
                    bias = s.blocks.size() > 1
                               ? " + " + text.table("B" + n(k), s.blocks[1].values, {units})
                               : "",
                    sum = all + " @ " + weights + ".T" + bias;
  return PythonText::assign(k) +
         (places == 1 ? sum : "(" + sum + ").reshape(len(v0), " + n(s.cols) + ")") + "\n";
}
std::string python_embedding(PythonText& text, const ExportedStep& s, std::size_t k,
                             const std::string& in) {
  const std::string words = text.table("W" + n(k), s.blocks[0].values, s.blocks[0].shape);
  return "    known = (" + in + " >= 0) & (" + in + " < " + n(s.blocks[0].shape[0]) + ") & (" + in +
         " == np.floor(" + in + "))\n    wrong |= ~known.all(-1)\n" + PythonText::assign(k) +
         words + "[np.where(known, " + in + ", 0).astype(int)].reshape(len(v0), " + n(s.cols) +
         ")\n";
}
/// Each pixel adds its filters to a window; what windows reach beyond the image is cut off.
std::string python_transposed(PythonText& text, const ExportedStep& s, std::size_t k,
                              const std::string& in) {
  const WindowPlan& w = s.windows;
  const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
  const std::string weights = text.table("W" + n(k), s.blocks[0].values,
                                         {w.groups, filters, channels, w.y.window, w.x.window});
  const auto inside = [](const WindowSide& side) {
    return ", " + n(side.before) + ":" + n(side.before + side.in);
  };
  return "    p = " + in + ".reshape(len(v0), " + n(w.y.out) + ", " + n(w.x.out) + ", " +
         n(w.groups) + ", " + n(filters) + ")\n    z = np.zeros((len(v0), " + n(w.y.extent()) +
         ", " + n(w.x.extent()) + ", " + n(w.groups) + ", " + n(channels) + "), NUMBER)\n" +
         each_tap(w) + seen_at_tap(w, "z") + " += np.einsum(\"ryxgf,gfc->ryxgc\", p, " + weights +
         "[:, :, :, i, j])\n    z = z[:" + inside(w.y) + inside(w.x) + "].reshape(len(v0), " +
         n(w.y.in * w.x.in) + ", " + n(w.channels) + ")\n" + PythonText::assign(k) + "(z" +
         (s.blocks.size() > 1 ? " + " + text.table("B" + n(k), s.blocks[1].values, {w.channels})
                              : "") +
         ").reshape(len(v0), " + n(s.cols) + ")\n";
}
std::string python_moves(const ExportedNetwork& net, const ExportedStep& s, std::size_t k) {
  std::string all, places;
  std::size_t count = 0;
  for (const int i : s.inputs) {
    all += PythonText::value(i) + ", ";
    count += net.cols_of(i);
  }
  bool in_order = s.moved.size() == count, zeros = false;
  for (std::size_t i = 0; i < s.moved.size(); ++i) {
    in_order = in_order && s.moved[i] == i;
    zeros = zeros || s.moved[i] == moved_zero;
    places += (i == 0        ? ""
               : i % 24 == 0 ? ",\n        "
                             : ", ") +
              n(s.moved[i] == moved_zero ? count : s.moved[i]);
  }
  const std::string joined =
      s.inputs.size() == 1 && !zeros
          ? PythonText::value(s.inputs[0])
          : "np.concatenate([" + all + (zeros ? "np.zeros((len(v0), 1), NUMBER)" : "") + "], -1)";
  return PythonText::assign(k) + joined + (in_order ? "" : "[:, [" + places + "]]") + "\n";
}

}  // namespace

std::string python_layer(PythonText& text, const ExportedNetwork& net, std::size_t k) {
  const ExportedStep& s = net.steps[k];
  const std::string in = PythonText::value(s.inputs[0]);
  switch (s.kind) {
    case Kind::formula:
      return python_formula(text, s, k);
    case Kind::dense:
      return python_dense(text, s, k, in);
    case Kind::moves:
      return python_moves(net, s, k);
    case Kind::embedding:
      return python_embedding(text, s, k, in);
    case Kind::convolution:
      return python_convolution(text, s, k, in);
    case Kind::transposed:
      return python_transposed(text, s, k, in);
    case Kind::largest:
    case Kind::mean:
      return python_pooling(s, k, in);
    case Kind::recurrent:
      return python_recurrent(text, s, k);
  }
  return "";
}

}  // namespace nnrun::host
