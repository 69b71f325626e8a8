#include "report/run_report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/said.hpp"
#include "base/scratch.hpp"
#include "report/read_run.hpp"
#include "support/example_data.hpp"
#include "training/carried_state.hpp"
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

host::History history(const std::vector<host::EpochReport>& reports) {
  host::History history({.metrics = 1});
  for (const host::EpochReport& report : reports) history.append(report);
  return history;
}

const host::DataShape only_training{.input = {}, .target = {}, .examples = {10, 0, 0}, .names = {}};

}  // namespace

TEST_CASE("a curve has the columns of metrics.csv, null for what is not a number", "[report]") {
  host::Outcome outcome;
  outcome.epochs = history({epoch(1, 0.123456789), epoch(2, std::nan(""))});
  const host::Curve curve = host::curve_of(outcome, shipped("diagonal.yaml"), only_training);
  CHECK(to_json(curve, 0).dump() ==
        R"({"epoch":[1,2],"examples":[10,20],"seconds":[0.001,0.002],)"
        R"("train.cost":[0.123456789,null],"train.accuracy":[0.5,0.5]})");
  CHECK(to_json(curve, 6).at("train.cost").dump() == "[0.123457,null]");
}

TEST_CASE("a count in a curve that no count can be stays a number", "[report]") {
  const host::Curve curve{{"epoch", {1, -1, 1e300}}, {"examples", {0x1p62, INFINITY}}};
  CHECK(to_json(curve, 0).dump() ==
        R"({"epoch":[1,-1.0,1e+300],"examples":[4611686018427387904,null]})");
}

TEST_CASE("a long curve keeps 200 points, first and last among them", "[report]") {
  host::Outcome outcome;
  outcome.epochs = history({});
  for (std::size_t i = 1; i <= 1999; ++i) outcome.epochs.append(epoch(i, 1));
  const host::Curve curve = host::curve_of(outcome, shipped("diagonal.yaml"), only_training);
  REQUIRE(curve.front().name == "epoch");
  CHECK(curve.front().values.size() == 200);
  CHECK(curve.front().values.front() == 1);
  CHECK(curve.front().values.back() == 1999);
}

TEST_CASE("the curve of a file is the curve of the run that wrote it", "[report]") {
  const Scratch scratch;
  const auto file = scratch.write("metrics.csv",
                                  "epoch,step,examples,seconds,train.cost,train.accuracy\n"
                                  "1,10,10,0.001,0.123456789,0.5\n2,20,20,0.002,nan,0.5\n");
  host::Outcome outcome;
  outcome.epochs = history({epoch(1, 0.123456789), epoch(2, std::nan(""))});
  CHECK(to_json(host::read_curve(file), 0) ==
        to_json(host::curve_of(outcome, shipped("diagonal.yaml"), only_training), 0));
  CHECK(host::read_curve(scratch / "nothing").empty());
}

TEST_CASE("a plane has the top row first, and reads back", "[report]") {
  const host::Experiment e = shipped("diagonal.yaml");
  const auto trainer = host::Trainer::create(e);
  trainer->train({});
  const host::Plane plane = host::sample_plane(*trainer, 7).value();
  REQUIRE(plane.outputs.size() == 1);
  CHECK(plane.outputs[0].seed == 7);
  const std::vector<double>& values = plane.outputs[0].values;
  REQUIRE(values.size() == 1600);
  CHECK(values.front() > 0.9);  // x = 0, y = 1: above the line
  CHECK(values.back() < 0.1);   // x = 1, y = 0
  CHECK(plane.border == 0.5);
  CHECK(plane.x.name == "x");
  CHECK(plane.y.low == Approx(0).margin(0.01));
  CHECK(plane.y.high == Approx(1).margin(0.01));
  const Json json = to_json(plane);
  const std::filesystem::path file = "decision.json";
  CHECK(to_json(host::read_plane({file, json})) == json);
  const Json nothing = Json::object();
  CHECK_THROWS_AS(host::read_plane({file, nothing}), host::RecordError);
  Json earlier = json;  // an earlier program wrote it
  earlier.erase("border");
  CHECK_FALSE(host::read_plane({file, earlier}).border);
}

