// Runs that are built to fail, and the cause that their messages name.
#include "training/diagnosis.hpp"

#include "base/text.hpp"
#include "loading/plugin_factory.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::Equals;

/// Returns the problem that ends a run.
host::Problem problem_of(const host::Experiment& experiment) {
  try {
    host::Trainer::create(experiment, 1)->train({});
  } catch (const host::TrainingError& error) {
    return error.problems().front();
  }
  FAIL("trained to the end");
  return {};
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Writes a file of rooms and prices, rooms · `x` and prices · `t`, and returns a config for it.
std::string houses(const std::string& x, const std::string& t, const std::string& layers,
                   const std::string& train, const std::string& more = "") {
  static const Scratch scratch;
  const double by_x = *host::parse_double(x), by_t = *host::parse_double(t);
  std::string csv = "rooms,age,price\n";
  for (int i = 0; i < 64; ++i) {
    const double rooms = (i * 7 % 11) / 10., age = (i * 5 % 13) / 12.;
    csv += host::shortest(rooms * by_x) + "," + host::shortest(age) + "," +
           host::shortest((rooms + age) / 2 * by_t) + "\n";
  }
  const auto file = scratch.write("houses" + x + "_" + t + ".csv", csv);
  return more + "data: {type: csv, path: " + file.string() + "}\nmodel:\n  input: 2\n  layers: [" +
         layers + "]\ntrain: {epochs: 200, batch_size: 8, " + train + "}\n";
}

const std::string two_layers =
    "{type: dense, units: 16, activation: relu}, {type: dense, units: 1}";

std::string layers(int n, const std::string& init, const std::string& activation = "relu") {
  std::string all;
  for (int i = 0; i < n; ++i)
    all += "{type: dense, units: 30, activation: " + activation + ", init: " + init + "}, ";
  return all + "{type: dense, units: 1, init: " + init + "}";
}

const std::string mean_squared = "cost: mean_squared_error, gradient: backprop, ";

}  // namespace

TEST_CASE("a run that diverges names the likely cause and what to write", "[training][diagnosis]") {
  const auto [name, yaml, cause,
              hint] = GENERATE_COPY(table<std::string, std::string, std::string, std::string>({
      {"large targets",
       houses("1", "500000", "{type: dense, units: 16, activation: tanh}, {type: dense, units: 1}",
              mean_squared + "optimizer: {type: sgd, learning_rate: 0.1}"),
       "likely cause: large targets: target 'price' reaches 4.79e+05",
       "write data: {target_scale: standard}: 'scale' is for inputs alone"},
      {"large inputs",
       houses("1e6", "1", two_layers, mean_squared + "optimizer: {type: sgd, learning_rate: 0.1}"),
       "likely cause: large inputs: input 'rooms' reaches 1e+06", "write data: {scale: standard}"},
      {"large inputs and targets",
       houses("2000", "500000", two_layers,
              mean_squared + "optimizer: {type: sgd, learning_rate: 0.1}"),
       "likely cause: large inputs: input 'rooms' reaches 2e+03",
       "write data: {scale: standard}\nwrite data: {target_scale: standard}: 'scale' is for "
       "inputs alone"},
      {"a learning rate",
       houses("1", "1", two_layers, mean_squared + "optimizer: {type: sgd, learning_rate: 1e6}"),
       "likely cause: a learning rate that is far too large",
       "learning_rate 1e+06 -> try 0.1\nor bound the gradient: train: {clip_norm: 1}"},
      {"large initial weights",
       houses(
           "1", "1",
           "{type: dense, units: 16, init: {type: normal, stddev: 1e20}}, {type: dense, units: 1}",
           mean_squared + "optimizer: {type: sgd, learning_rate: 0.1}"),
       "likely cause: large initial parameters: dense_1/weights reaches ",
       "write init: glorot_uniform in dense_1"},
      {"a deep network",
       houses("1", "1", layers(40, "{type: normal, stddev: 3}"),
              mean_squared + "optimizer: {type: sgd, learning_rate: 0.001}"),
       "likely cause: activations that grow from layer to layer: from ",
       "write init: he_normal in dense_1 and the layers behind it"},
      {"probabilities that are none",
       houses("1", "1", "{type: dense, units: 1, init: zeros}",
              "cost: binary_cross_entropy, gradient: backprop, "
              "optimizer: {type: sgd, learning_rate: 0.1}"),
       "likely cause: binary_cross_entropy takes outputs from 0 to 1, these reach from ",
       "write activation: sigmoid in the last layer, or activation: none and from_logits: "
       "true"},
  }));
  CAPTURE(name);
  const host::Problem problem = problem_of(experiment(yaml));
  CAPTURE(problem.what, problem.note);
  CHECK_THAT(first_line(problem.note), Catch::StartsWith(cause));
  CHECK(problem.hint == hint);
}

