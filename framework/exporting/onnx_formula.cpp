#include "exporting/onnx_formula.hpp"

#include <numbers>
#include <span>

#include "exporting/erfc_series.hpp"
namespace nnrun::host {
namespace {

/// Functions of one number, of operators that every runtime has, in both precisions.
class Functions {
 public:
  explicit Functions(OnnxGraph& graph) : graph_(graph) {}

  std::string of(const std::string& op, const std::vector<std::string>& inputs) {
    return graph_.node(op, inputs);
  }
  std::string number(double x) { return graph_.scalar(x); }
  std::string plus(const std::string& a, double b) { return of("Add", {a, number(b)}); }
  std::string minus(const std::string& a, double b) { return of("Sub", {a, number(b)}); }
  std::string select(const std::string& condition, const std::string& yes, const std::string& no) {
    return of("Where", {condition, yes, no});
  }

  std::string sigmoid(const std::string& x) {
    return of("Div", {number(1), plus(of("Exp", {of("Neg", {x})}), 1)});
  }
  /// y · log(1 + y) / ((1 + y) − 1), where rounding 1 + y is undone: Kahan.
  std::string log1p(const std::string& y) {
    const std::string u = plus(y, 1), undone = minus(u, 1);
    const std::string exact = of("Mul", {of("Log", {u}), of("Div", {y, undone})});
    return select(of("Equal", {u, number(1)}), y, exact);
  }
  /// (u − 1) · x / log(u) where u = exp(x): likewise.
  std::string expm1(const std::string& x) {
    const std::string u = of("Exp", {x}), less = minus(u, 1),
                      exact = of("Mul", {less, of("Div", {x, of("Log", {u})})}),
                      near = of("Less", {of("Abs", {x}), number(1)});
    return select(of("Equal", {u, number(1)}), x, select(near, exact, less));
  }
  std::string softplus(const std::string& x) {
    const std::string tail = log1p(of("Exp", {of("Neg", {of("Abs", {x})})}));
    return of("Add", {tail, select(of("Less", {x, number(0)}), number(0), x)});
  }
  std::string erfc(const std::string& x) {
    const std::string a = of("Abs", {x}), t = of("Div", {number(4), plus(a, 4)}),
                      bell = of("Exp", {of("Neg", {of("Mul", {a, a})})}),
                      y = of("Mul", {bell, of("Mul", {t, polynomial(erfc_series, t)})});
    return select(of("Less", {x, number(0)}), of("Sub", {number(2), y}), y);
  }
  std::string erf(const std::string& x) {
    const std::string a = of("Abs", {x}), near = of("Less", {a, number(0.5)}),
                      z = select(near, of("Mul", {x, x}), number(0.25)),
                      far = of("Mul", {of("Sign", {x}), of("Sub", {number(1), erfc(a)})});
    return select(near, of("Mul", {x, polynomial(erf_series, z)}), far);
  }
  std::string cos(const std::string& x) { return of("Sin", {plus(x, std::numbers::pi / 2)}); }

 private:
  std::string polynomial(std::span<const double> series, const std::string& x) {
    std::string sum = number(series[0]);
    for (const double c : series.subspan(1)) sum = plus(of("Mul", {sum, x}), c);
    return sum;
  }
  OnnxGraph& graph_;
};

constexpr struct {
  std::string_view name;
  const char* op;
} same[]{{"add", "Add"},      {"sub", "Sub"}, {"mul", "Mul"},        {"div", "Div"},
         {"neg", "Neg"},      {"lt", "Less"}, {"le", "LessOrEqual"}, {"eq", "Equal"},
         {"select", "Where"}, {"exp", "Exp"}, {"log", "Log"},        {"tanh", "Tanh"},
         {"sqrt", "Sqrt"},    {"sin", "Sin"}, {"abs", "Abs"},        {"sign", "Sign"}};

constexpr struct {
  std::string_view name;
  std::string (Functions::*made)(const std::string&);
} put_together[]{{"sigmoid", &Functions::sigmoid}, {"log1p", &Functions::log1p},
                 {"expm1", &Functions::expm1},     {"softplus", &Functions::softplus},
                 {"erfc", &Functions::erfc},       {"erf", &Functions::erf},
                 {"cos", &Functions::cos}};

/// Walks a formula.
class OnnxFormula {
 public:
  OnnxFormula(OnnxGraph& graph, const Formula& formula, const std::vector<std::string>& inputs)
      : graph_(graph), lines_(formula.lines), inputs_(inputs) {}

  std::string result() {
    for (std::size_t i = 0; i < lines_.size(); ++i) values_.push_back(value(lines_[i]));
    return values_.back();
  }

 private:
  std::string value(const FormulaLine& line) {
    const std::string_view op = line.name();
    if (op == "input") return inputs_[line.input];
    if (op == "const") return graph_.scalar(line.constant);
    std::vector<std::string> arguments;
    for (int k = 0; k < line.operation->arguments; ++k)
      arguments.push_back(values_[static_cast<std::size_t>(line.arguments[k])]);
    for (const auto& known : same)
      if (known.name == op) return graph_.node(known.op, arguments);
    Functions functions(graph_);
    for (const auto& known : put_together)
      if (known.name == op) return (functions.*known.made)(arguments[0]);
    if (op == "max") return larger(line, arguments);
    if (op == "min")
      return functions.select(functions.of("Less", {arguments[1], arguments[0]}), arguments[1],
                              arguments[0]);
    return of_row(op, arguments[0]);
  }
  std::string of_row(std::string_view op, const std::string& x) {
    const OnnxAttributes last{{"axes", std::vector<std::int64_t>{-1}}};
    if (op == "row_max") return graph_.node("ReduceMax", {x}, last);
    if (op == "row_mean") return graph_.node("ReduceMean", {x}, last);
    return graph_.node("ReduceSum", {x, graph_.counts({-1})});  // its axes are an input
  }

  /// max(a, b) is a < b ? b : a: NaN in a stays, which ONNX's own Max does not promise.
  std::string larger(const FormulaLine& line, const std::vector<std::string>& arguments) {
    for (int k = 0; k < 2; ++k) {
      const FormulaLine& other = lines_[static_cast<std::size_t>(line.arguments[1 - k])];
      if (other.name() == "const" && other.constant == 0)
        return graph_.node("Relu", {arguments[static_cast<std::size_t>(k)]});
    }
    return graph_.node("Where", {graph_.node("Less", arguments), arguments[1], arguments[0]});
  }

  OnnxGraph& graph_;
  const std::vector<FormulaLine>& lines_;
  const std::vector<std::string>& inputs_;
  std::vector<std::string> values_;
};

}  // namespace

std::string onnx_formula(OnnxGraph& graph, const Formula& formula,
                         const std::vector<std::string>& inputs) {
  return OnnxFormula(graph, formula, inputs).result();
}

}  // namespace nnrun::host
