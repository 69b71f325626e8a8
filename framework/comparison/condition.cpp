#include "comparison/condition.hpp"

#include <cmath>
#include <optional>

#include "base/did_you_mean.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// Parses a sum of products of atoms by recursive descent.
class Condition {
 public:
  Condition(const std::string& text, const std::vector<std::string>& names)
      : text_(text), names_(names) {
    name = word();
    if (std::ranges::find(names_, name) == names_.end())
      refuse(name.empty() ? "it must start with the name of a metric"
                          : "'" + name + "' is not what is compared",
             did_you_mean(name, names_));
    for (const char* known : {"<=", ">=", "==", "!=", "<", ">"})
      if (comparison.empty() && accept(known)) comparison = known;
    if (comparison.empty()) refuse("after '" + name + "' comes <, <=, >, >=, == or !=");
    start_ = at_;
    baseline_ = 0;
    sum();
    skip();
    if (at_ != text_.size()) refuse("'" + text_.substr(at_) + "' is not understood");
  }

  bool met(double value, double baseline) {
    baseline_ = baseline;
    at_ = start_;
    const double limit = sum();
    if (comparison == "<") return value < limit;
    if (comparison == "<=") return value <= limit;
    if (comparison == ">") return value > limit;
    if (comparison == ">=") return value >= limit;
    return (value == limit) == (comparison == "==");
  }

  std::string name, comparison;

 private:
  double sum() {
    double value = product();
    for (;;) {
      if (accept("+"))
        value += product();
      else if (accept("-"))
        value -= product();
      else
        return value;
    }
  }
  double product() {
    double value = atom();
    for (;;) {
      if (accept("*"))
        value *= atom();
      else if (accept("/"))
        value /= atom();
      else
        return value;
    }
  }
  double atom() {
    if (++depth_ > 100) refuse("it is nested too deep");
    const double value = [&] {
      if (accept("-")) return -atom();
      if (accept("(")) {
        const double inner = sum();
        if (!accept(")")) refuse("a ')' is missing");
        return inner;
      }
      skip();
      if (at_ == text_.size()) refuse("a number or 'baseline' is missing at the end");
      if (is_letter(text_[at_])) {
        const std::string found = word();
        if (found != "baseline")
          refuse("'" + found + "' is not a number", "write baseline or a number");
        return baseline_;
      }
      return number();
    }();
    --depth_;
    return value;
  }
  double number() {
    std::size_t end = at_;
    const auto is_part = [&](std::size_t i) {
      const char c = text_[i];
      const bool sign =
          (c == '+' || c == '-') && i > at_ && (text_[i - 1] == 'e' || text_[i - 1] == 'E');
      return (c >= '0' && c <= '9') || c == '.' || ((c == 'e' || c == 'E') && i > at_) || sign;
    };
    while (end < text_.size() && is_part(end)) ++end;
    const auto value = parse_double(text_.substr(at_, end - at_));
    if (!value) refuse("'" + text_.substr(at_) + "' is not understood");
    at_ = end;
    return *value;
  }

  static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  std::string word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || (text_[at_] >= '0' && text_[at_] <= '9')))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool accept(std::string_view token) {
    skip();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    at_ += token.size();
    return true;
  }
  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    if (hint.empty()) hint = "for example --fail-if '" + names_.front() + " < baseline - 0.01'";
    throw UsageError(Problem{.what = "--fail-if '" + text_ + "': " + why, .hint = std::move(hint)});
  }

  const std::string& text_;
  const std::vector<std::string>& names_;
  std::size_t at_ = 0, start_ = 0;
  double baseline_ = 0;
  int depth_ = 0;
};

std::vector<std::string> names_for(const std::string& metric) {
  std::vector<std::string> names{metric};
  for (const char* name : {"cost", "seconds"})
    if (metric != name) names.emplace_back(name);
  return names;
}

std::optional<double> mean_in(const ReportRow& row, const std::string& name,
                              const std::string& metric) {
  return (name == metric ? row.metric : name == "cost" ? row.cost : row.seconds).mean;
}

}  // namespace

void check_condition(const std::string& text, const std::string& metric) {
  const std::vector<std::string> names = names_for(metric);
  Condition(text, names);
}

std::vector<std::string> met_conditions(const std::string& text, const Report& report) {
  const std::vector<std::string> names = names_for(report.metric);
  Condition condition(text, names);
  std::optional<double> baseline;
  for (const ReportRow& row : report.rows)
    if (row.name == report.baseline) baseline = mean_in(row, condition.name, report.metric);
  std::vector<std::string> out;
  for (const ReportRow& row : report.rows) {
    if (row.name == report.baseline) continue;
    const std::string name = "'" + row.name + "'";
    const auto value = mean_in(row, condition.name, report.metric);
    if (!value || !baseline)
      out.push_back("'" + text + "' cannot be judged for " + name + ": no run finished");
    else if (condition.met(*value, *baseline))
      out.push_back("'" + text + "' holds for " + name + ": " + condition.name + " " +
                    significant(*value, 6) + ", baseline " + significant(*baseline, 6));
  }
  return out;
}

}  // namespace nnrun::host
