#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/gradient_check.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "records/run_record.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::host {

/// Everything of a run up to its first step, for each config; nothing is written.
Exit check(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout), talk(stderr);
  auto configs = nlohmann::ordered_json::array();
  Exit worst = Exit::done;
  for (const std::string& file : arguments.targets) {
    try {
      const Experiment experiment = read_experiment(file, arguments.overrides, registry);
      const auto trainer = Trainer::create(experiment, 1);
      const auto& examples = trainer->data().examples;
      configs.push_back({{"file", file},
                         {"status", "ok"},
                         {"layers", trainer->graph().nodes.size()},
                         {"parameters", trainer->graph().parameter_count()},
                         {"examples", examples}});
      const std::vector<Problem> warnings = warnings_of(experiment, *trainer);
      if (!warnings.empty()) configs.back()["warnings"] = warnings_json(warnings);
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
        configs.back().update(json_of(compared, trainer->graph()));
        if (!arguments.json) out.write(text_of(compared, trainer->graph()));
      }
    } catch (const UsageError&) {
      throw;
    } catch (const Error& e) {
      worst = std::max(worst, e.status());
      configs.push_back({{"file", file}, {"status", "wrong"}, {"error", e.what()}});
      talk.write(render(e, talk.colour()));
      if (!arguments.json) out.write("wrong  " + file + "\n");
    }
  }
  if (arguments.json)
    out.write(nlohmann::ordered_json{{"configs", configs}}.dump(
                  -1, ' ', false, nlohmann::json::error_handler_t::replace) +
              "\n");
  return worst;
}

}  // namespace nnrun::host
