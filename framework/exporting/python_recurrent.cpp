#include "exporting/digits.hpp"
#include "exporting/python_layers.hpp"
namespace nnrun::host {
namespace {

/// Lines of one direction, which leave `h`, and in `all` the outputs of the steps as they are made.
class PythonDirection {
 public:
  PythonDirection(PythonText& text, const ExportedStep& step, std::size_t direction,
                  const std::string& name)
      : text_(text), step_(step), plan_(step.recurrent), direction_(direction), name_(name) {}

  std::string code() {
    const bool backwards = plan_.backwards || direction_ == 1;
    const std::string steps = "range(" + n(plan_.steps) + ")";
    std::string code = "    h = c = np.zeros((len(v0), " + n(plan_.units) +
                       "), NUMBER)\n    all = []\n    for t in " +
                       (backwards ? "reversed(" + steps + ")" : steps) + ":\n";
    add(code, "x = s[:, t]");
    add(code, "z = x @ " + block(0) + ".T" + (plan_.has_bias ? " + " + bias(0) : ""));
    if (plan_.cell == "gru")
      add_gru(code);
    else
      add(code, "z = z + h @ " + block(1) + ".T");
    if (plan_.cell == "lstm") {
      add(code, "i, f, g, o = np.split(z, 4, -1)");
      add(code, "d = " + bent(plan_.gate, "f") + " * c + " + bent(plan_.gate, "i") + " * " +
                    bent(plan_.state, "g"));
      add(code, "y = " + bent(plan_.gate, "o") + " * " + bent(plan_.state, "d"));
    } else if (plan_.cell == "simple_rnn") {
      add(code, "y = " + bent(plan_.state, "z"));
    }
    add_states(code);
    return code;
  }

 private:
  static void add(std::string& code, const std::string& line) { code += "        " + line + "\n"; }

  void add_states(std::string& code) {
    const bool lstm = plan_.cell == "lstm";
    if (plan_.skip) {
      add(code, "skipped = (x == NUMBER(" + PythonText::literal(*plan_.skip) +
                    ")).all(-1, keepdims=True)");
      add(code, "y = np.where(skipped, h, y)");
      if (lstm) add(code, "d = np.where(skipped, c, d)");
    }
    add(code, lstm ? "h, c = y, d" : "h = y");
    add(code,
        plan_.zeros_skipped ? "all.append(np.where(skipped, NUMBER(0), h))" : "all.append(h)");
  }
  void add_gru(std::string& code) {
    const std::string two = n(2 * plan_.units), states = block(1);
    const bool has_bias = plan_.has_bias && plan_.reset_after;
    const std::string b = has_bias ? bias(1) : "";
    const std::string gates = "z[:, :" + two + "] + h @ " + states + "[:" + two + "].T" +
                              (has_bias ? " + " + b + "[:" + two + "]" : "");
    add(code, "g = z[:, " + two + ":]");
    add(code, "z, r = np.split(" + bent(plan_.gate, gates) + ", 2, -1)");
    if (plan_.reset_after)
      add(code, "g = g + r * (h @ " + states + "[" + two + ":].T" +
                    (has_bias ? " + " + b + "[" + two + ":]" : "") + ")");
    else
      add(code, "g = g + (r * h) @ " + states + "[" + two + ":].T");
    add(code, "y = z * h + (1 - z) * " + bent(plan_.state, "g"));
  }

  std::string block(std::size_t k) {
    const ExportedBlock& own = block_of(k);
    const std::string name = std::string(k == 0 ? "K" : "R") + name_;
    if (made_[k].empty()) made_[k] = text_.table(name, own.values, own.shape);
    return made_[k];
  }
  std::string bias(std::size_t row) {
    const ExportedBlock& own = block_of(2);
    if (made_[2].empty()) made_[2] = text_.table("B" + name_, own.values, own.shape);
    return made_[2] + (own.shape.size() == 2 ? "[" + n(row) + "]" : "");
  }
  const ExportedBlock& block_of(std::size_t k) const {
    return step_.blocks[direction_ * (step_.blocks.size() / plan_.directions) + k];
  }
  std::string bent(const std::string& bend, const std::string& x) {
    if (bend == "none") return x;
    if (bend == "tanh") return "np.tanh(" + x + ")";
    if (bend == "relu") return "np.maximum(" + x + ", 0)";
    if (bend == "hard_sigmoid") return "np.clip(" + x + " + 3, 0, 6) / 6";
    text_.use(bend);
    return bend + "(" + x + ")";
  }

  PythonText& text_;
  const ExportedStep& step_;
  const RecurrentPlan& plan_;
  std::size_t direction_;
  std::string name_;
  std::string made_[3];  // names of tables
};

std::string python_merged(const std::string& merge) {
  if (merge == "concat") return "np.concatenate([one, two], -1)";
  if (merge == "sum") return "one + two";
  return merge == "average" ? "(one + two) * NUMBER(0.5)" : "one * two";
}

}  // namespace

std::string python_recurrent(PythonText& text, const ExportedStep& step, std::size_t k) {
  const RecurrentPlan& plan = step.recurrent;
  std::string code = "    s = " + PythonText::value(step.inputs[0]) + ".reshape(len(v0), " +
                     n(plan.steps) + ", " + n(plan.features) + ")\n";
  for (std::size_t d = 0; d < plan.directions; ++d) {
    const bool back = d == 1;
    code += PythonDirection(text, step, d, n(k) + (back ? "_back" : "")).code() +
            (back ? "    two = " : "    one = ") +
            (!plan.sequences ? "h"
             : back          ? "np.stack(all[::-1], 1)"
                             : "np.stack(all, 1)") +
            "\n";
  }
  const std::string y = plan.directions == 2 ? python_merged(plan.merge) : "one";
  return code + PythonText::assign(k) + "(" + y + ").reshape(len(v0), " + n(step.cols) + ")\n";
}

}  // namespace nnrun::host
