#include "exporting/python_formula.hpp"

#include <algorithm>
#include <cctype>

#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

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

std::string python_name(const std::string& name) {
  std::string out;
  for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return out + "_";
}

std::string python_expression(PythonText& text, const FormulaLine& line,
                              const std::vector<std::string>& names) {
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
    text.use(op);
    return std::string(op) + "(" + a(0) + ")";
  }
  return "np." + std::string(op) + "(" + a(0) + ")";
}

}  // namespace

std::string python_formula(PythonText& text, const ExportedStep& s, std::size_t k) {
  const std::string group =
      ".reshape(len(v0), " + n(s.cols / s.features) + ", " + n(s.features) + ")";
  std::vector<std::string> names;
  std::string code;
  const auto input = [&](std::size_t i) -> std::string {
    if (i < s.inputs.size()) return PythonText::value(s.inputs[i]) + group;
    const ExportedBlock& block = s.blocks[i - s.inputs.size()];
    const bool whole = block.values.size() == s.cols && s.cols != s.features;
    return text.table(
        python_name(block.name) + n(k), block.values,
        whole ? std::vector{s.cols / s.features, s.features} : std::vector{block.values.size()});
  };
  for (std::size_t i = 0; i < s.formula.lines.size(); ++i) {
    const FormulaLine& line = s.formula.lines[i];
    if (line.name() == "const") {
      names.push_back("NUMBER(" + PythonText::literal(line.constant) + ")");
      continue;
    }
    names.push_back("t" + n(i));
    code += "    t" + n(i) + " = " +
            (line.name() == "input" ? input(line.input) : python_expression(text, line, names)) +
            "\n";
  }
  return code + PythonText::assign(k) + "np.broadcast_to(" + names.back() + ", (len(v0), " +
         n(s.cols / s.features) + ", " + n(s.features) + ")).reshape(len(v0), " + n(s.cols) + ")\n";
}

std::string python_functions(const PythonText& text) {
  const std::set<std::string>& used = text.used();
  std::string functions;
  for (const auto& [name, code] : helpers)
    if (used.contains(std::string(name)) || (name == "erfc" && used.contains("erf")))
      functions += "\n\n" + std::string(code);
  return functions;
}

}  // namespace nnrun::host
