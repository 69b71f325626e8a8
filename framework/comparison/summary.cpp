// What may be said in a sentence.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "comparison/comparison.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr double level = 0.05;
constexpr double worth_a_sentence = 1.1;  // times as fast: less is no news

std::string seeds_text(std::size_t n) {
  return n == 1 ? "one seed" : std::to_string(n) + " seeds";
}

std::string in_quotes(const Json& name) {
  return "'" + name.get<std::string>() + "'";
}

/// 'a', 'b' and 'c'; of many, the first eight.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  const std::size_t shown = names.size() > most + 1 ? most : names.size() - 1;
  const std::vector<std::string> first(names.begin(),
                                       names.begin() + static_cast<std::ptrdiff_t>(shown));
  if (first.empty()) return names.back();
  return join(first, ", ") + " and " +
         (shown + 1 == names.size() ? names.back()
                                    : std::to_string(names.size() - shown) + " others");
}

/// "more accurate" and "less accurate" where the metric has such an adjective; else "better in r2".
struct Words {
  std::string better, worse, by;
};
Words words_for(const std::string& metric, const std::string& adjective) {
  if (!adjective.empty()) return {"more " + adjective, "less " + adjective, ""};
  return {"better", "worse", " in " + metric};
}

double p_of(const Json& against, const char* key) {
  return against.is_object() && against[key].is_number() ? against[key].get<double>() : 1;
}

void say_who_is_better(const Json& c, const std::string& adjective, std::vector<std::string>& out) {
  const Words words = words_for(c["metric"].get<std::string>(), adjective);
  const bool higher = c["metric_info"]["higher_is_better"].get<bool>();
  const std::string baseline = in_quotes(c["baseline"]);
  std::vector<std::string> better, worse;
  std::size_t compared = 0;
  for (const Json& config : c["configs"]) {
    const Json& against = config["against_baseline"];
    if (!against.is_object()) continue;
    ++compared;
    if (p_of(against, "p_holm") >= level) continue;
    const bool up = against["difference"].get<double>() > 0;
    (up == higher ? better : worse).push_back(in_quotes(config["name"]));
  }
  if (compared == 0) return;
  const std::string end = words.by + " at " + seeds_text(c["seeds"].size()) + ".";
  const auto are = [](const std::vector<std::string>& names) {
    return names.size() == 1 ? " is clearly " : " are clearly ";
  };
  if (c["kind"] == "sweep") {
    const std::size_t close = compared - worse.size() - better.size();
    out.push_back(baseline + " has the best mean" + (words.by.empty() ? "" : words.by) +
                  (close == 0   ? "; all others are clearly " + words.worse
                   : close == 1 ? "; 1 other cannot be told from it"
                                : "; " + std::to_string(close) + " others cannot be told from it") +
                  " at " + seeds_text(c["seeds"].size()) + ".");
    return;
  }
  if (better.empty())
    out.push_back("No config is clearly " + words.better + " than " + baseline + end);
  else
    out.push_back(list_of(better) + are(better) + words.better + " than " + baseline + end);
  if (!worse.empty())
    out.push_back(list_of(worse) + are(worse) + words.worse + " than " + baseline + end);
}

void say_who_is_faster(const Json& c, std::vector<std::string>& out) {
  if (c["kind"] == "sweep" || c["budget"]["kind"] == "seconds") return;
  for (const Json& config : c["configs"]) {
    const Json& against = config["against_baseline"];
    if (!against.is_object() || p_of(against, "times_faster_p_holm") >= level) continue;
    const double times = against["times_faster"].get<double>();
    if (times >= worth_a_sentence)
      out.push_back(
          fmt::format("{} trained {:.1f} times faster.", in_quotes(config["name"]), times));
    else if (1 / times >= worth_a_sentence)
      out.push_back(
          fmt::format("{} trained {:.1f} times slower.", in_quotes(config["name"]), 1 / times));
  }
}

void say_what_is_missing(const Json& c, std::vector<std::string>& out) {
  std::size_t failed = 0, missing = 0, all = 0;
  for (const Json& config : c["configs"])
    for (const Json& run : config["runs"]) {
      ++all;
      failed += run["status"] == "failed";
      missing += run["status"] != "failed" && run["status"] != "done";
    }
  const auto runs = [&](std::size_t n) {
    return std::to_string(n) + " of " + std::to_string(all) + (all == 1 ? " run" : " runs");
  };
  if (failed > 0) out.push_back(runs(failed) + " failed; the numbers are those of the others.");
  if (missing > 0) out.push_back(runs(missing) + " did not finish.");
}

}  // namespace

std::vector<std::string> summary_of(const Json& comparison, const std::string& adjective) {
  std::vector<std::string> out;
  const std::size_t seeds = comparison["seeds"].size();
  if (seeds > 1) {
    say_who_is_better(comparison, adjective, out);
    say_who_is_faster(comparison, out);
  }
  if (seeds == 1)
    out.push_back("One seed cannot tell a better config from luck: use --seeds 10.");
  else if (seeds < 5)
    out.push_back("With " + std::to_string(seeds) +
                  " seeds only large differences show: use --seeds 10.");
  say_what_is_missing(comparison, out);
  if (comparison["budget"]["kind"] == "seconds")
    out.push_back("Training ended by the clock: these numbers do not repeat bit for bit.");
  return out;
}

}  // namespace nnrun::host
