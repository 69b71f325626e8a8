// The files and folders that a config names: its data, its plugins, the numbers it starts from.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "config/experiment.hpp"
namespace nnrun::host {

struct NamedFile {
  std::string
      key;  ///< `data.path`, `model.weights`, `plugins[0]`, `model.layers.dense_1.init.file`
  std::filesystem::path path;  ///< absolute; of a file or of a folder, which may not exist
  Place place;                 ///< of the class or of the key
  bool is_override = false;    ///< --set names it
};

/// Returns every path that is given, in the order of a resolved config.
std::vector<NamedFile> named_files(const Experiment& experiment);

}  // namespace nnrun::host
