// What is wrong with examples, and with data.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "diagnosis/rules.hpp"
#include "diagnosis/thresholds.hpp"
#include "loading/setting.hpp"
#include "training/data_parts.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {
namespace {

using namespace thresholds;

std::string name_of_target(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.targets;
  return i < names.size() ? "target '" + names[i] + "'" : "the target";
}

std::string word_of_class(const Evidence& e, std::size_t i) {
  const std::vector<std::string>& names = e.trainer.data().names.classes;
  if (names.size() == 1) return names[0];  // of the only one, a target of 1 says yes
  return i < names.size() ? names[i] : std::to_string(i);
}
std::string name_of_class(const Evidence& e, std::size_t i) {
  return "class '" + word_of_class(e, i) + "'";
}

/// Returns whether a layer adds a bias: where none does, an input that is always 1 stands for it.
bool has_bias(const Graph& graph) {
  return std::ranges::any_of(graph.blocks(),
                             [](const NamedBlock& b) { return b.block->role == NNRUN_BIAS; });
}

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

/// Returns a text without what is easily mistyped: case, and spaces.
std::string as_meant(const std::string& text) {
  std::string plain;
  for (const char c : text)
    if (c != ' ' && c != '\t') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return plain;
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

Found shared_with_training(const Evidence& e) {
  const bool is_measured = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  if (!is_measured || e.sample.is_indices) return {};
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION}) {
    const std::size_t all = e.sample.parts[part].count;
    if (all < 10) continue;
    const std::size_t shared = rows_shared(e.sample, part, NNRUN_TRAIN);
    const double share = static_cast<double>(shared) / static_cast<double>(all);
    if (share < shared_rows) continue;
    return Illness{"duplicates",
                   Confidence::likely,
                   {.what = percent_text(share) + " of the " + part_words[part] +
                            " examples have the same inputs as a training example, so that part "
                            "says too much good of the network",
                    .place = place_of(e, "data"),
                    .hint = "remove rows that are there twice before they are split",
                    .note = std::to_string(shared) + " of " + std::to_string(all) +
                            " examples, looked up among " + std::to_string(e.sample.count())}};
  }
  return {};
}

