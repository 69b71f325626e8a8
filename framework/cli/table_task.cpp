#include "cli/table_task.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nnrun/csv_column.hpp>
#include <optional>

#include "base/did_you_mean.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {
namespace {

/// Returns the numbers as the file writes them: a class is a text.
std::vector<std::string> written_numbers(const ColumnProfile& column) {
  std::vector<std::string> texts;
  for (const auto& entry : column.different) {
    const auto written = column.spelled.find(entry.first);
    texts.push_back(written == column.spelled.end() ? shortest(entry.first) : written->second);
  }
  return texts;
}

constexpr auto words_for_order =
    "  # if they go from low to high: order in place of classes, sigmoid, binary_cross_entropy\n";

std::string classes_text(std::vector<std::string> classes, bool spelled) {
  for (std::string& text : classes)
    if (spelled) text = yaml_text(text);
  return "  classes: [" + join(classes, ", ") +
         "]    # for amounts: no classes, units: 1 without " +
         (classes.size() == 2 ? "sigmoid" : "softmax") + ", mean_squared_error\n" +
         (classes.size() == 2 ? "" : words_for_order);
}

/// Throws DataError for amounts that are not written as plain numbers.
void require_plain(const ColumnProfile& target) {
  const auto refuse = [&](const std::string& shown, const std::string& hint) {
    throw DataError(Problem{
        .what = "column '" + target.name + "': '" + shown + "' is not written as a plain number",
        .where = target.first_place,
        .hint = hint});
  };
  if (target.is_of_thousands() && target.with_comma > 0)
    refuse(target.first_text, "if commas stand between thousands, take them out");
  const bool few = target.counts.size() <= 10 && target.without_count == 0;
  if (target.cut_short * 2 > target.texts && !few)
    refuse(start_of(target.first_text),
           "write the numbers in full" +
               (target.unit_of_texts().empty() || target.numbers > 0
                    ? std::string()
                    : ", or, as all have it, write a config by hand with symbols: [" +
                          yaml_text(target.unit_of_texts()) + "] in data"));
  if (target.texts > 0 && target.like_numbers == target.texts && target.too_long < target.texts &&
      !few)
    refuse(
        start_of(target.first_text),
        target.own_decimal != '\0' && !target.has_dates()
            ? "if it is one, write it with a point alone, or write a config by hand: columns: {" +
                  yaml_text(target.name) + ": {decimal: \"" + target.own_decimal + "\"}}"
        : !with_minus_before(target.first_text).empty()
            ? "write a minus before its number: " + with_minus_before(target.first_text)
        : target.times > 0
            ? "write a time as a number, of seconds, say"
            : "take signs, units and separators of thousands out; write a date as a number");
}

std::size_t rarest_of(const std::map<double, std::size_t>& numbers) {
  return std::ranges::min_element(numbers, {}, [](const auto& entry) { return entry.second; })
      ->second;
}

/// Returns whether a text says yes. A 1 does beside a 0 or a -1 alone: 1 and 2 are two codes.
bool is_yes(std::string text, const std::string& other) {
  constexpr std::array<std::string_view, 5> words{"yes", "true", "y", "t", "positive"};
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::count(words, text) > 0 || (text == "1" && (other == "0" || other == "-1"));
}

/// Returns the line that says which of two classes is 1: one that is clearly the rarer, since f1
/// and precision say little of a class that most rows have; of two that are nearly as frequent,
/// that which sounds like a yes, or else the rarer one.
std::string positive_of(const std::vector<std::string>& classes,
                        std::array<std::size_t, 2> counts) {
  const std::size_t rarer = counts[0] < counts[1] ? 0 : 1;
  const bool is_clear = counts[rarer] * 3 < counts[0] + counts[1],
             first = is_yes(classes[0], classes[1]), second = is_yes(classes[1], classes[0]),
             named = !is_clear && first != second;
  const std::size_t positive = named ? (second ? 1 : 0) : rarer;
  return "  positive: " + yaml_text(classes[positive]) + "    # what the output 1 stands for" +
         (named || counts[0] == counts[1] ? "" : "; the rarer of the two") +
         (is_clear ? ": " + with_commas(counts[rarer]) + " of " +
                         with_commas(counts[0] + counts[1]) + " rows"
                   : "") +
         "\n";
}

/// Returns how many rows each class has: texts, and numbers as the file writes them.
std::map<std::string, std::size_t> classes_in(const ColumnProfile& column) {
  std::map<std::string, std::size_t> classes(column.counts.begin(), column.counts.end());
  const std::vector<std::string> numbers = written_numbers(column);
  std::size_t i = 0;
  for (const auto& entry : column.different) classes[numbers[i++]] += entry.second;
  return classes;
}

/// Texts, among which numbers may be: then the data set must be told that all are classes.
Task classes_of_texts(const ColumnProfile& column, std::size_t rows) {
  const std::map<std::string, std::size_t> classes = classes_in(column);
  const bool too_few = classes.size() > std::max<std::size_t>(2, rows / 3);
  if (too_few && column.without_count == 0 && classes.size() * 10 < rows * 9)
    throw DataError(Problem{
        .what = "column '" + column.name + "' has " + with_commas(classes.size()) + " classes in " +
                with_commas(rows) + " rows: fewer than 3 rows for each, too few to learn them from",
        .where = column.first_place,
        .hint = "put rare classes together, bring more rows, or choose another column: --target "
                "NAME"});
  if (column.without_count > 0 || too_few)
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' has a text of its own in nearly every row, such as '" +
                                    start_of(column.first_text) + "': nothing can be predicted",
                            .where = column.first_place,
                            .hint = column.too_long == column.texts
                                        ? "if these are amounts, write as many digits as a number "
                                          "keeps: 9.0072e15; else choose another column: --target "
                                          "NAME"
                                        : "choose another column: --target NAME"});
  Task task{.kind = Task::classes, .settings = {}, .note = {}, .smallest = rows};
  std::vector<std::string> names, written;
  std::vector<std::size_t> counts;
  for (const auto& [name, count] : classes) {
    names.push_back(name);
    written.push_back(yaml_text(name));
    counts.push_back(count);
    task.smallest = std::min(task.smallest, count);
  }
  task.note = words_of_texts(names, " class", " classes");
  if (column.numbers > 0 || column.too_long > 0)
    task.settings = "  classes: [" + join(written, ", ") +
                    "]    # texts, though some of them are written as numbers\n";
  if (names_steps(names))
    task.settings +=
        std::string("  # if they go from low to high: order: [lowest, ..., highest], ") +
        "sigmoid, binary_cross_entropy\n";
  if (names.size() != 2) return task;
  task.kind = Task::yes_or_no;
  task.settings += positive_of(names, {counts[0], counts[1]});
  return task;
}

