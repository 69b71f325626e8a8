// Formulas as people write them: sums of products of powers, functions, names.
#include <algorithm>
#include <array>
#include <cmath>
#include <nnrun/number_text.hpp>
#include <nnrun/plugin.hpp>
#include <numbers>
#include <optional>

#include "expression.hpp"

namespace formulas {
namespace {

constexpr std::size_t longest_formula = 1000, deepest = 50;

struct Function {
  const char* name;
  Op op;
  unsigned values;
};
constexpr std::array functions{
    Function{"exp", Op::exp, 1},           Function{"expm1", Op::expm1, 1},
    Function{"log", Op::log, 1},           Function{"log1p", Op::log1p, 1},
    Function{"tanh", Op::tanh, 1},         Function{"sigmoid", Op::sigmoid, 1},
    Function{"softplus", Op::softplus, 1}, Function{"sqrt", Op::sqrt, 1},
    Function{"sin", Op::sin, 1},           Function{"cos", Op::cos, 1},
    Function{"erf", Op::erf, 1},           Function{"erfc", Op::erfc, 1},
    Function{"abs", Op::abs, 1},           Function{"sign", Op::sign, 1},
    Function{"max", Op::max, 2},           Function{"min", Op::min, 2},
    Function{"where", Op::where, 3}};

/// What people who know other tools write, and how it is written here.
struct Rewritten {
  std::string_view theirs, ours;
};
constexpr std::array rewritten{Rewritten{"pow", "a power is written x^2"},
                               Rewritten{"square", "a power is written x^2"},
                               Rewritten{"relu", "write max(x, 0)"},
                               Rewritten{"leaky_relu", "write max(x, 0.01 * x)"},
                               Rewritten{"leaky", "write max(x, 0.01 * x)"},
                               Rewritten{"elu", "write where(x > 0, x, expm1(x))"},
                               Rewritten{"silu", "write x * sigmoid(x)"},
                               Rewritten{"swish", "write x * sigmoid(x)"},
                               Rewritten{"mish", "write x * tanh(softplus(x))"},
                               Rewritten{"gelu", "write x * (1 + erf(x / sqrt(2))) / 2"},
                               Rewritten{"softsign", "write x / (1 + abs(x))"},
                               Rewritten{"step", "write where(x > 0, 1, 0)"},
                               Rewritten{"heaviside", "write where(x > 0, 1, 0)"},
                               Rewritten{"if", "write where(x > 0, x, 0)"},
                               Rewritten{"clip", "write min(max(x, -1), 1)"},
                               Rewritten{"clamp", "write min(max(x, -1), 1)"},
                               Rewritten{"logistic", "write sigmoid(x)"},
                               Rewritten{"sgn", "write sign(x)"},
                               Rewritten{"fabs", "write abs(x)"},
                               Rewritten{"ln", "write log(x)"},
                               Rewritten{"log2", "write log(x) / log(2)"},
                               Rewritten{"log10", "write log(x) / log(10)"},
                               Rewritten{"exp2", "write 2^x"},
                               Rewritten{"tan", "write sin(x) / cos(x)"},
                               Rewritten{"sinh", "write (exp(x) - exp(-x)) / 2"},
                               Rewritten{"cosh", "write (exp(x) + exp(-x)) / 2"}};

struct Known {
  const char* name;
  double value;
};
constexpr std::array constants{Known{"pi", std::numbers::pi}, Known{"e", std::numbers::e}};

template <class Table>
auto named(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(), [&](const auto& x) { return x.name == name; });
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Parser {
 public:
  Parser(std::string_view text, std::span<const char* const> inputs,
         std::span<const NamedNumber> numbers, Expression& out)
      : text_(text), inputs_(inputs), numbers_(numbers), out_(out), used_(numbers.size()) {}

  int whole() {
    if (text_.size() > longest_formula)
      throw Fault{longest_formula, 1, "the formula is longer than 1000 characters"};
    const int result = sum();
    if (at_ < text_.size()) refuse_rest();
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (!used_[i])
        throw Fault{0, 0, "the formula does not use '" + numbers_[i].name + "'",
                    "delete it; '" + numbers_[i].name + ": null' drops one that a parent gives",
                    numbers_[i].name};
    return result;
  }

 private:
  char next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (next() != wanted) return false;
    ++at_;
    return true;
  }
  std::string shown() {
    std::size_t length = 1;  // of the whole letter, which may have several bytes
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80)
      ++length;
    return "'" + std::string(text_.substr(at_, length)) + "'";
  }

