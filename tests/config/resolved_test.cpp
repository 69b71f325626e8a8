#include <catch2/catch.hpp>
#include <cstdlib>

#include "config/config_testing.hpp"
namespace nnrun::testing {
namespace {

void check_fixed_point(Configs& configs) {
  const std::string once = resolved_yaml(configs.read());
  CAPTURE(once);
  Scratch elsewhere;
  const auto file = elsewhere.write("config.yaml", once);
  const auto again = host::read_experiment(file, {}, configs.registry());
  CHECK(resolved_yaml(again) == once);
  CHECK(resolved_keys(again) == resolved_keys(configs.read()));
  CHECK(host::written_keys(file) == resolved_keys(configs.read()));
}

TEST_CASE("the resolved config has every default written out", "[config]") {
  Configs configs(
      "data: points\nmodel: {input: 2, layers: [{type: dense, units: 5}, dropout]}\n"
      "train: {cost: huber, optimizer: adam}\nname: mine\n");
  CHECK(resolved_yaml(configs.read()) ==
        R"(# Written by nnrun: the config with every default written out.
name: mine
seed: 0
random: philox
dtype: float32
plugins: []
data: {type: points, train: 100, test: 100, features: [], scale: none, target_scale: none, split: {validation: 0, test: 0, shuffle: true, stratify: false}}
model:
  input: 2
  layers:
    - {name: dense_1, type: dense, units: 5, bias: true, inputs: [input], activation: none, init: glorot_uniform, bias_init: zeros}
    - {name: dropout_1, type: dropout, rate: 0.5, inputs: [dense_1], activation: none, init: glorot_uniform, bias_init: zeros}
train:
  cost: {type: huber, delta: 1, class_weights: []}
  gradient: backprop
  optimizer: {type: adam, beta1: 0.9, learning_rate: 0.01}
  batch_size: 32
  epochs: 1
  shuffle: true
  checkpoint: {every: "30 s", keep: 2}
  measure: while_training
metrics: []
predict: []
)");
}

TEST_CASE("a resolved config reads back to the same experiment, from any folder", "[config]") {
  Configs article({{"a.yaml", text_of(NNRUN_SOURCE_DIR "/tests/config/good/article.yaml")}});
  check_fixed_point(article);
  ::setenv("NNRUN_TEST_FOLDER", "/da ta/$${${x", 1);
  Configs csv = over_line(R"yaml(data:
  type: csv
  file: "${NNRUN_TEST_FOLDER}/é \"ö\" \\ $${y}.csv"
  headers: ["true", "7", "a: b", "# c", "[d", "", " e", "-", "null", "f\ng\x07", "*h", x-y.z]
  shares: [1e-300, 0.1, 123456789012345678, 5e-324, -0.0]
  separator: "\t"
  header: false
  split: {validation: 0.1, test: 0.3333333333333333, shuffle: false, stratify: true}
  features: [a, a^2, "sin(b)", "a*b"]
  scale: min_max
seed: 9223372036854775807
dtype: float64
model:
  input: [2, 1, 1, 1]
  weights: start.safetensors
  layers:
    - {name: "7", type: dense, units: 5, activation: {type: leaky, slope: -1e10}}
    - {name: "null", type: conv, filters: 5, inputs: ["7", input], padding: valid, strides: 2}
    - {name: none, type: add, inputs: ["7", "null"], init: {type: uniform, high: 3}}
metrics: [accuracy, {type: top_k, k: 2}]
predict: [[0.1, 1e22], [-0.0, 3]]
)yaml");
  check_fixed_point(csv);
}

TEST_CASE("a lone number stands for a list of one, where a setting says so", "[config]") {
  const auto strides = [](const std::string& text) {
    Configs configs("data: points\nmodel: {input: 2, layers: [{type: conv, filters: 5, strides: " +
                    text + "}]}\ntrain: {cost: huber}\n");
    return resolved_keys(configs.read()).at("model.layers.conv_1.strides");
  };
  CHECK(strides("2") == "[2]");
  CHECK(strides("[2]") == "[2]");
  CHECK(strides("[2, 3]") == "[2, 3]");
}

TEST_CASE("plugins of a resolved config are absolute and keep their sum", "[config]") {
  Scratch scratch;
  std::filesystem::copy_file(test_classes, scratch / "mine.so");
  const auto file =
      scratch.write("a.yaml",
                    "plugins: [mine.so]\ndata: points\n"
                    "model: {input: 1, layers: [{type: dense, units: 1}]}\ntrain: {cost: huber}\n");
  host::Registry registry;
  const std::string once = resolved_yaml(host::read_experiment(file, {}, registry));
  CHECK(once.find("plugins: [" + (scratch / "mine.so").string() + "]\n") != once.npos);
  Scratch elsewhere;
  host::Registry other;
  const auto moved = elsewhere.write("a.yaml", once);
  CHECK(resolved_yaml(host::read_experiment(moved, {}, other)) == once);
}

TEST_CASE("the flat list has a line per key", "[config]") {
  Configs configs = over_line("predict: [[1, 2]]\n");
  const auto keys = resolved_keys(configs.read());
  CHECK(keys.at("train.batch_size") == "32");
  CHECK(keys.at("train.gradient") == "finite_difference");
  CHECK(keys.at("train.gradient.step") == "0.5");
  CHECK(keys.at("model.layers.dense_1") == "dense");
  CHECK(keys.at("model.layers.dense_1.units") == "5");
  CHECK(keys.at("model.layers.dense_2.activation") == "sigmoid");
  CHECK(keys.at("data") == "points");
  CHECK(keys.at("data.split.validation") == "0");
  CHECK(keys.at("predict") == "[[1, 2]]");
}

}  // namespace
}  // namespace nnrun::testing
