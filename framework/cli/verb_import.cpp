#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/csv_text.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "exporting/digits.hpp"
#include "exporting/onnx_import.hpp"
#include "network/model_preparation.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t largest_file = std::size_t{1} << 31;  // protobuf allows no more
constexpr auto weights_file = "weights.safetensors";

/// A network that was read: its config, and its model in the form of model.safetensors.
struct Imported {
  std::string config;
  TensorFile tensors = {};
  bool is_ours = false;
  std::vector<std::size_t> input = {};
  bool channels_were_first = false;
  std::size_t left_out = 0;
  std::vector<std::string> notes = {};
};

/// Returns whether nnrun wrote the file, and nobody has changed its operators since.
bool is_as_written(const ReadOnnx& file) {
  const auto nodes = file.metadata.find("nnrun.nodes_sha256");
  return file.metadata.contains("nnrun.config") && nodes != file.metadata.end() &&
         nodes->second == sha256_of_nodes(file);
}

/// Returns what an exported file repeats of its model.
Imported own_model(const ReadOnnx& file) {
  constexpr std::string_view ours = "nnrun.";
  Imported all{.config = file.metadata.at("nnrun.config"), .is_ours = true};
  for (const auto& [key, value] : file.metadata)
    if (key.starts_with(ours) && key != "nnrun.nodes_sha256")
      all.tensors.metadata[key.substr(ours.size())] = value;
  for (const auto& [name, tensor] : file.tensors)
    if (!name.starts_with('/') && (tensor.type == 1 || tensor.type == 11))
      all.tensors.tensors.push_back({std::string(name), tensor.type == 1 ? "F32" : "F64",
                                     tensor.shape, std::as_bytes(std::span(tensor.bytes))});
  return all;
}

/// Returns the targets and the cost that the last activation is made for. Of so many numbers as an
/// image has, no names are made up.
std::string ends_of(const ImportedNetwork& network, std::size_t outputs) {
  const bool classes =
      network.last_activation == "softmax" || network.last_activation == "log_softmax";
  constexpr std::size_t most_names = 1000;
  std::string data = "{type: npy, inputs: x.npy, targets: y.npy}";
  if (classes) data = "{type: csv, path: data.csv, targets: [class]}";
  if (!classes && outputs <= most_names) {
    std::string targets = "y1";
    for (std::size_t i = 1; i < outputs; ++i) targets += ", y" + n(i + 1);
    data = "{type: csv, path: data.csv, targets: [" + targets + "]}";
  }
  const char* const cost = classes                                ? "cross_entropy"
                           : network.last_activation == "sigmoid" ? "binary_cross_entropy"
                                                                  : "mean_squared_error";
  return "data: " + data + "\ntrain: {cost: " + cost + "}\n";
}

std::string config_of(const ImportedNetwork& network, const std::string& name) {
  std::size_t outputs = 1;
  for (const std::size_t size : network.output) outputs *= size;
  std::string sizes;
  for (const std::size_t size : network.input) sizes += (sizes.empty() ? "" : ", ") + n(size);
  std::string text = "name: " + name + "\ndtype: " + (network.float32 ? "float32" : "float64") +
                     "\n" + ends_of(network, outputs) + "model:\n  input: [" + sizes +
                     "]\n  layers:\n";
  for (const std::string& layer : network.layers) text += "    - " + layer + "\n";
  return text;
}

/// Adds the numbers of a network as tensors of its precision.
void add_tensors(const ImportedNetwork& network, TensorFile& to) {
  std::string bytes;
  const std::size_t each = network.float32 ? 4 : 8;
  for (const ImportedBlock& block : network.blocks)
    for (const double x : block.values) {
      const auto narrow = static_cast<float>(x);
      bytes.append(network.float32 ? reinterpret_cast<const char*>(&narrow)
                                   : reinterpret_cast<const char*>(&x),
                   each);
    }
  to.contents = std::make_shared<const std::string>(std::move(bytes));
  std::span<const std::byte> rest = std::as_bytes(std::span(*to.contents));
  for (const ImportedBlock& block : network.blocks) {
    const std::size_t size = block.values.size() * each;
    to.tensors.push_back(
        {block.name, network.float32 ? "F32" : "F64", block.shape, rest.first(size)});
    rest = rest.subspan(size);
  }
}

/// Reads the operators. Says so if nnrun wrote the file, and it was changed since.
ImportedNetwork network_in(const ReadOnnx& file, const fs::path& path) try {
  return imported_network(file, path.string());
} catch (const RecordError& e) {
  if (!file.metadata.contains("nnrun.config")) throw;
  std::vector<Problem> problems = e.problems();
  problems.front().note =
      "nnrun wrote this file, and it was changed since, so the config in it counts no more";
  throw RecordError(std::move(problems));
}