TEST_CASE("the border of a plane is that of the metrics, or of the scores of the cost",
          "[report]") {
  const auto border = [](const host::Experiment& e) {
    return host::sample_plane(*host::Trainer::create(e), 1).value().border;
  };
  CHECK(border(shipped("gallery/perceptron-xor.yaml")) == 0);  // accuracy has threshold: 0
  const std::string net = "data: {type: circle}\nmodel: {input: 2, layers: [{type: dense, units: 1";
  CHECK(border(experiment(net + "}]}\ntrain: {cost: half_squared_error}\n")) == 0);  // of -1 and 1
  CHECK(border(experiment(net + ", activation: sigmoid}]}\ntrain: {cost: half_squared_error}\n")) ==
        0.5);
  const Scratch scratch;
  const std::string table = scratch.write("t.csv", "a,b,t\n1,2,3.5\n2,1,7\n0,1,2.5\n").string();
  CHECK_FALSE(border(experiment("data: {type: csv, path: " + table +
                                "}\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\ntrain: "
                                "{cost: mean_squared_error}\n")));
}

TEST_CASE("the cells of a plane are what the network answers, large networks in blocks",
          "[report]") {
  for (const std::string units : {"5", "600"}) {  // 600 x 600 weights
    const host::Experiment e = experiment(
        "data: {type: circle}\nmodel: {input: 2, layers: [{type: dense, units: " + units +
        ", activation: tanh}, {type: dense, units: " + units +
        ", activation: tanh}, {type: dense, units: 1}]}\ntrain: {cost: "
        "half_squared_error}\n");
    const auto trainer = host::Trainer::create(e);
    host::Model& model = *trainer->model();
    CHECK((model.rows_at_once() > 1) == (units == "600"));
    const host::Plane plane = host::sample_plane(*trainer, 1, 7, 60).value();
    REQUIRE(plane.outputs[0].values.size() == 420);
    for (const std::size_t cell : {0u, 6u, 200u, 255u, 256u, 419u}) {
      const auto along = [](const host::PlaneAxis& axis, double share) {
        return axis.low + (axis.high - axis.low) * share;
      };
      const double column = static_cast<double>(cell % 7), row = static_cast<double>(cell / 7);
      const std::vector<double> point{along(plane.x, (column + 0.5) / 7),
                                      along(plane.y, 1 - (row + 0.5) / 60)};
      std::vector<double> answer(model.answers());
      model.predict(point, answer);
      CAPTURE(units, cell);
      CHECK(plane.outputs[0].values[cell] == Approx(answer[0]).margin(1e-9));
    }
  }
}

TEST_CASE("a network of other than two inputs has no plane", "[report]") {
  const host::Experiment e = shipped("symptoms.yaml");
  CHECK(!host::sample_plane(*host::Trainer::create(e), 1));
}

TEST_CASE("the report of a run says what the run was", "[report]") {
  const host::Experiment e = shipped("diagonal.yaml");
  const auto trainer = host::Trainer::create(e);
  host::RunResult result;
  result.run = "runs/diagonal/0001";
  result.parameters = 15;
  result.outcome = trainer->train({});
  const host::Report report = host::report_of(result, {"nnrun", "diagonal.yaml"}, e, *trainer);
  CHECK(report.summary ==
        std::vector<std::string>{
            "The accuracy of 'diagonal' on the test part is 98.89 % after 1 epoch."});
  const Json object = to_json(report, host::ReportForm::file);
  CHECK(object.at("kind") == "run");
  CHECK(object.at("baseline").is_null());
  CHECK(!object.contains("page"));
  const Json& config = object.at("configs").at(0);
  CHECK(config.at("mean") == config.at("runs")[0].at("test").at("accuracy"));
  CHECK(config.at("mean").get<double>() == Approx(0.9889).margin(1e-9));
  CHECK(config.at("runs")[0].at("seed") == e.seed);
  CHECK(config.at("interval95").is_null());
  CHECK(object.at("seeds").dump() == "[" + std::to_string(e.seed) + "]");
  CHECK(object.at("reproduce").at("version").contains("compiler"));
}

