// What is wrong with columns of inputs.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

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
  std::vector<std::string> names;
  std::string key;
  for (std::size_t i = e.sample.inputs; i-- > 0;) {
    if (e.sample.columns[i].values >= 2) continue;
    names.insert(names.begin(), name_of_input(e, i));
    key = column_key(e, i);
  }
  const bool all = names.size() == e.sample.inputs;
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
         .place = place_of(e, "data.columns"),
         .hint = "leave it out if it will not be known where the network is used: data: {columns: "
                 "{" +
                 column_key(e, i) + ": unused}}",
         .note = e.sample.classes.count > 0
                     ? percent_text(most) + " of " + std::to_string(e.sample.count()) +
                           " examples have the class that its value stands for"
                     : "its correlation with the target is " + significant(most, 6)}};
  }
  return {};
}

/// A 0 where none can be: a blood pressure, a year. It stands for what is not known.
Found zeros_for_missing(const Evidence& e) {
  for (std::size_t i = 0; i < e.sample.inputs; ++i) {
    if (!e.sample.is_table || e.sample.columns[i].values < values_of_measurement) continue;
    const std::vector<double> x = numbers_in_data(e, i);
    double low = std::numeric_limits<double>::infinity(), high = -low, largest = 0;
    for (const double number : x) largest = std::max(largest, std::abs(number));
    std::size_t zeros = 0;
    for (const double number : x)
      if (std::abs(number) <= 1e-6 * largest) {  // it was scaled, and rounded
        ++zeros;
      } else {
        low = std::min(low, number);
        high = std::max(high, number);
      }
    const double share = share_of(zeros, x.size());
    if (zeros == 0 || share < zero_rows || share > most_zero_rows ||
        !(low >= apart_from_zero * (high - low)))
      continue;
    return Illness{
        "mark",
        Confidence::possible,
        {.what = "0 stands apart from all other numbers of " + name_of_input(e, i) +
                 ", as a mark for a missing value does",
         .place = place_of(e, "data.columns"),
         .hint = "if nothing can be 0 there, leave those fields empty, or name it among the gaps, "
                 "and write data: {columns: {" +
                 column_key(e, i) + ": {missing: median}}}",
         .note = "it is there in " + percent_text(share) + " of " + std::to_string(x.size()) +
                 " examples; the others lie from " + number_text(low) + " to " +
                 number_text(high)}};
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
                    .place = place_of(e, "data.columns"),
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
         .place = place_of(e, "data.columns"),
         .hint = "leave it out: data: {columns: {" + column_key(e, i) + ": unused}}",
         .note = std::to_string(x.size()) + " different whole numbers from " +
                 shortest(std::round(x.front())) + " to " + shortest(std::round(x.back()))}};
  }
  return {};
}

/// Classes, or texts of a column, that differ by case or spaces alone.
Found spelled_twice(const Evidence& e) {
  const auto twins_in = [](const std::vector<std::string>& texts) {
    std::map<std::string, std::string> seen;
    std::optional<std::pair<std::string, std::string>> twins;
    for (const std::string& text : texts) {
      const std::string plain = as_meant(text);
      if (plain.size() < 2) continue;  // a letter may well differ by its case
      const auto [known, is_new] = seen.emplace(plain, text);
      if (!is_new && !twins) twins.emplace(known->second, text);
    }
    return twins;
  };
  const auto found = [&](const std::string& of, const auto& twins) {
    return Illness{"spelling",
                   Confidence::possible,
                   {.what = of + " '" + twins->first + "' and '" + twins->second +
                            "' differ by case or spaces alone: one, written in two ways",
                    .place = place_of(e, "data"),
                    .hint = "write them alike in the file, if they are the same"}};
  };
  if (const auto twins = twins_in(e.trainer.data().names.classes)) return found("classes", twins);
  for (const Column& column : e.trainer.model()->preparation().recipe().columns)
    if (const auto twins = twins_in(column.texts))
      return found("in column '" + column.name + "',", twins);
  return {};
}

}  // namespace nnrun::host
