// run.json: what a run was, how it ended, and everything needed to get the same bits again.
#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "training/trainer.hpp"
namespace nnrun::host {

/// What `--json` prints and run.json holds under "result"; see result_json.
struct RunResult {
  std::string run;                      ///< the run folder
  unsigned threads = 1, processes = 1;  ///< threads: of each process
  AddingUp adding_up;                   ///< over the processes, of the steps since the last start
  std::size_t parameters = 0;
  Outcome outcome;
  std::vector<PredictRow> rows;                  ///< those of `predict`
  std::vector<std::vector<double>> predictions;  ///< of these rows
  double total_seconds = 0;
  std::string weights_sha256;
  std::vector<Problem> warnings{};  ///< see warnings_of and doubts_about
  /// Rows of the files that are no examples, for missing values, and which; as DataShape has it.
  std::size_t rows_without_values = 0;
  std::string why_without_values{};
};

/// Returns {"cost": …, "accuracy": …}; a metric with a table gives an array of rows.
nlohmann::ordered_json score_json(const Score& score, const Experiment& experiment);

/// Returns [{"what": …, "where": …, "help": …}].
nlohmann::ordered_json warnings_json(const std::vector<Problem>& warnings);

/// Returns [{"what": …, "where": …, "note": …, "hint": …}] without what is empty.
nlohmann::ordered_json problems_json(const std::vector<Problem>& problems);

/// Returns the object that `--json` prints, on one line.
std::string result_json(const RunResult& result, const Experiment& experiment);

/// Returns the columns of metrics.csv: epoch, step, examples, seconds, then costs, then metrics, of
/// each part that has examples.
std::vector<std::string> metrics_columns(const DataShape& data, const Experiment& experiment);
std::vector<std::string> metrics_row(const EpochReport& report);
/// Of a metrics.csv that is read, in bytes.
constexpr std::size_t largest_metrics_csv = std::size_t{1} << 30;

/// When a run went on.
struct Continuation {
  std::uint64_t step = 0;  ///< made before
  std::string started;
};

/// What somebody changed while a run trained.
struct RecordedEdits {
  std::size_t count = 0;
  std::string edits_sha256{}, start_sha256{};  ///< of edits.jsonl and start.yaml
};

/// Returns those of the texts of both files.
RecordedEdits edits_of(const std::string& start, const std::string& edits, std::size_t count);

struct RunRecord {
  std::string status;               ///< running, done, failed, interrupted
  std::string error;                ///< why it failed
  std::vector<Problem> problems{};  ///< the same in its parts; empty if the process ended
  std::string started;              ///< 2026-01-31T12:00:00Z
  std::vector<std::string> command_line;
  std::filesystem::path folder{};  ///< of the run, from which its files are found again
  std::string config_sha256, data_sha256;
  std::string course_sha256;  ///< of the config without what may differ when a run goes on
  std::vector<Continuation> resumed{};
  RecordedEdits edits{};
  const RunResult* result = nullptr;  ///< once it has ended
  /// The result of a run that goes on, until it has another: that of the model in its folder.
  std::shared_ptr<const nlohmann::ordered_json> result_before{};
};

/// Returns the text of run.json, indented.
std::string run_json(const RunRecord& record, const Experiment& experiment);

/// Returns an entry for each library, with the classes that the run took from it.
nlohmann::ordered_json plugins_json(const Experiment& experiment);
/// What an entry for a model's file, which has no paths, says of the places of libraries.
enum class Folders {
  none,     ///< nothing: entries are the same wherever they are
  of_users  ///< the folders of those that did not come with the program, for people to find them
};
/// Does the same for a model's file, or for what must be the same elsewhere.
std::string needed_plugins_json(const Experiment& experiment, Folders folders);
/// Returns whether all classes that a run uses are of libraries that lie where those lie that came
/// with the program.
bool came_with_program(const Experiment& experiment);
/// Return what run.json says of this program and of this machine.
nlohmann::ordered_json version_json();
nlohmann::ordered_json machine_json();

/// Reads from files, once, what run.json needs, so that children forked afterwards have it.
void prepare_records(const Experiment& experiment);

/// Returns the present time in UTC, `2026-01-31T12:00:00Z`.
std::string utc_now();

}  // namespace nnrun::host
