#include "records/model_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "records/run_record.hpp"
namespace nnrun::host {
namespace {

// No layer can be called `input`, so no block has these names.
constexpr auto shift_name = "input/shift", factor_name = "input/factor";
constexpr auto inputs_key = "input_names", targets_key = "target_names", classes_key = "classes";

std::string json_of(const std::vector<std::string>& names) {
  return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::string> names_of(const TensorFile& file, const char* key,
                                  const std::filesystem::path& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return {};
  const auto json = nlohmann::json::parse(found->second, nullptr, false);
  const bool texts = json.is_array() &&
                     std::ranges::all_of(json, [](const auto& name) { return name.is_string(); });
  if (!texts)
    throw RecordError(
        Problem{.what = "'" + std::string(key) + "' is no list of names", .where = path.string()});
  return json.get<std::vector<std::string>>();
}

/// The libraries that the model needs: file, version and sha256 of each, and its classes.
std::string needed_plugins(const Experiment& experiment) {
  nlohmann::ordered_json needed = plugins_json(experiment);
  for (nlohmann::ordered_json& library : needed) {  // where they lie is no property of a model
    library["file"] = std::filesystem::path(library["file"].get<std::string>()).filename().string();
    library.erase("compiler");
  }
  return needed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<double> numbers_at(const TensorFile& file, const char* name) {
  const Tensor* const tensor = file.find(name);
  return tensor ? numbers_of(*tensor) : std::vector<double>{};
}

}  // namespace

void write_model(const RunFolder& folder, const Trainer& trainer, const Experiment& experiment,
                 std::uint64_t steps) {
  const std::vector<BlockValues> blocks = trainer.parameters();
  std::vector<Tensor> tensors;
  for (const BlockValues& block : blocks)
    tensors.push_back(
        {block.name, experiment.dtype == Dtype::float32 ? "F32" : "F64", block.shape, block.bytes});
  const Preparation::Fit& fit = trainer.preparation().fitted();
  for (const auto& [name, numbers] :
       {std::pair{shift_name, &fit.shifts}, std::pair{factor_name, &fit.factors}})
    if (!numbers->empty())
      tensors.push_back({name, "F64", {numbers->size()}, std::as_bytes(std::span(*numbers))});
  Metadata metadata{{"name", experiment.name},
                    {"seed", std::to_string(experiment.seed)},
                    {"step", std::to_string(steps)},
                    {"plugins", needed_plugins(experiment)}};
  const DataShape& data = trainer.data();
  for (const auto& [key, names] :
       {std::pair{inputs_key, &data.input_names}, std::pair{targets_key, &data.target_names},
        std::pair{classes_key, &data.classes}})
    if (!names->empty()) metadata[key] = json_of(*names);
  folder.write_model(tensors, metadata);
}

ModelFile read_model(const std::filesystem::path& path) {
  ModelFile model{.file = read_safetensors(path),
                  .preparation = {},
                  .input_names = {},
                  .target_names = {},
                  .classes = {}};
  model.input_names = names_of(model.file, inputs_key, path);
  model.target_names = names_of(model.file, targets_key, path);
  model.classes = names_of(model.file, classes_key, path);
  model.preparation = {numbers_at(model.file, shift_name), numbers_at(model.file, factor_name)};
  if (model.preparation.shifts.size() != model.preparation.factors.size())
    throw RecordError(Problem{.what = "'input/shift' and 'input/factor' are not equally long",
                              .where = path.string()});
  return model;
}

void load_parameters(
    const TensorFile& file, const Graph& graph, const Place& place,
    const std::function<void(const NamedBlock&, std::span<const double>)>& set_parameters) {
  for (const NamedBlock& block : graph.saved_blocks()) {
    const Tensor* const tensor = file.find(block.name);
    const nnrun_shape& shape = block.block->shape;
    const std::vector<std::size_t> sizes(shape.sizes, shape.sizes + shape.rank);
    const auto refuse = [&](const std::string& what) {
      std::vector<std::string> names;
      for (const Tensor& t : file.tensors) names.push_back(t.name);
      throw ConfigError(Problem{.what = "the weights do not fit the model: " + what,
                                .place = place,
                                .hint = "the file has " + join(names, ", ")});
    };
    if (!tensor) refuse("no '" + block.name + "'");
    nnrun_shape found{};
    found.rank =
        static_cast<std::uint32_t>(std::min<std::size_t>(tensor->shape.size(), NNRUN_MAX_RANK));
    std::copy_n(tensor->shape.begin(), found.rank, found.sizes);
    if (tensor->shape != sizes)
      refuse("'" + block.name + "' is " + text_of(found) + ", but the model needs " +
             text_of(shape));
    set_parameters(block, numbers_of(*tensor));
  }
  const std::vector<NamedBlock> blocks = graph.saved_blocks();
  for (const Tensor& tensor : file.tensors)  // `input/…` is the preparation of the data
    if (!tensor.name.starts_with("input/") &&
        std::ranges::find(blocks, tensor.name, &NamedBlock::name) == blocks.end())
      throw ConfigError(Problem{.what = "the weights do not fit the model: the file has '" +
                                        tensor.name + "', the model does not",
                                .place = place});
}

}  // namespace nnrun::host
