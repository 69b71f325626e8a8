// Scores that mean what they say: borders, labels, what is not defined, names.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loading/plugin_factory.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Returns rows x1,x2,y with a class that overlaps the other.
std::string overlapping() {
  std::string csv = "x1,x2,y\n";
  for (int i = 0; i < 200; ++i) {
    const double a = std::sin(i * 1.3) * 2, b = std::cos(i * 0.7) * 2;
    const int y = a + b + 2 * std::sin(i * 2.9) > 0.4;
    csv += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(y) + "\n";
  }
  return csv;
}
std::string config(const std::string& activation, const std::string& cost) {
  return "data: {type: csv, path: data.csv, targets: [y]}\n"
         "model: {input: 2, layers: [{type: dense, units: 1, activation: " +
         activation +
         "}]}\n"
         "train: {cost: " +
         cost +
         ", epochs: 30, optimizer: {type: adam, learning_rate: 0.05}}\n"
         "metrics: [accuracy, precision, recall, f1, exact_match, confusion_matrix]\n";
}

json scored(const std::string& arguments, const Scratch& scratch) {
  const Ended ended = run("$nnrun eval " + arguments + " --json", scratch.folder());
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  return json::parse(ended.out);
}

/// Returns the columns of CSV text after its header.
std::vector<std::vector<double>> columns_of(const std::string& text) {
  std::istringstream lines(text);
  std::string line, cell;
  std::getline(lines, line);
  std::vector<std::vector<double>> columns;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    for (std::size_t c = 0; std::getline(cells, cell, ','); ++c) {
      if (columns.size() <= c) columns.emplace_back();
      columns[c].push_back(std::stod(cell));
    }
  }
  return columns;
}

}  // namespace

