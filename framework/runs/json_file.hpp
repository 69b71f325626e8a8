// Files of JSON, read whole and replaced whole.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
namespace nnrun::host {

/// Throws RecordError where the file cannot be read or is not JSON.
nlohmann::ordered_json read_json(const std::filesystem::path& file);

/// Writes a file in place of an earlier one: at no moment is there half of it.
void replace_file(const std::filesystem::path& file, std::string_view text);

}  // namespace nnrun::host
