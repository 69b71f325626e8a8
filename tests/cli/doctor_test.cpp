// The verb `doctor`: where its findings point, what it prints, and what it refuses.
#include <catch2/catch.hpp>
#include <cmath>

#include "diagnosis/plants.hpp"
#include "support/program.hpp"
namespace nnrun::testing {

using Catch::Contains;
using nlohmann::json;

TEST_CASE("a finding points to the file that says so, whichever extends which", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 0.1}";
  scratch.write("base.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const auto where = [&](const std::string& child, const std::string& id,
                         const std::string& words = "") {
    scratch.write("net.yaml", "extends: base.yaml\n" + child);
    const json answer = examined("net.yaml --seconds 1" + words, scratch.folder(), 1);
    for (const json& finding : answer["findings"])
      if (finding["id"] == id) return finding["where"].get<std::string>();
    return answer.dump();
  };
  CHECK(where("train: {optimizer: {learning_rate: 100}}\n", "learning_rate") == "net.yaml:2:36");
  CHECK(where("name: x\nmodel: {layers: {dense_1: {frozen: true}}}\n", "mismatch") ==
        "net.yaml:3:36");
  CHECK(where("model: {layers: {dense_2: {activation: softmax}}}\n", "mismatch") ==
        "net.yaml:2:40");
  CHECK(where("model: {layers: {dense_2: {activation: none}}}\n", "mismatch") == "net.yaml:2:40");
  CHECK(where("model: {defaults: {init: zeros}}\n", "symmetric_start") == "net.yaml:2:26");
  CHECK(where("train: {cost: {class_weights: [1, 0]}}\n", "class_weights") == "net.yaml:2:31");
  CHECK_THAT(where("", "learning_rate", " --set train.optimizer.learning_rate=100"),
             Contains("--set"));
  // of two keys with one number, the one that is meant
  CHECK(where("train: {max_seconds: 100, optimizer: {learning_rate: 100}}\n", "learning_rate") ==
        "net.yaml:2:54");
}

TEST_CASE("the doctor trains a run that failed again, and says what changed since",
          "[cli][doctor]") {
  const Scratch scratch;
  Net net = net_of_prices(", scale: standard, target_scale: standard");
  net.optimizer = "{type: sgd, learning_rate: 1000}";
  net.defaults = "activation: relu";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", table(examples, plain_row, price_target));
  REQUIRE(run("$nnrun -q net.yaml --out r", scratch.folder()).status == 1);
  REQUIRE_FALSE(std::filesystem::exists(scratch / "r/model.safetensors"));
  const Ended failed = run("$nnrun doctor r --seconds 1", scratch.folder());
  CAPTURE(failed.out, failed.err);
  CHECK(failed.status == 1);
  CHECK_THAT(failed.err, Contains("note: the run has no model, for it failed, ") &&
                             Contains(": this trains it again from its start\n"));
  CHECK_THAT(failed.out, Catch::StartsWith("certain: the learning rate is far too high\n"));

  REQUIRE(
      run("$nnrun -q net.yaml --set train.optimizer.learning_rate=0.01 --out s", scratch.folder())
          .status == 0);
  scratch.write(
      "t.csv", table(
                   examples, [](std::size_t i) { return plain_row(i + 1 - i % 2); }, price_target));
  CHECK_THAT(run("$nnrun doctor s --seconds 1", scratch.folder()).err,
             Contains("note: changed since the run, so numbers may differ: data\n"));
  scratch.write("t.csv", table(
                             examples,
                             [](std::size_t i) {
                               std::vector<double> row = plain_row(i);
                               row.push_back(static_cast<double>(i % 7));
                               return row;
                             },
                             price_target));
  CHECK_THAT(refused("$nnrun doctor s --seconds 1", 3, scratch.folder()),
             Contains("the model's input is 4, but an example of the data set has 5"));
}

TEST_CASE("the doctor reads a run, and leaves it as it is", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 100}";
  net.epochs = "4";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  REQUIRE(run("$nnrun -q net.yaml --out r", scratch.folder()).status == 0);
  const auto before = names_in(scratch / "r");
  const std::string record = text_of(scratch / "r/run.json");
  const json answer = examined("r --seconds 1", scratch.folder(), 1);
  CHECK(answer["training"]["recorded"] == true);
  CHECK(answer["training"]["steps"] == answer["training"]["planned_steps"]);
  CHECK(ids_of(answer).at(0) == "learning_rate");
  CHECK_THAT(answer["findings"][0]["where"].get<std::string>(), Contains("r/config.yaml:"));
  CHECK(names_in(scratch / "r") == before);
  CHECK(text_of(scratch / "r/run.json") == record);
}

