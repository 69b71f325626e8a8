// Rows of a file that cannot be answered: one of them need not lose the others, whatever is wrong.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A run that answers 2 x + y.
struct Sum {
  Scratch scratch;

  Sum() {
    scratch.write("a.csv", "x,y,z\n1,2,4\n2,4,8\n3,1,7\n0,2,2\n");
    scratch.write("c.yaml",
                  "data: {type: csv, path: a.csv}\nmodel: {layers: [{type: dense}]}\n"
                  "train: {cost: mean_squared_error}\n");
    REQUIRE((*this)("c.yaml -q --out r").status == 0);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// Returns what predict answers row by row: a list of numbers, or a text that says why not.
  json answers(const std::string& words) const {
    const Ended ended = (*this)("predict r --json --on-error empty " + words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    json rows = json::array();
    const json answers = parsed(ended.out)["predict"];
    for (const json& row : answers)
      rows.push_back(row.contains("error") ? row["error"] : row["output"]);
    return rows;
  }
};

}  // namespace

TEST_CASE("a row of another width is one row without an answer", "[cli][predict]") {
  const Sum sum;
  const json single = sum.answers("--csv a.csv");
  sum.scratch.write("in.csv", "x,y,note\n1,2,a\n1,2\n2,4,b\n2,4,b,7,\n,,\"a\" b\n3,1,c\n");
  const json rows = sum.answers("--csv in.csv");
  REQUIRE(rows.size() == 6);
  CHECK(rows[0] == single[0]);
  CHECK(rows[1] == "expected 3 columns, found 2");
  CHECK(rows[2] == single[1]);
  CHECK(rows[3] == "expected 3 columns, found 4");
  CHECK(rows[4] == "text behind a closing quote");
  CHECK(rows[5] == single[2]);
  const Ended kept = sum("predict r -q --csv in.csv --keep note --on-error empty");
  CHECK_THAT(kept.out, Contains("\nb,") && Contains("\n,\n"));  // whose note it is nobody knows
  CHECK_THAT(kept.err,
             StartsWith("warning: no answer for in.csv:3: expected 3 columns, found 2\n") &&
                 Contains("warning: 3 of 6 rows got no answer\n"));
  CHECK_THAT(refused("$nnrun predict r -q --csv in.csv", 5, sum.scratch.folder()),
             StartsWith("error: expected 3 columns, found 2\n  --> in.csv:3\n") &&
                 Contains("--on-error empty answers the other rows"));
}

TEST_CASE("eval leaves rows out that cannot be read if it is told to, and says so", "[cli][eval]") {
  const Sum sum;
  sum.scratch.write("good.csv", "x,y,z\n1,2,4\n2,4,8\n");
  sum.scratch.write("in.csv", "x,y,z\n1,2,4\n1,2\n2,?,8\n2,4,8\n3,1,many\n\n\"a\" b,1,2\n3,1,\n");
  const Ended refused = sum("eval r --data test=in.csv");
  CHECK(refused.status == 5);
  CHECK_THAT(refused.err, Contains("eval scores every row: take this one out, or write --on-error "
                                   "empty, which leaves it out"));
  CHECK(sum("eval r --data test=in.csv --on-error refuse").err == refused.err);
  const Ended measured = sum("eval r --data test=in.csv --on-error empty");
  CHECK_THAT(measured.err, StartsWith("note: 6 rows that cannot be read are left out: ") &&
                               Contains("in.csv:3 (expected 3 columns, found 2), ") &&
                               Catch::EndsWith("in.csv:9\n"));
  CHECK(measured.out == sum("eval r --data test=good.csv").out);
  sum.scratch.write("in.csv", "x,y,z\n1,?,4\n");
  CHECK_THAT(sum("eval r --data test=in.csv --on-error empty").err,
             Contains("no row can be read: ") &&
                 Contains("in.csv:2 (column 'y': a value is missing, '?')"));
  CHECK_THAT(sum("eval r --on-error drop").err,
             Contains("--on-error is refuse or empty, not 'drop'"));
}

TEST_CASE("eval leaves rows out that are read, but cannot be scored", "[cli][eval]") {
  const Scratch scratch;
  std::string table = "a,b,w,y\n";
  for (int i = 0; i < 60; ++i)
    table += std::to_string(i % 9) + "," + std::to_string(i % 7) + ",1," +
             std::to_string(1 + i % 5) + "\n";
  scratch.write("t.csv", table);
  const std::string some =
      "a,b,w,y\n1,2,1,3\n2,3,1,0\n3,4,1,2\n1,1e39,1,2\n4,5,1,4\n5,6,1,-3\n3,3,1,5\n";
  const std::string good = "a,b,w,y\n1,2,1,3\n3,4,1,2\n4,5,1,4\n3,3,1,5\n";
  const auto eval = [&](const std::string& file, const std::string& more = "") {
    return run("$nnrun eval r --json --data test=" + file + more, scratch.folder());
  };
  for (const std::string data :
       {"target_scale: log", "target_scale: log, scale: standard", "target_scale: log, weights: w",
        "target_scale: log, scale: standard, features: [a, b, a*b]"}) {
    CAPTURE(data);
    scratch.write("c.yaml", "data: {type: csv, path: t.csv, " + data +
                                "}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                                "mean_squared_error}\nmetrics: [mean_absolute_error]\n");
    REQUIRE(run("rm -rf r; $nnrun c.yaml -q --out r", scratch.folder()).status == 0);
    scratch.write("some.csv", some);
    scratch.write("good.csv", good);
    for (const std::string file : {"some.csv", "some.npy"}) {
      if (file == "some.npy")
        REQUIRE(run("$nnrun convert some.csv some.npy -q --overwrite", scratch.folder()).status ==
                0);
      const std::string mark = file == "some.csv" ? ":" : ", row ";
      const int first = file == "some.csv" ? 3 : 2;
      const Ended refused = eval(file);
      CHECK(refused.status == 5);
      CHECK_THAT(refused.err,
                 Contains("target 'y' of test example 2 is 0, which has no logarithm\n") &&
                     Contains(file + mark + std::to_string(first) + "\n") &&
                     !Contains("target_scale") &&
                     Contains("take this one out, or write --on-error empty"));
      const Ended ended = eval(file, " --on-error empty");
      REQUIRE(ended.status == 0);
      json left = json::parse(ended.out), expected = json::parse(eval("good.csv").out);
      const std::string note = left["notes"][0];
      CHECK_THAT(note, StartsWith("3 rows that cannot be scored are left out: ") &&
                           Contains("(target 'y' of test example 2 is 0, which has no logarithm)"));
      for (const int row : {first, first + 2, first + 4})
        CHECK_THAT(note, Contains(file + mark + std::to_string(row)));
      left.erase("notes");
      CHECK(left == expected);
    }
  }
}

TEST_CASE("rows that training cannot prepare are named", "[cli][rows]") {
  const Scratch scratch;
  std::string table = "a,b,y\n";
  for (int i = 0; i < 30; ++i)
    table += (i == 11 ? "1e200" : std::to_string(i % 9)) + "," + std::to_string(i % 7) + "," +
             std::to_string(i) + "\n";
  scratch.write("t.csv", table);
  const auto said = [&](const std::string& data) {
    scratch.write("c.yaml", "data: {type: csv, path: t.csv, " + data +
                                "}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                                "mean_squared_error}\n");
    return run("$nnrun c.yaml -q --out r", scratch.folder()).err;
  };
  CHECK_THAT(
      said("features: [a, b, a^2]"),
      Contains("feature 'a^2' is not finite, from inputs that are") && Contains("t.csv:13\n"));
  CHECK_THAT(said("features: [a, b]"), Contains("feature 'a' is 1e+200, too large for float32") &&
                                           Contains("t.csv:13\n") && Contains("dtype: float64"));
  CHECK_THAT(said("features: [a, b], split: {test: 0.3, stratify: false}"),
             Contains("too large for float32") && Contains("t.csv:13\n"));
}

TEST_CASE("each empty line between rows is a row without an answer", "[cli][predict]") {
  const Sum sum;
  const json single = sum.answers("--csv a.csv");
  sum.scratch.write("in.csv", "x,y\n1,2\n\n\n2,4\n3,1\n\n\n");
  const json rows = sum.answers("--csv in.csv");
  REQUIRE(rows.size() == 5);  // those at the end are none
  CHECK(rows[0] == single[0]);
  CHECK(rows[1] == "expected 2 columns, found 0");
  CHECK(rows[2] == rows[1]);
  CHECK(rows[3] == single[1]);
  CHECK(rows[4] == single[2]);
  CHECK_THAT(sum("predict r --csv in.csv --on-error empty").err,
             Contains("no answer for in.csv:3") && Contains("no answer for in.csv:4") &&
                 !Contains("in.csv:5"));
}

TEST_CASE("a quote that is not closed refuses the file: nobody knows where rows end",
          "[cli][predict]") {
  const Sum sum;
  sum.scratch.write("in.csv", "x,y\n1,2\n\"1,2\n3,1\n");
  CHECK_THAT(sum("predict r --csv in.csv --on-error empty").err,
             Contains("error: a quote is not closed\n  --> in.csv:3\n"));
  std::string lines = "x,y\n1,2\n\"";
  while (lines.size() < (std::size_t{17} << 20)) lines += "a line within quotes\n";
  sum.scratch.write("in.csv", lines);
  CHECK_THAT(sum("predict r --csv in.csv").err,
             Contains("error: a row of more than 16 MiB, with line ends in quotes\n"
                      "  --> in.csv:3\n") &&
                 Contains("if it is not one row, a quote in it is not closed"));
}

TEST_CASE("a file that is written in another way says which options read it", "[cli][predict]") {
  const Sum sum;
  const std::string answer = sum("predict r 1500,2 -q").out;
  const auto [file, options, wide] = GENERATE(table<std::string, std::string, bool>(
      {{"x,y,z\n1'500,2,1\n", "--data 'thousands='\\'''", false},
       {"x,y,z\n$1500,2,1\n", "--data 'symbols=[\"$\"]'", false},
       {"# of May\nx,y,z\n1500,2,1\n", "--data 'comment=#'", false},
       {"x,y,z\n1500,2,1\n# of May\n", "--data 'comment=#'", false},
       {"x;y;z\n1,500;2;1\n", "--data 'decimal=,' or --data 'thousands=,'", true}}));
  sum.scratch.write("in.csv", file);
  for (const char* const verb : {"predict r --csv in.csv ", "eval r --data test=in.csv "}) {
    CAPTURE(verb, file);
    CHECK_THAT(sum(verb).err, Contains("           for this file alone: " + options + "\n"));
    const std::string last = options.substr(options.rfind("--data"));
    CHECK(sum(verb + last).status == 0);
  }
}

TEST_CASE("an example that is not a number is one example without an answer", "[cli][predict]") {
  const Sum sum;
  const json single = sum.answers("--csv a.csv");
  const double nan = std::nan("");
  std::vector<double> x{1, 2, nan, 4, 2, 4, 3, HUGE_VAL, 3, 1};
  for (int i = 0; i < 70000; ++i) x.push_back(i % 2 ? 4 : 2);  // more than are read at once
  sum.scratch.write("x.npy", npy_bytes("'<f8'", "(35005, 2)", bytes_of(x)));
  const json rows = sum.answers("--npy x.npy");
  REQUIRE(rows.size() == 35005);
  CHECK(rows[0] == single[0]);
  CHECK(rows[1] == "number 1 of example 2 is not finite");
  CHECK(rows[2] == single[1]);
  CHECK(rows[3] == "number 2 of example 4 is not finite");
  CHECK(rows[4] == single[2]);
  for (const std::size_t i : {5u, 32767u, 32768u, 35004u}) CHECK(rows[i] == single[1]);
  CHECK_THAT(refused("$nnrun predict r --npy x.npy -q", 5, sum.scratch.folder()),
             StartsWith("error: number 1 of example 2 is not finite\n  --> x.npy, row 2\n") &&
                 Contains("--on-error empty answers the other rows"));
}

}  // namespace nnrun::testing
