#include "cli/config_for_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nnrun/csv_column.hpp>

#include "base/did_you_mean.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/table_copies.hpp"
#include "cli/table_doubts.hpp"
#include "config/flow_yaml.hpp"
namespace nnrun::host {
namespace {

std::string yaml_text(const std::string& text) {
  return flow_yaml(text_node(text));
}
/// Returns a number as people write it, whole ones with every digit: 2,463,494.
std::string exact(double x) {
  if (x != std::floor(x) || std::abs(x) >= 1e15) return significant(x, 6);
  std::string text = std::to_string(std::llround(x));
  const std::size_t sign = x < 0 ? 1 : 0;
  if (text.size() - sign > 4)
    for (std::size_t i = text.size(); i > sign + 3; i -= 3) text.insert(i - 3, ",");
  return text;
}
std::string counted(std::size_t n) {
  return exact(static_cast<double>(n));
}

/// Returns the start of a text, whole letters only.
std::string start_of(const std::string& text) {
  std::size_t end = std::min<std::size_t>(text.size(), 40);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

/// What becomes of a column that is not the target, and why.
struct InputChoice {
  std::string how;  ///< what stands behind its name in `columns`
  std::string why;
  bool used = true;
  std::vector<std::string> gaps = {};  ///< texts in it that are taken for missing values
};

std::string range_of(const ColumnProfile& column) {
  return exact(column.low) + " to " + exact(column.high);
}

std::vector<std::string> sorted_texts(const ColumnProfile& column) {
  std::vector<std::string> texts;
  for (const auto& entry : column.counts) texts.push_back(entry.first);
  std::ranges::sort(texts);
  return texts;
}

/// Returns `3 texts: a, b, c`.
std::string texts_of(const ColumnProfile& column, const char* one = " text",
                     const char* several = " texts") {
  constexpr std::size_t most = 6;
  std::vector<std::string> texts = sorted_texts(column);
  const std::size_t all = texts.size();
  if (all > most) texts.resize(most);
  for (std::string& text : texts) text = start_of(text);
  return counted(all) + (all == 1 ? one : several) + ": " + join(texts, ", ") +
         (all > most ? ", ..." : "");
}

InputChoice unused(std::string why) {
  return {.how = "unused", .why = std::move(why), .used = false};
}

InputChoice category(const ColumnProfile& column, const std::string& why) {
  if (column.gaps == 0) return {.how = "category", .why = why};
  return {.how = "{type: category, missing: {constant: missing}}",
          .why = why + "; " + counted(column.gaps) + " missing: a text of their own"};
}

/// Returns whether they repeat as categories do.
bool has_few(std::size_t different, std::size_t rows) {
  return different * 5 <= rows && different <= 50;
}

/// How numbers such as 1'000, 12 % and $5 become an input.
constexpr auto how_to_read = ": to use it, take signs, units and separators of thousands out";

InputChoice choice_for_texts(const ColumnProfile& column, std::size_t rows) {
  const std::size_t different = column.counts.size();
  if (column.has_lines) return unused("texts that go over lines");
  if (column.dates == column.texts) return unused("dates, such as " + start_of(column.first_text));
  if (different == 1 && column.gaps == 0) return unused("always " + start_of(column.first_text));
  const bool repeat = column.without_count == 0 && has_few(different, rows);
  if (column.like_numbers == column.texts && !repeat)
    return unused("dates, or numbers with more than digits, such as " +
                  start_of(column.first_text) + how_to_read);
  if (column.without_count > 0 || (rows >= 10 && different > rows / 2))
    return unused("nearly every row has a text of its own, such as " + start_of(column.first_text));
  return category(column, texts_of(column));
}

/// Numbers and texts in one column: a few texts among numbers say that a value is missing.
InputChoice choice_for_both(const ColumnProfile& column, std::size_t rows) {
  constexpr std::size_t few = 20;
  const bool amounts = column.like_numbers * 10 > column.values() && column.counts.size() > 2;
  if (column.without_count == 0 && column.counts.size() <= few && column.numbers > column.texts &&
      !column.has_lines && !amounts)
    return {.how = "{missing: median, indicator: true}",
            .why = range_of(column) + "; taken for missing: " + texts_of(column),
            .used = true,
            .gaps = sorted_texts(column)};
  const std::size_t different = column.counts.size() + column.different.size();
  if (column.without_count == 0 && has_few(different, rows) && !column.has_lines)
    return category(column, counted(column.different.size()) + " numbers and " + texts_of(column));
  return unused(
      (amounts ? "numbers, some with more than digits, such as " : "numbers and texts, such as ") +
      start_of(column.first_text) + (amounts ? how_to_read : ""));
}

/// Numbers that tell things apart, of which twice as much means nothing.
InputChoice choice_for_codes(const ColumnProfile& column, std::size_t rows,
                             const std::string& why) {
  const std::size_t different = column.different.size();
  if (has_few(different, rows)) return category(column, counted(different) + why);
  const bool more = different == ColumnProfile::most_different;
  return unused(counted(different) + (more ? " or more" : "") + why);
}

/// Returns whether these are seconds or milliseconds since 1970, of the years from 2000 to 2037.
bool are_times(const ColumnProfile& column) {
  const auto within = [&](double from, double to) {
    return column.low >= from && column.high <= to;
  };
  return column.whole && column.tells_rows_apart() &&
         (within(946684800, 2145916800) || within(946684800e3, 2145916800e3));
}

/// Columns that the user may want all the same are inputs if there is nothing else.
InputChoice choice_for_doubtful(const ColumnProfile& column, std::size_t rows) {
  if (column.numbers_rows(rows)) return unused("counts the rows: " + range_of(column));
  if (column.whole && column.different.size() > 2 && is_name_of_codes(column.name))
    return choice_for_codes(column, rows, " numbers that tell things apart, to judge by the name");
  if (column.whole && column.high >= 1000 && column.tells_rows_apart() &&
      is_name_of_numbering(column.name))
    return unused("nearly every row has a number of its own, such as " + column.first_number +
                  ", and its name says that it tells rows apart");
  if (are_times(column)) return unused("times, to judge by their size: " + range_of(column));
  return {.how = "number", .why = range_of(column)};
}

InputChoice choice_for_numbers(const ColumnProfile& column, std::size_t rows, bool counts_count) {
  if (column.low == column.high && column.gaps == 0)
    return unused("always " + shortest(column.low));
  if (column.dates == column.numbers) return unused("dates, such as " + column.first_number);
  // months and hours with two digits are amounts
  if (column.has_codes() && (column.high >= 100 || has_few(column.different.size(), rows)))
    return choice_for_codes(column, rows, " codes, such as " + column.first_code);
  if (!counts_count) {
    const InputChoice choice = choice_for_doubtful(column, rows);
    if (choice.how != "number") return choice;
  }
  if (column.gaps == 0) return {.how = "number", .why = range_of(column)};
  return {.how = "{missing: median, indicator: true}",
          .why = range_of(column) + "; " + counted(column.gaps) + " missing"};
}

InputChoice choice_for(const ColumnProfile& column, std::size_t rows, bool counts_count = false) {
  if (column.values() == 0) return unused("empty");
  if (column.numbers > 0 && column.texts > 0) return choice_for_both(column, rows);
  if (column.texts > 0) return choice_for_texts(column, rows);
  return choice_for_numbers(column, rows, counts_count);
}

/// How the target is learned.
struct Task {
  enum Kind { number, yes_or_no, classes } kind = number;
  std::string settings;  ///< lines of `data`
  std::string note;
  std::size_t smallest = 0;  ///< examples of the rarest class
  bool is_lopsided = false;  ///< it has far fewer than its share
};

/// Returns the numbers as the file writes them: a class is a text.
std::vector<std::string> written_numbers(const ColumnProfile& column) {
  std::vector<std::string> texts;
  for (const auto& entry : column.different) {
    const auto written = column.spelled.find(entry.first);
    texts.push_back(written == column.spelled.end() ? shortest(entry.first) : written->second);
  }
  return texts;
}

std::string classes_text(std::vector<std::string> classes, bool spelled) {
  for (std::string& text : classes)
    if (spelled) text = yaml_text(text);
  return "  classes: [" + join(classes, ", ") +
         "]    # for amounts: no classes, units: 1 without " +
         (classes.size() == 2 ? "sigmoid" : "softmax") + ", mean_squared_error\n";
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
  if (target.texts > 0 && target.like_numbers == target.texts && !few)
    refuse(start_of(target.first_text),
           "take signs, units and separators of thousands out; write a date as a number");
}

std::size_t rarest_of(const std::map<double, std::size_t>& numbers) {
  return std::ranges::min_element(numbers, {}, [](const auto& entry) { return entry.second; })
      ->second;
}

/// Returns the line that says which of two classes is 1: that which sounds like a yes, or else the
/// rarer one, which is mostly what people look for.
std::string positive_of(const std::vector<std::string>& classes,
                        std::array<std::size_t, 2> counts) {
  constexpr std::array<std::string_view, 6> words{"yes", "true", "y", "t", "positive", "1"};
  const auto is_yes = [&](std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return std::ranges::count(words, text) > 0;
  };
  const bool named = is_yes(classes[0]) != is_yes(classes[1]);
  const std::size_t positive =
      named ? (is_yes(classes[1]) ? 1 : 0) : (counts[0] < counts[1] ? 0 : 1);
  return "  positive: " + yaml_text(classes[positive]) + "    # what the output 1 stands for" +
         (named || counts[0] == counts[1] ? "" : "; the rarer of the two") + "\n";
}

Task classes_of_texts(const ColumnProfile& column, std::size_t rows) {
  if (column.without_count > 0 || column.counts.size() > std::max<std::size_t>(2, rows / 3))
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' has a text of its own in nearly every row, such as '" +
                                    start_of(column.first_text) + "': nothing can be predicted",
                            .where = column.first_place,
                            .hint = "choose another column: --target NAME"});
  Task task{.kind = Task::classes,
            .settings = {},
            .note = texts_of(column, " class", " classes"),
            .smallest = rows};
  for (const auto& [text, count] : column.counts) task.smallest = std::min(task.smallest, count);
  if (column.counts.size() != 2) return task;
  const std::vector<std::string> texts = sorted_texts(column);
  task.kind = Task::yes_or_no;
  task.settings = positive_of(texts, {column.counts.at(texts[0]), column.counts.at(texts[1])});
  return task;
}

/// Returns whether amounts lie evenly by their logarithms and not by themselves: the median is
/// nearer to the middle of the logarithms.
bool spreads_by_factors(const ColumnProfile& column) {
  if (column.low <= 0 || column.high / column.low < 50) return false;
  std::size_t all = 0, seen = 0;
  for (const auto& entry : column.different) all += entry.second;
  double median = 0;
  for (const auto& [x, count] : column.different) {
    median = x;
    if ((seen += count) * 2 >= all) break;
  }
  const double by_factors = std::sqrt(column.low * column.high),
               by_amounts = (column.low + column.high) / 2;
  return median < std::sqrt(by_factors * by_amounts);
}

/// Returns how a target is scaled.
const char* scale_for(const ColumnProfile& column) {
  return spreads_by_factors(column) ? "log" : "standard";
}

Task task_for(const ColumnProfile& column, std::size_t rows) {
  const bool one_text =
      column.numbers == 0 && column.counts.size() == 1 && column.without_count == 0;
  if (column.values() == 0 || one_text || (column.texts == 0 && column.low == column.high))
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' always holds the same: nothing "
                                    "can be learnt from it",
                            .hint = "choose another column: --target NAME"});
  if (column.numbers > 0 && column.texts > 0 && column.numbers > column.texts)
    throw DataError(Problem{.what = "column '" + column.name + "' holds numbers, but '" +
                                    start_of(column.first_text) + "' is not one",
                            .where = column.first_place,
                            .hint = "mend that row, or leave it empty: rows without a target are "
                                    "left out"});
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
              .note = counted(different) + " classes",
              .smallest = 0};
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

