// What the command line says of a run that is trained: followed by eval and predict alike, or
// refused, and never passed over.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A run on cities and sizes, with a target that is scaled.
struct Rents {
  Scratch scratch;

  Rents() {
    std::string table = "city,size,rent\n";
    for (int i = 0; i < 30; ++i)
      table += std::string(i % 2 ? "Bonn" : "Kiel") + "," + std::to_string(20 + i) + "," +
               std::to_string(500 + 7 * i) + "\n";
    scratch.write("a.csv", table);
    scratch.write("c.yaml",
                  "data: {type: csv, path: a.csv, targets: [rent], scale: standard, target_scale: "
                  "standard}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: "
                  "mean_squared_error}\nmetrics: [mean_absolute_error]\n");
    REQUIRE((*this)("c.yaml -q --out r").status == 0);
  }
  Ended operator()(const std::string& words) const {
    return run("$nnrun " + words, scratch.folder());
  }
};

}  // namespace

TEST_CASE("an unknown text counts as none in eval as in predict", "[cli][eval]") {
  const Rents rents;
  rents.scratch.write("more.csv", "city,size,rent\nMars,30,1000\n");
  const std::string ignore = " --set data.columns.city.unknown=ignore";
  const Ended eval = rents("eval r --json --data test=more.csv" + ignore);
  CAPTURE(eval.err);
  REQUIRE(eval.status == 0);
  const json answer = parsed(rents("predict r --json --csv more.csv" + ignore).out);
  CHECK(parsed(eval.out)["mean_absolute_error"].get<double>() ==
        Approx(std::abs(1000 - answer["predict"][0]["output"][0].get<double>())).epsilon(1e-4));
  CHECK_THAT(refused("$nnrun eval r --data test=more.csv", 5, rents.scratch.folder()),
             Contains("unknown text 'Mars'"));
}

TEST_CASE("what the model has decided is refused by eval and by predict", "[cli][eval]") {
  const Rents rents;
  for (const std::string verb : {"eval r", "predict r --csv a.csv"}) {
    const auto said = [&](const std::string& words) {
      return refused("$nnrun " + verb + " " + words, 3, rents.scratch.folder());
    };
    CHECK(said("--data scale=none") ==
          "error: the run was not trained so: 'data.scale' is standard, not none\n"
          "   = help: the model has it; train again for another one\n");
    CHECK_THAT(said("--data target_scale=log"),
               StartsWith("error: the run was not trained so: 'data.target_scale' is standard, "
                          "not log\n"));
    CHECK_THAT(said("--data 'targets=[size]'"),
               StartsWith("error: the run was not trained so: 'data.targets' is [rent], not "
                          "[size]\n"));
    CHECK_THAT(said("--data positive=yes"), Contains("'data.positive' is not given, not "));
    CHECK_THAT(said("--data 'features=[size]'"), Contains("'data.features' is "));
    CHECK_THAT(said("--set data.columns.city.unknown=other"),
               StartsWith("error: the run was not trained so: column 'city' stays as it is\n"));
    CHECK_THAT(said("--set data.columns.size.missing=median"),
               StartsWith("error: the run was not trained so: column 'size' stays as it is\n"));
    CHECK_THAT(said("--set data.columns.town.unknown=ignore"),
               StartsWith("error: the run has no input 'town'\n"));
    // as it was trained is no change
    CHECK(rents(verb + " --data scale=standard --data 'targets=[rent]'").status == 0);
  }
}