TEST_CASE("the numbers before a fault are those of the parameters that were kept",
          "[training][diagnosis]") {
  // y = 2 x with float32: the square of 2e20 overflows
  static const Scratch scratch;
  const auto file = scratch.write("one.csv", "x,y\n1,0\n-0.5,3\n");
  const host::Problem problem = problem_of(
      experiment("data: {type: csv, path: " + file.string() +
                 "}\nmodel: {input: 1, layers: [{type: dense, units: 1, bias: false, init: {type: "
                 "constant, value: 2e20}}]}\ntrain: {cost: mean_squared_error, gradient: backprop, "
                 "optimizer: {type: sgd, learning_rate: 0.1}}\n"));
  CHECK(problem.what ==
        "cost became infinite in epoch 1, step 1: cost 'mean_squared_error' gave it first; the "
        "update was not applied");
  CHECK(problem.note ==
        "likely cause: large initial parameters: dense_1/weights reaches 2e+20\n"
        "largest input 'x': 1, target 'y': 3, activation: 2e+20 (dense_1), parameter: 2e+20 "
        "(dense_1/weights)\n"
        "norm of the parameters: 2e+20, of the gradient: 2.5e+20");
  CHECK(problem.hint == "write init: glorot_uniform in dense_1");
}

TEST_CASE("shares of saturated and of dead units are told", "[training][diagnosis]") {
  // sigmoid(±1000) is 0 or 1; relu(-1000) is 0 for every example
  static const Scratch scratch;
  std::string csv = "x,y\n";
  for (int i = 0; i < 20; ++i) csv += i % 2 ? "1,1e30\n" : "2,1e30\n";
  const auto file = scratch.write("shares.csv", csv);
  const auto said = [&](const std::string& layer) {
    return problem_of(experiment("data: {type: csv, path: " + file.string() +
                                 "}\nmodel: {input: 1, layers: [" + layer +
                                 ", {type: dense, units: 1}]}\ntrain: {cost: mean_squared_error, "
                                 "batch_size: 20, optimizer: {type: sgd, learning_rate: 0.1}}\n"))
        .note;
  };
  const std::string start = "init: {type: constant, value: -1000}}";
  CHECK_THAT(said("{type: dense, units: 4, activation: sigmoid, " + start),
             Catch::EndsWith("; 100% of dense_1 saturated"));
  CHECK_THAT(said("{type: dense, units: 4, activation: relu, " + start),
             Catch::EndsWith("; 100% of dense_1 dead"));
}

