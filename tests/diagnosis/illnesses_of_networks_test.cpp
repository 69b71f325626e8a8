// What the doctor finds in networks and in their training.
#include <catch2/catch.hpp>
#include <cmath>

#include "diagnosis/plants.hpp"
namespace nnrun::testing {
namespace {

std::vector<Plant> plants_of_network() {
  Net falling = net_of_prices(", scale: standard, target_scale: standard");
  falling.cost = "{formula: \"y - t\"}";
  const std::string either = table(
      examples,
      [](std::size_t i) {
        return std::vector<double>{plain_row(i)[0], plain_row(i)[1]};
      },
      [](std::size_t i) {
        return std::string(plain_row(i)[0] * plain_row(i)[1] > 0 ? "yes" : "no");
      });
  Net degrees = net_of_prices("");
  degrees.epochs = "40";
  Net normalized = net_of_prices(", scale: standard, target_scale: standard");
  normalized.layers.push_back("{type: layer_norm}");
  Net squares = net_of_prices(", target_scale: standard");
  squares.layers = {"{type: dense, units: 1, activation: {formula: 'x^2'}}"};
  Net wild = net_of_prices(", target_scale: standard, scale: standard");
  wild.defaults = "activation: relu";
  wild.layers = {"{type: dense, units: 64, init: {type: uniform, low: -8, high: 8}}",
                 "{type: dense, units: 64, init: {type: uniform, low: -8, high: 8}}",
                 "{type: dense, units: 1, activation: none}"};
  wild.epochs = "3";
  wild.optimizer = "{type: adam, learning_rate: 0.001}";
  Net unbiased = net_of_prices("");
  unbiased.layers = {"{type: dense, units: 1, activation: none, bias: false}"};
  Net noisy = net_of_prices("");
  noisy.layers = {"{type: dense, units: 16, activation: none}", "{type: batch_norm}",
                  "{type: activation, activation: relu}", noisy.layers[1]};
  noisy.batch = "2";
  noisy.epochs = "20";
  Net watching;
  watching.train = "  early_stopping: {monitor: val.cost, patience: 5, restore_best: true}\n";
  std::string few_to_watch = watching.text();
  few_to_watch.replace(few_to_watch.find("validation: 0.2"), 15, "validation: 0.02");
  return {
      plant("nothing", "", [](Net&) {}),
      plant(
          "a learning rate that is far too high", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 100}"; }, "net.yaml:9:"),
      plant(
          "one that is far too low", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 0.00001}"; }, "net.yaml:9:"),
      plant(
          "an all-zero start", "symmetric_start", [](Net& n) { n.defaults += ", init: zeros"; },
          "net.yaml:3:"),
      plant(
          "a constant start", "symmetric_start",
          [](Net& n) { n.defaults += ", init: {type: constant, value: 0.3}"; }, "net.yaml:3:"),
      plant("deep sigmoids", "vanishing_slopes",
            [](Net& n) {
              n.defaults = "activation: sigmoid";
              n.layers.insert(n.layers.begin(), 11, "{type: dense, units: 10}");
              n.optimizer = "{type: sgd, learning_rate: 0.1}";
            }),
      plant("slopes that grow", "exploding_slopes",
            [](Net& n) {
              n.defaults = "activation: relu, init: {type: normal, stddev: 8}";
              n.layers.insert(n.layers.begin(), 7, "{type: dense, units: 30}");
              n.optimizer = "{type: sgd, learning_rate: 0.00001}";
            }),
      plant("dead units", "dead_units",
            [](Net& n) {
              n.defaults = "activation: relu, bias_init: {type: constant, value: -50}";
              n.layers[1] = "{type: dense, units: 1, activation: sigmoid, bias_init: zeros}";
            }),
      plant("units at their limits", "saturated_units",
            [](Net& n) {
              n.defaults = "activation: tanh, init: {type: normal, stddev: 300}";
              n.optimizer = "{type: sgd, learning_rate: 0.1}";
            }),
      plant("batch_norm of one example", "mismatch",
            [](Net& n) {
              n.layers.insert(n.layers.begin() + 1, "{type: batch_norm}");
              n.batch = "1";
            }),
      plant(
          "a cost that the output cannot reach", "mismatch",
          [](Net& n) { n.layers[1] = "{type: dense, units: 1, activation: none}"; }, "net.yaml:6:"),
      plant(
          "softmax of one unit", "mismatch",
          [](Net& n) { n.layers[1] = "{type: dense, units: 1, activation: softmax}"; },
          "net.yaml:6:"),
      plant(
          "a regularizer that is too strong", "regularizer",
          [](Net& n) { n.defaults += ", regularizer: {type: l2, rate: 3}"; }, "net.yaml:3:"),
      plant(
          "clipping that cuts every step", "clipping",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  clip_norm: 0.00001\n";
          },
          "net.yaml:12:"),
      plant(
          "a warmup that is longer than the run", "warmup",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  schedule: {type: constant, warmup: 200000}\n";
          },
          "net.yaml:12:"),
      plant(
          "factors that leave nothing of the learning rate", "learning_rate_factor",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            for (std::string& layer : n.layers) layer.insert(1, "learning_rate_factor: 0.00001, ");
          },
          "net.yaml:5:"),
      {"a cost that falls for ever", "cost", falling.text(),
       table(examples, plain_row, price_target), "net.yaml:8:"},
      plant(
          "early stopping that does not wait", "stops_early",
          [](Net& n) {
            n.epochs = "100";
            n.train = "  early_stopping: {monitor: val.cost, patience: 0, min_delta: 0.2}\n";
          },
          "net.yaml:12:"),
      plant(
          "zeros in a layer of one unit", "symmetric_start",
          [](Net& n) {
            n.layers.insert(n.layers.begin() + 1, {"{type: dense, units: 1, init: zeros}",
                                                   "{type: dense, units: 8, activation: relu}"});
          },
          "net.yaml:6:"),
      plant(
          "differences of a step below rounding", "gradient_step",
          [](Net& n) {
            n.epochs = "2";
            n.train = "  gradient: {type: finite_difference, step: 1.0e-9}\n";
          },
          "net.yaml:12:"),
      plant(
          "noise that hides the inputs", "augment",
          [](Net& n) { n.data = ", augment: [{type: noise, stddev: 50}]"; }, "net.yaml:1:"),
      plant(
          "a learning rate beyond all that are near others", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 1e30}"; }, "net.yaml:9:"),
      plant(
          "one that is next to nothing", "learning_rate",
          [](Net& n) { n.optimizer = "{type: sgd, learning_rate: 1e-30}"; }, "net.yaml:9:"),
      plant(
          "relu before the sigmoid of a cost", "mismatch",
          [](Net& n) {
            n.cost = "{type: binary_cross_entropy, from_logits: true}";
            n.layers[1] = "{type: dense, units: 1, activation: relu}";
          },
          "net.yaml:6:"),
      plant(
          "an output that is always 0", "dead_units",
          [](Net& n) {
            n.cost = "mean_squared_error";
            n.layers[1] =
                "{type: dense, units: 1, activation: relu, bias_init: {type: constant, value: "
                "-20}}";
          },
          "net.yaml:6:"),
      plant(
          "a class that counts nothing", "class_weights",
          [](Net& n) { n.cost = "{type: binary_cross_entropy, class_weights: [1, 0]}"; },
          "net.yaml:8:"),
      plant(
          "a class that counts nothing, by name", "class_weights",
          [](Net& n) { n.cost = "{type: binary_cross_entropy, class_weights: {'yes': 0}}"; },
          "net.yaml:8:"),
      plant(
          "no parameters", "no_parameters",
          [](Net& n) {
            n.data = ", columns: {x1: unused, x2: unused, x3: unused}";
            n.layers = {"{type: activation, activation: sigmoid}"};
          },
          "net.yaml:5:"),
      plant(
          "a hidden activation without a slope", "no_slope",
          [](Net& n) { n.defaults = "activation: step"; }, "net.yaml:3:"),
      plant(
          "a momentum that never ends", "momentum",
          [](Net& n) { n.optimizer = "{type: momentum, learning_rate: 1, momentum: 0.999}"; },
          "net.yaml:9:"),
      plant(
          "a weight decay that leaves no weights", "weight_decay",
          [](Net& n) { n.optimizer = "{type: adamw, learning_rate: 0.01, weight_decay: 50}"; },
          "net.yaml:9:"),
      plant(
          "most inputs dropped", "dropout",
          [](Net& n) { n.layers.insert(n.layers.begin(), "{type: dropout, rate: 0.75}"); },
          "net.yaml:5:"),
      plant(
          "an output that starts at its limit", "saturated_units",
          [](Net& n) {
            n.cost = "mean_squared_error";
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.layers[1] =
                "{type: dense, units: 1, activation: sigmoid, bias_init: {type: constant, value: "
                "60}}";
          },
          "net.yaml:6:"),
      plant(
          "a sigmoid of a sigmoid", "mismatch",
          [](Net& n) { n.layers.push_back("{type: activation, activation: sigmoid}"); },
          "net.yaml:7:"),
      plant(
          "noise as large as the inputs", "augment",
          [](Net& n) { n.data = ", augment: [{type: noise, stddev: 4}]"; }, "net.yaml:1:"),
      plant(
          "a rate that falls at every step", "schedule",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
            n.train = "  schedule: {type: multistep, milestones: [1, 2, 3], gamma: 0.01}\n";
          },
          "net.yaml:12:"),
      plant(
          "softmax in hidden layers", "hidden_softmax",
          [](Net& n) {
            n.layers.insert(n.layers.begin(), 2, "{type: dense, units: 16, activation: softmax}");
            n.optimizer = "{type: sgd, learning_rate: 0.1}";
          },
          "net.yaml:5:"),
      plant(
          "softmax of a layer of its own, behind which weights are", "hidden_softmax",
          [](Net& n) {
            n.layers.insert(n.layers.begin() + 1, "{type: activation, activation: softmax}");
            n.optimizer = "{type: sgd, learning_rate: 0.01}";
          },
          "net.yaml:6:"),
      plant(
          "steps as long as the weights, that learn something all the same", "learning_rate",
          [](Net& n) {
            n.cost = "mean_squared_error";
            n.optimizer = "{type: adam, learning_rate: 50}";
            n.layers[0] = "{type: dense, units: 64, activation: relu}";
          },
          "net.yaml:9:"),
      plant(
          "a momentum that leads up", "momentum",
          [](Net& n) { n.optimizer = "{type: momentum, learning_rate: 0.1, momentum: 0.9999}"; },
          "net.yaml:9:"),
      plant(
          "a momentum longer than a tenth of the run", "momentum",
          [](Net& n) {
            n.optimizer = "{type: momentum, learning_rate: 0.05, momentum: 0.999}";
            n.epochs = "20";
          },
          "net.yaml:9:"),
      plant(
          "two layers without an activation between", "mismatch",
          [](Net& n) {
            n.defaults = "bias_init: zeros";
            n.layers.insert(n.layers.begin(), "{type: dense, units: 16}");
          },
          "net.yaml:5:"),
      plant(
          "a rate that is halved every epoch", "schedule",
          [](Net& n) {
            n.epochs = "60";
            n.optimizer = "{type: sgd, learning_rate: 0.01}";
            n.train = "  schedule: {type: exponential, gamma: 0.5}\n";
          },
          "net.yaml:12:"),
      plant(
          "batch_norm of two examples", "batch_size",
          [](Net& n) {
            n.layers = {"{type: dense, units: 16, activation: none}", "{type: batch_norm}",
                        "{type: activation, activation: tanh}", n.layers[1]};
            n.batch = "2";
            n.optimizer = "{type: adam, learning_rate: 0.003}";
            n.epochs = "2";
          },
          "net.yaml:12:"),
      plant(
          "dropout behind the last layer", "mismatch",
          [](Net& n) { n.layers.push_back("{type: dropout, rate: 0.5}"); }, "net.yaml:7:"),
      plant(
          "early stopping that waits for more than can come", "stops_early",
          [](Net& n) {
            n.epochs = "60";
            n.train = "  early_stopping: {monitor: train.accuracy, patience: 1, min_delta: 0.2}\n";
          },
          "net.yaml:12:"),
      plant(
          "eight layers of sigmoid, which adam moves all the same", "vanishing_slopes",
          [](Net& n) {
            n.defaults = "activation: sigmoid";
            n.layers.insert(n.layers.begin(), 7, "{type: dense, units: 16}");
          },
          "net.yaml:3:", either),
      {"targets in degrees that are not scaled", "target_scale", degrees.text(),
       table(examples, plain_row,
             [](std::size_t i) {
               const std::vector<double> x = plain_row(i);
               return std::to_string(180 + 60 * x[0] + 30 * x[1] - 20 * x[2] * x[3]);
             }),
       "net.yaml:1:"},
      plant(
          "a hinge behind a sigmoid", "mismatch", [](Net& n) { n.cost = "hinge"; }, "net.yaml:6:"),
      plant(
          "a bound on examples that ends training at once", "too_short",
          [](Net& n) {
            n.optimizer = "{type: adam, learning_rate: 0.001}";
            n.epochs = "600";
            n.train = "  max_examples: 200\n";
          },
          "net.yaml:12:"),
      plant(
          "a bound on steps that does", "too_short", [](Net& n) { n.train = "  steps: 3\n"; },
          "net.yaml:12:"),
      plant(
          "early stopping that asks too much of a low rate", "stops_early",
          [](Net& n) {
            n.optimizer = "{type: adam, learning_rate: 0.0005}";
            n.epochs = "500";
            n.train = "  early_stopping: {monitor: val.cost, min_delta: 0.2, patience: 2}\n";
          },
          "net.yaml:12:"),
      plant(
          "signs of slopes from batch to batch", "batch_size",
          [](Net& n) {
            n.optimizer = "{type: rprop}";
            n.batch = "5";
          },
          "net.yaml:10:", either),
      plant(
          "an output whose bias makes it sure of no", "saturated_units",
          [](Net& n) {
            n.optimizer = "{type: sgd, learning_rate: 0.01}";
            n.layers[1] =
                "{type: dense, units: 1, activation: sigmoid, bias_init: {type: constant, value: "
                "-50}}";
          },
          "net.yaml:6:"),
      {"layer_norm of a single output", "constant_layer", normalized.text(),
       table(examples, plain_row, price_target), "net.yaml:7:"},
      plant(
          "relu before the activation of the output", "mismatch",
          [](Net& n) {
            n.layers[1] = "{type: dense, units: 1, activation: relu}";
            n.layers.push_back("{type: activation, activation: sigmoid}");
          },
          "net.yaml:7:"),
      {"an output that is never below 0", "mismatch", squares.text(),
       table(examples, plain_row, price_target), "net.yaml:5:"},
      {"no bias where targets are around 20", "no_bias", unbiased.text(),
       table(examples, plain_row,
             [](std::size_t i) { return std::to_string(20 + plain_row(i)[0]); }),
       "net.yaml:5:"},
      plant(
          "batches of all examples", "batch_size",
          [](Net& n) {
            n.batch = "10000";
            n.optimizer = "{type: sgd, learning_rate: 0.01}";
          },
          "net.yaml:10:"),
      {"weights from -8 to 8 in two layers of relu", "large_start", wild.text(),
       table(examples, plain_row, price_target), "net.yaml:5:"},
      plant(
          "weights that begin as large as ten", "large_start",
          [](Net& n) {
            n.layers[0] = "{type: dense, units: 16, init: {type: normal, stddev: 10}}";
          },
          "net.yaml:5:"),
      plant(
          "an activation so steep that hardly a slope comes through", "no_slope",
          [](Net& n) {
            n.layers[0] = "{type: dense, units: 4, activation: {formula: 'tanh(1000 * x)'}}";
          },
          "net.yaml:5:", either),
      plant("averages of the last thousand slopes, by which adam learns all the same", "",
            [](Net& n) {
              n.optimizer = "{type: adam, learning_rate: 0.01, beta1: 0.999}";
              n.epochs = "60";
            }),
      {"batch_norm of two examples, that learns by the averages of many", "batch_size",
       noisy.text(),
       table(examples, plain_row,
             [](std::size_t i) {
               return std::to_string(2 * plain_row(i)[0] - plain_row(i)[1] + plain_row(i)[2]);
             }),
       "net.yaml:12:"},
      {"early stopping by a few examples", "small_part", few_to_watch, plain_table(),
       "net.yaml:12:"},
      {"too few epochs", "too_short",
       "extends: " NNRUN_SOURCE_DIR "/configs/playground/circle.yaml\n"
       "train: {optimizer: {type: adam, learning_rate: 0.01}, epochs: 4}\n",
       plain_table()},
  };
}

}  // namespace

TEST_CASE("the doctor finds what is wrong with a network and its training", "[cli][doctor]") {
  check_plants(plants_of_network());
}

}  // namespace nnrun::testing
