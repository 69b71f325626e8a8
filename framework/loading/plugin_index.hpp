// What the libraries of a folder provide, noted when they were built: with it, a start loads only
// the libraries that it needs.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file_stamp.hpp"
namespace nnrun::host {

/// What an index says of a library.
struct IndexedLibrary {
  std::filesystem::path file;
  FileStamp stamp;  ///< when it was noted; equal: the file is still the same
  std::string sha256;
  std::vector<std::pair<std::string, std::string>> classes;  ///< kind and name, as it lists them
};

/// Returns what the index of a folder says of these libraries, which are all that are there.
/// Returns nothing if there is no index, if it is damaged, or if it describes other libraries: one
/// more or less, or one that changed since.
std::optional<std::vector<IndexedLibrary>> read_plugin_index(
    const std::filesystem::path& folder, std::span<const std::filesystem::path> libraries);

/// Loads the libraries of the program's own folder, or one like it, and writes its index. Returns
/// the name of the index. Throws PluginError or RecordError.
std::filesystem::path write_plugin_index(const std::filesystem::path& folder);

}  // namespace nnrun::host
