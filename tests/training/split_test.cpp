#include "training/split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <set>

#include "support/example_data.hpp"
#include "training/fold_words.hpp"
namespace nnrun::testing {
namespace {

using Sizes = std::array<std::size_t, NNRUN_PARTS>;
using Numbers = std::vector<std::uint32_t>;

Numbers counted_to(std::size_t n) {
  Numbers order(n);
  std::iota(order.begin(), order.end(), 0u);
  return order;
}

}  // namespace

TEST_CASE("a cut takes validation and test from the end and keeps the file's order",
          "[training][split]") {
  const host::Cut parts = host::cut_in_order(Numbers{4, 0, 2, 3, 1}, Sizes{2, 1, 2});
  CHECK(parts[NNRUN_TRAIN] == Numbers{0, 4});
  CHECK(parts[NNRUN_VALIDATION] == Numbers{2});
  CHECK(parts[NNRUN_TEST] == Numbers{1, 3});
}

TEST_CASE("a stratified cut has every class in every part, to the nearest example",
          "[training][split]") {
  // 60, 30 and 10 of a hundred, in turn
  Numbers classes;
  for (std::uint32_t i = 0; i < 100; ++i) classes.push_back(i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2);
  const Sizes sizes{65, 15, 20};
  const host::Cut parts = host::cut_by_class(counted_to(100), sizes, classes);
  const double shares[] = {0.6, 0.3, 0.1};
  std::vector<std::uint32_t> all;
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part) {
    CHECK(parts[part].size() == sizes[part]);
    CHECK(std::ranges::is_sorted(parts[part]));
    for (std::uint32_t k = 0; k < 3; ++k) {
      const auto n =
          std::ranges::count(parts[part], k, [&](std::uint32_t i) { return classes[i]; });
      CHECK(std::abs(static_cast<double>(n) - shares[k] * static_cast<double>(sizes[part])) <= 1);
    }
    all.insert(all.end(), parts[part].begin(), parts[part].end());
  }
  std::ranges::sort(all);
  CHECK(all == counted_to(100));
}

TEST_CASE("a stratified cut of classes that are rarer than parts is still a cut",
          "[training][split]") {
  const Numbers classes{0, 1, 2, 3, 4, 5, 6};
  const host::Cut parts = host::cut_by_class(counted_to(7), Sizes{4, 1, 2}, classes);
  CHECK((parts[0].size() == 4 && parts[1].size() == 1 && parts[2].size() == 2));
}

TEST_CASE("folds are disjoint, cover all examples and differ by one at most", "[training][split]") {
  const std::size_t n = GENERATE(2u, 7u, 10u, 23u), folds = GENERATE(2u, 3u, 5u, 7u);
  if (folds > n) return;
  Numbers order = counted_to(n);
  std::ranges::reverse(order);
  Numbers all;
  for (std::size_t fold = 1; fold <= folds; ++fold) {
    const host::Cut cut = host::cut_fold(order, {folds, fold, 0}, {});
    CHECK(cut[NNRUN_TEST].size() == host::size_of_fold(n, folds, fold));
    CHECK((cut[NNRUN_TEST].size() == n / folds || cut[NNRUN_TEST].size() == n / folds + 1));
    CHECK(cut[NNRUN_TRAIN].size() + cut[NNRUN_TEST].size() == n);
    all.insert(all.end(), cut[NNRUN_TEST].begin(), cut[NNRUN_TEST].end());
  }
  std::ranges::sort(all);
  CHECK(all == counted_to(n));
}

TEST_CASE("in order, folds are blocks, and validation is the end of the rest",
          "[training][split]") {
  const host::Cut cut = host::cut_fold(counted_to(8), {4, 2, 2}, {});
  CHECK(cut[NNRUN_TRAIN] == Numbers{0, 1, 4, 5});
  CHECK(cut[NNRUN_VALIDATION] == Numbers{6, 7});
  CHECK(cut[NNRUN_TEST] == Numbers{2, 3});
}

