// model.safetensors: the parameters of a network, and what it takes to use them again without the
// data they were learned from.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "records/run_folder.hpp"
#include "training/trainer.hpp"
namespace nnrun::host {

/// Writes the parameters, the fitted preparation, and the names of inputs, outputs and classes.
void write_model(const RunFolder& folder, const Trainer& trainer, const Experiment& experiment,
                 std::uint64_t steps);

struct ModelFile {
  TensorFile file;
  Preparation::Fit preparation;                                 ///< empty where nothing is scaled
  std::vector<std::string> input_names, target_names, classes;  ///< may be empty
};
/// Throws RecordError for a file that is no model of ours.
ModelFile read_model(const std::filesystem::path& file);

/// Hands every block of the network over, by name and shape. Throws ConfigError at `place` where
/// the file has not what the network needs.
void load_parameters(
    const TensorFile& file, const Graph& graph, const Place& place,
    const std::function<void(const NamedBlock&, std::span<const double>)>& set_parameters);

}  // namespace nnrun::host
