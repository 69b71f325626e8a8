// The interface is a contract: inside a major, fields are appended and nothing else.
#include <nnrun/abi.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

/// `nnrun_host` → {size}, `nnrun_host.size` → {offset, size}
using Layout = std::map<std::string, std::vector<std::size_t>>;

Layout recorded(const std::string& version) {
  std::istringstream lines(text_of(NNRUN_SOURCE_DIR "/tests/abi/layout_" + version + ".txt"));
  Layout layout;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    for (std::size_t number = 0; words >> number;) layout[name].push_back(number);
  }
  return layout;
}

Layout of_today() {
  Layout layout;
#define STRUCT(s) layout[#s] = {sizeof(s)};
#define FIELD(s, f) layout[#s "." #f] = {offsetof(s, f), sizeof(s::f)};
#include "fields.inc"
#undef STRUCT
#undef FIELD
  return layout;
}

}  // namespace

TEST_CASE("the interface of today is the recorded one, fields only appended", "[abi]") {
  const Layout today = of_today();
  CHECK(today == recorded("1_4"));  // a field that was appended: record it with a new minor
  for (const char* const earlier : {"1_0", "1_1", "1_2", "1_3"})
    for (const auto& [name, numbers] : recorded(earlier)) {
      CAPTURE(earlier, name);
      REQUIRE(today.contains(name));
      if (name.find('.') == std::string::npos)
        CHECK(today.at(name)[0] >= numbers[0]);
      else
        CHECK(today.at(name) == numbers);
    }
}

TEST_CASE("a plugin of the first interface is loaded, keeps its laws and trains", "[abi]") {
  const Scratch scratch;
  const std::string library = NNRUN_BUILD_DIR "/test_plugins/abi_1_0.so";
  const Ended checked = run("$nnrun check --json " + library, scratch.folder());
  CAPTURE(checked.out, checked.err);
  CHECK(checked.status == 0);
  CHECK(nlohmann::json::parse(checked.out)["interface"] == "1.0");
  scratch.write("old.yaml", "plugins: [" + library +
                                "]\nextends: " NNRUN_SOURCE_DIR
                                "/configs/diagonal-analytic.yaml\n"
                                "name: old\n"
                                "model:\n"
                                "  layers:\n"
                                "    - {type: old_gain, activation: old_square}\n"
                                "    - {type: dense, units: 1, activation: sigmoid}\n"
                                "metrics: [old_error]\n");
  const Ended trained = run("$nnrun old.yaml", scratch.folder());
  CAPTURE(trained.out, trained.err);
  CHECK(trained.status == 0);
  CHECK_THAT(trained.out, Catch::Contains("old_error"));
}

TEST_CASE("a plugin of 1.1 keeps its laws, and what its settings meant by their names", "[abi]") {
  const Scratch scratch;
  const std::string library = NNRUN_BUILD_DIR "/test_plugins/abi_1_1.so";
  const Ended checked = run("$nnrun check --json " + library, scratch.folder());
  CAPTURE(checked.out, checked.err);
  CHECK(checked.status == 0);
  CHECK(nlohmann::json::parse(checked.out)["interface"] == "1.1");
  scratch.write("early.yaml", "plugins: [" + library +
                                  "]\n"
                                  "name: early\n"
                                  "dtype: float64\n"
                                  "data: {type: early_points, separator: ;}\n"
                                  "model:\n"
                                  "  input: 2\n"
                                  "  defaults: {activation: tanh}\n"
                                  "  layers: [{type: early_units, units: 2}]\n"
                                  "train: {cost: mean_squared_error, epochs: 2}\n"
                                  "metrics: [accuracy]\n");
  const Ended trained = run("$nnrun early.yaml --out early", scratch.folder());
  CAPTURE(trained.out, trained.err);
  CHECK(trained.status == 0);
  CHECK_THAT(trained.err,
             Catch::Contains("early_units_1 (early_units)") && Catch::Contains("tanh"));
  const Ended evaluated = run("$nnrun eval early", scratch.folder());
  CAPTURE(evaluated.err);
  CHECK(evaluated.status == 0);
  CHECK_THAT(evaluated.err, Catch::Contains("early_points was given two classes"));
  scratch.write("in.csv", "x1;x2\n1;1\n");
  CHECK(run("$nnrun predict early --csv in.csv", scratch.folder()).status == 0);
}

