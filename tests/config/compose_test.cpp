#include <catch2/catch.hpp>

#include "config/config_testing.hpp"
namespace nnrun::testing {
namespace {

TEST_CASE("maps merge, scalars and lists replace", "[config]") {
  Configs configs = over_line("train: {batch_size: 8}\npredict: [[1, 2]]\ndata: {test: 7}\n");
  const auto e = configs.read();
  CHECK(e.train.batch_size == 8);
  CHECK(key_of(e, "train.cost") == "sum_squared_error");
  CHECK(key_of(e, "data.train") == "10");
  CHECK(key_of(e, "data.test") == "7");
  Configs child({{"line.yaml", line_config},
                 {"b.yaml", "extends: line.yaml\npredict: [[1, 2], [3, 4]]\nseed: 5\n"},
                 {"a.yaml", "extends: b.yaml\npredict: [[9, 9]]\n"}});
  CHECK(key_of(child.read(), "predict") == "[[9, 9]]");
  CHECK(child.read().seed == 5);
}

TEST_CASE("the last of several parents wins, and the config over all of them", "[config]") {
  Configs configs({{"line.yaml", line_config},
                   {"b.yaml", "seed: 1\ntrain: {epochs: 2, batch_size: 3}\n"},
                   {"c.yaml", "seed: 4\ntrain: {epochs: 5}\n"},
                   {"a.yaml", "extends: [line.yaml, b.yaml, c.yaml]\nseed: 6\n"}});
  const auto e = configs.read();
  CHECK(e.seed == 6);
  CHECK(e.train.epochs == 5);
  CHECK(e.train.batch_size == 3);
  CHECK(e.name == "line");
}

TEST_CASE("a path is relative to the file that it is written in", "[config]") {
  Configs configs({{"line.yaml", line_config},
                   {"sub/b.yaml", "extends: ../line.yaml\ndata: {type: csv, file: iris.csv}\n"},
                   {"a.yaml", "extends: sub/b.yaml\nmodel: {weights: ../w.safetensors}\n"}});
  const auto e = configs.read();
  CHECK(key_of(e, "data.file") == (configs / "sub" / "iris.csv").string());
  CHECK(e.model.weights.file.value == (configs / "").parent_path().parent_path() / "w.safetensors");
  REQUIRE(e.sources.size() == 3);
  CHECK(e.sources[0]->name == (configs / "a.yaml").string());
  CHECK(e.sources[1]->name == (configs / "sub" / "b.yaml").string());
  CHECK(e.sources[2]->text == line_config);
}

TEST_CASE("null removes what a parent gave", "[config]") {
  Configs configs = over_line("train: {batch_size: null, gradient: ~}\nname: null\n");
  const auto e = configs.read();
  CHECK(e.train.batch_size == 32);
  CHECK(key_of(e, "train.gradient") == "backprop");
  CHECK(e.name == "a");
}

TEST_CASE("another type drops the parent's other settings of that map", "[config]") {
  Configs same = over_line("train: {optimizer: {type: sgd, momentum: 0.5}}\n");
  CHECK(key_of(same.read(), "train.optimizer.learning_rate") == "0.1");
  CHECK(key_of(same.read(), "train.optimizer.momentum") == "0.5");
  Configs other = over_line("train: {optimizer: {type: adam, beta1: 0.5}}\n");
  CHECK(key_of(other.read(), "train.optimizer.learning_rate") == "0.01");
  CHECK(key_of(other.read(), "train.optimizer.beta1") == "0.5");
  CHECK(key_of(other.read(), "train.optimizer.momentum") == "-");
}

TEST_CASE("a bare name and {type: name} merge alike", "[config]") {
  Configs same = over_line("train: {gradient: finite_difference}\n");
  CHECK(key_of(same.read(), "train.gradient.step") == "0.5");
  Configs other = over_line("train: {gradient: backprop}\n");
  CHECK(key_of(other.read(), "train.gradient") == "backprop");
  CHECK(key_of(other.read(), "train.gradient.step") == "-");
  Configs onto({{"line.yaml", line_config},
                {"b.yaml", "extends: line.yaml\ntrain: {optimizer: adam}\n"},
                {"a.yaml", "extends: b.yaml\ntrain: {optimizer: {beta1: 0.25}}\n"}});
  CHECK(key_of(onto.read(), "train.optimizer") == "adam");
  CHECK(key_of(onto.read(), "train.optimizer.beta1") == "0.25");
}

TEST_CASE("a map at layers changes layers by their names", "[config]") {
  Configs configs = over_line("model: {layers: {dense_1: {units: 7}, dense_2: {bias: false}}}\n");
  const auto e = configs.read();
  CHECK(key_of(e, "model.layers.dense_1.units") == "7");
  CHECK(key_of(e, "model.layers.dense_1.bias") == "true");
  CHECK(key_of(e, "model.layers.dense_2.units") == "1");
  CHECK(key_of(e, "model.layers.dense_2.bias") == "false");

  Configs removed = over_line("model: {layers: {dense_1: null}}\n");
  CHECK(removed.read().model.layers.size() == 1);
  CHECK(key_of(removed.read(), "model.layers.dense_2.units") == "1");  // dense_2 keeps its name
}

TEST_CASE("a layer of another type keeps its name and its inputs, nothing else", "[config]") {
  Configs configs(
      {{"b.yaml", R"(data: points
model:
  input: 2
  layers:
    - {name: left, type: dense, units: 5}
    - {name: right, type: dense, units: 5, inputs: [input], activation: relu}
    - {type: add, inputs: [left, right]}
train: {cost: huber}
)"},
       {"a.yaml", "extends: b.yaml\nmodel: {layers: {right: {type: conv, filters: 3}}}"}});
  const auto e = configs.read();
  CHECK(e.model.layers[1].name == "right");
  CHECK(key_of(e, "model.layers.right") == "conv");
  CHECK(key_of(e, "model.layers.right.filters") == "3");
  CHECK(key_of(e, "model.layers.right.inputs") == "[input]");
  CHECK(key_of(e, "model.layers.right.activation") == "none");
  CHECK(key_of(e, "model.layers.right.units") == "-");
}

TEST_CASE("changing or removing a layer renames no other", "[config]") {
  Configs configs(
      {{"line.yaml", line_config},
       {"b.yaml", "extends: line.yaml\nmodel: {layers: {dense_1: {type: conv, filters: 2}}}"},
       {"a.yaml",
        "extends: b.yaml\nmodel: {layers: {dense_2: {units: 9}, dense_1: {kernel: 5}}}"}});
  const auto e = configs.read();
  CHECK(key_of(e, "model.layers.dense_1") == "conv");
  CHECK(key_of(e, "model.layers.dense_1.kernel") == "5");
  CHECK(key_of(e, "model.layers.dense_1.filters") == "2");
  CHECK(key_of(e, "model.layers.dense_2.units") == "9");
}

TEST_CASE("--set uses the paths of the config", "[config]") {
  Configs configs = over_line("");
  const auto e = configs.read({{"train.batch_size", "64"},
                               {"train.optimizer.learning_rate", ".25"},
                               {"model.layers.dense_1.units", "7"},
                               {"predict", "[[1, 2]]"},
                               {"train.gradient", "backprop"},
                               {"data.test", "5"},
                               {"data.test", "6"}});
  CHECK(e.train.batch_size == 64);
  CHECK(e.train.optimizer.learning_rate == 0.25);
  CHECK(key_of(e, "model.layers.dense_1.units") == "7");
  CHECK(key_of(e, "predict") == "[[1, 2]]");
  CHECK(key_of(e, "train.gradient") == "backprop");
  CHECK(key_of(e, "data.test") == "6");
}

TEST_CASE("--set reaches into a bare name, and into what is not written at all", "[config]") {
  Configs bare = over_line("train: {optimizer: null}\n");
  CHECK(key_of(bare.read({{"train.optimizer", "sgd"}, {"train.optimizer.learning_rate", ".1"}}),
               "train.optimizer.learning_rate") == "0.1");
  CHECK(key_of(bare.read({{"train.optimizer.learning_rate", ".2"}}),
               "train.optimizer.learning_rate") == "0.2");
}

TEST_CASE("--set removes with null", "[config]") {
  Configs configs = over_line("");
  CHECK(key_of(configs.read({{"train.gradient", "null"}}), "train.gradient") == "backprop");
  CHECK(configs.read({{"model.layers.dense_1", "null"}}).model.layers.size() == 1);
}

TEST_CASE("a wrong --set is shown as it was written", "[config]") {
  const Configs configs = over_line("");
  CHECK(configs.said({{"train.batchsize", "64"}}) == R"(error: train has no key 'batchsize'
 --> --set:1:7
   |
 1 | train.batchsize=64
   |       ^^^^^^^^^
   = help: did you mean 'batch_size'?
)");
  CHECK(configs.said({{"train.epochs", "many"}}) ==
        R"(error: 'epochs' must be a whole number, not 'many'
 --> --set:1:14
   |
 1 | train.epochs=many
   |              ^^^^
)");
  CHECK(configs.said({{"model.layers.dense_9.units", "4"}}) ==
        R"(error: there is no layer 'dense_9' to change
 --> --set:1:14
   |
 1 | model.layers.dense_9.units=4
   |              ^^^^^^^
   = help: one of: dense_1, dense_2
)");
  CHECK(configs.said({{"metrics", "[accuracy"}}) ==
        R"(error: this '[' is not closed, or a ',' is missing in it
 --> --set:1:9
   |
 1 | metrics=[accuracy
   |         ^
   = help: write [value, value]
)");
  CHECK(configs.said({{"train..epochs", "1"}}) ==
        R"(error: a name is missing in the path 'train..epochs'
 --> --set:1:7
   |
 1 | train..epochs=1
   |       ^
   = help: write --set train.batch_size=64
)");
  CHECK(configs.said({{"", "1"}}) == R"(error: a name is missing in the path ''
 --> --set:1:1
   |
 1 | =1
   | ^
   = help: write --set train.batch_size=64
)");
  CHECK(configs.said({{"extends", "b.yaml"}}) == R"(error: 'extends' is for files, not for --set
 --> --set:1:1
   |
 1 | extends=b.yaml
   | ^^^^^^^
   = help: write a config that extends both
)");
  CHECK(configs.said({{"name", ""}}) == R"(error: 'name' has no value
 --> --set:1:1
   |
 1 | name=
   | ^^^^
   = help: write one, or delete the key
)");
  CHECK(configs.said({{"name", "a\nseed: 1"}}) == R"(error: a value of --set is one line
 --> --set:1:1
   |
 1 | name=a
   | ^
)");
  CHECK(configs.said({{"train.epochs", "&a 5"}, {"seed", "x"}}) ==
        R"(error: anchors (&name) are not supported
 --> --set:1:14
   |
 1 | train.epochs=&a 5
   |              ^^
   = help: write the value out where it is needed

error: 'seed' must be a whole number, not 'x'
 --> --set:1:6
   |
 1 | seed=x
   |      ^
)");
}

TEST_CASE("configs that extend each other too deep or too often are refused", "[config]") {
  Scratch scratch;
  for (int i = 0; i < 40; ++i)
    scratch.write("c" + std::to_string(i) + ".yaml",
                  "extends: c" + std::to_string(i + 1) + ".yaml\n");
  CHECK(said_of(scratch / "c0.yaml", scratch.folder()) ==
        R"(error: configs extend each other more than 16 deep
 --> c15.yaml:1:10
   |
 1 | extends: c16.yaml
   |          ^^^^^^^^
)");
  std::string list;
  for (int i = 0; i < 40; ++i) list += "b.yaml, ";
  const Configs wide({{"b.yaml", "{}"}, {"a.yaml", "extends: [" + list + "b.yaml]\n"}});
  CHECK(wide.said().starts_with("error: a config of more than 32 files\n --> a.yaml:1:"));
}

TEST_CASE("a parent that both of two parents extend is read twice, and is not a ring", "[config]") {
  Configs configs({{"line.yaml", line_config},
                   {"b.yaml", "extends: line.yaml\nseed: 1\n"},
                   {"c.yaml", "extends: line.yaml\n"},
                   {"a.yaml", "extends: [b.yaml, c.yaml]\n"}});
  CHECK(configs.read().seed == 1);
  CHECK(configs.read().sources.size() == 4);
}

TEST_CASE("a config that cannot be read is one sentence", "[config]") {
  const Configs configs(
      {{"a.yaml", "name: a\n"}, {"folder/b.yaml", ""}, {"large.yaml", std::string(300'000, '#')}});
  const auto said = [&](const char* name) {
    return said_of(configs / name, (configs / "").parent_path());
  };
  CHECK(said("b.yaml") ==
        "error: cannot read 'b.yaml': no such file\n   = help: did you mean 'a.yaml'?\n");
  CHECK(said("nowhere/diagonal.yaml") ==
        "error: cannot read 'nowhere/diagonal.yaml': no such file\n");
  CHECK(said("folder") == "error: cannot read 'folder': it is a directory\n");
  CHECK(said("large.yaml") == "error: cannot read 'large.yaml': it is larger than 262144 bytes\n");
}

}  // namespace
}  // namespace nnrun::testing
