// edits.jsonl and start.yaml of a run that was changed while it trained: with both, the run can be
// made again.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "runs/opened_run.hpp"
#include "runs/recorded_run.hpp"
#include "training/edited_trainer.hpp"
namespace nnrun::host {

/// Returns an edit a line: {"step": 120, "set": {"train.batch_size": "64"}}, or {"step": 130,
/// "block": "dense_1/weights", "index": [0, 1], "value": 0.5}.
std::string text_of(const std::vector<Edit>& edits);
/// Throws RecordError, naming the file and line, unless text_of wrote it, in the order of steps.
std::vector<Edit> read_edits(const std::filesystem::path& file);

/// Returns whether the run in this folder was changed while it trained.
bool was_edited(const std::filesystem::path& run);
/// Creates the trainer of such a run, at its start, with all changes to come. Throws what reading
/// the files and creating a trainer throw.
std::unique_ptr<EditedTrainer> edited_trainer(const std::filesystem::path& run,
                                              const StoredRecord& record, Registry& registry,
                                              unsigned threads);

/// Makes the record follow what becomes of the config. Keeps references. experiment: that of the
/// record.
void follow_changes(EditedTrainer& trainer, RecordedRun& recorded, Experiment& experiment);
/// Writes the changes that were made so far to the folder of the run.
void write_edits(const EditedTrainer& trainer, RecordedRun& recorded);

/// Makes the list of changes that of a run which goes on after so many steps: what was changed
/// later is undone, what is to differ from now on is a change. Returns what is to be recorded of
/// them; nothing of a run that was never changed, whose files stay as they are.
RecordedEdits note_resumption(const std::filesystem::path& run, std::uint64_t steps,
                              const std::vector<Override>& overrides);

}  // namespace nnrun::host
