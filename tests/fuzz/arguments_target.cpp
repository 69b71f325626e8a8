#include <vector>

#include "cli/compare_options.hpp"
#include "comparison/condition.hpp"
#include "fuzz/target.hpp"
namespace nnrun::testing {

void fuzz_arguments(std::string_view input) {
  std::vector<std::string> words{"nnrun"};
  for (std::string_view rest = input; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view word = rest.substr(0, end);
    words.emplace_back(word.substr(0, word.find('\0')));  // as the system passes it
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  const host::Arguments arguments =
      host::parse_arguments(static_cast<int>(argv.size()), argv.data());
  if (arguments.verb == "help")
    host::help_text(arguments.targets.empty() ? "" : arguments.targets[0]);
  if (arguments.has("--shard")) {
    const host::Shard shard = host::shard_of(arguments.text("--shard"));
    require_promise(shard.index < shard.count, "a shard is one of its count");
  }
  if (arguments.has("--jobs")) host::jobs_of(arguments);
  host::ComparisonPlan plan;
  host::read_options(arguments, plan);
  plan.metric = "accuracy";
  plan.fraction = true;
  plan.configs.resize(2);
  host::check_condition(plan);
}

}  // namespace nnrun::testing
