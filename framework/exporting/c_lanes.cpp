#include "exporting/c_lanes.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

/// A vector of eight floats or four doubles, or one of four floats, and where its numbers are.
struct LaneVector {
  std::size_t at = 0, width = 0;
};

/// Writes operations on vectors.
class Lanes {
 public:
  Lanes(bool float32, bool fused) : float32_(float32), fused_(fused) {}

  std::size_t width() const { return float32_ ? 8 : 4; }
  /// Returns the vectors of `count` numbers, whole fours, from number `at` on.
  std::vector<LaneVector> pieces(std::size_t at, std::size_t count) const {
    std::vector<LaneVector> all;
    for (const std::size_t end = at + count; at < end; at += all.back().width)
      all.push_back({at, std::min(width(), end - at)});
    return all;
  }
  std::string type(const LaneVector& p) const {
    return !float32_ ? "__m256d" : p.width == 8 ? "__m256" : "__m128";
  }
  std::string zero(const LaneVector& p) const { return call(p, "setzero") + "()"; }
  std::string load(const LaneVector& p, const std::string& from) const {
    return call(p, "loadu") + "(" + from + ")";
  }
  std::string store(const LaneVector& p, const std::string& to, const std::string& x) const {
    return call(p, "storeu") + "(" + to + ", " + x + ");\n";
  }
  std::string all(const LaneVector& p, const std::string& x) const {
    return call(p, "set1") + "(" + x + ")";
  }
  std::string sum(const LaneVector& p, const std::string& a, const std::string& b) const {
    return call(p, "add") + "(" + a + ", " + b + ")";
  }
  /// s + a * b
  std::string added(const LaneVector& p, const std::string& s, const std::string& a,
                    const std::string& b) const {
    if (fused_) return call(p, "fmadd") + "(" + a + ", " + b + ", " + s + ")";
    return sum(p, s, call(p, "mul") + "(" + a + ", " + b + ")");
  }

 private:
  std::string call(const LaneVector& p, const char* operation) const {
    return std::string(p.width == 8 || !float32_ ? "_mm256_" : "_mm_") + operation +
           (float32_ ? "_ps" : "_pd");
  }
  bool float32_, fused_;
};

std::string offset(const std::string& array, const std::string& at) {
  return at == "0" ? array : array + " + " + at;
}
std::string plus(const std::string& a, std::size_t b) {
  if (b == 0) return a;
  return a == "0" ? n(b) : a + " + " + n(b);
}

/// Calls block(at, pieces) for vectors beside each other, at most `most` at a time: in a loop where
/// there are many.
std::string in_blocks(
    const Lanes& lanes, std::size_t count, std::size_t most,
    const std::function<std::string(const std::string&, const std::vector<LaneVector>&)>& block) {
  const std::size_t each = most * lanes.width(), whole = count / each * each;
  std::string code;
  if (whole > each)
    code += "  for (u = 0; u < " + n(whole) + "; u += " + n(each) + ") {\n" +
            block("u", lanes.pieces(0, each)) + "  }\n";
  else if (whole > 0)
    code += "  {\n" + block("0", lanes.pieces(0, each)) + "  }\n";
  if (count > whole) code += "  {\n" + block(n(whole), lanes.pieces(0, count - whole)) + "  }\n";
  return code;
}

std::string sum_name(std::size_t piece, std::size_t pixel = 0) {
  return "s" + n(pixel) + "_" + n(piece);
}

void add_function(CText& text, const std::string& name, const std::string& variables,
                  const std::string& body) {
  text.add_lanes("static inline N_TARGET void " + name +
                 "(const N_number *in, N_number *out) {\n  size_t " + variables + ";\n" + body +
                 "}\n");
}

/// Copies what is behind whole vectors through an array.
std::string store_some(const Lanes& lanes, const LaneVector& p, const std::string& to,
                       const std::string& x, std::size_t written, bool adds) {
  return "    {\n      N_number last[8];\n      size_t j;\n      " + lanes.store(p, "last", x) +
         "      for (j = 0; j < " + n(written) + "; ++j) out[" + to + " + j] " +
         (adds ? "+= " : "= ") + "last[j];\n    }\n";
}

}  // namespace

