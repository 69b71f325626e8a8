// Tables of counts, as people and as programs see them.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

const char* const kinds =
    "data: {type: csv, path: kinds.csv, targets: [kind]}\n"
    "model: {input: 1, layers: [{type: dense, units: 3, activation: softmax, init: zeros}]}\n"
    "train: {cost: cross_entropy, batch_size: 8, optimizer: {type: sgd, learning_rate: 0.001}}\n"
    "metrics: [accuracy, confusion_matrix]\n";
const char* const rows = "x,kind\n-1,cat\n-2,cat\n-1,cat\n0.1,dog\n0.2,dog\n3,zebra\n";

}  // namespace

TEST_CASE("a confusion matrix is a table for people, rows for programs, a number in metrics.csv",
          "[cli][tables]") {
  const Scratch scratch;
  scratch.write("kinds.yaml", kinds);
  scratch.write("kinds.csv", rows);
  // zero weights: every prediction is the first class, and outputs are measured before the step
  const Ended trained = run("$nnrun kinds.yaml --out a", scratch.folder());
  CHECK_THAT(trained.out, Contains("   confusion_matrix 3.000\n"
                                   "       (6 examples, measured while training)\n"
                                   "confusion_matrix (rows: actual, columns: predicted)\n"
                                   "         cat  dog  zebra\n"
                                   "  cat      3    0      0\n"
                                   "  dog      2    0      0\n"
                                   "  zebra    1    0      0\n"));
  const json expected = json::parse("[[3,0,0],[2,0,0],[1,0,0]]");
  CHECK(json::parse(text_of(scratch / "a/run.json"))["result"]["train"]["confusion_matrix"] ==
        expected);
  CHECK(json::parse(
            run("$nnrun --json kinds.yaml", scratch.folder()).out)["train"]["confusion_matrix"] ==
        expected);
  CHECK_THAT(text_of(scratch / "a/metrics.csv"), Contains(",0.5,3\n"));
  // after the step the largest input is recognised
  CHECK_THAT(run("$nnrun eval a", scratch.folder()).out, Contains("  zebra    0    0      1\n"));
  CHECK(json::parse(run("$nnrun eval a --json", scratch.folder()).out)["confusion_matrix"] ==
        json::parse("[[3,0,0],[2,0,0],[0,0,1]]"));
}

TEST_CASE("a table too wide for the terminal is headed by numbers, a large one is in JSON only",
          "[cli][tables]") {
  const Scratch scratch;
  const int classes = GENERATE(12, 21);
  std::string csv = "x,kind\n";
  for (int i = 0; i < classes; ++i)
    csv += std::to_string(i) + ",number_" + std::string(1, static_cast<char>('a' + i)) + "\n";
  scratch.write("kinds.csv", csv);
  std::string config = kinds;
  config.replace(config.find("units: 3"), 8, "units: " + std::to_string(classes));
  scratch.write("kinds.yaml", config);
  const std::string out = run("$nnrun kinds.yaml", scratch.folder()).out;
  if (classes == 12)
    CHECK_THAT(out, Contains("               0  1  2  3  4  5  6  7  8  9  10  11\n"
                             "   0 number_a  1  0  0  0  0  0  0  0  0  0   0   0\n"));
  else
    CHECK_THAT(out, Contains("confusion_matrix: 21 classes, see --json or run.json\n"));
}

}  // namespace nnrun::testing
