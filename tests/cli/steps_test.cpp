// Targets that say a class for each step of an example: the cost is the sum over the steps, and
// metrics count steps.
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using nlohmann::json;

constexpr std::size_t examples = 40, steps = 6, classes = 3;

/// Writes sequences of 0 and 1, and how many ones there were by then, modulo 3. Returns the
/// classes.
std::vector<std::size_t> write_sequences(const Scratch& scratch, std::size_t blank_step = 9999) {
  std::vector<float> x, t;
  std::vector<std::size_t> right;
  for (std::size_t i = 0; i < examples; ++i)
    for (std::size_t s = 0, ones = 0; s < steps; ++s) {
      const bool one = (i * 7 + s * s * 3 + i * s) % 5 < 2;
      ones += one;
      x.push_back(one);
      right.push_back(ones % classes);
      for (std::size_t c = 0; c < classes; ++c)
        t.push_back(right.size() != blank_step && c == right.back());
    }
  scratch.write("x.npy", npy_bytes("'<f4'", "(40, 6, 1)", bytes_of(x)));
  scratch.write("t.npy", npy_bytes("'<f4'", "(40, 6, 3)", bytes_of(t)));
  return right;
}
std::string config(const std::string& cost, const std::string& activation, int epochs,
                   const std::string& more = "") {
  return "dtype: float64\ndata: {type: npy, inputs: x.npy, targets: t.npy}\n"
         "model: {layers: [{type: conv1d, filters: 5, kernel_size: 4, padding: causal, activation: "
         "tanh}, {type: dense, units: 3, axis: last, activation: " +
         activation + "}]}\ntrain: {cost: " + cost +
         ", batch_size: 7, measure: after_epoch, epochs: " + std::to_string(epochs) + more +
         ", optimizer: {type: adam, learning_rate: 0.05}}\nmetrics: [accuracy, confusion_matrix]\n";
}
json result(const Scratch& scratch, const std::string& yaml, const std::string& words = "") {
  scratch.write("steps.yaml", yaml);
  const Ended ended = run("$nnrun steps.yaml --json " + words, scratch.folder());
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  return json::parse(ended.out);
}
std::vector<std::vector<double>> answers(const Scratch& scratch, const std::string& name) {
  const Ended ended = run("$nnrun predict " + name + " --npy x.npy --json", scratch.folder());
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  std::vector<std::vector<double>> all;
  const json said = json::parse(ended.out);
  for (const json& row : said["predict"]) all.push_back(row["output"].get<std::vector<double>>());
  return all;
}

/// Returns how often each class is right.
std::array<double, classes> counts(const std::vector<std::size_t>& right) {
  std::array<double, classes> n{};
  for (const std::size_t c : right) ++n[c];
  return n;
}

struct ByHand {
  double cost = 0, accuracy = 0;
};
/// Works both out from the outputs. scores: they have not gone through softmax. weights: what
/// classes count.
ByHand by_hand(const std::vector<std::vector<double>>& outputs,
               const std::vector<std::size_t>& right, bool scores,
               const std::array<double, classes>& weights = {1, 1, 1}) {
  ByHand sum;
  for (std::size_t i = 0; i < examples; ++i)
    for (std::size_t s = 0; s < steps; ++s) {
      const double* const y = outputs[i].data() + s * classes;
      double total = 0;
      std::size_t most = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        total += std::exp(y[c]);
        if (y[c] > y[most]) most = c;
      }
      const std::size_t is = right[i * steps + s];
      sum.cost += weights[is] * (scores ? std::log(total) - y[is] : -std::log(y[is]));
      sum.accuracy += most == is;
    }
  return {sum.cost / examples, sum.accuracy / (examples * steps)};
}

}  // namespace

TEST_CASE("cost and accuracy of a class for each step are those worked out by hand",
          "[cli][steps]") {
  const Scratch scratch;
  const std::vector<std::size_t> right = write_sequences(scratch);
  const auto [cost, activation, scores] = GENERATE(table<const char*, const char*, bool>(
      {{"cross_entropy", "softmax", false},
       {"{type: cross_entropy, from_logits: true}", "none", true}}));
  CAPTURE(cost);
  const json said = result(scratch, config(cost, activation, 20), "--out r");
  const ByHand wanted = by_hand(answers(scratch, "r"), right, scores);
  CHECK(said["train"]["cost"].get<double>() == Catch::Detail::Approx(wanted.cost).epsilon(1e-9));
  CHECK(said["train"]["accuracy"].get<double>() == Catch::Detail::Approx(wanted.accuracy));
  CHECK(wanted.accuracy > 0.6);  // by chance: 1 of 3
  std::size_t counted = 0;
  for (const json& row : said["train"]["confusion_matrix"])
    for (const json& n : row) counted += n.get<std::size_t>();
  CHECK(counted == examples * steps);
  const Ended again = run("$nnrun eval r --json", scratch.folder());
  for (const char* const key : {"cost", "accuracy", "confusion_matrix"})
    CHECK(json::parse(again.out)[key] == said["train"][key]);
}

