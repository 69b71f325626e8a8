// Models are opened from files and from memory, and what cannot be opened is an error value.
#include <csignal>
#include <cstdio>
#include <cstring>

#include "library_testing.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// Returns the failure of opening this.
Failure refusal(const Context& context, const std::string& name) {
  const Result<Model> model = context.open(name);
  REQUIRE(!model);
  CHECK(model.failure().count() > 0);
  return model.failure();
}

std::string replaced(std::string text, const std::string& old, const std::string& with) {
  const std::size_t at = text.find(old);
  REQUIRE(at != text.npos);
  return text.replace(at, old.size(), with);
}

/// Returns a file with the checksum (CRC-32C) of its header: of its length, and of itself with 0 in
/// the checksum's place.
std::string with_checksum(std::string file) {
  const std::size_t at = file.find("\"header_crc32c\":\"") + 17;
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  file.replace(at, 8, 8, '0');
  std::uint32_t crc = ~0u;
  for (std::size_t i = 0; i < 8 + length; ++i) {
    crc ^= static_cast<unsigned char>(file[i]);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
  }
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", ~crc);
  return file.replace(at, 8, digits);
}

/// Compiles an activation `twice` that logs as it is created.
std::string chatty_plugin(const Scratch& scratch) {
  scratch.write("chatty.c",
                "#include <nnrun/abi.h>\n"
                "static void* talk(const nnrun_host* host, const nnrun_value* v, uint32_t n) {\n"
                "  (void)n; host->log(1, \"here I am\"); return (void*)(v ? v : (const void*)host);"
                "\n}\n#define CREATE talk\n#include \"one_class.h\"\n");
  REQUIRE(run("cc -w -fPIC -shared -I" NNRUN_SOURCE_DIR "/framework/include -I" NNRUN_SOURCE_DIR
              "/tests/loading chatty.c -o chatty.so",
              scratch.folder())
              .status == 0);
  return (scratch / "chatty.so").string();
}

}  // namespace

TEST_CASE("a run, its model alone and the bytes of that answer alike", "[library]") {
  const TrainedRun trained;
  const Context context;
  const std::string file = (trained.scratch / "elsewhere.safetensors").string();
  std::filesystem::copy_file(trained.folder + "/model.safetensors", file);
  const std::string bytes = text_of(file);
  const auto in_memory = context.read(std::as_bytes(std::span(bytes)));
  REQUIRE(in_memory);
  const std::array x{5., 4., 6., 3.};
  std::array<double, 3> of_run{}, of_file{}, of_bytes{};
  REQUIRE(opened(context, trained.folder).predict(x, of_run));
  REQUIRE(opened(context, file).predict(x, of_file));
  REQUIRE(in_memory->predict(x, of_bytes));
  CHECK(of_run == of_file);
  CHECK(of_run == of_bytes);

  const std::string saved = (trained.scratch / "saved.safetensors").string();
  REQUIRE(in_memory->save(saved));
  CHECK(text_of(saved) == bytes);
}

TEST_CASE("what is not a model is an error with its place", "[library]") {
  const TrainedRun trained;
  const Context context;
  const Scratch& scratch = trained.scratch;
  const auto written = [&](const std::string& text) {
    return scratch.write("bad.safetensors", text).string();
  };
  const std::string whole = text_of(trained.folder + "/model.safetensors");
  {
    const Failure none = refusal(context, (scratch / "nothing").string());
    CHECK(none.cause() == NNRUN_USAGE);
    CHECK_THAT(none.problem(0).what, Contains("is not the folder of a run"));
    CHECK_THAT(none.problem(0).hint, Contains("nnrun runs"));
  }
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{4}, std::size_t{200}, whole.size() / 2, whole.size() - 1}) {
    const Failure cut = refusal(context, written(whole.substr(0, length)));
    CHECK(cut.cause() == NNRUN_FAILED);
    CHECK_THAT(cut.text(), Contains("bad.safetensors"));
    const std::string bytes = whole.substr(0, length);
    CHECK(!context.read(std::as_bytes(std::span(bytes))));
  }
  {
    const std::string other = replaced(whole, "\"model_format\":\"1\"", "\"model_format\":\"7\"");
    CHECK_THAT(refusal(context, written(other)).problem(0).what,
               Contains("its header does not agree with its checksum"));
    const Failure newer = refusal(context, written(with_checksum(other)));
    CHECK(newer.cause() == NNRUN_FAILED);
    CHECK(newer.problem(0).what ==
          std::string("the model has format '7'; this nnrun reads format 1"));
    CHECK_THAT(newer.problem(0).hint, Contains("a newer nnrun wrote it"));
  }
  {
    const std::string needs = replaced(whole, "tanh", "tanj");
    CHECK(!context.read(std::as_bytes(std::span(needs))));
  }
}

