// eval and predict: a recorded run used again.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

/// A run on a table with three classes, scaled, with features and a split.
struct Kinds {
  Scratch scratch;
  Ended trained;
  Kinds() {
    std::string table = "id;a;b;kind\n";
    for (int i = 0; i < 120; ++i) {
      const double a = 1000 + i % 7, b = (i % 3) * 0.01 + (i % 5) * 0.001;
      table += std::to_string(i) + ";" + std::to_string(a) + ";" + std::to_string(b) + ";" +
               (i % 3 == 0   ? "x,y"
                : i % 3 == 1 ? "b"
                             : "c") +
               "\n";
    }
    scratch.write("kinds.csv", table);
    scratch.write("kinds.yaml",
                  "seed: 4\n"
                  "data: {type: csv, path: kinds.csv, separator: ;, inputs: [a, b], targets: "
                  "[kind], features: [a, "
                  "b, b^2], scale: standard, split: {test: 0.25, stratify: true}}\n"
                  "model: {input: 3, layers: [{type: dense, units: 3, activation: sigmoid}]}\n"
                  "train: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: 0.5}, "
                  "batch_size: 10, epochs: 40}\n"
                  "metrics: [accuracy]\n");
    trained = run("$nnrun --json kinds.yaml --out kinds", scratch.folder());
    REQUIRE(trained.err == "");
    REQUIRE(trained.status == 0);
  }
  Ended again(const std::string& command) const {
    return run("$nnrun " + command, scratch.folder());
  }
};

}  // namespace

TEST_CASE("eval gives the cost and metrics that the run recorded, to the last bit", "[cli][eval]") {
  const Scratch scratch;
  for (const char* name :
       {"diagonal", "diagonal-minibatch"}) {  // a sequential generator, a counter
    CAPTURE(name);
    const Ended trained = run("$nnrun --json $configs/" + std::string(name) + ".yaml --out " + name,
                              scratch.folder());
    REQUIRE(trained.status == 0);
    const json test = parsed(trained.out)["test"];
    const Ended eval = run("$nnrun eval --json " + std::string(name), scratch.folder());
    CHECK(eval.err == "");
    const json again = parsed(eval.out);
    CHECK(again["part"] == "test");
    CHECK(again["examples"] == 10000);
    CHECK(again["cost"] == test["cost"]);
    CHECK(again["accuracy"] == test["accuracy"]);
  }
  const Ended text = run("$nnrun eval diagonal", scratch.folder());
  CHECK(text.out == "test   cost 0.009918   accuracy 98.89 %   (10000 examples)\n");
}

TEST_CASE("a run is used again with its scaling, features, split and classes", "[cli][eval]") {
  const Kinds kinds;
  const json test = parsed(kinds.trained.out)["test"];
  CHECK(test["accuracy"] > 0.9);
  const json again = parsed(kinds.again("eval --json kinds").out);
  CHECK(again["examples"] == 30);
  CHECK(again["cost"] == test["cost"]);

  // other data: only two classes, other numbers; scaling and classes stay those of the run
  std::filesystem::remove(kinds.scratch / "kinds.csv");
  kinds.scratch.write("new.csv", "kind;b;a\nc;0.021;1003\nc;0.022;1001\n\"x,y\";0.001;1002\n");
  const Ended other =
      kinds.again("eval kinds --data path=new.csv --data split.test=0 --data split.stratify=false");
  CHECK(other.err == "");
  CHECK_THAT(other.out, StartsWith("train  cost ") && Contains("accuracy 100.00 %   (3 examples)"));
}

TEST_CASE("predict streams outputs and class names, columns found by name", "[cli][predict]") {
  const Kinds kinds;
  std::filesystem::remove(kinds.scratch / "kinds.csv");  // not needed any more
  kinds.scratch.write("in.csv", "b;note;a\n0.021;1;1003\n0.001;nothing;1002\n");
  const Ended out = kinds.again("predict kinds --csv in.csv");
  CHECK(out.status == 0);
  CHECK_THAT(out.err, StartsWith("2 rows in "));
  std::istringstream lines(out.out);
  std::string line;
  std::getline(lines, line);
  CHECK(line == "b,c,\"x,y\",class");
  std::getline(lines, line);
  CHECK_THAT(line, Catch::EndsWith(",c"));
  std::getline(lines, line);
  CHECK_THAT(line, Catch::EndsWith(",\"x,y\""));
  CHECK_FALSE(std::getline(lines, line));

  const json points = parsed(kinds.again("predict kinds 1003,0.021 1002,0.001 --json").out);
  CHECK(points["predict"][0]["class"] == "c");
  CHECK(points["predict"][1]["class"] == "x,y");
  const json streamed = parsed(kinds.again("predict kinds --json --csv - < in.csv").out);
  CHECK(streamed["predict"][0]["output"] == points["predict"][0]["output"]);
  const Ended text = kinds.again("predict kinds 1003,0.021");
  CHECK_THAT(text.out, StartsWith("predict (1003, 0.021)  0.") && Catch::EndsWith("class   c\n"));
}