TEST_CASE("the report of a network of images has the pictures that it got wrong", "[report]") {
  const Scratch scratch;
  std::string pixels, labels;
  for (int i = 0; i < 30 * 30; ++i) pixels += static_cast<char>(i * 71 % 241);
  for (int i = 0; i < 30; ++i) labels += static_cast<char>(i % 3);
  const std::string x = scratch.write("x", idx_bytes({30, 6, 5}, pixels)).string(),
                    t = scratch.write("t", idx_bytes({30}, labels)).string();
  const host::Experiment e =
      experiment("data: {type: idx, images: " + x + ", labels: " + t +
                 "}\nmodel: {input: [6, 5, 1], layers: [{type: conv2d, filters: 4, kernel_size: 3, "
                 "activation: "
                 "relu, padding: same}, {type: flatten}, {type: dense, activation: softmax}]}\n"
                 "train: {cost: cross_entropy, measure: after_epoch}\nmetrics: [accuracy]\n");
  const auto trainer = host::Trainer::create(e);
  const host::Outcome outcome = trainer->train({});
  const host::Pictures pictures = host::sample_pictures(*trainer, NNRUN_TRAIN).value();
  CHECK((pictures.height == 6 && pictures.width == 5 && pictures.channels == 1));
  CHECK(pictures.examples == 30);
  const double accuracy = outcome.result->train.metrics[0];
  CHECK(static_cast<double>(pictures.wrong) == Approx((1 - accuracy) * 30));
  REQUIRE(pictures.surest.size() == std::min<std::size_t>(24, pictures.wrong));
  for (std::size_t i = 0; i < pictures.surest.size(); ++i) {
    CHECK(pictures.surest[i].is != pictures.surest[i].said);
    CHECK(pictures.surest[i].bytes.size() == 30);
    if (i > 0) CHECK(pictures.surest[i].output <= pictures.surest[i - 1].output);
  }
  REQUIRE(pictures.filters.size() == 1);
  CHECK((pictures.filters[0].title == "conv2d_1" && pictures.filters[0].pictures.size() == 4 &&
         pictures.filters[0].pictures[0].size() == 9));
  REQUIRE(pictures.maps.size() == 2);
  // the first example: byte i is i * 71 % 241, and the largest of all is below 255
  CHECK(pictures.maps[0].pictures[0][1] == 71);
  CHECK((pictures.maps[1].height == 6 && pictures.maps[1].pictures.size() == 4));
}

TEST_CASE("what is told to be wrong is of the parameters that a run ends with", "[report]") {
  const Scratch scratch;
  std::string pixels, labels;
  for (int i = 0; i < 60 * 30; ++i) pixels += static_cast<char>(i * i * 71 % 241);
  for (int i = 0; i < 60; ++i) labels += static_cast<char>(i * i % 7 % 3);
  const std::string x = scratch.write("x", idx_bytes({60, 6, 5}, pixels)).string(),
                    t = scratch.write("t", idx_bytes({60}, labels)).string();
  const std::string end = GENERATE(  // its end, a stop on the way, the best epoch, another state
      "epochs: 4", "epochs: 9",
      "epochs: 30, early_stopping: {monitor: val.cost, patience: "
      "2, restore_best: true}",
      "epochs: 5");
  const std::string metric = GENERATE("accuracy", "confusion_matrix");
  CAPTURE(end, metric);
  const host::Experiment e = experiment(
      "data: {type: idx, images: " + x + ", labels: " + t +
      ", split: {validation: 0.4}}\nmodel: {input: [6, 5], layers: [{type: flatten}, {type: dense, "
      "units: 9, activation: tanh}, {type: dense, activation: softmax}]}\ntrain: {cost: "
      "cross_entropy, batch_size: 6, optimizer: {type: sgd, learning_rate: 1}, " +
      end + "}\nmetrics: [" + metric + "]\n");
  const auto trainer = host::Trainer::create(e);
  const host::StateCopy start(trainer->state().numbers());
  trainer->advance({}, end == "epochs: 9" ? 14 : host::Trainer::every_step);
  if (end == "epochs: 5") trainer->restore(start.numbers());
  trainer->finish();
  const std::size_t part = GENERATE(std::size_t{NNRUN_TRAIN}, std::size_t{NNRUN_VALIDATION});
  // these are always worked out anew
  const host::AnsweredExamples all = trainer->answered_examples(part, 60);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < all.count; ++i)
    wrong += host::largest_of(&all.outputs[3 * i], 3) != host::largest_of(&all.targets[3 * i], 3);
  const host::WrongAnswers told = trainer->wrong_answers(part, 5);
  CHECK(told.examples == all.count);
  CHECK(told.wrong == wrong);
  CHECK(told.surest.size() == std::min<std::size_t>(wrong, 5));
}

