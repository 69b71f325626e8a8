// A run that is changed from its page: what is refused, what is kept, and that it can be made
// again.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <random>
#include <thread>

#include "serving/served.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using nlohmann::json;

constexpr const char* circle = NNRUN_SOURCE_DIR "/configs/playground/circle.yaml";

class Edited {
 public:
  explicit Edited(const std::string& words = circle)
      : served_("-q " + words + " --out r", scratch_.folder()), events_(served_) {}

  void does(const json& command) const { REQUIRE(served_.command(command.dump()) == 204); }
  int sets(const std::string& key, const std::string& value) const {
    return served_.command(json{{"do", "set"}, {"values", {{key, value}}}}.dump());
  }
  void sets_weight(std::size_t unit, std::size_t input, double value) const {
    does({{"do", "weight"},
          {"block", "dense_1/weights"},
          {"index", {unit, input}},
          {"value", value}});
  }
  /// Makes steps, and returns the picture after them.
  json steps(std::uint64_t steps, std::uint64_t to) {
    does({{"do", "step"}, {"steps", steps}});
    return at(to);
  }
  json at(std::uint64_t step) {
    return events_.frame([&](const json& f) { return f["step"] == step && !f["playing"]; });
  }
  /// Returns the next picture of a run that was changed so often.
  json changed(std::size_t times) {
    return events_.frame([&](const json& f) { return f["edited"].size() == times; });
  }
  std::string refusal(const json& values) const {
    const std::string body = json{{"do", "set"}, {"values", values}}.dump();
    const std::string said = served_.answer(
        "POST " + served_.root() + "command HTTP/1.1\r\nHost: " + served_.host() +
        "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(status_of(said) == 422);
    return said.substr(said.find("\r\n\r\n") + 4);
  }
  json hello() const { return EventReader(served_).next("hello"); }
  json end() {
    served_.interrupt();
    return parsed(text_of(folder() / "run.json"));
  }
  Ended nnrun(const std::string& words) const { return run("$nnrun " + words, scratch_.folder()); }
  fs::path folder() const { return scratch_ / "r"; }
  const Scratch& scratch() const { return scratch_; }

 private:
  Scratch scratch_;
  Served served_;
  EventReader events_;
};

std::string sha_of(const json& record) {
  return record["result"]["weights_sha256"];
}

/// Checks that an edited run is made again, by replay and by verify.
void check_again(const Edited& edited, const json& record) {
  const Ended replay = edited.nnrun("replay r --out again --json --threads 2");
  INFO(replay.out << replay.err);
  CHECK(replay.status == 0);
  CHECK(parsed(replay.out)["weights_sha256"]["now"] == sha_of(record));
  const Ended verify = edited.nnrun("verify r --json");
  INFO(verify.out << verify.err);
  CHECK(parsed(verify.out)["verdict"] == "identical");
  CHECK(text_of(edited.scratch() / "again/edits.jsonl") ==
        text_of(edited.folder() / "edits.jsonl"));
  CHECK(text_of(edited.scratch() / "again/config.yaml") ==
        text_of(edited.folder() / "config.yaml"));
  CHECK(edited.nnrun("eval r").status == 0);
  CHECK(edited.nnrun("predict r 0.5,1").status == 0);
}

TEST_CASE("a run that is changed while it trains is made again from the list of its changes") {
  Edited run;
  run.steps(30, 30);
  CHECK(run.sets("train.optimizer.learning_rate", "0.1") == 204);
  CHECK(run.sets("model.layers.dense_1.units", "6") == 204);
  run.steps(10, 40);
  run.sets_weight(0, 1, 0.75);
  run.sets_weight(0, 1, 0.5);  // the slider moves on: one change
  CHECK(run.sets("model.layers.dense_2.activation", "relu") == 204);
  CHECK(run.sets("train.optimizer", "adam") == 204);
  run.steps(25, 65);
  const json record = run.end();
  CHECK(record["edits"] == 5);
  CHECK(record["status"] == "interrupted");
  CHECK(text_of(run.folder() / "edits.jsonl") ==
        "{\"step\":30,\"set\":{\"train.optimizer.learning_rate\":\"0.1\"}}\n"
        "{\"step\":30,\"set\":{\"model.layers.dense_1.units\":\"6\"}}\n"
        "{\"step\":40,\"block\":\"dense_1/weights\",\"index\":[0,1],\"value\":0.5}\n"
        "{\"step\":40,\"set\":{\"model.layers.dense_2.activation\":\"relu\"}}\n"
        "{\"step\":40,\"set\":{\"train.optimizer\":\"adam\"}}\n");
  CHECK_THAT(text_of(run.folder() / "config.yaml"), Contains("units: 6") && Contains("type: adam"));
  check_again(run, record);
  // it goes on with another length, which is a change like any other
  const Ended on = run.nnrun("train --resume r --set train.epochs=12");
  INFO(on.err);
  CHECK(on.status == 0);
  CHECK_THAT(on.err, Contains("again  nnrun replay r"));
  const json longer = parsed(text_of(run.folder() / "run.json"));
  CHECK(longer["edits"] == 6);
  CHECK(parsed(run.nnrun("verify r --json").out)["verdict"] == "identical");
  CHECK(parsed(run.nnrun("replay r --json").out)["same"] == true);
}

TEST_CASE("a change that is refused is told in the reader's words, and changes nothing") {
  Edited run;
  const json before = run.steps(10, 10);
  CHECK_THAT(run.refusal({{"train.batch_size", "0"}}),
             Contains("must be at least 1, not 0") && !Contains("--set"));
  CHECK_THAT(run.refusal({{"model.layers.dense_9.units", "3"}}), Contains("no layer 'dense_9'"));
  CHECK_THAT(run.refusal({{"model.layers.dense_3.units", "2"}}), Contains("2"));
  CHECK_THAT(run.refusal({{"train.cost", "nonsense"}}), Contains("unknown cost 'nonsense'"));
  // a page must not make the program run code, or read a file that the config does not name
  CHECK_THAT(run.refusal({{"plugins", "[./evil.so]"}}), Contains("'plugins' cannot be changed"));
  CHECK_THAT(run.refusal({{"extends", "/etc/passwd"}}), Contains("'extends' cannot be changed"));
  CHECK_THAT(run.refusal({{"model.defaults.activation", "relu"}}),
             Contains("'model.defaults' cannot be changed") &&
                 Contains("set model.layers.NAME.activation of each layer"));
  CHECK_THAT(run.refusal({{"data", "{type: csv, path: /etc/passwd}"}}),
             Contains("cannot name another file"));
  CHECK_THAT(run.refusal({{"model.weights", "/etc/passwd"}}), Contains("cannot name another file"));
  CHECK_THAT(run.refusal({{"train.optimizer.learning_rate", "${HOME}"}}),
             Contains("cannot read the environment"));
  CHECK_THAT(run.refusal({{"data.noise", "\"\\x24{HOME}\""}}),
             Contains("cannot read the environment"));
  CHECK(run.sets("train.optimizer.learning_rate", "0.1") == 204);
  const json after = run.changed(1);
  CHECK(after["step"] == 10);
  CHECK(after["parameters"] == before["parameters"]);
  const json record = run.end();
  CHECK(record["edits"] == 1);
}

TEST_CASE("a unit, and a layer, that is added and taken away leaves every number as it was") {
  Edited run;
  const json before = run.steps(40, 40);
  const std::string layers = run.hello()["layer_list"].dump();
  CHECK(run.sets("model.layers.dense_1.units", "7") == 204);
  CHECK(run.changed(1)["parameters"] != before["parameters"]);
  CHECK(run.sets("model.layers.dense_1.units", "4") == 204);
  CHECK(run.changed(2)["parameters"] == before["parameters"]);
  json more = parsed(layers);
  more.insert(more.begin() + 2, more[1]);
  more[2]["name"] = "between";
  more[2]["inputs"] = {"dense_2"};
  more[3]["inputs"] = {"between"};
  CHECK(run.sets("model.layers", more.dump()) == 204);
  CHECK(run.changed(3)["parameters"] != before["parameters"]);
  CHECK(run.sets("model.layers", layers) == 204);
  CHECK(run.changed(4)["parameters"] == before["parameters"]);
  run.steps(10, 50);
  check_again(run, run.end());
}

TEST_CASE("what is changed before the first step is a plain run of the changed config") {
  Edited run;
  CHECK(run.sets("model.layers.dense_1.units", "6") == 204);
  CHECK(run.sets("train.epochs", "2") == 204);
  run.does({{"do", "speed"}, {"epochs_per_second", 0}});
  run.does({{"do", "play"}});
  run.at(50);
  const json record = run.end();
  CHECK(record["status"] == "done");
  CHECK_FALSE(record.contains("edits"));
  CHECK_FALSE(fs::exists(run.folder() / "edits.jsonl"));
  const Ended plain = run.nnrun("-q --json " + std::string(circle) +
                                " --out p --set model.layers.dense_1.units=6 --set train.epochs=2");
  CHECK(parsed(plain.out)["weights_sha256"] == sha_of(record));
  CHECK(parsed(run.nnrun("verify r --json").out)["verdict"] == "identical");
}

TEST_CASE("another seed, and a change with `anew`, start anew; so does again after a change") {
  Edited run;
  run.steps(30, 30);
  CHECK(run.sets("train.optimizer.learning_rate", "0.1") == 204);
  run.changed(1);
  run.does({{"do", "again"}});
  CHECK(run.at(0)["edited"].empty());
  run.steps(30, 30);
  CHECK(run.sets("seed", "5") == 204);
  CHECK(run.at(0)["edited"].empty());
  run.steps(30, 30);
  run.does(
      {{"do", "set"}, {"values", {{"metrics", "[]"}, {"train.batch_size", "25"}}}, {"anew", true}});
  CHECK(run.at(0)["edited"].empty());
  run.steps(20, 20);
  const json record = run.end();
  const Ended plain = run.nnrun("-q --json " + std::string(circle) +
                                " --out p --set seed=5 --set train.batch_size=25 --set "
                                "train.optimizer.learning_rate=0.1 --set train.epochs=2");
  CHECK(parsed(plain.out)["weights_sha256"] == sha_of(record));
}

TEST_CASE("a change of the batches is made at the step where the run stands") {
  Edited run;
  run.steps(30, 30);  // 50 of the 250 examples of the second epoch were seen
  CHECK(run.sets("train.batch_size", "60") == 204);
  const json frame = run.changed(1);
  CHECK(frame["step"] == 30);
  CHECK(frame["epochs"] == 1.2);
  CHECK(frame["note"] == "");
  CHECK(run.steps(1, 31)["epochs"] == 1.44);
  run.does({{"do", "epoch"}});
  CHECK(run.at(34)["epochs"] == 2);
  run.does({{"do", "epoch"}});
  CHECK(run.at(39)["epochs"] == 3);
  run.does({{"do", "back"}, {"step", 32}});
  CHECK(run.at(32)["epochs"] == 1.68);
  run.does({{"do", "back"}, {"step", 29}});
  CHECK(run.at(29)["epochs"] == 1.16);
  run.steps(4, 33);
  check_again(run, run.end());
  CHECK(run.nnrun("train -q --resume r --set train.epochs=5").status == 0);
}

TEST_CASE("a change of the examples is made at the end of the epoch, which is told") {
  Edited run;
  run.steps(30, 30);
  CHECK(run.sets("data.noise", "20") == 204);
  const json frame = run.changed(1);
  CHECK(frame["step"] == 50);
  CHECK(frame["epochs"] == 2);
  CHECK(frame["note"] ==
        "data.noise changes between two epochs: the steps from 30 to 50 ended this one as it had "
        "begun");
  run.does({{"do", "epoch"}});
  CHECK(run.at(75)["note"] == "");
  CHECK(run.sets("train.shuffle", "false") == 204);  // nothing is left of the epoch
  CHECK(run.changed(2)["note"] == "");
  check_again(run, run.end());
}

TEST_CASE("batches of another size take the examples that the epoch had left") {
  // y = w x from w = 0 on six examples, half squared error, rate 0.1, worked out here by hand
  const double x[] = {1, 2, 3, 1, 2, 1}, t[] = {2, 1, 2, 4, 3, 1};
  double w = 0;
  const auto step = [&](std::size_t from, std::size_t to) {
    double slope = 0;
    for (std::size_t i = from; i < to; ++i) slope += (w * x[i] - t[i]) * x[i];
    w -= 0.1 * slope / static_cast<double>(to - from);
  };
  const Scratch scratch;
  scratch.write("line.csv", "x,t\n1,2\n2,1\n3,2\n1,4\n2,3\n1,1\n");
  scratch.write("line.yaml",
                "data: {type: csv, path: line.csv, targets: [t]}\n"
                "model: {layers: [{type: dense, units: 1, bias: false, init: zeros}]}\n"
                "train: {cost: half_squared_error, batch_size: 1, epochs: 9, shuffle: false,\n"
                "  optimizer: {type: sgd, learning_rate: 0.1}}\n");
  Edited run((scratch / "line.yaml").string());
  run.steps(2, 2);
  CHECK(run.sets("train.batch_size", "3") == 204);
  const json frame = run.steps(2, 4);
  step(0, 1), step(1, 2), step(2, 5), step(5, 6);
  CHECK(frame["epochs"] == 1);
  const std::vector<unsigned char> bytes = bytes_of(frame["parameters"]);
  float now;
  REQUIRE(bytes.size() >= sizeof now);
  std::memcpy(&now, bytes.data(), sizeof now);
  CHECK(now == Approx(w).epsilon(1e-6));  // of the picture: float32
}

TEST_CASE("a change after a look back goes another way; a look back alone keeps what came later") {
  Edited run;
  run.steps(30, 30);
  CHECK(run.sets("train.optimizer.learning_rate", "0.1") == 204);
  CHECK(run.sets("model.layers.dense_1.units", "5") == 204);
  const json there = run.steps(30, 60);
  run.does({{"do", "back"}, {"step", 10}});
  CHECK(run.at(10)["furthest"] == 60);
  CHECK(run.hello()["layers"][0]["units"] == 4);
  run.steps(50, 60);
  run.does({{"do", "back"}, {"step", 59}});
  run.at(59);
  CHECK(run.steps(1, 60)["parameters"] == there["parameters"]);
  run.does({{"do", "back"}, {"step", 20}});
  run.at(20);
  run.sets_weight(1, 0, -2);
  run.steps(20, 40);
  const json record = run.end();
  CHECK(record["edits"] == 1);
  CHECK(record["result"]["steps"] == 40);
  check_again(run, record);
}

TEST_CASE("an end after a look back behind a change is that of the furthest step") {
  Edited run;
  run.steps(30, 30);
  CHECK(run.sets("model.layers.dense_1.units", "5") == 204);
  run.steps(30, 60);
  run.does({{"do", "back"}, {"step", 10}});
  run.at(10);
  const json record = run.end();
  CHECK(record["edits"] == 1);
  CHECK(record["result"]["steps"] == 60);
  check_again(run, record);
  CHECK(run.nnrun("train -q --resume r --set train.epochs=5").status == 0);
}

TEST_CASE("what is recorded is measured with the weights that were set by hand at the end") {
  Edited run(std::string(circle) + " --set train.epochs=3");
  run.steps(10'000, 3 * run.hello()["steps_per_epoch"].get<std::uint64_t>());
  run.sets_weight(0, 0, 3);
  run.sets_weight(1, 1, -3);
  run.changed(2);
  const json record = run.end();
  CHECK(record["status"] == "done");
  const Ended eval = run.nnrun("eval r --json");
  REQUIRE(eval.status == 0);
  CHECK(record["result"]["test"]["cost"].get<double>() ==
        Approx(parsed(eval.out)["cost"].get<double>()).epsilon(1e-6));
  check_again(run, record);
}

TEST_CASE("a formula and its numbers are fields, and are changed together") {
  Edited run(NNRUN_SOURCE_DIR "/configs/gallery/curve.yaml");
  const auto field_of = [](const json& hello, const std::string& path) {
    for (const json& one : hello["settings"])
      if (one["path"] == path) return one;
    return json();
  };
  const auto field = [&](const std::string& path) { return field_of(run.hello(), path); };
  CHECK(field("data.numbers")["value"] == json{"a=0.7"});
  CHECK(field("data.numbers")["numbers_of"] == "data.formula");
  const auto shown = [&] {
    const json hello = run.hello();  // both of one moment
    return field_of(hello, "data.formula")["value"].get<std::string>() + " " +
           field_of(hello, "data.numbers")["value"].dump();
  };
  const auto sets = [&](const json& values) {
    const std::string before = shown();
    run.does({{"do", "set"}, {"values", values}});
    std::string now = before;  // until the thread that trains has taken them
    for (int i = 0; i < 500 && now == before; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      now = shown();
    }
    return now;
  };
  CHECK(sets({{"data.formula", "sin(5*x)"}, {"data.a", "null"}}) == "sin(5*x) []");
  CHECK(sets({{"data.formula", "b*x"}, {"data.b", "0.5"}}) == "b*x [\"b=0.5\"]");
  CHECK(sets({{"data.b", "0.25"}}) == "b*x [\"b=0.25\"]");
}

TEST_CASE("any run of changes, steps and looks back is made again to the bit") {
  const std::uint32_t seed = GENERATE(3u, 8u);
  std::mt19937 chance(seed);
  Edited run(NNRUN_SOURCE_DIR "/configs/playground/spiral.yaml");
  const auto one_of = [&](const std::vector<std::string>& values) {
    return values[chance() % values.size()];
  };
  for (int i = 0; i < 30; ++i) switch (chance() % 9) {
      case 0:
      case 1:
        run.does({{"do", "step"}, {"steps", 1 + chance() % 50}});
        break;
      case 2:
        run.does({{"do", "back"}, {"step", chance() % 150}});
        break;
      case 3:
        run.sets("train.optimizer.learning_rate", one_of({"0.01", "0.03", "0.1"}));
        break;
      case 4:
        run.sets("train.batch_size", one_of({"5", "16", "33"}));
        break;
      case 5:
        run.sets("model.layers.dense_1.units", one_of({"2", "5", "9"}));
        break;
      case 6:
        run.sets_weight(chance() % 2, chance() % 2, static_cast<double>(chance() % 100) / 50);
        break;
      case 7:
        run.sets("train.optimizer", one_of({"adam", "sgd", "rmsprop"}));
        break;
      default:
        run.sets("model.layers.dense_2.regularizer", one_of({"l1", "l2", "none"}));
    }
  run.sets_weight(0, 0, 1);
  check_again(run, run.end());
}

TEST_CASE("a library that is built anew is offered, and another process goes on with it") {
  const Scratch scratch;
  const auto build = [&](const std::string& factor) {
    scratch.write("mine.cpp",
                  "#include <nnrun/plugin.hpp>\nstruct mine : nnrun::Activation {\n  static "
                  "constexpr auto name = \"mine\", doc = \"x\";\n  auto f(auto x) const { return " +
                      factor + " * x / (1 + x * x); }\n};\nNNRUN_REGISTER(mine)\n");
    REQUIRE(run(NNRUN_CXX " -std=c++20 -O0 -fPIC -shared -I" NNRUN_SOURCE_DIR
                          "/framework/include mine.cpp -o new.so && mv new.so mine.so",
                scratch.folder())
                .status == 0);
  };
  build("2.0");
  scratch.write("net.yaml", std::string("extends: ") + circle +
                                "\nname: net\nplugins: [mine.so]\nmodel: {layers: {dense_1: "
                                "{activation: mine}}}\n");
  Served served("-q net.yaml --out r", scratch.folder());
  EventReader events(served);
  REQUIRE(served.command(R"({"do": "step", "steps": 20})") == 204);
  events.frame([](const json& f) { return f["step"] == 20; });
  // what is no library is refused, and the run is there as before
  scratch.write("broken.so", "not a library");
  std::filesystem::rename(scratch / "broken.so", scratch / "mine.so");
  CHECK(events.next("rebuilt")["libraries"] == json{"mine.so"});
  CHECK(served.command(R"({"do": "reload"})") == 422);
  CHECK(served.command(R"({"do": "step", "steps": 1})") == 204);
  const json frame = events.frame([](const json& f) { return f["step"] == 21; });
  build("2.5");
  REQUIRE(served.command(R"({"do": "reload"})") == 204);
  {
    const Served next(events.next("moved").get<std::string>());
    CHECK(next.port() == served.port());  // a page that was mailed or marked is where it was
    CHECK(next.root() != served.root());
    EventReader there(next);
    const json start = there.frame([](const json&) { return true; });
    CHECK(start["step"] == 0);
    CHECK(start["parameters"] == frame["parameters"]);
    CHECK(start["output"] != frame["output"]);
    CHECK(next.command(R"({"do": "pause"})") == 204);
  }
  CHECK(served.interrupt().first == 130);
  const json first = parsed(text_of(scratch / "r/run.json")),
             second = parsed(text_of(scratch / "r-2/run.json"));
  CHECK(first["status"] == "interrupted");
  CHECK(first["result"]["steps"] == 21);
  CHECK(second["status"] == "interrupted");
  CHECK_THAT(text_of(scratch / "r-2/config.yaml"), Contains("weights: "));

  // the process that goes on ends with the one before it, whatever ends that
  Served again("-q net.yaml --out s", scratch.folder());
  EventReader of_again(again);
  of_again.next("frame");
  build("2.0");
  of_again.next("rebuilt");
  REQUIRE(again.command(R"({"do": "reload"})") == 204);
  const Served last(of_again.next("moved").get<std::string>());
  again.kill();
  for (int tries = 0; tries < 600 && last.answers(); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK_FALSE(last.answers());
  const auto status = [&] { return parsed(text_of(scratch / "s-2/run.json"))["status"]; };
  for (int tries = 0; tries < 600 && status() == "running"; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(status() == "interrupted");
}

TEST_CASE("a list of changes that was changed itself is told of") {
  Edited run;
  run.steps(5, 5);
  run.sets_weight(0, 0, 1);
  run.steps(5, 10);
  run.end();
  CHECK(run.nnrun("verify r").status == 0);
  const std::string edits = text_of(run.scratch() / "r/edits.jsonl");
  run.scratch().write("r/edits.jsonl",
                      edits + R"({"step":7,"set":{"train.optimizer.learning_rate":"0.7"}})"
                              "\n");
  const Ended verified = run.nnrun("verify r");
  CHECK(verified.status == 1);
  CHECK_THAT(verified.out + verified.err, Contains("edits.jsonl"));
  CHECK_THAT(run.nnrun("replay r").err, Contains("edits.jsonl"));
  run.scratch().write("r/edits.jsonl", edits);
  std::filesystem::remove(run.scratch() / "r/start.yaml");
  CHECK_THAT(run.nnrun("eval r").err, Contains("start.yaml"));
}

TEST_CASE(
    "what is not a list of changes is refused with its line; a plain run has none to repeat") {
  Edited run;
  run.steps(5, 5);
  run.sets_weight(0, 0, 1);
  run.steps(5, 10);
  run.end();
  for (const char* const wrong :
       {"[]", "{}", "{\"step\": 5}", "{\"step\": -1, \"set\": {\"seed\": \"1\"}}", "x",
        "{\"step\": 5, \"set\": {}}", "{\"step\": 5, \"set\": {\"seed\": 1}}",
        "{\"step\": 5, \"block\": \"dense_1/weights\", \"index\": [0], \"value\": \"1\"}"}) {
    run.scratch().write("r/edits.jsonl", std::string("{\"step\": 1, \"set\": {\"train.clip_norm\": "
                                                     "\"1\"}}\n") +
                                             wrong + "\n");
    const Ended refused = run.nnrun("replay r");
    INFO(wrong);
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, Contains("this is not a change of a run") && Contains(":2"));
  }
  run.scratch().write("r/edits.jsonl", "{\"step\": 5, \"set\": {\"plugins\": \"[./x.so]\"}}\n");
  CHECK_THAT(run.nnrun("replay r").err, Contains("'plugins' cannot be changed"));
  CHECK(run.nnrun("-q " + std::string(circle) + " --out p --set train.epochs=1").status == 0);
  const Ended plain = run.nnrun("replay p");
  CHECK(plain.status == 2);
  CHECK_THAT(plain.err, Contains("was not changed while it trained") && Contains("nnrun verify p"));
}

}  // namespace
}  // namespace nnrun::testing
