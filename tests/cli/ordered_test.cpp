// Classes with an order: what the network learns, and what it answers in.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "network/ordered_classes.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// A folder with grades that follow from two numbers, in words that are not in their order.
struct Grades {
  Scratch scratch;
  explicit Grades(const std::string& last = "{type: dense, activation: sigmoid}",
                  const std::string& data = "order: [low, mid, high, top]") {
    std::string csv = "a,b,grade\n";
    for (int i = 0; i < 200; ++i) {
      const int a = i * 7 % 11, b = i * 5 % 13, sum = a + b;
      const char* const grade = sum < 7 ? "low" : sum < 11 ? "mid" : sum < 16 ? "high" : "top";
      csv += std::to_string(a) + "," + std::to_string(b) + "," + grade + "\n";
    }
    scratch.write("a.csv", csv);
    scratch.write("c.yaml", "data: {type: csv, path: a.csv, scale: standard, " + data +
                                ", split: {test: 0.25, stratify: true}}\nmodel: {layers: [{type: "
                                "dense, units: 8, activation: tanh}, " +
                                last +
                                "]}\ntrain: {cost: binary_cross_entropy, epochs: 300, optimizer: "
                                "{type: adam, learning_rate: 0.03}}\nmetrics: [accuracy, "
                                "mean_absolute_error, confusion_matrix]\npredict: [[0, 0]]\n");
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  std::string train() const {
    const Ended ended = (*this)("c.yaml --threads 1 --out r");
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return ended.out + ended.err;
  }
};

std::size_t rank_of(const std::string& grade) {
  const std::vector<std::string> order{"low", "mid", "high", "top"};
  return static_cast<std::size_t>(std::ranges::find(order, grade) - order.begin());
}

std::vector<std::vector<std::string>> table_in(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

}  // namespace

TEST_CASE("classes in order are learnt with an output less, and answered with their probabilities",
          "[cli][ordered]") {
  const Grades grades;
  const std::string said = grades.train();
  CHECK_THAT(said, Contains("target grade: 4 classes in order, low "));
  CHECK_THAT(said, Contains(" < mid ") && Contains("dense_2 (dense)  3 "));
  const json result = parsed(text_of(grades.scratch / "r/run.json"))["result"];
  CHECK(result["test"]["accuracy"].get<double>() > 0.85);
  CHECK(result["test"]["confusion_matrix"].size() == 4);
  CHECK(result["predict"][0]["output"].size() == 4);

  // accuracy and the error in ranks from the answers alone
  const auto rows = table_in(grades("predict r --csv a.csv --keep grade -q").out);
  REQUIRE(rows.size() == 201);
  CHECK(rows[0] == std::vector<std::string>{"grade", "low", "mid", "high", "top", "class"});
  double right = 0, ranks = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    double sum = 0, largest = 0;
    std::size_t likeliest = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const double p = std::stod(rows[i][1 + c]);
      CHECK(p >= 0);
      sum += p;
      if (p > largest) {
        largest = p;
        likeliest = c;
      }
    }
    CHECK(sum == Approx(1).epsilon(1e-5));
    CHECK(rank_of(rows[i][5]) == likeliest);
    right += rows[i][0] == rows[i][5];
    ranks += std::abs(static_cast<double>(rank_of(rows[i][0])) - static_cast<double>(likeliest));
  }
  const json scores = parsed(grades("eval r --data test=a.csv --json").out);
  CHECK(scores["examples"] == 200);
  CHECK(scores["accuracy"].get<double>() == Approx(right / 200));
  CHECK(scores["mean_absolute_error"].get<double>() == Approx(ranks / 200));
  CHECK(scores["per_class"]["mean_absolute_error"].size() == 4);
  CHECK_THAT(grades("eval r").out, Contains("mean_absolute_error (in ranks) "));
  CHECK_THAT(grades("predict r --csv a.csv --brief -q").out, Contains("grade,grade probability\n"));
  CHECK(parsed(grades("verify --json r").out)["verdict"] == "identical");
  CHECK(grades("predict r 0,0").status == 0);
}