TEST_CASE("a call that is wrong is an error value, with or without a place for it", "[library]") {
  nnrun_error* error = nullptr;
  nnrun_model* model = nullptr;
  CHECK(nnrun_model_open(nullptr, "r", &model, &error) == NNRUN_USAGE);
  CHECK(nnrun_error_text(error) == std::string("error: context is NULL\n"));
  nnrun_error_free(error);
  CHECK(nnrun_model_open(nullptr, "r", &model, nullptr) == NNRUN_USAGE);
  nnrun_context* context = nullptr;
  const nnrun_options no_size{};
  CHECK(nnrun_context_new(&no_size, &context, &error) == NNRUN_USAGE);
  CHECK(context == nullptr);
  nnrun_problem problem{};
  problem.size = sizeof problem;
  REQUIRE(nnrun_error_problem(error, 0, &problem) == NNRUN_OK);
  CHECK(problem.what == std::string("nnrun_options has no size"));
  CHECK(problem.where == std::string());
  CHECK(nnrun_error_problem(error, 1, &problem) == NNRUN_USAGE);
  nnrun_error_free(error);
  nnrun_options strange{};
  strange.size = sizeof strange;
  strange.flags = 1024;
  CHECK(nnrun_context_new(&strange, &context, &error) == NNRUN_USAGE);
  REQUIRE(nnrun_error_problem(error, 0, &problem) == NNRUN_OK);
  CHECK(problem.what ==
        std::string("nnrun_options has flags that this library does not know: 1024"));
  nnrun_error_free(error);
  nnrun_context* good = nullptr;
  REQUIRE(nnrun_context_new(nullptr, &good, &error) == NNRUN_OK);
  nnrun_training training{};
  training.size = sizeof training;
  training.flags = 4;
  CHECK(nnrun_train(good, "none.yaml", &training, &model, &error) == NNRUN_USAGE);
  CHECK_THAT(nnrun_error_text(error), Contains("nnrun_training has flags"));
  nnrun_error_free(error);
  nnrun_evaluation evaluation{};
  evaluation.size = sizeof evaluation;
  evaluation.flags = 2;
  nnrun_scores* scores = nullptr;
  CHECK(nnrun_eval(good, "none", &evaluation, &scores, &error) == NNRUN_USAGE);
  CHECK_THAT(nnrun_error_text(error), Contains("nnrun_evaluation has flags"));
  nnrun_error_free(error);
  nnrun_context_free(good);
  CHECK(nnrun_error_count(nullptr) == 0);
  nnrun_error_free(nullptr);
  nnrun_model_free(nullptr);
  nnrun_context_free(nullptr);
  nnrun_session_free(nullptr);
  CHECK(nnrun_api_version() == 1000 * NNRUN_API_MAJOR + NNRUN_API_MINOR);
}

TEST_CASE("plugins come from where one is told, and log to their context", "[library]") {
  const Scratch scratch;
  const std::string plugin = chatty_plugin(scratch);
  scratch.write("t.csv", table(false));
  scratch.write(
      "net.yaml",
      "dtype: float64\ndata: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense, units: 2, "
      "activation: twice}, {type: dense}]}\ntrain: {cost: mean_squared_error, "
      "epochs: 1, optimizer: {type: sgd, learning_rate: 0.0001}}\n");
  REQUIRE(
      run("NNRUN_PLUGIN_PATH=" + plugin + " $nnrun net.yaml -q --out r", scratch.folder()).status ==
      0);
  const std::string folder = (scratch / "r").string();

  std::vector<std::string> heard, other;
  const auto listening = [&](std::vector<std::string>& to, const char* path) {
    return nnrun_options{.size = 0,
                         .flags = 0,
                         .plugin_path = path,
                         .built_in = nullptr,
                         .log =
                             [](void* user, int, const char* text) {
                               static_cast<std::vector<std::string>*>(user)->emplace_back(text);
                             },
                         .user = &to};
  };
  const Context with(listening(heard, plugin.c_str())), without(listening(other, ""));
  {
    const Failure missing = refusal(without, folder);
    CHECK(missing.cause() == NNRUN_PLUGIN);
    CHECK_THAT(missing.problem(0).what, Contains("needs activation 'twice'"));
    CHECK_THAT(missing.problem(0).hint, Contains("NNRUN_PLUGIN_PATH=" + plugin));
  }
  const Model model = opened(with, folder);
  CHECK(std::ranges::count(heard, "here I am") > 0);
  CHECK(other.empty());
  std::array<double, 1> y{};
  CHECK(model.predict(std::array{1., 2., 3., 4.}, y));

  const Context nowhere(listening(other, "/nonexistent/plugins"));
  CHECK(refusal(nowhere, folder).cause() == NNRUN_PLUGIN);
  CHECK_THAT(refusal(nowhere, folder).text(), Contains("the plugin path"));
}