TEST_CASE("an autoencoder's code of two numbers is drawn, with pictures that lie apart",
          "[report]") {
  const Scratch scratch;
  std::string pixels;
  for (int i = 0; i < 30 * 30; ++i) pixels += static_cast<char>(i / 30 * 8);  // one grey each
  const std::string x = scratch.write("x", idx_bytes({30, 6, 5}, pixels)).string(),
                    t = scratch.write("t", idx_bytes({30}, std::string(30, '\1'))).string();
  const auto pictures_of = [&](int code) {
    const host::Experiment e = experiment(
        "data: {type: idx, images: " + x + ", labels: " + t +
        ", target: image}\nmodel: {input: [6, 5], layers: [{name: code, type: dense, units: " +
        std::to_string(code) +
        "}, {type: dense, units: 30}]}\ntrain: {cost: mean_squared_error}\n");
    const auto trainer = host::Trainer::create(e);
    return host::sample_pictures(*trainer, NNRUN_TRAIN).value();
  };
  const auto code = pictures_of(2).code;
  REQUIRE(code);
  CHECK(code->layer == "code");
  REQUIRE(code->points.size() == 30);
  // nothing is trained: a code is a multiple of the grey, so all lie on one line
  for (std::size_t i = 1; i < 30; ++i) {
    CHECK(code->points[i].first == Approx(code->points[1].first * static_cast<double>(i)));
    CHECK(code->points[i].second == Approx(code->points[1].second * static_cast<double>(i)));
  }
  REQUIRE(code->shown.size() == code->pictures.pictures.size());
  CHECK(code->shown.size() > 5);
  CHECK(code->shown.size() < 30);
  CHECK_FALSE(pictures_of(3).code);
}

TEST_CASE("pictures are base64 in a page, and only runs on images have some", "[report]") {
  host::Pictures pictures{.height = 1, .width = 3};
  pictures.filters = {{"f", 1, 3, 1, {{1, 2, 3}, {255}, {0, 16, 131, 16}}}};
  CHECK(to_json(pictures)["filters"][0]["pictures"].dump() == R"(["AQID","/w==","ABCDEA=="])");
  for (const std::string name : {"diagonal.yaml", "symptoms.yaml"}) {
    const auto trainer = host::Trainer::create(shipped(name));
    CHECK(!host::sample_pictures(*trainer, NNRUN_TRAIN));
  }
}

TEST_CASE("a run's folder tells what it can, and no more is believed", "[report]") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "run");
  const auto read = [&] { return host::read_run(scratch / "run", 3); };
  CHECK(read().status == "missing");
  const std::string start = R"({"seed": 3, "config_sha256": "", "data_sha256": "", "plugins": [],
    "status": )";
  scratch.write("run/run.json", start + R"("failed", "error": "why"})");
  CHECK(read().error == "why");
  CHECK(!read().epochs);
  CHECK(!value_in(read(), "test", "cost"));
  scratch.write("run/run.json", start + R"("done", "result": {"test": {"cost": null,
    "accuracy": 0.5, "confusion_matrix": [[3, 1], [0, 4]]}, "epochs": 2, "parameters": 3,
    "seconds": {"total": 2, "train": 1}, "weights_sha256": ""}})");
  CHECK(value_in(read(), "test", "accuracy") == 0.5);
  CHECK(!value_in(read(), "test", "cost"));
  CHECK(!value_in(read(), "test", "confusion_matrix"));
  CHECK(!value_in(read(), "train", "accuracy"));
  const auto [text, what] = GENERATE_COPY(table<std::string, std::string>({
      {"[]", "this should be a map, not a list of 0"},
      {R"({"status": 1})", "'status' should be one of done, failed, interrupted, running, not 1"},
      {start + R"("done", "result": {"test": 1}})", "'result.test' should be a map, not 1"},
      {start + R"("done", "result": {"parameters": 1, "epochs": "many"}})",
       "'result.epochs' should be a whole number, not \"many\""},
      {start + R"("done"})", "'result' is missing"},
  }));
  scratch.write("run/run.json", text);
  CHECK(said<host::RecordError>(read) ==
        "error: " + what + "\n  --> " + (scratch / "run/run.json").string() +
            "\n   = help: nnrun wrote this file, and something changed it: put it back\n");
}

}  // namespace nnrun::testing
