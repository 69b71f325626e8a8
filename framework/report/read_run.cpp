#include "report/read_run.hpp"

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "runs/json_file.hpp"
#include "runs/record_field.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t most_libraries = 10'000, largest_config = 1 << 24;

void read_result(const RecordField& result, ReportRun& run) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const auto found = result.find(part_names[part])) run.scores[part] = read_scores(*found);
  run.parameters = result.at("parameters").count();
  run.epochs = result.at("epochs").count();
  const RecordField seconds = result.at("seconds");
  run.seconds = {seconds.at("total").number(), seconds.at("train").number()};
  run.weights_sha256 = result.at("weights_sha256").text();
}

/// Reads what the run was made from.
void read_origin(const RecordField& record, ReportRun& run) {
  run.data_sha256 = record.at("data_sha256").text();
  for (const RecordField& library : record.at("plugins").items(most_libraries))
    run.libraries[fs::path(library.at("file").text()).filename().string()] =
        library.at("sha256").text();
}

/// Requires the config beside a record to be the one that was recorded.
void require_config(const fs::path& folder, const std::string& sha256) {
  const fs::path file = folder / "config.yaml";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;  // of a run that failed early
  const std::string yaml = read_file(file, largest_config);
  if (sha256_of(std::as_bytes(std::span(yaml))) != sha256)
    throw RecordError(Problem{.what = "this is not the config of the run: it changed afterwards",
                              .where = file.string(),
                              .hint = "put back what nnrun wrote"});
}

void read_failure(const RecordField& record, ReportRun& run) {
  run.error = record.at("error").text();
  const auto problems = record.find("problems");
  if (!problems) return;
  for (const RecordField& problem : problems->items(most_libraries)) {
    if (const auto note = problem.find("note")) run.note = note->text();
    if (const auto hint = problem.find("hint")) run.hint = hint->text();
    return;  // the first is what ended it
  }
}

void read_record(const fs::path& folder, ReportRun& run) {
  const fs::path file = folder / "run.json";
  const Json json = read_json(file);
  const RecordField record(file, json);
  run.status = record.at("status").one_of({"done", "failed", "interrupted", "running"});
  if (record.at("seed").count() != run.seed) record.at("seed").refuse(std::to_string(run.seed));
  run.config_sha256 = record.at("config_sha256").text();
  require_config(folder, run.config_sha256);
  read_origin(record, run);
  if (run.status == "failed") read_failure(record, run);
  if (run.done())
    read_result(record.at("result"), run);
  else if (const auto result = record.find("result"))
    read_result(*result, run);
}

void read_drawings(const fs::path& folder, ReportRun& run) {
  run.curve = read_curve(folder / "metrics.csv");
  const fs::path file = folder / "decision.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  const Json json = read_json(file);
  run.plane = read_plane(RecordField(file, json));
}

}  // namespace

ReportRun read_run(const fs::path& folder, std::uint64_t seed) {
  ReportRun run{.seed = seed, .folder = folder.string(), .status = "missing"};
  std::error_code ignored;
  if (!fs::exists(folder / "run.json", ignored)) return run;
  read_record(folder, run);
  try {
    read_drawings(folder, run);
  } catch (const RecordError&) {  // a run that was cut short may leave half of them
    if (run.done()) throw;
    run.curve = {};
  }
  return run;
}

}  // namespace nnrun::host