TEST_CASE("findings are shown as warnings are, with a drawing of the learning rates",
          "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.optimizer = "{type: sgd, learning_rate: 100}";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const Ended text = run("$nnrun doctor net.yaml --seconds 1", scratch.folder());
  CHECK(text.status == 1);
  CHECK_THAT(text.out,
             Catch::StartsWith("likely: the learning rate is far too high\n --> net.yaml:9:") &&
                 Contains("\n   = note: a rate of ") && Contains(" -> try ") &&
                 Contains("\nlearning rate  cost after ") && Contains("  this one\n") &&
                 Contains(" found: "));
  const Ended quiet = run("$nnrun doctor -q net.yaml --seconds 1", scratch.folder());
  CHECK(quiet.status == 1);
  CHECK_THAT(quiet.out, !Contains("learning rate  cost") && !Contains(" found: "));
  CHECK(names_in(scratch.folder()) ==
        std::vector<std::string>{".command", ".err", ".out", "net.yaml", "t.csv"});
}

TEST_CASE("costs of an examination count classes as training does", "[cli][doctor]") {
  const Scratch scratch;
  const Healthy healthy;
  scratch.write("t.csv", table(
                             400, [&](std::size_t i) { return healthy.x[i]; },
                             [](std::size_t i) { return std::string(i % 20 == 0 ? "1" : "0"); }));
  scratch.write("c.yaml",
                "data: {type: csv, path: t.csv, targets: [t]}\nmodel: {layers: [{type: dense, "
                "activation: sigmoid}]}\ntrain: {epochs: 2, cost: {type: binary_cross_entropy, "
                "class_weights: balanced}}\n");
  const Ended ended = run("$nnrun doctor c.yaml --json", scratch.folder());
  // yes and no count the same, so that the best answer that is always the same is a half
  CHECK(json::parse(ended.out)["training"]["cost_of_means"].get<double>() ==
        Approx(std::log(2.)).epsilon(1e-6));
}

TEST_CASE("the doctor does not call a run healthy of which it saw a few steps", "[cli][doctor]") {
  const Scratch scratch;
  Net net;
  net.layers.insert(net.layers.begin(), 6, "{type: dense, units: 1500}");
  net.optimizer = "{type: sgd, learning_rate: 0.001}";
  net.batch = "480";
  net.epochs = "6000";
  scratch.write("net.yaml", net.text());
  scratch.write("t.csv", plain_table());
  const json answer =
      parsed(run("$nnrun doctor --json net.yaml --seconds 0.1", scratch.folder()).out);
  CAPTURE(answer.dump());
  const bool enough = answer["training"]["seen_enough"];
  CHECK(enough == (answer["training"]["steps"] >= 100));
  const Ended text = run("$nnrun doctor net.yaml --seconds 0.1", scratch.folder());
  CAPTURE(text.out);
  CHECK_THAT(text.out, !Contains("nothing found") && Contains(" of 6000 steps") &&
                           Contains("; --seconds ") && Contains(" sees more"));
}

TEST_CASE("what the doctor cannot examine ends as in other verbs", "[cli][doctor]") {
  const Scratch scratch;
  scratch.write("net.yaml", Net().text());
  CHECK_THAT(refused("$nnrun doctor net.yaml", 5, scratch.folder()), Contains("t.csv"));
  CHECK_THAT(refused("$nnrun doctor no.yaml", 3, scratch.folder()), Contains("no such file"));
  CHECK(refused("$nnrun doctor net.yaml --seconds 0", 2, scratch.folder()) ==
        "error: --seconds needs a number from 0.1 to 3600, not '0'\n");
  scratch.write("t.csv", plain_table());
  REQUIRE(run("$nnrun -q net.yaml --set train.epochs=1 --out r", scratch.folder()).status == 0);
  std::filesystem::copy(scratch / "r/model.safetensors", scratch / "m.safetensors");
  CHECK_THAT(refused("$nnrun doctor m.safetensors", 2, scratch.folder()),
             Contains("is a model without its run"));
}

}  // namespace nnrun::testing
