// Batches in shards: whatever they are added up by, a step is that of the whole batch.
#include "training/shards.hpp"

#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// Training with all that a step has: classes and examples that count more or less, noise,
/// augmentation, clipping, penalties, early stopping. 90 rows in batches of 32: the last has 26.
std::string config(const Scratch& scratch, const std::string& layers, const std::string& train,
                   const std::string& data, const std::string& more) {
  std::string table = "a,b,w,kind\n";
  std::mt19937 random(5);
  for (int i = 0; i < 90; ++i) {
    const int kind = static_cast<int>(random() % 3);
    table += std::to_string(static_cast<double>(random() % 100) / 50 + kind) + "," +
             std::to_string(static_cast<double>(random() % 100) / 25) + "," +
             std::to_string(random() % 4) + "," + "xyz"[kind] + "\n";
  }
  return "data: {type: csv, path: " + scratch.write("t.csv", table).string() +
         ", inputs: [a, b], targets: [kind], scale: standard, split: {validation: 0.1}" + data +
         "}\nmodel:\n  layers:\n    - {type: dense, units: 8, activation: tanh}\n" + layers +
         "    - {type: dense, units: 3, activation: softmax}\n"
         "train: {cost: {type: cross_entropy, class_weights: balanced}, batch_size: 32, epochs: 3, "
         "optimizer: adam" +
         train + "}\nmetrics: [accuracy]\n" + more;
}
const std::string noisy = "    - {type: dropout, rate: 0.3}\n", normal = "    - batch_norm\n";

/// The numbers of a block of float64.
std::vector<double> numbers_in(const host::BlockValues& block) {
  std::vector<double> numbers(block.bytes.size() / sizeof(double));
  std::memcpy(numbers.data(), block.bytes.data(), block.bytes.size());
  return numbers;
}
std::vector<double> numbers_of(const host::Experiment& e) {
  const auto trainer = host::Trainer::create(e, 1);
  const host::Outcome outcome = trainer->train({});
  std::vector<double> all;
  for (const auto& block : trainer->model()->blocks())
    for (const double x : numbers_in(block)) all.push_back(x);
  for (std::size_t i = 0; i < outcome.epochs.size(); ++i) {
    all.push_back(outcome.epochs[i].train.cost);
    all.push_back(outcome.epochs[i].train.metrics[0]);
    all.push_back(outcome.epochs[i].validation->cost);
  }
  return all;
}

}  // namespace

TEST_CASE("shards have all rows of a batch, in order, as many each but for one",
          "[training][shards]") {
  for (const std::size_t shards : {1u, 2u, 8u, 64u})
    for (std::size_t rows = 1; rows < 200; ++rows) {
      const host::ShardCut cut(rows, shards);
      std::size_t next = 0, fewest = rows, most = 0;
      for (std::size_t k = 0; k < shards; ++k) {
        const host::ShardRows own = cut.rows_of(k);
        REQUIRE(own.from == next);
        next += own.count;
        fewest = std::min(fewest, own.count);
        most = std::max(most, own.count);
      }
      REQUIRE(next == rows);
      REQUIRE(most - fewest <= 1);
      REQUIRE(most == cut.most_rows());
      REQUIRE(cut.rows_of(shards / 2, shards - shards / 2).count ==
              rows - cut.rows_of(0, shards / 2).count);
    }
}

namespace {
/// The sum below a node, by its definition.
float sum_below(const std::vector<float>& x, std::size_t first, std::size_t count) {
  if (count == 1) return x[first];
  return sum_below(x, first, count / 2) + sum_below(x, first + count / 2, count / 2);
}
}  // namespace

TEST_CASE("sums of shards go along one tree, whatever range of it is added up",
          "[training][shards]") {
  constexpr std::uint32_t shards = 16;
  constexpr std::size_t n = 24;
  std::mt19937 random(3);
  std::vector<std::vector<float>> given(n);  // by number, then shard; each order has another sum
  for (auto& x : given)
    for (std::uint32_t k = 0; k < shards; ++k)
      x.push_back(std::ldexp(static_cast<float>(random() % 100000), static_cast<int>(k % 5) * 6));
  host::Team team(1);
  for (std::uint32_t first = 0; first < shards; ++first)
    for (std::uint32_t count = 1; first + count <= shards; ++count) {
      host::Buffer<float> own(n + NNRUN_LANES);
      host::ShardSums<float> sums(own.data(), n, first, count, team);
      for (int again = 0; again < 2; ++again) {
        sums.restart();
        for (std::uint32_t k = first; k < first + count; ++k) {
          for (std::size_t i = 0; i < n; ++i) sums.room()[i] = given[i][k];
          sums.take(static_cast<double>(given[0][k]));
        }
      }
      std::uint32_t next = first;
      for (std::size_t i = 0; i < sums.count(); next += sums.node(i++).count) {
        const host::ShardNode node = sums.node(i);
        REQUIRE(node.first == next);
        REQUIRE(node.first % node.count == 0);
        for (std::size_t k = 0; k < n; ++k)
          REQUIRE(sums.numbers(i)[k] == sum_below(given[k], node.first, node.count));
      }
      REQUIRE(next == first + count);
      if (first == 0 && count == shards) REQUIRE(sums.count() == 1);
    }
}

