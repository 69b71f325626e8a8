#include "comparison/same_sources.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/commands.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "comparison/comparable.hpp"
#include "training/open_sizes.hpp"
namespace nnrun::host {
namespace {

using Checksums = std::map<std::string, std::string>;

/// Returns the first name whose checksum is another one; empty if there is none.
std::string changed(const Checksums& a, const Checksums& b) {
  for (const auto& [name, sha256] : a)
    if (const auto other = b.find(name); other != b.end() && other->second != sha256) return name;
  return "";
}

[[noreturn]] void refuse(const ComparisonPlan& plan, const ReportRun& a, const ReportRun& b,
                         const std::string& what) {
  throw RecordError(Problem{
      .what = "'" + a.folder + "' and '" + b.folder + "' " + what,
      .hint = plan.recorded ? "compare runs that were made from the same"
                            : "remove the one that is wrong, then go on with --resume: nnrun runs "
                              "rm " +
                                  shell_word(b.folder)});
}

/// Returns the first run of a row that is done and fits.
template <class Fits>
const ReportRun* find_done(const ReportRow& row, Fits fits) {
  for (const ReportRun& run : row.runs)
    if (run.done() && fits(run)) return &run;
  return nullptr;
}

void require_libraries(const ComparisonPlan& plan, const ReportRow& row) {
  const ReportRun* const first = find_done(row, [](const ReportRun&) { return true; });
  if (first == nullptr) return;
  for (const ReportRun& run : row.runs)
    if (const std::string library = changed(first->libraries, run.libraries); !library.empty())
      refuse(plan, *first, run, "were trained with different versions of " + library);
}

/// Returns whether the seed draws which example is in which part: then the data of two seeds are
/// different, unless chance has it that both draws are the same.
bool is_drawn(const ComparisonPlan& plan, const Split& split) {
  const double drawn = split.validation + (split.test_seed > 0 ? 0 : split.test);
  return split.shuffle && (drawn > 0 || plan.folds.count > 0);
}

/// Examples that are equal for two seeds do not depend on the seed: then they are equal for all.
/// Returns whether runs with this fold held out were trained on different data.
bool have_different_data(const ComparisonPlan& plan, const ReportRow& row, std::size_t fold) {
  std::map<std::string, std::size_t> counts;
  for (const ReportRun& run : row.runs)
    if (run.done() && run.fold == fold && !run.data_sha256.empty()) ++counts[run.data_sha256];
  if (counts.size() < 2) return false;
  const auto common = std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; });
  const auto find = [&](bool is_common) {
    return find_done(row, [&](const ReportRun& r) {
      return r.fold == fold && !r.data_sha256.empty() &&
             (r.data_sha256 == common->first) == is_common;
    });
  };
  if (common->second > 1) refuse(plan, *find(true), *find(false), "were trained on different data");
  return true;
}

/// Returns a sentence where the data may depend on the seed, but should not.
std::vector<std::string> require_data(const ComparisonPlan& plan, const ReportRow& row,
                                      const Experiment& experiment) {
  if (is_drawn(plan, experiment.data.split)) return {};
  std::set<std::size_t> folds;
  for (const ReportRun& run : row.runs) folds.insert(run.fold);
  const auto different = std::ranges::count_if(
      folds, [&](std::size_t fold) { return have_different_data(plan, row, fold); });
  if (different == 0 || !is_of_file(experiment)) return {};
  return {"The runs of " + single_quoted(row.name) +
          " were trained on different data: their mean is over more than one data set."};
}

/// Returns all that decides which examples a network sees, apart from the seed, the fold and the
/// files.
std::string data_text(const Experiment& experiment) {
  std::string text;
  for (const auto& [key, value] : resolved_keys(experiment))
    if (key == "data" || key.starts_with("data.") || key == "dtype" || key == "model.input" ||
        key.starts_with("random"))
      if (key != "data.split.fold" && key != "data.split.test_seed" && key != "data.augment")
        text += key + ": " + value + "\n";
  // a target of two classes is one number, 0 or 1 or of two signs, or two numbers
  const auto& cost = functions_of<nnrun_cost>(*experiment.train.cost.plugin);
  return text + std::to_string(units_of_output(experiment).value_or(0)) +
         ((cost.flags & NNRUN_SIGNS) != 0 ? " signs" : "");
}

/// Returns whether two configs with the same data may see others: where examples, or the parts that
/// they are in, are drawn from the sequence that gives the weights first, and these differ.
bool may_draw_others(const ComparisonPlan& plan, const Experiment& a, const Experiment& b) {
  const auto network = [](const Experiment& experiment) {
    auto keys = resolved_keys(experiment);
    std::erase_if(keys, [](const auto& entry) { return !entry.first.starts_with("model"); });
    return keys;
  };
  return (functions_of<nnrun_random>(*a.random.plugin).flags & NNRUN_SEQUENTIAL) != 0 &&
         (!is_of_file(a) || is_drawn(plan, a.data.split)) && network(a) != network(b);
}

/// One seed gives one set of examples, cut in one way, to all configs with the same data. Returns a
/// sentence where that cannot be.
std::vector<std::string> require_pairs(const ComparisonPlan& plan,
                                       const std::vector<ReportRow>& rows) {
  struct Known {
    const ReportRun* run;
    std::size_t config;
  };
  std::map<std::tuple<std::string, std::uint64_t, std::size_t>, Known> known;
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Experiment& experiment = plan.configs[i].experiment;
    const std::string data = data_text(experiment);
    for (const ReportRun& run : rows[i].runs) {
      if (!run.done() || run.data_sha256.empty()) continue;
      const auto [first, is_new] =
          known.emplace(std::tuple(data, run.seed, run.fold), Known{&run, i});
      const Known& other = first->second;
      if (is_new || other.run->data_sha256 == run.data_sha256) continue;
      if (!may_draw_others(plan, experiment, plan.configs[other.config].experiment))
        refuse(plan, *other.run, run,
               "were trained on different data, although the configs name the same");
      if (sentences.empty())
        sentences.push_back(
            "Different networks were trained on different draws of the data: random " +
            experiment.random.plugin->name +
            " is one sequence, which gives the weights first. With --set random=philox, all "
            "of a seed see the same.");
    }
  }
  return sentences;
}

}  // namespace

std::vector<std::string> require_same_sources(const ComparisonPlan& plan,
                                              const std::vector<ReportRow>& rows) {
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    require_libraries(plan, rows[i]);
    for (std::string& sentence : require_data(plan, rows[i], plan.configs[i].experiment))
      sentences.push_back(std::move(sentence));
  }
  std::ranges::move(require_pairs(plan, rows), std::back_inserter(sentences));
  std::map<std::string, std::set<std::string>> versions;
  const ReportRun* first = nullptr;
  for (const ReportRow& row : rows)
    for (const ReportRun& run : row.runs) {
      if (!run.done()) continue;
      if (first == nullptr) first = &run;
      const std::string library = changed(first->libraries, run.libraries);
      if (!library.empty() && !plan.recorded)
        refuse(plan, *first, run, "were trained with different versions of " + library);
      for (const auto& [name, sha256] : run.libraries) versions[name].insert(sha256);
    }
  for (const auto& [name, all] : versions)
    if (all.size() > 1)
      sentences.push_back("The configs were trained with different versions of " + name + ".");
  return sentences;
}

}  // namespace nnrun::host
