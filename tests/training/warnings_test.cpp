// Costs, activations and targets that do not fit together.
#include "training/warnings.hpp"

#include "loading/plugin_factory.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

/// Returns the warnings for a last layer and a cost, with targets in a file.
std::string said(const std::string& layer, const std::string& cost, const std::string& targets,
                 const std::string& metrics = "[]") {
  static const Scratch scratch;
  std::string csv = "x,y\n";
  for (std::size_t at = 0; at < targets.size();) {
    const std::size_t end = std::min(targets.find(' ', at), targets.size());
    csv += "1," + targets.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const host::Experiment e =
      experiment("data: {type: csv, path: " + scratch.write("t.csv", csv).string() +
                 "}\nmodel:\n  input: 1\n  layers:\n    - {type: dense, units: 1, " + layer +
                 "}\ntrain: {cost: " + cost + "}\nmetrics: " + metrics + "\n");
  const auto trainer = host::Trainer::create(e, 1);
  std::string all;
  for (const host::Problem& warning : host::warnings_of(e, *trainer)) {
    CHECK(warning.place.line > 0);
    all += warning.what + " | " + warning.hint + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("an activation whose numbers layers part, so that its cost is too, is warned of",
          "[training][warnings]") {
  const auto said_of = [](const std::string& layers) {
    static const Scratch scratch;
    const host::Experiment e =
        experiment("data: {type: csv, path: " +
                   scratch.write("t.csv", "x,a,b,c,d\n1,1,0,0,0\n2,0,1,0,0\n").string() +
                   ", targets: [a, b, c, d]}\nmodel:\n  input: 1\n  layers:\n    - {type: dense, "
                   "units: 4}\n" +
                   layers + "train: {cost: cross_entropy}\n");
    const auto trainer = host::Trainer::create(e, 1);
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *trainer))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  const std::string said =
      "softmax and cross_entropy are not worked out as one, since layers stand between: the "
      "network stops learning where an output rounds to 0 or 1 | ";
  CHECK(said_of("    - {type: reshape, shape: [2, 2]}\n    - {name: s, type: activation, "
                "activation: softmax}\n    - {type: flatten, order: channels_first}\n") ==
        said + "remove the layers behind s\n");
  CHECK(
      said_of("    - {name: s, type: activation, activation: softmax}\n    - {type: dropout, rate: "
              "0.1}\n") ==
      "dropout_1 is the last layer: while it trains, answers are changed by chance before they are "
      "compared with the targets | put it before the last layer that learns\n");
  CHECK(said_of("    - {type: reshape, shape: [2, 2]}\n    - {type: activation, activation: "
                "softmax}\n    - {type: flatten}\n") == "");
  CHECK(said_of("    - {type: flatten}\n    - {type: activation, activation: softmax}\n") == "");
}

TEST_CASE("two layers that say no more than one are warned of, a bottleneck is not",
          "[training][warnings]") {
  const auto said_of = [](const std::string& layers) {
    static const Scratch scratch;
    const host::Experiment e =
        experiment("data: {type: csv, path: " +
                   scratch.write("t.csv", "a,b,c,d,t\n1,1,0,0,0\n2,0,1,0,1\n").string() +
                   ", targets: [t]}\nmodel:\n  layers:\n" + layers +
                   "    - {name: last, type: dense, units: 1, activation: sigmoid}\n"
                   "train: {cost: binary_cross_entropy}\n");
    const auto trainer = host::Trainer::create(e, 1);
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *trainer)) {
      CHECK(warning.place.line > 0);
      all += warning.what + " | " + warning.hint + "\n";
    }
    return all;
  };
  const auto pair = [](const std::string& first, const std::string& second) {
    return first + " has no activation, so " + first + " and " + second +
           " together say no more than one layer | write activation: relu or tanh in " + first +
           ", or leave it out\n";
  };
  const std::string a = "    - {name: a, type: dense, units: ", none = "}\n",
                    relu = ", activation: relu}\n", dropout = "    - {type: dropout, rate: 0.2}\n";
  CHECK(said_of(a + "8" + none) == pair("a", "last"));
  CHECK(said_of(a + "1" + none) == pair("a", "last"));  // and last has one unit, too
  CHECK(said_of(a + "8" + none + dropout) == pair("a", "last"));
  // settings of weights that a layer does not have, other than those of layers that do
  CHECK(said_of(a + "8" + relu + "    - {type: batch_norm, init: zeros}\n") ==
        "'init' of batch_norm_1 changes nothing: it is for weights, and the layer has gamma and "
        "beta alone | remove init\n");
  CHECK(said_of(a + "8, init: zeros" + relu + "    - {type: batch_norm, init: zeros}\n").empty());
  CHECK(said_of(a + "8" + relu + "    - {type: dropout, rate: 0.2, regularizer: l2}\n") ==
        "'regularizer' of dropout_1 changes nothing: it is for weights, and the layer has nothing "
        "that it learns | remove regularizer\n");
  CHECK(said_of(a + "8, bias: false, bias_init: {type: constant, value: 1}" + relu) ==
        "'bias_init' of a changes nothing: it is for bias, and the layer has weights alone | "
        "remove bias_init\n");
  CHECK(said_of(a + "8, bias: false, bias_init: zeros" + relu).empty());  // as the last one
  CHECK(said_of(a + "8, bias_init: zeros, init: zeros, regularizer: l2" + relu).empty());
  CHECK(said_of(a + "8" + relu).empty());
  CHECK(said_of(a + "8" + none + "    - {type: activation, activation: relu}\n").empty());
  CHECK(said_of(a + "8" + none +
                "    - {type: batch_norm}\n    - {type: activation, activation: "
                "relu}\n")
            .empty());
  // a code of two numbers, of which others are made: one layer of them could say more
  CHECK(said_of(a + "2" + none + "    - {type: dense, units: 8, activation: tanh}\n").empty());
  // where another layer reads it, too, it is of use
  CHECK(said_of(a + "8" + none +
                "    - {name: b, type: dense, units: 8, activation: relu}\n"
                "    - {type: add, inputs: [a, b]}\n")
            .empty());
}

