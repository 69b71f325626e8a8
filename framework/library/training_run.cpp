#include "library/training_run.hpp"

#include "report/page.hpp"
#include "report/run_report.hpp"
#include "runs/recorded_run.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Clock = RecordedRun::Clock;

/// Leaves what `nnrun train` leaves, checkpoints included.
RunResult train_recorded(Trainer& trainer, TrainingOrder& order, Clock::time_point start) {
  const Experiment& experiment = trainer.experiment();
  const std::string name = order.record.string();
  RecordedRun recorded(RunFolder::create_at(order.record), experiment, order.command_line, start);
  recorded.keep_checkpoints(
      {.wanted = {}, .written = {}, .failed = std::move(order.failed), .over = {}});
  RunResult result = recorded.train(trainer, std::move(order.listener), name);
  recorded.folder().write_report(
      page_of(report_of(result, order.command_line, experiment, trainer)));
  return result;
}

RunResult train_unrecorded(Trainer& trainer, const TrainingOrder& order, Clock::time_point start) {
  const Experiment& experiment = trainer.experiment();
  std::vector<Problem> warnings = warnings_of(experiment, trainer);
  return result_of(trainer, experiment, trainer.train(order.listener), std::move(warnings), "",
                   start);
}

}  // namespace

TrainedModel train_model(const Experiment& experiment, TrainingOrder order) {
  const Clock::time_point start = Clock::now();
  const auto trainer = Trainer::create(experiment, order.threads);
  const RunResult result = order.record.empty() ? train_unrecorded(*trainer, order, start)
                                                : train_recorded(*trainer, order, start);
  const Experiment& used = trainer->experiment();
  return {std::make_shared<ModelInUse>(used, trainer->model(),
                                       origin_of_model(used, result.outcome.steps),
                                       result_json(result, used)),
          result.outcome.interrupted};
}

}  // namespace nnrun::host
