// What may be said of a run that is trained, to eval and to predict alike.
#pragma once
#include "runs/opened_run.hpp"
namespace nnrun::host {

/// Makes the run follow what overrides say of its columns: that a text which training did not see
/// counts as none. Throws ConfigError for what the model has decided in another way.
void follow_overrides(OpenedRun& run, const std::vector<Override>& overrides);

}  // namespace nnrun::host
