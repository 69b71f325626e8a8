// What pages that look cost a run that is served.
#pragma once
#include <filesystem>

#include "table.hpp"
namespace nnrun::bench {

/// Prints the processor time of the training thread for a step, with no page, one and two.
void serving(const std::filesystem::path& scratch, int rounds, Table& table);

}  // namespace nnrun::bench
