// What targets are, and how a run answers: yes or no in words, several numbers, sizes that follow
// from the data.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// A folder with a table and a config.
struct Table {
  Scratch scratch;
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  void config(const std::string& data, const std::string& last, const std::string& cost,
              const std::string& rest = "") const {
    scratch.write("c.yaml", "data: {type: csv, path: a.csv, " + data +
                                "}\nmodel: {layers: [{type: dense, units: 4, activation: tanh}, " +
                                last + "]}\ntrain: {cost: " + cost +
                                ", epochs: 60, optimizer: {type: adam, learning_rate: 0.05}}\n" +
                                rest);
  }
  Ended train() const {
    std::filesystem::remove_all(scratch / "r");
    Ended ended = (*this)("c.yaml --out r");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return ended;
  }
  json result() const { return parsed(text_of(scratch / "r/run.json"))["result"]; }
};

/// Rows of two numbers and a word, which follows from them but for some.
std::string words(const std::string& yes, const std::string& no, int rows = 120) {
  std::string csv = "a,b,churn\n";
  for (int i = 0; i < rows; ++i) {
    const int a = i * 7 % 11, b = i * 5 % 13;
    csv += std::to_string(a) + "," + std::to_string(b) + "," +
           ((a + b > 14) != (i % 17 == 0) ? yes : no) + "\n";
  }
  return csv;
}

/// Returns the lines of a text that are not its first.
std::vector<std::string> rows_of(const std::string& csv) {
  std::vector<std::string> rows;
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) rows.push_back(line);
  return rows;
}

constexpr auto one_unit = "{type: dense, units: 1, activation: sigmoid}",
               cross_entropy = "binary_cross_entropy",
               scores = "metrics: [accuracy, precision, recall, f1, auc, confusion_matrix]\n";

}  // namespace

TEST_CASE("one sigmoid unit learns yes or no in words, and answers in them", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  table.config("scale: standard, positive: churned", one_unit, cross_entropy, scores);
  const Ended trained = table.train();
  CHECK_THAT(trained.err, Contains("target churn: churned or stayed, churned (= 1) "));
  const Ended answers = table("predict r --csv a.csv -q");
  CAPTURE(answers.err);
  REQUIRE(answers.out.starts_with("churned,class\n"));
  // precision, recall and the table from the answers alone
  const std::vector<std::string> given = rows_of(text_of(table.scratch / "a.csv")),
                                 said = rows_of(answers.out);
  REQUIRE(said.size() == given.size());
  std::vector<std::vector<int>> counts{{0, 0}, {0, 0}};  // stayed, churned
  for (std::size_t i = 0; i < said.size(); ++i) {
    CHECK(said[i].ends_with(std::stod(said[i]) > 0.5 ? ",churned" : ",stayed"));
    ++counts[given[i].ends_with("churned")][said[i].ends_with("churned")];
  }
  const json eval = parsed(table("eval r --json").out);
  CHECK(eval["confusion_matrix"] == json(counts));
  CHECK(eval["precision"].get<double>() ==
        Approx(counts[1][1] / double(counts[0][1] + counts[1][1])));
  CHECK(eval["recall"].get<double>() == Approx(counts[1][1] / double(counts[1][0] + counts[1][1])));
  CHECK(eval["accuracy"].get<double>() > 0.85);
  CHECK_THAT(table("eval r").out, Contains("  stayed   ") && Contains("  churned  "));
  CHECK(parsed(table("predict r 10,12 --json").out)["predict"][0]["class"] == "churned");
  CHECK(table("verify r").status == 0);
}

TEST_CASE("positive turns a yes into a no, with the same weights but for their signs",
          "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("positive: \"no\"", "{type: dense, units: 1, activation: sigmoid, init: zeros}",
               cross_entropy, scores);
  table.train();
  const double no = parsed(table("predict r 2,3 --json").out)["predict"][0]["output"][0];
  const json recall = table.result()["train"]["recall"];
  table.config("positive: \"yes\"", "{type: dense, units: 1, activation: sigmoid, init: zeros}",
               cross_entropy, scores);
  table.train();
  const double yes = parsed(table("predict r 2,3 --json").out)["predict"][0]["output"][0];
  CHECK(yes + no == Approx(1).epsilon(1e-5));
  CHECK(recall != table.result()["train"]["recall"]);
}

