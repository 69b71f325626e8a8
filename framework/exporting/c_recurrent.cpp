#include "exporting/c_recurrent.hpp"

#include <algorithm>

#include "exporting/c_product.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

std::size_t gates_of(const RecurrentPlan& plan) {
  return plan.cell == "lstm" ? 4 : plan.cell == "gru" ? 3 : 1;
}

/// One direction. The array of its own holds the outputs of the last step, the cells of lstm, what
/// the gates are given and then give, and what gru multiplies the reset gate with.
class CDirection {
 public:
  CDirection(CText& text, const ExportedStep& step, std::size_t direction, const std::string& name,
             const std::string& spare)
      : text_(text),
        step_(step),
        plan_(step.recurrent),
        direction_(direction),
        name_(name),
        spare_(spare),
        u_(plan_.units) {}

  std::string code(const std::string& in, const std::string& out) {
    const bool backwards = plan_.backwards || direction_ == 1;
    const std::string last = n(plan_.steps - 1), features = n(plan_.features);
    std::string given = change();
    if (plan_.skip)
      given = "      int seen = 0;\n      for (i = 0; i < " + features +
              "; ++i) seen |= x[i] != " + text_.number(*plan_.skip) + ";\n      if (seen) {\n" +
              given + "      }\n";
    return each(gates_at(), spare_ + "[m] = 0;") + "    for (k = 0; k < " + n(plan_.steps) +
           "; ++k) {\n      const size_t t = " + (backwards ? last + " - k" : "k") +
           ";\n      const N_number *const x = " + in + " + t * " + features + ";\n" + given +
           (plan_.sequences ? give(out) : "") + "    }\n" + (plan_.sequences ? "" : give(out));
  }

  /// Numbers of the array.
  static std::size_t size(const RecurrentPlan& plan) {
    const std::size_t states = plan.cell == "lstm" ? 2 : 1,
                      extra = plan.cell == "simple_rnn" ? 0 : 1;
    return (states + gates_of(plan) + extra) * plan.units;
  }

 private:
  // Where things are in the array.
  std::size_t cells_at() const { return u_; }
  std::size_t gates_at() const { return plan_.cell == "lstm" ? 2 * u_ : u_; }
  std::size_t gate_at(std::size_t gate) const { return gates_at() + gate * u_; }
  std::size_t extra_at() const { return gate_at(gates_of(plan_)); }
  std::string at(std::size_t from) const {
    return spare_ + "[" + (from > 0 ? n(from) + " + " : "") + "m]";
  }
  std::string array_at(std::size_t from) const {
    return from > 0 ? "(" + spare_ + " + " + n(from) + ")" : spare_;
  }
  static std::string each(std::size_t count, const std::string& statement) {
    return "      for (m = 0; m < " + n(count) + "; ++m) " + statement + "\n";
  }

  const ExportedBlock& block(std::size_t k) const {
    return step_.blocks[direction_ * (step_.blocks.size() / plan_.directions) + k];
  }
  /// The product of an array with the units of some gates: of block 0, the inputs; of 1, the
  /// states.
  std::string product(const char* what, std::size_t of, const std::string& in, std::size_t gate,
                      std::size_t gates, std::size_t to, bool adds, std::size_t bias_row) {
    const std::size_t inputs = of == 0 ? plan_.features : u_, units = gates * u_;
    const std::string name = std::string(what) + "_" + name_;
    const bool has_bias = plan_.has_bias && (bias_row == 0 ? of == 0 : two_biases());
    std::string bias;
    if (has_bias) {
      const double* const from = block(2).values.data() + (bias_row * gates_of(plan_) + gate) * u_;
      std::vector<double> b(from, from + units);
      b.resize(whole_units(units));
      bias = text_.table("N_bias_of_" + name, b);
    }
    return c_product_by_lanes(
        text_,
        {.in = in,
         .out = array_at(to),
         .weights = text_.table(
             "N_weights_of_" + name,
             turned_weights(block(of).values.data() + gate * u_ * inputs, units, inputs)),
         .bias = bias,
         .inputs = inputs,
         .units = units,
         .adds = adds,
         .fused = step_.fused},
        "N_lanes_of_" + name);
  }
  bool two_biases() const { return plan_.cell == "gru" && plan_.reset_after; }

