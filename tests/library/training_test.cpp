// Programs train by the library: the same bits as the program's, with callbacks.
#include "library_testing.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

struct Config {
  Scratch scratch;
  Config() {
    scratch.write("t.csv", table(false, 200));
    scratch.write("net.yaml",
                  "data: {type: csv, path: " + (scratch / "t.csv").string() +
                      ", scale: standard, split: {validation: 0.2}}\n"
                      "model: {layers: [{type: dense, units: 5, activation: tanh}, {type: "
                      "dense}]}\ntrain: {cost: mean_squared_error, epochs: 4, batch_size: 4, "
                      "optimizer: {type: sgd, learning_rate: 0.01}}\n"
                      "metrics: [mean_absolute_error]\n");
  }
  std::string file() const { return (scratch / "net.yaml").string(); }
};

}  // namespace

TEST_CASE("training gives the bits of nnrun train, and its result", "[library]") {
  const Config config;
  const json printed = parsed(
      run("$nnrun net.yaml --json --set train.epochs=3 --out r", config.scratch.folder()).out);
  const Context context;
  const auto model = context.train(config.file(), {.overrides = {"train.epochs=3"}});
  if (!model) FAIL(model.failure().text());
  const json result = parsed(model->result());
  CHECK(result["weights_sha256"] == printed["weights_sha256"]);
  CHECK(result["validation"] == printed["validation"]);
  CHECK(result["epochs"] == 3);

  const std::string saved = (config.scratch / "saved.safetensors").string();
  REQUIRE(model->save(saved));
  CHECK(text_of(saved) == text_of(config.scratch / "r/model.safetensors"));
  std::array<double, 1> y{};
  REQUIRE(model->predict(std::array{5., 4., 6., 3.}, y));
  const Ended said =
      run("$nnrun predict saved.safetensors --json 5,4,6,3", config.scratch.folder());
  CHECK(parsed(said.out)["predict"][0]["output"][0].get<float>() == static_cast<float>(y[0]));

  const auto of_text = context.train(text_of(config.file()),
                                     {.overrides = {"train.epochs=3"}, .config_is_text = true});
  if (!of_text) FAIL(of_text.failure().text());
  CHECK(parsed(of_text->result())["weights_sha256"] == printed["weights_sha256"]);
}

TEST_CASE("callbacks hear of every epoch, and stop the training there", "[library]") {
  const Config config;
  const Context context;
  std::vector<std::size_t> epochs;
  std::size_t progress = 0;
  bool scores_fit = true;
  const auto model = context.train(
      config.file(),
      {.on_progress = [&](const nnrun_progress& p) { return ++progress, p.done <= p.examples; },
       .on_epoch =
           [&](const nnrun_epoch& e) {
             epochs.push_back(e.epoch);
             scores_fit = scores_fit && e.n_scores == 2 && e.epochs == 4 && e.train[0] > 0 &&
                          e.validation != nullptr && e.validation[1] > 0 && e.test == nullptr &&
                          e.score_names[0] == std::string("cost") &&
                          e.score_names[1] == std::string("mean_absolute_error");
             return e.epoch < 2;
           }});
  if (!model) FAIL(model.failure().text());
  CHECK(epochs == std::vector<std::size_t>{1, 2});
  CHECK(progress > 0);
  CHECK(scores_fit);
  const json result = parsed(model->result());
  CHECK(result["epochs"] == 2);
  CHECK(result["steps"] == 2 * 40);
  CHECK(result["interrupted"] == true);

  const json as_long = parsed(
      run("$nnrun net.yaml --json --set train.epochs=2 --out r", config.scratch.folder()).out);
  CHECK(as_long["weights_sha256"] == result["weights_sha256"]);
}

TEST_CASE("a stop within an epoch says so, and leaves a model", "[library]") {
  const Config config;
  nnrun_context* context = nullptr;
  REQUIRE(nnrun_context_new(nullptr, &context, nullptr) == NNRUN_OK);
  nnrun_training how{};
  how.size = sizeof how;
  how.on_progress = [](void*, const nnrun_progress*) { return 1; };
  nnrun_model* model = nullptr;
  nnrun_error* error = nullptr;
  CHECK(nnrun_train(context, config.file().c_str(), &how, &model, &error) == NNRUN_STOPPED);
  CHECK(error == nullptr);
  REQUIRE(model != nullptr);
  CHECK(parsed(nnrun_model_result(model))["steps"] == 1);
  nnrun_model_free(model);
  nnrun_context_free(context);
}

