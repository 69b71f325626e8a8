// Published data, which a machine may or may not have.
#pragma once
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
namespace nnrun::testing {

/// Returns the folder `name` of the published data. If it is absent, returns nothing and prints the
/// words by which ctest recognises a skipped test. A test that calls this carries the tag
/// [.data/<name>].
inline std::optional<std::filesystem::path> data_folder(const std::string& name) {
  const char* const data = std::getenv("NNRUN_DATA");
  if (data && std::filesystem::is_directory(std::filesystem::path(data) / name))
    return std::filesystem::path(data) / name;
  WARN("skipped: NNRUN_DATA " << (data ? "has no folder " + name : "is not set"));
  return std::nullopt;
}

}  // namespace nnrun::testing
