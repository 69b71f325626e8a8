// What to compare: configs, seeds, and how their runs are measured.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comparison/planned_files.hpp"
#include "config/experiment.hpp"
#include "report/report.hpp"
namespace nnrun::host {

struct ComparedConfig {
  std::string name;  ///< of the row; unique, and good for a folder
  std::string file;  ///< as the user wrote it
  Experiment experiment;
  std::size_t parameters = 0;                              ///< 0: one of its plugins crashes
  std::size_t examples = 0;                                ///< of the training part; 0: as above
  std::vector<std::pair<std::string, std::string>> set{};  ///< of a sweep: key and value
  std::vector<PlannedFile> data_files{};                   ///< that its runs read
  /// Of the libraries that it uses, as loaded: checksums by file name. Empty in plans of versions
  /// that did not write them.
  std::map<std::string, std::string> libraries{};
};

struct PlannedRun {
  std::size_t config = 0;
  std::uint64_t seed = 0;
  std::filesystem::path folder;  ///< may not exist yet
  std::size_t fold = 0;          ///< that is held out, from 1; 0: none
};

struct ComparisonPlan {
  std::string kind = "compare";  ///< or `sweep`
  std::vector<ComparedConfig> configs;
  std::vector<std::uint64_t> seeds;
  Folds folds;           ///< each config is trained with every fold held out, for every seed
  std::string baseline;  ///< name of a config; empty in a sweep: the best
  std::string metric;    ///< `cost`, or a metric that all configs have
  bool fraction = false, higher_is_better = false;
  std::string adjective;       ///< of the metric: "accurate"; may be empty
  std::string settings;        ///< of the metric that its name leaves open: "average=macro"
  std::string part;            ///< what is compared: `test`, `validation` or `train`
  CommonLength length;         ///< value 0: the least that a config trains for
  double timeout = 0;          ///< seconds for one run; 0: no limit
  bool one_at_a_time = false;  ///< so that times can be compared
  std::string fail_if;
  std::array<bool, NNRUN_PARTS> has_part{true, true, true};  ///< as far as is known: all configs
  std::vector<Problem> warnings;                             ///< of the configs, each once
  std::vector<std::string> command_line;
  std::vector<PlannedRun> runs;  ///< seed by seed and fold by fold, so that pairs run together
  bool recorded = false;         ///< all runs exist already: nothing is trained
  PlannedFiles files;            ///< what is known of the files of all configs
};

/// Opens the data and builds the network of every config, and chooses whatever the user did not:
/// names, metric, part, baseline, length. Throws UsageError, ConfigError and any other error of a
/// config.
void complete(ComparisonPlan& plan);

/// Chooses the metric if none is named, and finds whether it is a fraction and which way is better.
void find_metric(ComparisonPlan& plan);

/// Returns the checksums of the libraries that a config uses, by file name.
std::map<std::string, std::string> libraries_of(const Experiment& experiment);

/// Adds the runs, with folders `folder`/runs/<name>/<seed> or, with folds,
/// <seed>-fold-<fold>. Throws UsageError for more than a million.
void plan_runs(ComparisonPlan& plan, const std::filesystem::path& folder);

/// Gives configs that share a name the name of their file, or a number.
void make_names_unique(std::vector<ComparedConfig>& configs);

/// Writes plan.json and configs/<name>.yaml, which are all that is needed to resume a comparison.
/// If the folder has a plan, it must be the same, on the same bytes of data, with the same
/// libraries. Throws RecordError, DataError, PluginError.
void write_plan(const ComparisonPlan& plan, const std::filesystem::path& folder);
/// Reads what write_plan wrote, and requires the configs, the data and the libraries to be what
/// they were. Throws RecordError, ConfigError, DataError, PluginError.
ComparisonPlan read_plan(const std::filesystem::path& folder, Registry& registry);
bool has_plan(const std::filesystem::path& folder);

}  // namespace nnrun::host
