#include "exporting/onnx_file.hpp"

#include <stdexcept>

#include "base/error.hpp"
#include "base/version.hpp"
#include "exporting/onnx_layers.hpp"
#include "exporting/onnx_preparation.hpp"
#include "exporting/onnx_reader.hpp"
namespace nnrun::host {
namespace {

constexpr std::uint64_t ir_version = 8, opset = 17, opset_of_texts = 3;

/// Adds a step's blocks to the graph, called as in model.safetensors, and returns their names.
std::vector<std::string> add_blocks(OnnxGraph& graph, const ExportedStep& step) {
  std::vector<std::string> names;
  for (const ExportedBlock& block : step.blocks)
    names.push_back(block.is_constant ? graph.constant(block.values, block.shape)
                                      : graph.tensor(step.layer + "/" + block.name, block.values,
                                                     block.shape, graph.numbers()));
  return names;
}

void add_steps(OnnxGraph& graph, const ExportedNetwork& net) {
  const OnnxRows rows = onnx_preparation(graph, net);
  std::vector<OnnxValue> values{rows.value};
  values.reserve(net.steps.size() + 1);
  std::vector<Problem> problems;
  for (const ExportedStep& step : net.steps) {
    graph.begin(step.name);
    std::vector<OnnxValue*> inputs;
    for (const int i : step.inputs) inputs.push_back(&values[static_cast<std::size_t>(i + 1)]);
    try {
      values.push_back(OnnxLayers(graph, step, inputs, add_blocks(graph, step)).value());
    } catch (const std::invalid_argument& e) {
      problems.push_back({.what = "layer '" + step.layer + "' cannot be exported: it " + e.what(),
                          .hint = "--c and --python write it"});
      values.push_back(values.back());
    }
  }
  if (!problems.empty()) throw PluginError(std::move(problems));
  onnx_answer(graph, net, rows.refused, values.back());
}

ProtobufMessage opset_of(const char* domain, std::uint64_t version) {
  ProtobufMessage set;
  return set.text(1, domain).number(2, version);
}

}  // namespace

std::string onnx_file(const ExportedNetwork& net, const Metadata& metadata) {
  OnnxGraph graph(net.float32 ? OnnxType::float32 : OnnxType::float64);
  add_steps(graph, net);
  ProtobufMessage model;
  model.number(1, ir_version).text(2, "nnrun").text(3, version().number);
  std::string words;
  for (const std::string& part :
       {words_on_inputs(net), words_on_missing(net, "NaN"), words_on_texts(net, "\n", false)})
    if (!part.empty()) words += (words.empty() ? "" : "\n") + part;
  if (!words.empty()) model.text(6, words);
  model.message(7, graph.message(net.name)).message(8, opset_of("", opset));
  model.message(8, opset_of("ai.onnx.ml", opset_of_texts));
  const auto say = [&](const std::string& key, const std::string& value) {
    model.message(14, ProtobufMessage().text(1, "nnrun." + key).text(2, value));
  };
  for (const auto& [key, value] : metadata) say(key, value);
  // import takes the metadata's word only for the operators that they were written with
  say("nodes_sha256", sha256_of_nodes(read_onnx(model.bytes(), net.name)));
  return model.bytes();
}

std::vector<std::string> layers_without_onnxruntime(const ExportedNetwork& net) {
  using Kind = ExportedStep::Kind;
  std::vector<std::string> layers;
  for (const ExportedStep& step : net.steps) {
    const bool is_missing_in_double =
        step.kind == Kind::convolution || step.kind == Kind::transposed ||
        step.kind == Kind::recurrent || (step.kind == Kind::mean && step.shape.size() > 1);
    if (!net.float32 && is_missing_in_double) layers.push_back(step.layer);
  }
  return layers;
}

}  // namespace nnrun::host
