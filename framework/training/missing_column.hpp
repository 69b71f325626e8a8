// What a reader of a table says of a column that is not there.
#pragma once
#include <optional>
#include <string>

#include "base/error.hpp"
namespace nnrun::host {

/// Returns the name of the column that, as a table's reader says, is not there; nothing for other
/// problems. Adds to the hint which of the file's columns was probably meant.
std::optional<std::string> suggest_column(Problem& said);

}  // namespace nnrun::host