/// Returns whether numbers and texts are classes, such as 0, 1, 2 and 3+: whole numbers, of which
/// each is there again and again, as each text is.
bool are_classes(const ColumnProfile& column, std::size_t rows) {
  constexpr std::size_t most = 10, often = 3;
  const std::map<std::string, std::size_t> classes = classes_in(column);
  return column.whole && column.without_count == 0 && classes.size() <= most &&
         rows >= 10 * classes.size() &&
         std::ranges::all_of(classes, [](const auto& entry) { return entry.second >= often; });
}

/// Throws DataError for a column of amounts in which something else is.
[[noreturn]] void refuse_mixture(const ColumnProfile& column) {
  const bool too_long = column.too_long == column.texts;
  const char own_decimal = column.has_dates() ? '\0' : column.own_decimal;
  throw DataError(Problem{
      .what = "column '" + column.name + "' holds numbers, but '" + start_of(column.first_text) +
              (too_long ? "' has more digits than a number keeps" : "' is not one"),
      .where = column.first_place,
      .hint = own_decimal != '\0' && column.with_point > 0 ? "write all of its numbers in one way"
              : own_decimal != '\0'
                  ? std::string("if a ") + (own_decimal == ',' ? "comma" : "point") +
                        " stands before fractions in this column, write them as the other columns "
                        "do, or write a config by hand: columns: {" +
                        yaml_text(column.name) + ": {decimal: \"" + own_decimal + "\"}}"
              : is_cut_short(column.first_text) ? "write the numbers in full"
              : !with_minus_before(column.first_text).empty()
                  ? "write a minus before its number: " + with_minus_before(column.first_text)
              : too_long ? "for amounts, write as many digits as matter: 9.0072e15; codes and ids "
                           "cannot be predicted as numbers"
                         : "mend that row, or leave it empty: rows without a target are left out"});
}

/// Returns how a target is scaled.
const char* scale_for(const ColumnProfile& column) {
  return column.low > 0 && column.spreads_by_factors() ? "log" : "standard";
}

Task task_for(const ColumnProfile& column, std::size_t rows) {
  const bool one_text =
      column.numbers == 0 && column.counts.size() == 1 && column.without_count == 0;
  if (column.values() == 0 || one_text || (column.texts == 0 && column.low == column.high))
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' always holds the same: nothing "
                                    "can be learnt from it",
                            .hint = (column.gaps > 0 && column.values() > 0
                                         ? "if its " + with_commas(column.gaps) +
                                               " empty fields mean something, write it there: no, "
                                               "say; or "
                                         : std::string()) +
                                    "choose another column: --target NAME"});
  if (column.numbers > column.texts && column.texts > 0) {
    if (are_classes(column, rows)) return classes_of_texts(column, rows);
    refuse_mixture(column);
  }
  require_plain(column);
  if (column.texts > 0) return classes_of_texts(column, rows);
  const std::size_t different = column.different.size();
  if (column.whole && column.low == 0 && column.high == 1)
    return {.kind = Task::yes_or_no,
            .settings = {},
            .note = "0 or 1",
            .smallest = rarest_of(column.different)};
  if (column.whole && different <= 10 && rows >= 10 * different) {
    const std::vector<std::string> classes = written_numbers(column);
    Task task{.kind = Task::classes,
              .settings = classes_text(classes, !column.spelled.empty()),
              .note = with_commas(different) + " classes",
              .smallest = rarest_of(column.different)};
    if (different != 2) return task;
    task.kind = Task::yes_or_no;
    task.settings +=
        positive_of(classes, {column.different.begin()->second, column.different.rbegin()->second});
    return task;
  }
  return {.kind = Task::number,
          .settings = std::string("  target_scale: ") + scale_for(column) +
                      "    # undone in answers and metrics\n",
          .note = "a number, " + range_of(column)};
}