TEST_CASE("folds by class have every class in proportion, to the nearest example",
          "[training][split]") {
  Numbers classes;  // 14, 6 and 3 of 23, mixed
  for (std::uint32_t i = 0; i < 23; ++i) classes.push_back(i % 8 == 7 ? 2 : i % 3 == 1 ? 1 : 0);
  const std::size_t folds = GENERATE(2u, 4u, 5u);
  Numbers all;
  for (std::size_t fold = 1; fold <= folds; ++fold) {
    const host::Cut cut = host::cut_fold(counted_to(23), {folds, fold, 3}, classes);
    CHECK(cut[NNRUN_TEST].size() == host::size_of_fold(23, folds, fold));
    CHECK(cut[NNRUN_VALIDATION].size() == 3);
    for (std::uint32_t k = 0; k < 3; ++k) {
      const auto have = std::ranges::count(cut[NNRUN_TEST], k, [&](auto i) { return classes[i]; });
      const double share =
          static_cast<double>(std::ranges::count(classes, k)) / static_cast<double>(folds);
      CHECK(std::abs(static_cast<double>(have) - share) < 1);
    }
    all.insert(all.end(), cut[NNRUN_TEST].begin(), cut[NNRUN_TEST].end());
  }
  std::ranges::sort(all);
  CHECK(all == counted_to(23));
}

namespace {

/// Returns the numbers of the rows of a part: the input of each row is its number.
Numbers rows_of(const Read& cut, std::size_t part) {
  const auto x = numbers(cut.parts[part].x);
  return {x.begin(), x.end()};
}

}  // namespace

TEST_CASE("a fold is drawn by the seed, from all but the test part, by class if there are classes",
          "[training][split]") {
  const Scratch scratch;
  std::string text = "x,kind\n";
  for (int i = 0; i < 50; ++i) text += std::to_string(i) + (i % 5 == 0 ? ",rare\n" : ",often\n");
  const host::Use data = use("dataset", "csv", {{"path", scratch.write("a.csv", text).string()}});
  const Read plain = read(data, 6, {.validation = 0.2, .test = 0.2});
  Numbers all = rows_of(plain, NNRUN_TEST);
  CHECK(all.size() == 10);
  for (std::size_t fold = 1; fold <= 4; ++fold) {
    const host::Split split{.validation = 0.2, .test = 0.2, .folds = 4, .fold = fold};
    const Read cut = read(data, 6, split);
    CHECK(cut.shape.folds.set_aside == 10);
    CHECK(cut.shape.folds.by_class);
    CHECK(cut.parts[NNRUN_TEST].count == 10);
    CHECK(cut.parts[NNRUN_VALIDATION].count == 6);  // a fifth of the 30 that are not held out
    CHECK(cut.parts[NNRUN_TRAIN].count == 24);
    const Numbers held_out = rows_of(cut, NNRUN_TEST), again = rows_of(read(data, 6, split), 2);
    CHECK(held_out == again);
    CHECK(held_out != rows_of(read(data, 7, split), NNRUN_TEST));
    all.insert(all.end(), held_out.begin(), held_out.end());
  }
  std::ranges::sort(all);
  CHECK(all == counted_to(50));  // the folds and the test part of the same data without folds
}

TEST_CASE("examples in order are not shuffled for their classes, and rare classes are named",
          "[training][split]") {
  const Scratch scratch;
  std::string text = "x,kind\n";
  for (int i = 0; i < 12; ++i) text += std::to_string(i) + (i < 2 ? ",rare\n" : ",often\n");
  const host::Use data = use("dataset", "csv", {{"path", scratch.write("a.csv", text).string()}});
  const Read ordered = read(data, 6, {.folds = 3, .fold = 1, .shuffle = false});
  CHECK(rows_of(ordered, NNRUN_TEST) == Numbers{0, 1, 2, 3});
  CHECK_FALSE(ordered.shape.folds.by_class);
  const Read drawn = read(data, 6, {.folds = 3, .fold = 1});
  CHECK(drawn.shape.folds.rare == std::vector<std::string>{"rare"});
  CHECK(host::words_of_folds(drawn.shape.folds) ==
        std::vector<std::string>{"class 'rare' has fewer examples than there are folds: some have "
                                 "none of it"});
}

