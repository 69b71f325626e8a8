// An examination: trains a little, looks at everything, and says what keeps a run from learning.
#pragma once
#include "diagnosis/course.hpp"
#include "diagnosis/finding.hpp"
namespace nnrun::host {

struct Examination {
  std::vector<Illness> illnesses;  ///< the most likely cause first
  Course course;
};

/// A run that is over, as its folder has it.
struct FinishedRun {
  std::shared_ptr<const Model> model;
  std::vector<EpochReport> epochs;
};

/// Examines what a trainer is about to train, or a run that it would train again. Steps are made,
/// so the trainer is of no other use then.
Examination examine(Trainer& trainer, const ExaminationLimits& limits,
                    const FinishedRun* run = nullptr);

}  // namespace nnrun::host