TEST_CASE("a class that spoils moderate numbers is the cause", "[training][diagnosis]") {
  const PluginFactory factory;
  const auto [kind, key, body, cause, hint] = GENERATE(table<std::string, std::string, std::string,
                                                             std::string, std::string>({
      {"Activation", "model: {defaults: {activation: bad}}",
       "auto f(auto x) const { return x / (x - x); }",
       "likely cause: activation 'bad' itself: it took numbers up to ",
       "nnrun check $/bad.so puts its classes through their laws"},
      {"Activation", "model: {defaults: {activation: bad}}",
       "auto f(auto x) const { return 1.0 * x; }\n"
       "  auto df(auto x, auto) const { return 1 / (x - x); }",
       "likely cause: activation 'bad' itself: it took numbers up to ",
       "nnrun check $/bad.so puts its classes through their laws"},
      {"Cost", "train: {cost: bad}", "auto f(auto y, auto t) const { return (y - t) / (y - y); }",
       "likely cause: cost 'bad' itself: it took numbers up to ",
       "nnrun check $/bad.so puts its classes through their laws"},
      {"Cost", "model: {defaults: {init: zeros, activation: none}}\ntrain: {cost: bad}",
       "auto f(auto y, auto t) const { return -t * log(y); }",
       "likely cause: an output is exactly 0 or 1, where a logarithm in bad is infinite",
       "keep its logarithms finite: max(log(y), -100), say"},
      {"Optimizer", "train: {optimizer: bad}",
       "void update(auto& w, auto g, const auto& step) const { w = w - step.rate * g / (g - g); "
       "}",
       "likely cause: optimizer 'bad' itself, or the learning rate: other parameters are at "
       "most 0",
       "learning_rate 0.01 -> try 0.001\nor bound the gradient: train: {clip_norm: 1}\nnnrun "
       "check $/bad.so puts its classes through their laws"},
      {"Gradient", "train: {gradient: bad}",
       "template <class T>\n  double compute(const nnrun::Objective<T>& o, std::span<T> g) const "
       "{\n    const double cost = o.cost();\n    for (T& x : g) x = T(NAN);\n    return cost;\n  "
       "}",
       "likely cause: gradient 'bad' itself: it took numbers up to ",
       "nnrun check $/bad.so puts its classes through their laws"},
  }));
  CAPTURE(kind, body);
  factory.cpp("bad.so", "#include <nnrun/plugin.hpp>\n#include <cmath>\nstruct Bad : nnrun::" +
                            kind + " {\n  static constexpr auto name = \"bad\", doc = \"\";\n  " +
                            body + "\n};\nNNRUN_REGISTER(Bad)\n");
  const auto file =
      factory.scratch().write("bad.yaml", "extends: " NNRUN_SOURCE_DIR
                                          "/configs/diagonal-analytic.yaml\nplugins: [./bad.so]\n" +
                                              key + "\n");
  host::Registry plugins;
  plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
  const host::Problem problem = problem_of(host::read_experiment(file, {}, plugins));
  CAPTURE(problem.what, problem.note);
  CHECK_THAT(first_line(problem.note), Catch::StartsWith(cause));
  CHECK(replaced(problem.hint, factory.folder().string(), "$") == hint);
}

TEST_CASE("a fault at moved parameters is found there, not in the gradient plugin",
          "[training][diagnosis]") {
  const std::string in_place = GENERATE("false", "true");
  CAPTURE(in_place);
  const PluginFactory factory;
  // of 1 it gives 1, of more NaN
  factory.cpp("edge.so",
              "#include <nnrun/plugin.hpp>\nstruct Edge : nnrun::Activation {\n"
              "  static constexpr auto name = \"edge\", doc = \"\";\n"
              "  static constexpr bool in_place = " +
                  in_place +
                  ";\n"
                  "  auto f(auto x) const {\n"
                  "    const auto above = max(x - 1, 0) * 1e300 * 1e300;\n"
                  "    return x + (above - above);\n  }\n"
                  "  auto df(auto, auto) const { return 1.; }\n"
                  "};\nNNRUN_REGISTER(Edge)\n");
  factory.scratch().write("one.csv", "x,y\n1,0\n1,0\n");
  const auto said = [&](const std::string& gradient) {
    const auto file = factory.scratch().write(
        "edge.yaml",
        "dtype: float64\nplugins: [./edge.so]\ndata: {type: csv, path: one.csv}\n"
        "model: {input: 1, layers: [{type: dense, units: 1, bias: false, activation: edge, init: "
        "{type: constant, value: 1}}]}\ntrain: {cost: mean_squared_error, gradient: " +
            gradient + ", optimizer: {type: sgd, learning_rate: 0.1}}\n");
    host::Registry plugins;
    plugins.load_folder(NNRUN_BUILD_DIR "/plugins");
    const host::Problem problem = problem_of(host::read_experiment(file, {}, plugins));
    return problem.what + " --> " + problem.where;
  };
  const std::string moved = "the output of dense_1 was not finite first, with ",
                    where =
                        "; the update was not applied --> forward of activation 'edge' "
                        "(edge.so)";
  CHECK_THAT(
      said("finite_difference"),
      Contains(moved + "a parameter of dense_1/weights moved by ") && Catch::EndsWith(where));
  CHECK_THAT(
      said("central_difference"),
      Contains(moved + "a parameter of dense_1/weights moved by ") && Catch::EndsWith(where));
  CHECK_THAT(said("spsa"), Contains(moved + "all parameters moved along a direction by ") &&
                               Catch::EndsWith(where));
}

}  // namespace nnrun::testing