TEST_CASE("without positive the last of two classes is 1, and the run says so", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard", one_unit, cross_entropy);
  CHECK_THAT(table.train().err,
             Contains("target churn: yes or no, yes (= 1) ") &&
                 Contains(", for yes is the last of them; or write positive: \"no\"\n"));
  table.config("scale: standard, classes: [\"yes\", \"no\"]", one_unit, cross_entropy);
  CHECK_THAT(table.train().err, Contains("target churn: no or yes, no (= 1) "));
  table.scratch.write("a.csv", words("true", "false"));
  table.config("scale: standard", one_unit, cross_entropy);
  CHECK_THAT(table.train().err, Contains("target churn: true or false, true (= 1) "));
  table.scratch.write("a.csv", words("1", "0"));
  table.config("classes: [0, 1], positive: 0", one_unit, cross_entropy);
  CHECK_THAT(table.train().err, Contains("target churn: 0 or 1, 0 (= 1) "));
}

TEST_CASE("a cost of -1 and 1 learns words, too", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard", "{type: dense, units: 1}", "hinge", scores);
  CHECK_THAT(table.train().err, Contains("no (= -1) ") && !Contains("warning"));
  CHECK(table.result()["train"]["accuracy"] > 0.85);
  CHECK(rows_of(table("predict r --csv a.csv -q").out)[0].ends_with(",no"));
}

TEST_CASE("a cost of classes is warned of where there is one output", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard", one_unit, "cross_entropy");
  CHECK_THAT(table.train().err,
             Contains("warning: cross_entropy of one output costs the same for every answer where "
                      "the target is 0, so it learns to say 1\n") &&
                 Contains("write cost: binary_cross_entropy, or give the last layer a unit per"));
  table.config("scale: standard", one_unit, cross_entropy);
  CHECK_THAT(table.train().err, !Contains("warning"));
}

TEST_CASE("two outputs for two classes have the positive one last", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  table.config("scale: standard, positive: churned", "{type: dense, units: 2, activation: softmax}",
               "cross_entropy", "metrics: [{type: f1, average: binary}, confusion_matrix]\n");
  table.train();
  CHECK(table("predict r --csv a.csv -q").out.starts_with("stayed,churned,class\n"));
  const json eval = parsed(table("eval r --json").out);
  const auto& counts = eval["confusion_matrix"];
  const double right = counts[1][1], wrong = double(counts[0][1]) + double(counts[1][0]);
  CHECK(eval["f1"].get<double>() == Approx(2 * right / (2 * right + wrong)));
}

TEST_CASE("words are kept for other files, and unknown ones refused", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  table.config("scale: standard, positive: churned", one_unit, cross_entropy, scores);
  table.train();
  const json own = parsed(table("eval r --json").out);
  table.scratch.write("same.csv", words("churned", "stayed"));
  json other = parsed(table("eval r --json --data test=same.csv").out);
  CHECK(other["confusion_matrix"] == own["confusion_matrix"]);
  CHECK(other["auc"] == own["auc"]);
  table.scratch.write("few.csv", "churn,b,a\nchurned,1,2\n");  // one of the two words alone
  other = parsed(table("eval r --json --data test=few.csv").out);
  CHECK(other["confusion_matrix"][0] == json({0, 0}));
  table.scratch.write("odd.csv", "a,b,churn\n1,2,stayed\n1,2,gone\n");
  const Ended odd = table("eval r --data test=odd.csv");
  CHECK(odd.status == 5);
  CHECK_THAT(odd.err, Contains("error: column 'churn': unknown class 'gone'\n") &&
                          Contains("odd.csv:3\n") &&
                          Contains("the classes are: churned, stayed\n"));
}

TEST_CASE("what positive cannot name is refused at its place", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  const auto said = [&](const std::string& data) {
    table.config(data, one_unit, cross_entropy);
    const Ended ended = table("c.yaml");
    CHECK(ended.status == 3);
    return ended.err;
  };
  CHECK_THAT(said("positive: churn"),
             Contains("error: 'positive' must be a class of 'churn', not 'churn'\n") &&
                 Contains("c.yaml:1:") && Contains("did you mean 'churned'?"));
  table.scratch.write("a.csv", words("1", "0"));
  CHECK_THAT(said("positive: 1"),
             Contains("error: 'positive' names one of two classes, but 'churn' is read as a "
                      "number\n") &&
                 Contains("write classes: [0, 1] in data"));
  table.scratch.write("a.csv", words("a", "b") + "1,2,c\n");
  CHECK_THAT(said("positive: a"),
             Contains("'positive' names one of two classes, but 'churn' has 3\n"));
}

