// Starting from the numbers of a file, layers that are frozen, and rates of their own.
#include <cmath>
#include <cstring>

#include "base/files.hpp"
#include "base/said.hpp"
#include "network/model_file.hpp"
#include "network/taken_blocks.hpp"
#include "support/plugins.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Blocks = std::vector<host::BlockValues>;

std::string net(const std::string& layers, const std::string& train, const std::string& more = "") {
  return "data: {type: diagonal, train: 120, test: 20}\ndtype: float64\nseed: 4\n"
         "model:\n  input: 2\n  defaults: {activation: tanh}\n" +
         more + "  layers:\n" + layers + "train: {cost: sum_squared_error, " + train + "}\n";
}
std::string three(const std::string& first, const std::string& second, const std::string& third) {
  return "    - {type: dense, units: 5" + first + "}\n    - {type: dense, units: 4" + second +
         "}\n    - {type: dense, units: 1" + third + "}\n";
}

Blocks trained(const std::string& yaml, std::uint64_t steps = host::Trainer::every_step) {
  const auto trainer = host::Trainer::create(experiment(yaml), 1);
  trainer->advance({}, steps);
  return trainer->model()->blocks();
}
Blocks untrained(const std::string& yaml) {
  return trained(yaml, 0);
}
std::vector<std::byte> bytes_of(const Blocks& blocks, const std::string& layer) {
  std::vector<std::byte> all;
  for (const host::BlockValues& block : blocks)
    if (block.name.starts_with(layer + "/"))
      all.insert(all.end(), block.bytes.begin(), block.bytes.end());
  REQUIRE_FALSE(all.empty());
  return all;
}

constexpr auto penalties = ", regularizer: {type: l2, rate: 0.1}, bias_regularizer: {type: l1}";

TEST_CASE("a frozen layer keeps its bits, whatever the optimizer, penalties and clipping do",
          "[training][frozen]") {
  const std::string optimizer = GENERATE(from_range(registry().names("optimizer")));
  CAPTURE(optimizer);
  const std::string train =
      "batch_size: 10, epochs: 3, clip_norm: 0.1, clip_value: 0.1, optimizer: " + optimizer;
  for (const std::string gradient : {"backprop", "finite_difference", "spsa"}) {
    const std::string yaml =
        net(three("", ", frozen: true", ""), train + ", gradient: " + gradient);
    const Blocks before = untrained(yaml), after = trained(yaml);
    CHECK(bytes_of(before, "dense_2") == bytes_of(after, "dense_2"));
    CHECK(bytes_of(before, "dense_1") != bytes_of(after, "dense_1"));
    CHECK(bytes_of(before, "dense_3") != bytes_of(after, "dense_3"));
  }
}

TEST_CASE("the first step of other layers is the same whether a layer is frozen or not",
          "[training][frozen]") {
  const std::string train = "batch_size: 10, optimizer: adam";
  const Blocks free = trained(net(three("", "", ""), train), 1);
  for (const auto& [frozen, layers] :
       {std::pair{"dense_1", three(", frozen: true", "", "")},
        std::pair{"dense_2", three("", ", learning_rate_factor: 0", "")}}) {
    const Blocks blocks = trained(net(layers, train), 1);
    for (const std::string layer : {"dense_1", "dense_2", "dense_3"})
      CHECK((bytes_of(blocks, layer) == bytes_of(free, layer)) == (layer != frozen));
  }
}

TEST_CASE("a layer's factor multiplies the learning rate exactly, with every optimizer",
          "[training][frozen]") {
  const std::string optimizer = GENERATE(from_range(registry().names("optimizer")));
  CAPTURE(optimizer);
  const auto first_step = [&](const std::string& rate, const std::string& factor) {
    return trained(net(three("", factor, ""), "batch_size: 10, optimizer: {type: " + optimizer +
                                                  ", learning_rate: " + rate + "}"),
                   1);
  };
  const Blocks whole = first_step("0.5", ""), quarter = first_step("0.125", ""),
               both = first_step("0.5", ", learning_rate_factor: 0.25");
  CHECK(bytes_of(both, "dense_1") == bytes_of(whole, "dense_1"));
  CHECK(bytes_of(both, "dense_2") == bytes_of(quarter, "dense_2"));
  CHECK(bytes_of(both, "dense_3") == bytes_of(whole, "dense_3"));
}

TEST_CASE("a frozen layer counts in no norm of the gradient", "[training][frozen]") {
  // the gradient of dense_3 alone is longer than the limit, so its step has exactly that length
  const std::string yaml = net(three(", frozen: true", ", frozen: true", ""),
                               "batch_size: 120, clip_norm: 0.001, optimizer: {type: sgd, "
                               "learning_rate: 1}");
  const Blocks before = untrained(yaml), after = trained(yaml, 1);
  double square = 0;
  for (std::size_t b = 0; b < before.size(); ++b)
    for (std::size_t i = 0; i < before[b].bytes.size(); i += sizeof(double)) {
      double x, y;
      std::memcpy(&x, before[b].bytes.data() + i, sizeof x);
      std::memcpy(&y, after[b].bytes.data() + i, sizeof y);
      square += (x - y) * (x - y);
    }
  CHECK(std::sqrt(square) == Approx(0.001).epsilon(1e-9));
}

