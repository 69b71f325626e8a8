// Arrays whose axes are not those that the network takes or answers.
#include "base/said.hpp"
#include "library/answer_names.hpp"
#include "support/example_data.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
#include "training/warnings.hpp"
namespace nnrun::testing {
namespace {

std::size_t product(const std::vector<std::size_t>& sizes) {
  std::size_t n = 1;
  for (const std::size_t size : sizes) n *= size;
  return n;
}
std::string array(const std::vector<std::size_t>& sizes, bool classes) {
  std::string shape = "(";
  for (const std::size_t size : sizes) shape += std::to_string(size) + ", ";
  std::vector<float> numbers(product(sizes));
  for (std::size_t i = 0; classes && i < numbers.size(); i += sizes.back()) numbers[i] = 1;
  return npy_bytes("'<f4'", shape + ")", bytes_of<float>(numbers));
}
/// Four examples whose inputs and targets have these sizes, and a network for them.
host::Experiment experiment_of(const Scratch& scratch, std::vector<std::size_t> x,
                               std::vector<std::size_t> y, const std::string& input,
                               const std::string& layers) {
  x.insert(x.begin(), 4), y.insert(y.begin(), 4);
  const std::string inputs = scratch.write("x.npy", array(x, false)).string(),
                    targets = scratch.write("y.npy", array(y, true)).string();
  return experiment("data: {type: npy, inputs: " + inputs + ", targets: " + targets +
                    "}\nmodel:\n  input: " + input + "\n  layers:\n" + layers +
                    "train: {cost: mean_squared_error}\n");
}
/// Returns what is said of them.
std::string said_of(const std::vector<std::size_t>& x, const std::vector<std::size_t>& y,
                    const std::string& input, const std::string& layers) {
  const Scratch scratch;
  return said<host::Error>([&] {
    const host::Experiment e = experiment_of(scratch, x, y, input, layers);
    const auto trainer = host::Trainer::create(e, 1);
    for (const host::Problem& warning : host::warnings_of(e, *trainer)) {
      CHECK(warning.place.line > 0);
      if (warning.what.starts_with("images of")) throw host::GraphError(warning);
    }
  });
}
const std::string recurrent = "    - {type: gru, units: 2, return_sequences: true}\n",
                  whole = "    - {type: gru, units: 2}\n";

}  // namespace

TEST_CASE("targets of several axes must lie as the outputs do, or a hint says what to write",
          "[training]") {
  const auto starts = [](const std::string& text, const std::string& what) {
    if (text.substr(0, what.size()) != what) CHECK(text == what);
    return text.starts_with(what);
  };
  const auto hint = [](const std::string& text) {
    const std::size_t at = text.find("= help: ");
    return at == text.npos ? text : text.substr(at + 8, text.find('\n', at) - at - 8);
  };
  const std::string each = recurrent + "    - {type: dense, units: 3, axis: last}\n";
  CHECK(said_of({5, 2}, {5, 3}, "[5, 2]", each) == "nothing");
  CHECK(said_of({5, 2}, {15}, "[5, 2]", each) == "nothing");  // a row, as a table gives it
  CHECK(starts(said_of({5, 2}, {3, 5}, "[5, 2]", each),
               "error: the network's outputs are 5 x 3, but targets of the data set are 3 x 5: the "
               "numbers lie in another order\n"));
  CHECK(hint(said_of({5, 2}, {3, 5}, "[5, 2]", each)) ==
        "move the axes of the array of targets: classes and channels come last, as np.moveaxis(y, "
        "1, -1) puts them");
  CHECK(starts(said_of({5, 2}, {5, 4}, "[5, 2]", each),
               "error: the network has 15 outputs, but an example of the data set has 20 targets "
               "(outputs 5 x 3, targets 5 x 4)\n"));
  CHECK(hint(said_of({5, 2}, {5, 4}, "[5, 2]", each)) == "the last layer needs units: 4");
  CHECK(hint(said_of({5, 2}, {5, 3}, "[5, 2]", whole + "    - {type: dense, units: 3}\n")) ==
        "for an answer at each of 5 places, end with {type: dense, units: 3, axis: last}, behind "
        "layers that keep these axes: recurrent ones with return_sequences: true, no flatten");
  CHECK(hint(said_of({5, 2}, {5}, "[5, 2]", each)) ==
        "if targets are classes, write them one-hot: np.eye(3)[classes]; if they are numbers, the "
        "last layer needs units: 1");
  CHECK(hint(said_of({5, 2}, {3}, "[5, 2]", each)) ==
        "for one answer to the whole, put {type: flatten} before the last layer, which needs "
        "units: 3, or leave out return_sequences in the last recurrent layer");
  CHECK(hint(said_of({5, 2}, {4}, "[5, 2]", whole + "    - {type: dense, units: 3}\n")) ==
        "the last layer needs units: 4");
}

TEST_CASE("answers at each step or pixel are named after it", "[training][library]") {
  using Names = std::vector<std::string>;
  const auto names_of = [](const std::vector<std::size_t>& x, const std::vector<std::size_t>& y,
                           const std::string& input, const std::string& layers) {
    const Scratch scratch;
    const host::Experiment e = experiment_of(scratch, x, y, input, layers);
    return host::answer_names(e, *host::Trainer::create(e, 1)->model()).outputs;
  };
  CHECK(names_of({2, 2}, {2, 3}, "[2, 2]",
                 recurrent + "    - {type: dense, units: 3, axis: last, activation: softmax}\n") ==
        Names{"step 1: 0", "step 1: 1", "step 1: 2", "step 2: 0", "step 2: 1", "step 2: 2"});
  CHECK(names_of({3, 2}, {3, 1}, "[3, 2]",
                 recurrent + "    - {type: dense, units: 1, axis: last}\n") ==
        Names{"step 1", "step 2", "step 3"});
  CHECK(names_of({1, 2, 2}, {1, 2, 2}, "[1, 2, 2]",
                 "    - {type: conv2d, filters: 2, kernel_size: 1}\n")[3] == "row 1 column 2: 1");
  CHECK(names_of({2, 2}, {2}, "[2, 2]", whole) == Names{"y1", "y2"});
}

TEST_CASE("images whose channels come first are refused or warned of", "[training]") {
  const std::string layers =
      "    - {type: conv2d, filters: 2, kernel_size: 1}\n    - {type: flatten}\n"
      "    - {type: dense, units: 1}\n";
  CHECK(said_of({8, 8, 3}, {1}, "[8, 8, 3]", layers) == "nothing");
  const std::string refused = said_of({3, 8, 9}, {1}, "[8, 9, 3]", layers);
  CHECK(refused.find("= help: images are height x width x channels: np.moveaxis(x, 1, -1) puts the "
                     "channels of an array last") != refused.npos);
  const std::string warned = said_of({3, 8, 8}, {1}, "[3, 8, 8]", layers);
  CHECK(warned.find("images of height 3 with 8 channels: the axes are height x width x channels") !=
        warned.npos);
  CHECK(
      warned.find("= help: if channels come first, as in PyTorch, write input: [8, 8, 3] and turn "
                  "the array: np.moveaxis(x, 1, -1)") != warned.npos);
  CHECK(said_of({3, 8, 9}, {1}, "[3, 8, 9]", layers)
            .find("images of height 3 with 9 channels: the axes are height x width x channels") !=
        std::string::npos);
  CHECK(said_of({3, 7, 9}, {1}, "[3, 7, 9]", layers) == "nothing");
  CHECK(said_of({1, 64, 16}, {1}, "[1, 64, 16]", layers) == "nothing");  // a signal of height 1
  CHECK(said_of({8, 9}, {1}, "[8, 9, 1]", layers) == "nothing");
  const std::string rows = said_of({8, 9}, {1}, "[1, 8, 9]", layers);
  CHECK(rows.find("but an example of the data set is 8 x 9: its rows would be channels") !=
        rows.npos);
  CHECK(rows.find("= help: images are height x width x channels: write input: [8, 9, 1]") !=
        rows.npos);
}

}  // namespace nnrun::testing
