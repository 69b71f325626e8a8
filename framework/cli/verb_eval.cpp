#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "cli/run_overrides.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "loading/declarations.hpp"
#include "runs/opened_run.hpp"
#include "runs/run_record.hpp"
#include "runs/scores.hpp"
#include "training/data_parts.hpp"
#include "training/evaluation.hpp"
namespace nnrun::host {
namespace {

/// Gives the data set the classes of the run, which it would otherwise find anew in its files, in
/// the order of the network's outputs.
void keep_classes(Use& data, const std::vector<std::string>& classes) {
  for (std::size_t i = 0; i < data.settings.size(); ++i) {
    auto* const list = std::get_if<std::vector<std::string>>(&data.settings[i]);
    if (!list || !means(*data.plugin, setting_of(*data.plugin, i), NNRUN_CLASSES)) continue;
    if (!list->empty() && !std::ranges::is_permutation(*list, classes)) continue;
    if (!list->empty() && classes.size() == 2) continue;  // whose order follows from the model
    *list = classes;
    if (classes.size() == 2) std::ranges::sort(*list);  // the model has the positive one last
  }
}

/// A npy file that the command line names has one array, whatever that of the run's npz was called.
void forget_arrays(Use& data, const std::vector<Override>& overrides) {
  for (std::size_t i = 0; i < data.settings.size(); ++i) {
    auto* const array = std::get_if<std::string>(&data.settings[i]);
    const std::string_view name = setting_of(*data.plugin, i).name;
    if (!array || !name.ends_with("_array")) continue;
    const std::string key = "data." + std::string(name),
                      file = key.substr(0, key.size() - std::string_view("_array").size());
    if (std::ranges::count(overrides, key, &Override::path) > 0) continue;
    if (std::ranges::any_of(overrides, [&](const Override& o) {
          return o.path == file && o.value.ends_with(".npy");
        }))
      array->clear();
  }
}

/// If the command line names files of the data, leaves out those of the run, and the split, which
/// was for them: every example of these files is measured, and no other is needed. Returns whether
/// it does so.
bool keep_named_files(Experiment& experiment, const std::vector<Override>& overrides) {
  Use& data = experiment.data.use;
  if ((functions_of<nnrun_dataset>(*data.plugin).flags & NNRUN_FILES_APART) == 0) return false;
  const auto is_named = [&](const std::string& setting) {
    return std::ranges::count(overrides, "data." + setting, &Override::path) > 0;
  };
  forget_arrays(data, overrides);
  std::vector<std::string*> others;
  bool any = false;
  for (std::size_t i = 0; i < data.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*data.plugin, i);
    if (setting.type != NNRUN_PATH) continue;
    auto& file = std::get<std::string>(data.settings[i]);
    if (!is_named(setting.name))
      others.push_back(&file);
    else
      any = any || !file.empty();
  }
  if (!any) return false;
  for (std::string* const file : others) file->clear();
  experiment.data.split = {};
  return true;
}

/// Returns what is to be said of the data that are measured.
std::vector<std::string> notes_on(const Experiment& experiment, const DataShape& data) {
  std::vector<std::string> notes;
  if (!data.note.empty()) notes.push_back(data.note);
  if (!experiment.data.weights.value.empty() && !data.has_weights)
    notes.push_back("the data have no column '" + experiment.data.weights.value +
                    "': each example counts 1");
  return notes;
}

/// Returns a sentence about inputs that seem to have been divided already; empty if none do.
std::string words_of_division(const DataShape& data) {
  const std::string by = shortest(data.divide_by);
  return data.divided_before == 0 ? ""
                                  : "no input is above " + significant(data.divided_before, 6) +
                                        ", and the model divides them by " + by +
                                        ": if they were divided already, multiply them by " + by;
}

/// Throws UsageError for a model alone whose data are in files: it does not have them.
void require_no_files(const OpenedRun& run) {
  const Use& data = run.experiment.data.use;
  for (std::size_t i = 0; i < data.settings.size(); ++i)
    if (const nnrun_setting& setting = setting_of(*data.plugin, i);
        setting.type == NNRUN_PATH && (setting.flags & NNRUN_REQUIRED) != 0 &&
        std::get<std::string>(data.settings[i]).empty())
      throw UsageError(
          Problem{.what = "'" + run.folder.string() + "' is a model alone: its data are not there",
                  .hint = "name other data: nnrun eval " + shell_word(run.folder.string()) +
                          " --data " + setting.name + "=FILE"});
}

/// Returns whether rows that cannot be read are left out. Throws UsageError where none can be.
bool skips_rows(const Arguments& arguments, const Experiment& experiment) {
  if (!arguments.has("--on-error")) return false;
  const std::string how = arguments.text("--on-error");
  if (how != "empty" && how != "refuse")
    throw UsageError(Problem{.what = "--on-error is refuse or empty, not '" + how + "'"});
  if (how == "refuse") return false;
  const Use& data = experiment.data.use;
  if ((functions_of<nnrun_dataset>(*data.plugin).flags & NNRUN_TABLE) == 0)
    throw UsageError(Problem{.what = "--on-error is for the rows of a table, and the data set '" +
                                     data.plugin->name + "' has none"});
  if (experiment.data.windows)
    throw UsageError(
        Problem{.what = "--on-error cannot leave out a row of a series, whose rows follow each "
                        "other in time",
                .hint = "fill it in in the file"});
  return true;
}

/// Returns whether a place is a row of a file, below its names: `in.csv:12`.
bool is_row(const std::string& place) {
  const std::string line = place.substr(place.rfind(':') + 1);
  return line != place && !line.empty() && line != "1" &&
         line.find_first_not_of("0123456789") == line.npos;
}

/// Calls work; a hint in a DataError of it that names a setting of data says how to give it here.
/// can_skip: rows that cannot be read may be left out.
template <class Work>
auto with_data_options(bool can_skip, Work work) try {
  return work();
} catch (const DataError& e) {
  std::vector<Problem> problems = e.problems();
  for (Problem& problem : problems)
    if (const std::string options = data_options_in(problem.hint); !options.empty())
      problem.hint += "\nfor this file alone: " + options;
  for (Problem& problem : problems)
    if (is_row(problem.where) && can_skip)
      problem.hint += std::string(problem.hint.empty() ? "" : "\n") +
                      "eval scores every row: take this one out, or write --on-error empty, which "
                      "leaves it out";
  throw DataError(std::move(problems));
}

}  // namespace