TEST_CASE("a plugin that is gone, rebuilt or another is told, and refused where it does not fit",
          "[library]") {
  const Scratch scratch;
  const auto build = [&](const std::string& setting, const std::string& flags) {
    scratch.write(
        "bent.cpp",
        "#include <nnrun/plugin.hpp>\nstruct Bent : nnrun::Activation {\n  static "
        "constexpr auto name = \"bent\", doc = \"x * k\";\n  double k = 1;\n  static "
        "constexpr auto params() {\n    return nnrun::params(nnrun::param(&Bent::k, \"" +
            setting +
            "\", \"slope\", {.min = 0, .max = 9}));\n  }\n  auto f(auto x) const { return "
            "x * k; }\n};\nNNRUN_REGISTER(Bent)\n");
    const Ended done =
        run(NNRUN_CXX " -std=c++20 -fPIC -shared -I" NNRUN_SOURCE_DIR "/framework/include " +
                flags + " bent.cpp -o bent.so",
            scratch.folder());
    CAPTURE(done.err);
    REQUIRE(done.status == 0);
  };
  build("slope", "-O0");
  scratch.write("t.csv", table(false));
  scratch.write(
      "net.yaml",
      "plugins: [bent.so]\ndata: {type: csv, path: t.csv}\nmodel: {layers: [{type: dense, "
      "units: 2, activation: {type: bent, slope: 0.5}}, {type: dense}]}\ntrain: {cost: "
      "mean_squared_error, epochs: 0}\n");
  REQUIRE(run("$nnrun net.yaml -q --out r", scratch.folder()).status == 0);
  // a process that loaded a library keeps it, so each answer is that of a program of its own
  REQUIRE(run(NNRUN_CXX " -std=c++20 " NNRUN_SOURCE_DIR
                        "/framework/library/examples/predict.cpp -I" NNRUN_SOURCE_DIR
                        "/framework/include -L" NNRUN_BUILD_DIR " -Wl,-rpath," NNRUN_BUILD_DIR
                        " -lnnrun -o predict",
              scratch.folder())
              .status == 0);
  const auto said = [&](const std::string& model) {
    return run("./predict " + model + " 5,4,6,3", scratch.folder());
  };
  const std::string answer = said("r").out;
  CHECK(said("r").status == 0);

  build("slope", "-O1");
  CHECK_THAT(opened(Context(), (scratch / "r").string()).info().notes,
             Contains("bent.so changed since the run"));
  CHECK(said("r").out == answer);

  build("steepness", "-O1");
  const Ended other = said("r");
  CHECK(other.status == NNRUN_CONFIG);
  CHECK_THAT(other.err, Contains("activation 'bent' has no setting 'slope'"));

  std::filesystem::rename(scratch / "bent.so", scratch / "gone.so");
  const Ended gone = said("r");
  CHECK(gone.status == NNRUN_PLUGIN);
  CHECK_THAT(gone.err, Contains("needs activation 'bent', which no loaded plugin provides") &&
                           Contains("bent.so (no longer there)") &&
                           Contains("put the library back"));
  std::filesystem::copy_file(scratch / "r" / "model.safetensors", scratch / "alone.safetensors");
  const Ended alone = said("alone.safetensors");
  CHECK(alone.status == NNRUN_PLUGIN);
  CHECK_THAT(alone.err, Contains("bent.so (was in " +
                                 std::filesystem::canonical(scratch.folder()).string() + ")"));
  // what came with nnrun is found beside it, wherever that is
  CHECK_THAT(text_of(scratch / "alone.safetensors"), !Contains(NNRUN_BUILD_DIR "/plugins"));
}

TEST_CASE("a program that uses the library keeps its signals, its output and its streams",
          "[library]") {
  const TrainedRun trained;
  const auto handlers = [] {
    std::vector<std::uintptr_t> all;
    for (int signal = 1; signal < 32; ++signal) {
      struct sigaction action {};
      ::sigaction(signal, nullptr, &action);
      all.push_back(reinterpret_cast<std::uintptr_t>(action.sa_handler));
    }
    return all;
  };
  const auto before = handlers();
  const std::terminate_handler terminate = std::get_terminate();
  {
    const Context one, two;
    std::array<double, 3> first{}, second{};
    const Model of_one = opened(one, trained.folder), of_two = opened(two, trained.folder);
    const auto trained_here = two.train((trained.scratch / "net.yaml").string());
    REQUIRE(trained_here);
    REQUIRE(of_one.predict(std::array{5., 4., 6., 3.}, first));
    REQUIRE(trained_here->predict(std::array{5., 4., 6., 3.}, second));
    CHECK(first == second);
    REQUIRE(of_two.predict(std::array{5., 4., 6., 3.}, second));
    CHECK(first == second);
  }
  CHECK(handlers() == before);
  CHECK(std::get_terminate() == terminate);
}

TEST_CASE("the library exports its functions and nothing else", "[library]") {
  const Scratch scratch;
  const Ended said = run("nm -D --defined-only " NNRUN_BUILD_DIR
                         "/libnnrun.so | grep -v ' A ' | sed 's/@.*//' | awk '{print $3}'",
                         scratch.folder());
  std::istringstream names(said.out);
  std::size_t count = 0;
  for (std::string name; names >> name; ++count) CHECK_THAT(name, Catch::StartsWith("nnrun_"));
  CHECK(count > 20);
}

}  // namespace nnrun::testing
