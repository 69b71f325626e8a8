#include "report/run_report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Json = nlohmann::ordered_json;

host::EpochReport epoch(std::size_t number, double cost) {
  host::EpochReport report;
  report.epoch = number;
  report.step = report.examples = number * 10;
  report.seconds = static_cast<double>(number) / 1000;
  report.train = {cost, {0.5}};
  return report;
}

const host::DataShape only_training{.input = {}, .target = {}, .examples = {10, 0, 0}, .names = {}};

}  // namespace

TEST_CASE("a curve has the columns of metrics.csv, null for what is no number", "[comparison]") {
  host::Outcome outcome;
  outcome.epochs = {epoch(1, 0.123456789), epoch(2, std::nan(""))};
  const Json curve = host::curve_json(outcome, shipped("diagonal.yaml"), only_training);
  CHECK(curve.dump() == R"({"epoch":[1.0,2.0],"examples":[10.0,20.0],"seconds":[0.001,0.002],)"
                        R"("train.cost":[0.123457,null],"train.accuracy":[0.5,0.5]})");
}

TEST_CASE("a long curve keeps 200 points, first and last among them", "[comparison]") {
  host::Outcome outcome;
  for (std::size_t i = 1; i <= 1999; ++i) outcome.epochs.push_back(epoch(i, 1));
  const Json epochs =
      host::curve_json(outcome, shipped("diagonal.yaml"), only_training).at("epoch");
  CHECK(epochs.size() == 200);
  CHECK(epochs.front() == 1);
  CHECK(epochs.back() == 1999);
}

TEST_CASE("a decision map has the top row first", "[comparison]") {
  const host::Experiment e = shipped("diagonal.yaml");
  const auto trainer = host::Trainer::create(e);
  trainer->train({});
  const Json map = host::decision_json(*trainer, 7);
  REQUIRE(map.at("outputs").size() == 1);
  CHECK(map.at("outputs")[0].at("seed") == 7);
  const Json& values = map.at("outputs")[0].at("values");
  REQUIRE(values.size() == 1600);
  CHECK(values.front() > 0.9);  // x = 0, y = 1: above the line
  CHECK(values.back() < 0.1);   // x = 1, y = 0
  CHECK(map.at("x_name") == "x");
  CHECK(map.at("y")[0].get<double>() == Approx(0).margin(0.01));
  CHECK(map.at("y")[1].get<double>() == Approx(1).margin(0.01));
}

TEST_CASE("a network of other than two inputs has no decision map", "[comparison]") {
  const host::Experiment e = shipped("symptoms.yaml");
  CHECK(host::decision_json(*host::Trainer::create(e), 1).is_null());
}

TEST_CASE("the object of a run says what the run was", "[comparison]") {
  const host::Experiment e = shipped("diagonal.yaml");
  const auto trainer = host::Trainer::create(e);
  host::RunResult result;
  result.run = "runs/diagonal/0001";
  result.parameters = 15;
  result.outcome = trainer->train({});
  const Json object = host::run_object(result, {"nnrun", "diagonal.yaml"}, e, *trainer);
  CHECK(object.at("kind") == "run");
  CHECK(object.at("summary").dump() ==
        R"(["The accuracy of 'diagonal' on the test part is 98.89 % after 1 epoch."])");
  const Json& config = object.at("configs").at(0);
  CHECK(config.at("mean") == config.at("runs")[0].at("test").at("accuracy"));
  CHECK(config.at("mean").get<double>() == Approx(0.9889).margin(1e-9));
  CHECK(config.at("runs")[0].at("seed") == e.seed);
  CHECK(config.at("interval95").is_null());
  CHECK(object.at("seeds").dump() == "[" + std::to_string(e.seed) + "]");
  CHECK(object.at("reproduce").at("version").contains("compiler"));
}

}  // namespace nnrun::testing
