// One network gives one answer: whatever asks it, to the last digit.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A run on a table with texts, gaps and scaling, whose target is scaled by its logarithm.
struct Houses {
  static constexpr int n = 120;
  Scratch scratch;
  json rows = json::array();  // null: missing
  std::vector<double> prices{};

  explicit Houses(const std::string& dtype) {
    const std::vector<std::string> cities{"Bern", "Basel", "Zug"};
    std::string csv = "size,city,built,price\n", inputs = "size,city,built\n", lines;
    for (int i = 0; i < n; ++i) {
      const int size = 30 + i * 37 % 211, built = 1900 + i * 53 % 120;
      const std::string& city = cities[static_cast<std::size_t>(i * 7 % 3)];
      const bool no_size = i % 17 == 3, no_city = i % 19 == 5, no_built = i % 13 == 7;
      prices.push_back(size * 9000. * (1 + i * 7 % 3) * (1 + (built - 1900) / 300.));
      const std::string row = (no_size ? "" : std::to_string(size)) + "," +
                              (no_city ? "NA" : city) + "," +
                              (no_built ? "?" : std::to_string(built));
      inputs += row + "\n";
      csv += row + "," + std::to_string(std::lround(prices.back())) + "\n";
      prices.back() = static_cast<double>(std::lround(prices.back()));
      rows.push_back({no_size ? json() : json(size), no_city ? json() : json(city),
                      no_built ? json() : json(built)});
      lines += rows.back().dump() + "\n";
    }
    scratch.write("g.csv", csv);
    scratch.write("in.csv", inputs);
    scratch.write("in.jsonl", lines);
    scratch.write(
        "c.yaml",
        "dtype: " + dtype +
            "\ndata: {type: csv, path: g.csv, scale: standard, target_scale: log, columns: {size: "
            "{missing: mean}, city: {missing: {constant: none}, unknown: other}, built: {missing: "
            "median, indicator: true}}}\nmodel: {layers: [{type: dense, units: 21, activation: "
            "relu}, {type: dense}]}\ntrain: {cost: mean_squared_error, epochs: 20, optimizer: "
            "{type: "
            "adam, learning_rate: 0.01}}\nmetrics: [mean_absolute_error]\n");
    const Ended trained = (*this)("c.yaml -q --out r");
    CAPTURE(trained.err);
    REQUIRE(trained.status == 0);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
};

}  // namespace

TEST_CASE("predict answers with the same digits in every form, and eval measures these answers",
          "[cli][digits]") {
  const std::string dtype = GENERATE("float32", "float64");
  CAPTURE(dtype);
  const Houses houses(dtype);
  std::vector<std::string> answers = lines_of(houses("predict r --csv in.csv -q").out);
  REQUIRE(answers.size() == Houses::n + 1);
  CHECK(lines_of(houses("predict r --jsonl in.jsonl -q").out) == answers);
  answers.erase(answers.begin());

  const auto lines = lines_of(houses("predict r --csv in.csv --json-lines").out);
  const json all = parsed(houses("predict r --csv in.csv --json").out)["predict"];
  REQUIRE(lines.size() == answers.size());
  double errors = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(lines[i].starts_with("{\"output\":[" + answers[i] + "]"));
    CHECK(all[i]["output"][0].get<double>() == std::stod(answers[i]));
    errors += std::abs(std::stod(answers[i]) - houses.prices[i]);
  }
  const std::string words = houses("predict r 67,Bern,1953 ,,").out;  // with fifteen digits
  const std::string one =
      parsed(houses("predict r 67,Bern,1953 --json").out)["predict"][0]["output"][0].dump();
  CHECK(words.starts_with("predict (67, Bern, 1953)  "));
  CHECK(std::stof(words.substr(words.find("  ") + 2)) == std::stof(one));

  // eval takes many rows at once, whose sums may be fused
  const double mean = parsed(houses("eval r --json").out)["mean_absolute_error"].get<double>();
  CHECK(mean == Approx(errors / Houses::n).epsilon(dtype == "float32" ? 1e-6 : 1e-12));
}

}  // namespace nnrun::testing
