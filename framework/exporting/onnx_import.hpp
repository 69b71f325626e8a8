// The network of an ONNX file of another program: its operators become layers of a config, and its
// tensors their weights.
#pragma once
#include <string>
#include <vector>

#include "exporting/onnx_reader.hpp"
namespace nnrun::host {

struct ImportedBlock {
  std::string name;  ///< as in model.safetensors: dense_1/weights
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

struct ImportedNetwork {
  bool float32 = true;
  std::vector<std::size_t> input, output;  ///< channels are last
  bool channels_were_first = false;        ///< of the file's input
  std::vector<std::string> layers;         ///< each as YAML, `{name: dense_1, type: dense, …}`
  std::size_t outputs_left_out = 0;        ///< of the file, behind the first
  std::string last_activation;             ///< may be empty
  std::vector<ImportedBlock> blocks;
  std::vector<std::string> notes;  ///< on layers, a sentence each
};

/// where: for messages. Throws RecordError that names the node of each operator that no layer
/// stands for.
ImportedNetwork imported_network(const ReadOnnx& file, const std::string& where);

}  // namespace nnrun::host