/// One file for both parts, say: what is chosen by one is judged by the same examples.
Found shared_held_out(const Evidence& e) {
  const bool is_measured = std::ranges::any_of(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  const std::size_t all = e.sample.parts[NNRUN_TEST].count;
  if (!is_measured || e.sample.is_indices || all < 10) return {};
  const std::size_t shared = rows_shared(e.sample, NNRUN_TEST, NNRUN_VALIDATION);
  if (share_of(shared, all) < shared_rows) return {};
  return Illness{
      "duplicates",
      Confidence::likely,
      {.what = percent_text(share_of(shared, all)) +
               " of the test examples have the same inputs as a validation example: what is chosen "
               "by these says too much good of itself by those",
       .place = place_of(e, "data.test"),
       .hint = "give the test part examples of its own, or leave one of the two out",
       .note = std::to_string(shared) + " of " + std::to_string(all) +
               " examples, looked up among " +
               std::to_string(e.sample.parts[NNRUN_VALIDATION].count)}};
}

/// Rows that were rounded, or moments of one thing that follow each other, on both sides of a
/// split.
Found near_copies(const Evidence& e) {
  const auto measured = std::ranges::count_if(
      e.sample.columns, [](const SampleColumn& c) { return c.values >= values_of_measurement; });
  if (!e.sample.is_table || e.experiment.data.windows ||
      static_cast<std::size_t>(measured) < columns_of_copies || shared_with_training(e))
    return {};
  for (const std::size_t part : {NNRUN_TEST, NNRUN_VALIDATION}) {
    const NearCopies copies = near_copies_in_training(e.sample, part);
    const double share = share_of(copies.found, copies.looked_up);
    if (copies.looked_up < 10 || share < shared_rows) continue;
    return Illness{
        "duplicates",
        Confidence::likely,
        {.what = percent_text(share) + " of the " + part_words[part] +
                 " examples are next to a training example in all numbers, so that part says too "
                 "much good of the network",
         .place = place_of(e, "data"),
         .hint = "they are copies, or moments that follow each other: keep those of one thing in "
                 "one part, by split: {shuffle: false} or a file of their own",
         .note = std::to_string(copies.found) + " of " + std::to_string(copies.looked_up) +
                 " examples, within " + shortest(near_copy) +
                 " standard deviations in every input"}};
  }
  return {};
}

/// Prices or counts that were taken for classes.
Found numbers_as_classes(const Evidence& e) {
  const std::vector<std::string>& names = e.trainer.data().names.classes;
  const std::size_t n = e.sample.classes.count;
  if (n <= many_classes || names.size() != n || e.trainer.data().names.ordered ||
      e.sample.count() >= few_of_class * n ||
      !std::ranges::all_of(names,
                           [](const std::string& name) { return parse_double(name).has_value(); }))
    return {};
  return Illness{
      "classes",
      Confidence::likely,
      {.what = "the target is a number that is taken for " + std::to_string(n) +
               " classes, which say nothing of each other",
       .place = place_of(e, "data"),
       .hint = "let it be a number, with one output, activation: none in the last layer and "
               "cost: mean_squared_error; or write order in data",
       .note = std::to_string(e.sample.count()) + " training examples; the first classes are " +
               names[0] + ", " + names[1] + ", " + names[2]}};
}

Found contradictions(const Evidence& e) {
  if (e.sample.classes.count == 0 || e.sample.is_indices) return {};
  const std::size_t wrong = contradictory_rows(e.sample);
  const double share = share_of(wrong, e.sample.count());
  if (share < wrong_rows) return {};
  return Illness{
      "contradictions",
      Confidence::likely,
      {.what = "examples of equal inputs have different classes: no network can be right "
               "for more than " +
               percent_text(1 - share) + " of them",
       .place = place_of(e, "data"),
       .hint = "look for wrong labels, or give the network what tells such rows apart",
       .note = std::to_string(wrong) + " of " + std::to_string(e.sample.count()) +
               " training examples"}};
}

/// All examples of a class have weights of 0, or next to it.
Found weightless_class(const Evidence& e) {
  const std::vector<std::size_t>& sizes = e.sample.weights.examples_of_classes;
  const std::vector<double>& counted = e.sample.weights.of_classes;
  if (e.sample.weights.n_heaviest == 0 || sizes.empty()) return {};
  const double most = std::ranges::max(counted);
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] < 5 || counted[c] > uncounted_class * most) continue;
    const std::string& column = e.experiment.data.weights.value;
    const auto left = std::ranges::count_if(
        counted, [most](double weight) { return weight > uncounted_class * most; });
    return Illness{
        "weights",
        left < 2 ? Confidence::certain : Confidence::likely,
        {.what = "examples of " + name_of_class(e, c) + " count nothing: the column '" + column +
                 "' gives them no weight, so the network need not tell them",
         .place = place_of(e, "data.weights"),
         .hint = "look at the column in the rows of that class",
         .note = std::to_string(sizes[c]) + " of " + std::to_string(e.sample.weights.examples) +
                 " examples are of that class; together they weigh " + number_text(counted[c]) +
                 ", those of the others up to " + number_text(most)}};
  }
  return {};
}

