// Every layer that there is, exported to C and Python: a new one that cannot be is noticed here.
#include <nlohmann/json.hpp>
#include <sstream>

#include "exporting/exported_files.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

/// A network, and how many numbers it takes.
struct Network {
  std::size_t inputs;
  std::string layers, data = "scale: standard";
};

/// Layers side by side, each behind the one of this name, and all of them into one unit.
std::string side_by_side(const std::string& behind, const std::vector<std::string>& layers) {
  std::string text, names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = "l" + std::to_string(i);
    const std::string inputs = layers[i].find("inputs:") == std::string::npos
                                   ? ", inputs: [" + behind + "]"
                                   : std::string();
    text += "    - {name: " + name + inputs + ", type: " + layers[i] + "}\n";
    text += "    - {name: f" + name + ", type: flatten}\n";
    names += (i == 0 ? "f" : ", f") + name;
  }
  return text + "    - {type: concatenate, inputs: [" + names +
         "]}\n    - {type: dense, units: 1}\n";
}

Network of_images() {
  return {98,
          "  input: [7, 7, 2]\n  layers:\n"
          "    - {name: a, type: conv2d, filters: 4, kernel_size: 3, padding: same}\n"
          "    - {type: batch_norm, activation: relu}\n"
          "    - {name: p, type: max_pooling2d, pool_size: 3, strides: 2, padding: same}\n"
          "    - {name: c, type: conv2d, filters: 6, kernel_size: [2, 3], groups: 2, "
          "bias: false, inputs: [a], strides: [2, 1], dilation_rate: [1, 2]}\n"
          "    - {type: average_pooling2d, pool_size: [2, 2], padding: same, "
          "activation: softmax}\n"
          "    - {name: g, type: global_max_pooling2d}\n"
          "    - {name: z, type: zero_padding2d, padding: [1, 2], inputs: [p]}\n"
          "    - {type: up_sampling2d}\n"
          "    - {type: layer_norm}\n"
          "    - {name: h, type: global_average_pooling2d}\n"
          "    - {name: q, type: flatten, order: channels_first, inputs: [p]}\n"
          "    - {name: w, type: depthwise_conv2d, kernel_size: 3, depth_multiplier: 2, "
          "padding: same, inputs: [a]}\n"
          "    - {name: wg, type: global_average_pooling2d}\n"
          "    - {type: concatenate, inputs: [g, h, q, wg]}\n"
          "    - {type: dense, units: 1}\n"};
}
Network of_turned_convolutions() {
  return {36,
          "  input: [3, 3, 4]\n  layers:\n    - {name: a, type: activation, activation: tanh}\n" +
              side_by_side("a", {"conv2d_transpose, filters: 3, kernel_size: 2",
                                 "conv2d_transpose, filters: 6, kernel_size: [3, 2], groups: 2, "
                                 "bias: false, strides: 2, padding: same",
                                 "conv2d_transpose, filters: 1, kernel_size: 3, strides: [2, 3], "
                                 "output_padding: [1, 2]",
                                 "conv2d_transpose, filters: 2, kernel_size: 3, strides: 2, "
                                 "dilation_rate: [2, 3], activation: relu",
                                 "conv2d_transpose, filters: 20, kernel_size: 1, strides: 3"})};
}
Network of_sequences() {
  return {98,
          "  input: 98\n  layers:\n"
          "    - {type: reshape, shape: [14, 7]}\n"
          "    - {type: positional}\n"
          "    - {name: a, type: conv1d, filters: 5, kernel_size: 3, padding: causal, "
          "dilation_rate: 2}\n"
          "    - {type: max_pooling1d}\n"
          "    - {type: conv1d, filters: 1, kernel_size: 2, strides: 2}\n"
          "    - {type: average_pooling1d, padding: same}\n"
          "    - {type: positional, encoding: learned}\n"
          "    - {type: flatten}\n"
          "    - {type: repeat_vector, n: 3}\n"
          "    - {name: b, type: flatten}\n"
          "    - {name: c, type: global_max_pooling1d, inputs: [a]}\n"
          "    - {name: d, type: global_average_pooling1d, inputs: [a]}\n"
          "    - {type: concatenate, inputs: [b, c, d]}\n"
          "    - {type: dense, units: 1}\n"};
}
/// The last axis: relu leaves steps whose numbers all are 0, which some layers behind it pass over.
Network of_states() {
  return {24,
          "  input: [6, 4]\n  layers:\n"
          "    - {name: a, type: dense, units: 2, axis: last, activation: relu}\n" +
              side_by_side(
                  "a", {"simple_rnn, units: 3",
                        "simple_rnn, units: 17, activation: relu, bias: false, go_backwards: true, "
                        "skip: 0",
                        "lstm, units: 5",
                        "lstm, units: 20, recurrent_activation: hard_sigmoid, activation: none, "
                        "go_backwards: true, return_sequences: true",
                        "lstm, units: 4, skip: 0, bias: false, unit_forget_bias: false",
                        "gru, units: 6",
                        "gru, units: 1, return_sequences: true, skip: 0",
                        "lstm, units: 3, return_sequences: true, skip: 0, zero_output_for_mask: "
                        "true",
                        "bidirectional, layer: gru, units: 2, merge: sum, return_sequences: true, "
                        "skip: 0, zero_output_for_mask: true",
                        "gru, units: 17, reset_after: false, return_sequences: true",
                        "gru, units: 3, bias: false, skip: 0, go_backwards: true",
                        "gru, units: 2, bias: false, reset_after: false, activation: relu",
                        "bidirectional, layer: lstm, units: 3, skip: 0",
                        "bidirectional, layer: gru, units: 3, merge: sum, return_sequences: true, "
                        "reset_after: false",
                        "bidirectional, layer: simple_rnn, units: 4, merge: average, "
                        "return_sequences: true",
                        "bidirectional, layer: lstm, units: 2, return_sequences: true",
                        "bidirectional, layer: gru, units: 2, merge: multiply, skip: 0",
                        "dense, units: 3, axis: last, activation: softmax",
                        "dense, units: 1, axis: last, bias: false",
                        "dense, units: 21, axis: last, activation: log_softmax",
                        "layer_norm"})};
}
Network of_words() {
  return {
      6,
      "  input: 6\n  layers:\n    - {name: a, type: embedding, input_dim: 10, output_dim: 3}\n" +
          side_by_side("a", {"positional", "lstm, units: 4", "conv1d, filters: 2, kernel_size: 2",
                             "embedding, input_dim: 30, output_dim: 2, inputs: [input]"}),
      ""};
}
Network of_joins() {
  return {4,
          "  input: 4\n  layers:\n"
          "    - {name: a, type: dense, units: 6}\n"
          "    - {name: b, type: prelu}\n"
          "    - {name: c, type: scale, bias: false, inputs: [a]}\n"
          "    - {name: d, type: batch_norm, inputs: [a]}\n"
          "    - {name: e, type: layer_norm, inputs: [b]}\n"
          "    - {name: f, type: maximum, inputs: [b, c, d]}\n"
          "    - {name: g, type: average, inputs: [c, d, e]}\n"
          "    - {name: h, type: multiply, inputs: [f, g]}\n"
          "    - {name: i, type: subtract, inputs: [h, e], activation: tanh}\n"
          "    - {name: j, type: add, inputs: [i, a, f]}\n"
          "    - {type: dropout, rate: 0.2}\n"
          "    - {type: scale}\n"
          "    - {type: dense, units: 1}\n"};
}
std::vector<Network> networks() {
  return {of_images(), of_turned_convolutions(), of_sequences(), of_states(), of_words(),
          of_joins()};
}

