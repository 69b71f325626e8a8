#include <algorithm>
#include <cmath>

#include "exporting/digits.hpp"
#include "exporting/import_attributes.hpp"
#include "exporting/import_operators.hpp"
namespace nnrun::host {
namespace {

/// RNN, LSTM and GRU of one direction or of both, as a layer whose directions lie side by side.
class ImportedRecurrent {
 public:
  ImportedRecurrent(ImportState& net, const ReadNode& node)
      : net_(net),
        node_(node),
        own_(node),
        cell_(node.op == "LSTM"  ? "lstm"
              : node.op == "GRU" ? "gru"
                                 : "simple_rnn"),
        gates_(node.op == "LSTM"  ? 4
               : node.op == "GRU" ? 3
                                  : 1),
        w_(net.weights(node, 1, 3)),
        r_(net.weights(node, 2, 3)),
        directions_(w_.shape[0]),
        features_(w_.shape[2]),
        units_(r_.shape[2]) {}

  void add() {
    const ImportedValue in = net_.value(node_, 0);
    if (in.axes != std::vector<int>{0, ImportedValue::rows, 1})
      throw NoLayer{
          "does not see steps x rows x features, or the rows are not the input's first "
          "size (batch_first in PyTorch)"};
    check_sizes(in);
    check_settings();
    const bool all = net_.is_read(node_, 0), last = net_.is_read(node_, 1);
    if (net_.is_read(node_, 2)) throw NoLayer{"gives its cells, which no layer does"};
    if (all && backwards_)
      throw NoLayer{"gives all steps of a network that begins with the last one, in their order"};
    if (!all && !last) throw NoLayer{"has no output that is read"};
    if (all) add_layer(in, true);
    if (last && directions_ == 2 && states_are_picked())
      add_each_direction();
    else if (last)
      add_layer(in, false);
    if (all && last) net_.add_twins(std::move(names_));
  }

 private:
  /// all: it gives the outputs of all steps, or of the last one.
  void add_layer(const ImportedValue& in, bool all) {
    const std::size_t width = directions_ * units_;
    const Sizes shape = all ? Sizes{in.shape[0], width} : Sizes{width};
    ImportedLayer& layer =
        net_.add_layer(directions_ == 2 ? "bidirectional" : cell_,
                       settings(all, directions_, backwards_), {in.layer}, shape);
    layer.activation = state_;  // of the state: another one behind it is a layer of its own
    const std::string name = layer.name;
    names_.push_back(name);
    for (std::size_t d = 0; d < directions_; ++d)
      add_blocks(layer, d, directions_ == 1 ? "" : d == 0 ? "forward_" : "backward_");
    give(name, shape, all);
  }

  /// Returns whether nodes only take some of the states behind the last step, as `h[-1]` does.
  bool states_are_picked() const {
    return std::ranges::all_of(net_.readers(node_, 1), [](const ReadNode* reader) {
      return reader && (reader->op == "Gather" || reader->op == "Concat") &&
             Attributes(*reader).integer("axis", reader->op == "Gather" ? 0 : 1) == 0;
    });
  }
  /// Two layers, each of which begins at another end.
  void add_each_direction() {
    const std::string from = net_.value(node_, 0).layer;
    std::vector<ImportedStateOfLayer> states;
    for (std::size_t d = 0; d < 2; ++d) {
      ImportedLayer& layer = net_.add_layer(cell_, settings(false, 1, d == 1), {from}, {units_});
      layer.activation = state_;
      names_.push_back(layer.name);
      add_blocks(layer, d, "");
      states.push_back({{layer.name, {units_}, {ImportedValue::rows, 0}}, ""});
    }
    net_.give_states(node_, 1, std::move(states));
  }

