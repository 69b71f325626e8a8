// Rows that somebody writes by hand, in a config, as the table has them: texts, gaps, by name.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A config on a table of rents: numbers with gaps, a city that may be another, a scaled target.
struct Rents {
  Scratch scratch;

  Rents() {
    std::string table = "size,city,built,rent\n";
    for (int i = 0; i < 40; ++i)
      table += std::to_string(30 + i) + "," + (i % 3 == 0 ? "Bern" : "Zurich") + "," +
               (i % 5 == 0 ? "" : std::to_string(1950 + i)) + "," + std::to_string(500 + 20 * i) +
               "\n";
    scratch.write("rents.csv", table);
  }
  void config(const std::string& rows, const std::string& data = "") const {
    scratch.write("c.yaml", "data: {type: csv, path: rents.csv, scale: standard" + data +
                                ", target_scale: standard, columns: {built: {missing: median, "
                                "indicator: true}}}\nmodel: {layers: [{type: dense, units: 4, "
                                "activation: tanh}, {type: dense}]}\ntrain: {cost: "
                                "mean_squared_error}\npredict: " +
                                rows + "\n");
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// Returns the rows of `predict` in what a run prints as JSON.
  json trained(const std::string& words) const {
    const Ended ended = (*this)("c.yaml --json " + words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(ended.out)["predict"];
  }
  std::string refusal(const std::string& rows, const std::string& data = "") const {
    config(rows, data);
    return refused("$nnrun c.yaml -q --out no", 3, scratch.folder());
  }
};

/// Returns the output of a row as the network has it: a float32, of which predict prints fewer
/// digits than a record.
float output_of(const json& row) {
  return row["output"][0].get<float>();
}

}  // namespace

TEST_CASE("rows of a config are written as the table has them, and answered as predict does",
          "[cli][predict]") {
  const Rents rents;
  rents.config("[[80, Zurich, 1990], [35.5, \"Bern\", null], [\"41\", Bern, NA]]");
  const json rows = rents.trained("--out r");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["input"] == json{80, "Zurich", 1990});
  CHECK(rows[1]["input"] == json{35.5, "Bern", nullptr});
  CHECK(rows[2]["input"] == json{41, "Bern", nullptr});
  const json answers =
      parsed(rents("predict r --json 80,Zurich,1990 35.5,Bern, 41,Bern,NA").out)["predict"];
  for (std::size_t i = 0; i < 3; ++i) CHECK(output_of(rows[i]) == output_of(answers[i]));
  // the record is a config that trains again, and verifies
  CHECK(parsed(rents("verify r --json").out)["verdict"] == "identical");
  CHECK(json::parse(text_of(rents.scratch / "r/run.json"))["result"]["predict"] == rows);
  const Ended again = rents("r/config.yaml --json --out again");
  CHECK(parsed(again.out)["predict"] == rows);
  CHECK_THAT(rents("c.yaml -q --out shown").out,
             Contains("predict (80, Zurich, 1990)  ") && Contains("\n        (35.5, Bern, ?)"));
}

TEST_CASE("rows of a config may name their columns, in any order", "[cli][predict]") {
  const Rents rents;
  rents.config("[[80, Zurich, 1990], [35, Bern, null]]");
  const json rows = rents.trained("--out r");
  rents.config("[{city: Zurich, built: 1990, size: 80}, {built: null, city: Bern, size: 35}]");
  CHECK(rents.trained("--out named") == rows);
  CHECK(parsed(rents("named/config.yaml --json --out again").out)["predict"] == rows);
  // children of a comparison keep them, too
  REQUIRE(rents("compare c.yaml --seeds 1 -q --out both").status == 0);
  CHECK(json::parse(text_of(rents.scratch /
                            "both/runs/c/0001/run.json"))["result"]["predict"][1]["input"] ==
        json{35, "Bern", nullptr});
}

TEST_CASE("an unknown text in a row of a config counts as the column says", "[cli][predict]") {
  const Rents rents;
  const std::string other = ", inputs: [city], columns: {city: {unknown: other}}";
  rents.scratch.write("c.yaml", "data: {type: csv, path: rents.csv, targets: [rent]" + other +
                                    "}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                                    "mean_squared_error}\npredict: [[Basel]]\n");
  const json rows = rents.trained("--out r");
  CHECK(rows[0]["input"] == json{"Basel"});
  CHECK(output_of(rows[0]) == output_of(parsed(rents("predict r --json Basel").out)["predict"][0]));
}

TEST_CASE("what a row of a config cannot be is refused at its place", "[cli][predict]") {
  const Rents rents;
  CHECK(rents.refusal("[[80, Basel, 1990]]") ==
        "error: column 'city': unknown text 'Basel'\n"
        " --> c.yaml:4:16\n"
        "   |\n"
        " 4 | predict: [[80, Basel, 1990]]\n"
        "   |                ^^^^^\n"
        "   = help: the run knows: Bern, Zurich\n"
        "           write columns: {city: {unknown: ignore}} to train for rows of none of these\n");
  CHECK(rents.refusal("[[80, Bern]]") ==
        "error: a row of 'predict' needs 3 values, this one has 2\n"
        " --> c.yaml:4:11\n"
        "   |\n"
        " 4 | predict: [[80, Bern]]\n"
        "   |           ^\n"
        "   = help: one for each input of the data: size, city, built\n");
  CHECK_THAT(rents.refusal("[[large, Bern, 1990]]"),
             StartsWith("error: column 'size': expected a finite number, found 'large'\n"
                        " --> c.yaml:4:12\n"));
  CHECK_THAT(rents.refusal("[[\"80,5\", Bern, 1990]]"), Contains("   = help: write 80.5\n"));
  CHECK_THAT(rents.refusal("[[null, Bern, 1990]]"),
             StartsWith("error: column 'size': a value is missing\n --> c.yaml:4:12\n"));
  CHECK_THAT(rents.refusal("[[80, [Bern], 1990]]"),
             StartsWith("error: a value of a row must be a number, a text or null, not a list\n"));
  CHECK_THAT(rents.refusal("[[80,, 1990]]"), StartsWith("error: a value is missing here\n"));
  CHECK_THAT(rents.refusal("[80, Bern, 1990]"),
             StartsWith("error: a row of 'predict' must be a list of values, or a map of them by "
                        "column, not '80'\n"));
  CHECK_THAT(rents.refusal("[{size: 80, town: Bern, built: 1990}]"),
             StartsWith("error: a row of 'predict' names 'town', which is not an input of the "
                        "data\n --> c.yaml:4:28\n"));
  CHECK_THAT(rents.refusal("[{size: 80, city: Bern}]"),
             StartsWith("error: a row of 'predict' has no value for 'built'\n") &&
                 Contains("write built: null where it is missing"));
}

TEST_CASE("a number of a config has a point, a text the mark of the table", "[cli][predict]") {
  const Rents rents;
  rents.scratch.write("comma.csv", "size;rent\n\"1,5\";3\n\"2,5\";5\n4;8\n");
  rents.scratch.write("c.yaml",
                      "data: {type: csv, path: comma.csv, decimal: \",\"}\nmodel: {layers: "
                      "[{type: dense}]}\ntrain: {cost: mean_squared_error}\n"
                      "predict: [[2.5], [\"2,5\"]]\n");
  const json rows = rents.trained("--out r");
  CHECK(rows[0] == rows[1]);
  CHECK(rows[0]["input"] == json{2.5});
}

}  // namespace nnrun::testing
