// What the data of a run hold: rows, parts, columns, targets.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/terminal.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Returns a table with a row for each column, the first ones if there are many.
std::string data_summary(const Trainer& trainer, const Terminal& terminal);
/// Returns the same as JSON, with every column.
nlohmann::ordered_json data_json(const Trainer& trainer);

}  // namespace nnrun::host