/// Whatever a network answers, it is the same for all.
Found constant_targets(const Evidence& e) {
  const std::vector<double>& targets = e.sample.parts[NNRUN_TRAIN].targets;
  if (e.sample.count() < 2 || weightless_class(e)) return {};
  for (std::size_t i = e.sample.outputs; i < targets.size(); ++i)
    if (targets[i] != targets[i - e.sample.outputs]) return {};
  const bool is_class = e.sample.classes.count > 0;
  return Illness{"constant_target",
                 Confidence::certain,
                 {.what = is_class ? "every example is of " +
                                         name_of_class(e, e.sample.classes.of_rows.front())
                                   : "the target is the same in all examples",
                  .place = place_of(e, "data"),
                  .hint = "look at the column of the target: there is nothing to tell apart",
                  .note = "seen in " + std::to_string(e.sample.count()) + " training examples"}};
}

/// Returns what each class counts by the config; empty if all count alike, or by their number.
std::vector<double> counted_classes(const Evidence& e) {
  const Use& cost = e.experiment.train.cost;
  for (std::size_t i = 0; i < cost.settings.size(); ++i) {
    if (!weighs_classes(setting_of(*cost.plugin, i))) continue;
    if (const auto* const numbers = std::get_if<std::vector<double>>(&cost.settings[i]))
      return *numbers;
    const auto* const named = std::get_if<NamedNumbers>(&cost.settings[i]);
    if (!named) continue;
    std::vector<double> numbers(e.sample.classes.count, 1);
    for (const auto& [name, number] : *named)
      for (std::size_t c = 0; c < numbers.size(); ++c)
        if (name == word_of_class(e, c) || name == std::to_string(c)) numbers[c] = number;
    return numbers;
  }
  return {};
}

Found uncounted_classes(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  if (counted.empty() || counted.size() != sizes.size()) return {};
  const double most = std::ranges::max(counted);
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0 || counted[c] > uncounted_class * most) continue;
    return Illness{"class_weights",
                   most > 0 ? Confidence::likely : Confidence::certain,
                   {.what = most > 0 ? "examples of " + name_of_class(e, c) +
                                           " count nothing, so the network need not tell them"
                                     : "examples of no class count, so there is nothing to learn",
                    .place = place_of(e, "train.cost.class_weights"),
                    .hint = "write class_weights: balanced, or leave it out",
                    .note = "class_weights gives it " + number_text(counted[c]) + "; " +
                            std::to_string(sizes[c]) + " of " + std::to_string(e.sample.count()) +
                            " examples are of that class"}};
  }
  return {};
}

/// class_weights that make a rare class rarer.
Found reversed_weights(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  if (counted.empty() || counted.size() != sizes.size() || uncounted_classes(e)) return {};
  const auto most = static_cast<std::size_t>(std::ranges::max_element(sizes) - sizes.begin());
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0 ||
        static_cast<double>(sizes[c]) > rare_class * static_cast<double>(sizes[most]) ||
        counted[c] > counts_less * counted[most])
      continue;
    return Illness{
        "class_weights",
        Confidence::likely,
        {.what = name_of_class(e, c) +
                 " is rare, and class_weights make it count even "
                 "less than " +
                 name_of_class(e, most),
         .place = place_of(e, "train.cost.class_weights"),
         .hint = "write class_weights: balanced, or the inverse of the shares",
         .note = "a weight of " + number_text(counted[c]) + " for " + std::to_string(sizes[c]) +
                 " of " + std::to_string(e.sample.count()) + " examples, " +
                 number_text(counted[most]) + " for " + std::to_string(sizes[most])}};
  }
  return {};
}

