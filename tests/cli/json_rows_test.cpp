// Rows of JSON, one on each line: by column or in order, with the same preparation, answers and
// errors as rows of a table.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A run on texts, gaps and scales, with a target that is learned by its logarithm.
struct Rents {
  Scratch scratch;

  Rents() {
    std::string table = "size,city,zip,built,rent\n";
    for (int i = 0; i < 40; ++i)
      table += std::to_string(30 + i) + (i % 2 ? ".25" : "") + "," +
               (i % 3 == 0 ? "Bern" : "\"St. Gallen, \"\"old\"\"\"") + "," +
               (i % 4 ? "01277" : "8001") + "," + (i % 5 == 0 ? "" : std::to_string(1950 + i)) +
               "," + std::to_string(500 + 20 * i) + "\n";
    scratch.write("rents.csv", table);
    scratch.write("c.yaml",
                  "dtype: float64\ndata: {type: csv, path: rents.csv, scale: standard, "
                  "target_scale: log, columns: {zip: category, built: {missing: median, indicator: "
                  "true}}}\nmodel: {layers: [{type: dense, units: 4, activation: tanh}, {type: "
                  "dense}]}\ntrain: {cost: mean_squared_error, epochs: 3}\npredict: [[80, Bern, "
                  "8001, 1990], [35.25, 'St. Gallen, \"old\"', \"01277\", null]]\n");
    const Ended trained = (*this)("c.yaml -q --out r");
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
  /// Returns what predict answers row by row: a list of numbers, or a text that says why not.
  json answers(const std::string& words) const {
    const Ended ended = (*this)("predict r --json --on-error empty " + words);
    CAPTURE(ended.err);
    json rows = json::array();
    const json answers = parsed(ended.out)["predict"];
    for (const json& row : answers)
      rows.push_back(row.contains("error") ? row["error"] : row["output"]);
    return rows;
  }
  json of_lines(const std::string& lines, const std::string& words = "") const {
    scratch.write("in.jsonl", lines);
    return answers("--jsonl in.jsonl " + words);
  }
  std::string refusal(const std::string& lines) const {
    scratch.write("in.jsonl", lines);
    return refused("$nnrun predict r -q --jsonl in.jsonl", 5, scratch.folder());
  }
};

const std::string two_rows =
    "{\"size\": 80, \"city\": \"Bern\", \"zip\": 8001, \"built\": 1990, \"id\": 7}\n"
    "{\"built\": null, \"zip\": \"01277\", \"city\": \"St. Gallen, \\\"old\\\"\", \"size\": "
    "3.525e1}\n";

}  // namespace

TEST_CASE("a row has the same digits from a table, from JSON, from a config and from the command",
          "[cli][predict][json]") {
  const Rents rents;
  const json lines = rents.of_lines(two_rows);
  REQUIRE(lines.size() == 2);
  CHECK(rents.of_lines("[80, \"Bern\", 8001, 1990]\n\n[35.25, \"St. Gallen, \\\"old\\\"\", "
                       "\"01277\", \"NA\"]\n") == lines);
  rents.scratch.write("in.csv",
                      "built,size,zip,city\n1990,80,8001,Bern\n,35.25,01277,\"St. Gallen, "
                      "\"\"old\"\"\"\n");
  CHECK(rents.answers("--csv in.csv") == lines);
  const Ended typed =
      rents("predict r --json 80,Bern,8001,1990 '35.25,\"St. Gallen, \"\"old\"\"\",01277,'");
  CAPTURE(typed.err);
  const json record = json::parse(text_of(rents.scratch / "r/run.json"))["result"]["predict"];
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(parsed(typed.out)["predict"][i]["output"] == lines[i]);
    CHECK(record[i]["output"] == lines[i]);
  }
  // pipes, compressed files, and every form of answers
  rents.scratch.write("in.jsonl.gz", gzipped(rents.scratch, two_rows));
  CHECK(rents.answers("--jsonl in.jsonl.gz") == lines);
  const std::string csv = rents("predict r -q --csv in.csv").out;
  rents.scratch.write("in.jsonl", two_rows);
  CHECK(run("$nnrun predict r -q --jsonl - < in.jsonl", rents.scratch.folder()).out == csv);
  const Ended kept = rents("predict r -q --jsonl in.jsonl --keep id,city --json-lines");
  CHECK_THAT(kept.out, StartsWith("{\"kept\":{\"id\":\"7\",\"city\":\"Bern\"},\"output\":[") &&
                           Contains("{\"kept\":{\"id\":\"\",\"city\":\"St. Gallen, "));
}