void add_product_in_lanes(CText& text, const std::string& name, const CProduct& p) {
  const Lanes lanes(text.float32(), p.fused);
  const std::size_t all = whole_units(p.units), stride = all;
  constexpr std::size_t most = 8;
  const auto block = [&](const std::string& from, const std::vector<LaneVector>& vectors) {
    std::string code, sums, ends;
    for (std::size_t k = 0; k < vectors.size(); ++k) {
      const LaneVector& piece = vectors[k];
      const std::string at = plus(from, piece.at), s = sum_name(k);
      code += "    " + lanes.type(piece) + " " + s + " = " +
              (p.bias.empty() ? lanes.zero(piece) : lanes.load(piece, offset(p.bias, at))) + ";\n";
      sums += "      " + s + " = " +
              lanes.added(piece, s, piece.width < lanes.width() ? "q" : "p",
                          lanes.load(piece, offset("w", n(piece.at)))) +
              ";\n";
      const bool last = from != "u" && std::stoul(from) + piece.at + piece.width > p.units;
      if (last && !p.padded)
        ends += store_some(lanes, piece, at, s, p.units - std::stoul(from) - piece.at, p.adds);
      else
        ends += "    " +
                lanes.store(piece, offset("out", at),
                            p.adds ? lanes.sum(piece, lanes.load(piece, offset("out", at)), s) : s);
    }
    const LaneVector whole{0, lanes.width()}, half{0, 4};
    const bool has_half = vectors.back().width < lanes.width(),
               has_whole = vectors[0].width == lanes.width();
    return code + "    for (i = 0; i < " + n(p.inputs) +
           "; ++i) {\n      const N_number *const w = " + p.weights + " + i * " + n(stride) +
           (from == "0" ? "" : " + " + from) + ";\n" +
           (has_whole
                ? "      const " + lanes.type(whole) + " p = " + lanes.all(whole, "in[i]") + ";\n"
                : "") +
           (has_half
                ? "      const " + lanes.type(half) + " q = " + lanes.all(half, "in[i]") + ";\n"
                : "") +
           sums + "    }\n" + ends;
  };
  const bool many = all / (most * lanes.width()) > 1;
  add_function(text, name, many ? "i, u" : "i", in_blocks(lanes, all, most, block));
}

namespace {

/// A place of the image before zeros are taken away: where the windows of a row of outputs begin.
std::string window_at(const WindowPlan& w) {
  const std::string line = n(w.x.extent() * w.channels);
  return "in + (y * " + n(w.y.stride) + " + v * " + n(w.y.dilation) + ") * " + line + " + (x * " +
         n(w.x.stride) + " + h * " + n(w.x.dilation) + ") * " + n(w.channels);
}

/// Outputs of some pixels beside each other, all filters or channels.
std::string pixels(const Lanes& lanes, const WindowPlan& w, std::size_t beside, bool each_channel,
                   const std::string& weights, const std::string& bias) {
  const std::size_t step = w.x.stride * w.channels;
  const auto block = [&](const std::string& from, const std::vector<LaneVector>& pieces) {
    std::string code, sums, ends, given;
    for (std::size_t k = 0; k < pieces.size(); ++k)
      for (std::size_t b = 0; b < beside; ++b) {
        const LaneVector& piece = pieces[k];
        const std::string at = plus(from, piece.at), s = sum_name(k, b);
        code += "    " + lanes.type(piece) + " " + s + " = " +
                (bias.empty() ? lanes.zero(piece) : lanes.load(piece, offset(bias, at))) + ";\n";
        ends += "    " + lanes.store(piece,
                                     "out + (y * " + n(w.x.out) + " + x + " + n(b) + ") * " +
                                         n(w.filters) + " + " + at,
                                     s);
        if (each_channel)
          sums += "      " + s + " = " +
                  lanes.added(piece, s, lanes.load(piece, "q + " + plus(n(b * step), piece.at)),
                              "w" + n(k)) +
                  ";\n";
        else
          sums +=
              "        " + s + " = " +
              lanes.added(piece, s, (piece.width < lanes.width() ? "r" : "p") + n(b), "w" + n(k)) +
              ";\n";
      }
    const std::string tap = "(v * " + n(w.x.window) + " + h) * ";
    const auto loads = [&](const std::string& at) {
      std::string all;
      for (std::size_t k = 0; k < pieces.size(); ++k)
        all +=
            "      const " + lanes.type(pieces[k]) + " w" + n(k) + " = " +
            lanes.load(pieces[k], weights + " + " +
                                      plus(at + (from == "0" ? "" : " + " + from), pieces[k].at)) +
            ";\n";
      return all;
    };
    const std::string taps = "    for (v = 0; v < " + n(w.y.window) +
                             "; ++v)\n    for (h = 0; h < " + n(w.x.window) +
                             "; ++h) {\n      const N_number *const q = " + window_at(w) +
                             (each_channel && from != "0" ? " + " + from : "") + ";\n";
    if (each_channel) return code + taps + loads(tap + n(w.channels)) + sums + "    }\n" + ends;
    const LaneVector whole{0, lanes.width()}, half{0, 4};
    for (std::size_t b = 0; b < beside; ++b) {
      const std::string pixel = "q[" + plus("c", b * step) + "]";
      if (pieces[0].width == lanes.width())
        given += "        const " + lanes.type(whole) + " p" + n(b) + " = " +
                 lanes.all(whole, pixel) + ";\n";
      if (pieces.back().width < lanes.width())
        given += "        const " + lanes.type(half) + " r" + n(b) + " = " +
                 lanes.all(half, pixel) + ";\n";
    }
    return code + taps + "      for (c = 0; c < " + n(w.channels) + "; ++c) {\n" +
           loads("(" + tap + n(w.channels) + " + c) * " + n(w.filters)) + given + sums +
           "      }\n    }\n" + ends;
  };
  const std::size_t most = 4;
  return in_blocks(lanes, w.filters, most, block);
}

}  // namespace