TEST_CASE("shards change a run by rounding alone, whatever a step has", "[training][shards]") {
  const Scratch scratch;
  const std::string layers = GENERATE(as<std::string>(), "", noisy),
                    data = GENERATE(as<std::string>(), "", ", weights: w", ", augment: [noise]"),
                    train = GENERATE(as<std::string>(), "", ", mean_over: weights, clip_norm: 0.5",
                                     ", shuffle: false, clip_value: 0.1");
  CAPTURE(layers, data, train);
  const std::string text = config(scratch, layers, train, data, "dtype: float64\n");
  const std::vector<double> whole = numbers_of(experiment(text));
  for (const std::string shards : {"2", "8", "64"}) {  // 64: some are empty
    const std::vector<double> cut = numbers_of(
        experiment(replaced(text, "batch_size: 32", "batch_size: 32, shards: " + shards)));
    REQUIRE(cut.size() == whole.size());
    double off = 0;
    for (std::size_t i = 0; i < cut.size(); ++i) off = std::max(off, std::abs(cut[i] - whole[i]));
    CHECK(off > 0);      // else nothing was cut
    CHECK(off < 1e-10);  // rounding, 9 steps of adam
  }
}

TEST_CASE("a run in shards gives the same bits with any number of threads, and goes on with them",
          "[training][shards]") {
  const Scratch scratch;
  const std::string dtype = GENERATE(as<std::string>(), "dtype: float32\n", "dtype: float64\n");
  const host::Experiment e = experiment(
      config(scratch, normal + noisy + "    - {type: dense, units: 500, activation: relu}\n",
             ", shards: 8, early_stopping: {monitor: val.cost, patience: 1, restore_best: true}",
             ", augment: [noise]", dtype));
  const auto weights_of = [&](unsigned threads, std::uint64_t stop) {
    const auto before = host::Trainer::create(e, threads), after = host::Trainer::create(e, 1);
    before->advance({}, stop);
    after->restore(before->state().numbers());
    after->advance({});
    after->finish();
    return host::weights_sha256(after->model()->blocks());
  };
  const std::string expected = weights_of(1, 0);
  for (const unsigned threads : {1u, 2u, 3u})
    for (const std::uint64_t stop : {2u, 3u, 7u, 9u}) {
      CAPTURE(threads, stop);
      CHECK(weights_of(threads, stop) == expected);
    }
}

TEST_CASE("batch_norm sees a shard at a time, and its averages are those of all shards",
          "[training][shards]") {
  const Scratch scratch;
  scratch.write("t.csv", "x,y\n1,0\n3,1\n2,0\n8,1\n5,0\n");
  const host::Experiment e = experiment(
      "dtype: float64\ndata: {type: csv, path: " + (scratch / "t.csv").string() +
      ", targets: [y], classes: []}\nmodel: {input: 1, layers: [batch_norm, {type: dense, units: "
      "1}]}\ntrain: {cost: mean_squared_error, batch_size: 5, shards: 2, epochs: 1, shuffle: "
      "false}\n");
  const auto trainer = host::Trainer::create(e, 1);
  trainer->train({});
  std::vector<double> state;
  for (const auto& block : trainer->model()->blocks())
    if (block.name.find("moving") != block.name.npos) state.push_back(numbers_in(block)[0]);
  // 2 rows, mean 2, variance 1; 3 rows, mean 5, variance 6
  REQUIRE(state.size() == 3);
  CHECK(state[0] == Approx(.4 * 2 + .6 * 5));
  CHECK(state[1] == Approx(.4 * 1 + .6 * 6));
  CHECK(state[2] == Approx(.01));
}

TEST_CASE("a number that is not finite is blamed on the same call, in whatever shard it is",
          "[training][shards]") {
  const auto blamed = [](const std::string& shards) {
    return said<host::TrainingError>([&] {
      host::Trainer::create(
          experiment(
              "data: {type: diagonal, train: 64, test: 0}\nmodel: {input: 2, layers: [{type: "
              "dense, units: 4, activation: {formula: \"log(x - 1000)\"}}, {type: dense, "
              "units: 1}]}\ntrain: {cost: mean_squared_error, batch_size: 16" +
              shards + "}\n"),
          1)
          ->train({});
    });
  };
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  CHECK_THAT(blamed(""), Contains("dense_1"));
  CHECK(first_line(blamed(", shards: 4")) == first_line(blamed("")));
}

TEST_CASE("shards are refused where they cannot be, with what to write", "[training][shards]") {
  const Scratch scratch;
  const auto refusal = [&](const std::string& train) {
    return said<host::ConfigError>([&] { experiment(config(scratch, "", train, "", "")); });
  };
  CHECK_THAT(refusal(", shards: 6"),
             Contains("'shards' must be a power of two, not 6") && Contains("write 4 or 8"));
  CHECK_THAT(refusal(", shards: 0"), Contains("'shards' must be in [1, 1024], not 0"));
  CHECK_THAT(refusal(", shards: 2048"), Contains("'shards' must be in [1, 1024], not 2048"));
  CHECK_THAT(refusal(", shards: 2, gradient: finite_difference"),
             Contains("a batch can be cut into shards for backpropagation alone: gradient "
                      "'finite_difference' takes costs of a whole batch") &&
                 Contains("write gradient: backprop, or remove shards"));
}

TEST_CASE("a config without shards is written as before", "[training][shards]") {
  const Scratch scratch;
  const auto written = [&](const std::string& train) {
    return host::resolved_yaml(experiment(config(scratch, "", train, "", "name: same\n")));
  };
  CHECK(written("").find("shards") == std::string::npos);
  CHECK(written(", shards: 1") == written(""));
  CHECK_THAT(written(", shards: 4"), Contains("shards: 4"));
}

}  // namespace nnrun::testing