TEST_CASE("a test part with a seed of its own is the same for every seed of the run",
          "[training][split]") {
  const Scratch scratch;
  std::string text = "x,kind\n";
  for (int i = 0; i < 60; ++i) text += std::to_string(i) + (i % 4 == 0 ? ",rare\n" : ",often\n");
  const host::Use data = use("dataset", "csv", {{"path", scratch.write("a.csv", text).string()}});
  const bool by_class = GENERATE(false, true);
  CAPTURE(by_class);
  const host::Split split{.validation = 0.2, .test = 0.2, .stratify = by_class, .test_seed = 6};
  host::Split plain = split, folds = split;
  plain.test_seed = 0;
  folds.folds = 3;
  const Numbers test = rows_of(read(data, 6, plain), NNRUN_TEST);
  CHECK(test.size() == 12);
  for (std::size_t part = 0; part < NNRUN_PARTS; ++part)  // its own seed changes nothing
    CHECK(rows_of(read(data, 6, split), part) == rows_of(read(data, 6, plain), part));
  std::set<Numbers> validations;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Read cut = read(data, seed, split);
    CHECK(rows_of(cut, NNRUN_TEST) == test);
    CHECK(rows_of(read(data, seed, plain), NNRUN_TEST) != test);
    CHECK(cut.parts[NNRUN_VALIDATION].count == 12);
    validations.insert(rows_of(cut, NNRUN_VALIDATION));
    Numbers held_out = test;
    for (folds.fold = 1; folds.fold <= 3; ++folds.fold) {
      const Numbers fold = rows_of(read(data, seed, folds), NNRUN_TEST);
      held_out.insert(held_out.end(), fold.begin(), fold.end());
    }
    std::ranges::sort(held_out);
    CHECK(held_out == counted_to(60));
  }
  CHECK(validations.size() == 5);
}

TEST_CASE("folds that cannot be cut are refused", "[training][split]") {
  const Scratch scratch;
  const host::Use data =
      use("dataset", "csv", {{"path", scratch.write("a.csv", "x,y\n1,2\n2,3\n3,5\n").string()}});
  CHECK_THROWS_WITH(read(data, 6, {.folds = 4, .fold = 1}),
                    Catch::Contains("4 folds cannot be cut from 3 examples"));
  CHECK(read(data, 6, {.folds = 3, .fold = 3}).parts[NNRUN_TRAIN].count == 2);  // one is left out
}

TEST_CASE("a data set is split by class where it says stratify", "[training][split]") {
  const Scratch scratch;
  std::string text = "x,kind\n";
  for (int i = 0; i < 90; ++i) text += std::to_string(i) + (i < 81 ? ",often\n" : ",rare\n");
  const host::Use data = use("dataset", "csv", {{"path", scratch.write("a.csv", text).string()}});
  for (const bool shuffle : {false, true}) {
    const Read cut =
        read(data, 6, {.validation = 1. / 3, .test = 1. / 3, .shuffle = shuffle, .stratify = true});
    for (const auto& part : cut.parts) {
      REQUIRE(part.count == 30);
      double rare = 0;
      for (std::size_t i = 0; i < 30; ++i) rare += part.t.data()[2 * i + 1];
      CHECK(rare == 3);
    }
  }
}

TEST_CASE("targets that are not classes cannot be stratified", "[training][split]") {
  const host::Use data = use("dataset", "plane", {{"examples", std::int64_t{5000}}, {"test", 0.}});
  CHECK_THROWS_WITH(read(data, 6, {.validation = 0.2, .stratify = true}),
                    Catch::Contains("'stratify' needs classes, but the targets have more than 1000 "
                                    "different values"));
}

}  // namespace nnrun::testing