  [[noreturn]] void refuse_rest() {
    const char c = next();
    if (c == ')') throw Fault{at_, 1, "this ')' closes nothing", "delete it"};
    if (c == '<' || c == '>' || c == '=')
      throw Fault{at_, 1, "a comparison is the first value of where(...)",
                  "write where(x > 0, x, 0)"};
    throw Fault{at_, 1, "an operator is missing before " + shown(), "operators are + - * / and ^"};
  }
  [[noreturn]] void refuse_missing() {
    const bool ends = next() == '\0';
    if (!ends && text_[at_] == '*' && at_ > 0 && text_[at_ - 1] == '*')
      throw Fault{at_ - 1, 2, "'**' is not an operator", "a power is written x^2"};
    throw Fault{ends && at_ > 0 ? at_ - 1 : at_, 1,
                ends ? "the formula ends where a value should follow"
                     : "a value is missing before " + shown(),
                "a value is a number, a name, a function such as exp(x), or a sum in brackets"};
  }

  struct Level {
    Parser& parser;
    explicit Level(Parser& p) : parser(p) {
      if (++parser.depth_ > deepest)
        throw Fault{parser.at_, 1, "the formula is nested more than 50 deep"};
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --parser.depth_; }
  };

  int sum() {
    const Level level(*this);
    int left = product();
    for (;;) {
      if (take('+'))
        left = out_.add(Op::add, left, product());
      else if (take('-'))
        left = out_.add(Op::sub, left, product());
      else
        return left;
    }
  }
  int product() {
    int left = signed_power();
    for (;;) {
      if (take('*'))
        left = out_.add(Op::mul, left, signed_power());
      else if (take('/'))
        left = out_.add(Op::div, left, signed_power());
      else
        return left;
    }
  }
  /// -x^2 is -(x^2), and 2^-x is 2^(-x).
  int signed_power() {
    const Level level(*this);
    if (take('-')) return out_.add(Op::neg, signed_power());
    if (take('+')) return signed_power();
    const int base = value();
    if (!take('^')) return base;
    const int exponent = signed_power();
    if (out_.is_constant(exponent)) return out_.power(base, out_[exponent].value);
    return power(base, exponent);
  }
  /// By the logarithm, which 0 has none of: 0^0 is 1.
  int power(int base, int exponent) {
    const int all = out_.add(Op::exp, out_.add(Op::mul, exponent, out_.add(Op::log, base)));
    if (out_.is_constant(base)) return all;
    const int size = out_.add(Op::add, out_.add(Op::abs, base), out_.add(Op::abs, exponent));
    const int both_are_0 = out_.add(Op::less_equal, size, out_.constant(0));
    return out_.add(Op::where, both_are_0, out_.constant(1), all);
  }
  int value() {
    const char c = next();
    if (is_digit(c) || c == '.') return number();
    if (is_letter(c)) return name();
    if (!take('(')) refuse_missing();
    const std::size_t opened = at_ - 1;
    const int inside = sum();
    close(opened);
    return inside;
  }
  void close(std::size_t opened) {
    if (take(')')) return;
    if (next() == '\0') throw Fault{opened, 1, "this '(' is not closed"};
    refuse_rest();
  }
  int number() {
    std::size_t end = at_;
    const auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    digits();
    if (end < text_.size() && text_[end] == '.') ++end, digits();
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t exponent = end + 1;
      if (exponent < text_.size() && (text_[exponent] == '-' || text_[exponent] == '+')) ++exponent;
      if (exponent < text_.size() && is_digit(text_[exponent])) end = exponent, digits();
    }
    const std::string_view word = text_.substr(at_, end - at_);
    double value = 0;
    const auto [last, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || last != word.data() + word.size() || !std::isfinite(value))
      throw Fault{at_, word.size(), "'" + std::string(word) + "' is not a number"};
    if (end < text_.size() && is_letter(text_[end]))
      throw Fault{end, 1, "an operator is missing before '" + std::string(1, text_[end]) + "'",
                  "write 2 * x, not 2x"};
    at_ = end;
    return out_.constant(value);
  }

  int name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string word(text_.substr(from, at_ - from));
    const auto function = named(functions, word);
    if (next() == '(') {
      if (function != functions.end()) return call(*function, from);
      refuse_function(word, from);
    }
    if (const auto found = named_value(word)) return *found;
    if (function != functions.end())
      throw Fault{from, word.size(), "'" + word + "' is a function", "write " + word + "(...)"};
    const std::string what = "unknown name '" + word + "' in a formula";
    if (is_input_elsewhere(word)) throw Fault{from, word.size(), what, about_inputs(inputs_)};
    throw Fault{from, word.size(), what, "give it a value beside the formula: '" + word + ": 1'",
                word};
  }
  [[noreturn]] void refuse_function(const std::string& word, std::size_t from) {
    if (named_value(word))
      throw Fault{from, word.size(), "'" + word + "' is not a function",
                  "write " + word + " * (...)"};
    const std::string what = "unknown function '" + word + "'";
    const auto other = std::find_if(rewritten.begin(), rewritten.end(),
                                    [&](const Rewritten& r) { return r.theirs == word; });
    if (other != rewritten.end()) throw Fault{from, word.size(), what, of_input(other->ours)};
    Fault fault{from, word.size(), what, "functions are", word};
    for (const std::string& name : known_functions())
      fault.hint += (name == functions.front().name ? " " : ", ") + name;
    fault.is_function = true;
    throw fault;
  }
  /// Returns words about x as words about what this formula is given.
  std::string of_input(std::string_view words) const {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool alone = words[i] == 'x' && (i == 0 || !is_letter(words[i - 1])) &&
                         (i + 1 == words.size() || !is_letter(words[i + 1]));
      out += alone ? std::string(inputs_.front()) : std::string(1, words[i]);
    }
    return out;
  }
  /// Returns whether a name is one that another kind of formula, or another tool, has for a number
  /// that it is given: no number beside the formula is meant.
  static bool is_input_elsewhere(std::string_view word) {
    constexpr std::array<std::string_view, 14> words{"x",     "y",      "t",      "X",    "Y",
                                                     "T",     "z",      "output", "pred", "target",
                                                     "input", "y_true", "y_pred", "y_hat"};
    return std::count(words.begin(), words.end(), word) > 0;
  }
  std::optional<int> named_value(const std::string& word) {
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      if (inputs_[k] == word) return out_.input(k);
    for (std::size_t i = 0; i < numbers_.size(); ++i)
      if (numbers_[i].name == word) {
        used_[i] = true;
        return out_.constant(numbers_[i].value);
      }
    if (const auto known = named(constants, word); known != constants.end())
      return out_.constant(known->value);
    return std::nullopt;
  }

  int call(const Function& function, std::size_t from) {
    const std::size_t opened = at_++;
    std::vector<int> values;
    if (next() != ')') do {
        values.push_back(function.op == Op::where && values.empty() ? comparison() : sum());
      } while (take(','));
    close(opened);
    if (values.size() != function.values)
      throw Fault{from, at_ - from,
                  "'" + std::string(function.name) + "' takes " + std::to_string(function.values) +
                      (function.values == 1 ? " value, not " : " values, not ") +
                      std::to_string(values.size())};
    values.resize(3, -1);
    return out_.add(function.op, values[0], values[1], values[2]);
  }
  int comparison() {
    const int left = sum();
    const char c = next();
    if (c != '<' && c != '>')
      throw Fault{at_ < text_.size() ? at_ : at_ - 1, 1,
                  "the first value of where(...) is a comparison", "write where(x > 0, x, 0)"};
    ++at_;
    const Op op = at_ < text_.size() && text_[at_] == '=' ? (++at_, Op::less_equal) : Op::less;
    const int right = sum();
    return c == '<' ? out_.add(op, left, right) : out_.add(op, right, left);
  }

  std::string_view text_;
  std::span<const char* const> inputs_;
  std::span<const NamedNumber> numbers_;
  Expression& out_;
  std::vector<bool> used_;
  std::size_t at_ = 0, depth_ = 0;
};