TEST_CASE("slopes pass a frozen batch_norm, which works as in use", "[training][frozen]") {
  const std::string layers =
      "    - {type: dense, units: 6}\n    - {type: batch_norm, frozen: true}\n"
      "    - {type: dense, units: 1}\n";
  const auto trainer =
      host::Trainer::create(experiment(net(layers, "batch_size: 30, epochs: 2")), 1);
  const host::GradientSample exact = trainer->differentiate(use("gradient", "backprop")),
                             near = trainer->differentiate(
                                 use("gradient", "central_difference", {{"step", 1e-5}}));
  for (std::size_t b = 0; b < exact.blocks.size(); ++b)
    for (std::size_t i = 0; i < exact.blocks[b].size(); ++i)
      CHECK(exact.blocks[b][i] == Approx(near.blocks[b][i]).margin(1e-7));
  const Blocks before = trainer->model()->blocks();
  trainer->advance({});
  const Blocks after = trainer->model()->blocks();
  CHECK(bytes_of(before, "batch_norm_1") == bytes_of(after, "batch_norm_1"));
  CHECK(bytes_of(before, "dense_1") != bytes_of(after, "dense_1"));
}

TEST_CASE("only the layers that are named start from the file", "[training][weights]") {
  const Scratch scratch;
  const std::string old = net(three("", "", ""), "batch_size: 10");
  const auto trainer = host::Trainer::create(experiment(old), 1);
  trainer->advance({});
  const auto file = scratch / "w.safetensors";
  trainer->model()->write(file, {}, host::Sync::later);
  const Blocks kept = trainer->model()->blocks();
  // the last layer has another shape in the file
  const std::string wide =
      "    - {type: dense, units: 5}\n    - {name: two, type: dense, units: 4}\n"
      "    - {type: dense, units: 1, name: dense_3}\n";
  const auto start = [&](const std::string& layers, const std::string& rest) {
    return untrained(
        net(layers, "batch_size: 10", "  weights: {file: " + file.string() + ", " + rest + "}\n"));
  };
  const std::string other =
      "    - {type: dense, units: 5}\n    - {type: dense, units: 7}\n"
      "    - {type: dense, units: 1}\n";
  const Blocks anew = untrained(net(other, "batch_size: 10"));
  for (const std::string rest :
       {"except: [dense_2, dense_3]", "layers: [dense_1]", "layers: {dense_1: dense_1}"}) {
    const Blocks blocks = start(other, rest);
    CHECK(bytes_of(blocks, "dense_1") == bytes_of(kept, "dense_1"));
    CHECK(bytes_of(blocks, "dense_2") == bytes_of(anew, "dense_2"));
    CHECK(bytes_of(blocks, "dense_3") == bytes_of(anew, "dense_3"));
  }
  const Blocks renamed = start(wide, "layers: {two: dense_2}");
  CHECK(bytes_of(renamed, "two") == bytes_of(kept, "dense_2"));
  CHECK_THAT(said<host::ConfigError>([&] { start(other, "except: [dense_3]"); }),
             Contains("'dense_2/weights' is 4 x 5, but the model needs 7 x 5") &&
                 Contains("except: [dense_3, dense_2]} to start it anew"));
  CHECK_THAT(said<host::ConfigError>([&] { start(wide, "layers: [two]"); }),
             Contains("no 'two/weights'") &&
                 Contains("the file has dense_1/weights 5 x 2, dense_1/bias 5"));
}

TEST_CASE("layers of another program's file are found by its names", "[training][weights]") {
  const Scratch scratch;
  const std::vector<double> weights{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, bias{1, 2, 3, 4, 5};
  const std::vector<host::Tensor> tensors{
      {"net.fc1.weight", "F64", {5, 2}, std::as_bytes(std::span(weights))},
      {"net.fc1.bias", "F64", {5}, std::as_bytes(std::span(bias))}};
  host::write_safetensors(scratch / "torch.safetensors", tensors, {});
  const Blocks blocks =
      untrained(net(three("", "", ""), "batch_size: 10",
                    "  weights: {file: " + (scratch / "torch.safetensors").string() +
                        ", layers: {dense_1: net.fc1}}\n"));
  const auto expected = std::as_bytes(std::span(weights));
  CHECK(blocks[0].bytes == std::vector<std::byte>(expected.begin(), expected.end()));
}

}  // namespace
}  // namespace nnrun::testing
