// Augmentation in a run: training examples alone, anew in every epoch, the same in a run that goes
// on.
#include "training/augmentation.hpp"

#include <cmath>

#include "base/said.hpp"
#include "cli/allocations.hpp"
#include "support/example_data.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

/// Returns a run on 40 images of 5 x 4, in batches of 16: three steps an epoch.
host::Experiment images(const Scratch& scratch, const std::string& augment,
                        const std::string& train = "", const std::string& more = "") {
  std::string pixels, labels;
  for (int i = 0; i < 40 * 20; ++i) pixels += static_cast<char>(i * 37 % 251);
  for (int i = 0; i < 40; ++i) labels += static_cast<char>(i % 2);
  const std::string x = scratch.write("x", idx_bytes({40, 5, 4}, pixels)).string(),
                    t = scratch.write("t", idx_bytes({40}, labels)).string();
  return experiment("data: {type: idx, images: " + x + ", labels: " + t + ", validation: 8" +
                    (augment.empty() ? "" : ", augment: [" + augment + "]") +
                    "}\nmodel: {layers: [{type: flatten}, {type: dense, units: 6, activation: "
                    "tanh}, {type: dense, activation: softmax}]}\n"
                    "train: {cost: cross_entropy, batch_size: 16, epochs: 4" +
                    train + "}\nmetrics: [accuracy]\n" + more);
}
const std::string all =
    "shift, {type: flip, mode: both}, rotation, {type: noise, stddev: 0.2}, {type: cutout, size: "
    "2}";

host::Outcome outcome_of(const host::Experiment& e) {
  return host::Trainer::create(e, 1)->train({});
}
std::string weights_of(const host::Experiment& e, unsigned threads) {
  const auto trainer = host::Trainer::create(e, threads);
  trainer->train({});
  return host::weights_sha256(trainer->model()->blocks());
}
/// Stops after some steps, and goes on in another trainer.
std::string weights_with_a_stop(const host::Experiment& e, std::uint64_t steps) {
  const auto before = host::Trainer::create(e, 1), after = host::Trainer::create(e, 2);
  before->advance({}, steps);
  after->restore(before->state().numbers());
  after->advance({});
  after->finish();
  return host::weights_sha256(after->model()->blocks());
}

}  // namespace

TEST_CASE("only training examples are changed, and anew in every epoch",
          "[training][augmentation]") {
  const Scratch scratch;
  // so small a rate that no weight of float64 moves
  const std::string still = ", shuffle: false, optimizer: {learning_rate: 1.0e-300}",
                    wide = "dtype: float64\n";
  const host::Outcome plain = outcome_of(images(scratch, "", still, wide)),
                      noisy = outcome_of(images(scratch, "noise", still, wide));
  const auto train = [](const host::Outcome& o, std::size_t i) { return o.epochs[i].train.cost; };
  CHECK(train(plain, 0) == train(plain, 1));
  CHECK(train(noisy, 0) != train(plain, 0));
  CHECK(train(noisy, 0) != train(noisy, 1));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(noisy.epochs[i].validation->cost == plain.epochs[i].validation->cost);
}

TEST_CASE("a run with augmentation goes on with the same bits, on any number of threads",
          "[training][augmentation]") {
  const Scratch scratch;
  const std::string train = GENERATE(as<std::string>(), "", ", shuffle: false",
                                     ", gradient: finite_difference"),
                    random = GENERATE(as<std::string>(), "", "random: arc4\n");
  CAPTURE(train, random);
  const host::Experiment e = images(scratch, all, train, random);
  const std::string expected = weights_of(e, 1);
  CHECK(weights_of(e, 2) == expected);
  CHECK(weights_of(e, 3) == expected);
  for (const std::uint64_t steps : {1u, 3u, 4u, 8u, 11u}) {
    CAPTURE(steps);
    CHECK(weights_with_a_stop(e, steps) == expected);
  }
  CHECK(weights_of(images(scratch, "", train, random), 1) != expected);
}

TEST_CASE("the order of augmentations counts, and each draws for itself",
          "[training][augmentation]") {
  const Scratch scratch;
  const std::string once = weights_of(images(scratch, "shift"), 1);
  CHECK(weights_of(images(scratch, "shift, shift"), 1) != once);
  CHECK(weights_of(images(scratch, "shift, noise"), 1) !=
        weights_of(images(scratch, "noise, shift"), 1));
}

TEST_CASE("nothing is allocated inside an epoch with augmentation", "[training][augmentation]") {
  std::size_t (*const allocations)() = host::count_allocations();
  if (allocations == nullptr) {
    WARN("skipped: allocations cannot be counted here");
    return;
  }
  const Scratch scratch;
  const auto trainer = host::Trainer::create(images(scratch, all), 2);
  std::size_t within = 0, at_last = 0;
  host::Listener listener;
  listener.progress = [&](const host::Progress& p) {
    if (p.epoch >= 2 && at_last != 0) within += allocations() - at_last;
    at_last = p.done < p.examples ? allocations() : 0;
  };
  trainer->train(listener);
  CHECK(within == 0);
}

TEST_CASE("a refused augmentation is shown at its place in the config",
          "[training][augmentation]") {
  const Scratch scratch;
  const host::Experiment e = experiment(
      "data: {type: circle, augment: [noise, {type: flip}]}\n"
      "model: {layers: [{type: dense, units: 1, activation: tanh}]}\n"
      "train: {cost: half_squared_error}\n");
  CHECK_THAT(said<host::ConfigError>([&] { host::Trainer::create(e, 1); }),
             Catch::Contains("error: augmentation 'flip': needs images") &&
                 Catch::Contains(".yaml:1:46") && Catch::Contains("data: {type: circle"));
}

TEST_CASE("augmentation is part of the resolved config where it is given",
          "[training][augmentation]") {
  const Scratch scratch;
  const std::string text = host::resolved_yaml(images(scratch, "shift"));
  CHECK_THAT(text, Catch::Contains("augment: [{type: shift, pixels: 1, diagonal: true, "
                                   "fill_value: 0}]"));
  CHECK(host::resolved_yaml(experiment(text)) == text);
  CHECK_THAT(host::resolved_yaml(images(scratch, "")), !Catch::Contains("augment"));
}

}  // namespace nnrun::testing