TEST_CASE("a plugin of 1.2 keeps its laws and trains", "[abi]") {
  const Scratch scratch;
  const std::string library = NNRUN_BUILD_DIR "/test_plugins/abi_1_2.so";
  const Ended checked = run("$nnrun check --json " + library, scratch.folder());
  CAPTURE(checked.out, checked.err);
  CHECK(checked.status == 0);
  CHECK(nlohmann::json::parse(checked.out)["interface"] == "1.2");
  scratch.write("earlier.yaml", "plugins: [" + library +
                                    "]\nextends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\n"
                                    "name: earlier\n"
                                    "model: {layers: [{type: dense, units: 5, activation: tanh},\n"
                                    "  {type: dense, units: 1, activation: middle_tanh}]}\n"
                                    "train: {cost: early_squares}\nmetrics: [accuracy]\n");
  const Ended trained = run("$nnrun earlier.yaml", scratch.folder());
  CAPTURE(trained.out, trained.err);
  CHECK(trained.status == 0);
}

TEST_CASE("a plugin of 1.3 keeps its laws and trains", "[abi]") {
  const Scratch scratch;
  const std::string library = NNRUN_BUILD_DIR "/test_plugins/abi_1_3.so";
  const Ended checked = run("$nnrun check --json " + library, scratch.folder());
  CAPTURE(checked.out, checked.err);
  CHECK(checked.status == 0);
  CHECK(nlohmann::json::parse(checked.out)["interface"] == "1.3");
  scratch.write("previous.yaml", "plugins: [" + library +
                                     "]\nextends: " NNRUN_SOURCE_DIR
                                     "/configs/diagonal-analytic.yaml\n"
                                     "name: previous\n"
                                     "model: {layers: [{type: dense, units: 5, activation: tanh},\n"
                                     "  {type: dense, units: 1, activation: centred_tanh}]}\n"
                                     "train: {cost: previous_squares}\nmetrics: [accuracy]\n");
  const Ended trained = run("$nnrun previous.yaml", scratch.folder());
  CAPTURE(trained.out, trained.err);
  CHECK(trained.status == 0);
}

TEST_CASE("a metric of 1.2 keeps its laws and its table, of labels too", "[abi]") {
  const Scratch scratch;
  const std::string library = NNRUN_BUILD_DIR "/test_plugins/abi_1_2_metric.so";
  const Ended checked = run("$nnrun check --json " + library, scratch.folder());
  CAPTURE(checked.out, checked.err);
  CHECK(checked.status == 0);
  CHECK(nlohmann::json::parse(checked.out)["interface"] == "1.2");
  scratch.write("t.csv", "x,a,b\n1,1,1\n2,0,0\n3,1,0\n4,0,1\n");
  scratch.write("c.yaml", "plugins: [" + library +
                              "]\n"
                              "data: {type: csv, path: t.csv, targets: [a, b]}\n"
                              "model: {input: 1, layers: [{type: dense, units: 2, activation: "
                              "sigmoid}]}\n"
                              "train: {cost: binary_cross_entropy}\n"
                              "metrics: [early_table]\n");
  const Ended trained = run("$nnrun c.yaml", scratch.folder());
  CAPTURE(trained.out, trained.err);
  CHECK(trained.status == 0);
  CHECK_THAT(trained.out, Catch::Contains("early_table (rows: actual, columns: predicted)"));
}

}  // namespace nnrun::testing
