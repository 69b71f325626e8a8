// What examples and classes count in the cost: the oracle is a plain loop over the rows.
#include <cmath>
#include <cstring>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "support/example_data.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

struct Row {
  double x, weight;
  int kind;
};
const std::vector<Row> rows{{.5, 1, 0},  {-.25, 2.5, 1}, {1, .5, 2},   {.75, 0, 1},
                            {-.5, 4, 0}, {.125, 1, 2},   {-1, .25, 0}, {.3, 3, 1}};
constexpr const char* kinds[] = {"ant", "bee", "cow"};

std::string csv_of(const std::vector<Row>& table) {
  std::string text = "x,w,kind\n";
  for (const Row& row : table)
    text += std::to_string(row.x) + "," + std::to_string(row.weight) + "," + kinds[row.kind] + "\n";
  return text;
}

/// Softmax of 3 units, whose scores start as x, x, x; cost of a row of class k at the start.
/// data, cost, train: more settings of these.
host::Experiment net(const Scratch& scratch, const std::string& data, const std::string& cost = "",
                     const std::string& train = "", const std::vector<Row>& table = rows) {
  scratch.write("t.csv", csv_of(table));
  return experiment("dtype: float64\ndata: {type: csv, path: " + (scratch / "t.csv").string() +
                    ", inputs: [x], targets: [kind], classes: [ant, bee, cow]" + data +
                    "}\nmodel: {input: 1, layers: [{type: dense, units: 4, activation: tanh}, "
                    "{type: dense, units: 3, activation: softmax}]}\n"
                    "train: {cost: {type: cross_entropy" +
                    cost + "}, measure: after_epoch, shuffle: false" + train + "}\n");
}

/// The outputs of a trainer's model for each row.
std::vector<std::vector<double>> outputs_of(host::Trainer& trainer, const std::vector<Row>& table) {
  std::vector<std::vector<double>> inputs;
  for (const Row& row : table) inputs.push_back({row.x});
  return trainer.model()->predict_each(inputs);
}

/// Σ v w_k (−log y_k) over the rows, divided by their number, or by Σ v w_k as in PyTorch's
/// CrossEntropyLoss, where v is 1.
double mean_cost(const std::vector<Row>& table, const std::vector<std::vector<double>>& y,
                 const std::vector<double>& class_weights, bool weighted, bool by_weights) {
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto k = static_cast<std::size_t>(table[i].kind);
    const double weight = (weighted ? table[i].weight : 1) * class_weights[k];
    sum += weight * -std::log(y[i][k]);
    weights += weight;
  }
  return sum / (by_weights ? weights : static_cast<double>(table.size()));
}

std::vector<double> gradient_of(host::Trainer& trainer, const std::string& name,
                                const std::vector<std::pair<std::string, host::Value>>& given) {
  std::vector<double> all;
  for (const auto& block : trainer.differentiate(use("gradient", name, given)).blocks)
    all.insert(all.end(), block.begin(), block.end());
  return all;
}

std::string weights_after(const host::Experiment& e, unsigned threads = 1) {
  const auto trainer = host::Trainer::create(e, threads);
  trainer->train({});
  return host::weights_sha256(trainer->model()->blocks());
}
std::vector<double> numbers_after(const host::Experiment& e) {
  const auto trainer = host::Trainer::create(e);
  trainer->train({});
  std::vector<double> all;
  for (const host::BlockValues& block : trainer->model()->blocks()) {
    std::vector<double> numbers(block.bytes.size() / sizeof(double));
    std::memcpy(numbers.data(), block.bytes.data(), block.bytes.size());
    all.insert(all.end(), numbers.begin(), numbers.end());
  }
  return all;
}

/// Returns what is wrong with a run, without its place; empty if nothing is.
std::string said_by_trainer(const host::Experiment& e) {
  try {
    host::Trainer::create(e);
  } catch (const host::Error& error) {
    return error.problems().front().what;
  }
  return "";
}

}  // namespace

