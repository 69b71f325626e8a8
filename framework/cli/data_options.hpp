// Hints for `data` in a config as options of the command line.
#pragma once
#include <string>
#include <string_view>
namespace nnrun::host {

/// Returns the options that say for one file what a hint says for `data` in a config, such as
/// `--data thousands=,` for `thousands: ","`; empty if the hint names no such setting.
std::string data_options_in(std::string_view hint);

}  // namespace nnrun::host
