#include "network/model_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

// No layer can be called `input`, so no block has these names.
constexpr auto shift_name = "input/shift", factor_name = "input/factor", fill_name = "input/fill",
               target_shift_name = "input/target_shift", target_factor_name = "input/target_factor";
constexpr auto damaged = "the file is damaged, or was made by something else";
constexpr auto inputs_key = "input_names", targets_key = "target_names", classes_key = "classes",
               target_key = "target_name", recipe_key = "preparation", kind_key = "targets",
               border_key = "target_border";

std::string json_of(const std::vector<std::string>& names) {
  return nlohmann::json(names).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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
  const auto json = nlohmann::json::parse(found->second, nullptr, false);
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

/// Returns which number is not finite in this precision; empty if all are.
std::string not_finite(const std::string& name, std::span<const double> numbers, Dtype dtype) {
  const double largest = dtype == Dtype::float32 ? std::numeric_limits<float>::max()
                                                 : std::numeric_limits<double>::max();
  const auto wrong = std::ranges::find_if_not(
      numbers, [&](double x) { return std::abs(x) <= largest; });  // false for NaN
  if (wrong == numbers.end()) return {};
  return "number " + std::to_string(wrong - numbers.begin() + 1) + " of '" + name + "' is " +
         shortest(*wrong) +
         (std::isfinite(*wrong) ? ", too large for float32" : ", not a finite number");
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
  metadata[kind_key] = name_of_kind(targets.kind);
  metadata[border_key] = shortest(targets.border);
}

ModelFile read_model(const std::filesystem::path& path) {
  ModelFile model{.path = path, .file = read_safetensors(path), .fit = {}, .names = {}};
  model.names = {names_of(model.file, inputs_key, path), names_of(model.file, targets_key, path),
                 names_of(model.file, classes_key, path), name_of(model.file, target_key, path)};
  const auto numbers = [&](const char* name) { return numbers_at(model.file, name, path); };
  model.fit = {numbers(shift_name), numbers(factor_name), numbers(fill_name),
               numbers(target_shift_name), numbers(target_factor_name)};
  if (const auto found = model.file.metadata.find(recipe_key); found != model.file.metadata.end())
    model.recipe = read_recipe(found->second, path.string());
  model.targets = targets_named(text_of(model.file, kind_key), text_of(model.file, border_key));
  if (model.fit.shifts.size() != model.fit.factors.size())
    throw RecordError(Problem{.what = "'input/shift' and 'input/factor' are not equally long",
                              .where = path.string()});
  return model;
}

void require_fit(const TensorFile& file, const Graph& graph, Dtype dtype, const Place& place) {
  const auto refuse = [&](const std::string& what, std::string hint = {}) {
    throw ConfigError(Problem{.what = "the weights do not fit the model: " + what,
                              .place = place,
                              .hint = std::move(hint)});
  };
  const auto what_it_has = [&] {
    std::vector<std::string> names;
    constexpr std::size_t most = 50;  // of a foreign file with thousands
    for (const Tensor& t : file.tensors) {
      if (names.size() == most) {
        names.push_back("... (" + std::to_string(file.tensors.size()) + " in all)");
        break;
      }
      names.push_back(t.name);
    }
    return "the file has " + (names.empty() ? "no tensors" : join(names, ", "));
  };
  const std::vector<NamedBlock> blocks = graph.saved_blocks();
  for (const NamedBlock& block : blocks) {
    const Tensor* const tensor = file.find(block.name);
    if (!tensor) refuse("no '" + block.name + "'", what_it_has());
    const nnrun_shape& wanted = block.block->shape;
    if (std::ranges::equal(tensor->shape, std::span(wanted.sizes, wanted.rank))) {
      if (tensor->dtype != "F32" && tensor->dtype != "F64")
        refuse("'" + block.name + "' holds " + tensor->dtype + ", F32 or F64 is expected");
      if (const std::string fault = not_finite(block.name, numbers_of(*tensor), dtype);
          !fault.empty())
        throw ConfigError(Problem{.what = fault + ": a model with it gives wrong answers",
                                  .place = place,
                                  .hint = damaged});
      continue;
    }
    nnrun_shape found{};
    found.rank =
        static_cast<std::uint32_t>(std::min<std::size_t>(tensor->shape.size(), NNRUN_MAX_RANK));
    std::copy_n(tensor->shape.begin(), found.rank, found.sizes);
    refuse("'" + block.name + "' is " + text_of(found) + ", but the model needs " + text_of(wanted),
           what_it_has());
  }
  for (const Tensor& tensor : file.tensors)  // `input/…` is the preparation of the data
    if (!tensor.name.starts_with("input/") &&
        std::ranges::find(blocks, tensor.name, &NamedBlock::name) == blocks.end())
      refuse("the file has '" + tensor.name + "', the model does not");
}

}  // namespace nnrun::host