bool add_convolution_in_lanes(CText& text, const std::string& name, const ExportedStep& step,
                              const std::string& weights, const std::string& bias) {
  const WindowPlan& w = step.windows;
  const bool each_channel = w.groups == w.channels && w.filters == w.channels && w.groups > 1;
  if ((w.groups != 1 && !each_channel) || w.filters % 4 != 0) return false;
  const Lanes lanes(text.float32(), step.fused);
  std::string own = weights;
  if (each_channel) {  // the loops have them channel by channel
    const std::size_t taps = w.y.window * w.x.window;
    std::vector<double> by_tap;
    for (std::size_t tap = 0; tap < taps; ++tap)
      for (std::size_t c = 0; c < w.channels; ++c)
        by_tap.push_back(step.blocks[0].values[c * taps + tap]);
    own = text.table_of_lanes(name + "_weights", by_tap);
  }
  // sums that wait for each other leave the processor idle: as many as there are registers for
  const std::size_t vectors =
      std::min<std::size_t>((w.filters + lanes.width() - 1) / lanes.width(), 4);
  const std::size_t most = std::min<std::size_t>({w.x.out, 10 / vectors, 6});
  std::size_t beside = most;  // fewer, but at least half, if then no pixel is left over
  while (beside * 2 > most && w.x.out % beside != 0) --beside;
  if (beside * 2 <= most) beside = most;
  std::string code = "  for (y = 0; y < " + n(w.y.out) + "; ++y) {\n  x = 0;\n";
  code += "  for (; x + " + n(beside) + " <= " + n(w.x.out) + "; x += " + n(beside) + ") {\n" +
          pixels(lanes, w, beside, each_channel, own, bias) + "  }\n";
  if (const std::size_t left = w.x.out % beside; left > 0)
    code += "  {\n" + pixels(lanes, w, left, each_channel, own, bias) + "  }\n";
  const bool many = w.filters / (4 * lanes.width()) > 1;
  add_function(text, name,
               std::string("y, x, v, h") + (each_channel ? "" : ", c") + (many ? ", u" : ""),
               code + "  }\n");
  return true;
}

std::string add_loops_in_lanes(CText& text, const std::string& name, const std::string& loops,
                               bool fused) {
  const std::string own = name + "_loops";
  text.add_function("static N_INLINE void " + own + "(const N_number *in, N_number *out) {\n" +
                    loops + "}\n");
  text.add_lanes("static inline " + std::string(fused ? "N_TARGET" : "N_LOOPS_TARGET") + " void " +
                 name + "(const N_number *in, N_number *out) {\n  " + own + "(in, out);\n}\n");
  return own;
}

std::string in_lanes_or(const std::string& name, const std::string& in, const std::string& out,
                        const std::string& other) {
  return "#ifdef N_TARGET\n    if (lanes) " + name + "(" + in + ", " + out +
         ");\n    else\n#endif\n" + other;
}

}  // namespace nnrun::host