/// class_weights that make one class count far more than others in all, and the network answers
/// with it where it should not.
Found leaning_weights(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const std::vector<double> counted = counted_classes(e);
  const std::vector<std::size_t>& answered = e.course.answered;
  if (counted.empty() || counted.size() != sizes.size() || answered.size() != sizes.size() ||
      uncounted_classes(e) || reversed_weights(e))
    return {};
  const auto in_all = [&](std::size_t c) { return counted[c] * static_cast<double>(sizes[c]); };
  std::size_t most = 0, least = 0;
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    if (in_all(c) > in_all(most)) most = c;
    if (sizes[c] > 0 && (sizes[least] == 0 || in_all(c) < in_all(least))) least = c;
  }
  const auto answers = std::accumulate(answered.begin(), answered.end(), std::size_t{0});
  const double own = share_of(sizes[most], e.sample.count()),
               said = answers > 0 ? share_of(answered[most], answers) : 0;
  if (in_all(most) <= counts_too_much * in_all(least) || counted[most] <= counted[least] ||
      said <= leaning_answers * own)
    return {};
  return Illness{
      "class_weights",
      Confidence::likely,
      {.what = "class_weights make " + name_of_class(e, most) + " count " +
               number_text(in_all(most) / in_all(least)) + " times as much in all as " +
               name_of_class(e, least) + ", and the network answers with it too often",
       .place = place_of(e, "train.cost.class_weights"),
       .hint = "write class_weights: balanced, or leave it out",
       .note = percent_text(said) + " of the answers are " + name_of_class(e, most) + ", of the " +
               std::to_string(e.sample.count()) + " examples " + percent_text(own) +
               "; class_weights gives it " + number_text(counted[most])}};
}

Found ignored_class(const Evidence& e) {
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  if (sizes.size() < 2 || sizes.size() > 20 || e.course.answered.size() != sizes.size()) return {};
  const auto rarest = static_cast<std::size_t>(std::ranges::min_element(sizes) - sizes.begin());
  const std::size_t most = std::ranges::max(sizes);
  const auto& answered = e.course.answered;  // to other examples, perhaps fewer
  const double answers = std::accumulate(answered.begin(), answered.end(), 0.);
  if (sizes[rarest] < 5 ||
      static_cast<double>(sizes[rarest]) > rare_class * static_cast<double>(most) ||
      static_cast<double>(answered[rarest]) * 10 >
          share_of(sizes[rarest], e.sample.count()) * answers)
    return {};
  return Illness{
      "imbalance",
      Confidence::likely,
      {.what = name_of_class(e, rarest) + " is rare, and the network does not answer with it",
       .place = place_of(e, "train.cost.class_weights"),
       .hint = "write cost: {type: " + e.experiment.train.cost.plugin->name +
               ", class_weights: balanced}",
       .note = std::to_string(sizes[rarest]) + " of " + std::to_string(e.sample.count()) +
               " examples, against " + std::to_string(most) + " of the largest class"}};
}

Found blind_metrics(const Evidence& e) {
  const std::vector<double>& values = e.course.metrics_of_constant;
  if (values.empty()) return {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t flags = functions_of<nnrun_metric>(*e.experiment.metrics[i].plugin).flags;
    if (!(flags & NNRUN_HIGHER_IS_BETTER) || !(flags & NNRUN_FRACTION) ||
        !(values[i] >= blind_metric))
      return {};
  }
  // f1 of the frequent class is as blind
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  const bool is_yes = e.sample.outputs == 1 && sizes.size() == 2 && sizes[1] > sizes[0];
  const std::string watch = !is_yes ? "balanced_accuracy, or f1"
                                    : "balanced_accuracy, or f1 with data: {positive: " +
                                          flow_yaml(text_node(word_of_class(e, 0))) + "}";
  return Illness{"metric",
                 Confidence::possible,
                 {.what = e.experiment.metrics[0].plugin->name + " is " + percent_text(values[0]) +
                          " for a network that always answers with the largest class",
                  .place = e.experiment.metrics[0].place,
                  .hint = "watch a metric that counts each class alike: " + watch}};
}

