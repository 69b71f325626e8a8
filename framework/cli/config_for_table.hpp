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

/// name: of the run. path: of the table, as the config says it. targets: columns; empty: the last
/// one. Throws UsageError for a column that is not there, DataError if nothing can be learnt.
ConfigForTable config_for(const TableProfile& table, const std::string& name,
                          const std::string& path, const std::vector<std::string>& targets);

}  // namespace nnrun::host
