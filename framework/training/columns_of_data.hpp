// What host and data set tell each other of the columns of a table.
#pragma once
#include <nnrun/abi.h>

#include <span>
#include <string>
#include <vector>

#include "network/model_file.hpp"
namespace nnrun::host {

/// What a data set is told before it is opened: the columns of a trained network, or what the
/// config says of some. Keeps views of what it was made of.
class ToldColumns {
 public:
  /// The columns that say what an example counts, and to which series it belongs; may be empty.
  struct Roles {
    const std::string &weights, &series;
  };
  /// rules: of the config, for what the model does not say of its targets.
  ToldColumns(const ModelFile& trained, const std::vector<ColumnRule>& rules, const Roles& roles);
  ToldColumns(const std::vector<ColumnRule>& rules, const Roles& roles);
  /// Lets rows that cannot be read be left out.
  void skip_rows();
  /// whole: no file is to be cut into parts.
  void tell(nnrun_data& data, bool whole) const;

 private:
  void add(const std::string& name, std::uint32_t flags, std::uint32_t kind,
           const std::vector<std::string>& texts = {}, const char* gap = nullptr,
           std::span<const std::string> units = {});
  void take_forms(const std::vector<ColumnRule>& rules);
  bool trained_ = false;
  std::vector<nnrun_column> columns_;
  std::vector<std::vector<const char*>> texts_, units_, gaps_;
};

/// Returns the columns that an opened data set has: numbers, unless it says something else.
std::vector<Column> columns_of(const nnrun_data& data, const std::vector<std::string>& names);

/// Returns what the data set says stands beside the numbers of a column.
std::vector<std::string> units_of(const nnrun_column& told);

/// Returns the first input whose equal texts lie together, as the names of several series do; empty
/// if there is none.
std::string name_in_blocks(const nnrun_data& data);

/// Returns the scale of each target; nothing if no rule scales one. Throws ConfigError, at its
/// place, for a rule of a target that is not there.
std::vector<TargetScale> scales_of_targets(const std::vector<TargetRule>& rules,
                                           const std::vector<std::string>& targets);

/// Throws ConfigError, at its place, for what a config says of a column that is not there or cannot
/// be what it says. weights: as above. table: the data set follows what it was told.
void require_sense(const std::vector<ColumnRule>& rules, const std::string& weights,
                   const std::vector<Column>& columns, const DataNames& names, bool table);

}  // namespace nnrun::host
