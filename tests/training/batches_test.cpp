// The examples of an epoch in any order, some gathered before their step.
#include "training/batches.hpp"

#include <catch2/catch.hpp>

#include "base/said.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t count = 1000, in = 2;

host::Examples<float> numbered() {
  host::Examples<float> all{host::Buffer<float>(count * in), host::Buffer<float>(count), count};
  for (std::size_t i = 0; i < count; ++i) {
    all.x.data()[i * in] = all.t.data()[i] = static_cast<float>(i);
    all.x.data()[i * in + 1] = static_cast<float>(i) + 0.5f;
  }
  return all;
}

/// Appends the examples of a batch. Requires inputs and targets to be of one example.
void take(const host::Batch<float>& batch, std::vector<float>& seen) {
  for (std::size_t r = 0; r < batch.rows; ++r) {
    REQUIRE(batch.x[r * in] == batch.t[r]);
    REQUIRE(batch.x[r * in + 1] == batch.t[r] + 0.5f);
    seen.push_back(batch.t[r]);
  }
}

}  // namespace

TEST_CASE("an epoch has each example once, in the same order whatever the batch", "[batches]") {
  const host::Experiment e = shipped("playground/xor.yaml");
  const host::Examples<float> examples = numbered();
  const std::size_t rows = GENERATE(1u, 3u, 64u, 70u, 999u);
  CAPTURE(rows);
  host::Random random(e.random, 1);
  host::Augmenter<float> nothing({}, {}, in, count, random);
  host::Batches<float> whole(examples, count, in, 1, true, false, nothing),
      some(examples, rows, in, 1, true, false, nothing);
  for (std::uint64_t epoch = 1; epoch <= 2; ++epoch) {
    std::vector<float> order, seen;
    whole.begin_epoch(random, epoch);
    take(whole.at(0, count, 1), order);
    some.begin_epoch(random, epoch);
    for (std::size_t from = 0; from < count; from += rows)
      take(some.at(from, std::min(rows, count - from), 1), seen);
    REQUIRE(seen == order);
    std::vector<float> again;
    take(some.at(0, rows, 1), again);  // back to the start of the epoch
    REQUIRE(again == std::vector<float>(order.begin(), order.begin() + std::ptrdiff_t(rows)));
    std::ranges::sort(order);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(order[i] == static_cast<float>(i));
  }
}

TEST_CASE("threads gather what one thread does", "[batches]") {
  const host::Experiment e = shipped("playground/xor.yaml");
  constexpr std::size_t wide = 300, rows = 201;  // some left over for any number of threads
  host::Examples<float> examples;
  examples.count = rows;
  examples.x = host::Buffer<float>(rows * wide);
  examples.t = host::Buffer<float>(rows);
  examples.weight = host::Buffer<float>(rows);
  for (std::size_t i = 0; i < rows * wide; ++i) examples.x.data()[i] = static_cast<float>(i);
  for (std::size_t r = 0; r < rows; ++r)
    examples.t.data()[r] = examples.weight.data()[r] = static_cast<float>(r);
  host::Random random(e.random, 1);
  host::Augmenter<float> nothing({}, {}, wide, rows, random);
  host::Batches<float> alone(examples, rows, wide, 1, true, false, nothing);
  alone.begin_epoch(random, 1);
  const host::Batch<float> one = alone.at(0, rows, 1);
  for (const unsigned threads : {2u, 3u, 7u}) {
    host::Team team(threads);
    host::Batches<float> shared(examples, rows, wide, 1, true, false, nothing, {}, &team);
    shared.begin_epoch(random, 1);
    const host::Batch<float> all = shared.at(0, rows, 1);
    CHECK(std::equal(one.x, one.x + rows * wide, all.x));
    CHECK(std::equal(one.t, one.t + rows, all.t));
    CHECK(std::equal(one.weight, one.weight + rows, all.weight));
  }
}

TEST_CASE("an order by blocks has each example once, and neighbours of few blocks at a time",
          "[batches][blocks]") {
  const host::Experiment e = shipped("playground/xor.yaml");
  const host::Examples<float> examples = numbered();
  const auto [size, together, rows] =
      GENERATE(std::tuple(64u, 3u, 7u), std::tuple(1000u, 1u, 10u), std::tuple(7u, 1000u, 64u),
               std::tuple(1u, 9u, 500u), std::tuple(300u, 2u, 1000u), std::tuple(5000u, 64u, 1u));
  CAPTURE(size, together, rows);
  host::Random random(e.random, 1), other(e.random, 1);
  host::Augmenter<float> nothing({}, {}, in, count, random);
  const auto batches = [&](host::Random& numbers, std::size_t most) {
    return host::Batches<float>(
        examples, most, in, 1, true, false, nothing,
        host::BlockOrder(count, {.blocks = together, .block_size = size}, numbers));
  };
  const auto some = batches(random, rows), again = batches(other, rows);
  std::vector<float> before;
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    std::vector<float> seen;
    for (std::size_t from = 0; from < count; from += rows)
      take(some.at(from, std::min<std::size_t>(rows, count - from), epoch), seen);
    // the short block may be among the first, so the groups are found by what they hold
    const std::size_t most = size * together;
    for (std::size_t from = 0; from < count && most < count;) {
      std::vector<std::size_t> blocks;
      std::size_t n = 0;
      for (; from + n < count; ++n) {
        const std::size_t block = static_cast<std::size_t>(seen[from + n]) / size;
        if (std::ranges::count(blocks, block) > 0) continue;
        if (blocks.size() == together) break;
        blocks.push_back(block);
      }
      std::size_t expected = 0;
      for (const std::size_t block : blocks)
        expected += std::min<std::size_t>(size, count - block * size);
      REQUIRE(n == expected);  // all of these blocks, and nothing else
      from += n;
    }
    // a part of an epoch is the same without what came before it
    std::vector<float> end;
    const std::size_t last = (count - 1) / rows * rows;
    take(again.at(last, count - last, epoch), end);
    REQUIRE(std::ranges::equal(end, std::span(seen).last(count - last)));
    REQUIRE(seen != before);
    before = seen;
    std::ranges::sort(seen);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(seen[i] == static_cast<float>(i));
  }
}

TEST_CASE("blocks need numbers that can be drawn anew", "[batches][blocks]") {
  host::Random random(use("random", "arc4"), 1);
  CHECK(
      said<host::ConfigError>([&] { host::BlockOrder(10, {.blocks = 2}, random); }) ==
      "error: blocks cannot be drawn by 'arc4': its numbers depend on how many were drawn before\n"
      "   = help: write random: philox, or shuffle: true\n");
}

TEST_CASE("a run that is put back to another order gets the rows of that one", "[batches]") {
  const host::Experiment e = shipped("playground/xor.yaml");
  const host::Examples<float> examples = numbered();
  host::Random random(e.random, 1);
  host::Augmenter<float> nothing({}, {}, in, count, random);
  host::Batches<float> batches(examples, 1, in, 1, true, false, nothing);
  batches.begin_epoch(random, 1);
  std::vector<float> first, other;
  for (std::size_t i = 0; i < 10; ++i) take(batches.at(i, 1, 1), first);
  host::Batches<float> later(examples, 1, in, 1, true, false, nothing);
  later.begin_epoch(random, 2);
  take(later.at(0, 1, 1), other);  // gathers more than it gives
  later.begin_epoch(random, 1);
  other.clear();
  for (std::size_t i = 0; i < 10; ++i) take(later.at(i, 1, 1), other);
  CHECK(other == first);
}

}  // namespace nnrun::testing
