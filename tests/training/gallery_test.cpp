// Every config of the gallery gives the number that its first comment says; here it is stated anew.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "support/plugins.hpp"
#include "support/published_data.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;

struct Ended {
  host::Outcome outcome;
  std::shared_ptr<host::Model> model;
  std::vector<double> answers_to(const std::vector<std::vector<double>>& rows) const {
    std::vector<double> out;
    for (const std::vector<double>& row : rows) {
      double y = 0;
      model->predict(row, {&y, 1});
      out.push_back(y);
    }
    return out;
  }
};
Ended trained(const std::string& name) {
  const host::Experiment e = shipped("gallery/" + name + ".yaml");
  const auto trainer = host::Trainer::create(e);
  return {trainer->train({}), trainer->model()};
}

/// Returns the first epoch from which on all are right; 0: there is none.
std::size_t right_from(const host::Outcome& outcome) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < outcome.epochs.size(); ++i) {
    const host::EpochReport report = outcome.epochs[i];
    if (report.train.metrics[0] < 1)
      from = 0;
    else if (from == 0)
      from = report.epoch;
  }
  return from;
}

std::string text_of_file(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<std::vector<double>> corners{{0, 0}, {0, 1}, {1, 0}, {1, 1}};

}  // namespace

TEST_CASE("Rosenblatt's perceptron is right from his epochs on, with his weights", "[gallery]") {
  const struct {
    const char* name;
    std::size_t epoch;
    double a, b, bias;
  } published[] = {{"perceptron", 6, 2, 1, -2},
                   {"perceptron-or", 4, 1, 1, 0},
                   {"perceptron-nand", 6, -2, -1, 3}};
  for (const auto& gate : published) {
    CAPTURE(gate.name);
    const Ended run = trained(gate.name);
    CHECK(right_from(run.outcome) == gate.epoch);
    CHECK(run.answers_to(corners) == std::vector<double>{gate.bias, gate.b + gate.bias,
                                                         gate.a + gate.bias,
                                                         gate.a + gate.b + gate.bias});
  }
}

TEST_CASE("a perceptron never learns XOR, and two layers do", "[gallery]") {
  const Ended one = trained("perceptron-xor");
  CHECK(one.outcome.epochs.size() == 1000);
  for (std::size_t i = 0; i < one.outcome.epochs.size(); ++i)
    if (one.outcome.epochs[i].train.metrics[0] == 1) FAIL("right in epoch " << i + 1);
  const std::vector<double> answers = trained("xor-two-layers").answers_to(corners);
  for (std::size_t i = 0; i < corners.size(); ++i)
    CHECK(answers[i] == Approx(i == 1 || i == 2 ? 1 : 0).margin(0.05));
}

TEST_CASE("the article's numbers come out of formulas too, bit for bit", "[gallery]") {
  const std::vector<std::vector<double>> rows{{0.5, 0.01}, {0.3, 0.7}, {0.5, 0.1}};
  const Ended article = trained("article"), formula = trained("formula");
  const std::vector<double> answers = article.answers_to(rows);
  CHECK(answers[0] == Approx(0.000019314711178699818).epsilon(1e-10));
  CHECK(answers[1] == Approx(0.9999203743668156).epsilon(1e-10));
  CHECK(article.outcome.epochs.back().test->metrics[0] == Approx(0.9889));
  CHECK(formula.answers_to(rows) == answers);
}

TEST_CASE("curve, sine, spiral and the two spirals are learnt as well as they say", "[gallery]") {
  CHECK(trained("curve").outcome.epochs.back().test->metrics[0] >= 0.99);
  CHECK(trained("sine").outcome.epochs.back().test->metrics[0] <= 0.03);
  CHECK(trained("spiral").outcome.epochs.back().test->metrics[0] >= 0.91);
  CHECK(trained("two-spirals").outcome.result->train.metrics[0] == 1);
}

// Half a minute. Nielsen says 95.42 at best.
TEST_CASE("Nielsen's first network is as good as his", "[.full/gallery]") {
  if (!data_folder("mnist")) return;
  const Ended run = trained("nielsen");
  double best = 0;
  for (std::size_t i = 0; i < run.outcome.epochs.size(); ++i)
    best = std::max(best, run.outcome.epochs[i].test->metrics[0]);
  CHECK(best == Approx(0.954).margin(0.005));
}

// A minute or two.
TEST_CASE("an autoencoder brings digits back through two numbers", "[.full/gallery]") {
  if (!data_folder("mnist")) return;
  CHECK(trained("autoencoder").outcome.result->test->metrics[0] == Approx(0.2).margin(0.01));
}

TEST_CASE("every config of the gallery is tried, listed, and says what to expect", "[gallery]") {
  const std::set<std::string> tried{
      "article",    "autoencoder",     "curve",         "formula",        "nielsen",
      "perceptron", "perceptron-nand", "perceptron-or", "perceptron-xor", "sine",
      "spiral",     "two-spirals",     "xor-two-layers"};
  std::set<std::string> found;
  const std::string list = text_of_file(NNRUN_SOURCE_DIR "/configs/README.md");
  for (const auto& entry : fs::directory_iterator(NNRUN_SOURCE_DIR "/configs/gallery")) {
    const std::string name = entry.path().stem().string();
    found.insert(name);
    CAPTURE(name);
    CHECK(list.find("gallery/" + name + ".yaml") != std::string::npos);
    const std::string text = text_of_file(entry.path());
    const std::string first = text.substr(0, text.find('\n'));
    CHECK(first.starts_with("# "));
    CHECK(first.find("xpect") != std::string::npos);
  }
  CHECK(found == tried);
}

}  // namespace nnrun::testing