  /// Some numbers of the array go through a function.
  std::string bent(const std::string& bend, std::size_t from, std::size_t count) {
    const std::string x = at(from);
    if (bend == "none") return "";
    if (bend == "relu") return each(count, x + " = " + x + " < 0 ? 0 : " + x + ";");
    if (bend != "hard_sigmoid")
      return each(count, x + " = " + text_.function(bend) + "(" + x + ");");
    return each(count, "{\n        const N_number b = " + x +
                           " + 3, above = b < 0 ? 0 : b;\n        " + x +
                           " = (above > 6 ? 6 : above) / 6;\n      }");
  }

  /// The state changes by the inputs of a step, x.
  std::string change() {
    const std::size_t gates = gates_of(plan_);
    const std::string inputs = product("inputs", 0, "x", 0, gates, gates_at(), false, 0);
    if (plan_.cell == "gru") return inputs + change_of_gru();
    const std::string states =
        inputs + product("states", 1, array_at(0), 0, gates, gates_at(), true, 0);
    if (plan_.cell == "lstm") return states + change_of_lstm();
    return states + bent(plan_.state, gates_at(), u_) +
           each(u_, at(0) + " = " + at(gates_at()) + ";");
  }
  std::string change_of_lstm() {
    const std::string cell = at(cells_at()), extra = at(extra_at());
    return bent(plan_.gate, gate_at(0), 2 * u_) + bent(plan_.state, gate_at(2), u_) +
           bent(plan_.gate, gate_at(3), u_) +
           each(u_, extra + " = " + cell + " = " + at(gate_at(1)) + " * " + cell + " + " +
                        at(gate_at(0)) + " * " + at(gate_at(2)) + ";") +
           bent(plan_.state, extra_at(), u_) +
           each(u_, at(0) + " = " + at(gate_at(3)) + " * " + extra + ";");
  }
  std::string change_of_gru() {
    const std::string h = at(0), z = at(gate_at(0)), r = at(gate_at(1)), candidate = at(gate_at(2)),
                      extra = at(extra_at());
    std::string code = product("states", 1, array_at(0), 0, 2, gates_at(), true, 1) +
                       bent(plan_.gate, gates_at(), 2 * u_);
    if (plan_.reset_after)
      code += product("reset", 1, array_at(0), 2, 1, extra_at(), false, 1) +
              each(u_, candidate + " += " + r + " * " + extra + ";");
    else
      code += each(u_, extra + " = " + r + " * " + h + ";") +
              product("reset", 1, array_at(extra_at()), 2, 1, gate_at(2), true, 1);
    return code + bent(plan_.state, gate_at(2), u_) +
           each(u_, h + " = " + z + " * " + h + " + (1 - " + z + ") * " + candidate + ";");
  }

  /// The outputs of a direction come together with those of the other one.
  std::string give(const std::string& out) const {
    const bool both = plan_.directions == 2, beside = both && plan_.merge == "concat";
    const std::size_t width = beside ? 2 * u_ : u_;
    std::string place;
    if (plan_.sequences) place = std::string(both ? "t" : "k") + " * " + n(width) + " + ";
    if (beside && direction_ == 1) place += n(u_) + " + ";
    const std::string y = out + "[" + place + "m]",
                      h = plan_.zeros_skipped ? "(seen ? " + at(0) + " : 0)" : at(0);
    if (!both || beside || direction_ == 0) return each(u_, y + " = " + h + ";");
    if (plan_.merge == "average")
      return each(u_, y + " = (" + y + " + " + h + ") * (N_number)0.5;");
    return each(u_, y + (plan_.merge == "sum" ? " += " : " *= ") + h + ";");
  }

  CText& text_;
  const ExportedStep& step_;
  const RecurrentPlan& plan_;
  std::size_t direction_;
  std::string name_, spare_;
  std::size_t u_;
};

}  // namespace

std::size_t c_spare_of_recurrent(const ExportedStep& step) {
  return CDirection::size(step.recurrent);
}

std::string c_recurrent(CText& text, const ExportedStep& step, std::size_t k, const std::string& in,
                        const std::string& out, const std::string& spare) {
  std::string code = "    size_t m, k;\n";
  for (std::size_t d = 0; d < step.recurrent.directions; ++d)
    code += CDirection(text, step, d, n(k) + (d == 0 ? "" : "_back"), spare).code(in, out);
  return code;
}

}  // namespace nnrun::host
