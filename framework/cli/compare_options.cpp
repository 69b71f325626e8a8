#include "cli/compare_options.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "base/text.hpp"
#include "training/data_parts.hpp"
namespace nnrun::host {
namespace {

constexpr long long most_seeds = 100'000;

}  // namespace

unsigned jobs_of(const Arguments& arguments) {
  if (!arguments.has("--jobs"))
    return arguments.has("--time") ? 1 : std::max(1u, std::thread::hardware_concurrency());
  const std::string text = arguments.text("--jobs");
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > 1024)
    throw UsageError(
        Problem{.what = "--jobs needs a whole number from 1 to 1024, not '" + text + "'"});
  if (arguments.has("--time") && *number > 1)
    throw UsageError(Problem{.what = "--time runs one at a time, --jobs " + text + " does not",
                             .hint = "leave one of the two away"});
  return static_cast<unsigned>(*number);
}

std::vector<std::uint64_t> seeds_of(const std::string& text) {
  const auto refuse = [&](const std::string& what) {
    throw UsageError(
        Problem{.what = what, .hint = "--seeds 10 is 1 to 10; --seeds 3,7 is those two"});
  };
  std::vector<std::uint64_t> seeds;
  if (text.find(',') == text.npos) {
    const auto count = parse_integer(text);
    if (!count || *count < 1 || *count > most_seeds)
      refuse("--seeds needs a number from 1 to " + std::to_string(most_seeds) +
             ", or a list of seeds, not '" + text + "'");
    for (long long seed = 1; seed <= *count; ++seed)
      seeds.push_back(static_cast<std::uint64_t>(seed));
    return seeds;
  }
  std::string_view rest = text;
  std::set<std::uint64_t> taken;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string one(rest.substr(0, comma));
    more = comma != rest.npos;
    if (more) rest.remove_prefix(comma + 1);
    const auto seed = parse_integer(one);
    if (!seed || *seed < 0) refuse("'" + one + "' in --seeds is not a seed");
    if (!taken.insert(static_cast<std::uint64_t>(*seed)).second)
      refuse("seed " + one + " is given twice");
    seeds.push_back(static_cast<std::uint64_t>(*seed));
  }
  return seeds;
}

std::size_t folds_of(const std::string& text) {
  constexpr long long most_folds = 1'000'000;
  const auto folds = parse_integer(text);
  if (!folds || *folds < 2 || *folds > most_folds)
    throw UsageError(Problem{.what = "--folds needs a whole number from 2, not '" + text + "'",
                             .hint = "--folds 5 holds out a fifth of the examples at a time"});
  return static_cast<std::size_t>(*folds);
}

CommonLength length_of(const std::string& text) {
  CommonLength length;
  const std::size_t equals = text.find('=');
  length.kind = text.substr(0, equals);
  const std::vector<std::string> kinds{"epochs", "examples", "seconds"};
  if (std::ranges::find(kinds, length.kind) == kinds.end())
    throw UsageError(Problem{.what = "--budget cannot be '" + text + "'",
                             .hint = "epochs, examples, examples=20000 or seconds=2"});
  if (equals == text.npos) {
    if (length.kind == "seconds")
      throw UsageError(Problem{.what = "--budget seconds needs a number",
                               .hint = "for example --budget seconds=2"});
    return length;
  }
  const std::string value = text.substr(equals + 1);
  const auto number = parse_double(value);
  const bool whole = number && *number == std::floor(*number) && *number < 1e15;
  if (length.kind == "epochs" || !number || !(*number > 0) || (length.kind == "examples" && !whole))
    throw UsageError(Problem{.what = "--budget cannot be '" + text + "'",
                             .hint = "epochs, examples, examples=20000 or seconds=2"});
  length.value = *number;
  return length;
}

/// Reads `accuracy` or, with the part of the data, `val.accuracy` as metrics.csv has it.
void read_metric(const std::string& text, ComparisonPlan& plan) {
  plan.metric = text;
  for (const auto& [prefix, part] : part_prefixes)
    if (text.starts_with(prefix)) {
      plan.part = part_names[part];
      plan.metric = text.substr(std::string_view(prefix).size());
    }
  if (plan.metric.empty())
    throw UsageError(Problem{.what = "--metric needs the name of a metric, not '" + text + "'",
                             .hint = "for example accuracy, or val.accuracy"});
}

void read_options(const Arguments& arguments, ComparisonPlan& plan) {
  if (arguments.has("--csv") && arguments.has("--md"))
    throw UsageError(Problem{.what = "--csv and --md print the same table in two ways",
                             .hint = "leave one of the two away"});
  if (arguments.json && (arguments.has("--csv") || arguments.has("--md")))
    throw UsageError(Problem{.what = "--json and " +
                                     std::string(arguments.has("--csv") ? "--csv" : "--md") +
                                     " print the same in two ways",
                             .hint = "leave one of the two away"});
  if (arguments.has("--metric")) read_metric(arguments.text("--metric"), plan);
  if (arguments.has("--baseline")) plan.baseline = arguments.text("--baseline");
  if (arguments.has("--folds")) plan.folds.count = folds_of(arguments.text("--folds"));
  if (arguments.has("--seeds")) plan.seeds = seeds_of(arguments.text("--seeds"));
  if (arguments.has("--budget")) plan.length = length_of(arguments.text("--budget"));
  if (arguments.has("--fail-if")) {
    plan.fail_if = arguments.text("--fail-if");
    if (plan.fail_if.find_first_not_of(' ') == std::string::npos)
      throw UsageError(Problem{.what = "--fail-if needs a condition",
                               .hint = "for example --fail-if 'accuracy < baseline - 0.01'"});
  }
  if (arguments.has("--timeout")) {
    const auto seconds = parse_double(arguments.text("--timeout"));
    if (!seconds || !(*seconds > 0))
      throw UsageError(Problem{.what = "--timeout needs a number of seconds, not '" +
                                       arguments.text("--timeout") + "'"});
    plan.timeout = *seconds;
  }
  if (arguments.has("--time")) plan.one_at_a_time = true;
  plan.command_line = arguments.command_line;
}

Shard shard_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto index = parse_integer(text.substr(0, slash));
  const auto count = slash == text.npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  if (!index || !count || *count < 1 || *index < 1 || *index > *count)
    throw UsageError(Problem{.what = "--shard needs I/N with I from 1 to N, not '" + text + "'",
                             .hint = "for example --shard 1/4, 2/4, 3/4 and 4/4"});
  return {static_cast<std::size_t>(*index - 1), static_cast<std::size_t>(*count)};
}

}  // namespace nnrun::host
