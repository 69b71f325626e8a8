// What the command line may say of a run that is trained, to eval and to predict alike.
#pragma once
#include "runs/opened_run.hpp"
namespace nnrun::host {

/// Makes the run follow what --set and --data say of its columns: that a text which training did
/// not see counts as none. Throws ConfigError for what the model has decided in another way.
void follow_overrides(OpenedRun& run, const std::vector<Override>& overrides);

/// Returns the options that say for one file what a hint says for `data` in a config, such as
/// `--data thousands=,` for `thousands: ","`; empty if the hint names no such setting.
std::string data_options_in(std::string_view hint);

}  // namespace nnrun::host