TEST_CASE("sizes that the data say may be left out, and are written into the record",
          "[cli][sizes]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard", "{type: dense, activation: sigmoid}", cross_entropy);
  table.train();
  const std::string yaml = text_of(table.scratch / "r/config.yaml");
  CHECK_THAT(yaml, Contains("  input: 2\n") && Contains("name: dense_2, type: dense, units: 1,"));
  CHECK(table("verify r").status == 0);
  CHECK(parsed(table("summary c.yaml --json").out)["parameters"] == 17);
  CHECK(table("check c.yaml").status == 0);
  CHECK(table("predict r 1,2").status == 0);
  table.config("scale: standard", "{type: dense, activation: softmax}", "cross_entropy");
  CHECK(parsed(table("summary c.yaml --json").out)["parameters"] == 22);
  // a branch that no layer reads, and features that make other inputs
  table.scratch.write("c.yaml",
                      "data: {type: csv, path: a.csv, features: [a, b, a*b], positive: \"yes\"}\n"
                      "model: {layers: [{name: end, type: dense, inputs: [one, two], units: 1}]}\n"
                      "train: {cost: binary_cross_entropy}\n");
  table.scratch.write("c.yaml",
                      "data: {type: csv, path: a.csv, features: [a, b, a*b], positive: \"yes\"}\n"
                      "model:\n  layers:\n"
                      "    - {name: end, type: dense, inputs: joined, activation: sigmoid}\n"
                      "    - {name: one, type: dense, units: 2, inputs: input}\n"
                      "    - {name: joined, type: concatenate, inputs: [one, input]}\n"
                      "train: {cost: binary_cross_entropy}\n");
  const json summary = parsed(table("summary c.yaml --json").out);
  CHECK(summary["input"] == json({3}));
  CHECK(summary["parameters"] == 4 * 2 + 6);
}

TEST_CASE("compare and sweep know sizes that the data say", "[cli][sizes]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard, split: {test: 0.3}", "{type: dense, activation: sigmoid}",
               cross_entropy, "metrics: [accuracy]\nsweep: {model.layers.dense_1.units: [2, 3]}\n");
  const Ended swept = table("sweep c.yaml --out s --json --seeds 1");
  CAPTURE(swept.err);
  REQUIRE(swept.status == 0);
  CHECK(parsed(swept.out)["configs"].size() == 2);
  // one output beside two: the same examples, with targets of another form
  table.scratch.write("d.yaml",
                      "extends: c.yaml\nmodel: {layers: {dense_2: {activation: softmax}}}\n"
                      "train: {cost: cross_entropy}\n");
  const Ended compared = table("compare c.yaml d.yaml --out k --json --seeds 2");
  CAPTURE(compared.err);
  REQUIRE(compared.status == 0);
  const json configs = parsed(compared.out)["configs"];
  CHECK(configs[0]["parameters"] == 17);
  CHECK(configs[1]["parameters"] == 22);
  for (const json& config : configs)
    for (const json& one : config["runs"]) CHECK(one["status"] == "done");
  CHECK(table("compare --resume k").status == 0);
}

TEST_CASE("units may be left out in the last layer alone", "[cli][sizes]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "no"));
  table.config("scale: standard", "dense, {type: activation, activation: sigmoid}", cross_entropy);
  const Ended ended = table("c.yaml");
  CHECK(ended.status == 3);
  CHECK_THAT(ended.err, Contains("error: layer 'dense' needs 'units'\n") &&
                            Contains("only the last layer may leave it to the data"));
}

