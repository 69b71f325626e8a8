#include "library/training_run.hpp"

#include "report/run_report.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Clock = RecordedRun::Clock;

RunResult train_recorded(Trainer& trainer, TrainingOrder& order, Clock::time_point start) {
  const Experiment& experiment = trainer.experiment();
  RecordedRun recorded(RunFolder::create_at(order.record), experiment, order.command_line, start);
  return train_in_folder(
      recorded, trainer, experiment,
      {.name = order.record.string(),
       .command_line = order.command_line,
       .listener = std::move(order.listener),
       .checkpoints = {
           .wanted = {}, .written = {}, .failed = std::move(order.failed), .over = {}}});
}

RunResult train_unrecorded(Trainer& trainer, const TrainingOrder& order, Clock::time_point start) {
  const Experiment& experiment = trainer.experiment();
  std::vector<Problem> warnings = warnings_of(experiment, trainer);
  return result_of(trainer, experiment, trainer.train(order.listener), std::move(warnings), "",
                   start);
}

}  // namespace

RunResult train_in_folder(RecordedRun& recorded, Trainer& trainer, const Experiment& experiment,
                          RecordedTraining how) {
  recorded.keep_checkpoints(std::move(how.checkpoints));
  RunResult result = recorded.train(trainer, std::move(how.listener), how.name);
  if (how.ended) how.ended(result);
  write_page(recorded.folder(), result, how.command_line, experiment, trainer);
  return result;
}

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
