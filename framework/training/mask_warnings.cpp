#include "training/mask_warnings.hpp"

#include <algorithm>
#include <map>
namespace nnrun::host {
namespace {

bool skips(const LayerSpec& layer) {
  const Value* const value = value_of(layer.layer, "skip");
  const auto* const numbers = value ? std::get_if<std::vector<double>>(value) : nullptr;
  return numbers != nullptr && !numbers->empty();
}

bool gives_zeros(const LayerSpec& layer) {
  return has_flag(layer.layer, "zero_output_for_mask", true);
}

/// Returns whether the numbers of a layer are learnt, and not those of an embedding, whose vector
/// of padding may stay 0.
bool is_learnt(const std::string& name, const std::vector<LayerSpec>& layers, const Graph& graph) {
  const auto spec = std::ranges::find(layers, name, &LayerSpec::name);
  const auto node = std::ranges::find(graph.nodes, name, &Node::name);
  return spec != layers.end() && node != graph.nodes.end() && node->plan.n_parameters > 0 &&
         value_of(spec->layer, "mask_zero") == nullptr && !gives_zeros(*spec);
}

/// Warns of the first layer that reads the steps which one before it passes over: that one gives
/// its last state there, or zeros, which only recurrent layers can skip.
void add_end_of_mask(const Experiment& experiment, const Graph& graph,
                     std::vector<Problem>& warnings) {
  std::map<std::string, std::string> skipped_by;  // of layers whose outputs have such steps
  for (const Node& node : graph.nodes) {
    const auto spec = std::ranges::find(experiment.model.layers, node.name, &LayerSpec::name);
    if (spec == experiment.model.layers.end()) continue;
    const auto before = std::ranges::find_if(
        spec->inputs, [&](const auto& input) { return skipped_by.contains(input.value); });
    const bool is_recurrent = value_of(spec->layer, "return_sequences") != nullptr;
    if (before != spec->inputs.end()) {
      const std::string by = skipped_by[before->value];
      const auto first = std::ranges::find(experiment.model.layers, by, &LayerSpec::name);
      if (is_recurrent && gives_zeros(*first) && skips(*spec)) {
        if (has_flag(spec->layer, "return_sequences", true)) skipped_by[node.name] = node.name;
        continue;
      }
      if (is_recurrent || (node.plan.out.rank == 1 && node.in_shapes[0].rank == 2)) {
        warnings.push_back(
            {.what = node.name + " reads the steps that " + by + " skips like others: there " +
                     (gives_zeros(*first) ? "are zeros" : "stands what came before them"),
             .place = node.place,
             .hint = is_recurrent
                         ? "Keras's mask goes on; here write zero_output_for_mask: true in " + by +
                               ", and skip: 0 in " + node.name
                         : "in Keras the mask goes on; here put the layer that skips last, "
                           "without return_sequences"});
        return;
      }
      skipped_by[node.name] = by;
    } else if (skips(*spec) && has_flag(spec->layer, "return_sequences", true)) {
      skipped_by[node.name] = node.name;
    }
  }
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
  add_end_of_mask(experiment, model.graph(), warnings);
  for (const LayerSpec& layer : layers) {
    if (!skips(layer) || layer.inputs.size() != 1) continue;
    const std::string& before = layer.inputs[0].value;
    const auto learnt = std::ranges::find_if(layers, [&](const LayerSpec& other) {
      return other.name == before && has_flag(other.layer, "mask_zero", false);
    });
    const bool is_scaled = before == "input" && model.preparation().recipe().scales;
    if (learnt == layers.end() && is_learnt(before, layers, model.graph())) {
      warnings.push_back(
          {.what = layer.name + " skips steps of one number, but there will be none: " + before +
                   " gives numbers that are learnt",
           .place = place(layer, "skip"),
           .hint = "write skip in the recurrent layer that reads the padding itself, or the "
                   "embedding with mask_zero: true"});
      continue;
    }
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