Imported foreign_model(const ReadOnnx& file, const fs::path& path) {
  const ImportedNetwork network = network_in(file, path);
  std::string name;
  for (const char c : path.stem().string())
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' ? c : '-';
  Imported all{.config = config_of(network, "'" + name + "'"), .input = network.input};
  all.channels_were_first = network.channels_were_first;
  all.left_out = network.outputs_left_out;
  all.notes = network.notes;
  add_tensors(network, all.tensors);
  return all;
}

/// Returns the config to train on with: that of the network, and its start.
std::string config_to_train(const std::string& config) {
  std::string text = config;
  const std::string model = "\nmodel:\n";
  if (const std::size_t at = text.find(model); at != text.npos)
    text.insert(at + model.size(), std::string("  weights: ") + weights_file + "\n");
  return "# From an ONNX file. Name your own data below data, then: nnrun config.yaml\n" + text;
}

std::string count_of(std::size_t count, const char* thing) {
  return n(count) + " " + thing + (count == 1 ? "" : "s");
}

/// Returns a row that the network answers: of each column 0, or the first of its texts.
std::string example_of(const Model& model) {
  std::string row;
  for (const Column& column : model.preparation().recipe().columns)
    row += (row.empty() ? "" : ",") +
           (column.is_category && !column.texts.empty() ? csv_text(column.texts.front()) : "0");
  return shell_word(row);
}

void tell(const Arguments& arguments, const Imported& imported, const Model& model,
          const fs::path& folder) {
  const std::string config = (folder / "config.yaml").string(),
                    weights = (folder / weights_file).string();
  const Terminal out(stdout);
  const std::size_t inputs = model.preparation().inputs();
  if (arguments.json) {
    nlohmann::ordered_json json{{"config", config},
                                {"weights", weights},
                                {"inputs", inputs},
                                {"outputs", model.answers()},
                                {"parameters", model.graph().parameter_count()}};
    if (!imported.notes.empty()) json["notes"] = imported.notes;
    return out.write_data(
        json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  if (arguments.quiet) return;
  for (const std::string& note : imported.notes) Terminal(stderr).write("note: " + note + "\n");
  std::string order;
  if (imported.channels_were_first && imported.input.size() > 1)
    order =
        "note   inputs are in the order " +
        std::string(imported.input.size() == 3 ? "height x width x channels" : "steps x channels") +
        ", channels last; the file had them first\n";
  if (imported.left_out > 0)
    order += "note   the file has " + n(imported.left_out + 1) +
             " outputs, of which the first is that of this network\n";
  out.write(
      "wrote  " + config + "\n       " + weights + "\nread   " + count_of(inputs, "input") + ", " +
      count_of(model.answers(), "output") + ", " +
      count_of(model.graph().parameter_count(), "parameter") + "\n" + order +
      "next   nnrun predict " + shell_word(weights) +
      (inputs <= 8 && model.preparation().rows() == 1 ? " " + example_of(model) : " --csv FILE") +
      "\n       name your data in " + config + ", then nnrun " + shell_word(config) +
      " trains on\n");
}

}  // namespace

/// Writes the network of an ONNX file as a config and its weights.
Exit import_network(const Arguments& arguments, Registry& registry) {
  const fs::path path = arguments.targets[0];
  if (!arguments.has("--to"))
    throw UsageError(Problem{.what = "import needs --to DIR: where to write config and weights",
                             .hint = "nnrun import " + shell_word(path.string()) + " --to " +
                                     shell_word(path.stem().string())});
  const fs::path folder = arguments.text("--to");
  std::error_code ignored;
  if (fs::exists(folder, ignored))
    throw UsageError(Problem{.what = "'" + folder.string() + "' exists already",
                             .hint = "name another folder after --to"});
  const std::string bytes = read_file(path, largest_file);
  const ReadOnnx file = read_onnx(bytes, path.string());
  Imported imported = is_as_written(file) ? own_model(file) : foreign_model(file, path);
  const auto source = std::make_shared<const Source>(Source{path.string(), imported.config});
  std::vector<Override> paths;  // a config that was read for use has none
  if (!imported.is_ours && imported.config.find("\ndata: {type: npy") != imported.config.npos)
    paths = {{"data.inputs", "x.npy"}, {"data.targets", "y.npy"}};
  else if (!imported.is_ours)
    paths = {{"data.path", "data.csv"}};
  const Experiment experiment = read_for_use(source, paths, registry);
  Metadata& metadata = imported.tensors.metadata;
  if (!imported.is_ours) metadata["config"] = yaml_for_use(experiment);
  metadata["model_format"] = std::to_string(model_format);
  metadata["name"] = experiment.name;
  metadata["plugins"] = needed_plugins_json(experiment, Folders::of_users);
  const auto model = Model::read(experiment, model_in(imported.tensors, path));
  fs::create_directories(folder, ignored);
  model->write(folder / weights_file, metadata, Sync::now);
  write_file(folder / "config.yaml", config_to_train(imported.config), Existing::refused,
             Sync::now);
  tell(arguments, imported, *model, folder);
  return Exit::done;
}

}  // namespace nnrun::host