TEST_CASE("costs are means over the examples, or over what they and their classes count",
          "[training][weights]") {
  struct Case {
    const char *data, *cost, *train;
    std::vector<double> class_weights;
    bool weighted, by_weights;
  };
  const auto [data, cost, train, class_weights, weighted, by_weights] = GENERATE(values<Case>({
      {"", "", "", {1, 1, 1}, false, false},
      {"", ", class_weights: [2, 0.5, 3]", "", {2, .5, 3}, false, false},
      {"", ", class_weights: {cow: 3, ant: 2}", "", {2, 1, 3}, false, false},
      {"", ", class_weights: [2, 0.5, 3]", ", mean_over: weights", {2, .5, 3}, false, true},
      {", weights: w", "", "", {1, 1, 1}, true, true},
      {", weights: w", "", ", mean_over: examples", {1, 1, 1}, true, false},
      {", weights: w", ", class_weights: [2, 0.5, 3]", "", {2, .5, 3}, true, true},
      // 12.25 in all: 5.25 ants, 5.5 bees, 1.5 cows
      {", weights: w",
       ", class_weights: balanced",
       "",
       {12.25 / 3 / 5.25, 12.25 / 3 / 5.5, 12.25 / 3 / 1.5},
       true,
       true},
      {"", ", class_weights: balanced", "", {8. / 9, 8. / 9, 8. / 6}, false, false},
  }));
  CAPTURE(data, cost, train);
  const Scratch scratch;
  // batches of 3, 3 and 2: all of them are measured as one
  const auto trainer =
      host::Trainer::create(net(scratch, data, cost, std::string(train) + ", batch_size: 3"));
  const double wanted =
      mean_cost(rows, outputs_of(*trainer, rows), class_weights, weighted, by_weights);
  trainer->advance({}, 1);
  CHECK(trainer->history().back().train.cost == Approx(wanted).epsilon(1e-13));
}

TEST_CASE("a cost while training is the mean over the epoch, whatever its batches count",
          "[training][weights]") {
  const Scratch scratch;
  host::Experiment e = net(scratch, ", weights: w", ", class_weights: [2, 0.5, 3]", "");
  e.train.measure_after = false;
  e.train.batch_size = 3;
  e.train.optimizer.learning_rate = 1e-30;
  e.train.shuffle = GENERATE(false, true);
  const auto trainer = host::Trainer::create(e);
  const double wanted = mean_cost(rows, outputs_of(*trainer, rows), {2, .5, 3}, true, true);
  trainer->advance({});
  CHECK(trainer->history().back().train.cost == Approx(wanted).epsilon(1e-12));
}

TEST_CASE("weights of classes that are all 0 are refused", "[training][weights]") {
  const Scratch scratch;
  for (const std::string numbers : {"[0, 0, 0]", "{ant: 0, bee: 0, cow: 0}"}) {
    const host::Experiment e = net(scratch, "", ", class_weights: " + numbers, "");
    CHECK_THAT(said<host::ConfigError>([&] { host::Trainer::create(e); }),
               Catch::Contains("'class_weights' are all 0, so nothing would be learned"));
  }
  CHECK_NOTHROW(host::Trainer::create(net(scratch, "", ", class_weights: [0, 0, 1]", "")));
}

TEST_CASE("slopes of weighted costs are those of finite differences", "[training][weights]") {
  const auto more = GENERATE(
      values<std::pair<std::string, std::string>>({{", weights: w", ""},
                                                   {", weights: w", ", mean_over: examples"},
                                                   {"", ", mean_over: weights"},
                                                   {", weights: w", ", batch_size: 1"}}));
  const std::string cost =
      GENERATE("", ", class_weights: [2, 0.5, 3]", ", class_weights: balanced");
  CAPTURE(more.first, more.second, cost);
  const Scratch scratch;
  const auto trainer = host::Trainer::create(net(scratch, more.first, cost, more.second));
  const std::vector<double> exact = gradient_of(*trainer, "backprop", {});
  for (const char* const name : {"finite_difference", "central_difference"}) {
    const std::vector<double> near = gradient_of(*trainer, name, {{"step", 1e-6}});
    REQUIRE(near.size() == exact.size());
    for (std::size_t i = 0; i < exact.size(); ++i)
      CHECK(near[i] == Approx(exact[i]).epsilon(1e-4).margin(1e-5));
  }
}

