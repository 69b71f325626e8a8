#include <bit>
#include <catch2/catch.hpp>
#include <limits>
#include <nnrun/packed_rows.hpp>
#include <random>
#include <utility>
#include <vector>
namespace nnrun::testing {
namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// A column of each kind of number that files have: row i of it.
double number(std::size_t column, std::size_t i) {
  std::mt19937_64 draw(column * 1'000'003 + i);
  const auto digits = static_cast<double>(draw() % 1'999'999) - 999'999;
  switch (column) {
    case 0:
      return static_cast<double>(i % 7);
    case 1:
      return digits / 1000;
    case 2:
      return i % 9 == 4 ? gap : digits / 1e6;
    case 3:
      return static_cast<float>(digits / 7);
    case 4:
      return digits / 7;
    case 5:
      return i == 5000 ? -0. : digits;
    case 6:
      return digits * 1e-12;
    case 7:
      return digits * 1e200;
    case 8:
      return i % 3 == 0 ? infinity : i % 3 == 1 ? -infinity : gap;
    case 9:
      return i % 2 == 0 ? 2147483647. : -2147483648.;
    case 10:
      return i < 4000 ? 0.5 : digits / 1e7;  // its later blocks need more digits
    default:
      return std::numeric_limits<double>::denorm_min() * static_cast<double>(i);
  }
}
constexpr std::size_t columns = 12, rows = 10'007;  // several blocks, the last one not full

PackedRows filled() {
  PackedRows store;
  store.set_width(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    double* const row = store.add();
    for (std::size_t c = 0; c < columns; ++c) row[c] = number(c, i);
  }
  return store;
}

}  // namespace

TEST_CASE("rows come back with all their bits, in pieces of any size", "[plugins][packed]") {
  const PackedRows store = filled();
  REQUIRE(store.count() == rows);
  const std::size_t piece = GENERATE(std::size_t{1}, std::size_t{17}, std::size_t{4096}, rows);
  std::vector<double> some(piece * columns);
  std::size_t wrong = 0;
  for (std::size_t from = 0; from < rows; from += piece) {
    const std::size_t n = std::min(piece, rows - from);
    store.read(from, n, some.data());
    for (std::size_t i = 0; i < n * columns; ++i)
      wrong += !same(some[i], number(i % columns, from + i / columns));
  }
  CHECK(wrong == 0);
}

TEST_CASE("a column is passed from its first row to its last", "[plugins][packed]") {
  const PackedRows store = filled();
  for (std::size_t c = 0; c < columns; ++c) {
    std::size_t i = 0, wrong = 0;
    store.pass(c, [&](std::span<const double> numbers) {
      for (const double x : numbers) wrong += !same(x, number(c, i++));
      return true;
    });
    CHECK((i == rows && wrong == 0));
  }
  std::size_t asked = 0;
  store.pass(0, [&](auto) { return ++asked < 2; });
  CHECK(asked == 2);
}

TEST_CASE("the numbers of a category can be replaced, and a row be taken back",
          "[plugins][packed]") {
  PackedRows store = filled();
  store.remove_last();
  store.add()[0] = 3;
  store.replace(0, [](double x) { return 6 - x; });
  std::vector<double> row(columns);
  for (const std::size_t i : {std::size_t{0}, std::size_t{3000}, rows - 2}) {
    store.read(i, 1, row.data());
    CHECK(row[0] == 6 - number(0, i));
    CHECK(same(row[4], number(4, i)));
  }
  store.read(rows - 1, 1, row.data());
  CHECK(row[0] == 3);
}

TEST_CASE("rows that were forgotten do not change those behind them", "[plugins][packed]") {
  PackedRows store = filled();
  store.forget_before(rows);
  std::vector<double> row(columns);
  store.read(rows - 1, 1, row.data());
  for (std::size_t c = 0; c < columns; ++c) CHECK(same(row[c], number(c, rows - 1)));
}

TEST_CASE("many blocks share their memory, and what is forgotten leaves the others alone",
          "[plugins][packed]") {
  constexpr std::size_t width = 3, many = 700'000;  // 11 MB: several regions, of all sizes
  PackedRows store;
  store.set_width(width);
  for (std::size_t i = 0; i < many; ++i) {
    double* const row = store.add();
    row[0] = static_cast<double>(i);
    row[1] = static_cast<double>(i) / 7;  // keeps all of its bits
    row[2] = static_cast<double>(i % 100) / 100;
  }
  const auto wrong_from = [&](std::size_t first) {
    std::vector<double> row(width);
    std::size_t wrong = 0;
    for (std::size_t i = first; i < many; ++i) {
      store.read(i, 1, row.data());
      wrong += row[0] != static_cast<double>(i) || row[1] != static_cast<double>(i) / 7 ||
               row[2] != static_cast<double>(i % 100) / 100;
    }
    return wrong;
  };
  CHECK(wrong_from(0) == 0);
  store.forget_before(many / 2);
  CHECK(wrong_from(many / 2) == 0);
  PackedRows moved = std::move(store);
  store = std::move(moved);
  store.forget_before(many);
  CHECK(store.count() == many);
}

}  // namespace nnrun::testing