TEST_CASE("what cannot learn is warned of, with what to change", "[training][warnings]") {
  CHECK(said("activation: softmax", "mean_squared_error", "0 1") ==
        "softmax of one unit is always 1, so nothing can be learnt | write activation: sigmoid, or "
        "give the last layer a unit per class\n");
  CHECK(said("activation: sigmoid", "mean_squared_error", "-1 1") ==
        "the outputs of sigmoid lie from 0 to 1, but targets from -1 to 1 | write activation: tanh "
        "in the last layer\n");
  CHECK(said("activation: relu", "mean_squared_error", "-3 5") ==
        "the outputs of relu lie from 0 on, but targets from -3 to 5 | write activation: none in "
        "the last layer\n");
  CHECK(said("activation: tanh", "binary_cross_entropy", "0 1") ==
        "binary_cross_entropy takes outputs from 0 to 1, but those of tanh lie from -1 to 1 | "
        "write activation: sigmoid in the last layer, or activation: none and from_logits: true\n");
  CHECK(said("activation: none", "cross_entropy", "0 1") ==
        "cross_entropy takes outputs from 0 to 1, but the last layer has no activation | write "
        "activation: softmax in the last layer, or activation: none and from_logits: true\n");
  CHECK(said("activation: sigmoid", "{type: binary_cross_entropy, from_logits: true}", "0 1") ==
        "sigmoid is applied twice: it is part of binary_cross_entropy with from_logits | write "
        "activation: none in the last layer, or from_logits: false\n");
  CHECK(said("activation: sigmoid", "binary_cross_entropy", "-1 1") ==
        "binary_cross_entropy takes targets from 0 to 1, but these lie from -1 to 1 | write "
        "targets of 0 and 1, or another cost: mean_squared_error, say\n");
  CHECK(said("activation: none", "hinge", "0 1").empty());  // it takes 0 for -1
  CHECK(said("activation: tanh", "hinge", "0 1").empty());
  CHECK(said("activation: sigmoid", "hinge", "0 1") ==
        "hinge takes scores below 0 for no and above for yes, but those of sigmoid lie from 0 to 1 "
        "| write activation: none in the last layer\n");
  CHECK(said("activation: sigmoid", "hinge", "-1 1") ==
        "the outputs of sigmoid lie from 0 to 1, but targets from -1 to 1 | write activation: tanh "
        "in the last layer\n");
  CHECK(said("activation: {formula: 'x^2'}", "mean_squared_error", "-3 5") ==
        "the outputs of formula are never below 0, but targets lie from -3 to 5 | write "
        "activation: none in the last layer\n");
  CHECK(said("activation: {formula: 'x^2'}", "mean_squared_error", "0 5").empty());
  CHECK(said("activation: {formula: 'x^3'}", "mean_squared_error", "-3 5").empty());
  // a formula may make of targets what outputs can be
  CHECK(said("activation: sigmoid", "{formula: '(y - (t + 1) / 2)^2'}", "-1 1").empty());
  CHECK(said("activation: sigmoid", "{formula: '(y - t)^2'}", "-1 1") ==
        "the outputs of sigmoid lie from 0 to 1, but targets from -1 to 1 | write activation: tanh "
        "in the last layer\n");
  CHECK(said("activation: {formula: 'log(x)'}", "mean_squared_error", "-3 5").empty());
  CHECK(
      said("activation: none", "hinge", "0 0.5 1") ==
      "hinge takes targets of -1 and 1, but these lie from 0 to 1 | write targets of -1 and 1, or "
      "cost: binary_cross_entropy\n");
  CHECK(said("activation: none", "mean_squared_error", "20 95", "[accuracy]") ==
        "accuracy asks on which side of a half an output lies, but targets lie from 20 to 95 | "
        "write mean_absolute_error or r2\nif the target holds classes, write classes: [20, 95] in "
        "data\n");
}