TEST_CASE("predict gives the article's number, from the run's own weights", "[cli][predict]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out d", scratch.folder()).status == 0);
  const Ended out = run("$nnrun predict d 0.5,0.01 0.3,0.7", scratch.folder());
  CHECK(out.err == "");
  std::istringstream words(out.out.substr(std::string("predict (0.5, 0.01)").size()));
  double y = 0;
  words >> y;
  CHECK(y == Approx(0.000019314711178699818).epsilon(1e-10));
  CHECK(run("$nnrun predict d -0.5,0.01", scratch.folder()).status == 0);
  scratch.write("x.csv", "x,y\n0.5,0.01\n");
  CHECK_THAT(run("$nnrun predict d --csv x.csv", scratch.folder()).out,
             StartsWith("above\n1.9314711178"));
}

TEST_CASE("rows of many chunks are predicted as each of them alone", "[cli][predict]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out d", scratch.folder()).status == 0);
  std::string table = "y,x\n";
  for (int i = 0; i < 1000; ++i)
    table += std::to_string(i % 10 * 0.1) + "," + std::to_string(i % 7 * 0.125) + "\n";
  scratch.write("x.csv", table);
  const Ended all = run("$nnrun predict d --csv x.csv", scratch.folder());
  REQUIRE(all.status == 0);
  std::istringstream lines(all.out);
  std::vector<std::string> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(line);
  REQUIRE(answers.size() == 1001);
  for (std::size_t i = 1; i + 70 < answers.size(); ++i) REQUIRE(answers[i] == answers[i + 70]);
  const json one = parsed(run("$nnrun predict d 0.375,0.3 --json", scratch.folder()).out);
  CHECK(std::stod(answers[4]) == one["predict"][0]["output"][0].get<double>());
}

TEST_CASE("what predict cannot use is refused with its place", "[cli][predict]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out d", scratch.folder()).status == 0);
  const auto said = [&](const std::string& arguments, int status) {
    return refused("$nnrun predict -q " + arguments, status, scratch.folder());
  };
  CHECK(said("d", 2) ==
        "error: predict needs examples, or a file with --csv, --jsonl, --npy or --idx\n"
        "   = help: nnrun predict d 'x,y', with a value in place of each name\n");
  CHECK(said("nowhere", 2) ==
        "error: 'nowhere' is not the folder of a run: it is not there\n"
        "   = help: nnrun runs lists those that are below a folder\n");
  CHECK(said("d 1,2 --csv x.csv", 2) == "error: predict takes examples or --csv, not both\n");
  CHECK(said("d 1,2,3", 2) ==
        "error: an example of this run has 2 numbers, '1,2,3' has 3\n"
        "   = help: x,y\n");
  CHECK(said("d 1,two", 5) ==
        "error: column 'y': expected a finite number, found 'two'\n"
        "  --> '1,two'\n");
  CHECK(said("d 1,inf", 5) ==
        "error: column 'y': expected a finite number, found 'inf'\n"
        "  --> '1,inf'\n");
  CHECK(said("d 1,NA", 5) ==
        "error: column 'y': a value is missing, 'NA'\n"
        "  --> '1,NA'\n"
        "   = help: the run does not fill it in: train with columns: {y: {missing: median}}, or "
        "leave the row out\n");
  CHECK(run("$nnrun predict -q d '1, 2'", scratch.folder()).out ==
        run("$nnrun predict -q d 1,2", scratch.folder()).out);
  CHECK(said("d --csv x.csv", 5) ==
        "error: no such file\n"
        "  --> x.csv\n");
  scratch.write("x.csv", "x,y\n1,2\n3,\n");
  CHECK(said("d --csv x.csv", 5) ==
        "error: column 'y': a value is missing\n"
        "  --> x.csv:3\n"
        "   = help: the run does not fill it in: train with columns: {y: {missing: median}}, or "
        "leave the row out\n"
        "           --on-error empty answers the other rows, and leaves this one empty\n");
  scratch.write("x.csv", "x,z\n1,2\n");
  CHECK(said("d --csv x.csv", 5) ==
        "error: no column 'y'\n"
        "  --> x.csv:1\n"
        "   = help: the file has: x, z\n");
  CHECK(said("nowhere 1,2", 2) ==
        "error: 'nowhere' is not the folder of a run: it is not there\n"
        "   = help: nnrun runs lists those that are below a folder\n");
  CHECK(said("x.csv 1,2", 2) ==
        "error: 'x.csv' is not the folder of a run, nor a model.safetensors\n"
        "   = help: nnrun runs lists the runs that are below a folder\n");
  CHECK(said("d/config.yaml 1,2", 2) ==
        "error: 'd/config.yaml' is not the folder of a run, nor a model.safetensors\n"
        "   = help: nnrun d/config.yaml trains it, and says where its run is\n");
  CHECK(said(". 1,2", 2) ==
        "error: '.' is not the folder of a run: it has no config.yaml\n"
        "   = help: nnrun runs . lists those that are below it\n");
  CHECK(said("d '1,2\n3,4'", 5) ==
        "error: an example is numbers with commas between, not '1,2 3,4'\n"
        "   = help: x,y\n");
}

