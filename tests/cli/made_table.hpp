// Tables that tests make, column by column, and what nnrun new config says of them.
#pragma once
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/program.hpp"
namespace nnrun::testing {

/// A whole number from 0 to below n for each i, the same on every machine.
inline int drawn(int i, int n) {
  const double x = std::sin(i * 12.9898 + 1) * 43758.5453;
  return static_cast<int>((x - std::floor(x)) * n);
}

inline std::string digits(long number, std::size_t at_least) {
  const std::string text = std::to_string(number);
  return std::string(at_least - std::min(at_least, text.size()), '0') + text;
}

/// A column: its name, and its field in each row.
struct Column {
  std::string name;
  std::function<std::string(int)> field;
};

/// A column of amounts to predict, or to predict from: others for each name.
inline Column amount(const std::string& name) {
  const int from = 700 + 131 * name.front();
  return {name, [from](int i) { return std::to_string(drawn(i + from, 9000) / 7.); }};
}

class Table {
 public:
  explicit Table(const std::vector<Column>& columns, int rows = 120) {
    std::string csv;
    for (const Column& column : columns) csv += (csv.empty() ? "" : ",") + column.name;
    for (int i = 0; i < rows; ++i) {
      csv += "\n";
      for (const Column& column : columns)
        csv += (&column == &columns[0] ? "" : ",") + column.field(i);
    }
    scratch_.write("t.csv", csv + "\n");
  }

  Ended made(const std::string& more = "") const {
    return run("rm -f t.yaml; $nnrun new config t.csv" + more, scratch_.folder());
  }

  /// What was said, and the config, which trains.
  std::string told(const std::string& more = "") const {
    const Ended ended = made(more);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    const Ended trained =
        run("rm -rf r; $nnrun t.yaml -q --set train.epochs=2 --out r", scratch_.folder());
    CAPTURE(trained.err);
    CHECK(trained.status == 0);
    return ended.out + text_of(scratch_ / "t.yaml");
  }

 private:
  Scratch scratch_;
};

/// What becomes of one column beside others.
inline std::string told_of(const Column& column, int rows = 120) {
  return Table({column, amount("other"), amount("y")}, rows).told();
}

}  // namespace nnrun::testing
