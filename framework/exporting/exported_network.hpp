// What every exporter sees of a trained network: the preparation of a row, then steps in order,
// each a formula or a named operation on arrays. No plugin, no graph, no padding.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "network/formula.hpp"
#include "network/model.hpp"
namespace nnrun::host {

struct ExportedBlock {
  std::string name;
  std::vector<std::size_t> shape;  ///< as files have it: dense weights are units × inputs
  std::vector<double> values;
  bool is_constant = false;  ///< of the layer: no part of the model
};

/// Windows along one side of an image, as the layers of images have them.
struct WindowSide {
  std::size_t in = 1, window = 1, stride = 1, dilation = 1, out = 1, before = 0;
  /// Returns the inputs and the zeros around them that the windows need.
  std::size_t extent() const {
    return std::max(before + in, (out - 1) * stride + (window - 1) * dilation + 1);
  }
};
/// What layers of images do: a sequence is an image of one row.
struct WindowPlan {
  WindowSide y, x;
  std::size_t channels = 1, filters = 1, groups = 1;
};

/// What a recurrent layer does with a sequence of steps × features.
struct RecurrentPlan {
  std::string cell;         ///< simple_rnn, lstm, gru
  std::string merge;        ///< of two directions: concat, sum, average, multiply
  std::string state, gate;  ///< tanh, sigmoid, hard_sigmoid, relu, none
  std::size_t steps = 1, features = 1, units = 1, directions = 1;
  bool has_bias = true, reset_after = true, backwards = false;
  bool sequences = false;      ///< it gives the outputs of all steps
  std::optional<double> skip;  ///< a step of nothing else leaves the state as it is
  bool zeros_skipped = false;  ///< the outputs of such a step are 0, not the state
};

struct ExportedStep {
  enum class Kind {
    formula,      ///< of each column, or of the numbers of a row
    moves,        ///< every output is a copy of an input
    dense,        ///< y = W x + b, at each place of the other axes
    convolution,  ///< over windows of an image
    transposed,   ///< a convolution turned round: windows are of its output
    largest,      ///< the largest number of each window
    mean,         ///< the mean of each window
    embedding,    ///< the row of weights that a number is the index of
    recurrent     ///< a state that each step changes
  };
  Kind kind = Kind::formula;
  std::string layer;               ///< its name in the config
  std::string name;                ///< for people: "dense_1 (dense)", "dense_1: mish"
  std::vector<int> inputs;         ///< earlier steps; data_input: the prepared inputs
  std::vector<std::size_t> shape;  ///< of its output: channels are last
  std::size_t cols = 0;            ///< numbers of its output
  std::size_t features = 0;        ///< what a formula's row is: its last size
  std::vector<ExportedBlock> blocks;
  Formula formula;
  std::vector<std::size_t> moved;  ///< see moved_numbers
  WindowPlan windows;
  RecurrentPlan recurrent;
  bool in_block = false;  ///< dense: nnrun runs it by a matrix product, one sum a number
  bool fused = false;     ///< products are added with one rounding
};

/// A row, and what nnrun answers.
struct GoldenExample {
  std::vector<double> input, output;
};

struct ExportedNetwork {
  std::string name;
  bool float32 = true;
  Preparation preparation;
  DataNames names;
  std::vector<std::size_t> shape;  ///< of the prepared inputs
  double border = 0.5;             ///< of the output that tells two classes apart
  std::size_t indices = 0;         ///< prepared inputs are whole numbers below it; 0: any numbers
  /// Of each column, how a missing value is written in the data, but for "".
  std::vector<std::vector<std::string>> gaps;
  std::vector<ExportedStep> steps;
  std::vector<GoldenExample> examples;

  std::size_t inputs() const { return preparation.inputs(); }
  /// Returns how many numbers answer a row: of classes with an order, one more than steps give.
  std::size_t outputs() const { return steps.back().cols + (names.ordered ? 1 : 0); }
  /// Returns how many numbers a step gives, or the preparation.
  std::size_t cols_of(int step) const {
    return step < 0 ? preparation.outputs() : steps[static_cast<std::size_t>(step)].cols;
  }
  /// Returns the shape of what a step gives, or the preparation.
  const std::vector<std::size_t>& shape_of(int step) const {
    return step < 0 ? shape : steps[static_cast<std::size_t>(step)].shape;
  }
};

/// Returns the network of a model, which predicts the examples. alone: single rows run through
/// dense layers on their own, as predict does it with networks of that size. Throws PluginError
/// that names every layer and activation that cannot be exported, and what their class would give.
ExportedNetwork exported_network(const Experiment& experiment, const Model& model, bool alone);

/// Returns a sentence for each number of a formula that float32 makes infinite; the formula is run
/// so.
std::vector<std::string> infinite_numbers(const ExportedNetwork& net);
/// Returns how a missing text of a column is written, but for those that are texts of it: "" first.
std::vector<std::string> missing_texts(const ExportedNetwork& net, std::size_t column);
/// Returns the numbers that mean a missing value in a column, as float64 and as float32 has them.
std::vector<double> missing_numbers(const Column& column);
/// Says in which order the numbers of an example stand, where it is more than a row, and in which
/// range, where they are divided; else returns "".
std::string words_on_inputs(const ExportedNetwork& net);
/// Says what a missing value is in the input, and in which columns it is filled in; empty where the
/// data have none. nan: how the language writes it.
std::string words_on_missing(const ExportedNetwork& net, const std::string& nan);
/// Returns the texts of a column that are a number which no other of them is, each with its index
/// and that number: a row may spell it in another way.
struct TextOfNumber {
  std::size_t index;
  double number;
};
std::vector<TextOfNumber> texts_of_numbers(const Column& column);
/// Says what whoever gives texts to an exported file is to know; empty if there are none.
/// takes_numbers: the file knows 1.0 for 1.
std::string words_on_texts(const ExportedNetwork& net, const std::string& line_break,
                           bool takes_numbers);

/// Returns whether every input of the network is one number of the row, in order, and none may
/// mean a missing value.
bool is_straight(const Preparation& preparation);

}  // namespace nnrun::host
