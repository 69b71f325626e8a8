// JSON files of ours, read whole.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
namespace nnrun::host {

/// Throws RecordError if the file cannot be read, is not JSON, is larger than 64 MiB or is nested
/// deeper than any file of ours.
nlohmann::ordered_json read_json(const std::filesystem::path& file);

}  // namespace nnrun::host
