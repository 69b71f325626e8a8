// What a model is worth, and files of it for programs without nnrun: through the library.
#include "library_testing.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// A run with a test part and metrics.
struct ScoredRun {
  Scratch scratch;
  ScoredRun() {
    scratch.write("t.csv", table(true));
    scratch.write("net.yaml",
                  "data: {type: csv, path: t.csv, targets: [y], scale: standard, split: {test: "
                  "0.25}}\nmodel: {layers: [{type: dense, activation: softmax}]}\ntrain: {cost: "
                  "cross_entropy, epochs: 3}\nmetrics: [accuracy, confusion_matrix]\n");
    const Ended done = run("$nnrun net.yaml -q --out r", scratch.folder());
    CAPTURE(done.err);
    REQUIRE(done.status == 0);
  }
  std::string place(const std::string& name) const { return (scratch / name).string(); }
  nlohmann::json program(const std::string& words) const {
    const Ended done = run("$nnrun eval " + words + " --json", scratch.folder());
    CAPTURE(done.err);
    REQUIRE(done.status == 0);
    nlohmann::json json = nlohmann::json::parse(done.out);
    json.erase("run");  // which is named as the caller names it
    return json;
  }
};

nlohmann::json json_of(const Scores& scores) {
  nlohmann::json json = nlohmann::json::parse(scores.json());
  json.erase("run");
  return json;
}

}  // namespace

TEST_CASE("a run is measured as the program measures it", "[library]") {
  const ScoredRun trained;
  const Context context;
  const auto scores = context.eval(trained.place("r"));
  if (!scores) FAIL(scores.failure().text());
  const nlohmann::json said = trained.program("r");
  CHECK(json_of(*scores) == said);
  CHECK(scores->examples() == 15);
  CHECK(scores->info().part == std::string("test"));
  REQUIRE(scores->info().n_scores == 3);
  CHECK(scores->info().names[0] == std::string("cost"));
  CHECK(scores->value("cost") == said["cost"].get<double>());
  CHECK(scores->value("accuracy") == said["accuracy"].get<double>());
  CHECK(!scores->value("f1"));
  CHECK(scores->info().notes == std::string());
}

TEST_CASE("a run and a model alone are measured on other data", "[library]") {
  const ScoredRun trained;
  const Context context;
  trained.scratch.write("more.csv", table(true, 7) + "1,2,x,4,low\n");
  const std::string more = "data.path=" + trained.place("more.csv"),
                    model = trained.place("alone.safetensors");
  std::filesystem::copy_file(trained.place("r/model.safetensors"), model);
  const auto refused = context.eval(trained.place("r"), {.overrides = {more}});
  REQUIRE(!refused);
  CHECK(refused.failure().cause() == NNRUN_DATA);
  CHECK_THAT(refused.failure().problem(0).where, Contains("more.csv:9"));
  for (const std::string& name : {trained.place("r"), model}) {
    const auto scores = context.eval(name, {.overrides = {more}, .leave_out_bad_rows = true});
    if (!scores) FAIL(scores.failure().text());
    CHECK(scores->examples() == 7);
    CHECK_THAT(scores->info().notes, Contains("1 row that cannot be read is left out"));
    CHECK(json_of(*scores) ==
          trained.program((name == model ? "alone.safetensors" : "r") +
                          std::string(" --data path=more.csv --on-error empty")));
  }
  const auto none = context.eval(model);
  REQUIRE(!none);
  CHECK(none.failure().cause() == NNRUN_USAGE);
  CHECK_THAT(none.failure().text(), Contains("is a model alone: its data are not there"));
}

TEST_CASE("what changed since a run is told with its scores", "[library]") {
  const ScoredRun trained;
  trained.scratch.write("t.csv", table(true, 61));
  const Context context;
  const auto scores = context.eval(trained.place("r"));
  REQUIRE(scores);
  CHECK_THAT(scores->info().notes, Contains("data changed since the run"));
}

