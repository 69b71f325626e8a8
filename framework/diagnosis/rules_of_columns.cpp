// What is wrong with columns of inputs.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "diagnosis/rules_of_data.hpp"
#include "diagnosis/thresholds.hpp"
namespace nnrun::host {

using namespace thresholds;

namespace {

/// Returns whether a layer adds a bias: where none does, an input that is always 1 stands for it.
bool has_bias(const Graph& graph) {
  return std::ranges::any_of(graph.blocks(),
                             [](const NamedBlock& b) { return b.block->role == NNRUN_BIAS; });
}

/// Returns whether targets are the inputs themselves.
bool is_autoencoder(const Evidence& e) {
  if (e.sample.inputs != e.sample.outputs) return false;
  for (std::size_t i = 0; i < e.sample.inputs; ++i)
    if (e.sample.columns[i].values > 1 && correlation(e.sample, i, i) <= leaking_correlation)
      return false;
  return true;
}

/// Returns how many inputs, from this one on, are made of the same column of texts; 1 for others.
std::size_t inputs_of_texts(const Evidence& e, std::size_t first) {
  const auto& slots = e.trainer.model()->preparation().slots();
  if (slots.size() != e.sample.inputs) return 1;
  const Preparation::Slot& own = slots[first];
  std::size_t n = 1;
  if (own.map == Preparation::Map::equals)
    while (first + n < slots.size() && slots[first + n].map == own.map &&
           slots[first + n].a == own.a && slots[first + n].feature == own.feature)
      ++n;
  return n;
}

/// Returns a text without what is easily mistyped: case, and spaces.
std::string as_meant(const std::string& text) {
  std::string plain;
  for (const char c : text)
    if (c != ' ' && c != '\t') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return plain;
}

}  // namespace

/// Inputs that are not 0 in a single example each, as many as there are examples or nearly so: a
/// column of names, each of them an input.
Found single_names(const Evidence& e) {
  if (!e.sample.is_table || e.sample.count() < fewest_for_leak) return {};
  const auto n = static_cast<std::size_t>(std::ranges::count_if(
      e.sample.columns, [](const SampleColumn& c) { return c.values == 2 && c.not_zero == 1; }));
  if (share_of(n, e.sample.count()) < names_of_rows) return {};
  const auto first = std::ranges::find_if(
      e.sample.columns, [](const SampleColumn& c) { return c.values == 2 && c.not_zero == 1; });
  return Illness{
      "category",
      Confidence::possible,
      {.what = std::to_string(n) +
               " inputs are there for a single example each: such a column names the rows, and "
               "says nothing of others",
       .place = place_of(e, "data.columns"),
       .hint = "leave the column out: data: {columns: {" +
               column_key(e, static_cast<std::size_t>(first - e.sample.columns.begin())) +
               ": unused}}; if it is a number, see how it is written: decimal, thousands, gaps",
       .note = "the first is " +
               name_of_input(e, static_cast<std::size_t>(first - e.sample.columns.begin())) +
               "; seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

/// Of an image, many pixels are always 0, and that is normal; of a table, a column is a mistake.
Found constant_inputs(const Evidence& e) {
  const auto& slots = e.trainer.model()->preparation().slots();
  const auto column = [&](std::size_t input) { return slots[input % slots.size()].a; };
  std::set<std::size_t> varying;  // some input of these differs: others are gaps or rare texts
  for (std::size_t i = 0; i < e.sample.inputs && e.sample.is_table; ++i)
    if (e.sample.columns[i].values >= 2) varying.insert(column(i));
  std::vector<std::string> names;
  std::string key;
  std::size_t constant = 0;
  for (std::size_t i = e.sample.inputs; i-- > 0;) {
    if (e.sample.columns[i].values >= 2) continue;
    ++constant;
    if (e.sample.is_table && varying.contains(column(i))) continue;
    names.insert(names.begin(), name_of_input(e, i));
    key = column_key(e, i);
  }
  const bool all = constant == e.sample.inputs;
  if (names.empty() || e.sample.count() < 2) return {};
  if (!all && !(e.sample.is_table && has_bias(e.graph))) return {};
  if (!all && single_names(e)) return {};  // those that other examples have
  const std::size_t shown = std::min<std::size_t>(names.size(), 5), rest = names.size() - shown;
  names.resize(shown);
  return Illness{
      "constant_input",
      all ? Confidence::certain : Confidence::possible,
      {.what = all ? std::string("every input is the same in all examples")
                   : join(names, ", ") +
                         (rest > 0 ? " and " + std::to_string(rest) + " more" : "") +
                         (names.size() > 1 ? " are" : " is") + " the same in all examples",
       .place = place_of(e, "data.columns"),
       .hint = "look at the column, or leave it out: data: {columns: {" + key + ": unused}}",
       .note = "seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

namespace {

/// What a column alone tells of classes.
struct Separation {
  double least_gap = 0;              ///< between the ranges of two classes
  std::size_t lower = 0, upper = 0;  ///< these
  double low = 0, high = 0;          ///< the gap's ends
};

/// Returns how the numbers of classes lie apart in a column, where they do so entirely: by gaps
/// beside which each class is a point, as codes with some noise are, or as no other value beside a
/// class of which all have one. Groups that merely lie apart are what columns are there for.
std::optional<Separation> separation_of(const Evidence& e, std::size_t input) {
  const std::vector<double> numbers = numbers_in_data(e, input);
  const std::vector<std::size_t>& of_rows = e.sample.classes.of_rows;
  if (numbers.size() != of_rows.size() || e.sample.classes.count > many_classes) return {};
  struct Range {
    std::size_t of;
    double low, high, deviation;
  };
  std::vector<Range> ranges;
  for (std::size_t c = 0; c < e.sample.classes.count; ++c) {
    std::vector<double> own;
    for (std::size_t r = 0; r < numbers.size(); ++r)
      if (of_rows[r] == c) own.push_back(numbers[r]);
    if (own.empty()) continue;
    if (own.size() < fewest_to_separate) return {};
    std::ranges::sort(own);
    const auto cut =
        static_cast<std::size_t>((1 - leaking_agreement) / 2 * static_cast<double>(own.size()));
    const std::size_t n = own.size() - 2 * cut;
    const double *const from = own.data() + cut, *const to = from + n;
    const double mean = std::accumulate(from, to, 0.) / static_cast<double>(n);
    double squares = 0;
    for (const double* x = from; x != to; ++x) squares += (*x - mean) * (*x - mean);
    ranges.push_back({c, *from, *(to - 1), std::sqrt(squares / static_cast<double>(n))});
  }
  if (ranges.size() < 2) return {};
  std::ranges::sort(ranges, {}, &Range::low);
  Separation all{.least_gap = std::numeric_limits<double>::infinity()};
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    const Range &a = ranges[i - 1], &b = ranges[i];
    const double gap = b.low - a.high, tiny = 1e-6 * (std::abs(a.high) + std::abs(b.low));
    const bool of_points = gap > point_like * std::max(a.deviation, b.deviation),
               of_one_value =
                   ranges.size() == 2 && (a.high - a.low <= tiny || b.high - b.low <= tiny);
    if (!(gap > tiny) || !(of_points || of_one_value)) return {};
    if (gap < all.least_gap) all = {gap, a.of, b.of, a.high, b.low};
  }
  return all;
}

/// A column that lies apart by classes, as few others do.
Found separating_column(const Evidence& e) {
  std::optional<std::pair<std::size_t, Separation>> first;
  std::size_t apart = 0, numbers = 0;
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (e.sample.columns[i].values < 3) continue;
    ++numbers;
    const std::optional<Separation> found = separation_of(e, i);
    if (!found) continue;
    ++apart;
    if (!first) first.emplace(i, *found);
  }
  // where most do, the classes are that different
  if (!first || (numbers > 1 && apart * 2 > numbers)) return {};
  const auto& [input, gap] = *first;
  // it was scaled, and rounded
  const auto end_text = [&gap = gap](double x) {
    return number_text(std::abs(x) < 1e-5 * (gap.high - gap.low) ? 0 : x);
  };
  return Illness{
      "leak",
      Confidence::likely,
      {.what = name_of_input(e, input) +
               " gives the answer away: it alone tells the classes apart, "
               "with nothing between them",
       .place = place_of_column(e, input),
       .hint = "leave it out if it will not be known where the network is used: data: {columns: {" +
               column_key(e, input) + ": unused}}",
       .note = "it is up to " + end_text(gap.low) + " for " + name_of_class(e, gap.lower) +
               " and from " + end_text(gap.high) + " on for " + name_of_class(e, gap.upper) +
               ", seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

}  // namespace

Found leak(const Evidence& e) {
  if (!e.sample.is_table || e.sample.inputs < 2 || e.sample.count() < fewest_for_leak ||
      e.experiment.data.windows || is_autoencoder(e))
    return {};
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const double constant = sizes.empty() ? 0 : share_of(std::ranges::max(sizes), e.sample.count());
  for (std::size_t i = 0, n; i < e.sample.inputs; i += n) {
    n = e.sample.classes.count > 0 ? inputs_of_texts(e, i) : 1;
    // of texts alone, the network is there to learn what they say
    const double told =
        e.sample.classes.count > 0 && n < e.sample.inputs ? told_by_values(e.sample, i, n) : 0;
    const bool tells_all = told >= leaking_agreement &&
                           Skill{told, constant, true}.beyond_constant() >= leaking_beyond_constant;
    double most = tells_all ? told : 0;
    std::size_t target = 0;
    for (std::size_t t = 0; e.sample.classes.count == 0 && t < e.sample.outputs; ++t)
      if (const double r = std::abs(correlation(e.sample, i, t)); r > leaking_correlation) {
        most = r;
        target = t;
      }
    if (most == 0) continue;
    return Illness{
        "leak",
        Confidence::likely,
        {.what = (n > 1 ? "column '" + column_name(e, i) + "'" : name_of_input(e, i)) +
                 " gives the answer away: it is " +
                 (e.sample.classes.count > 0 ? "the class" : name_of_target(e, target)) +
                 ", or all but that",
         .place = place_of_column(e, i),
         .hint = "leave it out if it will not be known where the network is used: data: {columns: "
                 "{" +
                 column_key(e, i) + ": unused}}",
         .note = e.sample.classes.count > 0
                     ? percent_text(most) + " of " + std::to_string(e.sample.count()) +
                           " examples have the class that its value stands for"
                     : "its correlation with the target is " + significant(most, 6)}};
  }
  return e.sample.classes.count > 1 ? separating_column(e) : Found{};
}

namespace {

/// The lowest number of a column where many have it and all others lie above 0: a 0, or a -1.
struct LowMark {
  double value = 0, low = 0, high = 0;  ///< the mark; the ends of all others
  std::size_t rows = 0;
  bool is_in(double x) const { return std::abs(x - value) <= 1e-6 * (1 + std::abs(high)); }
};
std::optional<LowMark> low_mark_in(const std::vector<double>& x) {
  if (x.empty()) return {};
  LowMark mark{.value = std::ranges::min(x), .low = std::numeric_limits<double>::infinity()};
  mark.high = std::ranges::max(x);
  const double size = 1e-6 * (1 + std::abs(mark.high));  // it was scaled, and rounded
  for (const double zero : {0., -1.})
    if (std::abs(mark.value - zero) <= size) mark.value = zero;
  if (mark.value != 0 && mark.value != -1) return {};
  for (const double number : x) {
    if (mark.is_in(number))
      ++mark.rows;
    else
      mark.low = std::min(mark.low, number);
  }
  const double share = share_of(mark.rows, x.size());
  if (share < zero_rows || share > most_zero_rows || !(mark.low > 0)) return {};
  return mark;
}

/// Returns whether the examples of a mark are like the average of all, where those of the lowest
/// other numbers are not: what decides goes on down to these, and not to the mark.
bool breaks_the_trend(const Evidence& e, const std::vector<double>& x, const LowMark& mark) {
  const bool are_classes = e.sample.classes.count == 2;
  if (!are_classes && (e.sample.classes.count > 0 || e.sample.outputs != 1)) return false;
  const double border = mark.low + lowest_part * (mark.high - mark.low);
  struct Mean {
    double sum = 0, n = 0;
    double value() const { return n > 0 ? sum / n : 0; }
  } all, lowest, marked;
  double squares = 0;
  for (std::size_t r = 0; r < x.size(); ++r) {
    const double t =
        are_classes ? static_cast<double>(e.sample.classes.of_rows[r]) : *e.sample.target(r);
    Mean& own = mark.is_in(x[r]) ? marked : all;
    own.sum += t;
    own.n += 1;
    if (&own == &marked) continue;
    squares += t * t;
    if (x[r] > border) continue;
    lowest.sum += t;
    lowest.n += 1;
  }
  if (lowest.n < 5 || marked.n < 5) return false;
  const double deviation = std::sqrt(std::max(0., squares / all.n - all.value() * all.value())),
               of_lowest = std::abs(lowest.value() - all.value()),
               of_marked = std::abs(marked.value() - all.value());
  return of_lowest > deviation && of_marked < clearly_less * of_lowest;
}

}  // namespace

/// A 0 where none can be: a blood pressure, a year. It stands for what is not known.
Found zeros_for_missing(const Evidence& e) {
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (e.sample.columns[i].values < values_of_measurement) continue;
    const std::vector<double> x = numbers_in_data(e, i);
    const std::optional<LowMark> found = low_mark_in(x);
    if (!found) continue;
    const auto& [zero, low, high, zeros] = *found;
    const double share = share_of(zeros, x.size()), reach = high - low;
    if (!(low - zero >= apart_from_zero * reach) &&
        !(low - zero >= apart_at_all * reach && breaks_the_trend(e, x, *found)))
      continue;
    return Illness{
        "mark",
        low - zero >= far_from_zero * reach ? Confidence::likely : Confidence::possible,
        {.what = shortest(zero) + " stands apart from all other numbers of " + name_of_input(e, i) +
                 ", as a mark for a missing value does",
         .place = place_of(e, "data.columns." + column_name(e, i)),
         .hint = "if nothing can be " + shortest(zero) + " there, write data: {columns: {" +
                 column_key(e, i) + ": {gaps: [" + shortest(zero) + "], missing: median}}}",
         .note = "it is there in " + percent_text(share) + " of " + std::to_string(x.size()) +
                 " examples; the others lie from " + number_text(low) + " to " +
                 number_text(high)}};
  }
  return {};
}

namespace {

/// Returns what the other examples of the same number tell of a target, right beyond a constant
/// answer: the class that most of them have, or their mean.
double told_by_code(const Evidence& e, const std::vector<double>& x) {
  std::map<double, std::vector<std::size_t>> rows;
  for (std::size_t r = 0; r < x.size(); ++r) rows[x[r]].push_back(r);
  if (rows.size() < fewest_codes || rows.size() * few_of_class > x.size()) return 0;
  if (e.sample.classes.count > 0) {
    std::size_t right = 0, all = 0;
    for (const auto& [code, of_code] : rows) {
      std::vector<std::size_t> n(e.sample.classes.count);
      for (const std::size_t r : of_code) ++n[e.sample.classes.of_rows[r]];
      for (const std::size_t r : of_code) {
        std::vector<std::size_t> others = n;
        --others[e.sample.classes.of_rows[r]];
        right += static_cast<std::size_t>(std::ranges::max_element(others) - others.begin()) ==
                 e.sample.classes.of_rows[r];
        ++all;
      }
    }
    const double constant = share_of(std::ranges::max(e.sample.classes.sizes()), all);
    return Skill{share_of(right, all), constant, true}.beyond_constant();
  }
  double sum = 0, rest = 0, spread = 0;
  for (std::size_t r = 0; r < x.size(); ++r) sum += *e.sample.target(r);
  const double mean = sum / static_cast<double>(x.size());
  for (const auto& [code, of_code] : rows) {
    double own = 0;
    for (const std::size_t r : of_code) own += *e.sample.target(r);
    const auto n = static_cast<double>(of_code.size());
    for (const std::size_t r : of_code) {
      const double t = *e.sample.target(r), others = n > 1 ? (own - t) / (n - 1) : mean;
      rest += (t - others) * (t - others);
      spread += (t - mean) * (t - mean);
    }
  }
  return spread > 0 ? 1 - rest / spread : 0;
}

}  // namespace

/// A number that is a name: of a shop, a district. What it says is not more or less of anything.
Found codes(const Evidence& e) {
  const Skill& own = e.course.skill;
  const bool is_whole = e.course.is_over || e.course.is_recorded;
  if (!e.sample.is_table || !own.is_known || e.has_learned_much() || !is_whole ||
      (e.sample.classes.count == 0 && e.sample.outputs != 1))
    return {};
  // of inputs that are not scaled, the network sees next to nothing
  if (std::ranges::any_of(e.sample.columns,
                          [](const SampleColumn& c) { return c.size > large_input; }))
    return {};
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (e.sample.columns[i].values < fewest_codes) continue;
    std::vector<double> x = numbers_in_data(e, i);
    const bool all_whole = std::ranges::all_of(x, [](double number) {
      return std::abs(number - std::round(number)) < 1e-4 * (1 + std::abs(number));
    });
    if (x.empty() || !all_whole) continue;
    for (double& number : x) number = std::round(number);
    const double told = told_by_code(e, x);
    if (told < std::max(0., own.beyond_constant()) + neighbours_know_more) continue;
    return Illness{
        "code",
        Confidence::likely,
        {.what = name_of_input(e, i) +
                 " looks like a code: examples of the same number are alike, and those of the next "
                 "one are not",
         .place = place_of_column(e, i),
         .hint = "let each be a name: data: {columns: {" + column_key(e, i) +
                 ": category}}; if it is a number, write more units or a hidden layer more",
         .note = "right beyond a constant answer: the mean of other examples of that number, or "
                 "their class, " +
                 percent_text(told) + ", the network " +
                 percent_text(std::max(0., own.beyond_constant()))}};
  }
  return {};
}

/// A column that is filled in nearly everywhere.
Found missing_columns(const Evidence& e) {
  const std::vector<std::size_t>& gaps = e.trainer.data().gaps;
  const auto& examples = e.trainer.data().examples;
  const std::size_t all = std::accumulate(examples.begin(), examples.end(), std::size_t{0});
  const std::vector<Column>& columns = e.trainer.model()->preparation().recipe().columns;
  for (std::size_t i = 0; i < gaps.size() && i < columns.size(); ++i) {
    if (share_of(gaps[i], all) < mostly_missing || columns[i].indicator || columns[i].is_category ||
        e.experiment.data.windows)
      continue;
    const std::string key =
        columns[i].name.empty() ? "NAME" : flow_yaml(text_node(columns[i].name));
    return Illness{"missing",
                   Confidence::possible,
                   {.what = "column '" + columns[i].name + "' is missing in " +
                            percent_text(share_of(gaps[i], all)) +
                            " of the rows: what is filled in says next to nothing",
                    .place = place_of(e, "data.columns." + columns[i].name),
                    .hint = "leave it out: data: {columns: {" + key +
                            ": unused}}, or write indicator: true, if that it is there says "
                            "something",
                    .note = std::to_string(gaps[i]) + " of " + std::to_string(all) + " rows"}};
  }
  return {};
}

/// A running number: of examples that lie sorted in their file it tells the class, and of others
/// nothing.
Found row_numbers(const Evidence& e) {
  if (e.sample.classes.count == 0 || e.sample.inputs < 2 || e.experiment.data.windows ||
      e.sample.count() < fewest_for_leak)
    return {};
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    std::vector<double> x = numbers_in_data(e, i);
    if (x.empty()) continue;
    std::ranges::sort(x);
    double largest = 0;
    for (const double number : x) largest = std::max(largest, std::abs(number));
    const bool all_differ = std::ranges::adjacent_find(
                                x, [](double a, double b) { return b - a < 0.5; }) == x.end(),
               all_whole = std::ranges::all_of(x, [largest](double number) {
                 return std::abs(number - std::round(number)) < 1e-6 * (1 + largest);
               });
    if (!all_differ || !all_whole ||
        share_of(x.size(), static_cast<std::size_t>(x.back() - x.front()) + 1) < names_of_rows)
      continue;
    return Illness{
        "row_numbers",
        Confidence::possible,
        {.what = name_of_input(e, i) +
                 " numbers the rows: it says nothing of others, and where the file is "
                 "sorted it gives the class away",
         .place = place_of_column(e, i),
         .hint = "leave it out: data: {columns: {" + column_key(e, i) + ": unused}}",
         .note = std::to_string(x.size()) + " different whole numbers from " +
                 shortest(std::round(x.front())) + " to " + shortest(std::round(x.back()))}};
  }
  return {};
}

namespace {

/// Returns texts that differ by case or spaces alone: `'Cat', 'cat' and 'CAT'; 'dog' and 'Dog'`.
std::optional<std::string> twins_in(const std::vector<std::string>& texts) {
  constexpr std::size_t most = 5;
  std::map<std::string, std::vector<std::string>> spellings;
  for (const std::string& text : texts)
    if (as_meant(text).size() > 1)  // a letter may well differ by its case
      spellings[as_meant(text)].push_back("'" + text + "'");
  std::vector<std::string> words;
  for (const auto& [plain, all] : spellings) {
    if (all.size() < 2) continue;
    const std::vector<std::string> first(all.begin(), all.end() - 1);
    words.push_back(join(first, ", ") + " and " + all.back());
  }
  if (words.empty()) return {};
  const std::size_t rest = words.size() - std::min(most, words.size());
  words.resize(words.size() - rest);
  return join(words, "; ") + (rest > 0 ? " and " + std::to_string(rest) + " more" : "");
}

}  // namespace

bool has_classes_spelled_twice(const Evidence& e) {
  return twins_in(e.trainer.data().names.classes).has_value();
}

/// Classes, or texts of a column, that differ by case or spaces alone.
Found spelled_twice(const Evidence& e) {
  const auto found = [&](const std::string& of, const std::string& twins, Confidence confidence) {
    return Illness{
        "spelling",
        confidence,
        {.what = of + " " + twins + " differ by case or spaces alone: one, written in several ways",
         .place = place_of(e, "data"),
         .hint = "write them alike in the file, if they are the same"}};
  };
  if (const auto twins = twins_in(e.trainer.data().names.classes))
    return found("classes", *twins, Confidence::likely);
  for (const Column& column : e.trainer.model()->preparation().recipe().columns)
    if (const auto twins = twins_in(column.texts))
      return found("in column '" + column.name + "',", *twins, Confidence::possible);
  return {};
}

}  // namespace nnrun::host
