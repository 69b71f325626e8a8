#include "cli/config_for_table.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/field_kinds.hpp"
#include "cli/table_copies.hpp"
#include "cli/table_doubts.hpp"
#include "cli/table_inputs.hpp"
#include "cli/table_series.hpp"
#include "cli/table_task.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {
namespace {

std::string names_of(const std::vector<const ColumnProfile*>& targets) {
  std::vector<std::string> names;
  for (const ColumnProfile* const target : targets) names.push_back(yaml_text(target->name));
  return join(names, ", ");
}

std::string format_text(const CsvFormat& format) {
  std::string text;
  if (!format.header)
    text += "  header: false    # the first row holds data: columns are x1, x2, ...\n";
  if (format.separator == ' ') text += "  separator: space    # blanks, however many\n";
  const NumberFormat& numbers = format.numbers;
  if (numbers.decimal == ',') text += "  decimal: \",\"\n";
  if (numbers.thousands != '\0')
    text += "  thousands: " +
            (numbers.thousands == ' ' ? std::string("space")
                                      : std::string("\"") + numbers.thousands + '"') +
            "    # stands between three digits each: 1" + numbers.thousands + "200 is 1200\n";
  if (!numbers.symbols.empty()) {
    std::vector<std::string> symbols;
    for (const std::string& symbol : numbers.symbols) symbols.push_back(yaml_text(symbol));
    text += "  symbols: [" + join(symbols, ", ") + "]    # left out of numbers: 12 " +
            numbers.symbols.front() + " is 12\n";
  }
  if (!format.comment.empty())
    text += "  comment: " + yaml_text(format.comment) +
            "    # such lines are left out, but not those that have the fields of a row\n";
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

/// Returns the rate of a penalty on weights, of one digit; empty for so many rows that none is
/// needed. Few rows are soon known by heart. The cost is a mean over them, so a penalty that is
/// worth as much as some rows falls with their number: 20 did well on tables of 100 to 1500 rows,
/// of classes and of numbers, and stronger ones than 0.1 on none.
std::string penalty_for(std::size_t rows) {
  const double rate = std::min(0.1, 20 / static_cast<double>(rows)),
               digit = std::pow(10, std::floor(std::log10(rate)));
  return rate < 0.0005 ? "" : significant(std::round(rate / digit) * digit, 1);
}

std::string model_text(const Task& task, std::size_t rows, bool is_series) {
  const char* const last = task.kind == Task::number      ? ""
                           : task.kind == Task::yes_or_no ? ", activation: sigmoid"
                                                          : ", activation: softmax";
  std::string text =
      "model:    # its input and the last layer's units follow from the data\n  layers:\n";
  if (is_series) text += "    - {type: flatten}    # the rows of a window side by side\n";
  const std::string penalty = penalty_for(rows);
  for (const int units : rows < 1000 ? std::vector<int>{100} : std::vector<int>{64, 32})
    text += "    - {type: dense, units: " + std::to_string(units) +
            ", activation: relu, init: he_normal" +
            (penalty.empty() ? "" : ", regularizer: {type: l2, rate: " + penalty + "}") + "}\n";
  return text + "    - {type: dense" + last + "}\n";
}

/// Returns how many rows have every target. Throws DataError if these are too few.
std::size_t rows_with(const std::vector<const ColumnProfile*>& targets, const TableProfile& table,
                      bool is_series) {
  std::size_t gaps = 0;
  for (const ColumnProfile* const target : targets)
    if (is_series && target->gaps > 0)
      throw DataError(
          Problem{.what = "column '" + target->name + "' has " + with_commas(target->gaps) +
                          (target->gaps == 1 ? " gap" : " gaps") +
                          ": rows of a series follow each other in time, so none can be left out",
                  .where = table.file,
                  .hint = "fill it in in the file, by the value before it, say"});
  for (const ColumnProfile* const target : targets) gaps = std::max(gaps, target->gaps);
  const std::size_t rows = table.rows - gaps;
  if (rows < 5)
    throw DataError(Problem{.what = "'" + table.file + "' has " + std::to_string(rows) +
                                    (rows == 1 ? " row" : " rows") +
                                    " with a target: too few to train and to test"});
  return rows;
}

/// Throws DataError for a target in several units, which training refuses.
void require_one_unit(const std::vector<const ColumnProfile*>& targets, const TableProfile& table) {
  for (const ColumnProfile* const target : targets)
    if (target->has_several_units())
      throw DataError(Problem{.what = "numbers in '" + target->name +
                                      "' have different units: " + words_of_units(*target),
                              .where = table.file,
                              .hint = "write all of them in one"});
}

/// Throws DataError for what is too much for a config, or for a name that it cannot hold.
void require_writable(const TableProfile& table, const Choices& choices, std::size_t size) {
  constexpr std::size_t largest = 250'000, most_columns = 900;  // of a config
  const auto listed = std::ranges::count_if(choices.all, [&](const Choices::Entry& entry) {
    return choices.all.size() <= 100 || entry.choice.how != "number";
  });
  if (size > largest || static_cast<std::size_t>(listed) > most_columns)
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
}

bool says_none(const std::string& text) {
  return text == "None" || text == "none" || text == "NONE";
}

/// Returns what the user should know of texts that become missing values: the median takes their
/// place.
std::vector<std::string> words_of_gaps(const TableProfile& table, const Choices& choices) {
  std::vector<std::string> notes;
  for (const auto& [column, choice] : choices.all) {
    if (choice.gaps.empty()) continue;
    const bool bound = std::ranges::any_of(choice.gaps, &is_bound),
               none = std::ranges::any_of(choice.gaps, &says_none);
    notes.push_back(
        yaml_text(column->name) + ": " + texts_of(*column) +
        (column->counts.size() == 1 ? " is" : " are") + " taken for missing, in " +
        with_commas(column->texts) + " of " + with_commas(table.rows) + " rows, the first " +
        column->first_place + (bound ? ": for a bound, write a number, such as half of it" : "") +
        (none ? (bound ? "; " : ": ") + std::string("where it means that there is none, write 0")
         : bound || std::ranges::all_of(choice.gaps, &is_gap_word)
             ? ""
             : ": where one means an amount, write its number"));
  }
  return notes;
}

/// Returns what the user is told, but need not read in the config.
std::vector<std::string> more_notes(const TableProfile& table, const Choices& choices) {
  std::vector<std::string> notes;
  for (const auto& [column, choice] : choices.all)
    if (!choice.used) notes.push_back(column->name + " is not used: " + choice.why);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i == 0 && table.has_row_names) continue;  // which is said of the rows
    if (table.columns[i].name.empty() && table.columns[i].values() > 0)
      notes.push_back("column " + std::to_string(i + 1) + " is not used: it has no name");
    else if (!table.columns[i].name.empty() && table.shared_names.contains(table.columns[i].name))
      notes.push_back("column " + std::to_string(i + 1) + " is not used: another one is called " +
                      table.columns[i].name + ", too; to use both, give one another name");
  }
  if (!table.comments.empty()) notes.push_back(table.comments);
  if (!table.format.header)
    notes.emplace_back("the first row holds data, not names: columns are x1, x2, ...");
  return notes;
}

