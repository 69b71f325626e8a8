#include "network/model_preparation.hpp"

#include <algorithm>

#include "network/taken_blocks.hpp"
namespace nnrun::host {
namespace {

/// Returns how many inputs the data has: as many as the network, unless features are made from
/// them.
std::size_t raw_inputs(const Experiment& experiment, const ModelFile& file) {
  if (!file.names.inputs.empty()) return file.names.inputs.size();
  if (!experiment.data.features.empty())
    throw RecordError(Problem{.what = "the model does not say what its features are made of",
                              .where = file.path.string()});
  std::size_t n = 1;
  for (const std::size_t size : experiment.model.input.value) n *= size;
  return n;
}

/// Returns the model that `model.weights` names; nothing if there is none, or it is not a model of
/// ours.
std::optional<ModelFile> start_of(const WeightsSpec& weights) {
  if (!weights.is_given()) return std::nullopt;
  std::optional<TensorFile> file;
  try {
    file = read_safetensors(weights.file.value);
  } catch (const Error&) {  // Model::load_start says so
    return std::nullopt;
  }
  return model_in(std::move(*file), weights.file.value);
}

/// Returns what is done to inputs before they are scaled, as text; empty: nothing.
std::string inputs_of(Recipe recipe) {
  recipe.target_scale = TargetScale::none;
  recipe.target_scales.clear();
  recipe.target_units.clear();
  return recipe.is_plain() ? "" : to_json(recipe);
}

/// Returns the first input that has one name in the file and another in the data.
std::optional<std::size_t> first_other_name(const Preparation& own, const ModelFile& file) {
  const std::vector<Column>& columns = own.recipe().columns;
  if (columns.size() != file.names.inputs.size()) return std::nullopt;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!columns[i].name.empty() && columns[i].name != file.names.inputs[i]) return i;
  return std::nullopt;
}

/// Returns what is wrong with the outputs of a network for the classes of its file, after "the
/// model"; empty if nothing is. A sequence has outputs for all of them at each step.
std::string fault_of_classes(const ModelFile& file, std::size_t outputs) {
  const std::size_t classes = file.names.classes.size();
  const std::string n = std::to_string(classes),
                    words = "has " + std::to_string(outputs) +
                            (outputs == 1 ? " output for " : " outputs for ");
  if (file.names.ordered)
    return classes == outputs + 1
               ? ""
               : words + n + " classes in order, which need one less than classes";
  const bool fits = classes == 0 || outputs % classes == 0 || (classes == 2 && outputs == 1);
  return fits ? "" : words + n + " classes";
}

/// Whether something holds of inputs, and of targets.
struct Sides {
  bool inputs, targets;
};

bool is_prepared(const ModelFile& file) {
  return file.recipe.has_value() || !(file.fit == Preparation::Fit());
}

bool scale_targets_alike(const Recipe& a, const Recipe& b) {
  const std::size_t n = std::max({a.target_scales.size(), b.target_scales.size(), std::size_t{1}});
  for (const Recipe* const recipe : {&a, &b})
    if (!recipe->target_scales.empty() && recipe->target_scales.size() != n) return false;
  for (std::size_t i = 0; i < n; ++i)
    if (a.scale_of_target(i) != b.scale_of_target(i)) return false;
  return true;
}

/// Returns the first place where lists of one length differ; nothing if they do not, or if one is
/// not known.
std::optional<std::size_t> first_difference(const std::vector<std::string>& here,
                                            const std::vector<std::string>& there) {
  if (here.size() != there.size()) return std::nullopt;
  for (std::size_t i = 0; i < here.size(); ++i)
    if (here[i] != there[i]) return i;
  return std::nullopt;
}

/// Returns whether inputs are scaled here by the scale of the file; true if that is not known.
bool scale_inputs_alike(const Recipe& own, const ModelFile& file) {
  return file.scale.empty() || file.scale == scale_text(own);
}

/// Returns whether the preparations of two models are the same but for what they learned.
Sides are_alike(const Preparation& own, const DataNames& names, const ModelFile& file) {
  const Recipe plain, &other = file.recipe ? *file.recipe : plain;
  return {
      .inputs = inputs_of(own.recipe()) == (file.recipe ? inputs_of(other) : "") &&
                file.fit.shifts.size() == (own.recipe().scales ? own.row_outputs() : 0) &&
                scale_inputs_alike(own.recipe(), file) && !first_other_name(own, file),
      .targets = scale_targets_alike(own.recipe(), other) &&
                 !(other.scales_targets() && first_difference(names.targets, file.names.targets))};
}

/// Returns what a run takes of the preparation of the file: that of inputs with the layers that see
/// them, that of targets with those that answer; of a whole file both or nothing.
Sides taken_sides(const Preparation& own, const DataNames& names, const ModelFile& file,
                  const Graph& graph, const WeightsSpec& weights) {
  const Sides alike = are_alike(own, names, file);
  if (weights.is_whole()) return {alike.inputs && alike.targets, alike.inputs && alike.targets};
  const TakenEnds ends = taken_ends(graph, weights);
  return {ends.first && alike.inputs, ends.last && alike.targets};
}

/// Returns a sentence about the first place where two lists of names differ. things, thing: what is
/// in them, such as "inputs" and "input".
std::string words_of_difference(const char* things, const char* thing,
                                std::vector<std::string> here, std::vector<std::string> there,
                                std::size_t at, const ModelFile& file) {
  const std::string text = std::string(thing) + " " + std::to_string(at + 1) + " is '" + here[at] +
                           "' here, '" + there[at] + "' there";
  std::ranges::sort(here);
  std::ranges::sort(there);
  return std::string(things) + " are " + (here == there ? "in another order than" : "not") +
         " those of '" + file.path.filename().string() + "': " + text;
}

std::string words_of_other_names(const Preparation& used, const ModelFile& file, std::size_t i) {
  std::vector<std::string> here;
  for (const Column& column : used.recipe().columns) here.push_back(column.name);
  return words_of_difference("inputs", "input", std::move(here), file.names.inputs, i, file);
}

/// Returns what the outputs mean here and meant there; empty if that is the same, or is not known.
std::string words_of_other_outputs(const DataNames& names, const ModelFile& file) {
  if (const auto at = first_difference(names.classes, file.names.classes))
    return words_of_difference("classes", "class", names.classes, file.names.classes, *at, file);
  if (const auto at = first_difference(names.targets, file.names.targets))
    return words_of_difference("targets", "target", names.targets, file.names.targets, *at, file);
  return "";
}

/// Returns by what inputs are scaled here and were there; empty if that is the same.
std::string words_of_scales(const Recipe& own, const ModelFile& file) {
  if (!own.scales || scale_inputs_alike(own, file)) return "";
  const auto shown = [](const std::string& scale) {
    return scale.starts_with('[') ? std::string("by columns") : scale;
  };
  return ": scale is " + shown(scale_text(own)) + " here, " + shown(file.scale) + " there";
}

std::string words_of_inputs(const Recipe& own, const ModelFile& file, bool same) {
  const std::string name = "'" + file.path.filename().string() + "'";
  if (same) return "inputs are prepared as those of " + name + " were, not anew from these data";
  return "inputs are not prepared as those of " + name +
         (is_prepared(file) ? " were" : " were: those were not") +
         ", so its weights start from other numbers" + words_of_scales(own, file);
}

}  // namespace