/// Returns a table of whole numbers with a column `y` behind them.
std::string words_table(std::size_t columns) {
  std::string text;
  for (std::size_t c = 0; c < columns; ++c) text += "x" + std::to_string(c) + ",";
  text += "y\n";
  for (std::size_t r = 0; r < 40; ++r) {
    for (std::size_t c = 0; c < columns; ++c) text += std::to_string((r * 3 + c * 7) % 10) + ",";
    text += std::to_string(r % 3) + "\n";
  }
  return text;
}

TEST_CASE("every layer is exported with its bits, under every compiler that there is",
          "[exporting]") {
  std::string all;
  for (const Network& network : networks()) all += network.layers;
  for (const std::string& name : registry().names("layer")) {
    CAPTURE(name);
    CHECK((all.find("type: " + name + ",") != all.npos ||
           all.find("type: " + name + "}") != all.npos));
  }
  const std::string dtype = GENERATE(from_range(dtypes));
  for (const Network& network : networks()) {
    const Scratch scratch;
    scratch.write("t.csv",
                  network.data.empty() ? words_table(network.inputs) : table_of(network.inputs));
    CAPTURE(dtype, network.layers);
    CHECK(exported(scratch, network.layers, dtype, network.data) == "16 examples, the same bits\n");
    check_python(scratch);
    check_compilers(scratch, dtype == "float32" ? "-O2 -march=native" : "-O1");
  }
}