TEST_CASE("slopes of weighted costs go through layers that couple rows, too",
          "[training][weights]") {
  const Scratch scratch;
  scratch.write("t.csv", csv_of(rows));
  const auto trainer = host::Trainer::create(experiment(
      "dtype: float64\ndata: {type: csv, path: " + (scratch / "t.csv").string() +
      ", inputs: [x], targets: [kind], weights: w}\n"
      "model: {input: 1, layers: [{type: dense, units: 3, activation: tanh}, {type: batch_norm}, "
      "{type: dense, units: 3, activation: softmax}]}\ntrain: {cost: cross_entropy}\n"));
  const std::vector<double> exact = gradient_of(*trainer, "backprop", {}),
                            near = gradient_of(*trainer, "central_difference", {{"step", 1e-5}});
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(near[i] == Approx(exact[i]).epsilon(1e-5).margin(1e-7));
}

TEST_CASE("an example that counts 3 is three examples, one that counts 0 is none",
          "[training][weights]") {
  std::vector<Row> whole = rows, copies;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    whole[i].weight = static_cast<double>((i * 5) % 4);  // 0, 1, 2, 3, 0, 1, 2, 3
    for (double n = 0; n < whole[i].weight; ++n) copies.push_back({whole[i].x, 1, whole[i].kind});
  }
  const std::string cost = GENERATE("", ", class_weights: balanced");
  const Scratch scratch, other;
  const std::string train =
      ", batch_size: 100, epochs: 20, optimizer: {type: adam, "
      "learning_rate: 0.1}";
  const std::vector<double> weighted =
                                numbers_after(net(scratch, ", weights: w", cost, train, whole)),
                            copied = numbers_after(net(other, "", cost, train, copies));
  REQUIRE(weighted.size() == copied.size());
  for (std::size_t i = 0; i < copied.size(); ++i)
    CHECK(weighted[i] == Approx(copied[i]).epsilon(1e-9).margin(1e-12));
}

TEST_CASE("weights of 1 change no bit", "[training][weights]") {
  std::vector<Row> table = rows;
  for (Row& row : table) row.weight = 1;
  const std::string train = GENERATE(", batch_size: 3", ", batch_size: 1",
                                     ", batch_size: 3, gradient: finite_difference");
  const Scratch scratch;
  CHECK(weights_after(net(scratch, ", weights: w", "", train, table)) ==
        weights_after(net(scratch, "", "", train, table)));
}

TEST_CASE("a batch in which no example counts changes nothing", "[training][weights]") {
  std::vector<Row> table = rows;
  for (std::size_t i = 0; i < 4; ++i) table[i].weight = 0;
  const std::string more = GENERATE("", ", gradient: finite_difference", ", mean_over: examples");
  const Scratch scratch;
  const auto trainer = host::Trainer::create(
      net(scratch, ", weights: w", "", ", batch_size: 4, epochs: 1" + more, table));
  const std::string before = host::weights_sha256(trainer->model()->blocks());
  trainer->advance({}, 1);
  CHECK(host::weights_sha256(trainer->model()->blocks()) == before);
  CHECK(trainer->advance({}));
  CHECK(host::weights_sha256(trainer->model()->blocks()) != before);
}

