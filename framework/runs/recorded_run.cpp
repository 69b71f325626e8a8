#include "runs/recorded_run.hpp"

#include "base/files.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {

namespace {

/// Returns what model.safetensors says about the run, besides its numbers.
Metadata origin_of(const Experiment& experiment, std::uint64_t steps) {
  return {{"name", experiment.name},
          {"seed", std::to_string(experiment.seed)},
          {"step", std::to_string(steps)},
          {"plugins", needed_plugins_json(experiment)}};
}

}  // namespace

RecordedRun::RecordedRun(RunFolder folder, const Experiment& experiment,
                         std::vector<std::string> command_line, Clock::time_point start)
    : folder_(std::move(folder)), experiment_(experiment), start_(start) {
  record_.started = utc_now();
  record_.command_line = std::move(command_line);
  const std::string config = resolved_yaml(experiment_);
  record_.config_sha256 = sha256_of(std::as_bytes(std::span(config)));
  folder_.write_config(config);
  folder_.write_sources(experiment_.sources);
}

RunResult RecordedRun::train(Trainer& trainer, Listener listener, std::string name) {
  try {
    RunResult result = trained(trainer, listener, std::move(name));
    record_.data_sha256 = trainer.data_sha256();
    record_.status = result.outcome.interrupted ? "interrupted" : "done";
    record_.result = result;
    folder_.write_run(run_json(record_, experiment_));
    return result;
  } catch (const Error& e) {
    if (record_.status.empty()) {
      record_.status = "failed";
      record_.error = e.what();
      folder_.write_run(run_json(record_, experiment_));
    }
    throw;
  }
}

RunResult RecordedRun::trained(Trainer& trainer, Listener& listener, std::string name) {
  CsvFile metrics(folder_.path() / "metrics.csv", metrics_columns(trainer.data(), experiment_));
  const auto told = std::move(listener.epoch);
  listener.epoch = [&](const EpochReport& report) {
    metrics.append(metrics_row(report));
    if (told) told(report);
  };
  RunResult result;
  result.warnings = warnings_of(experiment_, trainer);
  result.outcome = trainer.train(listener);
  Model& model = *trainer.model();
  folder_.write_model(model, origin_of(experiment_, result.outcome.steps));
  result.run = std::move(name);
  result.threads = trainer.threads();
  result.parameters = model.graph().parameter_count();
  result.predictions = model.predict_each(experiment_.predict_rows());
  result.weights_sha256 = weights_sha256(model.blocks());
  result.total_seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  return result;
}

void record_failure(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::vector<std::string>& command_line, const std::string& error) {
  const std::string config = resolved_yaml(experiment);
  RunRecord record{.status = "failed",
                   .error = error,
                   .started = utc_now(),
                   .command_line = command_line,
                   .config_sha256 = sha256_of(std::as_bytes(std::span(config))),
                   .data_sha256 = {},
                   .result = {}};
  std::filesystem::create_directories(folder);
  write_new_file(folder / "run.json", run_json(record, experiment), Sync::later);
}

}  // namespace nnrun::host