TEST_CASE("classes with an order are exported with their bits", "[exporting]") {
  const Scratch scratch;
  std::string rows = "a,b,grade\n";
  for (int i = 0; i < 30; ++i)
    rows += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," +
            (i % 7 < 2   ? "low"
             : i % 7 < 4 ? "mid"
                         : "high") +
            "\n";
  scratch.write("t.csv", rows);
  for (const std::string& dtype : dtypes) {
    CHECK(exported(scratch, "  layers: [{type: dense, units: 2, activation: sigmoid}]\n", dtype,
                   "targets: [grade], order: [low, mid, high]",
                   "train: {cost: binary_cross_entropy, optimizer: sgd}\n") ==
          "16 examples, the same bits\n");
    check_python(scratch);
  }
  CHECK(text_of(scratch / "net.c").find("#define NET_OUTPUTS 3") != std::string::npos);
}

/// Returns the answers of an exported C file to rows, one number each.
std::string answers_in_c(const Scratch& scratch, const std::string& rows, std::size_t inputs) {
  scratch.write("ask.c",
                "#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n"
                "  static const double rows[][" +
                    std::to_string(inputs) + "] = {" + rows +
                    "};\n  double y[NET_OUTPUTS];\n  size_t r;\n"
                    "  for (r = 0; r < sizeof rows / sizeof rows[0]; ++r) {\n"
                    "    net_predict(rows[r], y);\n    puts(y[0] != y[0] ? \"nan\" : "
                    "\"number\");\n  }\n  return 0;\n}\n");
  const Ended done = run(std::string(cc) + "ask.c -o ask -lm && ./ask", scratch.folder());
  CAPTURE(done.err);
  CHECK(done.status == 0);
  return done.out;
}
/// The same of the Python file.
std::string answers_in_python(const Scratch& scratch, const std::string& rows) {
  scratch.write("ask.py",
                "import numpy as np\nnan, inf = np.nan, np.inf\nimport net\n"
                "for y in net.predict([" +
                    rows + "]):\n    print('nan' if np.isnan(y[0]) else 'number')\n");
  const Ended done = run(python(scratch) + " -W error ask.py", scratch.folder());
  CAPTURE(done.err);
  CHECK(done.status == 0);
  return done.out;
}

TEST_CASE("an answer with a NaN is of no class, for predict as for an exported file",
          "[exporting]") {
  const Scratch scratch;
  std::string rows = "a,b,k\n";
  for (int i = 0; i < 40; ++i)
    rows += std::to_string(i % 7 + 1) + "," + std::to_string(i % 5 + 1) + "," + "lmh"[i % 3] + "\n";
  scratch.write("t.csv", rows);
  exported(scratch,
           "  layers: [{type: dense, units: 3}, {type: dense, units: 3, activation: {formula: "
           "\"log(x + 6)\"}}]\n",
           "float64", "targets: [k]",
           "train: {cost: mean_squared_error, epochs: 1, optimizer: {type: sgd, learning_rate: "
           "0.0001}}\n");
  scratch.write("rows.csv", "a,b\n1,2\n1,-200\n200,-1\n-300,0\n0,400\n");
  const Ended answers = run("$nnrun predict r --csv rows.csv -q", scratch.folder()),
              brief = run("$nnrun predict r --csv rows.csv -q --brief", scratch.folder()),
              lines = run("$nnrun predict r --csv rows.csv -q --json-lines", scratch.folder());
  CAPTURE(answers.out, answers.err);
  scratch.write("ask.c",
                "#include <stdio.h>\n#include \"net.c\"\nint main(void) {\n"
                "  static const double rows[][2] = {{1, 2}, {1, -200}, {200, -1}, {-300, 0}, {0, "
                "400}};\n  double y[3];\n  size_t r;\n  for (r = 0; r < 5; ++r) {\n"
                "    net_predict(rows[r], y);\n    puts(net_class(y));\n  }\n  return 0;\n}\n");
  const Ended in_c = run(std::string(cc) + "ask.c -o ask -lm && ./ask", scratch.folder());
  CAPTURE(in_c.err);
  std::istringstream full(answers.out), classes(in_c.out), short_ones(brief.out), json(lines.out);
  std::string row, known, other, object;
  std::getline(full, row);
  std::getline(short_ones, other);
  std::size_t none = 0;
  while (std::getline(full, row)) {
    REQUIRE(std::getline(classes, known));
    REQUIRE(std::getline(short_ones, other));
    REQUIRE(std::getline(json, object));
    CHECK(row.substr(row.rfind(',') + 1) == known);
    CHECK(other.substr(0, other.find(',')) == known);
    CHECK(parsed(object)["class"] == known);
    CHECK((row.find("nan") != row.npos) == known.empty());
    none += known.empty();
  }
  CHECK((none > 0 && none < 5));
}