/// Several targets are labels, a yes or no each, or numbers, each scaled by itself.
Task task_for(const std::vector<const ColumnProfile*>& targets, std::size_t rows) {
  if (targets.size() == 1) return task_for(*targets[0], rows);
  const auto is_label = [](const ColumnProfile* target) {
    return target->texts == 0 && target->whole && target->low == 0 && target->high == 1;
  };
  if (std::ranges::all_of(targets, is_label))
    return {.kind = Task::yes_or_no,
            .settings = {},
            .note = std::to_string(targets.size()) + " labels, each 0 or 1"};
  std::vector<std::string> scales, notes;
  for (const ColumnProfile* const target : targets) {
    if (target->texts > 0)
      throw DataError(Problem{.what = "column '" + target->name + "' holds texts, such as '" +
                                      start_of(target->first_text) +
                                      "', and several targets are numbers",
                              .where = target->first_place,
                              .hint = "a target of classes must be the only one"});
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

/// The columns that are to be predicted; without a wish, the last one.
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

bool is_in(const std::vector<const ColumnProfile*>& targets, const ColumnProfile& column) {
  return std::ranges::count(targets, &column) > 0;
}

std::string names_of(const std::vector<const ColumnProfile*>& targets) {
  std::vector<std::string> names;
  for (const ColumnProfile* const target : targets) names.push_back(yaml_text(target->name));
  return join(names, ", ");
}

/// Every column but the targets, with what becomes of it.
struct Choices {
  struct Entry {
    const ColumnProfile* column;
    InputChoice choice;
  };
  std::vector<Entry> all;
  std::vector<std::string> gaps;  ///< texts that are taken for missing values, in some column

  std::vector<const ColumnProfile*> used() const {
    std::vector<const ColumnProfile*> columns;
    for (const auto& [column, choice] : all)
      if (choice.used) columns.push_back(column);
    return columns;
  }
  bool none_used() const { return used().empty(); }
};

/// The texts of `gaps` mean a missing value in every column. Returns a column to which one of these
/// texts means something; nullptr if there is none.
const ColumnProfile* in_need_of(const std::vector<std::string>& gaps, const Choices& choices,
                                const std::vector<const ColumnProfile*>& targets) {
  const auto has_one = [&](const ColumnProfile& column) {
    return std::ranges::any_of(gaps,
                               [&](const std::string& gap) { return column.counts.contains(gap); });
  };
  for (const ColumnProfile* const target : targets)
    if (has_one(*target)) return target;
  for (const auto& [column, choice] : choices.all)
    if (choice.used && choice.gaps.empty() && has_one(*column)) return column;
  return nullptr;
}

/// Leaves columns of numbers out whose texts for missing values mean something elsewhere.
void keep_texts_of_others(Choices& choices, const std::vector<const ColumnProfile*>& targets) {
  for (auto& [column, choice] : choices.all) {
    if (choice.gaps.empty()) continue;
    if (const ColumnProfile* const other = in_need_of(choice.gaps, choices, targets))
      choice = unused("numbers, and " + texts_of(*column) + ", which " + yaml_text(other->name) +
                      " has too: to use it, leave fields without a number empty");
  }
}

Choices choices_for(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                    bool counts_count) {
  Choices choices;
  for (const ColumnProfile& column : table.columns) {
    if (is_in(targets, column) || column.name.empty() ||
        std::ranges::count(table.columns, column.name, &ColumnProfile::name) > 1)
      continue;
    choices.all.push_back({&column, choice_for(column, table.rows, counts_count)});
  }
  keep_texts_of_others(choices, targets);
  for (const auto& entry : choices.all)
    for (const std::string& gap : entry.choice.gaps)
      if (!std::ranges::count(choices.gaps, gap)) choices.gaps.push_back(gap);
  return choices;
}

Choices choices_for(const TableProfile& table, const std::vector<const ColumnProfile*>& targets) {
  Choices choices = choices_for(table, targets, false);
  if (choices.none_used()) choices = choices_for(table, targets, true);
  if (!choices.none_used()) return choices;
  std::string reasons;
  for (const auto& [column, choice] : choices.all)
    reasons += (reasons.empty() ? "" : "\n") + column->name + ": " + choice.why;
  if (choices.all.size() + 1 < table.columns.size())
    reasons += std::string(reasons.empty() ? "" : "\n") +
               "columns without a name, or with the name of another, cannot be told apart";
  throw DataError(Problem{
      .what = "'" + table.file + "' has no column to predict '" + targets[0]->name + "' from",
      .hint = reasons});
}

/// The lines of `columns`, padded so that comments stand below each other.
std::string columns_text(const Choices& choices, const std::vector<const ColumnProfile*>& targets) {
  constexpr std::size_t widest = 48, most_listed = 100;
  const bool many = choices.all.size() > most_listed;
  std::vector<std::pair<std::string, std::string>> lines;  // and why
  for (const auto& [column, choice] : choices.all)
    if (!many || choice.how != "number")
      lines.emplace_back("    " + yaml_text(column->name) + ": " + choice.how, choice.why);
  for (const ColumnProfile* const target : targets)
    if (target->gaps > 0)
      lines.emplace_back("    " + yaml_text(target->name) + ": {missing: drop}",
                         counted(target->gaps) + " rows without it are left out");
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.first.size());
  width = std::min(width, widest);
  if (lines.empty()) return "  # every other column is a number\n";
  std::string text = many ? "  columns:    # all others are numbers\n" : "  columns:\n";
  if (choices.used().size() < choices.all.size())
    text += "    # to use one that is unused, write number in its place, or category for texts\n";
  for (const auto& [line, why] : lines)
    text += line + std::string(width - std::min(width, line.size()), ' ') + "  # " + why + "\n";
  return text;
}

std::string gaps_text(const Choices& choices) {
  if (choices.gaps.empty()) return "";
  std::vector<std::string> texts;
  for (const char* const gap : usual_gaps) texts.push_back(yaml_text(gap));
  for (const std::string& gap : choices.gaps) texts.push_back(yaml_text(gap));
  return "  gaps: [" + join(texts, ", ") + "]\n";
}

/// Names the inputs where some columns have no name or share one, which nobody can name.
std::string inputs_text(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                        const Choices& choices) {
  std::vector<std::string> inputs;
  bool needed = false;
  for (const ColumnProfile& column : table.columns) {
    const bool twice = std::ranges::count(table.columns, column.name, &ColumnProfile::name) > 1;
    needed |= (column.name.empty() && column.values() > 0) || (twice && !is_in(targets, column));
  }
  for (const auto& [column, choice] : choices.all)
    if (choice.used) inputs.push_back(yaml_text(column->name));
  if (!needed) return "";
  return "  inputs: [" + join(inputs, ", ") +
         "]    # columns without a name of their own are out\n";
}

std::string format_text(const CsvFormat& format) {
  std::string text;
  if (!format.header)
    text += "  header: false    # the first row holds data: columns are x1, x2, ...\n";
  if (format.decimal == ',') text += "  decimal: \",\"\n";
  if (format.encoding != "utf-8") text += "  encoding: " + std::string(format.encoding) + "\n";
  return text;
}

/// How long to train: some 20,000 steps.
struct Length {
  std::size_t batch, epochs;
  bool validates;
};
Length length_for(std::size_t rows) {
  const std::size_t batch = rows > 20'000 ? 256 : 32,
                    steps = std::max<std::size_t>(1, rows * 7 / 10 / batch);
  return {batch, std::clamp<std::size_t>(20'000 / steps, 20, 500), rows >= 50};
}

std::string train_text(const Task& task, const Length& length) {
  const char* const cost = task.kind == Task::number      ? "mean_squared_error"
                           : task.kind == Task::yes_or_no ? "binary_cross_entropy"
                                                          : "cross_entropy";
  std::string text = "train:\n  cost: " + std::string(cost) +
                     "\n  batch_size: " + std::to_string(length.batch) +
                     "\n  epochs: " + std::to_string(length.epochs) +
                     "\n  optimizer: {type: adam, learning_rate: 0.003}\n";
  if (length.validates)
    text += "  early_stopping: {monitor: val.cost, patience: 30, restore_best: true}\n";
  const char* const metrics = task.kind == Task::number      ? "[r2, mean_absolute_error]"
                              : task.is_lopsided             ? "[balanced_accuracy, f1, auc]"
                              : task.kind == Task::yes_or_no ? "[accuracy, f1, auc]"
                                                             : "[accuracy, f1]";
  return text + "metrics: " + metrics + "\n";
}

std::string model_text(const Task& task, std::size_t rows) {
  const char* const last = task.kind == Task::number      ? ""
                           : task.kind == Task::yes_or_no ? ", activation: sigmoid"
                                                          : ", activation: softmax";
  std::string text =
      "model:    # its input and the last layer's units follow from the data\n  layers:\n";
  // few rows are soon known by heart: a penalty keeps the network from that
  const bool few = rows < 20'000;
  for (const int units : rows < 1000 ? std::vector<int>{100} : std::vector<int>{64, 32})
    text += "    - {type: dense, units: " + std::to_string(units) +
            ", activation: relu, init: he_normal" +
            (few ? ", regularizer: {type: l2, rate: 0.01}" : "") + "}\n";
  return text + "    - {type: dense" + last + "}\n";
}

}  // namespace

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

/// Says if a class has less than a fifth of its share: then accuracy says little.
std::string lopsided_words(const Task& task, const ColumnProfile& target, std::size_t rows) {
  if (task.kind == Task::number) return "";
  const Rarest rarest = rarest_class(target);
  if (rarest.count * rarest.classes * 5 >= rows) return "";
  return "only " + counted(rarest.count) + " of " + counted(rows) + " rows have " +
         yaml_text(start_of(rarest.name)) + " in " + yaml_text(target.name) +
         ": an accuracy can be high without any of them; class_weights: balanced in the cost makes "
         "them count as much as the others";
}

ConfigForTable config_for(const TableProfile& table, const std::string& name,
                          const std::string& path, const std::vector<std::string>& wanted) {
  const std::vector<const ColumnProfile*> targets = targets_of(table, wanted);
  std::size_t gaps = 0;
  for (const ColumnProfile* const target : targets) gaps = std::max(gaps, target->gaps);
  const std::size_t rows = table.rows - gaps;
  if (rows < 5)
    throw DataError(Problem{.what = "'" + table.file + "' has " + std::to_string(rows) +
                                    (rows == 1 ? " row" : " rows") +
                                    " with a target: too few to train and to test"});
  require_no_totals(table);
  Task task = task_for(targets, rows);
  const std::string lopsided =
      targets.size() == 1 ? lopsided_words(task, *targets[0], rows) : std::string();
  task.is_lopsided = !lopsided.empty();
  const Length length = length_for(rows);
  const Choices choices = choices_for(table, targets);
  ConfigForTable config{.target = targets.size() == 1 ? targets[0]->name : names_of(targets),
                        .target_note = task.note,
                        .notes = doubts_of(table, choices.used(), targets),
                        .yaml = {}};
  if (!lopsided.empty()) config.notes.push_back(lopsided);
  if (targets.size() == 1)
    std::ranges::move(copies_in(table, choices.used(), *targets[0]),
                      std::back_inserter(config.notes));
  std::string doubts;
  for (const std::string& doubt : config.notes) doubts += "# Note: " + doubt + "\n";
  std::string split = length.validates ? "{validation: 0.15, test: 0.15" : "{test: 0.2";
  if (task.smallest >= 10) split += ", stratify: true";
  config.yaml = "# From what " + yaml_text(path) + " holds: " + counted(table.rows) +
                " rows. Every line is yours to change.\n" + doubts + "name: " + yaml_text(name) +
                "\ndata:\n  type: csv\n  path: " + yaml_text(path) + "\n" +
                format_text(table.format) + "  targets: [" + names_of(targets) + "]    # " +
                task.note + (wanted.empty() ? "; the last column" : "") + "\n" + task.settings +
                gaps_text(choices) + inputs_text(table, targets, choices) +
                columns_text(choices, targets) + "  scale: standard\n  split: " + split +
                "}    # drawn by the seed\n" + model_text(task, rows) + train_text(task, length);
  constexpr std::size_t largest = 250'000, most_columns = 900;  // of a config
  const auto listed = std::ranges::count_if(choices.all, [&](const Choices::Entry& entry) {
    return choices.all.size() <= 100 || entry.choice.how != "number";
  });
  if (config.yaml.size() > largest || static_cast<std::size_t>(listed) > most_columns)
    throw DataError(Problem{.what = "'" + table.file +
                                    "' has too many columns that are not plain "
                                    "numbers, or names and texts that are too long, for a config",
                            .hint = "leave columns out, or shorten their names"});
  for (const ColumnProfile& column : table.columns)
    if (column.name.size() > 500 || column.name == "<<")
      throw DataError(Problem{
          .what = "a column is called '" + start_of(column.name) + "', which a config cannot hold",
          .where = table.file + ":1",
          .hint = "give it another name"});
  for (const auto& [column, choice] : choices.all)
    if (!choice.used) config.notes.push_back(column->name + " is not used: " + choice.why);
  for (const ColumnProfile& column : table.columns)
    if (table.format.separator != ',' && column.is_of_thousands() && column.with_point > 0)
      config.notes.push_back("if points stand between thousands in " + column.name +
                             ", take them out: each has three digits behind it");
  if (!table.format.header)
    config.notes.push_back("the first row holds data, not names: columns are x1, x2, ...");
  return config;
}

}  // namespace nnrun::host
