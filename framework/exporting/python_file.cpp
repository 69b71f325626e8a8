#include "exporting/python_file.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

#include "base/version.hpp"
#include "exporting/digits.hpp"
#include "network/moved_numbers.hpp"
namespace nnrun::host {
namespace {

using Kind = ExportedStep::Kind;

std::string literal(double x) {
  if (std::isnan(x)) return "np.nan";
  if (std::isinf(x)) return x > 0 ? "np.inf" : "-np.inf";
  char text[48];
  std::string all(text, std::to_chars(text, text + sizeof text, x).ptr);
  if (all.find_first_of(".e") == all.npos) all += ".0";
  return all;
}
std::string list_of(const std::vector<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out += (i == 0 ? "" : i % 8 == 0 ? ",\n    " : ", ") + literal(values[i]);
  return "[" + out + "]";
}

/// Returns a text as Python has it.
std::string python_text(std::string_view text) {
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
std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + python_text(text);
  return "[" + out + "]";
}

std::string base64(std::string_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

/// Functions that formulas call and NumPy lacks; t: the type of the network's numbers.
constexpr struct {
  std::string_view name, code;
} helpers[]{
    {"sigmoid", "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"},
    {"softplus", "def softplus(x):\n    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)\n"},
    {"erfc", R"(def erfc(x):
    """As nnrun's own: relative error below (4 + x^2) units in the last place."""
    a = np.abs(x)
    t = 4 / (4 + a)
    p = np.polyval([0.00169194646884529221, -0.0216724234892784172, 0.126547475866018313,
                    -0.445698675402071647, 1.0596502620870998, -1.81431740764309612,
                    2.34557311023538041, -2.36928371417021122, 1.89962882387582031,
                    -1.22853510824567972, 0.654540557703882398, -0.261000601787750407,
                    0.126215377693191957, 0.0171698249025264979, 0.0688251607042882444,
                    0.0799068195891954426, 0.0992025600169680398, 0.114995952476799654,
                    0.12782568275097116, 0.13663958176787144, 0.14104739875836346,
                    0.141047395840865108], t)
    y = np.exp(-a * a) * (t * p)
    return np.where(x < 0, 2 - y, y)
)"},
    {"erf", R"(def erf(x):
    z = np.minimum(x * x, 0.25)
    p = np.polyval([-1.46209134094517487e-7, 1.63712344257700007e-6, -0.0000149230033681520988,
                    0.000120552862020057133, -0.00085483265107247964, 0.00522397762201693636,
                    -0.0268661706449997198, 0.112837916709548691, -0.376126389031837505,
                    1.12837916709551257], z)
    return np.where(np.abs(x) < 0.5, x * p, np.sign(x) * (1 - erfc(np.abs(x))))
)"}};

/// Makes the file, part by part.
class PythonFile {
 public:
  explicit PythonFile(const ExportedNetwork& net) : net_(net) {}

  std::string text() {
    std::string body = prepared();
    for (std::size_t k = 0; k < net_.steps.size(); ++k) body += step(k);
    body += answer();
    std::string functions;
    if (used_.contains("erf")) used_.insert("erfc");
    for (const auto& [name, code] : helpers)
      if (used_.contains(std::string(name))) functions += "\n\n" + std::string(code);
    return heading() + tables_ + functions + "\n\ndef predict(rows):\n" + explanation() + body +
           self_test();
  }

 private:
  std::string value(int step) const { return "v" + n(static_cast<std::size_t>(step + 1)); }

  std::string table(const std::string& name, const std::vector<double>& values,
                    const std::string& shape) {
    std::string bytes;
    for (const double x : values) {
      char raw[8];
      const std::size_t size = net_.float32 ? 4 : 8;
      if (net_.float32) {
        const auto narrow = static_cast<float>(x);
        std::memcpy(raw, &narrow, size);
      } else {
        std::memcpy(raw, &x, size);
      }
      bytes.append(raw, size);
    }
    const std::string all = base64(bytes);
    tables_ += name + " = numbers(";
    for (std::size_t i = 0; i < all.size(); i += 88)
      tables_ += "\n    \"" + all.substr(i, 88) + "\"";
    tables_ += ", " + shape + ")\n";
    return name;
  }

  std::string heading() const {
    std::string name;
    for (const char c : net_.name) name += c == '\\' || c == '"' ? '_' : c;
    std::string out =
        "\"\"\"" + name + ", written by nnrun " + version().number +
        ". Needs NumPy alone.\n\npredict(rows) answers rows of " + n(net_.inputs()) +
        " numbers. python3 FILE checks examples.\n\"\"\"\nimport base64\n\nimport numpy as "
        "np\n\nNUMBER = np." +
        (net_.float32 ? "float32" : "float64") + "\n";
    std::vector<std::string> names;
    for (const Column& column : net_.preparation.recipe().columns) names.push_back(column.name);
    if (!std::ranges::all_of(names, &std::string::empty))
      out += "INPUTS = " + list_of(names) + "\n";
    if (!net_.names.classes.empty()) out += "CLASSES = " + list_of(net_.names.classes) + "\n";
    for (std::size_t c = 0; c < names.size(); ++c)
      if (const Column& column = net_.preparation.recipe().columns[c]; column.is_category)
        out += "# column " + n(c) +
               " is the number of a text here; another text: " + n(column.texts.size()) +
               ", a missing one: nan\nTEXTS_" + n(c) + " = " + list_of(column.texts) + "\n";
    return out +
           "\n\ndef numbers(text, shape):\n    return np.frombuffer(base64.b64decode(text), "
           "NUMBER).reshape(shape)\n\n\n";
  }
  std::string explanation() const {
    return "    \"\"\"Returns a row of " + n(net_.outputs()) +
           " for each row of inputs.\"\"\"\n    x = np.atleast_2d(np.asarray(rows, np.float64))\n";
  }

  // ---- preparation and answers ----

  std::string raw(std::size_t column) const {
    std::string x = "x[:, " + n(column) + "]";
    const std::string given = x;
    if (net_.preparation.divide_by() != 1) x += " / " + literal(net_.preparation.divide_by());
    const std::vector<double>& fills = net_.preparation.fitted().fills;
    if (fills.empty() || !net_.preparation.recipe().columns[column].is_filled()) return x;
    return "np.where(np.isnan(" + given + "), " + literal(fills[column]) + ", " + x + ")";
  }
  std::string mapped(const Preparation::Slot& slot) const {
    using Map = Preparation::Map;
    const std::string a = raw(slot.a);
    switch (slot.map) {
      case Map::as_it_is:
        return a;
      case Map::product:
        return "(" + a + ") * (" + raw(slot.b) + ")";
      case Map::sine:
        return "np.sin(" + a + ")";
      case Map::cosine:
        return "np.cos(" + a + ")";
      case Map::equals:
        return "1.0 * (" + a + " == " + literal(slot.text) + ")";
      case Map::is_missing:
        return "1.0 * np.isnan(x[:, " + n(slot.a) + "])";
    }
    return a;
  }
  std::string prepared() const {
    const Preparation& preparation = net_.preparation;
    std::string code;
    bool straight = preparation.slots().size() == preparation.row_inputs() &&
                    preparation.fitted().fills.empty();
    for (std::size_t i = 0; straight && i < preparation.slots().size(); ++i)
      straight = preparation.slots()[i].is_number_of(i);
    if (!straight) {
      code = "    x = np.stack([\n";
      for (const Preparation::Slot& slot : preparation.slots())
        code += "        " + mapped(slot) + ",\n";
      code += "    ], -1)\n";
    } else if (preparation.divide_by() != 1) {
      code = "    x = x / " + literal(preparation.divide_by()) + "\n";
    }
    const Preparation::Fit& fit = preparation.fitted();
    if (!fit.shifts.empty())
      code += "    x = (x - np.array(" + list_of(fit.shifts) + ")) * np.array(" +
              list_of(fit.factors) + ")\n";
    if (preparation.rows() > 1) {
      code.insert(
          0, "    x = x.reshape(-1, " + n(preparation.row_inputs()) + ")  # a window's rows\n");
      return code + "    v0 = x.astype(NUMBER).reshape(-1, " + n(preparation.outputs()) + ")\n";
    }
    return code + "    v0 = x.astype(NUMBER)\n";
  }
  std::string answer() const {
    const Preparation& preparation = net_.preparation;
    std::string code =
        "    y = " + value(static_cast<int>(net_.steps.size()) - 1) + ".astype(np.float64)\n";
    if (preparation.scales_targets())
      code += "    y = y / np.array(" + list_of(preparation.fitted().target_factors) +
              ") + np.array(" + list_of(preparation.fitted().target_shifts) + ")\n";
    for (std::size_t i = 0; preparation.scales_targets() && i < net_.outputs(); ++i)
      if (preparation.recipe().scale_of_target(i) == TargetScale::log)
        code += "    y[:, " + n(i) + "] = np.exp(y[:, " + n(i) + "])\n";
    return code + "    return y\n";
  }

  // ---- steps ----

  std::string step(std::size_t k) {
    const ExportedStep& s = net_.steps[k];
    std::string comment;
    for (const char c : s.name) comment += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return "    # " + comment + "\n" + body(s, k);
  }
  std::string body(const ExportedStep& s, std::size_t k) {
    const std::string out = "    " + value(static_cast<int>(k)) + " = ", in = value(s.inputs[0]);
    switch (s.kind) {
      case Kind::formula:
        return formula(s, k);
      case Kind::dense:
        return out + in + " @ " +
               table("W" + n(k), s.blocks[0].values, shape_of(s.blocks[0].shape)) + ".T" +
               (s.blocks.size() > 1 ? " + " + table("B" + n(k), s.blocks[1].values, n(s.cols))
                                    : "") +
               "\n";
      case Kind::moves:
        return moves(s, out);
      case Kind::convolution:
        return convolution(s, k, in);
      case Kind::largest:
      case Kind::mean:
        return pooling(s, k, in);
      case Kind::transposed:
      case Kind::embedding:
      case Kind::recurrent:
        break;  // refused before
    }
    return "";
  }
  static std::string shape_of(const std::vector<std::size_t>& shape) {
    std::string out;
    for (const std::size_t size : shape) out += n(size) + ", ";
    return "(" + out + ")";
  }

  std::string moves(const ExportedStep& s, const std::string& out) const {
    std::string all, places;
    std::size_t count = 0;
    for (const int i : s.inputs) {
      all += value(i) + ", ";
      count += net_.cols_of(i);
    }
    bool same = s.moved.size() == count, zeros = false;
    for (std::size_t i = 0; i < s.moved.size(); ++i) {
      same = same && s.moved[i] == i;
      zeros = zeros || s.moved[i] == moved_zero;
      places += (i == 0        ? ""
                 : i % 24 == 0 ? ",\n        "
                               : ", ") +
                n(s.moved[i] == moved_zero ? count : s.moved[i]);
    }
    const std::string joined =
        s.inputs.size() == 1 && !zeros
            ? value(s.inputs[0])
            : "np.concatenate([" + all + (zeros ? "np.zeros((len(v0), 1), NUMBER)" : "") + "], -1)";
    return out + joined + (same ? "" : "[:, [" + places + "]]") + "\n";
  }

  std::string formula(const ExportedStep& s, std::size_t k) {
    const std::string group = ".reshape(len(v0), -1, " + n(s.features) + ")";
    std::vector<std::string> names;
    std::string code;
    const auto input = [&](std::size_t i) -> std::string {
      if (i < s.inputs.size()) return value(s.inputs[i]) + group;
      const ExportedBlock& block = s.blocks[i - s.inputs.size()];
      const bool whole = block.values.size() == s.cols && s.cols != s.features;
      return table(python_name(block.name) + n(k), block.values,
                   whole ? "(-1, " + n(s.features) + ")" : n(block.values.size()));
    };
    for (std::size_t i = 0; i < s.formula.lines.size(); ++i) {
      const FormulaLine& line = s.formula.lines[i];
      if (line.name() == "const") {
        names.push_back("NUMBER(" + literal(line.constant) + ")");
        continue;
      }
      names.push_back("t" + n(i));
      code += "    t" + n(i) + " = " +
              (line.name() == "input" ? input(line.input) : expression(line, names)) + "\n";
    }
    return code + "    " + value(static_cast<int>(k)) + " = np.broadcast_to(" + names.back() +
           ", (len(v0), " + n(s.cols / s.features) + ", " + n(s.features) +
           ")).reshape(len(v0), -1)\n";
  }
  static std::string python_name(const std::string& name) {
    std::string out;
    for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return out + "_";
  }
  std::string expression(const FormulaLine& line, const std::vector<std::string>& names) {
    const auto a = [&](int i) { return names[static_cast<std::size_t>(line.arguments[i])]; };
    const auto infix = [&](const char* op) { return a(0) + op + a(1); };
    const std::string_view op = line.name();
    if (op == "add") return infix(" + ");
    if (op == "sub") return infix(" - ");
    if (op == "mul") return infix(" * ");
    if (op == "div") return infix(" / ");
    if (op == "neg") return "-" + a(0);
    if (op == "lt") return infix(" < ");
    if (op == "le") return infix(" <= ");
    if (op == "eq") return infix(" == ");
    if (op == "select") return "np.where(" + a(0) + ", " + a(1) + ", " + a(2) + ")";
    if (op == "max") return "np.where(" + a(0) + " < " + a(1) + ", " + a(1) + ", " + a(0) + ")";
    if (op == "min") return "np.where(" + a(1) + " < " + a(0) + ", " + a(1) + ", " + a(0) + ")";
    if (op == "row_max") return a(0) + ".max(-1, keepdims=True)";
    if (op == "row_sum") return a(0) + ".sum(-1, keepdims=True)";
    if (op == "row_mean") return a(0) + ".mean(-1, keepdims=True)";
    if (std::ranges::any_of(helpers, [&](const auto& helper) { return helper.name == op; })) {
      used_.insert(std::string(op));
      return std::string(op) + "(" + a(0) + ")";
    }
    return "np." + std::string(op) + "(" + a(0) + ")";
  }

  std::string image(const WindowPlan& w, const std::string& in, const std::string& border) const {
    const auto after = [](const WindowSide& s) { return s.extent() - s.before - s.in; };
    return "    z = np.pad(" + in + ".reshape(len(v0), " + n(w.y.in) + ", " + n(w.x.in) + ", " +
           n(w.channels) + "), ((0, 0), (" + n(w.y.before) + ", " + n(after(w.y)) + "), (" +
           n(w.x.before) + ", " + n(after(w.x)) + "), (0, 0)), constant_values=" + border + ")\n";
  }
  /// Returns what all windows have at one place of theirs.
  static std::string seen(const WindowPlan& w, const std::string& from) {
    const auto range = [](const WindowSide& s, const char* tap) {
      const std::string begin = std::string(tap) + " * " + n(s.dilation);
      return begin + ":" + begin + " + " + n((s.out - 1) * s.stride + 1) + ":" + n(s.stride);
    };
    return from + "[:, " + range(w.y, "i") + ", " + range(w.x, "j") + "]";
  }
  static std::string each_tap(const WindowPlan& w) {
    return "    for i in range(" + n(w.y.window) + "):\n        for j in range(" + n(w.x.window) +
           "):\n            ";
  }

  std::string convolution(const ExportedStep& s, std::size_t k, const std::string& in) {
    const WindowPlan& w = s.windows;
    const std::size_t channels = w.channels / w.groups, filters = w.filters / w.groups;
    const std::string weights =
        table("W" + n(k), s.blocks[0].values,
              shape_of({w.groups, filters, channels, w.y.window, w.x.window}));
    std::string code = image(w, in, "0") + "    s = np.zeros((len(v0), " + n(w.y.out) + ", " +
                       n(w.x.out) + ", " + n(w.groups) + ", " + n(filters) + "), NUMBER)\n" +
                       each_tap(w) + "p = " + seen(w, "z") + ".reshape(len(v0), " + n(w.y.out) +
                       ", " + n(w.x.out) + ", " + n(w.groups) + ", " + n(channels) +
                       ")\n            s += np.einsum(\"ryxgc,gfc->ryxgf\", p, " + weights +
                       "[:, :, :, i, j])\n";
    code += "    " + value(static_cast<int>(k)) + " = s.reshape(len(v0), -1)\n";
    if (s.blocks.size() > 1)
      code += "    " + value(static_cast<int>(k)) + " = (s.reshape(len(v0), -1, " + n(w.filters) +
              ") + " + table("B" + n(k), s.blocks[1].values, n(w.filters)) +
              ").reshape(len(v0), -1)\n";
    return code;
  }
  std::string pooling(const ExportedStep& s, std::size_t k, const std::string& in) const {
    const WindowPlan& w = s.windows;
    const std::string out = "    " + value(static_cast<int>(k)) + " = ";
    if (s.kind == Kind::largest)
      return image(w, in, "-np.inf") + "    s = -np.inf\n" + each_tap(w) + "s = np.maximum(s, " +
             seen(w, "z") + ")\n" + out + "s.reshape(len(v0), -1)\n";
    return image(w, in, "0") + "    c = np.pad(np.ones((1, " + n(w.y.in) + ", " + n(w.x.in) +
           ", 1), NUMBER), ((0, 0), (" + n(w.y.before) + ", " +
           n(w.y.extent() - w.y.before - w.y.in) + "), (" + n(w.x.before) + ", " +
           n(w.x.extent() - w.x.before - w.x.in) + "), (0, 0)))\n    s = m = 0\n" + each_tap(w) +
           "s = s + " + seen(w, "z") + "\n            m = m + " + seen(w, "c") + "\n" + out +
           "(s / m).reshape(len(v0), -1)\n";
  }

  std::string self_test() const {
    std::string in, out;
    for (const GoldenExample& e : net_.examples) {
      in += "\n        " + list_of(e.input) + ",";
      out += "\n        " + list_of(e.output) + ",";
    }
    const std::string near = net_.float32 ? "rtol=1e-4, atol=1e-6" : "rtol=1e-10, atol=1e-13";
    return "\n\nif __name__ == \"__main__\":\n    examples = np.array([" + in +
           "\n    ])\n    answers = np.array([" + out +
           "\n    ])\n    found = predict(examples)\n    np.testing.assert_allclose(found, "
           "answers, " +
           near + ")\n    print(len(examples), \"examples agree\")\n";
  }

  const ExportedNetwork& net_;
  std::string tables_;
  std::set<std::string> used_;
};

}  // namespace

std::string python_file(const ExportedNetwork& net) {
  require_kinds(
      net, {Kind::formula, Kind::moves, Kind::dense, Kind::convolution, Kind::largest, Kind::mean},
      "Python");
  return PythonFile(net).text();
}

}  // namespace nnrun::host