TEST_CASE("what cannot be measured is an error value", "[library]") {
  const ScoredRun trained;
  nnrun_context* context = nullptr;
  REQUIRE(nnrun_context_new(nullptr, &context, nullptr) == NNRUN_OK);
  nnrun_scores* scores = nullptr;
  nnrun_error* error = nullptr;
  CHECK(nnrun_eval(context, nullptr, nullptr, &scores, &error) == NNRUN_USAGE);
  CHECK(nnrun_error_text(error) == std::string("error: the name of the run is NULL\n"));
  nnrun_error_free(error);
  CHECK(nnrun_eval(context, trained.place("r").c_str(), nullptr, nullptr, nullptr) == NNRUN_USAGE);
  const nnrun_evaluation no_size{};
  CHECK(nnrun_eval(context, trained.place("r").c_str(), &no_size, &scores, nullptr) == NNRUN_USAGE);
  CHECK(nnrun_eval(context, trained.place("nothing").c_str(), nullptr, &scores, nullptr) ==
        NNRUN_USAGE);
  CHECK(scores == nullptr);
  nnrun_scores_free(nullptr);
  nnrun_score_info info{};
  nnrun_scores_info(nullptr, &info);
  // a program that knows the first fields alone
  REQUIRE(nnrun_eval(context, trained.place("r").c_str(), nullptr, &scores, nullptr) == NNRUN_OK);
  info.size = offsetof(nnrun_score_info, part);
  nnrun_scores_info(scores, &info);
  CHECK(info.examples == 15);
  CHECK(info.part == nullptr);
  nnrun_context_free(context);  // what was made in it stays usable
  info.size = sizeof info;
  nnrun_scores_info(scores, &info);
  CHECK(info.part == std::string("test"));
  nnrun_scores_free(scores);
}

TEST_CASE("a model is exported as the program exports it", "[library]") {
  const ScoredRun trained;
  const Context context;
  const Model model = opened(context, trained.place("r"));
  REQUIRE(run("$nnrun export r -q --c p.c --prefix own --float --python p.py --onnx p.onnx && "
              "$nnrun export r -q --c p.h --static-inline",
              trained.scratch.folder())
              .status == 0);
  const auto same = [&](const std::string& ending, nnrun_export how = {}) {
    const auto done = model.export_to(trained.place("own" + ending), how);
    if (!done) FAIL(done.failure().text());
    CHECK(text_of(trained.place("own" + ending)) == text_of(trained.place("p" + ending)));
  };
  same(".c", {.size = 0, .flags = NNRUN_EXPORT_FLOAT, .prefix = "own"});
  same(".h", {.size = 0, .flags = NNRUN_EXPORT_INLINE, .prefix = nullptr});
  same(".py");
  same(".onnx");
  const auto unknown = model.export_to(trained.place("own.txt"));
  REQUIRE(!unknown);
  CHECK(unknown.failure().cause() == NNRUN_USAGE);
  CHECK_THAT(unknown.failure().text(), Contains("let its name end in .c, .h, .py or .onnx"));
  const auto wrong =
      model.export_to(trained.place("own.c"), {.size = 0, .flags = 0, .prefix = "2x"});
  REQUIRE(!wrong);
  CHECK_THAT(wrong.failure().text(), Contains("the prefix needs to be a word of C, not '2x'"));
  const auto flagged = [&](const std::string& file, nnrun_export how) {
    const auto refused = model.export_to(trained.place(file), how);
    REQUIRE(!refused);
    CHECK(refused.failure().cause() == NNRUN_USAGE);
    CHECK_FALSE(std::filesystem::exists(trained.place(file)));
    return std::string(refused.failure().text());
  };
  CHECK_THAT(flagged("no.c", {.size = 0, .flags = 9, .prefix = nullptr}),
             Contains("nnrun_export has flags that this library does not know: 8"));
  for (const nnrun_export& how :
       {nnrun_export{0, NNRUN_EXPORT_FLOAT, nullptr}, nnrun_export{0, 0, "own"}})
    for (const char* const file : {"no.py", "no.onnx"})
      CHECK_THAT(
          flagged(file, how),
          Contains("a prefix, NNRUN_EXPORT_FLOAT and NNRUN_EXPORT_INLINE are for files in C, "
                   "not for '") &&
              Contains(file));
  const auto nowhere = model.export_to(trained.place("none/own.c"));
  REQUIRE(!nowhere);
  CHECK(nowhere.failure().cause() == NNRUN_FAILED);
}

TEST_CASE("a model that was just trained is exported with the answers that it gives", "[library]") {
  const ScoredRun trained;
  const Context context;
  const auto model = context.train(trained.place("net.yaml"));
  if (!model) FAIL(model.failure().text());
  REQUIRE(model->export_to(trained.place("net.c")));
  const Ended self =
      run("cc -std=c99 -DNET_SELF_TEST net.c -o self -lm && ./self", trained.scratch.folder());
  CAPTURE(self.err);
  CHECK_THAT(self.out, Catch::EndsWith(" examples, the same bits\n"));
  REQUIRE(model->export_to(trained.place("net.onnx")));
  const Ended again =
      run("$nnrun import net.onnx --to back -q && $nnrun predict "
          "back/weights.safetensors --json 5,4,6,3",
          trained.scratch.folder());
  CAPTURE(again.err);
  REQUIRE(again.status == 0);
  std::array<double, 3> y{};
  REQUIRE(model->predict(std::array{5., 4., 6., 3.}, y));
  const auto back = parsed(again.out)["predict"][0]["output"].get<std::vector<double>>();
  CHECK(printed(y, "float32") == printed(back, "float32"));
}

}  // namespace nnrun::testing