Preparation preparation_of(const Experiment& experiment, const ModelFile& file) {
  Preparation preparation =
      file.recipe ? Preparation(*file.recipe)
                  : Preparation(experiment, raw_inputs(experiment, file), file.names.inputs);
  const bool scales = preparation.recipe().scales;
  if (!file.recipe && scales && file.fit.shifts.size() != preparation.outputs())
    throw RecordError(Problem{.what = "the config scales " + std::to_string(preparation.outputs()) +
                                      " inputs, but the model has the scaling of " +
                                      std::to_string(file.fit.shifts.size()),
                              .where = file.path.string()});
  Preparation::Fit fit = file.fit;
  if (!file.recipe && !scales) fit = {};
  const std::string fault = preparation.fault_of(fit, fit.target_shifts.size());
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault, .where = file.path.string()});
  preparation.use(fit);
  return preparation;
}

void require_fit_of(const ModelFile& file, const Model& model) {
  const Preparation& preparation = model.preparation();
  const std::size_t outputs = model.graph().output().cols;
  std::string fault = preparation.fault_of(preparation.fitted(), outputs);
  if (fault.empty()) fault = fault_of_classes(file, outputs);
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault, .where = file.path.string()});
}

Preparation preparation_at_start(const Experiment& experiment, const Graph& graph, Preparation own,
                                 std::size_t n_targets, const DataNames& names) {
  const WeightsSpec& weights = experiment.model.weights;
  const std::optional<ModelFile> start = start_of(weights);
  if (!start || !is_prepared(*start)) return own;
  const Sides taken = taken_sides(own, names, *start, graph, weights);
  std::string fault = taken.inputs ? own.fault_of_inputs(start->fit) : "";
  if (taken.targets && fault.empty()) fault = own.fault_of_targets(start->fit, n_targets);
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault, .where = start->path.string()});
  if (taken.inputs) own.use_for_inputs(start->fit);
  if (taken.targets) own.use_for_targets(start->fit);
  return own;
}

std::vector<std::string> words_of_start(const Experiment& experiment, const Graph& graph,
                                        const Preparation& used, const DataNames& names) {
  const WeightsSpec& weights = experiment.model.weights;
  const std::optional<ModelFile> start = start_of(weights);
  if (!start) return {};
  const Sides taken = taken_sides(used, names, *start, graph, weights);
  const TakenEnds ends = taken_ends(graph, weights);
  std::vector<std::string> words;
  if (ends.first)
    if (const auto other = first_other_name(used, *start))
      words.push_back(words_of_other_names(used, *start, *other));
  const Sides alike = are_alike(used, names, *start);
  const std::string file = "'" + start->path.filename().string() + "'";
  if (ends.first && (is_prepared(*start) || used.changes()))
    words.push_back(!taken.inputs && alike.inputs
                        ? "inputs are prepared anew, since targets are not scaled as those of " +
                              file + " were: its weights start from other numbers"
                        : words_of_inputs(used.recipe(), *start, taken.inputs));
  if (!ends.last) return words;
  const bool scaled = used.scales_targets() || (start->recipe && start->recipe->scales_targets());
  const bool scaled_alike = scale_targets_alike(used.recipe(), start->recipe.value_or(Recipe())) &&
                            used.fitted().target_shifts == start->fit.target_shifts &&
                            used.fitted().target_factors == start->fit.target_factors;
  if (scaled && (taken.targets || !scaled_alike) && !(weights.is_whole() && taken.targets))
    words.push_back(!taken.targets && alike.targets
                        ? "targets are scaled anew, since inputs are not prepared as those of " +
                              file + " were"
                        : std::string("targets are ") + (taken.targets ? "" : "not ") +
                              "scaled as those of " + file + " were");
  if (std::string other = words_of_other_outputs(names, *start); !other.empty())
    words.push_back(std::move(other));
  return words;
}

}  // namespace nnrun::host