TEST_CASE("scores in the data's units are those of the answers, also where float32 is too narrow",
          "[cli][scores]") {
  const Scratch scratch;
  const std::string scale = GENERATE("standard", "min_max", "log");
  std::string csv = "x,y\n";
  std::vector<double> truth;
  for (int i = 0; i < 100; ++i) {
    truth.push_back(scale == "log" ? 1e9 + i * 7 % 50 : (i % 25) * 1e8 + i % 5);
    csv += std::to_string(i) + "," + std::to_string(truth.back()) + "\n";
  }
  scratch.write("data.csv", csv);
  scratch.write("c.yaml",
                "data: {type: csv, path: data.csv, scale: standard, target_scale: " + scale +
                    "}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error, "
                    "epochs: 20, optimizer: {type: adam, learning_rate: 0.03}}\nmetrics: "
                    "[mean_absolute_error, root_mean_squared_error, r2, "
                    "mean_absolute_percentage_error]\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  const json test = scored("r", scratch);
  const std::vector<double> y =
      columns_of(run("$nnrun predict r --csv data.csv", scratch.folder()).out).at(0);
  double sum = 0, squares = 0, spread = 0, mean = 0;
  for (const double t : truth) mean += t / static_cast<double>(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    sum += std::abs(y[i] - truth[i]);
    squares += (y[i] - truth[i]) * (y[i] - truth[i]);
    spread += (truth[i] - mean) * (truth[i] - mean);
  }
  const auto n = static_cast<double>(truth.size());
  CHECK(test["mean_absolute_error"].get<double>() == Approx(sum / n).epsilon(1e-5));
  CHECK(test["root_mean_squared_error"].get<double>() ==
        Approx(std::sqrt(squares / n)).epsilon(1e-5));
  CHECK(test["r2"].get<double>() == Approx(1 - squares / spread).epsilon(1e-5));
  // some targets are 0, and stay 0
  if (scale != "log") CHECK(test["mean_absolute_percentage_error"].is_null());
  // the same digits on the command line and in a file
  const json one = json::parse(run("$nnrun predict r 3 --json", scratch.folder()).out);
  CHECK(one["predict"][0]["output"][0].get<double>() == y[3]);
}

namespace {

/// A config whose validation part, the last rows, has one class only.
const char* const one_class =
    "data: {type: csv, path: train.csv, validation: val.csv, targets: [y]}\n"
    "model: {input: 1, layers: [{type: dense, units: 1, activation: sigmoid}]}\n"
    "metrics: [auc, r2]\n";
void write_one_class(const Scratch& scratch, const std::string& train) {
  scratch.write("train.csv", "x,y\n-1,0\n-2,0\n1,1\n2,1\n");
  scratch.write("val.csv", "x,y\n1,1\n");
  scratch.write("one.yaml", std::string(one_class) + train);
}

}  // namespace

TEST_CASE("scores, logits and probabilities of one model have the same answers", "[cli][scores]") {
  const Scratch scratch;
  scratch.write("data.csv", overlapping());
  const auto [name, activation, cost, border] =
      GENERATE(table<std::string, std::string, std::string, double>(
          {{"probabilities", "sigmoid", "binary_cross_entropy", .5},
           {"logits", "none", "{type: binary_cross_entropy, from_logits: true}", 0},
           {"scores", "none", "hinge", 0},
           {"numbers", "none", "mean_squared_error", .5}}));
  CAPTURE(name);
  scratch.write("c.yaml", config(activation, cost));
  REQUIRE(run("$nnrun c.yaml --out run", scratch.folder()).status == 0);
  const json score = scored("run --data test=data.csv", scratch);
  // counted from what predict prints
  const auto y = columns_of(run("$nnrun predict run --csv data.csv", scratch.folder()).out)[0],
             t = columns_of(text_of(scratch / "data.csv"))[2];
  double counts[2][2] = {};
  for (std::size_t i = 0; i < y.size(); ++i) ++counts[t[i] == 1][y[i] > border];
  const double right = counts[0][0] + counts[1][1], found = counts[1][1];
  CHECK(score["accuracy"] == Approx(right / 200));
  CHECK(score["exact_match"] == Approx(right / 200));
  CHECK(score["precision"] == Approx(found / (found + counts[0][1])));
  CHECK(score["recall"] == Approx(found / (found + counts[1][0])));
  CHECK(score["f1"] == Approx(2 * found / (2 * found + counts[0][1] + counts[1][0])));
  CHECK(score["confusion_matrix"] ==
        json({{int(counts[0][0]), int(counts[0][1])}, {int(counts[1][0]), int(counts[1][1])}}));
}

TEST_CASE("logits of several classes have the scores of their probabilities", "[cli][scores]") {
  const Scratch scratch;
  std::string csv = "x1,x2,kind\n";
  for (int i = 0; i < 90; ++i) {
    const double a = std::sin(i * 1.3) * 2, b = std::cos(i * 0.7) * 2;
    csv += std::to_string(a) + "," + std::to_string(b) + "," +
           (a + std::sin(i * 2.9) > 0.4 ? "cat"
            : b > 0                     ? "dog"
                                        : "zebra") +
           "\n";
  }
  scratch.write("data.csv", csv);
  json scores[2];
  for (const bool logits : {false, true}) {
    const std::string activation = logits ? "none" : "softmax",
                      cost = logits ? "{type: cross_entropy, from_logits: true}" : "cross_entropy";
    scratch.write("c.yaml",
                  "data: {type: csv, path: data.csv, targets: [kind]}\n"
                  "model: {input: 2, layers: [{type: dense, units: 3, activation: " +
                      activation + "}]}\ntrain: {cost: " + cost +
                      ", epochs: 5}\nmetrics: [auc, log_loss, accuracy, f1]\n");
    const std::string folder = logits ? "b" : "a";
    REQUIRE(run("$nnrun c.yaml --out " + folder, scratch.folder()).status == 0);
    scores[logits] = scored(folder, scratch);
  }
  for (const char* const name : {"auc", "log_loss", "accuracy", "f1"}) {
    CAPTURE(name);
    CHECK(scores[1][name].get<double>() == Approx(scores[0][name].get<double>()).epsilon(1e-5));
  }
  CHECK(scores[0]["log_loss"].get<double>() ==
        Approx(scores[0]["cost"].get<double>()).epsilon(1e-5));
}

TEST_CASE("targets of -1 and 1 keep their border in a part that has only one of them",
          "[cli][scores]") {
  const Scratch scratch;
  scratch.write("data.csv", "x,y\n-3,-1\n-2,-1\n-1,-1\n1,1\n2,1\n3,1\n");
  scratch.write("ones.csv", "x,y\n0.3,1\n0.2,1\n-5,1\n");
  scratch.write("c.yaml",
                "data: {type: csv, path: data.csv}\n"
                "model: {input: 1, layers: [{type: dense, units: 1, activation: tanh}]}\n"
                "train: {cost: mean_squared_error, epochs: 200, batch_size: 6, optimizer: {type: "
                "sgd, learning_rate: 0.1}}\nmetrics: [accuracy, recall]\n");
  REQUIRE(run("$nnrun c.yaml --out run", scratch.folder()).status == 0);
  const auto y = columns_of(run("$nnrun predict run --csv ones.csv", scratch.folder()).out)[0];
  REQUIRE((y[1] > 0 && y[1] < 0.5));  // between the two borders
  // the run's own border, even if the training part is replaced too
  for (const std::string other :
       {"run --data test=ones.csv", "run --data path=ones.csv --data test=ones.csv"}) {
    CHECK(scored(other, scratch)["accuracy"] == Approx(2. / 3));
    CHECK(scored(other, scratch)["recall"] == Approx(2. / 3));
  }
}

TEST_CASE("targets of several yes and no are labels, each with its own scores", "[cli][scores]") {
  const Scratch scratch;
  std::string csv = "a,b,c,red,big,old\n";
  for (int i = 0; i < 120; ++i) {
    const double a = std::sin(i * 1.3), b = std::cos(i * 0.7), c = std::sin(i * 2.9);
    csv += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + "," +
           std::to_string(a > 0.2) + "," + std::to_string(a + b > 0) + "," +
           std::to_string(c > -0.3) + "\n";
  }
  scratch.write("data.csv", csv);
  scratch.write("c.yaml",
                "data: {type: csv, path: data.csv, targets: [red, big, old]}\n"
                "model: {input: 3, layers: [{type: dense, units: 3, activation: sigmoid}]}\n"
                "train: {cost: binary_cross_entropy, epochs: 10, optimizer: {type: adam, "
                "learning_rate: 0.05}}\n"
                "metrics: [accuracy, exact_match, recall, confusion_matrix]\n");
  REQUIRE(run("$nnrun c.yaml --out run", scratch.folder()).status == 0);
  const json score = scored("run --data test=data.csv", scratch);
  const auto y = columns_of(run("$nnrun predict run --csv data.csv", scratch.folder()).out),
             t = columns_of(csv);
  double labels = 0, rows = 0, recalls = 0;
  for (std::size_t i = 0; i < 120; ++i) {
    int right = 0;
    for (std::size_t k = 0; k < 3; ++k) right += (y[k][i] > .5) == (t[k + 3][i] == 1);
    labels += right, rows += right == 3;
  }
  for (std::size_t k = 0; k < 3; ++k) {
    double found = 0, all = 0;
    for (std::size_t i = 0; i < 120; ++i)
      all += t[k + 3][i], found += t[k + 3][i] == 1 && y[k][i] > .5;
    CHECK(score["per_class"]["recall"][k] == Approx(found / all));
    recalls += found / all / 3;
  }
  REQUIRE(labels < 360);
  CHECK(score["accuracy"] == Approx(labels / 360));
  CHECK(score["exact_match"] == Approx(rows / 120));
  CHECK(score["recall"] == Approx(recalls));
  CHECK(score["confusion_matrix"] == 360 - labels);  // there is no table of them
  const std::string text = run("$nnrun eval run --data test=data.csv", scratch.folder()).out;
  CHECK_THAT(run("$nnrun plugins f1", scratch.folder()).out,
             Contains("  threshold  number  default none ") &&
                 Contains("'auto', 'binary', 'macro', 'micro', 'weighted'"));
  CHECK_THAT(text, Contains("accuracy (of labels) ") && Contains("recall (macro) ") &&
                       Contains("by class\n         recall\n  red  ") && !Contains("rows:"));
  CHECK(json::parse(text_of(scratch / "run/run.json"))["result"]["per_class"]["train"]["recall"]
            .size() == 3);
}

TEST_CASE("what is not defined is said in words, null in JSON and empty in metrics.csv",
          "[cli][scores]") {
  const Scratch scratch;
  write_one_class(scratch, "train: {cost: binary_cross_entropy, epochs: 2}\n");
  const Ended trained = run("$nnrun one.yaml --out run", scratch.folder());
  CHECK(trained.status == 0);
  CHECK_THAT(trained.out, Contains("   auc not defined   r2 not defined\n       (1 examples"));
  CHECK_THAT(trained.err, Contains("note   auc of the validation part is not defined\n"));
  const json result = json::parse(text_of(scratch / "run/run.json"))["result"];
  CHECK(result["validation"]["auc"].is_null());
  CHECK(result["validation"]["r2"].is_null());
  CHECK_THAT(text_of(scratch / "run/metrics.csv"), Contains(",,\n") && !Contains("nan"));
  CHECK(scored("run", scratch)["auc"].is_null());
  CHECK(run("$nnrun verify run", scratch.folder()).status == 0);
  // a record of an earlier program
  const std::string now = text_of(scratch / "run/metrics.csv");
  std::string earlier = now;
  for (std::size_t at; (at = earlier.find(",,\n")) != earlier.npos;)
    earlier.replace(at, 3, ",nan,nan\n");
  scratch.write("run/metrics.csv", earlier);
  CHECK(run("$nnrun verify run", scratch.folder()).status == 0);
}

TEST_CASE("a watched value that is never defined picks no epoch, and the run says so",
          "[cli][scores]") {
  const Scratch scratch;
  write_one_class(
      scratch,
      "train: {cost: binary_cross_entropy, epochs: 8, early_stopping: {monitor: val.auc, "
      "patience: 2, restore_best: true}, checkpoint: {best: val.r2}, schedule: {type: "
      "reduce_on_plateau, patience: 1, monitor: val.auc}}\n");
  const Ended trained = run("$nnrun one.yaml --out run", scratch.folder());
  CAPTURE(trained.err);
  CHECK(trained.status == 0);
  CHECK_THAT(trained.err,
             Contains("note   'val.auc' was not defined in any epoch, so no epoch is the best, and "
                      "the last was kept\n") &&
                 Contains("note   'val.r2' was not defined in any epoch, so no model of a best "
                          "epoch was kept\n") &&
                 !Contains("stopped early"));
  const json record = json::parse(text_of(scratch / "run/run.json"));
  CHECK(record["result"]["epochs"] == 8);
  CHECK(!record["result"].contains("best_epoch"));
  CHECK(!std::filesystem::exists(scratch / "run/checkpoints/best-epoch-1.safetensors"));
  // the same weights as without anybody who watches
  write_one_class(scratch, "train: {cost: binary_cross_entropy, epochs: 8}\n");
  REQUIRE(run("$nnrun one.yaml --out plain", scratch.folder()).status == 0);
  CHECK(json::parse(text_of(scratch / "plain/run.json"))["result"]["weights_sha256"] ==
        record["result"]["weights_sha256"]);
  CHECK(run("$nnrun train --resume run --set train.epochs=10", scratch.folder()).status == 0);
}

TEST_CASE("a comparison by what is not defined says so", "[cli][scores]") {
  const Scratch scratch;
  write_one_class(scratch, "train: {cost: binary_cross_entropy, epochs: 2}\n");
  scratch.write("two.yaml", "extends: one.yaml\nname: two\ntrain: {epochs: 3}\n");
  const Ended compared =
      run("$nnrun compare one.yaml two.yaml --seeds 2 -q --metric auc --fail-if 'auc < 0.5'",
          scratch.folder());
  CAPTURE(compared.out, compared.err);
  CHECK(compared.status == 1);
  CHECK_THAT(compared.out,
             Contains("The auc of 4 of 4 runs is not defined: there is nothing to compare."));
  CHECK_THAT(compared.err, Contains("error: 'auc < 0.5' cannot be judged for 'one': the auc of "
                                    "'one' is not defined\n"));
}

TEST_CASE("metrics of one class have names of their own, everywhere the same", "[cli][scores]") {
  const Scratch scratch;
  scratch.write("data.csv", "x,kind\n-1,cat\n-2,cat\n-1,cat\n0.1,dog\n0.2,dog\n3,zebra\n");
  scratch.write("c.yaml",
                "data: {type: csv, path: data.csv, targets: [kind]}\n"
                "model: {input: 1, layers: [{type: dense, units: 3, activation: softmax}]}\n"
                "train: {cost: cross_entropy, epochs: 3, checkpoint: {best: "
                "train.top_k_accuracy(k=1)}}\n"
                "metrics: [{type: top_k_accuracy, k: 1}, {type: top_k_accuracy, k: 2}, f1]\n");
  const Ended trained = run("$nnrun c.yaml --out run", scratch.folder());
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.out, Contains("   top_k_accuracy(k=1) ") && Contains("   f1 (macro) "));
  CHECK_THAT(text_of(scratch / "run/metrics.csv"),
             Contains(",train.top_k_accuracy(k=1),train.top_k_accuracy(k=2),train.f1\n"));
  const json result = json::parse(text_of(scratch / "run/run.json"))["result"]["train"];
  REQUIRE(result.contains("top_k_accuracy(k=1)"));
  REQUIRE(result.contains("top_k_accuracy(k=2)"));
  CHECK(result["top_k_accuracy(k=1)"] <= result["top_k_accuracy(k=2)"]);
  CHECK(!result.contains("top_k_accuracy"));
  CHECK_THAT(text_of(scratch / "run/report.html"), Contains("top_k_accuracy(k=2)"));
  scratch.write("d.yaml", "extends: c.yaml\nname: d\ntrain: {epochs: 4}\n");
  const Ended compared =
      run("$nnrun compare c.yaml d.yaml --seeds 2 -q --metric "
          "'top_k_accuracy(k=2)' --fail-if 'top_k_accuracy(k=2) >= 0'",
          scratch.folder());
  CHECK(compared.status == 1);
  CHECK_THAT(compared.out, Contains("top_k_accuracy(k=2) %"));
  CHECK_THAT(compared.err, Contains("error: 'top_k_accuracy(k=2) >= 0' holds for 'c': "
                                    "top_k_accuracy(k=2) "));
  CHECK_THAT(
      run("$nnrun c.yaml --set train.checkpoint.best=train.top_k_accuracy", scratch.folder()).err,
      Contains("there is no 'train.top_k_accuracy' to monitor"));
}

