#include "training/split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>

#include "support/example_data.hpp"
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
