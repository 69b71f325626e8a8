#include "cli/config_for_table.hpp"

#include <algorithm>
#include <cmath>
#include <nnrun/csv_column.hpp>

#include "base/did_you_mean.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {
namespace {

std::string yaml_text(const std::string& text) {
  return flow_yaml(text_node(text));
}
std::string counted(std::size_t n) {
  return readable(static_cast<double>(n));
}

/// What becomes of a column that is not the target, and why.
struct InputChoice {
  std::string how;  ///< what stands behind its name in `columns`; empty: nothing has to be said
  std::string why;
  bool used = true;
};

std::string range_of(const ColumnProfile& column) {
  return readable(column.low) + " to " + readable(column.high);
}

/// Returns `3 texts: a, b, c`.
std::string texts_of(const ColumnProfile& column, const char* one = " text",
                     const char* several = " texts") {
  constexpr std::size_t most = 6;
  std::vector<std::string> texts;
  for (const auto& entry : column.counts) texts.push_back(entry.first);
  std::ranges::sort(texts);
  const std::size_t all = texts.size();
  if (all > most) texts.resize(most);
  return counted(all) + (all == 1 ? one : several) + ": " + join(texts, ", ") +
         (all > most ? ", ..." : "");
}

InputChoice unused(std::string why) {
  return {.how = "unused", .why = std::move(why), .used = false};
}

InputChoice choice_for_texts(const ColumnProfile& column, std::size_t rows) {
  const std::size_t different = column.counts.size();
  if (column.like_numbers == column.texts && column.numbers == 0)
    return unused("dates, or numbers with more than digits, such as " + column.first_text);
  if (column.without_count > 0 || (rows >= 10 && different > rows / 2))
    return unused("nearly every row has a text of its own, such as " +
                  column.first_text.substr(0, 40));
  if (column.gaps == 0) return {.how = "category", .why = texts_of(column)};
  return {.how = "{type: category, missing: {constant: missing}}",
          .why = texts_of(column) + "; " + counted(column.gaps) + " missing: a text of their own"};
}

InputChoice choice_for(const ColumnProfile& column, std::size_t rows) {
  if (column.values() == 0) return unused("empty");
  if (column.numbers == 0 || column.texts > 0) return choice_for_texts(column, rows);
  if (column.low == column.high && column.gaps == 0)
    return unused("always " + shortest(column.low));
  if (column.whole && column.counts_rows && column.gaps == 0 && rows >= 10)
    return unused("counts the rows");
  if (column.gaps == 0) return {.how = "number", .why = range_of(column)};
  return {.how = "{missing: median, indicator: true}",
          .why = range_of(column) + "; " + counted(column.gaps) + " missing"};
}

/// How the target is learned.
struct Task {
  enum Kind { number, yes_or_no, classes } kind = number;
  std::string settings;  ///< lines of `data`
  std::string note;
  std::size_t smallest = 0;  ///< examples of the rarest class
};

std::string list_of(const std::set<double>& numbers) {
  std::vector<std::string> texts;
  for (const double x : numbers) texts.push_back(shortest(x));
  return "[" + join(texts, ", ") + "]";
}

Task classes_of_texts(const ColumnProfile& column, std::size_t rows) {
  if (column.without_count > 0 || column.counts.size() > std::max<std::size_t>(2, rows / 3))
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' has a text of its own in nearly every row, such as '" +
                                    column.first_text.substr(0, 40) + "': nothing can be predicted",
                            .where = column.first_place,
                            .hint = "choose another column: --target NAME"});
  Task task{.kind = Task::classes,
            .settings = {},
            .note = texts_of(column, " class", " classes"),
            .smallest = rows};
  for (const auto& [text, count] : column.counts) task.smallest = std::min(task.smallest, count);
  return task;
}

Task task_for(const ColumnProfile& column, std::size_t rows) {
  if (column.values() == 0 || (column.texts == 0 && column.low == column.high))
    throw DataError(Problem{.what = "column '" + column.name +
                                    "' always holds the same: nothing "
                                    "can be learnt from it",
                            .hint = "choose another column: --target NAME"});
  if (column.numbers > 0 && column.texts > 0 && column.numbers > column.texts)
    throw DataError(Problem{.what = "column '" + column.name + "' holds numbers, but '" +
                                    column.first_text.substr(0, 40) + "' is not one",
                            .where = column.first_place,
                            .hint = "mend that row, or leave it empty: rows without a target are "
                                    "left out"});
  if (column.texts > 0) return classes_of_texts(column, rows);
  const std::size_t different = column.different.size();
  if (column.whole && column.low == 0 && column.high == 1)
    return {.kind = Task::yes_or_no, .settings = {}, .note = "0 or 1"};
  if (column.whole && different <= 10 && rows >= 10 * different)
    return {
        .kind = Task::classes,
        .settings = "  classes: " + list_of(column.different) +
                    "    # for amounts: no classes, units: 1 without softmax, mean_squared_error\n",
        .note = counted(different) + " classes"};
  const bool log = column.low > 0 && column.high / column.low >= 50;
  return {.kind = Task::number,
          .settings = std::string("  target_scale: ") + (log ? "log" : "standard") +
                      "    # undone in answers and metrics\n",
          .note = "a number, " + range_of(column)};
}

