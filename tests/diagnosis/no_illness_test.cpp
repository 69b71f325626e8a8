// That the doctor leaves healthy configs alone, and says so where it does not know why nothing is
// learned.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>

#include "diagnosis/plants.hpp"
#include "support/program.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Examines the shipped configs for which f(file) is true, and returns how many there are. Those
/// that are there to show what does not learn are left out.
template <class F>
std::size_t check_shipped(F f) {
  const std::filesystem::path folder = NNRUN_SOURCE_DIR "/configs";
  const std::vector<std::string> ill{"nielsen/quadratic-30-rate-100.yaml",
                                     "gallery/perceptron-xor.yaml"};
  std::size_t healthy_ones = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string file = entry.path().lexically_relative(folder).string();
    if (entry.path().extension() != ".yaml" || !f(file) || std::ranges::count(ill, file)) continue;
    const Scratch scratch;
    const Ended ended = run("$nnrun doctor --json --seconds 1 $configs/" + file, scratch.folder());
    CAPTURE(file, ended.out, ended.err);
    if (ended.status == 5) continue;  // its data are not there
    CHECK(ended.status == 0);
    ++healthy_ones;
  }
  std::printf("figure: %zu healthy configs examined without a finding\n", healthy_ones);
  return healthy_ones;
}

}  // namespace

TEST_CASE("examples of weight 0 are not there for the doctor", "[cli][doctor]") {
  const auto counts = [](std::size_t i) { return i % 10 != 3; };
  Net net = net_of_prices(", weights: x4");
  net.layers[1] = "{type: dense, units: 1, activation: tanh}";
  const auto row = [&](std::size_t i) {
    std::vector<double> x = plain_row(i);
    if (!counts(i)) x[2] = -1e6;
    x.push_back(counts(i) ? 1 : 0);
    return x;
  };
  const auto target = [&](std::size_t i) {
    const std::vector<double> x = plain_row(i);
    return std::to_string(counts(i) ? std::tanh(x[0] - x[1] * x[2]) : -9999);
  };
  check_plants({{"marks beside a weight of 0", "", net.text(), table(examples, row, target)}});
}

TEST_CASE("a cost of signs that takes 0 for -1 suits yes and no", "[cli][doctor]") {
  check_plants({plant("hinge", "", [](Net& n) {
    n.cost = "hinge";
    n.layers[1] = "{type: dense, units: 1, activation: none}";
  })});
}

TEST_CASE("a penalty is not to blame where nothing is to be learnt", "[cli][doctor]") {
  Draws draws;
  std::string text = "a,b,c,d,t\n";
  for (std::size_t i = 0; i < examples; ++i) {
    for (int c = 0; c < 4; ++c) text += std::to_string(draws.normal()) + ",";
    text += draws.uniform() < 0.5 ? "yes\n" : "no\n";
  }
  for (const bool by_hand : {false, true}) {
    const Scratch scratch;
    scratch.write("t.csv", text);
    Net net;
    net.defaults += ", regularizer: {type: l2, rate: 0.1}";
    if (by_hand)
      scratch.write("t.yaml", net.text());
    else
      REQUIRE(run("$nnrun new config t.csv", scratch.folder()).status == 0);
    const Ended ended = run("$nnrun doctor --json --seconds 2 t.yaml", scratch.folder());
    CAPTURE(by_hand, ended.out, ended.err);
    const std::vector<std::string> ids = ids_of(parsed(ended.out));
    CHECK_THAT(ids, !Catch::VectorContains(std::string("regularizer")));
    CHECK_FALSE(ids.empty());
  }
}

TEST_CASE("a rare class among many examples is seen to be answered", "[cli][doctor]") {
  Draws draws;
  std::string text = "a,b,t\n";
  for (int i = 0; i < 8000; ++i) {
    const double a = draws.normal(), b = draws.normal();
    text += std::to_string(a) + "," + std::to_string(b) + (a + b > 1.9 ? ",ill\n" : ",fine\n");
  }
  Net net;
  net.epochs = "5";
  net.metrics = "[accuracy, f1]";
  check_plants({{"one in eleven", "", net.text(), text}});
}

