// Whether the rows of a table lie in the order of time, as those of a series do: which column says
// when, whether steps are missing, and which column may say to which of several series rows belong.
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nnrun {
namespace detail {

/// A day, or a moment of it.
struct Moment {
  double seconds = 0;  // since a day long ago
  double months = 0;   // since a month long ago, whatever the day
  int day = 0;         // of the month
};

/// Which of the numbers of a day comes first: 2024-01-31, 31.1.2024, 1/31/2024.
enum class DayOrder { year_first, day_first, month_first };

/// Reads a day, and a time behind it: 2024-01-31, 2024/1/31 08:30:00, 2024-01-31T08:30Z, 31.1.24. A
/// day with points between its numbers never begins with the month.
inline std::optional<Moment> moment_of(std::string_view text, DayOrder order) {
  const char *at = text.data(), *const end = at + text.size();
  const auto number = [&](int least_digits, int most_digits) -> std::optional<int> {
    int x = 0;
    const char* const from = at;
    if (at == end || *at < '0' || *at > '9') return {};
    const auto [stop, failed] = std::from_chars(at, std::min(end, at + most_digits), x);
    if (failed != std::errc{} || stop - from < least_digits) return {};
    at = stop;
    return x;
  };
  const auto take = [&](std::string_view any) {
    if (at == end || any.find(*at) == any.npos) return '\0';
    return *at++;
  };
  const bool by_year = order == DayOrder::year_first;
  const auto first = by_year ? number(4, 4) : number(1, 2);
  const char between = first ? take(order == DayOrder::month_first ? "-/" : "-/.") : '\0';
  const auto second = between != '\0' ? number(1, 2) : std::optional<int>();
  if (!second) return {};
  std::optional<int> third = by_year ? std::optional(1) : std::nullopt;  // 2024-01: a month
  if (at != end && take(std::string_view(&between, 1)) != '\0')
    third = by_year ? number(1, 2) : number(2, 4);
  else if (at != end)
    return {};
  if (!third) return {};
  int year = by_year ? *first : *third;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  const int month = order == DayOrder::month_first ? *first : *second,
            day = by_year                          ? *third
                  : order == DayOrder::month_first ? *second
                                                   : *first;
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  double seconds = 0;
  if (at != end) {
    if (take(" T") == '\0') return {};
    std::array<int, 3> parts{};
    std::size_t n = 0;
    do {
      const auto part = number(1, 2);
      if (!part) return {};
      parts[n++] = *part;
    } while (n < 3 && take(":") != '\0');
    if (n < 2) return {};
    seconds = parts[0] * 3600. + parts[1] * 60. + parts[2];
    if (take(".") != '\0' && !number(1, 9)) return {};
    take("Z");
    if (at != end) return {};
  }
  // days of the civil calendar: Hinnant, "chrono-compatible low-level date algorithms"
  const int y = year - (month <= 2 ? 1 : 0), era = y / 400, of_era = y - era * 400,
            of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1,
            days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return Moment{days * 86400. + seconds, year * 12. + month, day};
}

/// Returns whether a name has a word of time in it: week, start_time, orderDate.
inline bool is_name_of_time(std::string_view name) {
  constexpr std::array<std::string_view, 32> words{
      "time",  "date",   "datetime", "timestamp", "ts",      "t",       "ds",     "day",
      "days",  "week",   "weeks",    "month",     "months",  "year",    "years",  "hour",
      "hours", "minute", "minutes",  "second",    "seconds", "quarter", "period", "step",
      "d",     "h",      "weekday",  "dow",       "datum",   "zeit",    "tag",    "jahr"};
  std::string word;
  const auto is_known = [&] {
    return std::find(words.begin(), words.end(), word) != words.end() || word.ends_with("date") ||
           word.ends_with("time");
  };
  char before = '\0';
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
    if ((!upper && !lower) || (upper && before >= 'a' && before <= 'z')) {
      if (is_known()) return true;
      word.clear();
    }
    if (upper || lower) word += upper ? static_cast<char>(c - 'A' + 'a') : c;
    before = c;
  }
  return is_known();
}

}  // namespace detail