TEST_CASE("a metric that takes every answer for right is warned of", "[training][warnings]") {
  const Scratch scratch;
  const auto said_of = [&](const std::string& k) {
    const host::Experiment e =
        experiment("data: {type: csv, targets: [y], path: " +
                   scratch.write("t.csv", "x,y\n1,a\n2,b\n3,c\n4,a\n").string() +
                   "}\nmodel: {input: 1, layers: [{type: dense, units: 3, activation: softmax}]}\n"
                   "train: {cost: cross_entropy}\nmetrics: [{type: top_k_accuracy, k: " +
                   k + "}]\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  CHECK(said_of("2").empty());
  for (const std::string k : {"3", "5"})
    CHECK(said_of(k) == "top_k_accuracy takes one of the " + k +
                            " largest outputs for right, but there are 3: each answer is | write "
                            "{type: top_k_accuracy, k: 2}, say\n");
}

TEST_CASE("rows of several columns that are not what the outputs or metrics take are warned of",
          "[training][warnings]") {
  const Scratch scratch;
  const auto said_of = [&](const std::string& rows, const std::string& activation,
                           const std::string& cost) {
    const host::Experiment e = experiment(
        "data: {type: csv, targets: [a, b], path: " +
        scratch.write("t.csv", "x,a,b\n" + rows).string() +
        "}\nmodel: {input: 1, layers: [{type: dense, units: 2, activation: " + activation +
        "}]}\ntrain: {cost: " + cost + "}\nmetrics: [f1]\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  CHECK(said_of("1,1,1\n2,0,1\n", "softmax", "cross_entropy") ==
        "the outputs of softmax add up to 1, but rows of targets have several yes, or none | write "
        "activation: sigmoid in the last layer and cost: binary_cross_entropy, if each column is a "
        "yes or no of its own\n");
  CHECK(said_of("1,1,0\n2,0,1\n", "softmax", "cross_entropy") == "");
  const std::string all_one =
      "cross_entropy looks at the right class alone, and outputs of sigmoid do not share what "
      "there "
      "is, so all of them learn to say 1 | write ";
  CHECK(said_of("1,1,0\n2,0,1\n", "sigmoid", "cross_entropy") ==
        all_one + "activation: softmax in the last layer, or cost: binary_cross_entropy\n");
  CHECK(said_of("1,1,1\n2,0,1\n", "sigmoid", "{type: cross_entropy, class_weights: [1, 2]}") ==
        all_one + "cost: binary_cross_entropy\n");
  CHECK(said_of("1,1,0\n2,0,1\n", "none", "{type: cross_entropy, from_logits: true}") == "");
  // the likelihood as PyTorch has it: the outputs of a row depend on each other, and no output is
  // to be its target
  CHECK(said_of("1,1,0\n2,0,1\n", "log_softmax", "{formula: -t*y}") == "");
  CHECK_THAT(said_of("1,5,5\n2,5,5\n", "none", "mean_squared_error"),
             Catch::Contains("every target is 5 in every row: any network that always says so is "
                             "right | bring rows of other targets\n"));
  // softmax tells by differences, so that a limit on one side is none
  CHECK(said_of("1,1,0\n2,0,1\n", "elu", "{type: cross_entropy, from_logits: true}") == "");
  CHECK(said_of("1,1,1\n2,0,1\n", "sigmoid", "binary_cross_entropy") == "");
  CHECK(said_of("1,1.5,1\n2,0,-3\n", "none", "mean_squared_error") ==
        "f1 asks which class or label is right, but targets are numbers from -3 to 1.5 | write "
        "mean_absolute_error or r2\n");
}

TEST_CASE("a row that alone keeps targets from being yes or no is named", "[training][warnings]") {
  const Scratch scratch;
  const auto warned = [&](std::size_t odd_rows, const std::string& split) {
    std::string csv = "x,a,b\n";
    for (std::size_t i = 0; i < 300; ++i)
      csv += "1,1," + std::string(i % 100 == 50 && i / 100 < odd_rows ? "2" : "0") + "\n";
    const host::Experiment e =
        experiment("data: {type: csv, targets: [a, b]" + split +
                   ", path: " + scratch.write("t.csv", csv).string() +
                   "}\nmodel: {layers: [{type: dense, units: 2}]}\ntrain: {cost: "
                   "mean_squared_error}\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.where.substr(warning.where.rfind('/') + 1) + "\n";
    return all;
  };
  const std::string split = GENERATE("", ", split: {test: 0.3}",
                                     ", split: {test: 0.3, shuffle: "
                                     "false}",
                                     ", scale: standard");
  CHECK(warned(0, split) == "");
  CHECK(warned(1, split) ==
        "target b is 2 here: 1 of 300 rows keeps the targets from being 0 or 1, yes or no, so they "
        "are numbers | t.csv:52\n");
  CHECK_THAT(warned(3, split), Catch::Contains("3 of 300 rows keep"));
}

TEST_CASE("a dense layer that sees all numbers of an image is warned of, unless flatten says so",
          "[training][warnings]") {
  const auto said_of = [](const std::string& layers) {
    const host::Experiment e = experiment("data: diagonal\nmodel:\n  input: 2\n  layers:\n" +
                                          layers + "train: {cost: mean_squared_error}\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  const std::string image =
                        "    - {type: dense, units: 18}\n    - {type: reshape, shape: [3, 3, 2]}\n"
                        "    - {type: conv2d, filters: 4, kernel_size: 2}\n",
                    last = "    - {type: dense, units: 1}\n";
  CHECK(said_of(image + last) ==
        "each unit of dense_2 sees all 2 x 2 x 4 numbers, not 4 at each place, as in Keras and "
        "PyTorch | put {type: flatten} before it if that is meant, else write axis: last\n");
  CHECK(said_of(image + "    - {type: flatten}\n" + last) == "");
  CHECK(said_of(image + "    - {type: dense, units: 3, axis: last}\n" +
                "    - {type: global_average_pooling2d}\n" + last) == "");
  CHECK(said_of("    - {type: reshape, shape: [1, 2]}\n" + last) == "");  // there is one place
}

TEST_CASE("classes of other authors are warned of by what they declare", "[training][warnings]") {
  const PluginFactory factory;
  host::Registry plugins;
  plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
  plugins.load(factory.cpp("own.so", R"(
#include <nnrun/plugin.hpp>
struct Shares : nnrun::Activation {
  static constexpr auto name = "shares", doc = "";
  static constexpr nnrun::Range outputs{0, 2};
  static constexpr bool sums_to_one = true;
  auto f(auto x) const { return 2 * sigmoid(x); }
};
NNRUN_REGISTER(Shares)
struct OfShares : nnrun::Cost {
  static constexpr auto name = "of_shares", doc = "";
  static constexpr nnrun::Range outputs{0, 1}, targets{0, nnrun::infinity};
  static constexpr auto fitting_activation = "shares", joined_by = "joins";
  bool joins = false;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&OfShares::joins, "joins", ""));
  }
  auto f(auto y, auto t) const { return y - t; }
};
NNRUN_REGISTER(OfShares)
struct OfSigns : nnrun::Cost {
  static constexpr auto name = "of_signs", doc = "";
  static constexpr bool signs = true;
  auto f(auto y, auto t) const { return y - t; }
};
NNRUN_REGISTER(OfSigns)
struct Positive : nnrun::Metric {
  static constexpr auto name = "positive", doc = "";
  static constexpr nnrun::Range targets{0, nnrun::infinity};
  double value(auto, auto) const { return 0; }
};
NNRUN_REGISTER(Positive)
struct Own : nnrun::Layer {
  static constexpr auto name = "own", doc = "";
  static constexpr bool has_units = true;
  void plan(nnrun_plan& p) const { p.out = p.in[0]; }
  void forward(const auto&) const {}
  void backward_inputs(const auto&) const {}
};
NNRUN_REGISTER(Own)
)"));
  const auto said = [&](const std::string& layer, const std::string& cost, const std::string& last,
                        const std::string& metrics = "[]") {
    const auto data = factory.scratch().write("t.csv", "x,y\n1,0\n1," + last + "\n");
    const host::Experiment e = host::read_experiment(
        factory.scratch().write("own.yaml", "data: {type: csv, path: " + data.string() +
                                                "}\nmodel: {input: 1, layers: [{" + layer +
                                                "}]}\ntrain: {cost: " + cost +
                                                "}\nmetrics: " + metrics + "\n"),
        {}, plugins);
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  CHECK(said("type: dense, units: 1, activation: shares", "mean_squared_error", "1") ==
        "shares of one unit is always 1, so nothing can be learnt | write activation: sigmoid, or "
        "give the last layer a unit per class\n");
  CHECK(said("type: dense, units: 1, activation: tanh", "of_shares", "1") ==
        "of_shares takes outputs from 0 to 1, but those of tanh lie from -1 to 1 | write "
        "activation: shares in the last layer, or activation: none and joins: true\n");
  CHECK(said("type: own", "of_shares", "1") ==
        "of_shares takes outputs from 0 to 1, but the last layer has no activation | write "
        "activation: shares in the last layer, or activation: none and joins: true\n");
  CHECK(said("type: own", "{type: of_shares, joins: true}", "-1") ==
        "of_shares takes targets from 0 on, but these lie from -1 to 0 | write targets from 0 on, "
        "or another cost: mean_squared_error, say\nif the target holds classes, write classes: "
        "[-1, 0] in data\n");
  CHECK(said("type: own", "of_signs", "1") ==
        "of_signs takes targets of -1 and 1, but these lie from 0 to 1 | write targets of -1 and "
        "1, or cost: binary_cross_entropy\n");
  CHECK(said("type: own", "mean_squared_error", "-2", "[positive]") ==
        "positive takes targets from 0 on, but these lie from -2 to 0 | write mean_absolute_error "
        "or r2\nif the target holds classes, write classes: [-2, 0] in data\n");
  CHECK(said("type: own", "{type: of_shares, joins: true}", "1", "[positive]") == "");
}

TEST_CASE("a layer that compares examples is warned of batches of one", "[training][warnings]") {
  const auto warned = [](const std::string& layers, int batch, int examples) {
    const host::Experiment e =
        experiment("data: {type: diagonal, train: " + std::to_string(examples) +
                   "}\nmodel: {input: 2, layers: [" + layers +
                   ", {type: dense, units: 1, activation: sigmoid}]}\ntrain: {cost: "
                   "binary_cross_entropy, batch_size: " +
                   std::to_string(batch) + "}\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  const std::string normalized = "{type: batch_norm}";
  CHECK(warned(normalized, 1, 40) ==
        "batch_norm learns nothing from a batch of one example | write train.batch_size: 32, say, "
        "or layer_norm, which needs no batch\n");
  CHECK(warned(normalized, 13, 40) ==
        "the last batch of an epoch has one example, and batch_norm learns nothing from a batch of "
        "one example | write another train.batch_size: 40 examples are one more than batches of 13 "
        "hold\n");
  CHECK(warned(normalized, 10, 40) == "");
  CHECK(warned("{type: layer_norm}", 1, 40) == "");
  // of a picture, every place counts
  CHECK(warned("{type: reshape, shape: [2, 1]}, {type: batch_norm}, {type: flatten}", 1, 40) == "");
}

TEST_CASE("what fits together is not warned of", "[training][warnings]") {
  CHECK(said("activation: sigmoid", "binary_cross_entropy", "0 1", "[accuracy]") == "");
  CHECK(said("activation: none", "{type: binary_cross_entropy, from_logits: true}", "0 1") == "");
  CHECK(said("activation: relu", "{type: binary_cross_entropy, from_logits: true}", "0 1") ==
        "binary_cross_entropy with from_logits takes scores below and above 0, of any size, but "
        "those of relu lie from 0 on | write activation: none in the last layer\n");
  CHECK(said("activation: tanh", "{type: binary_cross_entropy, from_logits: true}", "0 1") ==
        "binary_cross_entropy with from_logits takes scores below and above 0, of any size, but "
        "those of tanh lie from -1 to 1 | write activation: none in the last layer\n");
  CHECK(said("activation: none", "mean_squared_error", "-50 70") == "");
  CHECK(said("activation: tanh", "mean_squared_error", "-1 1", "[accuracy]") == "");
  CHECK(said("activation: none", "hinge", "-1 1") == "");
  CHECK(said("activation: relu", "mean_squared_error", "0 7") == "");
  CHECK(said("activation: gelu", "mean_squared_error", "-5 7") == "");
}

TEST_CASE("shares of several groups of outputs are not taken for those of all",
          "[training][warnings]") {
  const Scratch scratch;
  const auto data = scratch.write("t.csv", "x,a,b,c,d,e,f\n1,1,0,0,0,1,0\n2,0,0,1,1,0,0\n");
  const host::Experiment e = experiment(
      "data: {type: csv, targets: [a, b, c, d, e, f], path: " + data.string() +
      "}\nmodel: {input: 1, layers: [{type: dense, units: 6}, {type: reshape, shape: [2, 3], "
      "activation: softmax}]}\ntrain: {cost: cross_entropy}\n");
  for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
    FAIL(warning.what);
}

TEST_CASE("targets far from where a network begins are warned of, unless they are scaled",
          "[training][warnings]") {
  const Scratch scratch;
  const auto warned = [&](const std::string& numbers, const std::string& more,
                          const std::string& metrics = "[]") {
    const auto data = scratch.write("t.csv", "x,y\n" + numbers);
    const host::Experiment e =
        experiment("data: {type: csv, path: " + data.string() + more +
                   "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                   "train: {cost: mean_squared_error}\nmetrics: " +
                   metrics + "\n");
    std::string all;
    for (const host::Problem& warning : host::warnings_of(e, *host::Trainer::create(e, 1)))
      all += warning.what + " | " + warning.hint + "\n";
    return all;
  };
  const std::string prices = "1,170000\n2,300000\n3,250000\n";
  CHECK(warned(prices, "") ==
        "targets lie from 170,000 to 300,000, but a network begins with outputs near 0, about 1 "
        "apart: it may never get there | write target_scale: standard in data: it is undone in "
        "answers and metrics\n");
  CHECK(warned(prices, ", target_scale: standard") == "");
  CHECK(warned(prices, ", target_scale: log") == "");
  CHECK_THAT(warned("1,0.00002\n2,0.00001\n", ""),
             Catch::Contains("but a network begins with outputs near 0, about 1 apart"));
  CHECK(warned("1,2.5\n2,-40\n", "") == "");
  // metrics see numbers in their own units, whatever their scale
  for (const std::string scale : {"standard", "min_max"}) {
    CAPTURE(scale);
    CHECK(warned("1,10\n2,20\n", ", target_scale: " + scale, "[accuracy]") ==
          "accuracy asks on which side of a half an output lies, but targets lie from 10 to 20 | "
          "write mean_absolute_error or r2\n");
  }
}

TEST_CASE("class weights that are not one per class are refused before training",
          "[training][warnings]") {
  const host::Experiment e = experiment(
      "data: diagonal\nmodel: {input: 2, layers: [{type: dense, units: 1, activation: softmax}]}\n"
      "train: {cost: {type: cross_entropy, class_weights: [1, 2]}}\n");
  try {
    host::Trainer::create(e, 1);
    FAIL("was taken");
  } catch (const host::ConfigError& error) {
    CHECK(error.problems()[0].what ==
          "cost 'cross_entropy': 'class_weights' has 2 numbers for 1 classes");
    CHECK(error.problems()[0].place.line == 3);
  }
}

}  // namespace nnrun::testing
