// JSON files, read whole and replaced whole.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
namespace nnrun::host {

/// Throws RecordError if the file cannot be read, is not JSON, is larger than 64 MiB or is nested
/// deeper than any file of ours.
nlohmann::ordered_json read_json(const std::filesystem::path& file);

/// Replaces a file in one step: no reader ever sees half of it.
void replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace nnrun::host
