#include "exporting/c_formula.hpp"

#include <algorithm>

#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

/// Loops over the columns between reductions: a column's number that a later loop needs, or that a
/// reduction takes, is an array; everything else is a local of its loop.
class CFormula {
 public:
  CFormula(CText& text, const Formula& formula, const std::vector<CInput>& inputs,
           std::size_t width, bool is_one_block)
      : text_(text),
        lines_(formula.lines),
        inputs_(inputs),
        width_(width),
        is_one_block_(is_one_block),
        places_(lines_.size()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) place(i);
    for (std::size_t i = 0; i < lines_.size(); ++i)
      each_argument(i, [&](Place& a) {
        if (a.is_column && a.stage < places_[i].stage) a.is_array = true;
      });
  }

  std::string code(const std::string& out) {
    std::string body;
    const std::size_t last = places_.back().stage;
    for (std::size_t stage = 0; stage <= last; ++stage) {
      body += of_the_row(stage);
      std::string loop = of_each_column(stage);
      if (stage == last) loop += "        " + out + "[r + i] = " + name(lines_.size() - 1) + ";\n";
      if (!loop.empty()) body += each() + "{\n" + loop + "      }\n";
    }
    return declared() + body;
  }

 private:
  struct Place {
    std::size_t stage = 0;   // how many reductions are before it
    bool is_column = false;  // differs from column to column
    bool is_array = false;
  };

  template <class F>
  void each_argument(std::size_t i, F f) {
    for (int a = 0; a < lines_[i].operation->arguments; ++a)
      f(places_[static_cast<std::size_t>(lines_[i].arguments[a])]);
  }
  void place(std::size_t i) {
    Place& own = places_[i];
    if (is_input(i)) own.is_column = inputs_[lines_[i].input].at != CInput::At::one;
    each_argument(i, [&](Place& a) {
      own.stage = std::max(own.stage, a.stage);
      own.is_column = own.is_column || a.is_column;
    });
    if (!lines_[i].operation->of_row) return;
    own.is_column = false;
    ++own.stage;
    each_argument(i, [&](Place& a) { a.is_array = a.is_column; });
  }

  bool is_input(std::size_t i) const { return lines_[i].name() == "input"; }
  bool is_given(std::size_t i) const { return is_input(i) || lines_[i].name() == "const"; }
  std::string each() const {
    return std::string(is_one_block_ ? "      N_LOOP\n" : "") + "      for (i = 0; i < " +
           n(width_) + "; ++i) ";
  }

  std::string name(std::size_t line, const std::string& index = "i") const {
    const FormulaLine& own = lines_[line];
    if (own.name() == "const") return text_.number(own.constant);
    if (is_input(line)) {
      const CInput& input = inputs_[own.input];
      if (input.at == CInput::At::one) return input.array + "[0]";
      return input.array + (input.at == CInput::At::output ? "[r + " : "[") + index + "]";
    }
    return "t" + n(line) + (places_[line].is_array ? "[" + index + "]" : "");
  }
  std::string argument(std::size_t line, int a, const std::string& index = "i") const {
    return name(static_cast<std::size_t>(lines_[line].arguments[a]), index);
  }

  std::string declared() const {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (is_given(i) || (places_[i].is_column && !places_[i].is_array)) continue;
      out += "      N_number t" + n(i) + (places_[i].is_array ? "[" + n(width_) + "]" : "") + ";\n";
    }
    return out;
  }

  std::string of_the_row(std::size_t stage) {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (places_[i].is_column || places_[i].stage != stage || is_given(i)) continue;
      out += lines_[i].operation->of_row ? reduction(i)
                                         : "      t" + n(i) + " = " + expression(i) + ";\n";
    }
    return out;
  }
  std::string reduction(std::size_t i) const {
    const std::string t = "t" + n(i), a = argument(i, 0);
    if (lines_[i].name() == "row_max")
      return "      " + t + " = " + argument(i, 0, "0") + ";\n" + each() + t + " = " + a + " > " +
             t + " ? " + a + " : " + t + ";\n";
    std::string out = "      " + t + " = 0;\n" + each() + t + " += " + a + ";\n";
    if (lines_[i].name() == "row_mean")
      out += "      " + t + " *= (N_number)1 / (N_number)" + n(width_) + ";\n";
    return out;
  }
  std::string of_each_column(std::size_t stage) {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (places_[i].is_column && places_[i].stage == stage && !is_given(i))
        out += std::string("        ") + (places_[i].is_array ? "" : "const N_number ") + name(i) +
               " = " + expression(i) + ";\n";
    return out;
  }

  std::string expression(std::size_t i) {
    const auto a = [&](int k) { return argument(i, k); };
    const auto infix = [&](const char* op) { return a(0) + op + a(1); };
    const std::string_view op = lines_[i].name();
    if (op == "add") return infix(" + ");
    if (op == "sub") return infix(" - ");
    if (op == "mul") return infix(" * ");
    if (op == "div") return infix(" / ");
    if (op == "neg") return "-" + a(0);
    if (op == "lt") return "(N_number)(" + infix(" < ") + ")";
    if (op == "le") return "(N_number)(" + infix(" <= ") + ")";
    if (op == "eq") return "(N_number)(" + infix(" == ") + ")";
    if (op == "select") return a(0) + " != (N_number)0 ? " + a(1) + " : " + a(2);
    if (op == "max") return a(0) + " < " + a(1) + " ? " + a(1) + " : " + a(0);
    if (op == "min") return a(1) + " < " + a(0) + " ? " + a(1) + " : " + a(0);
    return text_.function(op) + "(" + a(0) + ")";
  }

  CText& text_;
  const std::vector<FormulaLine>& lines_;
  const std::vector<CInput>& inputs_;
  std::size_t width_;
  bool is_one_block_;  // of which a compiler makes vectors only if it does not write the loop out
  std::vector<Place> places_;
};

}  // namespace

std::string c_formula(CText& text, const Formula& formula, const std::vector<CInput>& inputs,
                      const std::string& out, std::size_t cols, std::size_t width) {
  return "    size_t r;\n    for (r = 0; r < " + n(cols) + "; r += " + n(width) + ") {\n" +
         CFormula(text, formula, inputs, width, cols == width && width > 1).code(out) + "    }\n";
}

}  // namespace nnrun::host