TEST_CASE("two metrics that would have one name are refused", "[cli][scores]") {
  const PluginFactory factory;
  factory.cpp("named.so",
              "#include <nnrun/plugin.hpp>\nstruct Named : nnrun::Metric {\n"
              "  static constexpr auto name = \"named\", doc = \"\";\n"
              "  const char* of = \"\";\n"
              "  static constexpr auto params() {\n"
              "    return nnrun::params(nnrun::param(&Named::of, \"of\", \"what\"));\n  }\n"
              "  double value(auto y, auto) const { return y[0][0]; }\n"
              "};\nNNRUN_REGISTER(Named)\n");
  factory.scratch().write(
      "c.yaml",
      "plugins: [./named.so]\ndata: {type: diagonal}\n"
      "model: {input: 2, layers: [{type: dense, units: 1}]}\ntrain: {cost: mean_squared_error}\n"
      "metrics: [{type: named, of: a b}, {type: named, of: a/b}]\n");
  const Ended refused_ = run("$nnrun c.yaml", factory.scratch().folder());
  CHECK(refused_.status == 3);
  CHECK_THAT(refused_.err, Contains("error: two metrics would be called 'named(of=a_b)'\n --> "
                                    "c.yaml:5:") &&
                               Contains("must differ in letters or digits"));
}

TEST_CASE("a lasting run records what its targets are", "[cli][scores]") {
  const Scratch scratch;
  scratch.write("data.csv", "x,kind\n-1,cat\n0.1,dog\n3,zebra\n");
  scratch.write("c.yaml",
                "data: {type: csv, path: data.csv, targets: [kind]}\n"
                "model: {input: 1, layers: [{type: dense, units: 3, activation: softmax}]}\n"
                "train: {cost: cross_entropy}\n");
  REQUIRE(run("$nnrun c.yaml --out run", scratch.folder()).status == 0);
  CHECK_THAT(text_of(scratch / "run/model.safetensors"),
             Contains("\"targets\":\"classes\"") && Contains("\"target_border\":\"0.5\""));
}

}  // namespace nnrun::testing