TEST_CASE("a model that is gone is made again by the command that the message names",
          "[cli][predict]") {
  const Scratch scratch;
  const std::string every = GENERATE(as<std::string>(), "never", "1 epoch", "7");
  CAPTURE(every);
  REQUIRE(run("$nnrun -q $configs/diagonal-minibatch.yaml --out d --set "
              "train.checkpoint.every='" +
                  every + "'",
              scratch.folder())
              .status == 0);
  const std::string model = text_of(scratch / "d/model.safetensors");
  const json result = parsed(text_of(scratch / "d/run.json"))["result"];
  std::filesystem::remove(scratch / "d/model.safetensors");
  CHECK(refused("$nnrun predict -q d 1,2", 1, scratch.folder()) ==
        "error: the run in 'd' has no model.safetensors: it was there when the run ended\n"
        "   = help: nnrun train --resume d makes it again\n");
  scratch.write("next.yaml", "extends: d/config.yaml\nmodel: {weights: d/model.safetensors}\n");
  CHECK_THAT(
      refused("$nnrun -q next.yaml --out e", 5, scratch.folder()),
      Contains("= help: nnrun train --resume ") && Contains("/d makes the model of that run\n"));
  REQUIRE(run("$nnrun train -q --resume d", scratch.folder()).status == 0);
  CHECK(text_of(scratch / "d/model.safetensors") == model);
  CHECK(parsed(text_of(scratch / "d/run.json"))["result"]["weights_sha256"] ==
        result["weights_sha256"]);
  CHECK(run("$nnrun predict -q d 1,2", scratch.folder()).status == 0);
}

TEST_CASE("a plugin of a run that is missing is named, with where it was", "[cli][predict]") {
  const Scratch scratch;
  scratch.write("swish.cpp",
                "#include <nnrun/plugin.hpp>\n"
                "struct Swish : nnrun::Activation {\n"
                "  static constexpr auto name = \"swish_of_mine\", doc = \"x * sigmoid(x)\";\n"
                "  auto f(auto x) const { return x * sigmoid(x); }\n};\nNNRUN_REGISTER(Swish)\n");
  const std::string build = NNRUN_CXX " -std=c++20 -O1 -fPIC -shared -I" NNRUN_SOURCE_DIR
                                      "/framework/include swish.cpp -o swish.so && ";
  REQUIRE(run(build + "NNRUN_PLUGIN_PATH=$PWD/swish.so $nnrun -q $configs/diagonal.yaml --out d "
                      "--set model.defaults.activation=swish_of_mine "
                      "--set train.optimizer.learning_rate=0.01",
              scratch.folder())
              .status == 0);
  CHECK(run("NNRUN_PLUGIN_PATH=$PWD/swish.so $nnrun predict d 1,2", scratch.folder()).err == "");

  const std::string library = (scratch / "swish.so").string();
  const Ended here = run("$nnrun predict d 1,2", scratch.folder());
  CHECK(here.status == 4);
  CHECK(here.err ==
        "error: the run needs activation 'swish_of_mine', which no loaded plugin provides\n  --> " +
            library + "\n   = help: set NNRUN_PLUGIN_PATH=" + library + "\n");
  const json record = parsed(text_of(scratch / "d/run.json"));
  std::string sum;
  for (const json& plugin : record["plugins"])
    if (plugin["file"] == library) sum = plugin["sha256"];
  REQUIRE(sum.size() == 64);
  std::ofstream(scratch / "swish.cpp", std::ios::app) << "// changed\nint changed_of_mine = 1;\n";
  const Ended changed =
      run(build + "NNRUN_PLUGIN_PATH=$PWD/swish.so $nnrun predict d 1,2", scratch.folder());
  CHECK(changed.status == 0);
  CHECK(changed.err == "note: changed since the run, so numbers may differ: swish.so\n");
  const Ended rerun =
      run("NNRUN_PLUGIN_PATH=$PWD/swish.so $nnrun train d/config.yaml --out again 2>&1 >out.txt | "
          "grep note; NNRUN_PLUGIN_PATH=$PWD/swish.so $nnrun runs diff d again",
          scratch.folder());
  CHECK_THAT(rerun.out,
             Contains("note: changed since the run, so numbers may differ: swish.so\n") &&
                 Contains("\nPlugins\n  swish.so  sha256 " + sum.substr(0, 12) + "  sha256 "));
  std::filesystem::remove(library);
  CHECK(run("$nnrun predict d 1,2", scratch.folder()).err ==
        "error: the run needs activation 'swish_of_mine', which no loaded plugin provides\n  --> " +
            library +
            " (no longer there)\n"
            "   = help: put the library back, or build it again and let NNRUN_PLUGIN_PATH say "
            "where it is\n"
            "           its sha256 was " +
            sum + "\n");
}

}  // namespace nnrun::testing
