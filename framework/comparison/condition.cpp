#include "comparison/condition.hpp"

#include <cmath>
#include <optional>

#include "base/did_you_mean.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "config/metric_names.hpp"
namespace nnrun::host {
namespace {

/// Returns a name without the part before it.
std::string without_part(const std::string& name) {
  for (const auto& [prefix, part] : part_prefixes)
    if (name.starts_with(prefix)) return name.substr(std::string_view(prefix).size());
  return name;
}

/// Parses a sum of products of atoms by recursive descent.
class Condition {
 public:
  /// names: that may be judged. others: metrics that could be, if they were compared.
  Condition(const std::string& text, const std::vector<std::string>& names,
            const std::vector<std::string>& others = {})
      : text_(text), names_(names) {
    name = known_name();
    if (name.empty()) name = dotted_word();
    if (std::ranges::find(others, without_part(name)) != others.end())
      refuse("'" + name + "' is not what is compared", "--metric " + name + " compares by it");
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
    const double other = limit(baseline);
    if (comparison == "<") return value < other;
    if (comparison == "<=") return value <= other;
    if (comparison == ">") return value > other;
    if (comparison == ">=") return value >= other;
    return (value == other) == (comparison == "==");
  }

  double limit(double baseline) {
    baseline_ = baseline;
    at_ = start_;
    return sum();
  }
  /// Throws UsageError if no fraction is on both sides of the limit.
  void require_fraction() {
    const double low = limit(0), high = limit(1);
    if (!(low > 1 && high > 1) && !(low < 0 && high < 0)) return;
    const bool percent = low == high && low > 1 && low <= 100;
    refuse(name + " is a fraction, from 0 to 1",
           percent ? "write '" + name + " " + comparison + " " + shortest(low / 100) + "'" : "");
  }

  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    if (hint.empty()) hint = "for example --fail-if '" + names_.front() + " < baseline - 0.01'";
    throw UsageError(Problem{.what = "--fail-if '" + text_ + "': " + why, .hint = std::move(hint)});
  }

  std::string name, comparison;
  bool mentions_baseline = false;

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
        mentions_baseline = true;
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

  /// Returns the longest name that the text starts with: one may hold brackets and signs.
  std::string known_name() {
    skip();
    std::string longest;
    for (const std::string& known : names_)
      if (known.size() > longest.size() && text_.compare(at_, known.size(), known) == 0 &&
          (at_ + known.size() == text_.size() || !is_part_of_word(text_[at_ + known.size()])))
        longest = known;
    at_ += longest.size();
    return longest;
  }
  static bool is_part_of_word(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
  static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  std::string word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_part_of_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// Returns a word, or two with a point between them: val.f1.
  std::string dotted_word() {
    std::string words = word();
    if (at_ == text_.size() || text_[at_] != '.' || words.empty()) return words;
    words += text_[at_++];
    return words + word();
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

  const std::string& text_;
  const std::vector<std::string>& names_;
  std::size_t at_ = 0, start_ = 0;
  double baseline_ = 0;
  int depth_ = 0;
};

/// Returns what may be judged: the metric that is compared, cost and seconds, then the metric and
/// the cost of each part of the data, as `val.accuracy`.
std::vector<std::string> names_for(const std::string& metric) {
  std::vector<std::string> names{metric};
  for (const char* name : {"cost", "seconds"})
    if (metric != name) names.emplace_back(name);
  for (const auto& [prefix, part] : part_prefixes) {
    names.push_back(prefix + metric);
    if (metric != "cost") names.push_back(std::string(prefix) + "cost");
  }
  return names;
}

std::optional<double> mean_in(const ReportRow& row, const std::string& name,
                              const std::string& metric) {
  for (const auto& [prefix, part] : part_prefixes) {
    if (!name.starts_with(prefix)) continue;
    double sum = 0;
    std::size_t count = 0;
    for (const ReportRun& run : row.runs)
      if (const auto value = value_in(run, part_names[part], without_part(name))) {
        sum += *value;
        ++count;
      }
    return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
  }
  return (name == metric ? row.metric : name == "cost" ? row.cost : row.seconds).mean;
}

std::string why_missing(const ReportRow& row, const std::string& name) {
  const bool any_done = std::ranges::any_of(row.runs, &ReportRun::done);
  return any_done ? "the " + name + " of '" + row.name + "' is not defined" : "no run finished";
}

}  // namespace

void check_condition(const ComparisonPlan& plan) {
  if (plan.fail_if.empty()) return;
  const std::vector<std::string> names = names_for(plan.metric);
  std::vector<std::string> others = metric_names(plan.configs.front().experiment.metrics);
  std::erase(others, plan.metric);
  Condition condition(plan.fail_if, names, others);
  if (plan.fraction && without_part(condition.name) == plan.metric) condition.require_fraction();
  if (condition.mentions_baseline && plan.configs.size() == 1)
    condition.refuse("there is one config, and no baseline beside it",
                     "compare it with another config, or write a number");
  for (const auto& [prefix, part] : part_prefixes)
    if (condition.name.starts_with(prefix) && !plan.has_part[part])
      condition.refuse(
          "the data have no " + std::string(part_names[part]) + " part",
          "write data.split: {" + std::string(part_names[part]) + ": 0.2}, or name another part");
}

std::vector<std::string> met_conditions(const std::string& text, const Report& report) {
  const std::vector<std::string> names = names_for(report.metric);
  Condition condition(text, names);
  const auto baseline_row = std::ranges::find(report.rows, report.baseline, &ReportRow::name);
  std::optional<double> baseline;
  if (baseline_row != report.rows.end())
    baseline = mean_in(*baseline_row, condition.name, report.metric);
  std::vector<std::string> out;
  for (const ReportRow& row : report.rows) {
    const bool compared = condition.mentions_baseline;
    if (compared && row.name == report.baseline) continue;
    const std::string name = "'" + row.name + "'";
    const auto value = mean_in(row, condition.name, report.metric);
    if (compared && without_part(condition.name) == "cost" && !report.why_costs_differ.empty())
      out.push_back("'" + text + "' cannot be judged for " + name +
                    ": costs are not comparable, for " + report.why_costs_differ);
    else if (!value || (compared && !baseline))
      out.push_back("'" + text + "' cannot be judged for " + name + ": " +
                    why_missing(value ? *baseline_row : row, condition.name));
    else if (condition.met(*value, baseline.value_or(0)))
      out.push_back("'" + text + "' holds for " + name + ": " + condition.name + " " +
                    significant(*value, 6) +
                    (compared ? ", baseline " + significant(*baseline, 6) : ""));
  }
  return out;
}

}  // namespace nnrun::host