TEST_CASE("what a callback throws comes out of train", "[library]") {
  const Config config;
  const Context context;
  CHECK_THROWS_WITH((void)context.train(config.file(), {.on_epoch = [](const nnrun_epoch&) -> bool {
                                          throw std::runtime_error("enough");
                                        }}),
                    "enough");
}

TEST_CASE("a C callback that throws anything is an error that says so", "[library]") {
  const Config config;
  nnrun_context* context = nullptr;
  REQUIRE(nnrun_context_new(nullptr, &context, nullptr) == NNRUN_OK);
  nnrun_training training{};
  training.size = sizeof training;
  training.on_epoch = [](void*, const nnrun_epoch*) -> int { throw 7; };
  nnrun_model* model = nullptr;
  nnrun_error* error = nullptr;
  CHECK(nnrun_train(context, config.file().c_str(), &training, &model, &error) == NNRUN_FAILED);
  REQUIRE(error != nullptr);
  CHECK_THAT(nnrun_error_text(error), Catch::Contains("is not an exception"));
  nnrun_error_free(error);
  nnrun_context_free(context);
}

TEST_CASE("a model is saved over a file, not over a link or a device", "[library]") {
  const Config config;
  const Context context;
  const auto model = context.train(config.file());
  REQUIRE(model);
  namespace fs = std::filesystem;
  const fs::path real = config.scratch.write("real", "old"), link = config.scratch / "link";
  fs::create_symlink(real, link);
  CHECK(model->save(link.string()));
  CHECK(fs::is_symlink(link));
  CHECK(text_of(real) != "old");
  const auto refused = model->save(config.scratch.folder().string());
  REQUIRE(!refused);
  CHECK_THAT(refused.failure().text(), Catch::Contains("is not a file that a model can be"));
}

TEST_CASE("a training that is recorded leaves what nnrun train leaves", "[library]") {
  const Config config;
  REQUIRE(run("$nnrun net.yaml -q --out r", config.scratch.folder()).status == 0);
  const Context context;
  const std::string folder = (config.scratch / "own").string();
  const auto model = context.train(config.file(), {.record = folder});
  if (!model) FAIL(model.failure().text());
  CHECK(names_in(folder) == names_in(config.scratch / "r"));
  const json record = parsed(text_of(folder + "/run.json"));
  CHECK(record["status"] == "done");
  CHECK(record["result"]["weights_sha256"] == parsed(model->result())["weights_sha256"]);
  CHECK(run("$nnrun verify own", config.scratch.folder()).status == 0);
  const auto again = context.train(config.file(), {.record = folder});
  REQUIRE(!again);
  CHECK(again.failure().cause() == NNRUN_FAILED);
}

TEST_CASE("what is wrong with a config is told problem by problem", "[library]") {
  const Config config;
  const Context context;
  const auto wrong =
      context.train(config.file(), {.overrides = {"train.epochs=none", "train.batch_size=0"}});
  REQUIRE(!wrong);
  CHECK(wrong.failure().cause() == NNRUN_CONFIG);
  REQUIRE(wrong.failure().count() == 2);
  CHECK_THAT(wrong.failure().problem(0).where, Contains("--set"));
  CHECK_THAT(wrong.failure().text(), Contains("^"));
  const auto unread = context.train("nothing.yaml");
  REQUIRE(!unread);
  CHECK(unread.failure().cause() == NNRUN_CONFIG);
  const auto no_equals = context.train(config.file(), {.overrides = {"train.epochs"}});
  REQUIRE(!no_equals);
  CHECK(no_equals.failure().cause() == NNRUN_USAGE);
  const auto diverged = context.train(
      config.file(), {.overrides = {"train.optimizer.learning_rate=1e30", "train.epochs=50"}});
  REQUIRE(!diverged);
  CHECK(diverged.failure().cause() == NNRUN_FAILED);
}

}  // namespace nnrun::testing
