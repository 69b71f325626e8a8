// What it takes to share a training, for people and as JSON.
#pragma once
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/terminal.hpp"
#include "diagnosis/sharing_times.hpp"
namespace nnrun::host {

/// Returns the numbers of processes that are told of: 1, 2, 4, … up to that of shards, and that
/// which was measured.
std::vector<std::uint32_t> told_numbers(const SharingTimes& times);
std::string text_of(const SharingTimes& times, const Terminal& out);
nlohmann::ordered_json json_of(const SharingTimes& times);
/// Returns what to say of the first number of processes that would waste half of their time.
std::vector<Problem> warnings_of(const SharingTimes& times);

}  // namespace nnrun::host
