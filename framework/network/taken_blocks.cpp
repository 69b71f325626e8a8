#include "network/taken_blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_named = 50;  // of a foreign file with thousands of tensors

bool has_numbers(const Node& node) {
  return node.plan.n_blocks + node.plan.n_state_blocks > 0;
}

/// Returns what `model.weights` says of a layer's name in the file; nullptr if it is not taken.
const std::string* name_in_file(const WeightsSpec& weights, const std::string& layer) {
  if (weights.layers.empty())
    return std::ranges::count(weights.except, layer, &Placed<std::string>::value) == 0 ? &layer
                                                                                       : nullptr;
  for (const TakenLayer& taken : weights.layers)
    if (taken.name.value == layer) return &taken.in_file;
  return nullptr;
}

std::string text_of(const std::vector<std::size_t>& shape) {
  std::vector<std::string> sizes;
  for (const std::size_t size : shape) sizes.push_back(std::to_string(size));
  return sizes.empty() ? "one number" : join(sizes, " x ");
}

std::string contents_of(const TensorFile& file) {
  std::vector<std::string> names;
  for (const Tensor& t : file.tensors) {
    if (names.size() == most_named) {
      names.push_back("... (" + std::to_string(file.tensors.size()) + " in all)");
      break;
    }
    names.push_back(t.name + ' ' + text_of(t.shape));
  }
  return "the file has " + (names.empty() ? "no tensors" : join(names, ", "));
}

/// Finds the tensors of one network in one file. Each function throws ConfigError.
class Finder {
 public:
  Finder(const TensorFile& file, const WeightsSpec& weights, Dtype dtype, const Place& place)
      : file_(file), weights_(weights), dtype_(dtype), place_(place) {}

  TakenBlock take(const NamedBlock& block, const std::string& name) const {
    const std::string wanted = name + '/' + block.block->name;
    const Tensor* const tensor = find(name, block.block->name);
    if (!tensor) refuse(block, "no '" + wanted + "'", contents_of(file_));
    const nnrun_shape& shape = block.block->shape;
    if (!std::ranges::equal(tensor->shape, std::span(shape.sizes, shape.rank)))
      refuse(block,
             "'" + tensor->name + "' is " + text_of(tensor->shape) + ", but the model needs " +
                 host::text_of(shape),
             turned(*tensor, shape) ? "weights are units x inputs, as PyTorch orders them"
                                    : contents_of(file_));
    require_numbers(*tensor, block);
    return {block, tensor};
  }

  /// Throws if the file has what the network has not; `input/...` is the preparation of the data.
  void require_no_more(const std::vector<TakenBlock>& taken) const {
    for (const Tensor& tensor : file_.tensors)
      if (!tensor.name.starts_with("input/") &&
          std::ranges::find(taken, &tensor, &TakenBlock::tensor) == taken.end())
        throw ConfigError(Problem{.what = "the weights do not fit the model: the file has '" +
                                          tensor.name + "', the model does not",
                                  .place = place_,
                                  .hint = weights_.is_given() ? how_to_leave_out("") : ""});
  }

 private:
  /// Other programs write `fc1.weight`.
  const Tensor* find(const std::string& layer, const std::string& block) const {
    const std::string singular = block == "weights" ? "weight" : block;
    for (const std::string& name :
         {layer + '/' + block, layer + '.' + block, layer + '.' + singular})
      if (const Tensor* const tensor = file_.find(name)) return tensor;
    return nullptr;
  }
  static bool turned(const Tensor& tensor, const nnrun_shape& wanted) {
    return tensor.shape.size() == 2 && wanted.rank == 2 && tensor.shape[0] == wanted.sizes[1] &&
           tensor.shape[1] == wanted.sizes[0];
  }
  void require_numbers(const Tensor& tensor, const NamedBlock& block) const {
    if (tensor.dtype != "F32" && tensor.dtype != "F64")
      refuse(block, "'" + tensor.name + "' holds " + tensor.dtype + ", F32 or F64 is expected", "");
    if (const std::string fault = not_finite(tensor.name, numbers_of(tensor), dtype_);
        !fault.empty())
      throw ConfigError(Problem{.what = fault + ": a model with it gives wrong answers",
                                .place = place_of(block.node->name),
                                .hint = "the file is damaged, or was made by something else"});
  }

