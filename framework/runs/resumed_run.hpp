// A recorded run that is to go on, in its own folder.
#pragma once
#include <string>
#include <vector>

#include "loading/registry.hpp"
#include "runs/run_folder.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {

struct ResumedRun {
  RunFolder folder;  ///< no other process has it
  Experiment experiment;
  RunRecord record;                ///< so far
  std::uint64_t epochs_before;     ///< reported by its last end; 0: there was none
  bool is_done;                    ///< and nothing that it does was changed
  std::vector<std::string> notes;  ///< for people
};

/// Opens a run to go on with it, and changes nothing. overrides: what is to differ from now on.
/// Throws an error that says why it cannot go on: it is running, its config or a plugin changed,
/// or an override would make the numbers so far those of another run.
ResumedRun resume_run(const std::string& folder, const std::vector<Override>& overrides,
                      Registry& registry);

struct ResumedTrainer {
  std::unique_ptr<Trainer> trainer;
  /// Whether a newer checkpoint was passed over: a limit had ended its epoch early, and the rest of
  /// the examples would be left out.
  bool before_limit = false;
};

/// Creates the trainer of a run and sets it to the newest checkpoint that is whole; without any it
/// is at the start. refused: is told of each that is not. Throws RecordError if the data changed,
/// if checkpoints are there but none can be used, or if more was trained than is planned now.
ResumedTrainer resumed_trainer(const ResumedRun& run, unsigned threads, Processes* processes,
                               const std::function<void(const Error&)>& refused);

}  // namespace nnrun::host