std::string split_text(const Task& task, const Length& length, bool is_series) {
  if (is_series) return "{validation: 0.15, test: 0.15}    # by time: the end of the series\n";
  // by chance, a part may have none of a rare class
  const bool by_class = task.smallest >= (task.is_lopsided ? 3u : 10u);
  return std::string(length.validates ? "{validation: 0.15, test: 0.15" : "{test: 0.2") +
         (by_class ? ", stratify: true" : "") + "}    # drawn by the seed\n";
}

std::string windows_text(std::size_t window, const ColumnProfile* series, bool past_is_input) {
  if (window == 0) return "";
  return "  windows: {length: " + std::to_string(window) + ", horizon: 1" +
         (series != nullptr ? ", group: " + yaml_text(series->name) : "") + "}    # " +
         std::to_string(window) + " rows tell the target of the next one" +
         (series != nullptr ? " of their series" : "") +
         (past_is_input ? "; past targets are inputs, too\n" : "\n");
}

/// Returns a sentence about the column that is taken for the names of several series.
std::string words_for_group(const ColumnProfile& series) {
  return yaml_text(series.name) + " is taken for the names of " +
         with_commas(series.counts.size() + series.different.size()) +
         " series, of which no window leaves one; if it names none, take group out of windows";
}

/// Returns whether earlier targets of a series are inputs: classes with names are not.
bool are_inputs(const std::vector<const ColumnProfile*>& targets, const Task& task) {
  return targets[0]->texts == 0 && task.settings.find("classes: [") == task.settings.npos;
}

}  // namespace