TEST_CASE("healthy configs of many kinds have no finding", "[cli][doctor]") {
  Draws draws;
  const auto net = [](const std::string& what, const std::function<void(Net&)>& f) {
    return plant(what, "", f);
  };
  const auto numbers = [&](const std::string& what, const std::string& data, const Row& row,
                           const Target& target, const std::function<void(Net&)>& f = {}) {
    Net n = net_of_prices(data);
    n.epochs = "15";
    if (f) f(n);
    return Plant{what, "", n.text(), table(examples, row, target)};
  };
  const std::string both = ", scale: standard, target_scale: standard";
  const auto first_and = [](double (*f)(std::size_t)) {
    return [f](std::size_t i) { return std::vector<double>{plain_row(i)[0], f(i)}; };
  };
  check_plants({
      net("ten layers of relu",
          [](Net& n) {
            n.defaults = "activation: relu, init: he_normal";
            n.layers.insert(n.layers.begin(), 9, "{type: dense, units: 16}");
            n.optimizer = "{type: adam, learning_rate: 0.001}";
            n.epochs = "15";
          }),
      net("half of the units dropped",
          [](Net& n) {
            n.layers = {"{type: dense, units: 48}", "{type: dropout, rate: 0.5}", n.layers[1]};
          }),
      net("batch_norm before each activation",
          [](Net& n) {
            n.layers = {"{type: dense, units: 24, activation: none}", "{type: batch_norm}",
                        "{type: activation, activation: relu}", n.layers[1]};
            n.epochs = "10";
          }),
      net("a small penalty",
          [](Net& n) {
            n.layers[0] = "{type: dense, units: 48, regularizer: {type: l2, rate: 0.001}}";
            n.epochs = "15";
          }),
      net("warmup and a cosine",
          [](Net& n) {
            n.optimizer = "{type: momentum, learning_rate: 0.05, momentum: 0.9}";
            n.train = "  schedule: {type: cosine, warmup: 30}\n";
          }),
      net("early stopping that waits",
          [](Net& n) {
            n.epochs = "60";
            n.train = "  early_stopping: {monitor: val.cost, patience: 10, restore_best: true}\n";
          }),
      net("a bottleneck without an activation",
          [](Net& n) {
            n.layers.insert(n.layers.begin(), "{type: dense, units: 3, activation: none}");
          }),
      numbers(
          "much noise", both, plain_row,
          [&](std::size_t i) { return std::to_string(plain_row(i)[0] + 2.5 * draws.normal()); },
          [](Net& n) { n.epochs = "4"; }),
      numbers(
          "counts, whose cost is below 0", "", plain_row,
          [&](std::size_t i) {
            const double rate = std::exp(0.8 + 0.6 * plain_row(i)[0]);
            return std::to_string(std::lround(std::max(0., rate + draws.normal())));
          },
          [](Net& n) {
            n.cost = "poisson";
            n.metrics = "";
            n.layers[1] = "{type: dense, units: 1, activation: softplus}";
            n.epochs = "8";
          }),
      numbers("rain, which mostly is 0", both,
              first_and([](std::size_t i) { return i % 5 < 3 ? 0. : std::exp(plain_row(i)[1]); }),
              [](std::size_t i) { return std::to_string(3 * plain_row(i)[0] + plain_row(i)[2]); }),
      numbers("incomes", both,
              first_and([](std::size_t i) { return std::exp(10 + 0.8 * plain_row(i)[1]); }),
              [](std::size_t i) { return std::to_string(plain_row(i)[0] + plain_row(i)[1]); }),
      numbers("the number of a day", both,
              first_and([](std::size_t i) { return static_cast<double>(i); }),
              [](std::size_t i) {
                return std::to_string(0.01 * static_cast<double>(i) + plain_row(i)[0]);
              }),
      numbers(
          "rows of answers 0 and 1", "",
          [](std::size_t i) {
            std::vector<double> x = plain_row(i);
            for (double& one : x) one = one > 0;
            return x;
          },
          [](std::size_t i) {
            const std::vector<double> x = plain_row(i);
            return std::to_string((x[0] > 0) + 2 * (x[1] > 0) - (x[2] > 0));
          }),
  });
}