const ColumnProfile& target_of(const TableProfile& table, const std::string& wanted) {
  std::vector<std::string> names;
  const ColumnProfile* last = nullptr;
  for (const ColumnProfile& column : table.columns) {
    if (column.name.empty()) continue;
    names.push_back(column.name);
    if (column.name == wanted || (wanted.empty() && column.values() > 0)) last = &column;
  }
  if (last == nullptr)
    throw UsageError(Problem{.what = "'" + table.file + "' has no column '" + wanted + "'",
                             .hint = wanted.find(',') == wanted.npos
                                         ? did_you_mean(wanted, names)
                                         : "for several, write --target once for each"});
  return *last;
}

/// Returns the rarest class with how many rows it has, and how many classes there are.
struct Rarest {
  std::string name;
  std::size_t count = 0, classes = 0;
};
Rarest rarest_class(const ColumnProfile& target) {
  Rarest rarest;
  const auto look = [&](const std::string& name, std::size_t count) {
    ++rarest.classes;
    if (rarest.count != 0 &&
        (count > rarest.count || (count == rarest.count && name > rarest.name)))
      return;
    rarest.name = name;
    rarest.count = count;
  };
  for (const auto& [text, count] : target.counts) look(text, count);
  for (const auto& [number, count] : target.different) look(shortest(number), count);
  return rarest;
}

/// Returns whether a column has 0 and 1, or yes and no in words, and nothing else.
bool is_label(const ColumnProfile& column) {
  bool yes = column.different.contains(1), no = column.different.contains(0);
  for (const auto& [text, count] : column.counts) {
    const std::optional<bool> word = CsvColumn::yes_or_no(text);
    if (!word) return false;
    (*word ? yes : no) = true;
  }
  const bool numbers_fit =
      column.numbers == 0 || (column.whole && column.low >= 0 && column.high <= 1);
  return yes && no && numbers_fit && column.without_count == 0;
}

}  // namespace

/// Several targets are labels, a yes or no each, or numbers, each scaled by itself.
Task task_for(const std::vector<const ColumnProfile*>& targets, std::size_t rows) {
  if (targets.size() == 1) return task_for(*targets[0], rows);
  if (std::ranges::all_of(targets, [](const ColumnProfile* target) { return is_label(*target); }))
    return {.kind = Task::yes_or_no,
            .settings = {},
            .note = std::to_string(targets.size()) +
                    (std::ranges::any_of(targets, &ColumnProfile::texts) ? " labels, each yes or no"
                                                                         : " labels, each 0 or 1")};
  std::vector<std::string> scales, notes;
  for (const ColumnProfile* const target : targets) {
    if (target->texts > 0)
      throw DataError(
          Problem{.what = "column '" + target->name + "' holds texts, such as '" +
                          start_of(target->first_text) + "', and several targets are numbers",
                  .where = target->first_place,
                  .hint = "a target of classes must be the only one; for several, each a "
                          "yes or no, write 1 and 0 in their columns"});
    task_for(*target, rows);  // throws if nothing can be learnt from it
    scales.push_back(yaml_text(target->name) + ": " + scale_for(*target));
    notes.push_back(range_of(*target));
  }
  const bool same = std::ranges::all_of(targets, [&](const ColumnProfile* target) {
    return std::string_view(scale_for(*target)) == scale_for(*targets[0]);
  });
  return {.kind = Task::number,
          .settings = "  target_scale: " +
                      (same ? scale_for(*targets[0]) : "{" + join(scales, ", ") + "}") +
                      "    # undone in answers and metrics\n",
          .note = std::to_string(targets.size()) + " numbers, " + join(notes, "; ")};
}

std::vector<const ColumnProfile*> targets_of(const TableProfile& table,
                                             const std::vector<std::string>& wanted) {
  std::vector<const ColumnProfile*> targets;
  if (wanted.empty()) targets.push_back(&target_of(table, ""));
  for (const std::string& name : wanted) {
    targets.push_back(&target_of(table, name));
    if (std::ranges::count(targets, targets.back()) > 1)
      throw UsageError(Problem{.what = "--target " + name + " is there twice",
                               .hint = "write it once for each column"});
  }
  return targets;
}

std::string lopsided_words(const Task& task, const ColumnProfile& target, std::size_t rows) {
  if (task.kind == Task::number) return "";
  const Rarest rarest = rarest_class(target);
  if (rarest.count * rarest.classes * 5 >= rows) return "";
  return "only " + with_commas(rarest.count) + " of " + with_commas(rows) + " rows have " +
         yaml_text(start_of(rarest.name)) + " in " + yaml_text(target.name) +
         ": an accuracy can be high without any of them; class_weights: balanced in the cost makes "
         "them count as much as the others";
}

}  // namespace nnrun::host