class RowsInTime {
 public:
  /// What speaks against rows being a series in the order of time.
  struct Doubt {
    std::string what, hint;
    std::size_t row, count;  // the first one, from 0; how often
  };

  /// names: of all columns of the file. group: the one that says to which series a row belongs;
  /// empty: nobody named one. targets: columns that say neither when nor which.
  RowsInTime(std::span<const std::string> names, std::string_view group,
             std::span<const std::string> targets)
      : group_(group) {
    for (std::size_t at = 0; at < names.size(); ++at) {
      if (names[at] == group) group_at_ = at;
      const bool target = std::find(targets.begin(), targets.end(), names[at]) != targets.end();
      if (at >= most_columns || names[at].empty() || names[at] == group || target) continue;
      for (const DayOrder order :
           {DayOrder::year_first, DayOrder::day_first, DayOrder::month_first})
        times_.push_back({.at = at,
                          .name = names[at],
                          .order = order,
                          .named = detail::is_name_of_time(names[at])});
      if (group.empty() && !times_.back().named)
        series_.push_back({.at = at, .name = names[at], .numbers = {}, .of_row = {}});
    }
  }

  /// Takes the present row of a reader. Of a long file the first rows show what there is.
  void add(const auto& rows) {
    if (count_ == most_rows) return;
    for (Time& time : times_) take_time(time, rows);
    for (Series& series : series_) take_series(series, rows);
    if (group_at_) {
      const auto [known, is_new] = groups_.try_emplace(std::string(rows.field(*group_at_)),
                                                       static_cast<std::uint32_t>(groups_.size()));
      group_of_row_.push_back(known->second);
    }
    ++count_;
    // by now a column has shown what it is not
    if (count_ == 200 || count_ == 10'000) prune();
  }

  /// To be called when all rows are added. Returns the column by which rows are in order within
  /// each of several series, where nobody named one; empty if there is none.
  std::string finish() {
    prune();
    if (count_ < fewest_rows) return {};
    for (Time& time : times_) settle(time);
    choose_order();
    std::stable_sort(times_.begin(), times_.end(),
                     [](const Time& a, const Time& b) { return a.rank() > b.rank(); });
    if (!group_.empty()) {
      judge_all({group_of_row_.data(), group_of_row_.size()});
      return {};
    }
    // a number of each row, beside days that several rows share, is no sign of one series
    const bool one_series = std::any_of(times_.begin(), times_.end(), [&](const Time& time) {
      if (time.rank() < times_.front().rank()) return false;
      const Course course = course_of(time, {});
      return (time.rank() > 0 || course.is_regular()) && course.is_strict();
    });
    std::string found;
    if (!one_series) found = series_found();
    if (found.empty()) judge_all({});
    return found;
  }
  /// What speaks against the order of the rows, by the column that says when they are.
  const std::vector<Doubt>& doubts() const { return doubts_; }

 private:
  static constexpr std::size_t most_columns = 64, most_rows = 1'000'000, fewest_rows = 10,
                               most_series = 1000, most_steps = 1000, most_kept = 6;

  using DayOrder = detail::DayOrder;
  /// A column that may say when a row is, its days read in one order.
  struct Time {
    std::size_t at;
    std::string name;
    DayOrder order = DayOrder::year_first;  // that of numbers, too
    bool named, is_days = false, wrong = false;
    std::vector<double> values{}, months{};
    int day = 0;  // of the month, of all; 0: not of one
    std::vector<std::string> shown{};
    std::size_t rises = 0, falls = 0;
    int rank() const { return is_days ? 2 : named ? 1 : 0; }
  };
  struct Series {
    std::size_t at;
    std::string name;
    std::unordered_map<std::string, std::uint16_t> numbers;
    std::vector<std::uint32_t> of_row;
    bool wrong = false;
  };
  /// How a column goes on from row to row, each with the one before it in its series.
  struct Course {
    std::size_t pairs = 0, rises = 0, ties = 0, falls = 0, first_fall = 0, first_tie = 0;
    struct Step {
      std::size_t count = 0, row = 0;
    };
    std::map<double, Step> steps{};  // of those that rise
    bool too_many_steps = false;
    double usual = 0;  // the step that is taken most
    bool is_strict() const { return pairs > 0 && rises == pairs; }
    bool is_regular() const {
      const auto found = steps.find(usual);
      return found != steps.end() && found->second.count * 10 >= pairs * 9;
    }
  };

  void take_time(Time& time, const auto& rows) {
    if (time.wrong) return;
    double x = 0;
    const std::string_view field = rows.field(time.at);
    const auto moment = detail::moment_of(field, time.order);
    const bool is_first = time.values.empty();
    if (is_first) time.is_days = moment.has_value();
    if (time.is_days != moment.has_value() || (!moment && time.order != DayOrder::year_first) ||
        (!moment && (!rows.is_number(time.at, x) || !std::isfinite(x)))) {
      time = {.at = time.at,
              .name = time.name,
              .order = time.order,
              .named = time.named,
              .wrong = true};
      return;
    }
    if (moment) {
      x = moment->seconds;
      time.months.push_back(moment->months);
      if (is_first) time.day = moment->day;
      if (moment->day != time.day || std::fmod(x, 86400) != 0) time.day = 0;
    }
    if (!is_first) {
      time.rises += x > time.values.back();
      time.falls += x < time.values.back();
    }
    time.values.push_back(x);
  }
  void take_series(Series& series, const auto& rows) {
    if (series.wrong) return;
    const std::string_view field = rows.field(series.at);
    const auto [known, is_new] = series.numbers.try_emplace(
        std::string(field), static_cast<std::uint16_t>(series.numbers.size()));
    if (field.empty() || series.numbers.size() > most_series) {
      series = {.at = series.at, .name = series.name, .numbers = {}, .of_row = {}, .wrong = true};
      return;
    }
    series.of_row.push_back(known->second);
  }
  /// Lets columns go that do not say when a row is, or to which series it belongs.
  void prune() {
    std::erase_if(times_, [](const Time& time) {
      const std::size_t pairs = time.values.empty() ? 0 : time.values.size() - 1;
      const bool is_mixed = !time.named && !time.is_days && time.falls * 5 > pairs;
      return time.wrong || time.values.empty() || is_mixed || time.rises + time.falls == 0;
    });
    std::erase_if(series_, [&](const Series& series) {
      const std::size_t n = series.numbers.size();
      return series.wrong || n < 2 || n * 4 > count_;
    });
    if (times_.size() > most_kept) {
      std::stable_sort(times_.begin(), times_.end(),
                       [](const Time& a, const Time& b) { return a.rank() > b.rank(); });
      times_.resize(most_kept, times_.front());
    }
    if (series_.size() > most_kept) {
      std::stable_sort(series_.begin(), series_.end(), [](const Series& a, const Series& b) {
        return a.numbers.size() < b.numbers.size();
      });
      series_.resize(most_kept, series_.front());
    }
  }
  /// Of days that can be read in two orders, as 3/4/2024 can, keeps that in which they go one way
  /// more often, and in more equal steps.
  void choose_order() {
    const auto turns = [](const Time& time) { return std::min(time.rises, time.falls); };
    std::stable_sort(times_.begin(), times_.end(), [&](const Time& a, const Time& b) {
      if (a.at != b.at) return a.at < b.at;
      if (turns(a) != turns(b)) return turns(a) < turns(b);
      return course_of(a, {}).is_regular() && !course_of(b, {}).is_regular();
    });
    const auto same = [](const Time& a, const Time& b) { return a.at == b.at; };
    times_.erase(std::unique(times_.begin(), times_.end(), same), times_.end());
  }
  /// Months have no length of their own: where all days are the first, say, they are counted.
  static void settle(Time& time) {
    if (time.is_days && time.day > 0) time.values = time.months;
    time.months = {};
  }

  /// series: of each row; empty: all are one.
  Course course_of(const Time& time, std::span<const std::uint32_t> series) const {
    Course course;
    std::unordered_map<std::uint32_t, std::size_t> before;
    for (std::size_t row = 0; row < time.values.size(); ++row) {
      const std::uint32_t which = series.empty() ? 0 : series[row];
      const auto [last, is_new] = before.try_emplace(which, row);
      if (is_new) continue;
      const double step = time.values[row] - time.values[last->second];
      last->second = row;
      ++course.pairs;
      if (step < 0 && course.falls++ == 0) course.first_fall = row;
      if (step == 0 && course.ties++ == 0) course.first_tie = row;
      if (!(step > 0)) continue;
      ++course.rises;
      if (course.steps.size() >= most_steps && !course.steps.contains(step)) continue;
      Course::Step& same = course.steps[step];
      if (same.count++ == 0) same.row = row;
    }
    std::size_t most = 0;
    for (const auto& [step, seen] : course.steps)
      if (seen.count > most) {
        most = seen.count;
        course.usual = step;
      }
    return course;
  }
  /// Returns how many different values there are in each series, all together.
  static std::size_t different(const Time& time, std::span<const std::uint32_t> series) {
    std::vector<std::pair<std::uint32_t, double>> all;
    for (std::size_t row = 0; row < time.values.size(); ++row)
      all.emplace_back(series.empty() ? 0 : series[row], time.values[row]);
    std::sort(all.begin(), all.end());
    return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
  }

  /// Returns a column each of whose series has rows in order, where the whole file has not, and
  /// whose series share times; of several the one with the fewest series.
  std::string series_found() const {
    const Series* best = nullptr;
    for (const Time& time : times_) {
      if (different(time, {}) * 4 > time.values.size() * 3) continue;  // hardly any is shared
      for (const Series& series : series_)
        if (series.at != time.at && course_of(time, series.of_row).is_strict() &&
            (best == nullptr || series.numbers.size() < best->numbers.size()))
          best = &series;
      if (best != nullptr) return best->name;
    }
    return {};
  }

  /// Looks at the columns that may say when rows are, until one surely does.
  void judge_all(std::span<const std::uint32_t> series) {
    for (const Time& time : times_) {
      const Course course = course_of(time, series);
      const bool says_when = time.is_days || time.named || course.is_regular();
      if (!says_when || course.pairs < fewest_rows - 1) continue;
      const std::size_t some = different(time, series), all = time.values.size();
      const bool differ = course.is_strict() || some * 20 >= all * 19 ||
                          (time.is_days && course.falls == 0 && some * 4 >= all * 3);
      if (!differ) continue;  // an hour of each day, say
      judge(time, course);
      return;
    }
  }
  void judge(const Time& time, const Course& course) {
    const std::string name = "'" + time.name + "'";
    const std::string sort = "sort the rows by time, or earlier values are told from later ones";
    if (course.falls > 0 && course.rises == 0)
      doubts_.push_back(
          {"the newest row comes first, to judge by " + name, sort, course.first_fall, 1});
    else if (course.falls > 0)
      doubts_.push_back({"rows are not in the order of time: " + name + " goes back", sort,
                         course.first_fall, course.falls});
    else if (course.ties > 0)
      doubts_.push_back({"a row has the same " + name + " as the one before it",
                         group_.empty() ? "take rows out that are twice there; if the file holds "
                                          "several series, name the column that says which: "
                                          "windows: {group: ...}"
                                        : "take rows out that are twice there",
                         course.first_tie, course.ties});
    if (course.falls > 0 || !course.is_regular()) return;
    std::size_t missing = 0, first = 0;
    for (const auto& [step, seen] : course.steps) {
      if (!(step > course.usual * 1.5)) continue;
      if (missing == 0 || seen.row < first) first = seen.row;
      missing += seen.count;
    }
    if (missing == 0) return;
    doubts_.push_back({"rows are missing: " + name + " goes on by more than the usual step",
                       "fill them in: a window takes neighbouring rows for neighbouring times",
                       first, missing});
  }

  std::string group_;
  std::optional<std::size_t> group_at_;
  std::unordered_map<std::string, std::uint32_t> groups_;
  std::vector<std::uint32_t> group_of_row_;
  std::vector<Time> times_;
  std::vector<Series> series_;
  std::vector<Doubt> doubts_;
  std::size_t count_ = 0;
};

}  // namespace nnrun
