#include "network/formula.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>
namespace nnrun::host {
namespace {

constexpr std::size_t most_lines = 4096, most_ways = 256, most_branches = 64;

// The three that the host writes itself come first.
constexpr std::array operations{Operation{"input", 0, false},   Operation{"select", 3, false},
                                Operation{"const", 0, false},   Operation{"add", 2, false},
                                Operation{"sub", 2, false},     Operation{"mul", 2, false},
                                Operation{"div", 2, false},     Operation{"lt", 2, false},
                                Operation{"le", 2, false},      Operation{"eq", 2, false},
                                Operation{"max", 2, false},     Operation{"min", 2, false},
                                Operation{"neg", 1, false},     Operation{"exp", 1, false},
                                Operation{"expm1", 1, false},   Operation{"log", 1, false},
                                Operation{"log1p", 1, false},   Operation{"tanh", 1, false},
                                Operation{"sigmoid", 1, false}, Operation{"softplus", 1, false},
                                Operation{"sqrt", 1, false},    Operation{"sin", 1, false},
                                Operation{"cos", 1, false},     Operation{"erf", 1, false},
                                Operation{"erfc", 1, false},    Operation{"abs", 1, false},
                                Operation{"sign", 1, false},    Operation{"row_max", 1, true},
                                Operation{"row_sum", 1, true},  Operation{"row_mean", 1, true}};
constexpr const Operation *input_line = &operations[0], *select_line = &operations[1];

/// Walks a formula along all of its branches.
class Tape {
 public:
  Tape(const Object& object, const nnrun_formula& table, const nnrun_plan* plan, std::size_t inputs)
      : object_(object), table_(table), plan_(plan) {
    for (std::size_t k = 0; k < inputs; ++k)
      inputs_.push_back(add({.operation = input_line, .input = k}));
  }

  Formula formula() {
    const int result = walk({});
    Formula out;
    std::vector<int> numbers(lines_.size(), -1);
    write(result, numbers, out);
    return out;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw PluginError(Problem{.what = object_.plugin().label + " cannot be written down: " + why});
  }

  /// Returns the number of the line, an older one if there is the same; -1 if it is wrong or one
  /// too many.
  int add(const FormulaLine& line) {
    for (int i = 0; i < 3; ++i) {
      const bool wanted = i < line.operation->arguments;
      if (wanted != (line.arguments[i] >= 0)) return -1;
      if (wanted && static_cast<std::size_t>(line.arguments[i]) >= lines_.size()) return -1;
    }
    const Key key{line.operation,
                  line.arguments[0],
                  line.arguments[1],
                  line.arguments[2],
                  std::bit_cast<std::uint64_t>(line.constant),
                  line.input};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    if (lines_.size() == most_lines) return -1;
    lines_.push_back(line);
    return known_[key] = static_cast<int>(lines_.size()) - 1;
  }
  static int add_for_plugin(void* self, const char* name, double constant, int a, int b) {
    const auto own = std::ranges::find(operations, std::string_view(name), &Operation::name);
    if (own == operations.end() || &*own == input_line || &*own == select_line) return -1;
    return static_cast<Tape*>(self)->add(
        {.operation = &*own, .arguments = {a, b, -1}, .constant = constant});
  }
  /// A comparison decides a branch of the author's C++: the script says how, and every way is
  /// walked in turn. One comparison has one answer on a way, however often it is asked.
  static int decide_for_plugin(void* tape, int condition) {
    auto* const self = static_cast<Tape*>(tape);
    if (condition < 0 || static_cast<std::size_t>(condition) >= self->lines_.size()) return -1;
    for (const auto& [known, answer] : self->way_)
      if (known == condition) return answer;
    const std::size_t branch = self->way_.size();
    if (branch == most_branches) return -1;
    const bool answer = branch >= self->script_.size() || self->script_[branch];
    self->way_.emplace_back(condition, answer);
    return answer;
  }

  int walk(std::vector<bool> script) {
    if (++ways_ > most_ways) refuse("it has more than 256 ways through its branches");
    script_ = script;
    way_.clear();
    const nnrun_tape tape{sizeof(nnrun_tape), this, add_for_plugin, decide_for_plugin};
    int result = -1;
    if (object_.status_of("formula", table_.trace, plan_, &tape, inputs_.data(),
                          static_cast<std::uint32_t>(inputs_.size()), &result) != 0) {
      const Problem said = take_plugin_error();
      if (said.cause == Cause::no_reason || said.what.empty())
        refuse(
            "it has more than 4096 operations, or 64 branches one behind the other, or a line "
            "that is not known");
      throw PluginError(
          Problem{.what = object_.plugin().label + " cannot be written down: " + said.what,
                  .hint = said.hint});
    }
    if (result < 0 || static_cast<std::size_t>(result) >= lines_.size())
      refuse("its result is not a line of it");
    if (way_.size() <= script.size()) return result;
    const int condition = way_[script.size()].first;
    script.push_back(true);
    const int yes = walk(script);
    script.back() = false;
    const int no = walk(script);
    if (yes == no) return yes;
    const int both = add({.operation = select_line, .arguments = {condition, yes, no}});
    if (both < 0) refuse("it has more than 4096 operations");
    return both;
  }

