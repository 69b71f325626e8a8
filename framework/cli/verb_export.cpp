#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "cli/run_overrides.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "exporting/c_file.hpp"
#include "exporting/onnx_file.hpp"
#include "exporting/python_file.hpp"
#include "library/model_in_use.hpp"
namespace nnrun::host {
namespace {

/// Returns whether this is a word of C that the standard does not keep for itself.
bool is_c_word(const std::string& word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !word.empty() && word.size() <= 40 && letter(word.front()) &&
         std::ranges::all_of(
             word, [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); });
}

CFileOptions c_options(const Arguments& arguments) {
  CFileOptions options{.prefix = arguments.has("--prefix") ? arguments.text("--prefix") : "net",
                       .narrow = arguments.has("--float"),
                       .inlined = arguments.has("--static-inline")};
  if (!is_c_word(options.prefix))
    throw UsageError(Problem{.what = "--prefix needs a word of C, not '" + options.prefix + "'",
                             .hint = "letters, digits and _, a letter first, 40 at most"});
  return options;
}

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

ExportedNetwork network_of(const OpenedRun& run) {
  const auto model = Model::read(run.experiment, run.model);
  ExportedNetwork net = exported_network(run.experiment, *model, model->rows_at_once() == 1);
  const ModelInUse use(run.experiment, model, {}, "");
  net.names.classes = use.names().classes;
  net.names.targets = use.names().outputs;
  net.border = use.names().border;
  answer(use, net.examples);
  return net;
}

/// A file that was written.
struct Written {
  const char* format;
  std::string file;
};

/// Returns what an ONNX file repeats of the model.
Metadata metadata_of(const Arguments& arguments, const OpenedRun& run) {
  Metadata metadata = run.model.file.metadata;
  if (run.model.config.empty() || !arguments.overrides.empty())
    metadata["config"] = yaml_for_use(run.experiment);
  metadata["model_format"] = std::to_string(model_format);
  return metadata;
}

std::vector<Written> write_all(const Arguments& arguments, const OpenedRun& run,
                               const ExportedNetwork& net, const CFileOptions& options) {
  std::vector<Written> written;
  const auto write = [&](const char* format, const std::string& option, const std::string& text) {
    const std::string file = arguments.text(option);
    write_file(file, text, Existing::replaced, Sync::later);
    written.push_back({format, file});
  };
  if (arguments.has("--c")) write("c", "--c", c_file(net, options));
  if (arguments.has("--python")) write("python", "--python", python_file(net));
  if (arguments.has("--onnx")) write("onnx", "--onnx", onnx_file(net, metadata_of(arguments, run)));
  return written;
}

void tell(const Arguments& arguments, const OpenedRun& run, const ExportedNetwork& net,
          const std::vector<Written>& written) {
  const Terminal out(stdout);
  if (!arguments.json) {
    for (const Written& one : written)
      if (!arguments.quiet) out.write("wrote  " + one.file + "\n");
    return;
  }
  nlohmann::ordered_json json{{"run", run.folder.string()},
                              {"inputs", net.inputs()},
                              {"outputs", net.outputs()},
                              {"examples", net.examples.size()}};
  for (const Written& one : written)
    json["files"].push_back({{"format", one.format}, {"file", one.file}});
  if (!run.changes.empty()) json["changed"] = names_of(run.changes);
  out.write_data(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                 "\n");
}

}  // namespace

/// Writes the network of a recorded run, or of a model, as a file for C, Python or ONNX.
Exit export_run(const Arguments& arguments, Registry& registry) {
  if (!arguments.has("--c") && !arguments.has("--python") && !arguments.has("--onnx"))
    throw UsageError(
        Problem{.what = "export needs --c FILE, --python FILE or --onnx FILE: what to write",
                .hint = "nnrun export " + shell_word(arguments.targets[0]) + " --c net.c"});
  const CFileOptions options = c_options(arguments);
  OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  follow_overrides(run, arguments.overrides);
  if (options.narrow && run.experiment.dtype == Dtype::float64)
    throw UsageError(Problem{.what = "--float is for networks of float32; this one is of float64"});
  if (!arguments.quiet && !arguments.json) note_changes(names_of(run.changes), Terminal(stderr));
  const ExportedNetwork net = network_of(run);
  tell(arguments, run, net, write_all(arguments, run, net, options));
  return Exit::done;
}

}  // namespace nnrun::host
