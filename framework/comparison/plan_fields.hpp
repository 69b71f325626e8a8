// The fields of plan.json, read by type.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "comparison/plan.hpp"
#include "runs/record_field.hpp"
namespace nnrun::host {

/// Reads the plan, and the configs beside it, which must be those that it was made of. Throws
/// RecordError for a field that makes no sense, ConfigError for a config that changed.
ComparisonPlan plan_in(const RecordField& field, const std::filesystem::path& folder,
                       Registry& registry);

/// Read `data_files` and `plugins` of a config.
std::vector<PlannedFile> files_in(const RecordField& field);
std::map<std::string, std::string> libraries_in(const RecordField& field);

/// Returns where the config of a row is: configs/<name>.yaml.
std::filesystem::path config_file(const std::filesystem::path& folder,
                                  const ComparedConfig& config);

}  // namespace nnrun::host
