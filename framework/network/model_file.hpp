// model.safetensors: the numbers of a network, and what is needed to use them without the data that
// they were learned from.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "network/graph.hpp"
#include "network/preparation.hpp"
#include "network/safetensors.hpp"
#include "network/targets.hpp"
namespace nnrun::host {

/// The names that a data set gives to inputs, targets and classes; each may be empty.
struct DataNames {
  std::vector<std::string> inputs, targets, classes;
  std::string target = {};  ///< the column that the classes come from
  /// The classes have an order, from the lowest to the highest: outputs are one less, and say how
  /// likely a class above the first is, above the second, and so on.
  bool ordered = false;
};

/// What a later program writes as another number, this one cannot read.
inline constexpr int model_format = 1;

struct ModelFile {
  std::filesystem::path path;
  TensorFile file;
  Preparation::Fit fit;  ///< empty if nothing was learned
  DataNames names;
  Targets targets{};                  ///< not known of a model that an earlier program wrote
  std::optional<Recipe> recipe = {};  ///< absent if it is plain, or was written by an older program
  std::string config = {};  ///< yaml_for_use of the run; empty if an older program wrote the file
  std::string scale = {};   ///< scale_text of the recipe; empty if an older program wrote the file
};

/// Throws RecordError for a file that is not a model of ours.
ModelFile read_model(const std::filesystem::path& file);
/// The same, of tensors that were read. path: of their file, for messages.
ModelFile model_in(TensorFile file, const std::filesystem::path& path);

/// Adds a preparation, the names and what targets are to the metadata, and what was learned to the
/// tensors, which point into it.
void describe(const Preparation& preparation, const DataNames& names, const Targets& targets,
              std::vector<Tensor>& tensors, Metadata& metadata);

}  // namespace nnrun::host