TEST_CASE("whole numbers are grades, too, and their order says that they are classes",
          "[cli][ordered]") {
  const Grades grades("{type: dense, activation: sigmoid}", "order: [1, 2, 3]");
  std::string csv = "a,b,stars\n";
  for (int i = 0; i < 90; ++i)
    csv += std::to_string(i % 9) + "," + std::to_string(i % 5) + "," +
           std::to_string(1 + i % 9 / 3) + "\n";
  grades.scratch.write("a.csv", csv);
  CHECK_THAT(grades.train(), Contains("target stars: 3 classes in order, 1 30 < 2 30 < 3 30"));
  CHECK_THAT(grades("predict r --csv a.csv --keep stars -q").out, Contains("stars,1,2,3,class\n"));
}

TEST_CASE("classes in order cannot be weighed, by name, by number or balanced", "[cli][ordered]") {
  const Grades grades("{type: dense, activation: sigmoid}", "order: [1, 2, 3]");
  std::string csv = "a,b,stars\n";
  for (int i = 0; i < 90; ++i)
    csv += std::to_string(i % 9) + "," + std::to_string(i % 5) + "," +
           std::to_string(1 + i % 9 / 3) + "\n";
  grades.scratch.write("a.csv", csv);
  for (const char* const weights : {"balanced", "{1: 2, 2: 1, 3: 5}", "[1, 2]", "{1: 3}"})
    CHECK_THAT(grades("c.yaml -q --set 'train.cost={type: binary_cross_entropy, class_weights: " +
                      std::string(weights) + "}'")
                   .err,
               Contains("'class_weights' cannot weigh classes in order: an output is not of a "
                        "class, but of all above one\n") &&
                   Contains("a column of weights does: weights: COLUMN in data"));
}

TEST_CASE("outputs that are not chances of a higher class are refused, and so are too many",
          "[cli][ordered]") {
  const auto said = [](const Grades& grades) { return grades("c.yaml -q").err; };
  CHECK_THAT(said(Grades("{type: dense, activation: softmax}")),
             Contains("classes in order need outputs from 0 to 1, each of them how likely a higher "
                      "class is, but those of softmax add up to 1\n") &&
                 Contains("write activation: sigmoid in the last layer, and cost: "
                          "binary_cross_entropy"));
  CHECK_THAT(said(Grades("{type: dense}")), Contains("but the last layer has no activation\n"));
  CHECK_THAT(
      said(Grades("{type: dense, units: 4, activation: sigmoid}")),
      Contains("the network has 4 outputs, but an example of the data set has 3 targets\n") &&
          Contains("'grade' is read as 4 classes in order: an output less than classes"));
  CHECK_THAT(said(Grades("{type: dense, activation: sigmoid}", "order: [low, mid, high]")),
             Contains("unknown class 'top'\n") && Contains("a.csv:"));
}

TEST_CASE("class probabilities are the steps between chances, none below nothing", "[ordered]") {
  const auto classes = [](const std::vector<double>& above) {
    std::vector<double> out(above.size() + 1);
    host::class_probabilities(std::span<const double>(above), std::span<double>(out));
    return out;
  };
  CHECK(classes({0.75, 0.25}) == std::vector<double>{0.25, 0.5, 0.25});
  CHECK(classes({0.25, 0.75}) == std::vector<double>{0.75, 0, 0.25});  // the second is no more
  CHECK(classes({1, 1}) == std::vector<double>{0, 0, 1});
  CHECK(std::isnan(classes({0.5, std::nan("")})[1]));
  std::vector<double> rows{1, 0, 0, 0, 1, 0, 0, 0, 1};
  host::to_higher_classes(rows, 3);
  rows.resize(6);
  CHECK(rows == std::vector<double>{0, 0, 1, 0, 1, 1});
}

}  // namespace nnrun::testing