TEST_CASE("an example that counts 0 does no harm, even if its cost is infinite",
          "[training][weights]") {
  const Scratch scratch;
  const std::string file =
      scratch.write("t.csv", "x,w,y\n1,1,0.5\n2,0,1.0e200\n3,2,0.25\n").string();
  const std::string gradient = GENERATE("backprop", "finite_difference");
  const auto trainer = host::Trainer::create(
      experiment("dtype: float64\ndata: {type: csv, path: " + file +
                 ", weights: w}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                 "train: {cost: mean_squared_error, epochs: 3, gradient: " +
                 gradient + "}\n"));
  CHECK(std::isfinite(trainer->train({}).result->train.cost));
}

TEST_CASE("weighted training gives the same bits with any number of threads",
          "[training][weights]") {
  std::vector<Row> table;
  for (int i = 0; i < 200; ++i)
    table.push_back({std::sin(i), std::abs(std::cos(i * 3)), i % 7 == 0 ? 2 : i % 2});
  const Scratch scratch;
  scratch.write("t.csv", csv_of(table));
  const host::Experiment e = experiment(
      "data: {type: csv, path: " + (scratch / "t.csv").string() +
      ", inputs: [x], targets: [kind], weights: w, split: {test: 0.2}}\n"
      "model: {input: 1, layers: [{type: dense, units: 300, activation: tanh}, {type: dense, "
      "units: 200, activation: tanh}, {type: dense, units: 3, activation: softmax}]}\n"
      "train: {cost: {type: cross_entropy, class_weights: balanced}, batch_size: 128, epochs: "
      "2}\n");
  const std::string once = weights_after(e, 1);
  CHECK(weights_after(e, 2) == once);
  CHECK(weights_after(e, 3) == once);
}

TEST_CASE("a weighted run goes on in another trainer with the same bits", "[training][weights]") {
  const Scratch scratch;
  host::Experiment e =
      net(scratch, ", weights: w", ", class_weights: balanced", ", batch_size: 3, epochs: 4");
  e.train.shuffle = true;
  e.train.measure_after = false;
  const auto steps = static_cast<std::uint64_t>(GENERATE(1, 2, 3, 7));
  const auto whole = host::Trainer::create(e), first = host::Trainer::create(e),
             second = host::Trainer::create(e);
  whole->advance({});
  first->advance({}, steps);
  std::vector<std::vector<std::byte>> bytes;
  std::vector<host::StateNumbers> saved;
  for (const host::StateNumbers& n : first->state().numbers()) {
    bytes.emplace_back(n.bytes.begin(), n.bytes.end());
    saved.push_back({n.name, n.dtype, bytes.back()});
  }
  second->restore(saved);
  second->advance({});
  CHECK(host::weights_sha256(second->model()->blocks()) ==
        host::weights_sha256(whole->model()->blocks()));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(second->history()[i].train.cost == whole->history()[i].train.cost);
}

TEST_CASE("balanced numbers are those of the training part after the split",
          "[training][weights]") {
  std::vector<Row> table = rows;
  table.push_back({1, 1, 0});
  table.push_back({1, 1, 0});
  const Scratch scratch;
  const auto trainer = host::Trainer::create(
      net(scratch, ", split: {test: 0.2, shuffle: false}", ", class_weights: balanced", "", table));
  CHECK(trainer->model()->targets().class_weights == std::vector<double>{8. / 9, 8. / 9, 8. / 6});
  CHECK(trainer->weight_words() ==
        std::vector<std::string>{"balanced class weights: ant 0.888889, bee 0.888889, cow 1.33333; "
                                 "costs are divided by the number of examples, metrics count all "
                                 "alike"});
}

TEST_CASE("a class without training examples counts 1, and the others are balanced without it",
          "[training][weights]") {
  std::vector<Row> table;
  for (const Row& row : rows)
    if (row.kind != 2) table.push_back(row);
  const Scratch scratch;
  const auto trainer =
      host::Trainer::create(net(scratch, "", ", class_weights: balanced", "", table));
  CHECK(trainer->model()->targets().class_weights == std::vector<double>{1, 1, 1});
  CHECK_THAT(trainer->weight_words()[0], Contains("cow 1 (has no training example); costs are"));
}

TEST_CASE("targets of 0 and 1 are balanced, or counted by a map, as two classes",
          "[training][weights]") {
  const Scratch scratch;
  std::string text = "x,y\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + (i == 4 ? ",1\n" : ",0\n");
  const std::string file = scratch.write("t.csv", text).string();
  const auto weighted = [&](const std::string& weights, const std::string& more = "") {
    return experiment("data: {type: csv, path: " + file +
                      "}\nmodel: {input: 1, layers: [{type: dense, units: 1, activation: "
                      "sigmoid}]}\ntrain: {cost: {type: binary_cross_entropy, class_weights: " +
                      weights + "}" + more + "}\n");
  };
  const auto trainer = host::Trainer::create(weighted("balanced"));
  CHECK(trainer->model()->targets().class_weights == std::vector<double>{20. / 38, 20. / 2});
  CHECK(weights_after(weighted("balanced")) ==
        weights_after(weighted("[0.52631578947368418, 10]")));
  CHECK(weights_after(weighted("{1: 10}")) == weights_after(weighted("[1, 10]")));
  CHECK(weights_after(weighted("{1: 10}", ", mean_over: weights")) !=
        weights_after(weighted("{1: 10}")));
  CHECK_THAT(said_by_trainer(weighted("{2: 10}")),
             Contains("cost 'binary_cross_entropy': 'class_weights' names '2', which is not a "
                      "class"));
  CHECK_THAT(said_by_trainer(weighted("{1: -1}")), Contains("must not be negative"));
}

TEST_CASE("class weights that cannot be are refused with what to write", "[training][weights]") {
  const Scratch scratch;
  CHECK_THAT(said_by_trainer(net(scratch, "", ", class_weights: {cat: 2}")),
             Contains("cost 'cross_entropy': 'class_weights' names 'cat', which is not a class"));
  CHECK_THAT(said_by_trainer(net(scratch, "", ", class_weights: [1, 2]")),
             Contains("'class_weights' has 2 numbers for 3 classes"));
  const auto labels = [&](const std::string& weights, const std::string& cost, const char* table) {
    const std::string file = scratch.write("l.csv", table).string();
    return experiment("data: {type: csv, path: " + file +
                      ", targets: [y, z]}\nmodel: {input: 1, layers: [{type: dense, units: 2, "
                      "activation: sigmoid}]}\ntrain: {cost: {type: " +
                      cost + ", class_weights: " + weights + "}}\n");
  };
  CHECK(said_by_trainer(labels("balanced", "binary_cross_entropy", "x,y,z\n1,1,1\n2,0,0\n")) ==
        "cost 'binary_cross_entropy': 'class_weights' cannot be balanced for 2 outputs: each has "
        "zeros and ones of its own");
  CHECK(said_by_trainer(labels("balanced", "cross_entropy", "x,y,z\n1,1,1\n2,0,0\n")) ==
        "cost 'cross_entropy': 'class_weights' cannot be balanced: the targets are not classes");
  CHECK(said_by_trainer(labels("{a: 1}", "cross_entropy", "x,y,z\n1,1,0\n2,0,1\n")) ==
        "cost 'cross_entropy': 'class_weights' names classes, but those of this data set have no "
        "names");
}

TEST_CASE("the column of weights is not an input, wherever it stands", "[training][weights]") {
  const Scratch scratch;
  const std::string table =
      GENERATE("a,w,y\n1,2,0\n2,3,1\n", "w,a,y\n2,1,0\n3,2,1\n", "a,y,w\n1,0,2\n2,1,3\n");
  const std::string file = scratch.write("t.csv", table).string(),
                    scale = GENERATE("none", "standard");
  const auto trainer = host::Trainer::create(
      experiment("data: {type: csv, path: " + file + ", weights: w, scale: " + scale +
                 "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                 "train: {cost: mean_squared_error}\n"));
  CHECK(trainer->data().names.inputs == std::vector<std::string>{"a"});
  CHECK(trainer->data().names.targets == std::vector<std::string>{"y"});
  CHECK(trainer->weight_words()[0] ==
        "example weights w: 2 … 3, on average 2.5; costs are divided by the sum of weights, "
        "metrics count all alike");
}

TEST_CASE("weights that cannot be are refused at their line", "[training][weights]") {
  const Scratch scratch;
  const auto said = [&](const std::string& field, const std::string& more = "") {
    const std::string file = scratch.write("t.csv", "a,w,y\n1,2,0\n2," + field + ",1\n").string();
    return replaced(
        said_by_trainer(experiment("data: {type: csv, path: " + file + ", weights: w" + more +
                                   "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                                   "train: {cost: mean_squared_error}\n")),
        scratch.folder().string() + "/", "");
  };
  CHECK(said("0") == "");
  CHECK(said("-1") == "column 'w': an example cannot count -1, less than nothing");
  CHECK(said("nan") == "column 'w': an example does not say what it counts");
  CHECK(said("") == "column 'w': an example does not say what it counts");
  CHECK(said("inf") == "column 'w': expected a finite number, found 'inf'");
  CHECK(said("many") == "column 'w': expected a finite number, found 'many'");
  CHECK(said("", ", columns: {w: {missing: drop}}") == "");
  CHECK_THAT(said("1", ", columns: {w: {missing: median}}"),
             Contains("column 'w' says what an example counts ('weights'): nothing else can be "
                      "done with it"));
  CHECK_THAT(said("1", ", inputs: [a, w]"), Contains("neither an input nor a target"));
  CHECK_THAT(said("1", ", targets: [w]"), Contains("neither an input nor a target"));
}

TEST_CASE("weights need a column that is there, and examples that count", "[training][weights]") {
  const Scratch scratch;
  CHECK_THAT(said_by_trainer(net(scratch, ", weights: v")),
             Contains("no column 'v', which 'weights' names"));
  std::vector<Row> none = rows;
  for (Row& row : none) row.weight = 0;
  CHECK(said_by_trainer(net(scratch, ", weights: w", "", "", none)) ==
        "every training example counts 0 by column 'w'");
  const auto drawn = [](const std::string& weights) {
    return experiment("data: {type: diagonal, train: 40, weights: " + weights +
                      "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\n"
                      "train: {cost: mean_squared_error}\n");
  };
  // columns without names are x1, x2
  CHECK_THAT(said_by_trainer(drawn("z")),
             Contains("'weights' names 'z', which is not a column of the data"));
}

TEST_CASE("a column of an array without names gives weights by its number", "[training][weights]") {
  const Scratch scratch;
  scratch.write("x.npy",
                npy_bytes("'<f4'", "(3, 3)", bytes_of<float>({1, 5, 2, 3, 0, 4, 5, 2, 6})));
  scratch.write("bad.npy",
                npy_bytes("'<f4'", "(3, 3)", bytes_of<float>({1, 5, 2, 3, -1, 4, 5, 2, 6})));
  scratch.write("t.npy", npy_bytes("'<f4'", "(3,)", bytes_of<float>({0, 1, 1})));
  const auto net = [&](const std::string& file) {
    return experiment("data: {type: npy, inputs: " + (scratch / file).string() +
                      ", targets: " + (scratch / "t.npy").string() +
                      ", weights: x2}\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\n"
                      "train: {cost: mean_squared_error}\n");
  };
  const auto trainer = host::Trainer::create(net("x.npy"));
  CHECK(trainer->input_ranges() == std::vector<std::pair<double, double>>{{1, 5}, {2, 6}});
  CHECK_THAT(trainer->weight_words()[0], Contains("example weights x2: 0 … 5"));
  CHECK(said_by_trainer(net("bad.npy")) == "training example 2 counts -1 by column 'x2'");
}

}  // namespace nnrun::testing