  void check_sizes(const ImportedValue& in) const {
    if (directions_ < 1 || directions_ > 2 || units_ == 0 || features_ != in.shape[1] ||
        w_.shape[1] != gates_ * units_ || r_.shape[0] != directions_ ||
        r_.shape[1] != gates_ * units_)
      throw NoLayer{"has weights that do not fit its " + n(in.shape[1]) + " features"};
  }
  /// Optional inputs: the bias, lengths of sequences, states at the start, of the cell's.
  void check_settings() {
    const std::string direction = own_.text("direction");
    backwards_ = direction == "reverse";
    if ((direction == "bidirectional") != (directions_ == 2))
      throw NoLayer{"has weights of another number of directions"};
    if (own_.integer("layout", 0) != 0) throw NoLayer{"sees its rows first (layout)"};
    if (own_.integer("input_forget", 0) != 0)
      throw NoLayer{"couples its gates (input_forget), which no layer does"};
    if (own_.number("clip", 0) != 0) throw NoLayer{"cuts numbers (clip), which no layer does"};
    if (is_given(4)) throw NoLayer{"has sequences of different lengths (sequence_lens)"};
    for (const std::size_t k : {5u, 6u})
      if (is_given(k) && !net_.is_zero(node_, k))
        throw NoLayer{"starts from a state that is not 0"};
    if (is_given(7)) throw NoLayer{"has peepholes, which no layer has"};
    find_bends();
  }
  bool is_given(std::size_t k) const { return k < node_.inputs.size() && !node_.inputs[k].empty(); }

  void find_bends() {
    const std::vector<std::string> given = own_.texts("activations");
    const std::size_t each = cell_ == "lstm" ? 3 : cell_ == "gru" ? 2 : 1;
    if (given.empty()) return;
    if (given.size() != each * directions_) throw NoLayer{"has another number of activations"};
    const auto bend = [&](std::size_t k) {
      for (std::size_t d = 1; d < directions_; ++d)
        if (given[d * each + k] != given[k])
          throw NoLayer{"has other activations in each direction"};
      return bend_of(given[k]);
    };
    state_ = bend(each == 1 ? 0 : 1);
    if (each > 1) gate_ = bend(0);
    if (each == 3 && bend(2) != state_) throw NoLayer{"has two activations of its state"};
  }
  std::string bend_of(const std::string& name) const {
    if (name == "Tanh") return "tanh";
    if (name == "Sigmoid") return "sigmoid";
    if (name == "Relu") return "relu";
    const auto is = [&](const char* list, float number) {
      const std::vector<float> all = own_.numbers(list);
      return !all.empty() &&
             std::ranges::all_of(all, [&](float x) { return std::abs(x - number) < 1e-6f; });
    };
    if (name == "HardSigmoid" && is("activation_alpha", 1.f / 6) && is("activation_beta", 0.5f))
      return "hard_sigmoid";
    if (name == "Affine" && is("activation_alpha", 1) && is("activation_beta", 0)) return "none";
    throw NoLayer{"has the activation " + name + ", which the layer lacks"};
  }

  std::string settings(bool all, std::size_t directions, bool backwards) const {
    std::string text = ", units: " + n(units_);
    if (directions == 2) text += ", layer: " + cell_;
    if (cell_ == "gru") text += ", reset_after: " + std::string(after() ? "true" : "false");
    if (cell_ != "simple_rnn" || directions == 2) text += ", recurrent_activation: " + gate_;
    if (backwards) text += ", go_backwards: true";
    if (all) text += ", return_sequences: true";
    if (!is_given(3)) text += ", bias: false";
    return text;
  }
  bool after() const { return own_.integer("linear_before_reset", 0) != 0; }

