// A recorded run or a model, measured on data.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runs/opened_run.hpp"
#include "training/data.hpp"
#include "training/outcome.hpp"
namespace nnrun::host {

struct Measurement {
  std::string run;  ///< its folder, or the file of the model
  Experiment experiment;
  DataNames names;  ///< of what was measured
  std::size_t part = 0, examples = 0;
  Score score;
  std::optional<Score> naive;  ///< of a series: what the last known value scores
  std::vector<std::string> notes;
  std::vector<Change> changes;  ///< since the run
  std::string caution;          ///< what may follow from them; may be empty
};

/// What becomes of rows that cannot be read or scored.
enum class BadRows { refused, left_out };
/// Returns whether rows of the data may be left out: those of a table, unless it is a series.
bool can_leave_rows_out(const Experiment& experiment);

/// Measures a run that was opened with these overrides on the part that counts, which is the test
/// part where there is one. If the overrides name files, every example of these is measured, and no
/// other file is needed. Throws UsageError and ConfigError for what cannot be asked of this run,
/// and what reading data throws.
Measurement measured(OpenedRun run, const std::vector<Override>& overrides, BadRows bad_rows);

/// Returns all of it as `nnrun eval --json` prints it.
std::string json_of(const Measurement& measurement);

}  // namespace nnrun::host