TEST_CASE("each of several targets is scaled by itself, answered and measured in its own unit",
          "[cli][scale]") {
  const Table table;
  std::string csv = "a,b,price,area\n";
  std::vector<std::array<double, 2>> targets;
  for (int i = 0; i < 150; ++i) {
    const double a = i * 7 % 11, b = i * 5 % 13;
    targets.push_back({std::exp(8 + 0.2 * a), 20 + 3 * b});
    csv += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(targets.back()[0]) +
           "," + std::to_string(targets.back()[1]) + "\n";
  }
  table.scratch.write("a.csv", csv);
  table.config(
      "targets: [price, area], scale: standard, target_scale: {price: log, area: standard}",
      "dense", "mean_squared_error", "metrics: [r2, mean_absolute_error]\n");
  const Ended trained = table.train();
  CHECK_THAT(trained.err, Contains("target price, area: 2 numbers, ") &&
                              Contains(", scaled (price log, area standard): the cost is"));
  CHECK_THAT(trained.out, Contains("r2 (mean of the targets) ") && Contains("by target\n") &&
                              Contains("  price  ") && Contains("  area   "));
  const Ended answers = table("predict r --csv a.csv -q");
  REQUIRE(answers.out.starts_with("price,area\n"));
  const std::vector<std::string> rows = rows_of(answers.out);
  const json eval = parsed(table("eval r --json").out);
  double r2 = 0;
  for (std::size_t c = 0; c < 2; ++c) {
    double mean = 0, error = 0, spread = 0, off = 0;
    for (const auto& t : targets) mean += t[c] / 150;
    for (std::size_t i = 0; i < 150; ++i) {
      const double y = std::stod(c == 0 ? rows[i] : rows[i].substr(rows[i].find(',') + 1));
      error += (y - targets[i][c]) * (y - targets[i][c]);
      spread += (targets[i][c] - mean) * (targets[i][c] - mean);
      off += std::abs(y - targets[i][c]) / 150;
    }
    CHECK(eval["per_class"]["r2"][c].get<double>() == Approx(1 - error / spread).epsilon(1e-4));
    CHECK(eval["per_class"]["mean_absolute_error"][c].get<double>() == Approx(off).epsilon(1e-4));
    CHECK(1 - error / spread > 0.9);
    r2 += (1 - error / spread) / 2;
  }
  CHECK(eval["r2"].get<double>() == Approx(r2).epsilon(1e-4));  // the uniform average
  CHECK(table("verify r").status == 0);
  table.config("targets: [price, area], target_scale: {prise: log}", "dense", "mean_squared_error");
  const Ended wrong = table("c.yaml");
  CHECK(wrong.status == 3);
  CHECK_THAT(wrong.err, Contains("error: 'target_scale': there is no target 'prise'\n") &&
                            Contains("did you mean 'price'?"));
}

TEST_CASE("check and -v say what the data hold", "[cli][check]") {
  const Table table;
  table.scratch.write("a.csv",
                      "city,size,kind\nBonn,1,x\nKiel,NA,y\nBonn,5,x\nKiel,3,x\nBonn,2,y\n");
  table.config("columns: {size: {missing: median}}, split: {test: 0.2, shuffle: false}",
               "{type: dense, activation: sigmoid}", cross_entropy);
  const std::string summary =
      "data   5 rows: 4 to train, 0 to validate, 1 to test\n"
      "  city  category  2 texts: Bonn, Kiel\n"
      "  size  number    1 to 5  1 missing\n"
      "  x     class     3 rows\n"
      "  y     class     2 rows\n";
  const Ended checked = table("check c.yaml");
  CAPTURE(checked.err);
  CHECK_THAT(checked.out, Contains(summary));
  CHECK_THAT(table("c.yaml -v --out r").err, Contains(summary));
  CHECK_THAT(table("c.yaml --out s").err, !Contains("4 to train"));
  const json data = parsed(table("check c.yaml --json").out)["configs"][0]["data"];
  CHECK(data["rows"] == json({{"train", 4}, {"validation", 0}, {"test", 1}}));
  CHECK(
      data["columns"][0] ==
      json({{"name", "city"}, {"kind", "category"}, {"texts", {"Bonn", "Kiel"}}, {"missing", 0}}));
  CHECK(data["columns"][1] ==
        json({{"name", "size"}, {"kind", "number"}, {"low", 1.}, {"high", 5.}, {"missing", 1}}));
  CHECK(data["target"] == "kind");
  CHECK(data["classes"] == json({{"x", 3}, {"y", 2}}));
  CHECK(data["positive"] == "y");
}

TEST_CASE("the only class of a target is not an answer of one output", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("yes", "yes"));
  table.config("scale: standard", one_unit, cross_entropy);
  table.train();
  for (const char* const how :
       {"r 1,2", "r 9,9 --json", "r --csv a.csv --brief", "r --csv a.csv"}) {
    const Ended ended = table(std::string("predict ") + how);
    CAPTURE(how, ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, !Contains("class"));
  }
}

TEST_CASE("a start from weights says where its outputs mean something else", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  table.config("scale: standard, positive: churned", one_unit, cross_entropy);
  table.train();
  const std::string again = "c.yaml --set model.weights=r --set train.epochs=0 --out ";
  CHECK_THAT(table(again + "same").err, !Contains("another order"));
  CHECK_THAT(table(again + "other --set data.positive=stayed").err,
             Contains("classes are in another order than those of 'model.safetensors': class 1 is "
                      "'churned' here, 'stayed' there\n"));

  table.scratch.write("a.csv", "a,b,price,rent\n1,2,100,3\n2,3,300,4\n3,5,200,6\n4,1,500,9\n");
  table.config("target_scale: standard, inputs: [a, b], targets: [price]",
               "{type: dense, units: 1}", "mean_squared_error");
  table.train();
  const Ended rent = table(again + "rent --set 'data.targets=[rent]'");
  CHECK_THAT(rent.err, Contains("targets are not scaled as those of 'model.safetensors' were\n") &&
                           Contains("target 1 is 'rent' here, 'price' there\n"));
  // the scale of rent itself: its mean is 5.5
  const json model = parsed(table("predict rent 1,2 --json").out);
  CHECK(std::abs(model["predict"][0]["output"][0].get<double>()) < 50);
  const Ended map = table(again + "map --set 'data.target_scale={price: log}'");
  CHECK_THAT(map.err, Contains("targets are not scaled as those of 'model.safetensors' were\n"));
}