  /// ONNX has the gates of lstm in the order i o f c, where ours are i f c o; of gru they are the
  /// same.
  std::vector<double> in_order(const double* from, std::size_t width) const {
    constexpr std::size_t of_lstm[] = {0, 2, 3, 1};
    std::vector<double> out;
    for (std::size_t g = 0; g < gates_; ++g) {
      const double* const gate = from + (cell_ == "lstm" ? of_lstm[g] : g) * units_ * width;
      out.insert(out.end(), gate, gate + units_ * width);
    }
    return out;
  }
  void add_blocks(const ImportedLayer& layer, std::size_t d, const std::string& head) {
    const std::size_t columns = gates_ * units_;
    const ImportedConstant* const b = net_.constant(node_, 3);
    if (is_given(3) && (!b || b->values.size() != directions_ * 2 * columns))
      throw NoLayer{"has a bias that does not fit"};
    net_.add_block(layer, head + "kernel", {columns, features_},
                   in_order(w_.values.data() + d * columns * features_, features_));
    net_.add_block(layer, head + "recurrent_kernel", {columns, units_},
                   in_order(r_.values.data() + d * columns * units_, units_));
    if (b) add_bias(layer, head + "bias", b->values.data() + d * 2 * columns);
  }
  void add_bias(const ImportedLayer& layer, const std::string& name, const double* b) {
    const std::size_t columns = gates_ * units_;
    std::vector<double> inputs = in_order(b, 1), states = in_order(b + columns, 1);
    if (cell_ == "gru" && after()) {
      inputs.insert(inputs.end(), states.begin(), states.end());
      return net_.add_block(layer, name, {2, columns}, std::move(inputs));
    }
    for (std::size_t i = 0; i < columns; ++i) inputs[i] += states[i];
    net_.add_block(layer, name, {columns}, std::move(inputs));
  }

  /// ONNX has an axis for directions.
  void give(std::string layer, Sizes shape, bool all) {
    if (directions_ == 2) {
      shape.back() = 2;
      shape.push_back(units_);
      Whole sizes(shape.begin(), shape.end());
      layer = net_.add_layer("reshape", ", shape: " + list_of(sizes), {layer}, shape).name;
      if (all) return net_.give(node_, 0, {layer, shape, {0, 1, ImportedValue::rows, 2}});
      return net_.give(node_, 1, {layer, shape, {0, ImportedValue::rows, 1}});
    }
    if (all)
      return net_.give(node_, 0, {layer, shape, {0, ImportedValue::one, ImportedValue::rows, 1}});
    net_.give(node_, 1, {layer, shape, {ImportedValue::one, ImportedValue::rows, 0}});
  }

