#include "exporting/import_state.hpp"

#include <algorithm>

#include "exporting/digits.hpp"
namespace nnrun::host {

void ImportState::add_input(std::string_view name, const Sizes& sizes, bool channels_were_first) {
  network_.channels_were_first = channels_were_first;
  network_.input = sizes;
  values_[name] = {"input", sizes,
                   channels_were_first ? image_axes(sizes.size()) : plain_axes(sizes.size())};
}

const ImportedValue* ImportState::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

ImportedNetwork ImportState::network(const ImportedValue& last) {
  network_.output = last.shape;
  std::set<std::string> used{last.layer};
  for (std::size_t i = layers_.size(); i-- > 0;)
    if (used.contains(layers_[i].name))
      used.insert(layers_[i].inputs.begin(), layers_[i].inputs.end());
  for (const ImportedLayer& layer : layers_) {
    if (!used.contains(layer.name)) continue;
    if (layer.name == last.layer) network_.last_activation = layer.activation;
    network_.layers.push_back(layer.text());
  }
  std::erase_if(network_.blocks, [&](const auto& block) {
    return !used.contains(block.name.substr(0, block.name.find('/')));
  });
  for (std::vector<std::string>& names : twins_) {
    std::erase_if(names, [&](const std::string& name) { return !used.contains(name); });
    if (names.size() < 2) continue;
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    network_.notes.push_back(all +
                             " are one layer of the file, with the same weights: trained on, they "
                             "become different");
  }
  return std::move(network_);
}

const ImportedValue& ImportState::value(const ReadNode& node, std::size_t k) const {
  if (k < node.inputs.size())
    if (const auto found = values_.find(node.inputs[k]); found != values_.end())
      return found->second;
  if (states(node, k)) throw NoLayer{"reads states of several layers at once"};
  throw NoLayer{"reads what is not a value of the network as its input " + n(k + 1)};
}

bool ImportState::is_value(const ReadNode& node, std::size_t k) const {
  return k < node.inputs.size() && values_.contains(node.inputs[k]);
}

const ImportedConstant* ImportState::constant(const ReadNode& node, std::size_t k) {
  if (k >= node.inputs.size() || node.inputs[k].empty()) return nullptr;
  const std::string_view name = node.inputs[k];
  if (const auto found = constants_.find(name); found != constants_.end()) return &found->second;
  const auto tensor = file_.tensors.find(name);
  if (tensor == file_.tensors.end()) return nullptr;
  if (tensor->second.type == 11) network_.float32 = false;
  return &(constants_[name] = {tensor->second.shape, tensor->second.numbers()});
}

const ImportedConstant& ImportState::weights(const ReadNode& node, std::size_t k,
                                             std::size_t rank) {
  const ImportedConstant* const own = constant(node, k);
  if (!own) throw NoLayer{"has weights that are not constants of the file"};
  if (own->shape.size() != rank) throw NoLayer{"has weights of another number of sizes"};
  return *own;
}

void ImportState::give(const ReadNode& node, std::size_t k, ImportedValue value) {
  if (node.outputs.size() <= k) throw NoLayer{"has no output"};
  std::size_t& most = most_readers_[value.layer];
  most = std::max(most, readers_[node.outputs[k]].size());
  values_[node.outputs[k]] = std::move(value);
}

bool ImportState::is_read(const ReadNode& node, std::size_t k) const {
  return k < node.outputs.size() && !node.outputs[k].empty() && readers_.contains(node.outputs[k]);
}

const std::vector<const ReadNode*>& ImportState::readers(const ReadNode& node,
                                                         std::size_t k) const {
  static const std::vector<const ReadNode*> none;
  return is_read(node, k) ? readers_.at(node.outputs[k]) : none;
}

void ImportState::give_states(const ReadNode& node, std::size_t k,
                              std::vector<ImportedStateOfLayer> states) {
  states_[node.outputs.at(k)] = std::move(states);
}

const std::vector<ImportedStateOfLayer>* ImportState::states(const ReadNode& node,
                                                             std::size_t k) const {
  const auto found = k < node.inputs.size() ? states_.find(node.inputs[k]) : states_.end();
  return found == states_.end() ? nullptr : &found->second;
}

ImportedValue ImportState::reshaped(const ImportedValue& in, const Sizes& shape,
                                    std::vector<int> axes) {
  const ImportedLayer& layer =
      add_layer("reshape", ", shape: " + list_of({shape.begin(), shape.end()}), {in.layer}, shape);
  return {layer.name, shape, std::move(axes)};
}

void ImportState::give_zeros(const ReadNode& node) {
  if (node.outputs.empty()) throw NoLayer{"has no output"};
  zeros_.insert(node.outputs[0]);
}

bool ImportState::is_zero(const ReadNode& node, std::size_t k) {
  if (k < node.inputs.size() && zeros_.contains(node.inputs[k])) return true;
  const ImportedConstant* const own = constant(node, k);
  return own && std::ranges::all_of(own->values, [](double x) { return x == 0; });
}

void ImportState::give_constant(const ReadNode& node, ImportedConstant constant) {
  if (node.outputs.empty()) throw NoLayer{"has no output"};
  constants_[node.outputs[0]] = std::move(constant);
}

ImportedLayer& ImportState::add_layer(const std::string& type, const std::string& settings,
                                      std::vector<std::string> inputs, Sizes shape) {
  double numbers = 1;
  for (const std::size_t size : shape) numbers *= static_cast<double>(size);
  if (numbers > most_numbers) throw NoLayer{"gives an impossible number of numbers"};
  const std::string name = type + "_" + n(++counts_[type]);
  places_[name] = layers_.size();
  layers_.push_back({name, type, settings, "", std::move(inputs), false, std::move(shape)});
  return layers_.back();
}

void ImportState::add_block(const ImportedLayer& layer, const std::string& name, Sizes shape,
                            std::vector<double> values) {
  network_.blocks.push_back({layer.name + "/" + name, std::move(shape), std::move(values)});
}

ImportedLayer* ImportState::own_layer(const ReadNode& node, std::size_t k) {
  ImportedLayer* const layer = sole_layer(node, k);
  return layer && layer->activation.empty() ? layer : nullptr;
}

ImportedLayer* ImportState::sole_layer(const ReadNode& node, std::size_t k) {
  const std::string& name = value(node, k).layer;
  const auto place = places_.find(name);
  if (place == places_.end() || most_readers_[name] > 1) return nullptr;
  return &layers_[place->second];
}

void ImportState::add_bias(ImportedLayer& layer, const ImportedConstant& b, double factor) {
  const std::size_t units = layer.shape.back();
  std::vector<double> values(units);
  // sizes before the last one would be those of rows
  const bool is_row = b.values.size() == 1 || (!b.shape.empty() && b.shape.back() == units);
  if (!is_row || (b.values.size() != units && b.values.size() != 1))
    throw NoLayer{"has a bias of " + n(b.values.size()) + " numbers for " + n(units) + " units"};
  for (std::size_t u = 0; u < units; ++u)
    values[u] = factor * b.values[b.values.size() == 1 ? 0 : u];
  add_block(layer, "bias", {units}, std::move(values));
  layer.takes_bias = false;
}

}  // namespace nnrun::host
