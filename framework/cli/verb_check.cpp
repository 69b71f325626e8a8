#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/allocations.hpp"
#include "cli/check_report.hpp"
#include "cli/gradient_check.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "records/run_record.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// What was found so far, of all targets.
struct Findings {
  Json configs = Json::array(), libraries = Json::array();
  Exit worst = Exit::done;
};

void check_config(const std::string& file, const Arguments& arguments, Registry& registry,
                  Findings& findings) {
  const Terminal out(stdout), talk(stderr);
  try {
    const Experiment experiment = read_experiment(file, arguments.overrides, registry);
    const auto trainer = Trainer::create(experiment, 1);
    const auto& examples = trainer->data().examples;
    findings.configs.push_back({{"file", file},
                                {"status", "ok"},
                                {"layers", trainer->graph().nodes.size()},
                                {"parameters", trainer->graph().parameter_count()},
                                {"examples", examples}});
    const std::vector<Problem> warnings = warnings_of(experiment, *trainer);
    if (!warnings.empty()) findings.configs.back()["warnings"] = warnings_json(warnings);
    if (!arguments.json) talk.write(render("warning", warnings, talk.colour()));
    if (!arguments.json)
      out.write(
          fmt::format("ok     {}  {} layers, {} parameters, {} + {} + {} examples to train, "
                      "validate and test\n",
                      file, trainer->graph().nodes.size(), trainer->graph().parameter_count(),
                      examples[NNRUN_TRAIN], examples[NNRUN_VALIDATION], examples[NNRUN_TEST]));
    if (arguments.has("--gradients")) {
      const ComparedGradients compared =
          compare_gradients(arguments.text("--gradients"), experiment, registry, *trainer);
      findings.configs.back().update(json_of(compared, trainer->graph()));
      if (!arguments.json) out.write(text_of(compared, trainer->graph()));
    }
  } catch (const UsageError&) {
    throw;
  } catch (const Error& e) {
    findings.worst = std::max(findings.worst, e.status());
    findings.configs.push_back({{"file", file}, {"status", "wrong"}, {"error", e.what()}});
    talk.write(render(e, talk.colour()));
    if (!arguments.json) out.write("wrong  " + file + "\n");
  }
}

void check_one_library(const std::string& file, const Arguments& arguments,
                       const Registry& registry, Findings& findings) {
  const Terminal out(stdout), talk(stderr);
  const CheckedLibrary checked = check_library(file, registry, count_allocations());
  for (const std::string& warning : checked.warnings) talk.write("warning: " + warning + "\n");
  if (checked.refusal)
    talk.write(
        render(PluginError(Problem{.what = checked.refusal->what, .hint = checked.refusal->hint}),
               talk.colour()));
  if (checked.refusal || checked.count(LawStatus::fail) > 0)
    findings.worst = std::max(findings.worst, Exit::plugin);
  findings.libraries.push_back(json_of(checked));
  if (!arguments.json) out.write(text_of(checked, out));
}

}  // namespace

/// Configs: everything of a run up to its first step; nothing is written. Libraries: the laws.
Exit check(const Arguments& arguments, Registry& registry) {
  Findings findings;
  for (const std::string& file : arguments.targets)
    if (looks_like_library(file))
      check_one_library(file, arguments, registry, findings);
    else
      check_config(file, arguments, registry, findings);
  if (!arguments.json) return findings.worst;
  Json json{{"configs", findings.configs}};
  if (findings.configs.empty() && findings.libraries.size() == 1)
    json = findings.libraries[0];
  else if (!findings.libraries.empty())
    json["libraries"] = findings.libraries;
  Terminal(stdout).write(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  return findings.worst;
}

}  // namespace nnrun::host
