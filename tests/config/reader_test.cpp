#include <catch2/catch.hpp>
#include <clocale>
#include <cstdlib>
#include <locale>

#include "base/files.hpp"
#include "config/config_testing.hpp"
namespace nnrun::testing {
namespace {

using namespace std::string_literals;

TEST_CASE("the article's config is read number for number", "[config]") {
  Loaded loaded;
  const auto e = host::read_experiment(NNRUN_SOURCE_DIR "/tests/config/good/article.yaml", {},
                                       loaded.registry);
  CHECK(e.name == "diagonal");
  CHECK(e.seed == 1);
  CHECK(e.random.plugin->name == "arc4");
  CHECK(e.dtype == host::Dtype::float64);
  CHECK(e.data.use.settings == std::vector<host::Value>{std::int64_t{10000}, std::int64_t{10000}});
  CHECK(e.model.input.value == std::vector<std::size_t>{2});
  REQUIRE(e.model.layers.size() == 2);
  CHECK(e.model.layers[0].name == "dense_1");
  CHECK(e.model.layers[0].layer.plugin->name == "dense");
  CHECK(e.model.layers[0].layer.settings == std::vector<host::Value>{std::int64_t{5}, false});
  CHECK(e.model.layers[0].layer.place.line == 11);
  CHECK(e.model.layers[0].layer.place.column == 14);
  CHECK(e.model.layers[0].activation.plugin->name == "sigmoid");
  CHECK(e.model.layers[0].init.settings == std::vector<host::Value>{0.0, 1.0});
  CHECK(e.model.layers[0].bias_init.plugin->name == "zeros");
  CHECK(e.model.layers[0].inputs[0].value == "input");
  CHECK(e.model.layers[1].inputs[0].value == "dense_1");
  CHECK(e.train.cost.plugin->name == "sum_squared_error");
  CHECK(e.train.gradient.settings == std::vector<host::Value>{0.01});
  CHECK(e.train.optimizer.use.plugin->name == "sgd");
  CHECK(e.train.optimizer.learning_rate == 1);
  CHECK(e.train.batch_size == 1);
  CHECK(e.train.epochs == 1);
  CHECK_FALSE(e.train.shuffle);
  REQUIRE(e.metrics.size() == 1);
  CHECK(e.predict_rows() == std::vector<std::vector<double>>{{0.5, 0.01}, {0.3, 0.7}, {0.5, 0.1}});
  CHECK(e.predict[1].place.column == 24);
}

TEST_CASE("what a config does not say has the documented default", "[config]") {
  Configs configs(
      "data: points\nmodel: {input: [2, 3], layers: [{type: dense, units: 1}]}\n"
      "train: {cost: huber}\n");
  const auto e = configs.read();
  CHECK(e.name == "a");
  CHECK(e.seed == 0);
  CHECK(e.random.plugin->name == "philox");
  CHECK(e.dtype == host::Dtype::float32);
  CHECK(e.data.split.validation == 0);
  CHECK(e.data.split.test == 0);
  CHECK(e.data.split.shuffle);
  CHECK(e.model.input.value == std::vector<std::size_t>{2, 3});
  CHECK_FALSE(e.model.layers[0].activation);
  CHECK(e.model.layers[0].init.plugin->name == "glorot_uniform");
  CHECK(e.model.layers[0].bias_init.plugin->name == "zeros");
  CHECK(e.model.weights.file.value.empty());
  CHECK(e.train.gradient.plugin->name == "backprop");
  CHECK(e.train.optimizer.use.plugin->name == "sgd");
  CHECK(e.train.optimizer.learning_rate == 0.01);  // of the class
  CHECK(e.train.batch_size == 32);
  CHECK(e.train.epochs == 1);
  CHECK(e.train.shuffle);
  CHECK(e.metrics.empty());
  CHECK(e.predict.empty());
}

TEST_CASE("defaults go to the layers that have such a setting", "[config]") {
  Configs configs(R"(data: points
model:
  input: 2
  defaults: {activation: relu, bias: false, rate: 0.25, init: {type: uniform, low: 0}, kernel: 5}
  layers:
    - {type: dense, units: 5}
    - {type: dropout}
    - {type: conv, filters: 2, kernel: 7, activation: sigmoid}
    - {type: dense, units: 5, activation: null, bias: true}
    - {type: dense, units: 5, activation: none, init: zeros}
train: {cost: huber}
)");
  const auto e = configs.read();
  const auto key = [&](const std::string& name) { return key_of(e, "model.layers." + name); };
  CHECK(key("dense_1.activation") == "relu");
  CHECK(key("dense_1.bias") == "false");
  CHECK(key("dense_1.init.low") == "0");
  CHECK(key("dropout_1.rate") == "0.25");
  CHECK(key("dropout_1.activation") == "none");
  CHECK(key("conv_1.kernel") == "7");
  CHECK(key("conv_1.activation") == "sigmoid");
  CHECK(key("dense_2.activation") == "none");
  CHECK(key("dense_2.bias") == "true");
  CHECK(key("dense_3.activation") == "none");
  CHECK(key("dense_3.init") == "zeros");
}

TEST_CASE("layers are named by type and count, and feed the next one", "[config]") {
  Configs configs(R"(data: points
model:
  input: 2
  layers:
    - {name: stem, type: dense, units: 5}
    - {type: dense, units: 5}
    - dropout
    - {type: add, inputs: [stem, later, input]}
    - {name: later, type: dense, units: 5, inputs: stem}
train: {cost: huber}
)");
  const auto e = configs.read();
  REQUIRE(e.model.layers.size() == 5);
  CHECK(e.model.layers[1].name == "dense_2");
  CHECK(e.model.layers[2].name == "dropout_1");
  CHECK(key_of(e, "model.layers.dense_2.inputs") == "[stem]");
  CHECK(key_of(e, "model.layers.dropout_1.inputs") == "[dense_2]");
  CHECK(key_of(e, "model.layers.add_1.inputs") == "[stem, later, input]");
  CHECK(key_of(e, "model.layers.later.inputs") == "[stem]");
  CHECK(e.model.layers[3].inputs[1].place.line == 8);
  CHECK(e.model.layers[3].inputs[1].place.column == 34);
}

TEST_CASE("numbers are read as they are written", "[config]") {
  const auto rate = [](const std::string& text) {
    Configs configs = over_line("train: {optimizer: {learning_rate: " + text + "}}\n");
    return configs.read().train.optimizer.learning_rate;
  };
  CHECK(rate("1e-3") == 0.001);
  CHECK(rate("1E3") == 1000);
  CHECK(rate(".5") == 0.5);
  CHECK(rate("+2") == 2);
  CHECK(rate("0.1") == 0.1);
  CHECK(rate("4.9e-324") == 4.9e-324);
  for (const char* wrong : {"1e999", "0x10", "1.5.5", "1 000", "nan", "Infinity", "00.5", "-0.1",
                            "1e", "--1", "1d3", "true", "'1'", "[1]", "{a: 1}"}) {
    CAPTURE(wrong);
    CHECK(over_line("train: {optimizer: {learning_rate: "s + wrong + "}}\n").said() != "nothing");
  }
  CHECK(over_line("seed: 9223372036854775807\n").read().seed == 9223372036854775807U);
  for (const char* wrong :
       {"9223372036854775808", "5.", "5e0", "0x5", "-0x5", "1_0", "01", "+-1"}) {
    CAPTURE(wrong);
    CHECK(over_line("seed: "s + wrong + "\n").said() != "nothing");
  }
}

struct Comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST_CASE("numbers are the same in a locale that writes 1.000,5", "[config]") {
  // the second is not installed everywhere; the first needs no system
  const std::locale before = std::locale::global(std::locale(std::locale(), new Comma));
  std::setlocale(LC_NUMERIC, "de_DE.UTF-8");
  Configs configs = over_line("train: {optimizer: {learning_rate: 1000.5}, batch_size: 4000}\n");
  const auto e = configs.read();
  const std::string said = over_line("train: {batch_size: 5000.5}\n").said();
  std::setlocale(LC_NUMERIC, "C");
  std::locale::global(before);
  CHECK(e.train.optimizer.learning_rate == 1000.5);
  CHECK(key_of(e, "train.optimizer.learning_rate") == "1000.5");
  CHECK(key_of(e, "train.batch_size") == "4000");
  CHECK(said.find("not '5000.5'\n --> a.yaml:2:21\n") != said.npos);
}

TEST_CASE("texts, lists and paths of a data set are read", "[config]") {
  ::setenv("NNRUN_TEST_FOLDER", "/data", 1);
  ::setenv("NNRUN_TEST_EMPTY", "", 1);
  ::unsetenv("NNRUN_TEST_UNSET");
  const auto file = [](const std::string& text) {
    Configs configs = over_line("data: {type: csv, file: \"" + text + "\"}\n");
    const std::string folder = (configs / "").string();
    return replaced(key_of(configs.read(), "data.file"), folder, "");
  };
  CHECK(file("iris.csv") == "iris.csv");
  CHECK(file("./x/../iris.csv") == "iris.csv");
  CHECK(file("/iris.csv") == "/iris.csv");
  CHECK(file("${NNRUN_TEST_FOLDER}/iris.csv") == "/data/iris.csv");
  CHECK(file("${NNRUN_TEST_UNSET:-/else}/iris.csv") == "/else/iris.csv");
  CHECK(file("${NNRUN_TEST_EMPTY:-other}.csv") == "other.csv");
  CHECK(file("${NNRUN_TEST_EMPTY}.csv") == ".csv");
  CHECK(file("a$b.csv") == "\"a$b.csv\"");

  Configs configs = over_line(
      "data: {type: csv, file: f, headers: [a, \"b c\", 7], shares: [1, 2.5], separator: ;}\n");
  const auto e = configs.read();
  CHECK(std::get<std::vector<std::string>>(e.data.use.settings[2]) ==
        std::vector<std::string>{"a", "b c", "7"});
  CHECK(std::get<std::vector<double>>(e.data.use.settings[3]) == std::vector<double>{1, 2.5});
  CHECK(std::get<std::string>(e.data.use.settings[4]) == ";");
  CHECK(std::get<std::string>(e.data.use.settings[1]).empty());
}

TEST_CASE("data are split as the config says", "[config]") {
  Configs configs = over_line("data: {split: {validation: 0.2, test: 0.1, shuffle: false}}\n");
  const auto e = configs.read();
  CHECK(e.data.split.validation == 0.2);
  CHECK(e.data.split.test == 0.1);
  CHECK_FALSE(e.data.split.shuffle);
  CHECK_FALSE(e.data.split.stratify);
  CHECK(over_line("data: {split: {test: 0.1, stratify: true}}\n").read().data.split.stratify);
  CHECK(e.data.split.folds == 0);
  Configs others = over_line("data: {split: {folds: 5, fold: 2}}\n");
  const auto folds = others.read();
  CHECK((folds.data.split.folds == 5 && folds.data.split.fold == 2));
  CHECK(host::resolved_keys(folds).at("data.split.fold") == "2");
  CHECK(!host::resolved_keys(e).contains("data.split.folds"));
}

TEST_CASE("data are prepared as the config says", "[config]") {
  const auto plain = over_line("seed: 1\n").read();
  CHECK(plain.data.scale == host::Scale::none);
  CHECK(plain.data.features.empty());
  const auto e = over_line(
                     "data: {scale: standard, features: [x, \"y^2\", sin(x)]}\n"
                     "predict: [[1, 2, 3, 4, 5]]\n")
                     .read();
  CHECK(e.data.scale == host::Scale::standard);
  REQUIRE(e.data.features.size() == 3);
  CHECK(e.data.features[1].value == "y^2");
  CHECK((e.data.features[1].place.line == 2 && e.data.features[1].place.column == 39));
}

TEST_CASE("one metric may be used with several settings", "[config]") {
  Configs configs = over_line("metrics: [accuracy, {type: top_k, k: 1}, {type: top_k, k: 2}]\n");
  CHECK(configs.read().metrics.size() == 3);
}

TEST_CASE("plugins of the config are loaded before it is read", "[config]") {
  Scratch scratch;
  std::filesystem::copy_file(test_classes, scratch / "mine.so");
  const std::string sha256 = host::sha256_of_file(scratch / "mine.so");
  const auto text = [&](const std::string& plugins) {
    return "plugins: [" + plugins +
           "]\ndata: points\n"
           "model: {input: 1, layers: [{type: dense, units: 1}]}\ntrain: {cost: huber}\n";
  };
  const auto file = scratch.write("configs/a.yaml", text("../mine.so"));
  host::Registry registry;
  const auto e = host::read_experiment(file, {}, registry);
  CHECK(e.train.cost.plugin->name == "huber");
  REQUIRE(e.plugins.size() == 1);
  CHECK(e.plugins[0].file == scratch / "mine.so");

  host::Registry pinned;
  scratch.write("configs/a.yaml", text("{path: ../mine.so, sha256: " + sha256 + "}"));
  CHECK(host::read_experiment(file, {}, pinned).plugins[0].sha256 == sha256);

  host::Registry none;
  scratch.write("configs/a.yaml", text("missing.so"));
  CHECK_THROWS_AS(host::read_experiment(file, {}, none), host::PluginError);
}

TEST_CASE("without any plugin the message says so", "[config]") {
  const Configs configs("data: points\nmodel: {input: 1, layers: [dense]}\ntrain: {cost: huber}\n");
  host::Registry none;
  try {
    host::read_experiment(configs / "a.yaml", {}, none);
    FAIL("nothing was said");
  } catch (const host::ConfigError& error) {
    const std::string said = replaced(render(error, false), (configs / "").string(), "");
    CHECK(said.find("error: unknown cost 'huber'\n --> a.yaml:3:15\n") != said.npos);
    CHECK(said.find("= help: no plugin provides any cost\n") != said.npos);
    CHECK(said.find("error: unknown random 'philox'\n  --> a.yaml\n") != said.npos);
  }
}

TEST_CASE("a config without a name gives the run the name of its file", "[config]") {
  Scratch scratch;
  const std::string text =
      "data: points\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
      "train: {cost: huber}\n";
  Loaded loaded;
  const auto name = [&](const char* file) {
    return host::read_experiment(scratch.write(file, text), {}, loaded.registry).name;
  };
  CHECK(name("my net.yaml") == "my_net");
  CHECK(name("\xc3\xa9.yaml") == "__");
  CHECK(name(".yaml") == "run.yaml");
  CHECK(name("no_suffix") == "no_suffix");
}

}  // namespace
}  // namespace nnrun::testing