TEST_CASE("eval measures classes in the order of the network's outputs, whatever is asked",
          "[cli][positive]") {
  const Table table;
  std::string csv = "a,b,kind\n";
  for (int i = 0; i < 90; ++i)
    csv += std::to_string(i % 3 * 10 + i % 2) + "," + std::to_string(i % 7) + "," +
           (i % 3 == 0   ? "lily"
            : i % 3 == 1 ? "rose"
                         : "tulip") +
           "\n";
  table.scratch.write("a.csv", csv);
  table.config("scale: standard, split: {test: 0.3}",
               "{type: dense, units: 3, activation: softmax}", "cross_entropy",
               "metrics: [accuracy]\n");
  table.train();
  const std::string whole = table("eval r --data test=a.csv").out;
  CHECK_THAT(whole, Contains("accuracy 100.00 %"));
  CHECK(table("eval r --data test=a.csv --data 'classes=[tulip,lily,rose]'").out == whole);
  CHECK_THAT(table("eval r --set seed=5").err,
             Contains("the test part was cut anew, so it may hold examples that the network was "
                      "trained on\n"));
  CHECK(table("eval r").err == "");
}

TEST_CASE("scores of a yes name the class that it stands for", "[cli][positive]") {
  const Table table;
  table.scratch.write("a.csv", words("churned", "stayed"));
  table.config("scale: standard, positive: churned, split: {test: 0.3}", one_unit,
               "{type: binary_cross_entropy, class_weights: {churned: 3, stayed: 1}}",
               "metrics: [accuracy, precision, f1]\n");
  const Ended trained = table.train();
  CHECK_THAT(trained.out, Contains("precision (churned) ") && Contains("f1 (churned) ") &&
                              !Contains("accuracy ("));
  CHECK_THAT(trained.err, Contains("class weights: stayed 1, churned 3; "));
  CHECK(table.result()["positive"] == "churned");
  CHECK_THAT(table("eval r").out, Contains("precision (churned) "));
  CHECK(parsed(table("eval r --json").out)["positive"] == "churned");
  // the same by number
  CHECK_THAT(table("c.yaml --set 'train.cost.class_weights={1: 3}'").err,
             Contains("class weights: stayed 1, churned 3; "));
}

TEST_CASE("a mean over targets in different units says so", "[cli][scale]") {
  const Table table;
  table.scratch.write("a.csv", "a,b,metres,francs\n1,2,1,900\n2,3,3,400\n3,5,2,600\n4,1,5,900\n");
  table.config("target_scale: standard, inputs: [a, b], targets: [metres, francs]", "{type: dense}",
               "mean_squared_error", "metrics: [mean_absolute_error, r2]\n");
  CHECK_THAT(table.train().out, Contains("mean_absolute_error (over 2 targets) ") &&
                                    Contains("r2 (mean of the targets) "));
}

TEST_CASE("names of any length are cut where people read them", "[cli]") {
  const Table table;
  const std::string name = std::string(60000, 'y');
  table.scratch.write("a.csv", words(name, "no"));
  table.config("scale: standard, positive: no", one_unit,
               "{type: binary_cross_entropy, class_weights: balanced}",
               "metrics: [f1, confusion_matrix]\n");
  const Ended trained = table.train();
  CHECK(trained.out.size() + trained.err.size() < 20000);
  CHECK_THAT(trained.err, Contains(std::string(40, 'y') + "…"));
  CHECK(parsed(table("eval r --json").out)["positive"] == "no");
}

TEST_CASE("a target without a logarithm is named with its example", "[cli][scale]") {
  const Table table;
  table.scratch.write("a.csv", "a,b,price,rent\n1,2,100,3\n2,3,0,4\n3,5,200,6\n");
  table.config("target_scale: {price: log}, inputs: [a, b], targets: [rent, price]",
               "{type: dense}", "mean_squared_error");
  const Ended ended = table("c.yaml");
  CHECK(ended.status == 5);
  CHECK_THAT(ended.err, Contains("target 'price' of training example 2 is 0, which has no "
                                 "logarithm\n"));
}

}  // namespace nnrun::testing