Found sorted_examples(const Evidence& e) {
  if (e.experiment.train.shuffle || e.sample.classes.count < 2 || e.sample.count() < 20 ||
      e.experiment.train.batch_size >= e.trainer.data().examples[NNRUN_TRAIN])
    return {};
  const std::vector<std::size_t>& of_rows = e.sample.classes.of_rows;
  std::size_t same = 0;
  for (std::size_t r = 1; r < of_rows.size(); ++r) same += of_rows[r] == of_rows[r - 1];
  double chance = 0;
  for (const std::size_t n : e.sample.classes.sizes())
    chance += std::pow(share_of(n, of_rows.size()), 2);
  const double share = share_of(same, of_rows.size() - 1);
  if (share < sorted_neighbours || chance > sorted_by_chance) return {};
  return Illness{
      "order",
      Confidence::likely,
      {.what = "the examples are sorted by class, and training takes them in that order: "
               "it forgets one class while it learns the next",
       .place = place_of(e, "train.shuffle"),
       .hint = "write train: {shuffle: true}",
       .note = percent_text(share) +
               " of the examples follow one of their own class, by "
               "chance it would be " +
               percent_text(chance)}};
}

/// Returns whether an augmentation can be made weaker: a flip cannot.
bool has_strength(const Use& augmentation) {
  return std::ranges::any_of(augmentation.settings, [](const auto& setting) {
    return std::holds_alternative<double>(setting) || std::holds_alternative<std::int64_t>(setting);
  });
}

/// What was changed looks like examples of another class: b, mirrored, is d.
Found swapping_augmentation(const Evidence& e) {
  const auto& plain = e.sample.neighbours.look_like;
  const std::vector<std::size_t> sizes = e.sample.classes.sizes();
  if (plain.empty() || !e.neighbours_know()) return {};
  for (const Use& use : e.experiment.data.augment) {
    const auto changed = neighbours_of_changed(e.sample, e.trainer, use).look_like;
    double most = 0;
    std::size_t from = 0, to = 0;
    for (std::size_t a = 0; a < changed.size(); ++a)
      for (std::size_t b = 0; b < changed.size(); ++b) {
        const double looked_at = static_cast<double>(sizes[a]) *
                                 static_cast<double>(e.sample.neighbours.examples) /
                                 static_cast<double>(e.sample.count());
        if (a == b || looked_at < fewest_of_class) continue;
        const double more = static_cast<double>(changed[a][b]) - static_cast<double>(plain[a][b]);
        if (more / looked_at <= most) continue;
        most = more / looked_at;
        from = a;
        to = b;
      }
    if (most < swapped_by_augmentation) continue;
    return Illness{
        "swapping_augment",
        Confidence::likely,
        {.what = std::string(use.plugin->name) + " in augment makes examples of " +
                 name_of_class(e, from) + " look like those of " + name_of_class(e, to),
         .place = use.place,
         .hint =
             std::string(has_strength(use) ? "make it weaker, or leave it out" : "leave it out") +
             ": what it changes must not tell the classes apart",
         .note = percent_text(most) + " of them look so when it has changed them, by the five "
                                      "nearest examples as they are"}};
  }
  return {};
}

/// What was changed is no longer nearest to what it was made of, or to its like.
Found hiding_augmentation(const Evidence& e) {
  if (e.has_learned_much() || !e.neighbours_know() || swapping_augmentation(e)) return {};
  const double before = e.sample.neighbours.skill.beyond_constant();
  for (const Use& use : e.experiment.data.augment) {
    const NeighbourSkill changed = neighbours_of_changed(e.sample, e.trainer, use);
    const double after = std::max(0., changed.skill.beyond_constant());
    if (!changed.skill.is_known || after > left_by_augmentation * before) continue;
    return Illness{
        "augment",
        Confidence::likely,
        {.what = std::string(use.plugin->name) +
                 " in augment changes inputs so much that they cannot be told apart",
         .place = use.place,
         .hint = has_strength(use) ? "make it weaker, by a factor of 10, say, or leave it out"
                                   : "leave it out",
         .note = "right beyond a constant answer, by the five nearest examples: " +
                 percent_text(before) + " without it, " + percent_text(after) + " with it"}};
  }
  return {};
}

