#include "records/recorded_run.hpp"

#include "base/files.hpp"
#include "records/model_file.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {

namespace {

/// The file that `model.weights` names; what is wrong with it has the place of the key.
TensorFile weights_of(const Experiment& experiment) try {
  return read_safetensors(experiment.model.weights.value);
} catch (const Error& e) {
  Problem problem = e.problems().front();
  problem.place = experiment.model.weights.place;
  throw DataError(std::move(problem));
}

}  // namespace

std::unique_ptr<Trainer> create_trainer(const Experiment& experiment, unsigned threads) {
  auto trainer = Trainer::create(experiment, threads);
  if (!experiment.model.weights.value.empty())
    load_parameters(weights_of(experiment), trainer->graph(), experiment.model.weights.place,
                    [&](const NamedBlock& block, std::span<const double> values) {
                      trainer->set_parameters(block, values);
                    });
  return trainer;
}

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
  const std::vector<BlockValues> blocks = trainer.parameters();
  write_model(folder_, trainer, experiment_, result.outcome.steps);
  result.run = std::move(name);
  result.threads = trainer.threads();
  result.parameters = trainer.graph().parameter_count();
  result.predictions = trainer.predict(experiment_.predict_rows());
  result.weights_sha256 = weights_sha256(blocks);
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