  const Place& place_of(const std::string& layer) const {
    for (const TakenLayer& taken : weights_.layers)
      if (taken.name.value == layer && taken.name.place.source) return taken.name.place;
    return place_;
  }
  std::string how_to_leave_out(const std::string& layer) const {
    if (!weights_.layers.empty())
      return "take " + layer + " out of 'layers' to start it anew, or write layers: {" + layer +
             ": NAME} if it is called NAME there";
    const std::string name = weights_.file.value.string();
    if (layer.empty())
      return "write weights: {file: " + name + ", layers: [...]} to take a part of it";
    std::string names;
    for (const Placed<std::string>& other : weights_.except) names += other.value + ", ";
    return "write weights: {file: " + name + ", except: [" + names + layer +
           "]} to start it anew, or layers: {" + layer + ": NAME} if it is called NAME there";
  }
  [[noreturn]] void refuse(const NamedBlock& block, const std::string& what,
                           std::string hint) const {
    const std::string& layer = block.node->name;
    if (weights_.is_given()) hint += (hint.empty() ? "" : "\n") + how_to_leave_out(layer);
    throw ConfigError(Problem{.what = "the weights do not fit the model: " + what,
                              .place = place_of(layer),
                              .hint = std::move(hint)});
  }

  const TensorFile& file_;
  const WeightsSpec& weights_;
  Dtype dtype_;
  const Place& place_;
};

/// Returns up to six names, and how many there are if there are more.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 6;
  if (names.size() <= most) return join(names, ", ");
  return join({names.begin(), names.begin() + most}, ", ") + ", ... (" +
         std::to_string(names.size()) + " layers)";
}

}  // namespace

bool is_taken(const WeightsSpec& weights, const std::string& layer) {
  return weights.is_given() && name_in_file(weights, layer) != nullptr;
}

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

std::vector<TakenBlock> all_blocks(const TensorFile& file, const Graph& graph, Dtype dtype,
                                   const Place& place) {
  const WeightsSpec whole;
  const Finder finder(file, whole, dtype, place);
  std::vector<TakenBlock> taken;
  for (const NamedBlock& block : graph.saved_blocks())
    taken.push_back(finder.take(block, block.node->name));
  finder.require_no_more(taken);
  return taken;
}

std::vector<TakenBlock> taken_blocks(const TensorFile& file, const Graph& graph,
                                     const Experiment& experiment) {
  const WeightsSpec& weights = experiment.model.weights;
  const Finder finder(file, weights, experiment.dtype, weights.file.place);
  std::vector<TakenBlock> taken;
  for (const NamedBlock& block : graph.saved_blocks())
    if (const std::string* const name = name_in_file(weights, block.node->name))
      taken.push_back(finder.take(block, *name));
  if (weights.is_whole()) finder.require_no_more(taken);
  if (!weights.is_whole() && taken.empty())
    throw ConfigError(Problem{.what = "no layer with numbers starts from the file",
                              .place = weights.file.place,
                              .hint = "remove 'weights' to start all of them anew"});
  return taken;
}

TakenEnds taken_ends(const Graph& graph, const WeightsSpec& weights) {
  TakenEnds ends;
  if (!weights.is_given()) return ends;
  const std::vector<Node>& nodes = graph.nodes;
  const auto is_taken = [&](const Node& node) { return name_in_file(weights, node.name); };
  std::vector<bool> sees_data(nodes.size()), gives_outputs(nodes.size());
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    for (const int i : nodes[k].inputs)
      sees_data[k] = sees_data[k] || i == data_input ||
                     (sees_data[static_cast<std::size_t>(i)] &&
                      !has_numbers(nodes[static_cast<std::size_t>(i)]));
    ends.first = ends.first || (sees_data[k] && has_numbers(nodes[k]) && is_taken(nodes[k]));
  }
  gives_outputs.back() = true;
  for (std::size_t k = nodes.size(); k-- > 0;) {
    if (!gives_outputs[k]) continue;
    ends.last = ends.last || (has_numbers(nodes[k]) && is_taken(nodes[k]));
    for (const int i : nodes[k].inputs)
      if (i != data_input && !has_numbers(nodes[k]))
        gives_outputs[static_cast<std::size_t>(i)] = true;
  }
  return ends;
}

std::string words_of_taken(const WeightsSpec& weights, const Graph& graph) {
  if (!weights.is_given()) return {};
  std::vector<std::string> taken, anew;
  for (const Node& node : graph.nodes) {
    if (!has_numbers(node)) continue;
    const std::string* const name = name_in_file(weights, node.name);
    if (!name)
      anew.push_back(node.name);
    else
      taken.push_back(*name == node.name ? node.name : node.name + " (" + *name + " there)");
  }
  const std::filesystem::path& file = weights.file.value;
  const std::string name = file.filename().string(),
                    folder = file.parent_path().filename().string();
  // that of a run is always called so
  const std::string from =
      "starts from " + (name == "model.safetensors" ? folder + "/" + name : name) + ": ";
  if (anew.empty()) return from + "every layer";
  return from + some_of(taken) + "; " + some_of(anew) +
         (anew.size() == 1 ? " starts anew" : " start anew");
}

}  // namespace nnrun::host