ConfigForTable config_for(const TableProfile& table, const Wishes& wishes) {
  const auto& [name, path, wanted, window] = wishes;
  const bool is_series = window > 0;
  const std::vector<const ColumnProfile*> targets = targets_of(table, wanted);
  const std::size_t rows = rows_with(targets, table, is_series);
  require_no_totals(table);
  require_one_unit(targets, table);
  Task task = task_for(targets, rows);
  const std::string lopsided =
      targets.size() == 1 ? lopsided_words(task, *targets[0], rows) : std::string();
  task.is_lopsided = !lopsided.empty();
  const Length length = length_for(rows);
  const bool past_is_input = is_series && are_inputs(targets, task);
  const ColumnProfile* const series = is_series ? series_named_in(table, window, targets) : nullptr;
  const Choices choices = choices_for(table, targets, series, past_is_input);
  ConfigForTable config{.target = targets.size() == 1 ? targets[0]->name : names_of(targets),
                        .target_note = task.note,
                        .notes = doubts_of(table, choices.used(), targets),
                        .yaml = {}};
  if (!lopsided.empty()) config.notes.push_back(lopsided);
  std::ranges::move(words_of_gaps(table, choices), std::back_inserter(config.notes));
  if (series != nullptr) config.notes.push_back(words_for_group(*series));
  if (is_series)
    std::ranges::move(doubts_of_series(table, series, targets), std::back_inserter(config.notes));
  else if (may_be_series(table, targets))
    config.notes.push_back(words_for_series(table));
  if (targets.size() == 1 && !is_series)
    std::ranges::move(copies_in(table, choices.used(), *targets[0]),
                      std::back_inserter(config.notes));
  std::string doubts;
  for (const std::string& doubt : config.notes) doubts += "# Note: " + doubt + "\n";
  config.yaml = "# From what " + yaml_text(path) + " holds: " + with_commas(table.rows) +
                " rows. Every line is yours to change.\n" + doubts + "name: " + yaml_text(name) +
                "\ndata:\n  type: csv\n  path: " + yaml_text(path) + "\n" +
                format_text(table.format) + "  targets: [" + names_of(targets) + "]    # " +
                task.note + (wanted.empty() ? "; the last column" : "") + "\n" + task.settings +
                windows_text(window, series, past_is_input) + inputs_text(table, targets, choices) +
                columns_text(choices, targets) +
                "  scale: standard\n  split: " + split_text(task, length, is_series) +
                model_text(task, rows, is_series) + train_text(task, length);
  require_writable(table, choices, config.yaml.size());
  for (const ColumnProfile* const target : targets)
    if (target->gaps > 0)
      config.notes.push_back(with_commas(target->gaps) + " of " + with_commas(table.rows) +
                             " rows have no " + yaml_text(target->name) + ", and are left out");
  std::ranges::move(more_notes(table, choices), std::back_inserter(config.notes));
  return config;
}

}  // namespace nnrun::host
