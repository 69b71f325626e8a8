#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "config/named_files.hpp"
#include "exporting/c_file.hpp"
#include "exporting/onnx_file.hpp"
#include "exporting/python_file.hpp"
#include "library/exported_model.hpp"
#include "library/run_overrides.hpp"
namespace nnrun::host {
namespace {

/// A file that was written.
struct Written {
  const char* format;
  std::string file;
};

std::vector<Written> write_all(const Arguments& arguments, const ModelInUse& model,
                               const ExportedNetwork& net) {
  const CFileOptions form{.prefix = arguments.has("--prefix") ? arguments.text("--prefix") : "net",
                          .narrow = arguments.has("--float"),
                          .inlined = arguments.has("--static-inline")};
  std::vector<Written> written;
  const auto write = [&](const char* format, const std::string& option, const std::string& text) {
    const std::string file = arguments.text(option);
    write_exported(file, text);
    written.push_back({format, file});
  };
  if (arguments.has("--c")) write("c", "--c", c_file(net, form));
  if (arguments.has("--python")) write("python", "--python", python_file(net));
  if (arguments.has("--onnx"))
    write("onnx", "--onnx", onnx_file(net, metadata_for_onnx(model, !arguments.overrides.empty())));
  return written;
}

/// Throws UsageError for files that cannot be written, or are the same.
void require_names(const Arguments& arguments) {
  std::vector<std::string> files;
  for (const char* const option : {"--c", "--python", "--onnx"}) {
    if (!arguments.has(option)) continue;
    const std::string& file = files.emplace_back(arguments.text(option));
    if (std::ranges::count(files, file) > 1)
      throw UsageError(Problem{.what = "'" + file + "' cannot be two files",
                               .hint = "give each a name of its own"});
    require_writable(file);
  }
}

/// Throws UsageError for a file that the run's config names: its data, say.
void require_others(const Arguments& arguments, const Experiment& experiment) {
  for (const NamedFile& named : named_files(experiment))
    for (const char* const option : {"--c", "--python", "--onnx"}) {
      std::error_code none;  // of files that are not there
      if (arguments.has(option) &&
          std::filesystem::equivalent(arguments.text(option), named.path, none))
        throw UsageError(Problem{.what = "'" + arguments.text(option) + "' is " + named.key +
                                         " of the run: it would be lost",
                                 .hint = "give another name"});
    }
}

void tell(const Arguments& arguments, const std::string& run, const std::vector<Change>& changes,
          const ExportedNetwork& net, const std::vector<Written>& written) {
  const Terminal out(stdout), talk(stderr);
  std::vector<std::string> notes = infinite_numbers(net);
  if (const auto layers = layers_without_onnxruntime(net);
      arguments.has("--onnx") && !layers.empty())
    notes.push_back("onnxruntime does not run " + join(layers, ", ") +
                    " in float64; with --set dtype=float32, the file is one that it runs");
  if (!arguments.json) {
    for (const std::string& note : notes)
      if (!arguments.quiet) talk.write(talk.yellow("note") + ": " + note + "\n");
    for (const Written& one : written)
      if (!arguments.quiet) out.write("wrote  " + one.file + "\n");
    return;
  }
  nlohmann::ordered_json json{{"run", run},
                              {"inputs", net.inputs()},
                              {"outputs", net.outputs()},
                              {"examples", net.examples.size()}};
  for (const Written& one : written)
    json["files"].push_back({{"format", one.format}, {"file", one.file}});
  if (!notes.empty()) json["notes"] = notes;
  if (!changes.empty()) json["changed"] = names_of(changes);
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
  for (const char* const option : {"--float", "--static-inline", "--prefix"})
    if (arguments.has(option) && !arguments.has("--c"))
      throw UsageError(Problem{.what = std::string(option) + " is of --c: no C file is written",
                               .hint = "add --c net.c, or leave " + std::string(option) + " out"});
  require_names(arguments);
  OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  follow_overrides(run, arguments.overrides);
  require_others(arguments, run.experiment);
  if (!arguments.quiet && !arguments.json) note_changes(names_of(run.changes), Terminal(stderr));
  const std::string name = run.folder.string();
  const auto model = ModelInUse::open(std::move(run));
  const ExportedNetwork net = exported_network(*model);
  tell(arguments, name, model->changes(), net, write_all(arguments, *model, net));
  return Exit::done;
}

}  // namespace nnrun::host