  /// Writes a line behind those that it needs.
  void write(int line, std::vector<int>& numbers, Formula& out) const {
    if (line < 0 || numbers[static_cast<std::size_t>(line)] >= 0) return;
    FormulaLine own = lines_[static_cast<std::size_t>(line)];
    for (int& argument : own.arguments) {
      write(argument, numbers, out);
      if (argument >= 0) argument = numbers[static_cast<std::size_t>(argument)];
    }
    numbers[static_cast<std::size_t>(line)] = static_cast<int>(out.lines.size());
    out.lines.push_back(own);
  }

  using Key = std::tuple<const Operation*, int, int, int, std::uint64_t, std::size_t>;
  const Object& object_;
  const nnrun_formula& table_;
  const nnrun_plan* plan_;
  std::vector<FormulaLine> lines_;
  std::map<Key, int> known_;
  std::vector<int> inputs_;
  std::vector<std::pair<int, bool>> way_;
  std::vector<bool> script_;
  std::size_t ways_ = 0;
};

template <class T>
T computed_number(std::string_view name, T a, T b, T c) {
  if (name == "add") return a + b;
  if (name == "sub") return a - b;
  if (name == "mul") return a * b;
  if (name == "div") return a / b;
  if (name == "lt") return a < b ? T(1) : T(0);
  if (name == "le") return a <= b ? T(1) : T(0);
  if (name == "eq") return a == b ? T(1) : T(0);
  if (name == "select") return a != T(0) ? b : c;
  if (name == "max") return a < b ? b : a;
  if (name == "min") return b < a ? b : a;
  if (name == "neg") return -a;
  if (name == "exp") return nnrun::exp(a);
  if (name == "expm1") return nnrun::expm1(a);
  if (name == "log") return nnrun::log(a);
  if (name == "log1p") return nnrun::log1p(a);
  if (name == "tanh") return nnrun::tanh(a);
  if (name == "sigmoid") return nnrun::sigmoid(a);
  if (name == "softplus") return nnrun::softplus(a);
  if (name == "sqrt") return nnrun::sqrt(a);
  if (name == "sin") return nnrun::sin(a);
  if (name == "cos") return nnrun::cos(a);
  if (name == "erf") return nnrun::erf(a);
  if (name == "erfc") return nnrun::erfc(a);
  if (name == "abs") return std::abs(a);
  return nnrun::sign(Num<T>(a)).v;
}

template <class T>
T computed_of_row(std::string_view name, const std::vector<T>& x) {
  T result = name == "row_max" ? x[0] : T(0);
  for (const T one : x)
    if (name == "row_max")
      result = one > result ? one : result;
    else
      result += one;
  return name == "row_mean" ? result * (T(1) / static_cast<T>(x.size())) : result;
}

}  // namespace

Formula formula_of_sum() {
  const Operation* const add = std::ranges::find(operations, "add", &Operation::name);
  return {{{.operation = input_line, .input = 0},
           {.operation = input_line, .input = 1},
           {.operation = add, .arguments = {0, 1, -1}}}};
}

bool Formula::of_rows() const {
  return std::ranges::any_of(lines, [](const FormulaLine& l) { return l.operation->of_row; });
}

const nnrun_formula* formula_table_of(const Object& object) {
  const auto* const table = extension_of<nnrun_formula>(object.plugin(), NNRUN_FORMULA);
  return table && table->size >= sizeof(nnrun_formula) ? table : nullptr;
}

Formula formula_of(const Object& object, const nnrun_plan* plan, std::size_t inputs) {
  const nnrun_formula* const table = formula_table_of(object);
  if (!table || table->operation || !table->trace)
    throw PluginError(
        Problem{.what = object.plugin().label + " cannot be written down: it offers no formula"});
  return Tape(object, *table, plan, inputs).formula();
}

template <class T>
std::vector<T> computed(const Formula& formula, std::span<const std::vector<T>> inputs,
                        std::size_t row) {
  std::vector<std::vector<T>> results;
  const std::vector<T> none(row);
  for (const FormulaLine& line : formula.lines) {
    std::vector<T> own(row);
    const auto argument = [&](int i) -> const std::vector<T>& {
      return line.arguments[i] < 0 ? none : results[static_cast<std::size_t>(line.arguments[i])];
    };
    if (line.operation == input_line) {
      const std::vector<T>& given = inputs[line.input];
      for (std::size_t i = 0; i < row; ++i) own[i] = given[given.size() == 1 ? 0 : i];
    } else if (line.name() == "const") {
      std::ranges::fill(own, static_cast<T>(line.constant));
    } else if (line.operation->of_row) {
      std::ranges::fill(own, computed_of_row(line.name(), argument(0)));
    } else {
      for (std::size_t i = 0; i < row; ++i)
        own[i] = computed_number(line.name(), argument(0)[i], argument(1)[i], argument(2)[i]);
    }
    results.push_back(std::move(own));
  }
  return results.back();
}

template std::vector<float> computed(const Formula&, std::span<const std::vector<float>>,
                                     std::size_t);
template std::vector<double> computed(const Formula&, std::span<const std::vector<double>>,
                                      std::size_t);

}  // namespace nnrun::host
