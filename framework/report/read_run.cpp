#include "report/read_run.hpp"

#include <nlohmann/json.hpp>

#include "runs/json_file.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

void read_result(const Json& result, ReportRun& run) {
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)
    if (const auto found = result.find(part_names[part]); found != result.end())
      run.scores[part] = read_scores(*found);
  const auto count = [&](const char* key) {
    return result.contains(key) ? std::optional<std::size_t>(result.at(key)) : std::nullopt;
  };
  run.parameters = count("parameters");
  run.epochs = count("epochs");
  if (const auto seconds = result.find("seconds"); seconds != result.end())
    run.seconds = {seconds->at("total"), seconds->at("train")};
  run.weights_sha256 = result.value("weights_sha256", "");
}

void read_record(const fs::path& file, ReportRun& run) {
  const Json record = read_json(file);
  run.status = record.at("status");
  run.error = record.value("error", "");
  if (const auto result = record.find("result"); result != record.end()) read_result(*result, run);
}

/// Calls read. Throws RecordError if the JSON in the file is not what it expects.
template <class Read>
void from_file(const fs::path& file, Read read) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return;
  try {
    read(file);
  } catch (const nlohmann::json::exception&) {
    throw RecordError(Problem{.what = "this is not what a run writes", .where = file.string()});
  }
}

}  // namespace

ReportRun read_run(const fs::path& folder, std::uint64_t seed) {
  ReportRun run{.seed = seed, .folder = folder.string(), .status = "missing"};
  from_file(folder / "run.json", [&](const fs::path& file) {
    read_record(file, run);
    run.curve = read_curve(folder / "metrics.csv");
  });
  if (run.curve)
    from_file(folder / "decision.json",
              [&](const fs::path& file) { run.plane = read_plane(read_json(file)); });
  return run;
}

}  // namespace nnrun::host
