#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "cli/allocations.hpp"
#include "cli/check_report.hpp"
#include "cli/data_summary.hpp"
#include "cli/gradient_check.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "runs/run_record.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// What was found so far, for all targets.
struct Findings {
  Json configs = Json::array(), libraries = Json::array();
  Exit worst = Exit::done;
};

/// What a child sends about a config: text for stdout, text for stderr, and JSON.
class ConfigReport {
 public:
  explicit ConfigReport(const Child::Send& send) : send_(send) {}
  void print(const std::string& text) const { send_(Message("print").with("text", text)); }
  void say(const std::string& text) const { send_(Message("say").with("text", text)); }
  void add(const Json& json) const {
    send_(Message("json").with("text", json.dump(-1, ' ', false, Json::error_handler_t::replace)));
  }

 private:
  const Child::Send& send_;
};

void try_config(const std::string& file, const Arguments& arguments, Registry& registry,
                bool colour, const ConfigReport& report) {
  const Experiment experiment = read_experiment(file, arguments.overrides, registry);
  const auto trainer = Trainer::create(experiment, 1);
  const std::shared_ptr<const Model> model = trainer->model();
  const Graph& graph = model->graph();
  const auto& examples = trainer->data().examples;
  Json json{{"file", file},
            {"status", "ok"},
            {"layers", graph.nodes.size()},
            {"parameters", graph.parameter_count()},
            {"examples", examples},
            {"data", data_json(*trainer)}};
  if (!trainer->data().note.empty()) json["data"]["note"] = trainer->data().note;
  const std::vector<Problem> warnings = warnings_of(experiment, *trainer);
  if (!warnings.empty()) json["warnings"] = warnings_json(warnings);
  report.say(render("warning", warnings, colour));
  std::string text = fmt::format(
      "ok     {}  {} layers, {} parameters, {} + {} + {} examples to train, "
      "validate and test\n",
      file, graph.nodes.size(), graph.parameter_count(), examples[NNRUN_TRAIN],
      examples[NNRUN_VALIDATION], examples[NNRUN_TEST]);
  text += data_summary(*trainer, Terminal(stdout));
  if (const std::string& note = trainer->data().note; !note.empty())
    text += "data   " + note + "\n";
  if (arguments.has("--gradients")) {
    const ComparedGradients compared =
        compare_gradients(arguments.text("--gradients"), experiment, registry, *trainer,
                          [&](const std::string& words) { report.say(words); });
    json.update(json_of(compared, graph));
    text += text_of(compared, graph);
  }
  report.print(text);  // last, after everything that can go wrong
  report.add(json);
}

/// Reports which libraries of a config were not loaded, and what cannot be checked without them.
/// Returns false if something else is wrong with the config.
bool only_lacks_libraries(const std::string& file, const Registry& registry, const Error& error,
                          const ConfigReport& report) {
  std::vector<std::string> libraries, unknown;
  for (const auto& library : registry.left_out()) libraries.push_back(library.string());
  for (const Problem& problem : error.problems())
    if (problem.cause == Cause::unknown_class)
      unknown.push_back(problem.what.substr(problem.what.find(' ') + 1) + " (" + where_of(problem) +
                        ")");
    else
      return false;
  if (libraries.empty()) return false;
  report.print("partly " + file + "  would load " + join(libraries, ", ") +
               "; not checked without: " + join(unknown, ", ") + "\n");
  report.add(
      {{"file", file}, {"status", "partly"}, {"would_load", libraries}, {"not_checked", unknown}});
  return true;
}

Exit check_config_in_child(const std::string& file, const Arguments& arguments, Registry& registry,
                           bool colour, const ConfigReport& report) {
  try {
    try_config(file, arguments, registry, colour, report);
    for (const auto& library : registry.left_out())
      report.say("warning: '" + library.string() + "' was not loaded: --no-plugins\n");
    return Exit::done;
  } catch (const UsageError& e) {
    report.say(render(e, colour));
    return Exit::usage;
  } catch (const Error& e) {
    if (only_lacks_libraries(file, registry, e, report)) return Exit::done;
    report.add({{"file", file}, {"status", "wrong"}, {"error", e.what()}});
    report.say(render(e, colour));
    report.print("wrong  " + file + "\n");
    return e.status();
  } catch (const std::exception& foreign) {
    const RecordError e(problem_of(foreign));
    report.add({{"file", file}, {"status", "wrong"}, {"error", e.what()}});
    report.say(render(e, colour));
    report.print("wrong  " + file + "\n");
    return e.status();
  }
}

Json json_in(const Message& message) {
  Json json = Json::parse(message.text("text"), nullptr, false);
  if (json.is_discarded()) throw BadMessage(Problem{.what = "a child process sent broken JSON"});
  return json;
}

