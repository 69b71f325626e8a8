#include "training/mask_warnings.hpp"

#include <algorithm>
namespace nnrun::host {
namespace {

bool skips(const LayerSpec& layer) {
  const Value* const value = value_of(layer.layer, "skip");
  const auto* const numbers = value ? std::get_if<std::vector<double>>(value) : nullptr;
  return numbers != nullptr && !numbers->empty();
}

}  // namespace

void add_masks(const Experiment& experiment, const Model& model, std::vector<Problem>& warnings) {
  const std::vector<LayerSpec>& layers = experiment.model.layers;
  const auto place = [&](const LayerSpec& layer, const char* key) {
    return experiment.written->place_in_layer(layer.name, key);
  };
  const auto zeros = std::ranges::find_if(
      layers, [](const LayerSpec& layer) { return has_flag(layer.layer, "mask_zero", true); });
  if (zeros != layers.end() && std::ranges::none_of(layers, skips))
    warnings.push_back({.what = zeros->name +
                                " gives zeros for padding, but no layer passes over them: they are "
                                "steps like others",
                        .place = place(*zeros, "mask_zero"),
                        .hint = "write skip: 0 in the recurrent layer behind it; in Keras "
                                "mask_zero alone does that"});
  for (const LayerSpec& layer : layers) {
    if (!skips(layer) || layer.inputs.size() != 1) continue;
    const std::string& before = layer.inputs[0].value;
    const auto learnt = std::ranges::find_if(layers, [&](const LayerSpec& other) {
      return other.name == before && has_flag(other.layer, "mask_zero", false);
    });
    const bool is_scaled = before == "input" && model.preparation().recipe().scales;
    if (learnt == layers.end() && !is_scaled) continue;
    warnings.push_back(
        {.what = layer.name + " skips steps of one number, but there will be none: " +
                 (is_scaled ? "the inputs are scaled" : "the vectors of " + before + " are learnt"),
         .place = place(layer, "skip"),
         .hint = is_scaled ? "write scale: none in data, or remove skip"
                           : "write mask_zero: true there: then the vector of 0 stays 0"});
  }
}

}  // namespace nnrun::host
