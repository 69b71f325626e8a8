#include "exporting/onnx_import.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "exporting/digits.hpp"
namespace nnrun::host {
namespace {

constexpr double most_numbers = 0x1p31;                       // that a layer gives
constexpr std::size_t most_constants = std::size_t{1} << 24;  // that are written out for a layer

using Sizes = std::vector<std::size_t>;
using Whole = std::vector<std::int64_t>;

/// Why a node cannot be a layer; the walk says which node it is.
struct NoLayer {
  std::string why;
};

std::size_t product(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

struct ImportedConstant {
  Sizes shape;
  std::vector<double> values;
};

/// What a node gives: the layer that makes it, and which size of the layer's output each axis is.
struct ImportedValue {
  static constexpr int rows = -1, one = -2;  ///< axes that the layer does not have
  std::string layer;
  Sizes shape;  ///< channels last
  std::vector<int> axes;

  int last() const { return static_cast<int>(shape.size()) - 1; }
  bool is_row() const { return shape.size() == 1; }
  /// Returns the axes of the layer's output in the file's order, without those of size 1.
  std::vector<int> order() const {
    std::vector<int> out;
    for (const int axis : axes)
      if (axis >= 0 && shape[static_cast<std::size_t>(axis)] != 1) out.push_back(axis);
    return out;
  }
  bool is_in_order() const {
    const std::vector<int> own = order();
    return std::ranges::is_sorted(own);
  }
  /// Returns whether its channels come first and the rest in order, as in images of PyTorch.
  bool has_channels_first() const {
    std::vector<int> own = order();
    if (own.empty() || own.front() != last()) return is_in_order();
    own.erase(own.begin());
    return std::ranges::is_sorted(own);
  }
  /// Returns whether axes are (rows, channels, height, width), each of them.
  bool is_image() const {
    if (axes.size() != shape.size() + 1 || shape.size() < 2 || axes[0] != rows || axes[1] != last())
      return false;
    for (std::size_t k = 2; k < axes.size(); ++k)
      if (axes[k] != static_cast<int>(k) - 2) return false;
    return true;
  }
};

std::vector<int> image_axes(std::size_t sizes) {
  std::vector<int> axes{ImportedValue::rows, static_cast<int>(sizes) - 1};
  for (std::size_t k = 0; k + 1 < sizes; ++k) axes.push_back(static_cast<int>(k));
  return axes;
}
std::vector<int> plain_axes(std::size_t sizes) {
  std::vector<int> axes{ImportedValue::rows};
  for (std::size_t k = 0; k < sizes; ++k) axes.push_back(static_cast<int>(k));
  return axes;
}

/// A layer of the config that is being made.
struct ImportedLayer {
  std::string name, type, settings, activation;
  std::vector<std::string> inputs;
  bool takes_bias = false;  ///< it was made without one, and may get one
  Sizes shape;

  std::string text() const {
    std::string from;
    for (const std::string& input : inputs) from += (from.empty() ? "" : ", ") + input;
    return "{name: " + name + ", type: " + type + settings + (takes_bias ? ", bias: false" : "") +
           ", inputs: [" + from + "], activation: " + (activation.empty() ? "none" : activation) +
           "}";
  }
};

std::string list_of(const Whole& numbers) {
  std::string all;
  for (const std::int64_t x : numbers) all += (all.empty() ? "" : ", ") + std::to_string(x);
  return "[" + all + "]";
}
std::string digits_of(double x) {
  std::string text = shortest(x);
  const std::size_t exponent = text.find('e');
  if (exponent != text.npos && text.find('.') == text.npos) text.insert(exponent, ".0");
  return text;
}

/// Attributes of a node, with what they are if they are not given.
class Attributes {
 public:
  explicit Attributes(const ReadNode& node) : node_(node) {}
  Whole ints(std::string_view name, const Whole& missing = {}) const {
    const ReadAttribute* const own = find(name);
    return own && !own->ints.empty() ? own->ints : missing;
  }
  std::int64_t integer(std::string_view name, std::int64_t missing) const {
    return ints(name, {missing})[0];
  }
  double number(std::string_view name, double missing) const {
    const ReadAttribute* const own = find(name);
    return own && !own->floats.empty() ? static_cast<double>(own->floats[0]) : missing;
  }
  std::string text(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own && !own->texts.empty() ? std::string(own->texts[0]) : "";
  }
  const ReadTensor* tensor(std::string_view name) const {
    const ReadAttribute* const own = find(name);
    return own && !own->tensors.empty() ? &own->tensors[0] : nullptr;
  }

 private:
  const ReadAttribute* find(std::string_view name) const {
    const auto found = node_.attributes.find(name);
    return found == node_.attributes.end() ? nullptr : &found->second;
  }
  const ReadNode& node_;
};

/// Walks the nodes, each of which becomes a layer, part of one, or another name of a value.
class OnnxImport {
 public:
  OnnxImport(const ReadOnnx& file, const std::string& where) : file_(file), where_(where) {}

  ImportedNetwork network() {
    find_needed();
    add_input();
    std::vector<Problem> problems;
    for (std::size_t i = 0; i < file_.nodes.size() && problems.size() < 20; ++i) {
      if (!is_needed_[i]) continue;
      const ReadNode& node = file_.nodes[i];
      const bool reads_missing = std::ranges::any_of(
          node.inputs, [&](std::string_view in) { return missing_.contains(in); });
      if (!reads_missing) try {
          add(node);
          continue;
        } catch (const NoLayer& e) {
          problems.push_back({.what = "node " + single_quoted(std::string(node.name)) + " (" +
                                      std::string(node.op) + ") " + e.why,
                              .where = where_});
        }
      for (const std::string_view out : node.outputs) missing_.insert(out);
    }
    if (!problems.empty()) throw RecordError(std::move(problems));
    return finished();
  }

 private:
  [[noreturn]] void refuse_file(const std::string& what, const std::string& hint = "") const {
    throw RecordError(Problem{.what = "the ONNX file " + what, .where = where_, .hint = hint});
  }

  void find_needed() {
    if (file_.outputs.empty()) refuse_file("has no output");
    std::set<std::string_view> wanted{file_.outputs[0].name};
    is_needed_.assign(file_.nodes.size(), false);
    for (std::size_t i = file_.nodes.size(); i-- > 0;) {
      const ReadNode& node = file_.nodes[i];
      is_needed_[i] = std::ranges::any_of(
          node.outputs, [&](std::string_view out) { return wanted.contains(out); });
      if (!is_needed_[i]) continue;
      for (const std::string_view in : node.inputs) {
        wanted.insert(in);
        ++readers_[in];
      }
    }
    ++readers_[file_.outputs[0].name];
  }

  /// Returns whether the first operator behind the input that minds the order wants channels first.
  bool input_is_image(std::string_view input) const {
    std::set<std::string_view> same{input};
    for (const ReadNode& node : file_.nodes) {
      if (node.inputs.empty() || !same.contains(node.inputs[0])) continue;
      const std::string_view op = node.op;
      if (op == "Conv" || op == "ConvTranspose" || op == "BatchNormalization" ||
          op.ends_with("Pool"))
        return true;
      if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Identity" ||
          op == "Dropout" || op == "Relu" || op == "Cast")
        for (const std::string_view out : node.outputs) same.insert(out);
    }
    return false;
  }

  void add_input() {
    if (file_.inputs.size() != 1)
      refuse_file("has " + n(file_.inputs.size()) + " inputs; nnrun reads networks of one");
    const ReadValue& input = file_.inputs[0];
    const std::string who = "has the input " + single_quoted(std::string(input.name));
    if (!input.has_shape || input.shape.size() < 2) refuse_file(who + " without sizes of a row");
    Sizes sizes(input.shape.begin() + 1, input.shape.end());
    constexpr std::size_t most_sizes = 4;
    if (sizes.size() > most_sizes) refuse_file(who + " of more than 4 sizes a row");
    std::size_t all = 1;
    for (const std::size_t size : sizes) {
      if (size == 0)
        refuse_file(who + ", of whose sizes one is not a number",
                    "export it with fixed sizes; only how many rows there are may be open");
      if (static_cast<double>(size) > most_numbers ||
          static_cast<double>(all *= size) > most_numbers)
        refuse_file(who + " of impossible size");
    }
    const bool image = sizes.size() > 1 && input_is_image(input.name);
    network_.channels_were_first = image;
    if (image) std::rotate(sizes.begin(), sizes.begin() + 1, sizes.end());
    network_.input = sizes;
    values_[input.name] = {"input", sizes,
                           image ? image_axes(sizes.size()) : plain_axes(sizes.size())};
  }

  ImportedNetwork finished() {
    const std::string_view out = file_.outputs[0].name;
    if (!values_.contains(out)) refuse_file("has an output that does not depend on its input");
    const ImportedValue last = values_.at(out);
    if (layers_.empty() || last.layer != layers_.back().name) {
      if (last.layer == "input") refuse_file("has no operator that is a layer");
    }
    network_.output = last.shape;
    network_.last_activation = layers_.empty() ? "" : layers_.back().activation;
    for (const ImportedLayer& layer : layers_) network_.layers.push_back(layer.text());
    return std::move(network_);
  }

  // ---- values and constants ----

  const ImportedValue& value(const ReadNode& node, std::size_t k) const {
    if (k < node.inputs.size())
      if (const auto found = values_.find(node.inputs[k]); found != values_.end())
        return found->second;
    throw NoLayer{"reads what is not a value of the network as its input " + n(k + 1)};
  }
  bool is_value(const ReadNode& node, std::size_t k) const {
    return k < node.inputs.size() && values_.contains(node.inputs[k]);
  }
  /// Returns nullptr for what is not a constant.
  const ImportedConstant* constant(const ReadNode& node, std::size_t k) {
    if (k >= node.inputs.size() || node.inputs[k].empty()) return nullptr;
    const std::string_view name = node.inputs[k];
    if (const auto found = constants_.find(name); found != constants_.end()) return &found->second;
    const auto tensor = file_.tensors.find(name);
    if (tensor == file_.tensors.end()) return nullptr;
    if (tensor->second.type == 11) network_.float32 = false;
    return &(constants_[name] = {tensor->second.shape, tensor->second.numbers()});
  }
  const ImportedConstant& weights(const ReadNode& node, std::size_t k, std::size_t rank) {
    const ImportedConstant* const own = constant(node, k);
    if (!own) throw NoLayer{"has weights that are not constants of the file"};
    if (own->shape.size() != rank) throw NoLayer{"has weights of another number of sizes"};
    return *own;
  }
  void give(const ReadNode& node, ImportedValue value) {
    if (node.outputs.empty()) throw NoLayer{"has no output"};
    std::size_t& most = most_readers_[value.layer];
    most = std::max(most, readers_[node.outputs[0]]);
    values_[node.outputs[0]] = std::move(value);
  }
  void give_constant(const ReadNode& node, ImportedConstant constant) {
    if (node.outputs.empty()) throw NoLayer{"has no output"};
    constants_[node.outputs[0]] = std::move(constant);
  }

  // ---- layers ----

  ImportedLayer& add_layer(const std::string& type, const std::string& settings,
                           std::vector<std::string> inputs, Sizes shape) {
    double numbers = 1;
    for (const std::size_t size : shape) numbers *= static_cast<double>(size);
    if (numbers > most_numbers) throw NoLayer{"gives an impossible number of numbers"};
    const std::string name = type + "_" + n(++counts_[type]);
    places_[name] = layers_.size();
    layers_.push_back({name, type, settings, "", std::move(inputs), false, std::move(shape)});
    return layers_.back();
  }
  void add_block(const ImportedLayer& layer, const std::string& name, Sizes shape,
                 std::vector<double> values) {
    network_.blocks.push_back({layer.name + "/" + name, std::move(shape), std::move(values)});
  }
  /// Returns the layer of a value if nothing else reads it, so that it may be changed.
  ImportedLayer* own_layer(const ReadNode& node, std::size_t k) {
    const std::string& name = value(node, k).layer;
    const auto place = places_.find(name);
    if (place == places_.end() || most_readers_[name] > 1) return nullptr;
    ImportedLayer& layer = layers_[place->second];
    return layer.activation.empty() ? &layer : nullptr;
  }

  void add(const ReadNode& node) {
    if (!node.domain.empty() && node.domain != "ai.onnx")
      throw NoLayer{"is of the domain " + single_quoted(std::string(node.domain)) +
                    ", which nnrun does not have"};
    if (fold(node)) return;
    using Add = void (OnnxImport::*)(const ReadNode&);
    static const std::map<std::string_view, Add> known{
        {"Gemm", &OnnxImport::gemm},
        {"MatMul", &OnnxImport::matmul},
        {"Conv", &OnnxImport::convolution},
        {"MaxPool", &OnnxImport::pooling},
        {"AveragePool", &OnnxImport::pooling},
        {"GlobalMaxPool", &OnnxImport::global_pooling},
        {"GlobalAveragePool", &OnnxImport::global_pooling},
        {"BatchNormalization", &OnnxImport::batch_norm},
        {"LayerNormalization", &OnnxImport::layer_norm},
        {"Flatten", &OnnxImport::flatten},
        {"Reshape", &OnnxImport::reshape},
        {"Squeeze", &OnnxImport::squeeze},
        {"Transpose", &OnnxImport::transpose},
        {"Add", &OnnxImport::join},
        {"Sub", &OnnxImport::join},
        {"Mul", &OnnxImport::join},
        {"Div", &OnnxImport::join},
        {"PRelu", &OnnxImport::prelu},
        {"Concat", &OnnxImport::concat},
        {"Softmax", &OnnxImport::softmax},
        {"LogSoftmax", &OnnxImport::softmax},
        {"Pad", &OnnxImport::pad},
        {"Identity", &OnnxImport::same},
        {"Dropout", &OnnxImport::same},
        {"Cast", &OnnxImport::same}};
    if (const auto found = known.find(node.op); found != known.end())
      return (this->*found->second)(node);
    const std::string activation = activation_of(node);
    if (activation.empty()) throw NoLayer{"is an operator that nnrun has no layer for"};
    activate(node, activation);
  }

  std::string activation_of(const ReadNode& node) {
    const Attributes own(node);
    static const std::map<std::string_view, const char*> plain{
        {"Relu", "relu"}, {"Sigmoid", "sigmoid"},   {"Tanh", "tanh"}, {"Softplus", "softplus"},
        {"Mish", "mish"}, {"Softsign", "softsign"}, {"Sin", "sin"},   {"HardSwish", ""}};
    if (const auto found = plain.find(node.op); found != plain.end()) return found->second;
    if (node.op == "LeakyRelu")
      return "{type: leaky_relu, negative_slope: " + digits_of(own.number("alpha", 0.01)) + "}";
    if (node.op == "Elu") return "{type: elu, alpha: " + digits_of(own.number("alpha", 1)) + "}";
    const auto near = [](double a, double b) { return std::abs(a - b) < 1e-5; };
    if (node.op == "Selu" && near(own.number("alpha", 1.67326), 1.67326) &&
        near(own.number("gamma", 1.0507), 1.0507))
      return "selu";
    if (node.op == "Gelu")
      return own.text("approximate") == "tanh" ? "{type: gelu, approximate: true}" : "gelu";
    if (node.op == "HardSigmoid" && near(own.number("alpha", 0.2), 1. / 6) &&
        near(own.number("beta", 0.5), 0.5))
      return "hard_sigmoid";
    if (node.op == "Clip") return clip(node);
    return "";
  }
  std::string clip(const ReadNode& node) {
    const Attributes own(node);
    const auto bound = [&](std::size_t k, const char* name) {
      const ImportedConstant* const given = constant(node, k);
      return given && given->values.size() == 1 ? given->values[0] : own.number(name, NAN);
    };
    const double low = bound(1, "min"), high = bound(2, "max");
    if (low == 0 && high == 6) return "relu6";
    if (low == -1 && high == 1) return "hard_tanh";
    if (low == 0 && std::isnan(high)) return "relu";
    throw NoLayer{
        "keeps numbers between bounds for which nnrun has no activation: 0 and 6 is "
        "relu6, -1 and 1 is hard_tanh"};
  }

  void activate(const ReadNode& node, const std::string& activation) {
    const ImportedValue in = value(node, 0);
    if (ImportedLayer* const layer = own_layer(node, 0)) {
      layer->activation = activation;
      return give(node, in);
    }
    ImportedLayer& layer = add_layer("activation", "", {in.layer}, in.shape);
    layer.activation = activation;
    give(node, {layer.name, in.shape, in.axes});
  }
  void softmax(const ReadNode& node) {
    const ImportedValue& in = value(node, 0);
    const std::int64_t missing = file_.opset < 13 ? 1 : -1;
    const std::int64_t axis = Attributes(node).integer("axis", missing);
    const auto rank = static_cast<std::int64_t>(in.axes.size());
    const std::int64_t at = axis < 0 ? axis + rank : axis;
    const bool last = at >= 0 && at < rank && in.axes[static_cast<std::size_t>(at)] == in.last();
    if (!last || (file_.opset < 13 && at != rank - 1))
      throw NoLayer{"is not over the last axis, the channels"};
    activate(node, node.op == "Softmax" ? "softmax" : "log_softmax");
  }
  /// PyTorch writes one without any pads before its pooling.
  void pad(const ReadNode& node) {
    const ImportedConstant* const given = constant(node, 1);
    Whole pads = Attributes(node).ints("pads");
    if (given) pads.assign(given->values.begin(), given->values.end());
    if (std::ranges::any_of(pads, [](std::int64_t size) { return size != 0; }))
      throw NoLayer{"adds pads " + list_of(pads) + ", for which nnrun has no layer here"};
    same(node);
  }
  void same(const ReadNode& node) { give(node, value(node, 0)); }

  // ---- products ----

  void gemm(const ReadNode& node) {
    const Attributes own(node);
    if (own.integer("transA", 0) != 0) throw NoLayer{"turns its input round (transA)"};
    const ImportedConstant& w = weights(node, 1, 2);
    const double alpha = own.number("alpha", 1), beta = own.number("beta", 1);
    const bool turned = own.integer("transB", 0) != 0;
    ImportedLayer& layer = dense(node, w, turned, alpha);
    const ImportedConstant* const b = constant(node, 2);
    if (node.inputs.size() > 2 && !node.inputs[2].empty() && !b)
      throw NoLayer{"has a bias that is not a constant of the file"};
    layer.takes_bias = !b;
    if (b) add_bias(layer, *b, beta);
  }
  void matmul(const ReadNode& node) {
    if (!is_value(node, 0)) throw NoLayer{"multiplies a constant by a value of the network"};
    dense(node, weights(node, 1, 2), false, 1).takes_bias = true;
  }
  /// Adds a dense layer of weights that are inputs × units, or units × inputs.
  ImportedLayer& dense(const ReadNode& node, const ImportedConstant& w, bool turned,
                       double factor) {
    const ImportedValue in = value(node, 0);
    if (in.axes.empty() || in.axes[0] != ImportedValue::rows || in.axes.back() != in.last())
      throw NoLayer{"does not work along the last axis of rows"};
    const std::size_t inputs = w.shape[turned ? 1 : 0], units = w.shape[turned ? 0 : 1];
    if (inputs != in.shape.back() || units == 0)
      throw NoLayer{"takes " + n(inputs) + " numbers, but is given " + n(in.shape.back())};
    Sizes shape = in.shape;
    shape.back() = units;
    ImportedLayer& layer = add_layer(
        "dense", ", units: " + n(units) + (in.is_row() ? "" : ", axis: last"), {in.layer}, shape);
    std::vector<double> values(w.values.size());
    for (std::size_t u = 0; u < units; ++u)
      for (std::size_t i = 0; i < inputs; ++i)
        values[u * inputs + i] = factor * w.values[turned ? u * inputs + i : i * units + u];
    add_block(layer, "weights", {units, inputs}, std::move(values));
    give(node, {layer.name, shape, in.axes});
    return layer;
  }
  void add_bias(ImportedLayer& layer, const ImportedConstant& b, double factor = 1) {
    const std::size_t units = layer.shape.back();
    std::vector<double> values(units);
    if (b.values.size() != units && b.values.size() != 1)
      throw NoLayer{"has a bias of " + n(b.values.size()) + " numbers for " + n(units) + " units"};
    for (std::size_t u = 0; u < units; ++u)
      values[u] = factor * b.values[b.values.size() == 1 ? 0 : u];
    add_block(layer, "bias", {units}, std::move(values));
    layer.takes_bias = false;
  }

  // ---- windows ----

  struct Windows {
    Whole kernel, strides, dilations, pads;
    std::string padding;  ///< valid, same, causal; empty: zeros of its own
  };
  Windows windows(const ReadNode& node, const ImportedValue& in, const Whole& kernel) {
    const Attributes own(node);
    const std::size_t sides = in.shape.size() - 1;
    const Whole ones(sides, 1);
    Windows w{kernel, own.ints("strides", ones), own.ints("dilations", ones),
              own.ints("pads", Whole(2 * sides, 0)), ""};
    if (sides > 2) throw NoLayer{"moves over more than two sizes"};
    if (own.integer("ceil_mode", 0) != 0) throw NoLayer{"rounds sizes up (ceil_mode)"};
    const auto count = [](const Whole& list, std::size_t size, std::int64_t least) {
      return list.size() == size &&
             std::ranges::all_of(list, [&](std::int64_t x) { return x >= least && x <= 4096; });
    };
    if (!count(w.kernel, sides, 1) || !count(w.strides, sides, 1) ||
        !count(w.dilations, sides, 1) || !count(w.pads, 2 * sides, 0))
      throw NoLayer{"has windows of impossible sizes"};
    const std::string automatic = own.text("auto_pad");
    if (automatic == "SAME_LOWER") throw NoLayer{"pads before rather than behind (SAME_LOWER)"};
    w.padding = automatic == "SAME_UPPER" ? "same"
                : automatic == "VALID"    ? "valid"
                                          : padding_of(w, in);
    return w;
  }
  /// Returns nnrun's word for pads.
  std::string padding_of(const Windows& w, const ImportedValue& in) const {
    const std::size_t sides = w.kernel.size();
    bool valid = true, same = true, causal = sides == 1;
    for (std::size_t k = 0; k < sides; ++k) {
      const auto size = static_cast<std::int64_t>(in.shape[k]);
      const std::int64_t reach = (w.kernel[k] - 1) * w.dilations[k] + 1,
                         out = (size + w.strides[k] - 1) / w.strides[k],
                         span = (out - 1) * w.strides[k] + reach,
                         all = std::max<std::int64_t>(span - size, 0);
      valid = valid && w.pads[k] == 0 && w.pads[k + sides] == 0;
      same = same && w.pads[k] == all / 2 && w.pads[k + sides] == all - all / 2;
      causal = causal && w.pads[k] == reach - 1 && w.pads[k + sides] == 0;
    }
    return valid ? "valid" : same ? "same" : causal ? "causal" : "";
  }
  static Sizes shape_behind(const Windows& w, const ImportedValue& in, std::size_t channels) {
    Sizes shape;
    for (std::size_t k = 0; k < w.kernel.size(); ++k) {
      const auto size = static_cast<std::int64_t>(in.shape[k]);
      const std::int64_t reach = (w.kernel[k] - 1) * w.dilations[k] + 1;
      const std::int64_t room = w.padding == "valid" ? size - reach : size - 1;
      if (room < 0) throw NoLayer{"has windows that are larger than its input"};
      shape.push_back(static_cast<std::size_t>(room / w.strides[k] + 1));
    }
    shape.push_back(channels);
    return shape;
  }
  /// Returns an image; zeros stand around it where padding has no word for them.
  ImportedValue image(const ReadNode& node, Windows& w, bool zeros_are_right) {
    ImportedValue in = value(node, 0);
    if (!w.padding.empty()) return in;
    if (!zeros_are_right || w.kernel.size() != 2)
      throw NoLayer{"has pads " + list_of(w.pads) + ", which are neither valid nor same"};
    Sizes shape = in.shape;
    shape[0] += static_cast<std::size_t>(w.pads[0] + w.pads[2]);
    shape[1] += static_cast<std::size_t>(w.pads[1] + w.pads[3]);
    const ImportedLayer& layer = add_layer(
        "zero_padding2d", ", padding: " + list_of({w.pads[0], w.pads[2], w.pads[1], w.pads[3]}),
        {in.layer}, shape);
    w.padding = "valid";
    return {layer.name, shape, in.axes};
  }
  void require_image(const ReadNode& node) const {
    if (!value(node, 0).is_image()) throw NoLayer{"does not see rows x channels x height x width"};
  }

  void convolution(const ReadNode& node) {
    require_image(node);
    const ImportedConstant w = weights(node, 1, value(node, 0).axes.size());
    const auto groups = static_cast<std::size_t>(Attributes(node).integer("group", 1));
    const std::size_t channels = value(node, 0).shape.back(), filters = w.shape[0];
    if (groups == 0 || filters == 0 || w.shape[1] * groups != channels || filters % groups != 0)
      throw NoLayer{"has weights that do not fit its " + n(channels) + " channels"};
    Windows own = windows(node, value(node, 0), Whole(w.shape.begin() + 2, w.shape.end()));
    const ImportedValue in = image(node, own, true);
    const Sizes shape = shape_behind(own, in, filters);
    const bool flat = own.kernel.size() == 1;
    const std::string settings =
        ", filters: " + n(filters) + ", kernel_size: " + list_of(own.kernel) +
        ", strides: " + list_of(own.strides) + ", dilation_rate: " + list_of(own.dilations) +
        ", padding: " + own.padding + ", groups: " + n(groups);
    ImportedLayer& layer = add_layer(flat ? "conv1d" : "conv2d", flat ? single(settings) : settings,
                                     {in.layer}, shape);
    add_block(layer, "weights", w.shape, w.values);
    const ImportedConstant* const b = constant(node, 2);
    layer.takes_bias = !b;
    if (b) add_bias(layer, *b);
    give(node, {layer.name, shape, in.axes});
  }
  /// Of sequences, settings are one number.
  static std::string single(std::string settings) {
    std::erase_if(settings, [](char c) { return c == '[' || c == ']'; });
    return settings;
  }

  void pooling(const ReadNode& node) {
    require_image(node);
    const bool largest = node.op == "MaxPool",
               counts_zeros = Attributes(node).integer("count_include_pad", 0) != 0;
    Windows own = windows(node, value(node, 0), Attributes(node).ints("kernel_shape"));
    if (std::ranges::any_of(own.dilations, [](std::int64_t x) { return x != 1; }))
      throw NoLayer{"has windows with gaps (dilations)"};
    if (counts_zeros && own.padding != "valid") own.padding = "";
    const ImportedValue in = image(node, own, counts_zeros);
    if (own.padding == "causal") throw NoLayer{"looks back (pads), which pooling does not"};
    const Sizes shape = shape_behind(own, in, in.shape.back());
    const bool flat = own.kernel.size() == 1;
    const std::string settings = ", pool_size: " + list_of(own.kernel) +
                                 ", strides: " + list_of(own.strides) + ", padding: " + own.padding;
    const std::string type =
        std::string(largest ? "max" : "average") + "_pooling" + (flat ? "1d" : "2d");
    const ImportedLayer& layer =
        add_layer(type, flat ? single(settings) : settings, {in.layer}, shape);
    give(node, {layer.name, shape, in.axes});
  }
  void global_pooling(const ReadNode& node) {
    require_image(node);
    const ImportedValue in = value(node, 0);
    const std::string type = std::string("global_") +
                             (node.op == "GlobalMaxPool" ? "max" : "average") + "_pooling" +
                             (in.shape.size() == 2 ? "1d" : "2d");
    if (in.shape.size() > 3) throw NoLayer{"moves over more than two sizes"};
    const ImportedLayer& layer = add_layer(type, "", {in.layer}, {in.shape.back()});
    std::vector<int> axes(in.axes.size(), ImportedValue::one);
    axes[0] = ImportedValue::rows, axes[1] = 0;
    give(node, {layer.name, {in.shape.back()}, axes});
  }

  // ---- norms ----

  void batch_norm(const ReadNode& node) {
    const ImportedValue in = value(node, 0);
    if (in.axes.size() < 2 || in.axes[1] != in.last())
      throw NoLayer{"does not see channels along axis 1"};
    ImportedLayer& layer =
        add_layer("batch_norm", ", epsilon: " + digits_of(Attributes(node).number("epsilon", 1e-5)),
                  {in.layer}, in.shape);
    const char* const names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
    for (std::size_t k = 0; k < 4; ++k) add_features(node, k + 1, layer, names[k]);
    add_block(layer, "moving_weight", {1}, {1});
    give(node, {layer.name, in.shape, in.axes});
  }
  void layer_norm(const ReadNode& node) {
    const ImportedValue in = value(node, 0);
    const std::int64_t axis = Attributes(node).integer("axis", -1);
    const bool last = axis == -1 || axis + 1 == static_cast<std::int64_t>(in.axes.size());
    if (!last || in.axes.back() != in.last()) throw NoLayer{"is not over the last axis alone"};
    ImportedLayer& layer =
        add_layer("layer_norm", ", epsilon: " + digits_of(Attributes(node).number("epsilon", 1e-5)),
                  {in.layer}, in.shape);
    add_features(node, 1, layer, "gamma");
    if (constant(node, 2))
      add_features(node, 2, layer, "beta");
    else
      add_block(layer, "beta", {in.shape.back()}, std::vector<double>(in.shape.back()));
    give(node, {layer.name, in.shape, in.axes});
  }
  void add_features(const ReadNode& node, std::size_t k, const ImportedLayer& layer,
                    const char* name) {
    const ImportedConstant& own = weights(node, k, 1);
    if (own.values.size() != layer.shape.back())
      throw NoLayer{"has " + n(own.values.size()) + " numbers for " + n(layer.shape.back()) +
                    " channels"};
    add_block(layer, name, {own.values.size()}, own.values);
  }

  // ---- shapes ----

  void flatten(const ReadNode& node) {
    if (Attributes(node).integer("axis", 1) != 1)
      throw NoLayer{"flattens from another axis than 1"};
    flatten(node, value(node, 0));
  }
  void flatten(const ReadNode& node, const ImportedValue& in) { give(node, flattened(in)); }
  ImportedValue flattened(const ImportedValue& in) {
    if (in.is_row()) return {in.layer, in.shape, plain_axes(1)};
    if (in.axes.empty() || in.axes[0] != ImportedValue::rows)
      throw NoLayer{"flattens what does not begin with rows"};
    const Sizes shape{product(in.shape)};
    std::string settings;
    if (!in.is_in_order()) {
      if (!in.has_channels_first()) throw NoLayer{"flattens numbers in an order that nnrun lacks"};
      settings = ", order: channels_first";
    }
    const ImportedLayer& layer = add_layer("flatten", settings, {in.layer}, shape);
    return {layer.name, shape, plain_axes(1)};
  }
  void reshape(const ReadNode& node) {
    const ImportedValue in = value(node, 0);
    const ImportedConstant* const given = constant(node, 1);
    if (!given) throw NoLayer{"takes sizes that are not constants of the file"};
    if (given->values.empty() || given->values.size() > 5)
      throw NoLayer{"makes rows of no size, or of more than 4"};
    const Sizes shape = row_shape(given->values, in);
    if (in.axes[0] != ImportedValue::rows) throw NoLayer{"does not begin with rows"};
    if (shape.size() == 1) return flatten(node, in);
    ImportedValue from = in;
    if (!in.is_in_order()) from = flattened(in);
    if (from.shape == shape) return give(node, {from.layer, shape, plain_axes(shape.size())});
    Whole sizes(shape.begin(), shape.end());
    const ImportedLayer& layer =
        add_layer("reshape", ", shape: " + list_of(sizes), {from.layer}, shape);
    give(node, {layer.name, shape, plain_axes(shape.size())});
  }
  /// Returns the sizes of a row. The first size is how many rows there are: 0, 1 or -1.
  static Sizes row_shape(const std::vector<double>& given, const ImportedValue& in) {
    const std::size_t all = product(in.shape);
    if (given[0] != 0 && given[0] != -1 && given[0] != 1) throw NoLayer{"does not keep rows apart"};
    Sizes shape;
    std::size_t open = given.size(), known = 1;
    for (std::size_t k = 1; k < given.size(); ++k) {
      double size = given[k];
      if (size == 0 && k < in.axes.size())
        size = in.axes[k] < 0 ? 1
                              : static_cast<double>(in.shape[static_cast<std::size_t>(in.axes[k])]);
      if (size == -1 && open == given.size()) open = k - 1, size = 1;
      if (!(size >= 1) || size > static_cast<double>(all)) throw NoLayer{"makes impossible sizes"};
      shape.push_back(static_cast<std::size_t>(size));
      known *= shape.back();
      if (known > all) throw NoLayer{"makes more numbers than there are"};
    }
    if (shape.empty()) throw NoLayer{"makes rows without a size"};
    if (open < shape.size()) shape[open] = all / known, known *= shape[open];
    if (known != all) throw NoLayer{"makes another number of numbers"};
    return shape;
  }
  void squeeze(const ReadNode& node) {
    ImportedValue in = value(node, 0);
    const ImportedConstant* const given = constant(node, 1);
    Whole axes = Attributes(node).ints("axes");
    if (given) axes.assign(given->values.begin(), given->values.end());
    std::vector<int> left;
    for (std::size_t k = 0; k < in.axes.size(); ++k) {
      const auto at = static_cast<std::int64_t>(k),
                 rank = static_cast<std::int64_t>(in.axes.size());
      const bool named = axes.empty() ? in.axes[k] == ImportedValue::one
                                      : std::ranges::find(axes, at) != axes.end() ||
                                            std::ranges::find(axes, at - rank) != axes.end();
      if (named && in.axes[k] != ImportedValue::one)
        throw NoLayer{"takes away an axis that is not an empty one"};
      if (!named) left.push_back(in.axes[k]);
    }
    in.axes = left;
    give(node, in);
  }
  void transpose(const ReadNode& node) {
    ImportedValue in = value(node, 0);
    Whole places = Attributes(node).ints("perm");
    if (places.empty())
      for (std::size_t k = in.axes.size(); k-- > 0;) places.push_back(static_cast<std::int64_t>(k));
    std::vector<int> axes;
    std::set<std::int64_t> seen;
    for (const std::int64_t place : places) {
      if (place < 0 || place >= static_cast<std::int64_t>(in.axes.size()) ||
          !seen.insert(place).second)
        throw NoLayer{"has an impossible order of axes"};
      axes.push_back(in.axes[static_cast<std::size_t>(place)]);
    }
    if (axes.size() != in.axes.size()) throw NoLayer{"has an order of other axes"};
    in.axes = axes;
    give(node, in);
  }

  // ---- joins ----

  void join(const ReadNode& node) {
    if (is_value(node, 0) && is_value(node, 1)) return join_values(node);
    const std::size_t k = is_value(node, 0) ? 0 : 1;
    const ImportedConstant* const other = constant(node, 1 - k);
    if (!other) throw NoLayer{"reads neither a value of the network nor a constant of the file"};
    const ImportedValue in = value(node, k);
    const std::vector<double> c = spread(*other, in);
    if (node.op == "Add" && fuse_bias(node, k, in, c)) return;
    scale(node, k, in, c);
  }
  void join_values(const ReadNode& node) {
    const ImportedValue &a = value(node, 0), b = value(node, 1);
    if (a.shape != b.shape || a.axes != b.axes) throw NoLayer{"joins values of different sizes"};
    if (node.op == "Div") throw NoLayer{"divides values, which no layer does"};
    const std::string type = node.op == "Add" ? "add" : node.op == "Sub" ? "subtract" : "multiply";
    if (a.layer == b.layer) throw NoLayer{"joins a value with itself"};
    const ImportedLayer& layer = add_layer(type, "", {a.layer, b.layer}, a.shape);
    give(node, {layer.name, a.shape, a.axes});
  }
  /// Returns a constant for each number of a value, in the layer's order.
  static std::vector<double> spread(const ImportedConstant& c, const ImportedValue& in) {
    if (c.shape.size() > in.axes.size() || c.values.empty())
      throw NoLayer{"joins a constant of more sizes than the value has"};
    const std::size_t all = product(in.shape), skipped = in.axes.size() - c.shape.size();
    if (all > most_constants) throw NoLayer{"joins a constant with too many numbers"};
    std::vector<std::size_t> steps(in.shape.size(), 0);
    std::size_t step = 1;
    for (std::size_t k = c.shape.size(); k-- > 0;) {
      const int axis = in.axes[k + skipped];
      if (c.shape[k] != 1) {
        if (axis < 0 || c.shape[k] != in.shape[static_cast<std::size_t>(axis)])
          throw NoLayer{"joins a constant of other sizes"};
        steps[static_cast<std::size_t>(axis)] = step;
      }
      step *= c.shape[k];
    }
    std::vector<double> out(all);
    for (std::size_t i = 0; i < all; ++i) {
      std::size_t rest = i, at = 0;
      for (std::size_t d = in.shape.size(); d-- > 0; rest /= in.shape[d])
        at += rest % in.shape[d] * steps[d];
      out[i] = c.values[at];
    }
    return out;
  }
  bool fuse_bias(const ReadNode& node, std::size_t k, const ImportedValue& in,
                 const std::vector<double>& c) {
    ImportedLayer* const layer = own_layer(node, k);
    if (!layer || !layer->takes_bias || layer->name != in.layer) return false;
    const std::size_t units = layer->shape.back();
    if (in.shape != layer->shape) return false;
    for (std::size_t i = units; i < c.size(); ++i)
      if (c[i] != c[i % units]) return false;
    add_bias(*layer, {{units}, {c.begin(), c.begin() + static_cast<std::ptrdiff_t>(units)}});
    give(node, in);
    return true;
  }
  void scale(const ReadNode& node, std::size_t k, const ImportedValue& in,
             const std::vector<double>& c) {
    std::vector<double> factors(c.size(), 1), shifts(c.size(), 0);
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (node.op == "Add") shifts[i] = c[i];
      if (node.op == "Sub") factors[i] = k == 0 ? 1 : -1, shifts[i] = k == 0 ? -c[i] : c[i];
      if (node.op == "Mul") factors[i] = c[i];
      if (node.op == "Div") factors[i] = 1 / c[i];
    }
    if (node.op == "Div" && k == 1) throw NoLayer{"divides a constant by a value"};
    const ImportedLayer& layer = add_layer("scale", "", {in.layer}, in.shape);
    add_block(layer, "weights", {product(in.shape)}, std::move(factors));
    add_block(layer, "bias", {product(in.shape)}, std::move(shifts));
    give(node, {layer.name, in.shape, in.axes});
  }
  void prelu(const ReadNode& node) {
    const ImportedValue in = value(node, 0);
    const ImportedConstant* const slope = constant(node, 1);
    if (!slope) throw NoLayer{"has slopes that are not constants of the file"};
    std::vector<double> slopes = spread(*slope, in);
    const ImportedLayer& layer = add_layer("prelu", "", {in.layer}, in.shape);
    add_block(layer, "slope", {product(in.shape)}, std::move(slopes));
    give(node, {layer.name, in.shape, in.axes});
  }
  void concat(const ReadNode& node) {
    const ImportedValue first = value(node, 0);
    std::int64_t axis = Attributes(node).integer("axis", 1);
    if (axis < 0) axis += static_cast<std::int64_t>(first.axes.size());
    std::vector<std::string> inputs;
    Sizes shape = first.shape;
    shape.back() = 0;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const ImportedValue& own = value(node, k);
      const bool fits = own.axes == first.axes && axis >= 0 &&
                        axis < static_cast<std::int64_t>(own.axes.size()) &&
                        own.axes[static_cast<std::size_t>(axis)] == own.last() &&
                        std::equal(own.shape.begin(), own.shape.end() - 1, shape.begin());
      if (!fits) throw NoLayer{"joins along another axis than the channels"};
      shape.back() += own.shape.back();
      inputs.push_back(own.layer);
    }
    const ImportedLayer& layer = add_layer("concatenate", "", inputs, shape);
    give(node, {layer.name, shape, first.axes});
  }

