#include "network/model_preparation.hpp"

#include <algorithm>
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
std::optional<ModelFile> start_of(const Experiment& experiment) {
  if (experiment.model.weights.value.empty()) return std::nullopt;
  try {
    read_safetensors(experiment.model.weights.value);
  } catch (const Error&) {  // Model::load_start says so
    return std::nullopt;
  }
  return read_model(experiment.model.weights.value);
}

bool is_prepared(const ModelFile& file) {
  return file.recipe.has_value() || !(file.fit == Preparation::Fit());
}

/// Returns whether the preparations of two models are the same but for what they learned.
bool are_alike(const Preparation& own, const ModelFile& file) {
  const std::string described = file.recipe ? to_json(*file.recipe) : "";
  const std::string wanted = own.recipe().is_plain() ? "" : to_json(own.recipe());
  return described == wanted && file.fit.shifts.size() == (own.recipe().scales ? own.outputs() : 0);
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
  preparation.use(std::move(fit));
  return preparation;
}

void require_fit_of(const ModelFile& file, const Model& model) {
  const Preparation& preparation = model.preparation();
  const std::string fault = preparation.fault_of(preparation.fitted(), model.graph().output().cols);
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault, .where = file.path.string()});
}

Preparation preparation_at_start(const Experiment& experiment, Preparation own,
                                 std::size_t n_targets) {
  const std::optional<ModelFile> start = start_of(experiment);
  if (!start || !is_prepared(*start) || !are_alike(own, *start)) return own;
  const std::string fault = own.fault_of(start->fit, n_targets);
  if (!fault.empty())
    throw RecordError(Problem{.what = "the model " + fault, .where = start->path.string()});
  own.use(start->fit);
  return own;
}

std::string words_of_start(const Experiment& experiment, const Preparation& used) {
  const std::optional<ModelFile> start = start_of(experiment);
  if (!start || (!is_prepared(*start) && !used.changes())) return {};
  const std::string file = "'" + experiment.model.weights.value.filename().string() + "'";
  if (start->fit == used.fitted() && are_alike(used, *start))
    return "inputs are prepared as those of " + file + " were, not anew from these data";
  return "inputs are not prepared as those of " + file +
         (is_prepared(*start) ? " were" : " were: those were not") +
         ", so its weights start from other numbers";
}

}  // namespace nnrun::host