TEST_CASE("weighted classes are judged by what they count", "[cli][doctor]") {
  Draws draws;
  std::string text = "a,b,t\n";
  for (int i = 0; i < 2400; ++i) {
    const int own = i % 20 < 17 ? 0 : i % 20 - 16;  // 85 % are of the first class
    const double a = own == 1 ? 3 : own == 3 ? -3 : 0, b = own == 2 ? 3 : own == 3 ? -3 : 0;
    text += std::to_string(a + 0.8 * draws.normal()) + "," +
            std::to_string(b + 0.8 * draws.normal()) + "," + "pqrs"[own] + "\n";
  }
  Net net;
  net.layers[1] = "{type: dense, units: 4, activation: softmax}";
  net.cost = "{type: cross_entropy, class_weights: balanced}";
  net.metrics = "[balanced_accuracy]";
  net.batch = "50";
  net.epochs = "20";
  check_plants({{"four classes", "", net.text(), text}});
}

TEST_CASE("a weak signal is not taken for shuffled labels", "[cli][doctor]") {
  Draws draws;
  std::string classes = "a,b,t\n", numbers = "a,b,t\n";
  for (int i = 0; i < 3000; ++i) {
    const double a = draws.normal(), b = draws.normal();
    const std::string row = std::to_string(a) + "," + std::to_string(b) + ",";
    classes += row + (draws.uniform() < 1 / (1 + std::exp(-0.4 * a)) ? "yes\n" : "no\n");
    numbers += row + std::to_string(0.2 * a + draws.normal()) + "\n";
  }
  Net one;
  one.layers = {"{type: dense, units: 1, activation: sigmoid}"};
  one.batch = "50";
  one.epochs = "20";
  Net line = net_of_prices("");
  line.layers = {"{type: dense, units: 1, activation: none}"};
  line.optimizer = "{type: sgd, learning_rate: 0.01}";
  line.batch = "50";
  line.epochs = "20";
  check_plants({{"three in five", "", one.text(), classes},
                {"four parts in a hundred", "", line.text(), numbers}});
}

TEST_CASE("petals do not give irises away", "[cli][doctor]") {
  Draws draws;
  struct Kind {
    const char* name;
    double means[4], spreads[4];  // of sepals and petals, in cm, as Fisher has them
  };
  const Kind kinds[] = {
      {"setosa", {5.01, 3.43, 1.46, 0.25}, {0.35, 0.38, 0.17, 0.11}},
      {"versicolor", {5.94, 2.77, 4.26, 1.33}, {0.52, 0.31, 0.47, 0.2}},
      {"virginica", {6.59, 2.97, 5.55, 2.03}, {0.64, 0.32, 0.55, 0.27}},
  };
  std::vector<Plant> plants;
  for (const int n : {2, 3}) {
    std::string text = "sepal,width,petal,petal_width,t\n";
    for (int i = 0; i < 50 * n; ++i) {
      const Kind& kind = kinds[i % n];
      for (int c = 0; c < 4; ++c)
        text += std::to_string(std::round(10 * (kind.means[c] + kind.spreads[c] * draws.normal())) /
                               10) +
                ",";
      text += std::string(kind.name) + "\n";
    }
    Net net;
    net.data = ", scale: standard";
    net.cost = "cross_entropy";
    net.layers[1] = "{type: dense, activation: softmax}";
    net.epochs = "60";
    plants.push_back({std::to_string(n) + " kinds", "", net.text(), text});
  }
  check_plants(plants);
}

TEST_CASE("a logarithm is not advised where a target is 0", "[cli][doctor]") {
  std::string text = "load\n";
  for (int i = 0; i < 2000; ++i) text += i % 40 == 0 ? "1\n" : "0\n";
  const Scratch scratch;
  scratch.write("t.csv", text);
  scratch.write("net.yaml",
                "data: {type: csv, path: t.csv, targets: [load], split: {validation: 0.2}, scale: "
                "standard, target_scale: standard, windows: {length: 4}}\n"
                "model: {layers: [{type: flatten}, {type: dense, units: 16, activation: tanh}, "
                "{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, optimizer: {type: adam, learning_rate: 0.01}, "
                "batch_size: 20, epochs: 10}\nmetrics: [r2]\n");
  const Ended ended = run("$nnrun doctor --json --seconds 2 net.yaml", scratch.folder());
  CAPTURE(ended.out, ended.err);
  CHECK_THAT(ended.out, !Contains("target_scale: log"));
}

