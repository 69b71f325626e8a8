// What a config for a table is to predict, and how that is learned.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// How the target is learned.
struct Task {
  enum Kind { number, yes_or_no, classes } kind = number;
  std::string settings;  ///< lines of `data`
  std::string note;
  std::size_t smallest = 0;  ///< examples of the rarest class
  bool is_lopsided = false;  ///< it has far fewer than its share
};

/// Returns the columns that are to be predicted; without a wish, the last one. Throws UsageError
/// for one that is not there.
std::vector<const ColumnProfile*> targets_of(const TableProfile& table,
                                             const std::vector<std::string>& wanted);
/// Throws DataError if nothing can be learnt from a target.
Task task_for(const std::vector<const ColumnProfile*>& targets, std::size_t rows);

/// Says if a class has less than a fifth of its share: then accuracy says little.
std::string lopsided_words(const Task& task, const ColumnProfile& target, std::size_t rows);

}  // namespace nnrun::host
