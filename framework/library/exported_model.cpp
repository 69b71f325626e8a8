#include "library/exported_model.hpp"

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "base/text.hpp"
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

/// Returns whether a file that is there is one of those that a run leaves.
bool is_of_run(const std::filesystem::path& file) {
  constexpr std::array written{".c", ".h", ".py", ".onnx"};
  const std::string ending = file.extension().string();
  return std::ranges::count(written, ending) == 0 &&
         std::filesystem::exists(file.parent_path() / "run.json");
}

}  // namespace

void require_writable(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  const std::string name = "'" + file.string() + "'";
  if (file == "-")
    throw UsageError(Problem{.what = "'-' is no name of a file to write", .hint = "net.c, say"});
  std::error_code none;
  if (const fs::path real = fs::canonical(file, none); !none && fs::is_regular_file(real)) {
    const char* const hint = "give another name, such as net.c, net.py or net.onnx";
    if (starts_as_safetensors(real))
      throw UsageError(
          Problem{.what = name + " is a model, which the file would replace", .hint = hint});
    if (is_of_run(real))
      throw UsageError(Problem{.what = name + " belongs to the record of a run", .hint = hint});
  }
}

void write_exported(const std::filesystem::path& file, std::string_view text) {
  require_writable(file);
  write_where_named(file, text);
}

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
