#include "cli/table_inputs.hpp"

#include <algorithm>
#include <nnrun/csv_column.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/table_words.hpp"
namespace nnrun::host {
namespace {

bool is_in(const std::vector<const ColumnProfile*>& targets, const ColumnProfile& column) {
  return std::ranges::count(targets, &column) > 0;
}

Choices all_choices(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                    const ColumnProfile* series, bool counts_count) {
  Choices choices;
  for (const ColumnProfile& column : table.columns) {
    if (is_in(targets, column) || &column == series || column.name.empty() ||
        table.shared_names.contains(column.name))
      continue;
    choices.all.push_back({&column, choice_for(column, table.rows, counts_count)});
  }
  return choices;
}

/// Returns whether a column holds what no key makes a number.
bool needs_rewriting(const Choices::Entry& entry) {
  const ColumnProfile& column = *entry.column;
  return !entry.choice.used && (column.dates > 0 || column.like_numbers > 0);
}

/// Returns why nobody can name a column; empty if its name is its own.
std::string words_of_name(const TableProfile& table, std::size_t column) {
  const std::string& name = table.columns[column].name;
  if (name.empty()) return "column " + std::to_string(column + 1) + " has no name";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (i != column && table.columns[i].name == name)
      return "column " + std::to_string(column + 1) + " is called " + yaml_text(name) +
             " as column " + std::to_string(i + 1) + " is";
  return {};
}

}  // namespace

Choices choices_for(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                    const ColumnProfile* series, bool past_is_input) {
  Choices choices = all_choices(table, targets, series, false);
  if (past_is_input) return choices;
  if (choices.none_used()) choices = all_choices(table, targets, series, true);
  if (!choices.none_used()) return choices;
  std::string reasons;
  for (const auto& [column, choice] : choices.all)
    reasons += (reasons.empty() ? "" : "\n") + column->name + ": " + choice.why;
  for (std::size_t i = 0; i < table.columns.size() && i < 20; ++i)
    if (const std::string words = words_of_name(table, i);
        !words.empty() && !is_in(targets, table.columns[i]))
      reasons += (reasons.empty() ? "" : "\n") + words + ": give it a name of its own";
  if (table.columns.size() == 1) reasons += "it has no other column";
  if (targets[0]->texts == 0)
    reasons += std::string(reasons.empty() ? "" : "\n") +
               "if the rows follow each other in time, past values can tell the next: --windows 24";
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
  for (const ColumnProfile* const target : targets) {
    const std::string drop = "{missing: drop}",
                      left_out = with_commas(target->gaps) + " rows without it are left out";
    if (target->format)
      lines.emplace_back("    " + yaml_text(target->name) + ": " +
                             with_decimal(target->gaps > 0 ? drop : "number", *target->format),
                         "the target" + words_of_decimal(*target->format) +
                             (target->gaps > 0 ? "; " + left_out : ""));
    else if (target->gaps > 0)
      lines.emplace_back("    " + yaml_text(target->name) + ": " + drop, left_out);
  }
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.first.size());
  width = std::min(width, widest);
  if (lines.empty()) return "  # every other column is a number\n";
  std::string text = many ? "  columns:    # all others are numbers\n" : "  columns:\n";
  if (choices.used().size() < choices.all.size())
    text += "    # to use one that is unused, write number in its place, or category for texts\n";
  if (std::ranges::any_of(choices.all, &needs_rewriting))
    text += "    # days, and what is not written as plain numbers, are to be made numbers first\n";
  for (const auto& [line, why] : lines)
    text += line + std::string(width - std::min(width, line.size()), ' ') + "  # " + why + "\n";
  return text;
}

/// Names the inputs where some columns have no name or share one, which nobody can name.
std::string inputs_text(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                        const Choices& choices) {
  std::vector<std::string> inputs;
  bool needed = false;
  for (const ColumnProfile& column : table.columns) {
    const bool twice = table.shared_names.contains(column.name);
    needed |= (column.name.empty() && column.values() > 0) || (twice && !is_in(targets, column));
  }
  for (const auto& [column, choice] : choices.all)
    if (choice.used) inputs.push_back(yaml_text(column->name));
  if (!needed) return "";
  return "  inputs: [" + join(inputs, ", ") +
         "]    # columns without a name of their own are out\n";
}

}  // namespace nnrun::host