TEST_CASE("a column is not the same in all examples where only its gaps and rare texts are",
          "[cli][doctor]") {
  const Scratch scratch;
  std::string csv = "a,kind,y\n";
  for (int i = 0; i < 200; ++i)  // the last tenth is for the test
    csv += (i == 195 ? "" : std::to_string(i * 37 % 101)) + std::string(",") +
           (i == 196     ? "rare"
            : i % 3 == 0 ? "one"
                         : "other") +
           "," + std::to_string(2 * (i * 37 % 101) + i % 3) + "\n";
  scratch.write("t.csv", csv);
  scratch.write("net.yaml",
                "data: {type: csv, path: t.csv, targets: [y], scale: standard, target_scale: "
                "standard, columns: {a: {missing: median, indicator: true}}, split: {test: 0.1, "
                "shuffle: false}}\nmodel: {layers: [{type: dense, units: 8, activation: tanh}, "
                "{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error, optimizer: adam, "
                "epochs: 20, batch_size: 20}\n");
  const Ended ended = run("$nnrun doctor --json --seconds 1 net.yaml", scratch.folder());
  CHECK_THAT(ids_of(parsed(ended.out)), !Catch::VectorContains(std::string("constant_input")));
}

TEST_CASE("zeros of a sensor that failed are seen in a series, too", "[cli][doctor]") {
  Draws draws;
  std::string text = "load\n";
  for (int i = 0; i < 1500; ++i)
    text += draws.uniform() < 0.06
                ? "0\n"
                : std::to_string(50 + 10 * std::sin(i / 4.) + draws.normal()) + "\n";
  const Scratch scratch;
  scratch.write("t.csv", text);
  scratch.write("net.yaml",
                "data: {type: csv, path: t.csv, targets: [load], split: {validation: 0.2}, scale: "
                "standard, target_scale: standard, windows: {length: 24}}\n"
                "model: {layers: [{type: flatten}, {type: dense, units: 16, activation: tanh}, "
                "{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, optimizer: {type: adam, learning_rate: 0.01}, "
                "batch_size: 20, epochs: 10}\nmetrics: [r2]\n");
  const json answer = examined("net.yaml --seconds 2", scratch.folder(), 1);
  INFO(answer.dump(1));
  CHECK_THAT(ids_of(answer), Catch::VectorContains(std::string("mark")));
}

TEST_CASE("the doctor says that nothing was learned where it does not know why", "[cli][doctor]") {
  const Scratch scratch;  // exclusive or, of which one unit never says all four
  const json answer = examined("$configs/gallery/perceptron-xor.yaml", scratch.folder(), 1);
  INFO(answer.dump(1));
  REQUIRE(answer["findings"].size() == 1);
  CHECK(answer["findings"][0]["id"] == "nothing_learned");
  CHECK_THAT(answer["findings"][0]["hint"].get<std::string>(), Contains("a hidden layer more"));
}

TEST_CASE("the doctor finds nothing in the shipped configs that learn", "[cli][doctor]") {
  const std::size_t healthy_ones = check_shipped([](const std::string& file) {
    return !file.starts_with("nielsen") && !file.starts_with("mnist");
  });
  CHECK(healthy_ones > 10);
}

// how far it comes in its seconds depends on the machine
TEST_CASE("nor in those of MNIST, but for Nielsen's learning rate of 100",
          "[cli][doctor][.full/doctor]") {
  if (!data_folder("mnist")) return;
  check_shipped([](const std::string& file) {
    return file.starts_with("nielsen") || file.starts_with("mnist");
  });
  const Scratch scratch;
  const json rate =
      examined("$configs/nielsen/quadratic-30-rate-100.yaml --seconds 3", scratch.folder(), 1);
  CHECK(ids_of(rate).at(0) == "learning_rate");
  CHECK_THAT(rate["findings"][0]["where"].get<std::string>(),
             Contains("quadratic-30-rate-100.yaml:4:"));
  const json pixels = examined(
      "$configs/nielsen/quadratic-30.yaml --set data.divide_by=1 --seconds 3", scratch.folder(), 1);
  CHECK_THAT(ids_of(pixels), Catch::VectorContains(std::string("input_scale")));
}

}  // namespace nnrun::testing