  // ---- what is known without an input ----

  /// Returns whether a node only makes a constant; it is worked out here.
  bool fold(const ReadNode& node) {
    if (node.op == "Constant") {
      const ReadTensor* const tensor = Attributes(node).tensor("value");
      if (tensor) {
        give_constant(node, {tensor->shape, tensor->numbers()});
      } else {
        const Whole ints = Attributes(node).ints("value_ints", Attributes(node).ints("value_int"));
        if (ints.empty()) throw NoLayer{"is a constant of an unknown form"};
        give_constant(node, {{ints.size()}, {ints.begin(), ints.end()}});
      }
      return true;
    }
    if (node.op == "Shape" && is_value(node, 0)) {
      ImportedConstant sizes{{value(node, 0).axes.size()}, {}};
      for (const int axis : value(node, 0).axes)  // 0 of Reshape keeps the number of rows
        sizes.values.push_back(
            axis == ImportedValue::rows ? 0
            : axis == ImportedValue::one
                ? 1
                : static_cast<double>(value(node, 0).shape[static_cast<std::size_t>(axis)]));
      give_constant(node, std::move(sizes));
      return true;
    }
    if (node.inputs.empty() || is_value(node, 0)) return false;
    return fold_constants(node);
  }
  bool fold_constants(const ReadNode& node) {
    const ImportedConstant* const first = constant(node, 0);
    if (!first) return false;
    if (node.op == "Identity" || node.op == "Cast") {
      give_constant(node, ImportedConstant(*first));
    } else if (node.op == "Unsqueeze" || node.op == "Squeeze") {
      if (first->values.size() > 1 && first->shape.size() > 1) return false;
      give_constant(node, {{first->values.size()}, first->values});
    } else if (node.op == "Transpose" && first->shape.size() == 2) {
      const std::size_t rows = first->shape[0], columns = first->shape[1];
      ImportedConstant turned{{columns, rows}, {}};
      for (std::size_t c = 0; c < columns; ++c)
        for (std::size_t r = 0; r < rows; ++r)
          turned.values.push_back(first->values[r * columns + c]);
      give_constant(node, std::move(turned));
    } else if (node.op == "Gather" && first->shape.size() == 1 && constant(node, 1)) {
      const ImportedConstant& places = *constant(node, 1);
      ImportedConstant taken{places.shape, {}};
      for (const double place : places.values) {
        const double at = place < 0 ? place + static_cast<double>(first->values.size()) : place;
        if (!(at >= 0 && at < static_cast<double>(first->values.size())))
          throw NoLayer{"takes a number that there is not"};
        taken.values.push_back(first->values[static_cast<std::size_t>(at)]);
      }
      give_constant(node, std::move(taken));
    } else if (node.op == "Concat" && first->shape.size() == 1) {
      ImportedConstant all{{0}, {}};
      for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        const ImportedConstant* const own = constant(node, k);
        if (!own) return false;
        all.values.insert(all.values.end(), own->values.begin(), own->values.end());
      }
      all.shape[0] = all.values.size();
      give_constant(node, std::move(all));
    } else {
      return false;
    }
    return true;
  }

  const ReadOnnx& file_;
  const std::string& where_;
  ImportedNetwork network_;
  std::vector<bool> is_needed_;
  std::map<std::string_view, std::size_t> readers_;
  std::map<std::string_view, ImportedValue> values_;
  std::map<std::string_view, ImportedConstant> constants_;
  std::set<std::string_view> missing_;  // what nodes that were refused would have made
  std::vector<ImportedLayer> layers_;
  std::map<std::string, std::size_t> counts_;        // of layers, by type
  std::map<std::string, std::size_t> places_;        // of layers, by name
  std::map<std::string, std::size_t> most_readers_;  // of a value that a layer gives, by its name
};

}  // namespace

ImportedNetwork imported_network(const ReadOnnx& file, const std::string& where) {
  return OnnxImport(file, where).network();
}

}  // namespace nnrun::host
