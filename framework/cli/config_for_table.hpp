// A config that trains on a table at the first try, from what the table holds.
#pragma once
#include <string>

#include "cli/table_profile.hpp"
namespace nnrun::host {

struct ConfigForTable {
  std::string target;              ///< name of its column, or of several
  std::string target_note;         ///< how it is read: "3 classes", "a number, from 1 to 9"
  std::vector<std::string> notes;  ///< what people should know before they train
  std::string yaml;                ///< the config, with comments
};

/// What the user says of the config.
struct Wishes {
  std::string name;                  ///< of the run
  std::string path;                  ///< of the table, as the config says it
  std::vector<std::string> targets;  ///< columns; empty: the last one
  std::size_t window = 0;            ///< rows of an example; 0: the table is not a series
};

/// Throws UsageError for a column that is not there, DataError if nothing can be learnt.
ConfigForTable config_for(const TableProfile& table, const Wishes& wishes);

}  // namespace nnrun::host