/// A few examples weigh more than all others.
Found few_heavy_examples(const Evidence& e) {
  const SampleWeights& weights = e.sample.weights;
  if (weights.examples < fewest_for_leak || weights.of_heaviest < far_targets) return {};
  return Illness{
      "weights",
      Confidence::likely,
      {.what = std::to_string(weights.n_heaviest) + " of " + std::to_string(weights.examples) +
               (weights.n_heaviest == 1
                    ? " examples weighs more than all others together, so what it says"
                    : " examples weigh more than all others together, so what they say") +
               " is learnt alone",
       .place = place_of(e, "data.weights"),
       .hint =
           "look at the largest numbers of the column '" + e.experiment.data.weights.value + "'",
       .note = (weights.n_heaviest == 1 ? "it is " : "they are ") +
               percent_text(weights.of_heaviest) + " of all weight"}};
}

/// Classes that are there in the part that counts, and not, or in another share, in training.
Found other_classes(const Evidence& e) {
  const std::size_t part =
      part_to_choose_by([&](std::size_t p) { return e.sample.parts[p].count > 0; });
  if (part == NNRUN_TRAIN || e.sample.classes.count == 0) return {};
  const SampleClasses there =
      classes_of(e.sample.parts[part], e.sample.outputs, e.trainer.model()->targets());
  const std::vector<std::size_t> own = e.sample.classes.sizes(), other = there.sizes();
  const std::size_t n = there.of_rows.size();
  if (numbers_as_classes(e) || n < fewest_to_compare || other.size() != own.size()) return {};
  double apart = 0;
  std::size_t most = 0;
  std::optional<std::size_t> missing;
  for (std::size_t c = 0; c < own.size(); ++c) {
    const double more = share_of(other[c], n) - share_of(own[c], e.sample.count());
    apart += std::abs(more) / 2;
    if (more > share_of(other[most], n) - share_of(own[most], e.sample.count())) most = c;
    if (!missing && own[c] == 0 &&
        share_of(other[c], n) * static_cast<double>(e.sample.count()) > missed_by_chance)
      missing = c;
  }
  if (!missing && apart < other_shares) return {};
  const std::string words = part_words[part];
  const std::size_t shown = missing.value_or(most);
  return Illness{
      missing ? "missing_class" : "shifted_part",
      Confidence::likely,
      {.what = missing ? name_of_class(e, shown) + " is among the " + words +
                             " examples, and none of it among those that it is trained on"
                       : "the " + words +
                             " examples are of other classes than those that it is trained on",
       .place = place_of(e, e.experiment.data.split.validation + e.experiment.data.split.test > 0
                                ? "data.split"
                                : "data"),
       .hint = e.experiment.data.split.validation + e.experiment.data.split.test > 0
                   ? "rows are sorted by class: write split: {shuffle: true, stratify: true}"
                   : "draw both parts from the same examples",
       .note = name_of_class(e, shown) + ": " + percent_text(share_of(other[shown], n)) + " of " +
               std::to_string(n) + " " + words + " examples, " +
               percent_text(share_of(own[shown], e.sample.count())) + " of " +
               std::to_string(e.sample.count()) + " training examples"}};
}

constexpr IllnessRule example_rules[] = {
    constant_targets, constant_inputs,       uncounted_classes,  reversed_weights, leaning_weights,
    weightless_class, few_heavy_examples,    numbers_as_classes, other_classes,    sorted_examples,
    contradictions,   swapping_augmentation, hiding_augmentation};
constexpr IllnessRule data_rules[] = {
    ignored_class, leak,          shared_with_training, shared_held_out,
    near_copies,   single_names,  zeros_for_missing,    missing_columns,
    row_numbers,   spelled_twice, blind_metrics};

}  // namespace

std::vector<Illness> illnesses_of_examples(const Evidence& evidence) {
  return found_by(example_rules, evidence);
}

std::vector<Illness> illnesses_of_data(const Evidence& evidence) {
  return found_by(data_rules, evidence);
}

}  // namespace nnrun::host
