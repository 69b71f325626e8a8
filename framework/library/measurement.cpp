#include "library/measurement.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/commands.hpp"
#include "base/text.hpp"
#include "library/run_overrides.hpp"
#include "loading/declarations.hpp"
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
  if (!data.why_without_values.empty()) notes.push_back(data.why_without_values);
  for (const Problem& doubt : data.doubts)
    notes.push_back(doubt.what + (doubt.where.empty() ? "" : ": " + doubt.where));
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

bool is_table(const Experiment& experiment) {
  return (functions_of<nnrun_dataset>(*experiment.data.use.plugin).flags & NNRUN_TABLE) != 0;
}

/// Throws UsageError where no row can be left out.
void require_rows(const Experiment& experiment) {
  const Use& data = experiment.data.use;
  if (!is_table(experiment))
    throw UsageError(Problem{.what = "only rows of a table can be left out, and the data set '" +
                                     data.plugin->name + "' has none"});
  if (experiment.data.windows)
    throw UsageError(Problem{.what = "no row of a series can be left out: its rows follow each "
                                     "other in time",
                             .hint = "fill it in in the file"});
}

/// Returns whether the part was cut from data that may not be those of the run, or by other
/// numbers.
bool is_cut_anew(const Measurement& done, const std::vector<Override>& overrides) {
  const Split& split = done.experiment.data.split;
  const bool is_cut = done.part == NNRUN_TEST
                          ? split.test > 0 || split.folds > 0
                          : done.part == NNRUN_VALIDATION && split.validation > 0;
  return is_cut && (std::ranges::any_of(overrides,
                                        [](const Override& o) {
                                          return o.path.starts_with("data.") ||
                                                 o.path.starts_with("random") || o.path == "seed";
                                        }) ||
                    std::ranges::count(done.changes, "data", &Change::what) > 0);
}

}  // namespace

bool can_leave_rows_out(const Experiment& experiment) {
  return is_table(experiment) && !experiment.data.windows;
}

Measurement measured(OpenedRun run, const std::vector<Override>& overrides, BadRows bad_rows) {
  follow_overrides(run, overrides);
  const Experiment& experiment = run.experiment;
  keep_classes(run.experiment.data.use, run.model.names.classes);
  const bool whole = keep_named_files(run.experiment, overrides),
             skips = bad_rows == BadRows::left_out;
  if (run.is_model && !whole) require_no_files(run);
  if (skips) require_rows(experiment);
  DataSource data(experiment, &run.model, whole, skips);
  Measurement done;
  done.run = run.folder.string();
  const auto& counts = data.shape().examples;
  done.part = part_that_counts([&](std::size_t p) { return counts[p] > 0; });
  done.notes = notes_on(experiment, data.shape());
  // other data, if somebody asked for them, are not a change
  const bool own_data = overrides.empty() && !run.record.data_sha256.empty();
  std::string data_sha256;
  PartScore scored =
      score_of(experiment, run.model, data, done.part, own_data ? &data_sha256 : nullptr);
  done.examples = counts[done.part];
  if (const std::string& left_out = data.shape().left_out; !left_out.empty())
    done.notes.push_back(left_out);
  if (const std::string& stored = data.shape().stored; !stored.empty())
    done.notes.push_back(stored);
  done.score = std::move(scored.score);
  done.naive = std::move(scored.naive);
  done.changes = std::move(run.changes);
  if (own_data)
    std::ranges::move(changed_data(run.record, data_sha256), std::back_inserter(done.changes));
  if (std::string words = words_of_division(data.shape()); !words.empty())
    done.notes.push_back(std::move(words));
  done.names = data.shape().names;
  done.experiment = std::move(run.experiment);
  if (is_cut_anew(done, overrides))
    done.caution = std::string("the ") + part_names[done.part] +
                   " part was cut anew, so it may hold examples that the network was trained on";
  return done;
}

std::string json_of(const Measurement& done) {
  nlohmann::ordered_json json{
      {"run", done.run}, {"part", part_names[done.part]}, {"examples", done.examples}};
  if (!done.changes.empty()) json["changed"] = names_of(done.changes);
  std::vector<std::string> notes = done.notes;
  if (!done.caution.empty()) notes.push_back(done.caution);
  if (!notes.empty()) json["notes"] = notes;
  json.update(score_json(done.score, done.experiment));
  if (done.naive) json["naive"] = score_json(*done.naive, done.experiment);
  if (!done.score.positive.empty()) json["positive"] = done.score.positive;
  if (nlohmann::ordered_json classes = per_class_json(done.score, done.experiment);
      !classes.empty())
    json["per_class"] = std::move(classes);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace nnrun::host
