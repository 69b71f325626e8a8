// The inputs of a config for a table: every column but the targets, and what becomes of it.
#pragma once
#include <string>
#include <vector>

#include "cli/input_choice.hpp"
namespace nnrun::host {

/// Every column but the targets, with what becomes of it.
struct Choices {
  struct Entry {
    const ColumnProfile* column;
    InputChoice choice;
  };
  std::vector<Entry> all;

  std::vector<const ColumnProfile*> used() const {
    std::vector<const ColumnProfile*> columns;
    for (const auto& [column, choice] : all)
      if (choice.used) columns.push_back(column);
    return columns;
  }
  bool none_used() const { return used().empty(); }
};

/// series: the column that says to which series a row belongs, or nullptr. past_is_input: past
/// targets are inputs. Throws DataError if otherwise nothing is.
Choices choices_for(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                    const ColumnProfile* series, bool past_is_input);

/// The lines of `columns` and `inputs`; the latter may be empty.
std::string columns_text(const Choices& choices, const std::vector<const ColumnProfile*>& targets);
std::string inputs_text(const TableProfile& table, const std::vector<const ColumnProfile*>& targets,
                        const Choices& choices);

}  // namespace nnrun::host