template <class Table>
std::vector<std::string> names_in(const Table& table) {
  std::vector<std::string> names;
  for (const auto& x : table) names.emplace_back(x.name);
  return names;
}

}  // namespace

std::vector<std::string> known_functions() {
  return names_in(functions);
}
std::vector<std::string> known_constants() {
  return names_in(constants);
}
std::string about_inputs(std::span<const char* const> inputs) {
  return inputs.size() == 2 ? "in a cost, y is the output and t the target"
                            : "what this formula is given is called '" +
                                  std::string(inputs.front()) + "'; y and t are names in a cost";
}

std::vector<NamedNumber> numbers_of(std::span<const char* const> texts,
                                    std::span<const char* const> inputs) {
  std::vector<NamedNumber> numbers;
  for (const std::string_view text : texts) {
    const std::size_t equals = text.find('=');
    const std::string name(text.substr(0, equals));
    double value = 0;
    const bool is_number = equals != text.npos && nnrun::is_number(text.substr(equals + 1), value);
    const auto refuse = [&](const std::string& what, std::string hint = {}) {
      throw Fault{0, 0, what, std::move(hint), name};
    };
    const bool fits =
        !name.empty() && is_letter(name[0]) &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
    if (!fits)
      refuse("'" + name + "' cannot be a name in a formula", "use letters, digits and '_'");
    if (!is_number || !std::isfinite(value))
      refuse("'" + std::string(text) + "' is not a number with a name", "write beta=1.5");
    if (named(functions, name) != functions.end() || named(constants, name) != constants.end() ||
        std::count(inputs.begin(), inputs.end(), name) > 0)
      refuse("'" + name + "' has a meaning of its own in a formula",
             "give the number another name");
    if (named(numbers, name) != numbers.end()) refuse("'" + name + "' has two values");
    numbers.push_back({name, value});
  }
  return numbers;
}

int parse(std::string_view text, std::span<const char* const> inputs,
          std::span<const NamedNumber> numbers, Expression& out) {
  return Parser(text, inputs, numbers, out).whole();
}

}  // namespace formulas