  ImportState& net_;
  const ReadNode& node_;
  const Attributes own_;
  const std::string cell_;
  const std::size_t gates_;
  const ImportedConstant w_, r_;
  const std::size_t directions_, features_, units_;
  std::string state_ = "tanh", gate_ = "sigmoid";
  bool backwards_ = false;
  std::vector<std::string> names_;  // of the layers that it became
};

void import_embedding(ImportState& net, const ReadNode& node) {
  const ImportedConstant words = net.weights(node, 0, 2);
  const ImportedValue in = net.value(node, 1);
  if (Attributes(node).integer("axis", 0) != 0) throw NoLayer{"takes columns, not rows"};
  if (in.axes.empty() || in.axes[0] != ImportedValue::rows || !in.is_in_order() ||
      in.axes.size() != in.shape.size() + 1)
    throw NoLayer{"takes indices in an order that nnrun lacks"};
  Sizes shape = in.shape;
  shape.push_back(words.shape[1]);
  const ImportedLayer& layer = net.add_layer(
      "embedding", ", input_dim: " + n(words.shape[0]) + ", output_dim: " + n(words.shape[1]),
      {in.layer}, shape);
  net.add_block(layer, "weights", words.shape, words.values);
  net.give(node, {layer.name, shape, plain_axes(shape.size())});
}

/// One of several states.
void import_state(ImportState& net, const ReadNode& node) {
  const std::vector<ImportedStateOfLayer>& states = *net.states(node, 0);
  const ImportedConstant* const place = net.constant(node, 1);
  if (Attributes(node).integer("axis", 0) != 0 || !place || place->values.size() != 1)
    throw NoLayer{"takes more than one of several states"};
  const auto count = static_cast<double>(states.size());
  const double at = place->values[0] < 0 ? place->values[0] + count : place->values[0];
  if (!(at >= 0 && at < count)) throw NoLayer{"takes a place that there is not"};
  const ImportedStateOfLayer& state = states[static_cast<std::size_t>(at)];
  if (!state.why_not.empty()) throw NoLayer{"takes the state of a layer that " + state.why_not};
  ImportedValue value = state.value;
  if (!place->shape.empty()) value.axes.insert(value.axes.begin(), ImportedValue::one);
  net.give(node, std::move(value));
}

/// One place along an axis: of size 1, or the last step of a recurrent layer, which then gives that
/// alone.
void import_place(ImportState& net, const ReadNode& node) {
  if (net.states(node, 0)) return import_state(net, node);
  ImportedValue in = net.value(node, 0);
  const ImportedConstant* const place = net.constant(node, 1);
  const auto rank = static_cast<std::int64_t>(in.axes.size());
  std::int64_t axis = Attributes(node).integer("axis", 0);
  if (axis < 0) axis += rank;
  if (!place || place->values.size() != 1 || place->shape.size() > 1 || axis < 0 || axis >= rank)
    throw NoLayer{"takes more than one place along an axis"};
  const auto k = static_cast<std::size_t>(axis);
  const int own = in.axes[k];
  if (own == ImportedValue::rows) throw NoLayer{"takes some of the rows"};
  const double size = own == ImportedValue::one
                          ? 1
                          : static_cast<double>(in.shape[static_cast<std::size_t>(own)]),
               at = place->values[0] < 0 ? place->values[0] + size : place->values[0];
  if (!(at >= 0 && at < size)) throw NoLayer{"takes a place that there is not"};
  if (size > 1) {
    ImportedLayer* const layer = net.sole_layer(node, 0);
    constexpr std::string_view all = ", return_sequences: true";
    const std::size_t found = layer ? layer->settings.find(all) : std::string::npos;
    if (own != 0 || at + 1 < size || found == std::string::npos || layer->type == "bidirectional")
      throw NoLayer{"takes a part of what a layer gives, which no layer does"};
    layer->settings.erase(found, all.size());
    layer->shape.erase(layer->shape.begin());
    in.shape = layer->shape;
    for (int& a : in.axes)
      if (a > 0) --a;
    in.axes[k] = ImportedValue::one;
  }
  if (place->shape.empty()) in.axes.erase(in.axes.begin() + axis);
  net.give(node, in);
}

}  // namespace

void import_recurrent(ImportState& net, const ReadNode& node) {
  ImportedRecurrent(net, node).add();
}

/// What keeps all places of its axes, as PyTorch writes `x[:, -1]` with one for the first axis.
void import_slice(ImportState& net, const ReadNode& node) {
  const ImportedValue in = net.value(node, 0);
  const auto numbers = [&](std::size_t k, double missing) {
    const ImportedConstant* const given = net.constant(node, k);
    return given && !given->values.empty() ? given->values : std::vector<double>{missing};
  };
  const std::vector<double> starts = numbers(1, -1), ends = numbers(2, -1), axes = numbers(3, 0),
                            steps = numbers(4, 1);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto rank = static_cast<double>(in.axes.size());
    const double axis = i < axes.size() ? (axes[i] < 0 ? axes[i] + rank : axes[i]) : -1;
    if (!(axis >= 0 && axis < rank) || starts[i] != 0 || i >= ends.size() ||
        (i < steps.size() && steps[i] != 1))
      throw NoLayer{"takes a part of what a layer gives, which no layer does"};
    const int own = in.axes[static_cast<std::size_t>(axis)];
    const double size = own == ImportedValue::rows ? most_numbers
                        : own == ImportedValue::one
                            ? 1
                            : static_cast<double>(in.shape[static_cast<std::size_t>(own)]);
    if (!(ends[i] >= size))
      throw NoLayer{"takes a part of what a layer gives, which no layer does"};
  }
  net.give(node, in);
}

void import_gather(ImportState& net, const ReadNode& node) {
  net.is_value(node, 0) || net.states(node, 0) ? import_place(net, node)
                                               : import_embedding(net, node);
}

}  // namespace nnrun::host
