#include <nlohmann/json.hpp>

#include "base/did_you_mean.hpp"
#include "checking/inspection.hpp"
#include "cli/plugin_view.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json json_of(const std::vector<std::shared_ptr<const Library>>& libraries) {
  Json json = Json::array();
  for (const auto& library : libraries) json.push_back(json_of(*library));
  return json;
}

/// Describes a library in a child, where its code may do what it likes.
std::string text_of_library(const Registry& scanned, const Arguments& arguments,
                            const Terminal& out) {
  if (arguments.has("--md")) return reference_text(scanned);
  const Library& library = *scanned.libraries().front();
  std::string text = out.bold(library.shown()) + "\n" + library_lines(library);
  Json classes = Json::array();
  for (const std::string& kind : known_kinds())
    for (const std::string& name : scanned.names(kind)) {
      const Class& c = *scanned.find(kind, name);
      if (arguments.json)
        classes.push_back(json_of(c));
      else
        text += class_title(c, out) + class_text(c, out);
    }
  if (!arguments.json) return text;
  return dumped({{"plugins", classes}, {"libraries", json_of(scanned.libraries())}});
}

Exit show_library(const std::string& file, const Arguments& arguments, const Registry& known) {
  const Terminal out(stdout), talk(stderr);
  const Scanned scanned = scan_library(file, known, [&](const Registry& registry) {
    return text_of_library(registry, arguments, out);
  });
  for (const std::string& warning : scanned.warnings) talk.write("warning: " + warning + "\n");
  const std::string& text = scanned.require_text();
  if (arguments.json) {
    Json json = Json::parse(text);
    json["warnings"] = scanned.warnings;
    out.write_data(dumped(json));
  } else {
    out.write(text);
  }
  return Exit::done;
}

[[noreturn]] void refuse_unknown(const std::string& wanted, std::vector<std::string> known) {
  known.insert(known.end(), known_kinds().begin(), known_kinds().end());
  const std::string near = did_you_mean(wanted, known);
  throw UsageError(Problem{.what = "no loaded plugin is called '" + wanted + "'",
                           .hint = near + (near.empty() ? "" : "\n") +
                                   "of a library that is not loaded: nnrun plugins FILE.so, or set "
                                   "NNRUN_PLUGIN_PATH=FILE.so"});
}

}  // namespace

bool names_library(const Arguments& arguments) {
  if (arguments.targets.empty()) return false;
  const std::string& target = arguments.targets[0];  // classes have neither dots nor slashes
  return target.find_first_of("./") != target.npos && looks_like_library(target);
}

Exit index_plugins(const Arguments& arguments) {
  if (!arguments.targets.empty())
    throw UsageError(Problem{.what = "--index is for nnrun's own folder of libraries, '" +
                                     arguments.targets[0] + "' is too much",
                             .hint = "nnrun plugins --index"});
  const std::string index = index_own_plugins().string();
  const Terminal out(stdout);
  if (arguments.json)
    out.write_data(dumped({{"index", index}}));
  else if (!arguments.quiet)
    out.write("wrote  " + index + "\n");
  return Exit::done;
}

Exit list_plugins(const Arguments& arguments, Registry& registry) {
  if (names_library(arguments)) return show_library(arguments.targets[0], arguments, registry);
  const Terminal out(stdout);
  if (arguments.has("--md")) {
    out.write(reference_text(registry));
    return Exit::done;
  }
  Json json = Json::array();
  std::vector<std::string> all;
  const std::string wanted = arguments.targets.empty() ? "" : arguments.targets[0];
  bool found = false;
  for (const std::string& kind : known_kinds()) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& name : registry.names(kind)) {
      const Class& c = *registry.find(kind, name);
      all.push_back(name);
      if (!wanted.empty() && wanted != name && wanted != kind) continue;
      found = true;
      json.push_back(json_of(c));
      if (wanted == name && !arguments.json)
        out.write(class_title(c, out) + "  from " + c.library->file.string() + "\n" +
                  library_lines(*c.library) + class_text(c, out));
      if (wanted != name)
        rows.push_back(
            {name, c.library->file.filename().string(), c.table->doc ? c.table->doc : ""});
    }
    if (arguments.json || rows.empty()) continue;
    out.write(out.bold(kind) + "\n" + table_text(rows));
  }
  if (!wanted.empty() && !found) refuse_unknown(wanted, std::move(all));
  if (arguments.json) {
    out.write_data(dumped({{"plugins", json}, {"libraries", json_of(registry.libraries())}}));
  } else if (wanted.empty()) {
    out.write(libraries_text(registry, out));
  }
  return Exit::done;
}

}  // namespace nnrun::host
