// Trains a config for a program: with or without a folder that records the run.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "library/model_in_use.hpp"
#include "runs/recorded_run.hpp"
namespace nnrun::host {

struct TrainingOrder {
  std::filesystem::path record{};           ///< folder to record the run in; empty: none
  unsigned threads = 0;                     ///< see Trainer::create
  std::vector<std::string> command_line{};  ///< that trains the same, for the record
  Listener listener{};
  /// Told of checkpoints that cannot be written; the run goes on.
  std::function<void(const Error&)> failed{};
};

/// How a run goes that a folder records.
struct RecordedTraining {
  std::string name;                       ///< of the folder, for the record
  std::vector<std::string> command_line;  ///< likewise
  Listener listener{};
  CheckpointListener checkpoints{};
  /// Told of the result as soon as only the page is still to be written.
  std::function<void(const RunResult&)> ended{};
};
/// Trains, and leaves in the folder of the run all that belongs there: checkpoints, metrics, model,
/// record, page. What the program does, and nnrun_train. Throws what the trainer and the folder do.
RunResult train_in_folder(RecordedRun& recorded, Trainer& trainer, const Experiment& experiment,
                          RecordedTraining how);

struct TrainedModel {
  std::shared_ptr<ModelInUse> model;
  bool stopped = false;  ///< by the listener
};

/// Trains to the end, or until the listener stops it. Throws what Trainer and RecordedRun throw.
TrainedModel train_model(const Experiment& experiment, TrainingOrder order);

}  // namespace nnrun::host
