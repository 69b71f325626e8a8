// The results of runs, as data: the table, the page and comparison.json are made of it. A single
// run is a report of one row.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/answers.hpp"
#include "report/curve.hpp"
#include "report/pictures.hpp"
#include "report/plane.hpp"
#include "report/run_facts.hpp"
#include "runs/scores.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {

struct Interval {
  double low = 0, high = 0;
};
/// The mean of a row's runs, with its interval of 95 %.
struct Estimate {
  std::optional<double> mean{};        ///< nothing if no run finished
  std::optional<Interval> interval{};  ///< nothing below two runs
};

struct RunSeconds {
  double total = 0, train = 0;
};

struct Report;

/// What a metric says of each class.
struct ClassScores {
  std::string metric;
  std::vector<double> values;  ///< NaN where it is not defined
};

/// One run. What its folder does not have is empty here.
struct ReportRun {
  std::uint64_t seed = 0;
  std::size_t fold = 0;  ///< that was held out, from 1; 0: none
  std::string folder;
  std::string status;  ///< done, failed, interrupted, running; `missing` without a run.json
  std::string error{};
  std::string note{}, hint{};  ///< to the error; may be empty
  std::array<std::optional<Scores>, NNRUN_PARTS> scores{};
  std::optional<RunSeconds> seconds{};
  std::optional<std::size_t> epochs{}, parameters{};
  std::string weights_sha256{}, data_sha256{}, config_sha256{};
  std::map<std::string, std::string> libraries{};  ///< checksums by file name
  std::optional<Curve> curve{};
  std::array<std::vector<ClassScores>, NNRUN_PARTS> per_class{};  ///< in the report of a single run
  std::optional<Plane> plane{};                                   ///< moves to its row
  bool done() const { return status == "done"; }
};

/// Returns the folder that relative names of the command line start from.
std::string working_folder();

/// Returns `seed 1`, or `seed 1 fold 2`.
std::string words_for_run(std::uint64_t seed, std::size_t fold);

/// Returns what people call the part that configs are compared by: `held-out` for folds.
std::string words_for_part(const Report& report);

/// Returns what a finished run scored on a part, if that is a finite number.
std::optional<double> value_in(const ReportRun& run, const std::string& part,
                               const std::string& metric);

/// A row beside the baseline's, over the seeds that both finished.
struct AgainstBaseline {
  double difference = 0;  ///< of the metric: this row's less the baseline's
  std::optional<Interval> interval{};
  /// As wide as the corrected p asks for: it leaves 0 out where that is below 5 %.
  std::optional<Interval> interval_holm{};
  std::size_t wins = 0, pairs = 0;
  std::optional<double> p{}, p_holm{};  ///< of the paired test; after Holm's correction
  std::optional<double> times_faster{}, times_faster_p_holm{};
};

/// A config with its runs.
struct ReportRow {
  std::string name, file;
  std::size_t parameters = 0;
  std::vector<ReportRun> runs{};
  Estimate metric{}, cost{}, seconds{};
  std::optional<AgainstBaseline> against{};
  std::optional<Plane> plane{};                            ///< of all of its runs
  std::optional<Pictures> pictures{};                      ///< in the report of a single run
  std::optional<Answers> answers{};                        ///< likewise
  std::optional<RunFacts> facts{};                         ///< likewise
  std::vector<std::pair<std::string, std::string>> set{};  ///< of a sweep: key and value
  std::vector<std::string> classes{};                      ///< in the report of a single run
  std::string yaml{};                                      ///< the whole config
};

/// How long every config trains.
struct CommonLength {
  std::string kind = "epochs";  ///< as the configs say; or `examples`, or `seconds`
  double value = 0;             ///< 0: not set
};

/// The folds of a comparison, each of which is held out in turn.
struct Folds {
  std::size_t count = 0;             ///< 0: there are none
  std::size_t examples = 0;          ///< of all folds together
  std::size_t set_aside = 0;         ///< examples of the data's own test part, which no run sees
  std::vector<std::string> notes{};  ///< clauses that say more
};

struct KeyValues {
  std::string key;
  std::vector<std::string> values;
};

struct Report {
  std::string made{};  ///< 2026-01-31T12:00:00Z
  std::string kind{};  ///< run, compare or sweep
  std::string baseline{};
  std::vector<std::uint64_t> seeds{};
  Folds folds{};
  std::string metric{};
  bool fraction = false, higher_is_better = false;  ///< what the metric is
  std::string adjective{};                          ///< of the metric: "accurate"; may be empty
  std::string metric_settings{};                    ///< of the metric, that its name leaves open
  std::string part{};                               ///< that the metric was measured on
  double overlap = 0;                               ///< of the runs' examples: see overlap_of_folds
  std::string why_costs_differ{};  ///< a clause, where costs do not mean the same in all rows
  CommonLength length{};
  std::string times{};         ///< how times were measured, in words
  bool times_compare = false;  ///< runs were made one at a time, as far as is known
  std::vector<ReportRow> rows{};
  std::vector<KeyValues> differences{};  ///< of the configs, row by row
  std::vector<std::string> summary{};
  std::vector<std::string> command_line{};
  std::string working_folder{};       ///< in which that command was given
  std::vector<KeyValues> settings{};  ///< of a sweep: what its keys are set to
  std::string next{};                 ///< the command that trains the best point of a sweep
  std::string page{};                 ///< the file; empty in the report of a single run
};

/// Who reads the JSON, and what is left out for them.
enum class ReportForm {
  file,   ///< comparison.json: everything
  page,   ///< numbers of curves keep six digits
  table,  ///< `--json`: without curves, planes and how to get the same again
};
nlohmann::ordered_json to_json(const Report& report, ReportForm form);

/// Returns one line of JSON. Bytes that are not UTF-8 are replaced.
std::string json_text(const Report& report, ReportForm form);

}  // namespace nnrun::host
