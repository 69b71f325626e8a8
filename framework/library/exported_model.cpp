#include "library/exported_model.hpp"
namespace nnrun::host {
namespace {

/// Answers the examples, as predict does. Leaves out what it would refuse.
void answer(const ModelInUse& model, std::vector<GoldenExample>& examples) {
  std::vector<GoldenExample> answered;
  for (GoldenExample& example : examples) try {
      example.output.resize(model.outputs());
      model.predict(example.input.data(), 1, example.output.data());
      answered.push_back(std::move(example));
    } catch (const DataError&) {  // its numbers were only likely ones
    }
  examples = std::move(answered);
}

}  // namespace

ExportedNetwork exported_network(const ModelInUse& model) {
  ExportedNetwork net =
      exported_network(model.experiment(), model.model(), model.rows_at_once() == 1);
  net.names.classes = model.names().classes;
  net.names.targets = model.names().outputs;
  net.border = model.names().border;
  answer(model, net.examples);
  return net;
}

Metadata metadata_for_onnx(const ModelInUse& model, bool has_overrides) {
  Metadata metadata = model.origin();
  if (std::string& config = metadata["config"]; config.empty() || has_overrides)
    config = yaml_for_use(model.experiment());
  metadata["model_format"] = std::to_string(model_format);
  return metadata;
}

}  // namespace nnrun::host
