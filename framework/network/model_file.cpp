#include "network/model_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "network/taken_blocks.hpp"
namespace nnrun::host {
namespace {

// No layer can be called `input`, so no block has these names.
constexpr auto shift_name = "input/shift", factor_name = "input/factor", fill_name = "input/fill",
               target_shift_name = "input/target_shift", target_factor_name = "input/target_factor";
constexpr auto damaged = "the file is damaged, or was made by something else";
constexpr auto inputs_key = "input_names", targets_key = "target_names", classes_key = "classes",
               target_key = "target_name", recipe_key = "preparation", kind_key = "targets",
               scale_key = "input_scale", border_key = "target_border",
               shares_key = "target_shares", class_weights_key = "class_weights",
               config_key = "config", format_key = "model_format";

std::string json_of(const std::vector<std::string>& names) {
  return nlohmann::ordered_json(names).dump(-1, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace);
}

/// Throws RecordError if a name holds a control character: csv refuses these, too.
void require_printable(const std::string& name, const char* key,
                       const std::filesystem::path& path) {
  if (std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    throw RecordError(
        Problem{.what = "a name in '" + std::string(key) + "' holds a control character",
                .where = path.string()});
}

std::string name_of(const TensorFile& file, const char* key, const std::filesystem::path& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return {};
  require_printable(found->second, key, path);
  return found->second;
}

std::vector<std::string> names_of(const TensorFile& file, const char* key,
                                  const std::filesystem::path& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return {};
  const auto json = nlohmann::ordered_json::parse(found->second, nullptr, false);
  const bool texts = json.is_array() &&
                     std::ranges::all_of(json, [](const auto& name) { return name.is_string(); });
  if (!texts)
    throw RecordError(Problem{.what = "'" + std::string(key) + "' is not a list of names",
                              .where = path.string()});
  auto names = json.get<std::vector<std::string>>();
  for (const std::string& name : names) require_printable(name, key, path);
  return names;
}

std::string text_of(const TensorFile& file, const char* key) {
  const auto found = file.metadata.find(key);
  return found == file.metadata.end() ? "" : found->second;
}

/// Returns what classes count; empty if the file does not say it.
std::vector<double> weights_in(const TensorFile& file, const std::filesystem::path& path) {
  const auto found = file.metadata.find(class_weights_key);
  if (found == file.metadata.end()) return {};
  const auto json = nlohmann::ordered_json::parse(found->second, nullptr, false);
  const bool weights = json.is_array() && std::ranges::all_of(json, [](const auto& weight) {
                         return weight.is_number() &&
                                std::isfinite(weight.template get<double>()) &&
                                weight.template get<double>() >= 0;
                       });
  if (!weights)
    throw RecordError(
        Problem{.what = "'" + std::string(class_weights_key) + "' is not a list of numbers from 0",
                .where = path.string(),
                .hint = damaged});
  return json.get<std::vector<double>>();
}

/// Returns what targets are; not known of a model that an earlier program wrote.
Targets targets_in(const TensorFile& file, const std::filesystem::path& path) {
  const std::string kind = text_of(file, kind_key), border = text_of(file, border_key);
  Targets targets = targets_named(kind, border);
  if (!targets.known && !(kind.empty() && border.empty()))
    throw RecordError(Problem{.what = "the model's " + std::string(kind_key) + " are " +
                                      single_quoted(kind) + " with the border " +
                                      single_quoted(border) + ", which no model has",
                              .where = path.string(),
                              .hint = damaged});
  targets.shares = text_of(file, shares_key) == "true";
  targets.class_weights = weights_in(file, path);
  return targets;
}

std::vector<double> numbers_at(const TensorFile& file, const char* name,
                               const std::filesystem::path& path) {
  const Tensor* const tensor = file.find(name);
  if (!tensor) return {};
  std::vector<double> numbers = numbers_of(*tensor);
  if (const std::string fault = not_finite(name, numbers, Dtype::float64); !fault.empty())
    throw RecordError(Problem{.what = fault, .where = path.string(), .hint = damaged});
  return numbers;
}

}  // namespace

void describe(const Preparation& preparation, const DataNames& names, const Targets& targets,
              std::vector<Tensor>& tensors, Metadata& metadata) {
  const Preparation::Fit& fit = preparation.fitted();
  if (!preparation.recipe().is_plain()) metadata[recipe_key] = to_json(preparation.recipe());
  // a model that was read does not know the words for its scales: they are told with it
  if (preparation.recipe().scales)
    metadata.try_emplace(scale_key, scale_text(preparation.recipe()));
  for (const auto& [name, numbers] :
       {std::pair{shift_name, &fit.shifts}, std::pair{factor_name, &fit.factors},
        std::pair{fill_name, &fit.fills}, std::pair{target_shift_name, &fit.target_shifts},
        std::pair{target_factor_name, &fit.target_factors}})
    if (!numbers->empty())
      tensors.push_back({name, "F64", {numbers->size()}, std::as_bytes(std::span(*numbers))});
  for (const auto& [key, list] :
       {std::pair{inputs_key, &names.inputs}, std::pair{targets_key, &names.targets},
        std::pair{classes_key, &names.classes}})
    if (!list->empty()) metadata[key] = json_of(*list);
  if (!names.target.empty()) metadata[target_key] = names.target;
  if (!targets.known) return;
  metadata[kind_key] = name_of_kind(targets);
  metadata[border_key] = shortest(targets.border);
  if (targets.shares) metadata[shares_key] = "true";
  if (!targets.class_weights.empty())
    metadata[class_weights_key] = nlohmann::ordered_json(targets.class_weights).dump();
}

ModelFile read_model(const std::filesystem::path& path) {
  return model_in(read_safetensors(path), path);
}

namespace {
/// An earlier program wrote no number: it is the first format.
void require_known_format(const TensorFile& file, const std::filesystem::path& path) {
  const std::string format = text_of(file, format_key);
  if (format.empty() || format == std::to_string(model_format)) return;
  throw RecordError(Problem{.what = "the model has format " + single_quoted(format) +
                                    "; this nnrun reads format " + std::to_string(model_format),
                            .where = path.string(),
                            .hint = "a newer nnrun wrote it, or the file is damaged"});
}
}  // namespace

ModelFile model_in(TensorFile file, const std::filesystem::path& path) {
  require_known_format(file, path);
  ModelFile model{.path = path, .file = std::move(file), .fit = {}, .names = {}};
  model.names = {names_of(model.file, inputs_key, path), names_of(model.file, targets_key, path),
                 names_of(model.file, classes_key, path), name_of(model.file, target_key, path)};
  const auto numbers = [&](const char* name) { return numbers_at(model.file, name, path); };
  model.fit = {numbers(shift_name), numbers(factor_name), numbers(fill_name),
               numbers(target_shift_name), numbers(target_factor_name)};
  if (const auto found = model.file.metadata.find(recipe_key); found != model.file.metadata.end())
    model.recipe = read_recipe(found->second, path.string());
  model.config = text_of(model.file, config_key);
  model.scale = name_of(model.file, scale_key, path);
  model.targets = targets_in(model.file, path);
  model.names.ordered = model.targets.known && model.targets.kind == NNRUN_ORDERED;
  if (model.fit.shifts.size() != model.fit.factors.size())
    throw RecordError(Problem{.what = "'input/shift' and 'input/factor' are not equally long",
                              .where = path.string()});
  return model;
}

}  // namespace nnrun::host