/// Measures a recorded run on the test part of its data, or of other data.
Exit evaluate(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout), talk(stderr);
  const bool quiet = arguments.quiet || arguments.json;
  OpenedRun run = open_run(arguments.targets[0], arguments.overrides, registry);
  follow_overrides(run, arguments.overrides);
  const Experiment& experiment = run.experiment;
  keep_classes(run.experiment.data.use, run.model.names.classes);
  const bool whole = keep_named_files(run.experiment, arguments.overrides);
  if (run.is_model && !whole) require_no_files(run);
  const bool skips = skips_rows(arguments, experiment);
  DataSource data = with_data_options(
      !experiment.data.windows, [&] { return DataSource(experiment, &run.model, whole, skips); });
  const auto& counts = data.shape().examples;
  const std::size_t part = part_that_counts([&](std::size_t p) { return counts[p] > 0; });
  const std::size_t examples = counts[part];
  std::vector<std::string> notes = notes_on(experiment, data.shape());
  for (const std::string& note : notes)
    if (!quiet) talk.write(talk.yellow("note") + ": " + note + "\n");
  // other data, if somebody asked for them, are not a change
  const bool own_data = arguments.overrides.empty() && !run.record.data_sha256.empty();
  std::string data_sha256;
  const auto [score, naive] =
      score_of(experiment, run.model, data, part, own_data ? &data_sha256 : nullptr);
  if (own_data)
    std::ranges::move(changed_data(run.record, data_sha256), std::back_inserter(run.changes));
  if (const std::string words = words_of_division(data.shape()); !words.empty()) {
    notes.push_back(words);
    if (!quiet) talk.write(talk.yellow("note") + ": " + notes.back() + "\n");
  }
  const std::vector<std::string> changed = names_of(run.changes);
  if (!quiet) note_changes(changed, talk);
  const Split& split = experiment.data.split;
  const bool is_cut = part == NNRUN_TEST ? split.test > 0 || split.folds > 0
                                         : part == NNRUN_VALIDATION && split.validation > 0;
  const bool asked_anew = std::ranges::any_of(arguments.overrides, [](const Override& o) {
    return o.path.starts_with("data.") || o.path.starts_with("random") || o.path == "seed";
  });
  if (is_cut && (asked_anew || std::ranges::count(changed, "data") > 0)) {
    notes.push_back(std::string("the ") + part_names[part] +
                    " part was cut anew, so it may hold examples that the network was trained on");
    if (!quiet) talk.write(talk.yellow("note") + ": " + notes.back() + "\n");
  }
  if (!arguments.json) {
    out.write(score_lines(left_aligned(part_names[part], 7), text_of(score, experiment, "   ") +
                                                                 "   (" + std::to_string(examples) +
                                                                 " examples)") +
              (naive ? naive_text(*naive, experiment) : "") +
              tables_text(score, experiment, data.shape().names, out));
    return Exit::done;
  }
  nlohmann::ordered_json json{
      {"run", run.folder.string()}, {"part", part_names[part]}, {"examples", examples}};
  if (!run.changes.empty()) json["changed"] = names_of(run.changes);
  if (!notes.empty()) json["notes"] = notes;
  json.update(score_json(score, experiment));
  if (naive) json["naive"] = score_json(*naive, experiment);
  if (!score.positive.empty()) json["positive"] = score.positive;
  if (nlohmann::ordered_json classes = per_class_json(score, experiment); !classes.empty())
    json["per_class"] = std::move(classes);
  out.write_data(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                 "\n");
  return Exit::done;
}

}  // namespace nnrun::host
