// The steps of a recorded run, made again.
#pragma once
#include "runs/opened_run.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Throws RecordError unless the run ended and left a result to compare with.
void require_verifiable(const OpenedRun& run);

/// Returns the experiment of the run without a limit of time: its end is in the record.
Experiment without_clock(const OpenedRun& run);

/// Makes the steps that are left of those that the run made, and ends as it did: by itself, by
/// time, or by a signal in the middle of an epoch. trainer: of the experiment above, or of a run
/// that was edited. Throws what training throws.
void train_to_recorded_end(const OpenedRun& run, Trainer& trainer, const Listener& listener);
/// The same from the start.
Outcome train_again(const OpenedRun& run, Trainer& trainer, const Listener& listener);

}  // namespace nnrun::host