const ColumnProfile& target_of(const TableProfile& table, const std::string& wanted) {
  std::vector<std::string> names;
  const ColumnProfile* last = nullptr;
  for (const ColumnProfile& column : table.columns) {
    if (column.name.empty()) continue;
    names.push_back(column.name);
    if (column.name == wanted || wanted.empty()) last = &column;
  }
  if (last == nullptr)
    throw UsageError(Problem{.what = "'" + table.file + "' has no column '" + wanted + "'",
                             .hint = did_you_mean(wanted, names)});
  return *last;
}

/// The lines of `columns`, padded so that comments stand below each other.
std::string columns_text(const TableProfile& table, const ColumnProfile& target) {
  struct Line {
    std::string text, why;
  };
  std::vector<Line> lines;
  std::size_t used = 0;
  const auto twice = [&](const std::string& name) {
    return std::ranges::count(table.columns, name, &ColumnProfile::name) > 1;
  };
  for (const ColumnProfile& column : table.columns) {
    if (&column == &target || column.name.empty() || twice(column.name)) continue;
    const InputChoice choice = choice_for(column, table.rows);
    used += choice.used;
    lines.push_back({"    " + yaml_text(column.name) + ": " + choice.how, choice.why});
  }
  if (target.gaps > 0)
    lines.push_back({"    " + yaml_text(target.name) + ": {missing: drop}",
                     counted(target.gaps) + " rows without it are left out"});
  if (used == 0)
    throw DataError(Problem{.what = "'" + table.file + "' has no column to predict '" +
                                    target.name + "' from"});
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.text.size());
  std::string text = "  columns:\n";
  for (const Line& line : lines)
    text += line.text +
            std::string(std::min<std::size_t>(width, 48) > line.text.size()
                            ? std::min<std::size_t>(width, 48) - line.text.size()
                            : 0,
                        ' ') +
            "  # " + line.why + "\n";
  return text;
}

/// Names the inputs where some columns have no name or share one, which nobody can name.
std::string inputs_text(const TableProfile& table, const ColumnProfile& target) {
  std::vector<std::string> inputs;
  bool needed = false;
  for (const ColumnProfile& column : table.columns) {
    const bool twice = std::ranges::count(table.columns, column.name, &ColumnProfile::name) > 1;
    needed |= (column.name.empty() && column.values() > 0) || (twice && &column != &target);
    if (column.name.empty() || twice || &column == &target) continue;
    if (choice_for(column, table.rows).used) inputs.push_back(yaml_text(column.name));
  }
  if (!needed) return "";
  return "  inputs: [" + join(inputs, ", ") +
         "]    # columns without a name of their own are out\n";
}

std::string format_text(const CsvFormat& format) {
  std::string text;
  if (!format.header)
    text += "  header: false    # the first row holds numbers: columns are x1, x2, ...\n";
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
                              : task.kind == Task::yes_or_no ? "[accuracy, auc]"
                                                             : "[accuracy, f1]";
  return text + "metrics: " + metrics + "\n";
}

std::string model_text(const Task& task, std::size_t rows) {
  const char* const last = task.kind == Task::number      ? ""
                           : task.kind == Task::yes_or_no ? ", activation: sigmoid"
                                                          : ", activation: softmax";
  std::string text = "model:\n  input: @INPUTS@\n  layers:\n";
  for (const int units : rows < 200 ? std::vector<int>{16} : std::vector<int>{64, 32})
    text += "    - {type: dense, units: " + std::to_string(units) +
            ", activation: relu, init: he_normal}\n";
  return text + "    - {type: dense, units: @UNITS@" + last + "}\n";
}

}  // namespace

ConfigForTable config_for(const TableProfile& table, const std::string& name,
                          const std::string& path, const std::string& wanted) {
  const ColumnProfile& target = target_of(table, wanted);
  const std::size_t rows = table.rows - target.gaps;
  if (rows < 5)
    throw DataError(Problem{.what = "'" + table.file + "' has " + std::to_string(rows) +
                                    " rows with a target: too few to train and to test"});
  const Task task = task_for(target, rows);
  const Length length = length_for(rows);
  ConfigForTable config{.target = target.name,
                        .target_note = task.note,
                        .classes = task.kind == Task::classes,
                        .yaml = {}};
  std::string split = length.validates ? "{validation: 0.15, test: 0.15" : "{test: 0.2";
  if (task.smallest >= 10) split += ", stratify: true";
  config.yaml = "# From what " + yaml_text(path) + " holds: " + counted(table.rows) +
                " rows. Every line is yours to change.\nname: " + yaml_text(name) +
                "\ndata:\n  type: csv\n  path: " + yaml_text(path) + "\n" +
                format_text(table.format) + "  targets: [" + yaml_text(target.name) + "]    # " +
                task.note + (wanted.empty() ? "; the last column" : "") + "\n" + task.settings +
                inputs_text(table, target) + columns_text(table, target) +
                "  scale: standard\n  split: " + split + "}    # drawn by the seed\n" +
                model_text(task, rows) + train_text(task, length);
  return config;
}

}  // namespace nnrun::host