/// Works in a child, since the plugins that a config names may crash, hang or call exit.
Exit check_config(const std::string& file, const Arguments& arguments, Registry& registry,
                  Findings& findings) {
  constexpr ChildLimits limits{.seconds = 600, .memory = 0};  // data may be large
  const Terminal out(stdout), talk(stderr);
  ChildResult result = run_child(
      [&](const Child::Send& send) {
        return static_cast<int>(
            check_config_in_child(file, arguments, registry, talk.colour(), ConfigReport(send)));
      },
      limits);
  std::string printed;
  Json found = Json::array();
  read_messages(result, [&](const Message& message) {
    if (message.name() == "say") talk.write(message.text("text"));
    if (message.name() == "print") printed += message.text("text");
    if (message.name() == "json") found.push_back(json_in(message));
  });
  if (result.end.how == ChildEnd::How::returned) {  // a verdict before a crash does not count
    if (!arguments.json) out.write(printed);
    for (Json& one : found) findings.configs.push_back(std::move(one));
    return static_cast<Exit>(result.end.code);
  }
  const PluginError error(
      Problem{.what = "'" + file + "': a plugin " + text_of(result.end, limits),
              .hint = "nnrun check LIBRARY.so tries each class of a library by itself"});
  findings.configs.push_back({{"file", file}, {"status", "wrong"}, {"error", error.what()}});
  talk.write(render(error, talk.colour()));
  if (!arguments.json) out.write("wrong  " + file + "\n");
  return error.status();
}

/// Refuses a setting of a class that no library has.
void refuse_unknown_classes(const GivenSettings& given,
                            const std::vector<CheckedLibrary>& libraries) {
  Problems problems;
  std::vector<std::string> files, names;
  for (const CheckedLibrary& library : libraries) {
    if (library.refusal) return;  // the class may be in this one
    files.push_back("'" + library.file + "'");
    for (const CheckedClass& c : library.classes) names.push_back(c.name);
  }
  const auto refuse = [&](const ConfigEntry& entry, const std::string& noun,
                          const std::vector<std::string>& known) {
    problems.add(entry.place,
                 "no " + noun + " of " + join(files, ", ") + " is called '" + entry.key + "'",
                 did_you_mean(entry.key, known));
  };
  for (const ConfigEntry& entry : given.entries) {
    if (std::ranges::count(names, entry.key)) continue;
    std::vector<std::string> of_kind;
    for (const CheckedLibrary& library : libraries)
      for (const CheckedClass& c : library.classes)
        if (c.kind == entry.key) of_kind.push_back(c.name);
    if (of_kind.empty()) refuse(entry, "class", names);
    for (const ConfigEntry& named : entry.value.entries)
      if (!of_kind.empty() && !std::ranges::count(of_kind, named.key))
        refuse(named, entry.key, of_kind);
  }
  problems.throw_if_any();
}

/// Runs before the first law, so that a wrong --set is reported at once.
std::vector<CheckedLibrary> inspect_libraries(const std::vector<std::string>& files,
                                              const Registry& registry,
                                              const GivenSettings& given) {
  std::vector<CheckedLibrary> libraries;
  for (const std::string& file : files) libraries.push_back(inspect_library(file, registry, given));
  refuse_unknown_classes(given, libraries);
  return libraries;
}

GivenSettings settings_in(const Arguments& arguments) {
  Problems problems;
  GivenSettings given = compose(arguments.overrides, problems);
  problems.throw_if_any();
  return given;
}

void check_one_library(CheckedLibrary checked, const GivenSettings& given,
                       const Arguments& arguments, const Registry& registry, Findings& findings) {
  const Terminal out(stdout), talk(stderr);
  try_laws(checked, registry, count_allocations(), given);
  for (const std::string& warning : checked.warnings) talk.write("warning: " + warning + "\n");
  if (checked.refusal) talk.write(render(PluginError(*checked.refusal), talk.colour()));
  if (checked.refusal || checked.count(LawStatus::fail) > 0)
    findings.worst = std::max(findings.worst, Exit::plugin);
  findings.libraries.push_back(json_of(checked));
  if (!arguments.json) out.write(text_of(checked, out));
}

}  // namespace

/// Checks configs by doing everything of a run up to its first step, without writing anything, and
/// libraries by the laws.
Exit check(const Arguments& arguments, Registry& registry) {
  Findings findings;
  std::vector<std::string> files;
  for (const std::string& file : arguments.targets)
    if (looks_like_library(file)) files.push_back(file);
  if (!files.empty() && files.size() < arguments.targets.size() && !arguments.overrides.empty())
    throw UsageError(Problem{.what = "--set is for configs or for classes of libraries, not both",
                             .hint = "check the libraries by a command of their own"});
  const GivenSettings given = files.empty() ? GivenSettings() : settings_in(arguments);
  std::vector<CheckedLibrary> libraries = inspect_libraries(files, registry, given);
  auto library = libraries.begin();
  for (const std::string& file : arguments.targets)
    if (looks_like_library(file)) {
      check_one_library(std::move(*library++), given, arguments, registry, findings);
    } else {
      const Exit status = check_config(file, arguments, registry, findings);
      if (status == Exit::usage) return status;
      findings.worst = std::max(findings.worst, status);
    }
  if (!arguments.json) return findings.worst;
  Json json{{"configs", findings.configs}};
  if (findings.configs.empty() && findings.libraries.size() == 1)
    json = findings.libraries[0];
  else if (!findings.libraries.empty())
    json["libraries"] = findings.libraries;
  Terminal(stdout).write_data(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  return findings.worst;
}

}  // namespace nnrun::host