TEST_CASE("windows, divisors and classes are those of the training", "[cli][eval]") {
  const Scratch scratch;
  std::string rows = "x,y\n";
  for (int i = 0; i < 60; ++i) rows += std::to_string(i % 7) + "," + std::to_string(i % 5) + "\n";
  scratch.write("s.csv", rows);
  scratch.write("x.npy", npy_bytes("'<f8'", "(3, 1)", bytes_of<double>({1, 2, 3})));
  scratch.write("t.npy", npy_bytes("'<f8'", "(3,)", bytes_of<double>({0, 1, 0})));
  const std::string train = "train: {cost: mean_squared_error, optimizer: sgd, epochs: 1}\n";
  scratch.write("s.yaml",
                "data: {type: csv, path: s.csv, targets: [y], windows: {length: 4, horizon: 2}}\n"
                "model: {layers: [{type: flatten}, {type: dense}]}\n" +
                    train);
  scratch.write("a.yaml",
                "data: {type: npy, inputs: x.npy, targets: t.npy, one_hot: true, divide_by: 3, "
                "classes: [no, yes]}\nmodel: {layers: [{type: dense, units: 2}]}\n" +
                    train);
  for (const char* const name : {"s", "a"})
    refused("$nnrun -q " + std::string(name) + ".yaml --out " + name + " >said", 0,
            scratch.folder());
  const auto said = [&](const std::string& words) {
    return refused("$nnrun " + words, 3, scratch.folder());
  };
  for (const std::string verb : {"eval s --data test=s.csv", "predict s --csv s.csv"}) {
    CHECK_THAT(
        said(verb + " --data windows.length=3"),
        StartsWith("error: the run was not trained so: 'data.windows.length' is 4, not 3\n"));
    CHECK_THAT(said(verb + " --data windows.horizon=1"),
               StartsWith("error: the run was not trained so: 'data.windows.horizon' is 2, not 1"));
  }
  CHECK_THAT(said("eval s --data test=s.csv --data windows=null"),
             StartsWith("error: the run was not trained so: 'data.windows."));
  CHECK(run("$nnrun eval s --data test=s.csv --data windows.stride=3", scratch.folder()).status ==
        0);
  const std::string arrays = "eval a --data test_inputs=x.npy --data test_targets=t.npy ";
  CHECK_THAT(said(arrays + "--data divide_by=1"),
             StartsWith("error: the run was not trained so: 'data.divide_by' is 3, not 1\n"));
  CHECK_THAT(
      said(arrays + "--data classes=[yes,no]"),
      StartsWith("error: the run was not trained so: 'data.classes' is [\"no\", \"yes\"], not "
                 "[\"yes\", \"no\"]\n"));
  CHECK(run("$nnrun " + arrays + "--data classes=[no,yes]", scratch.folder()).status == 0);
}

TEST_CASE("a run is named by its folder or by its model", "[cli][eval]") {
  const Rents rents;
  const std::string answer = rents("predict r Kiel,30").out;
  CHECK(rents("predict r/model.safetensors Kiel,30").out == answer);
  CHECK(rents("eval r/model.safetensors").out == rents("eval r").out);
  CHECK(run("cd r && $nnrun predict model.safetensors Kiel,30", rents.scratch.folder()).out ==
        answer);
  for (const char* verb : {"eval", "verify", "predict --json", "runs diff r", "runs rm"})
    CHECK(run("$nnrun " + std::string(verb) + " nowhere" + (verb[0] == 'p' ? " 1" : ""),
              rents.scratch.folder())
              .status == 2);
}

TEST_CASE("arrays of a npz run are measured on npy files", "[cli][eval]") {
  const Scratch scratch;
  scratch.write("x.npy", npy_bytes("'<f8'", "(3, 1)", bytes_of<double>({1, 2, 3})));
  scratch.write("t.npy", npy_bytes("'<f8'", "(3,)", bytes_of<double>({2, 4, 6})));
  const Ended packed = run(
      "python3 -c \"import zipfile; z = zipfile.ZipFile('d.npz', 'w'); z.write('x.npy', 'x.npy'); "
      "z.write('t.npy', 't.npy')\"",
      scratch.folder());
  if (packed.status != 0) {
    WARN("skipped: no python3 to write an npz file");
    return;
  }
  scratch.write("c.yaml",
                "data: {type: npy, inputs: d.npz, inputs_array: x, targets: d.npz, targets_array: "
                "t}\nmodel: {layers: [{type: dense}]}\ntrain: {cost: mean_squared_error}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  const auto eval = [&](const std::string& words) {
    const Ended ended = run("$nnrun eval r --json " + words, scratch.folder());
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
    return parsed(ended.out)["cost"];
  };
  CHECK(eval("--data inputs=x.npy --data targets=t.npy") == eval(""));
  CHECK(eval("--data inputs=d.npz --data targets=t.npy") == eval(""));
}

TEST_CASE("options of files are refused with examples, and brief answers are brief there too",
          "[cli][predict]") {
  const Scratch scratch;
  scratch.write("a.csv", "x,kind\n1,lily\n2,rose\n3,lily\n4,rose\n");
  scratch.write("c.yaml",
                "data: {type: csv, path: a.csv}\nmodel: {layers: [{type: dense, activation: "
                "softmax, units: 2}]}\ntrain: {cost: cross_entropy}\n");
  REQUIRE(run("$nnrun c.yaml -q --out r", scratch.folder()).status == 0);
  CHECK(refused("$nnrun predict r 1 --on-error empty", 2, scratch.folder()) ==
        "error: --on-error is for the rows of a file: examples that cannot be answered are "
        "refused\n");
  const json whole = parsed(run("$nnrun predict r 1 --json", scratch.folder()).out)["predict"][0];
  const std::string brief = run("$nnrun predict r 1 --brief", scratch.folder()).out;
  std::istringstream words(brief);
  std::string predict, example, title, name;
  double probability = 0;
  words >> predict >> example >> probability >> title >> name;
  CHECK(example == "(1)");
  CHECK(probability == Approx(whole["probability"].get<double>()).epsilon(1e-6));
  CHECK(name == whole["class"]);
}

}  // namespace nnrun::testing