TEST_CASE("an exported file answers NAN where predict refuses", "[exporting]") {
  const Scratch scratch;
  scratch.write("t.csv", table_of(2));
  // relu makes 0 of what is not a number
  const std::string layers =
      "  input: 2\n  layers: [{type: dense, units: 3, activation: relu}, {type: dense, units: "
      "1}]\n";
  exported(scratch, layers, "float32", "scale: standard");
  CHECK(answers_in_c(scratch, "{1, 2}, {1, NAN}, {HUGE_VAL, 2}, {1e39, 2}, {1e30, 2}", 2) ==
        "number\nnan\nnan\nnan\nnumber\n");
  if (!python(scratch).empty())
    CHECK(answers_in_python(scratch, "[1, 2], [1, nan], [inf, 2], [1e39, 2], [1e30, 2]") ==
          "number\nnan\nnan\nnan\nnumber\n");

  scratch.write("t.csv", words_table(2));
  exported(
      scratch,
      "  input: 2\n  layers: [{type: embedding, input_dim: 10, output_dim: 3}, {type: flatten}, "
      "{type: dense, units: 1}]\n",
      "float32", "");
  // float32 would round the last two to 2 and 10
  for (const char* const refused : {"1,10", "1,2.5", "-1,2", "1,2.00000001", "1,9.99999999"})
    CHECK(run("$nnrun predict r -- " + std::string(refused), scratch.folder()).status == 5);
  CHECK(answers_in_c(scratch,
                     "{1, 9}, {1, 10}, {1, 2.5}, {-1, 2}, {NAN, 2}, {1, 2.00000001}, {1, "
                     "9.99999999}",
                     2) == "number\nnan\nnan\nnan\nnan\nnan\nnan\n");
  if (!python(scratch).empty())
    CHECK(answers_in_python(scratch,
                            "[1, 9], [1, 10], [1, 2.5], [-1, 2], [nan, 2], [1, 2.00000001], [1, "
                            "9.99999999]") == "number\nnan\nnan\nnan\nnan\nnan\nnan\n");

  scratch.write("t.csv", "city,size,y\nBasel,1,2\nBern,2,3\n,3,4\nBern,4,5\nBasel,5,6\n");
  const std::string dense = "  layers: [{type: dense, units: 1}]\n";
  exported(scratch, dense, "float64", "columns: {city: {missing: {constant: none}}}");
  CHECK(answers_in_c(scratch, "{1, 2}, {NAN, 2}, {-1, 2}, {2, 2}, {0, NAN}", 2) ==
        "number\nnumber\nnan\nnan\nnan\n");
  if (!python(scratch).empty())
    CHECK(answers_in_python(scratch, "[1, 2], [nan, 2], [-1, 2], [2, 2], [0, nan]") ==
          "number\nnumber\nnan\nnan\nnan\n");
  scratch.write("t.csv", "city,size,y\nBasel,1,2\nBern,2,3\nBern,3,4\nBern,4,5\nBasel,5,6\n");
  exported(scratch, dense, "float64", "columns: {city: {unknown: ignore}}");
  CHECK(answers_in_c(scratch, "{1, 2}, {NAN, 2}, {-1, 2}, {2, 2}", 2) ==
        "number\nnan\nnan\nnumber\n");
  if (!python(scratch).empty())
    CHECK(answers_in_python(scratch, "[1, 2], [nan, 2], [-1, 2], [2, 2]") ==
          "number\nnan\nnan\nnumber\n");
}

}  // namespace
}  // namespace nnrun::testing
