#include "cli/train_best.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns what the last training was told, as if somebody had typed its command.
Arguments arguments_of(const BestPoint& best, const Arguments& sweep) {
  Arguments arguments;
  arguments.verb = "train";
  arguments.targets = {best.config.string()};
  arguments.overrides = best.overrides;
  arguments.command_line = best.command();
  arguments.quiet = sweep.quiet;
  arguments.json = sweep.json;
  return arguments;
}

/// Sets what the point was chosen by beside what it scored where it was not chosen.
std::string words_for_scores(const Json& result, const Report& report) {
  const char* const test = part_names[NNRUN_TEST];
  const auto text = [&](double score) {
    return report.fraction ? fmt::format("{:.2f} %", 100 * score) : significant(score, 4);
  };
  const bool chosen_by_test = report.folds.count == 0 && report.part == test;
  if (chosen_by_test || !result.contains(test) || !result[test].contains(report.metric) ||
      !result[test][report.metric].is_number())
    return {};
  const std::string chosen =
      report.folds.count > 0 ? "the held-out folds" : "the " + report.part + " part";
  return "best   " + report.metric + " " + text(result[test][report.metric].get<double>()) +
         " on the test part, which had no say; chosen by " +
         text(*report.rows.front().metric.mean) + " on " + chosen + "\n";
}

}  // namespace

void require_then(const Arguments& arguments) {
  if (!arguments.has("--then")) return;
  if (arguments.text("--then") != "train-best")
    throw UsageError(
        Problem{.what = "--then can only be train-best, not '" + arguments.text("--then") + "'",
                .hint = "--then train-best trains the best point when all are done"});
  if (arguments.has("--shard"))
    throw UsageError(Problem{.what = "--then needs the whole sweep, --shard trains a part of it",
                             .hint = "give it when all parts are done: nnrun sweep --resume DIR "
                                     "--then train-best"});
}

std::string command_line(const BestPoint& best) {
  std::string line;
  for (const std::string& word : best.command()) {
    const std::size_t value = word.find('=') + 1;  // 0 where there is none
    line += (line.empty() ? "" : " ") + word.substr(0, value) + shell_word(word.substr(value));
  }
  return line;
}

Json train_best(const Arguments& arguments, Registry& registry, const BestPoint& best,
                const Report& report) {
  const std::string line = command_line(best);
  if (!arguments.quiet && !arguments.json) Terminal(stderr).write("then     " + line + "\n");
  const Arguments last = arguments_of(best, arguments);
  Json result = Json::parse(train_for_result(last, registry));
  if (const std::string words = words_for_scores(result, report); !words.empty() && !arguments.json)
    Terminal(stdout).write(words);
  return result;
}

}  // namespace nnrun::host