TEST_CASE("classes of steps count what the config says, or what is rare", "[cli][steps]") {
  const Scratch scratch;
  const std::vector<std::size_t> right = write_sequences(scratch);
  const auto n = counts(right);
  const double all = examples * steps;
  const auto [words, weights] = GENERATE_COPY(table<std::string, std::array<double, classes>>(
      {{"[1, 2, 0.5]", {1, 2, 0.5}},
       {"balanced", {all / (3 * n[0]), all / (3 * n[1]), all / (3 * n[2])}}}));
  CAPTURE(words);
  const std::string cost = "{type: cross_entropy, class_weights: " + words + "}";
  const json said = result(scratch, config(cost, "softmax", 5), "--out r");
  const ByHand wanted = by_hand(answers(scratch, "r"), right, false, weights);
  CHECK(said["train"]["cost"].get<double>() == Catch::Detail::Approx(wanted.cost).epsilon(1e-9));
  // divided by what the steps count: the sum of their weights
  const json mean = result(scratch, config(cost + ", mean_over: weights", "softmax", 5), "--out m");
  const ByHand whole = by_hand(answers(scratch, "m"), right, false, weights);
  double counted = 0;
  for (const std::size_t c : right) counted += weights[c];
  CHECK(mean["train"]["cost"].get<double>() ==
        Catch::Detail::Approx(whole.cost * examples / counted).epsilon(1e-9));
  CHECK(json::parse(run("$nnrun eval m --json", scratch.folder()).out)["cost"] ==
        mean["train"]["cost"]);
}

TEST_CASE("softmax of each step and its cost are worked out as one, however sure it is",
          "[cli][steps]") {
  const Scratch scratch;
  write_sequences(scratch);
  // weights so large that softmax rounds to 0 and 1: by itself its slope is zero there
  const std::string start =
      "dtype: float32\ndata: {type: npy, inputs: x.npy, targets: t.npy}\n"
      "model: {layers: [{type: dense, units: 3, axis: last, activation: softmax, init: {type: "
      "normal, stddev: 3000}}]}\n"
      "train: {cost: cross_entropy, batch_size: 40, epochs: 2, measure: after_epoch, optimizer: "
      "{type: sgd, learning_rate: 1}}\n";
  scratch.write("sure.yaml", start);
  const Ended ended = run("$nnrun sure.yaml --json --out s", scratch.folder());
  REQUIRE(ended.status == 0);
  std::istringstream lines(text_of(scratch / "s/metrics.csv"));
  std::string line;
  std::vector<double> costs;
  while (std::getline(lines, line))
    if (std::isdigit(line[0])) {  // epoch, step, examples, seconds, train.cost
      for (int i = 0; i < 4; ++i) line.erase(0, line.find(',') + 1);
      costs.push_back(std::stod(line));
    }
  REQUIRE(costs.size() == 3);
  CHECK(costs[0] > 600);  // -log of what rounds to 0 would be at most 100 for each of 6 steps
  CHECK(costs[2] < costs[0]);
}

TEST_CASE("finite differences find the slopes of steps that backpropagation finds",
          "[cli][steps]") {
  const Scratch scratch;
  write_sequences(scratch);
  scratch.write("steps.yaml", config("cross_entropy", "softmax", 1));
  const Ended ended = run("$nnrun check steps.yaml", scratch.folder());
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  const json fd = result(scratch,
                         config("cross_entropy", "softmax", 2,
                                ", gradient: {type: central_difference, step: 1.0e-5}"),
                         "--out f"),
             bp = result(scratch, config("cross_entropy", "softmax", 2), "--out b");
  CHECK(fd["train"]["cost"].get<double>() ==
        Catch::Detail::Approx(bp["train"]["cost"].get<double>()).epsilon(1e-4));
}

TEST_CASE("a step without a class makes labels of all of them", "[cli][steps]") {
  const Scratch scratch;
  write_sequences(scratch, 17);
  scratch.write("steps.yaml", config("cross_entropy", "softmax", 1));
  CHECK_THAT(run("$nnrun steps.yaml", scratch.folder()).err,
             Catch::Matchers::Contains("18 labels, each a yes or no"));
  write_sequences(scratch);
  CHECK_THAT(run("$nnrun steps.yaml", scratch.folder()).err,
             Catch::Matchers::Contains("3 classes, one for each of 6 steps"));
}

}  // namespace nnrun::testing
