// Results that others published, from the shipped configs.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include "network/model_file.hpp"
#include "support/plugins.hpp"
#include "support/published_data.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {

TEST_CASE("Playground's circle has the published engine's costs", "[published][.data/playground]") {
  if (!data_folder("playground")) return;
  const host::Experiment e = shipped("playground/circle-reference.yaml");
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  const struct {
    std::size_t epoch;
    double train, test;
  } published[] = {{0, .5015807429602891, .5181059111177386},
                   {1, .49635937670035557, .5094232758604605},
                   {10, .4763460088372576, .4963097824689227},
                   {100, .00889784142890691, .01144976196033489},
                   {500, .0005634034333213456, .0010957073962197753}};
  for (const auto& row : published) {
    CAPTURE(row.epoch);
    const host::EpochReport& report = outcome.epochs[row.epoch];
    CHECK(report.epoch == row.epoch);
    CHECK(report.train.cost == Approx(row.train).epsilon(1e-9));
    CHECK(report.test->cost == Approx(row.test).epsilon(1e-9));
  }
}

TEST_CASE("Playground's data sets are learnt", "[published]") {
  const auto [name, most] = GENERATE(table<std::string, double>({{"circle.yaml", 0.05},
                                                                 {"xor.yaml", 0.08},
                                                                 {"gauss.yaml", 0.02},
                                                                 {"plane.yaml", 0.005},
                                                                 {"reg_gauss.yaml", 0.04}}));
  CAPTURE(name);
  const host::Experiment e = shipped("playground/" + name, {{"seed", "1"}});
  const auto trainer = host::Trainer::create(e);
  CHECK(trainer->train({}).epochs.back().test->cost < most);
}

TEST_CASE("Nielsen's small weights reach 92.7 % after one epoch, a learning rate of 100 nothing",
          "[published][.data/mnist]") {
  if (!data_folder("mnist")) return;
  const auto validated = [](const std::string& config) {
    const host::Experiment e = shipped("nielsen/" + config, {{"train.epochs", "1"}});
    const auto trainer = host::Trainer::create(e);
    return trainer->train({}).epochs.back().validation->metrics[0];
  };
  CHECK(validated("small-weights-30.yaml") == Approx(0.927).margin(0.015));
  CHECK(validated("quadratic-30-rate-100.yaml") < 0.15);
}

TEST_CASE("LeNet tells most digits after a tenth of an epoch", "[published][.data/mnist]") {
  if (!data_folder("mnist")) return;
  const host::Experiment e = shipped("mnist/lenet.yaml", {{"train.max_examples", "6400"}});
  const auto trainer = host::Trainer::create(e);
  CHECK(trainer->train({}).epochs.back().test->metrics[0] > 0.85);
}

// A minute; LeCun et al. 1998 report 0.95 %.
TEST_CASE("LeNet's error on the test images is the published one after 20 epochs",
          "[.full/lenet]") {
  if (!data_folder("mnist")) return;
  const host::Experiment e = shipped("mnist/lenet.yaml", {{"train.epochs", "20"}, {"seed", "0"}});
  const auto trainer = host::Trainer::create(e);
  const double right = trainer->train({}).epochs.back().test->metrics[0];
  std::printf("figure: %.2f %% of error of LeNet after 20 epochs\n", 100 * (1 - right));
  CHECK(1 - right == Approx(0.0095).margin(0.0015));
}

// Some minutes; Nielsen's chapter 6 reports 98.78 %.
TEST_CASE("Nielsen's network of one convolution tells as many digits as he published",
          "[.full/nielsen]") {
  if (!data_folder("mnist")) return;
  const host::Experiment e = shipped("nielsen/conv-20.yaml", {{"seed", "0"}});
  const auto trainer = host::Trainer::create(e);
  const double right = trainer->train({}).epochs.back().test->metrics[0];
  std::printf("figure: %.2f %% right of Nielsen's network of one convolution\n", 100 * right);
  CHECK(right == Approx(0.9878).margin(0.0015));
}

TEST_CASE("the two-layer net in Python is right from any seed", "[published]") {
  for (int seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const host::Experiment e = shipped("two-layer-python.yaml", {{"seed", std::to_string(seed)}});
    const auto trainer = host::Trainer::create(e);
    trainer->train({});
    const auto y = trainer->model()->predict_each(trainer->experiment().predict_rows());
    const double targets[] = {0, 1, 1, 0};
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(y[i][0] - targets[i]) < 0.05);
  }
}

TEST_CASE("lstm learns to add two of a hundred numbers", "[published]") {
  const auto trainer = host::Trainer::create(shipped("recurrent/adding.yaml"));
  CHECK(trainer->train({}).epochs.back().test->cost < 0.01);
}

TEST_CASE("lstm learns it from other seeds, too", "[.full/sequences]") {
  const int seed = GENERATE(1, 2, 3, 4);
  const auto trainer =
      host::Trainer::create(shipped("recurrent/adding.yaml", {{"seed", std::to_string(seed)}}));
  CHECK(trainer->train({}).epochs.back().test->cost < 0.01);
}

namespace {

/// Returns the bits that a character has for one who knows the character before it, by the counts
/// of the text itself: no model that looks one character back can do better on it.
double bits_after_one(const std::string& text) {
  std::map<std::pair<char, char>, double> pairs;
  std::map<char, double> firsts;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    ++pairs[{text[i], text[i + 1]}], ++firsts[text[i]];
  double bits = 0;
  for (const auto& [pair, count] : pairs) bits -= count * std::log2(count / firsts[pair.first]);
  return bits / static_cast<double>(text.size() - 1);
}
/// Returns the bits that the shipped model takes for a character of the end of the text.
double bits_of_characters(const std::string& epochs) {
  const auto trainer =
      host::Trainer::create(shipped("recurrent/characters.yaml", {{"train.epochs", epochs}}));
  return trainer->train({}).epochs.back().test->cost / 32 / std::log(2);
}

}  // namespace

TEST_CASE("a model of characters needs fewer bits than the character before tells", "[published]") {
  std::ifstream in(NNRUN_SOURCE_DIR "/configs/data/alice.txt");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  REQUIRE(text.size() > 100000);
  CHECK(bits_after_one(text) == Approx(3.50).margin(0.01));
  const double limit = bits_after_one(text.substr(text.size() * 9 / 10));
  CHECK(limit < 3.5);
  CHECK(bits_of_characters("2") < limit);
}

TEST_CASE("the shipped model of characters needs what its first comment says",
          "[.full/sequences]") {
  CHECK(bits_of_characters("5") == Approx(2.55).margin(0.07));
}

}  // namespace nnrun::testing