TEST_CASE("a run on numbers has the same digits from arrays, too", "[cli][predict][json]") {
  const Scratch scratch;
  const std::string pixels("\x00\x33\x66\x99\xcc\xff", 6);
  scratch.write("i", idx_bytes({3, 1, 2}, pixels));
  scratch.write("t.npy", npy_bytes("'<f8'", "(3,)", bytes_of<double>({100, 250, 900})));
  scratch.write("x.npy", npy_bytes("'|u1'", "(3, 2)", pixels));
  scratch.write(
      "c.yaml",
      "dtype: float64\ndata: {type: npy, inputs: x.npy, targets: t.npy, scale: standard, "
      "target_scale: log}\nmodel: {layers: [{type: dense, units: 3, activation: tanh}, "
      "{type: dense}]}\ntrain: {cost: mean_squared_error}\npredict: [[0, 51], [102, 153], "
      "[204, 255]]\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("in.csv", "0,51\n102,153\n204,255\n");
  scratch.write("in.jsonl", "[0, 51]\n[102.0, 1.53e2]\n{\"x2\": 255, \"x1\": 204}\n");
  const auto outputs = [&](const std::string& words) {
    const Ended ended = run("$nnrun predict r --json " + words, scratch.folder());
    CAPTURE(ended.err);
    json rows = json::array();
    const json answers = parsed(ended.out)["predict"];
    for (const json& row : answers) rows.push_back(row["output"]);
    return rows;
  };
  const json typed = outputs("0,51 102,153 204,255");
  for (const char* file : {"--csv in.csv", "--npy x.npy", "--idx i", "--jsonl in.jsonl"})
    CHECK(outputs(file) == typed);
  const json record = json::parse(text_of(scratch / "r/run.json"))["result"]["predict"];
  for (std::size_t i = 0; i < 3; ++i) CHECK(record[i]["output"] == typed[i]);
}

TEST_CASE("true and false are what the column writes for them", "[cli][predict][json]") {
  const Scratch scratch;
  std::string csv = "smokes,y\n";
  for (int i = 0; i < 20; ++i) csv += i % 3 == 0 ? "TRUE,3\n" : "FALSE,1\n";
  scratch.write("t.csv", csv);
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                "mean_squared_error}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  scratch.write("in.jsonl", "{\"smokes\": true}\n{\"smokes\": false}\n{\"smokes\": \"TRUE\"}\n");
  const json rows =
      parsed(run("$nnrun predict r --jsonl in.jsonl --json", scratch.folder()).out)["predict"];
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == rows[2]);
  CHECK(rows[0] != rows[1]);
  scratch.write("in.jsonl", "{\"smokes\": \"true\"}\n");
  CHECK_THAT(run("$nnrun predict r --jsonl in.jsonl", scratch.folder()).err,
             Contains("unknown text 'true'") &&
                 Contains("it differs from 'TRUE' in capital letters: write them alike"));
}

TEST_CASE("a line that cannot be answered is named, or left empty", "[cli][predict][json]") {
  const Rents rents;
  const std::string good = "[80, \"Bern\", \"8001\", 1990]\n";
  const json answer = rents.of_lines(good)[0];
  const json rows = rents.of_lines(
      good + "[80, \"Basel\", \"8001\", 1990]\n" + "[80, \"Bern\", \"8001\"]\n" +
      "{\"size\": 80}\n" + "{\"size\": 80,\n" + "[80, [\"Bern\"], 1, 2]\n" + "7\n" +
      "{\"size\": 1, \"size\": 2}\n" + "[1e999, \"Bern\", \"8001\", 1990]\n" +
      "[\"large\", \"Bern\", \"8001\", 1990]\n" + "[null, \"Bern\", \"8001\", 1990]\n" + good +
      "[NaN, \"Bern\", \"8001\", 1990]\n" + good);
  REQUIRE(rows.size() == 14);
  for (const std::size_t i : {0u, 11u, 13u}) CHECK(rows[i] == answer);
  CHECK(rows[1] == "column 'city': unknown text 'Basel'");
  CHECK(rows[2] == "expected 4 values, found 3");
  CHECK(rows[3] == "has no 'city'");
  CHECK_THAT(rows[4].get<std::string>(), StartsWith("is not JSON: see column "));
  CHECK(rows[5] == "'city' must be a number, a text or null, not a list");
  CHECK(rows[6] == "is not an object or a list");
  CHECK(rows[7] == "has 'size' twice");
  CHECK(rows[8] == "holds a number that is too large");
  CHECK(rows[9] == "column 'size': expected a finite number, found 'large'");
  CHECK(rows[10] == "column 'size': a value is missing");
  CHECK_THAT(rows[12].get<std::string>(), StartsWith("is not JSON: see column "));
  CHECK(rents.refusal(good + "[80, \"Basel\", \"8001\", 1990]\n") ==
        "error: column 'city': unknown text 'Basel'\n"
        "  --> in.jsonl:2\n"
        "   = help: the run knows: Bern, St. Gallen, \"old\"\n"
        "           write columns: {city: {unknown: ignore}} to train for rows of none of these\n"
        "           --set 'data.columns.city.unknown=ignore' takes it for no text\n"
        "           --on-error empty answers the other rows, and leaves this one empty\n");
  CHECK_THAT(rents.refusal("[{\"size\": 80}, {\"size\": 70}]\n"),
             StartsWith("error: 'size' must be a number, a text or null, not an object\n") &&
                 Contains("each line is a row: "));
  CHECK_THAT(rents.refusal("[NaN]\n"), Contains("= help: a missing value is null\n"));
  CHECK_THAT(rents.refusal("{\"size\": 80, \"note\": {\"a\": [1, {}]}}\n"),
             StartsWith("error: has no 'city'\n"));  // what no input is called may be anything
  CHECK_THAT(rents.refusal("{\"size\": 80, \"City\": \"Bern\"}\n"),
             Contains("   = help: did you mean 'City'? a missing value is null\n"));
}

TEST_CASE("options go with lines of JSON as with tables", "[cli][predict][json]") {
  const Rents rents;
  rents.scratch.write("in.jsonl", two_rows);
  const auto said = [&](const std::string& words) {
    return refused("$nnrun predict r " + words, 2, rents.scratch.folder());
  };
  CHECK_THAT(said("--jsonl in.jsonl --csv in.csv"),
             StartsWith("error: predict takes --csv or --jsonl, not both\n"));
  CHECK_THAT(said("--jsonl in.jsonl --keep all"), StartsWith("error: --keep all is for --csv"));
  const json ignored =
      rents.of_lines("[80, \"Basel\", \"8001\", 1990]\n", "--set data.columns.city.unknown=ignore");
  CHECK(ignored[0].is_array());
}

}  // namespace nnrun::testing
