// Data that others published, which a machine may have or not.
#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
namespace nnrun::testing {

/// Returns the folder `name` of the published data. Where it is absent, returns nothing and says
/// so in the words that ctest takes for a skipped test. A test that calls this carries the tag
/// [.data/<name>].
inline std::optional<std::filesystem::path> data_folder(const std::string& name) {
  const char* const data = std::getenv("NNRUN_DATA");
  if (data && std::filesystem::is_directory(std::filesystem::path(data) / name))
    return std::filesystem::path(data) / name;
  WARN("skipped: NNRUN_DATA " << (data ? "has no folder " + name : "is not set"));
  return std::nullopt;
}

}  // namespace nnrun::testing
