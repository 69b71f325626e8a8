// The shipped examples, compiled and run as a user would.
#include "library_testing.hpp"
namespace nnrun::testing {
namespace {

const std::string examples = NNRUN_SOURCE_DIR "/framework/library/examples/",
                  flags = " -Wall -Wextra -Werror -I" NNRUN_SOURCE_DIR
                          "/framework/include -L" NNRUN_BUILD_DIR " -Wl,-rpath," NNRUN_BUILD_DIR
                          " -lnnrun ";

}  // namespace

TEST_CASE("the example in C++ answers as the program does", "[library]") {
  const TrainedRun trained;
  const Ended done = run(NNRUN_CXX " -std=c++20 " + examples + "predict.cpp" + flags +
                             "-o predict && ./predict r 5,4,6,3",
                         trained.scratch.folder());
  CAPTURE(done.err);
  REQUIRE(done.status == 0);
  const std::vector<double> expected = trained.answer("5,4,6,3");
  std::istringstream words(done.out);
  std::string name;
  for (const double y : expected) {
    double said = 0;
    REQUIRE((words >> name >> said));
    CHECK(static_cast<float>(said) == static_cast<float>(y));
  }
  CHECK((words >> name && name == "class"));
  const Ended wrong = run("./predict nothing 1", trained.scratch.folder());
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, Catch::Contains("'nothing' is not the folder of a run"));
}

TEST_CASE("the example in C trains, stops and saves", "[library]") {
  const TrainedRun trained("float32", false);
  const Ended done = run("cc -std=c99 -pedantic " + examples + "train.c" + flags +
                             "-o train && sed -i 's/epochs: 3/epochs: 5000/' net.yaml && "
                             "./train net.yaml m.safetensors && $nnrun predict m.safetensors "
                             "5,4,6,3 >/dev/null && tail -n 1 .out",
                         trained.scratch.folder());
  CAPTURE(done.err);
  REQUIRE(done.status == 0);
  CHECK_THAT(done.out, Catch::StartsWith("epoch 1: cost "));
  CHECK(done.out.find("epoch 5000:") == std::string::npos);
  const Ended wrong = run("./train nothing.yaml m.safetensors", trained.scratch.folder());
  CHECK(wrong.status == 1);
  CHECK_THAT(wrong.err, Catch::StartsWith("error: "));
}

TEST_CASE("the example in Python loads the library into a running program", "[library]") {
  const TrainedRun trained;
  if (run("python3 -c 'import ctypes'", trained.scratch.folder()).status != 0) {
    WARN("skipped: there is no python3");
    return;
  }
  const Ended done =
      run("python3 " + examples + "predict.py " NNRUN_BUILD_DIR "/libnnrun.so r 5,4,6,3",
          trained.scratch.folder());
  CAPTURE(done.err);
  REQUIRE(done.status == 0);
  std::istringstream words(done.out);
  for (const double y : trained.answer("5,4,6,3")) {
    double said = 0;
    REQUIRE((words >> said));
    CHECK(static_cast<float>(said) == static_cast<float>(y));
  }
  const Ended wrong =
      run("python3 " + examples + "predict.py " NNRUN_BUILD_DIR "/libnnrun.so r 5,nan,6,3",
          trained.scratch.folder());
  CHECK(wrong.status == 1);
  CHECK_THAT(wrong.err, Catch::Contains("input 'b' is not finite"));
}

TEST_CASE("a program with its plugins built in opens no library", "[library]") {
  const Scratch scratch;
  const Ended done =
      run(NNRUN_BUILD_DIR "/nnrun_built_in_test " NNRUN_SOURCE_DIR "/configs/diagonal.yaml",
          scratch.folder());
  CAPTURE(done.out, done.err);
  CHECK(done.status == 0);
  const Ended said = run("$nnrun predict m.safetensors --json 0.5,0.01", scratch.folder());
  CHECK(std::stod(done.out) == parsed(said.out)["predict"][0]["output"][0].get<double>());
}

TEST_CASE("a program may need no shared library at all", "[library]") {
  const std::string program = NNRUN_BUILD_DIR "/nnrun_whole_test";
  if (!std::filesystem::exists(program)) {
    WARN("skipped: libyaml-cpp.a or libnettle.a is not installed");
    return;
  }
  const Scratch scratch;
  const Ended done = run(program + " " NNRUN_SOURCE_DIR "/configs/diagonal.yaml", scratch.folder());
  CAPTURE(done.out, done.err);
  CHECK(done.status == 0);
  const Ended said = run("$nnrun predict m.safetensors --json 0.5,0.01", scratch.folder());
  CHECK(std::stod(done.out) == parsed(said.out)["predict"][0]["output"][0].get<double>());
  // no dynamic linker is asked for
  CHECK_THAT(run("readelf -l '" + program + "'", scratch.folder()).out,
             Catch::Contains("Program Headers") && !Catch::Contains("INTERP"));
}

}  // namespace nnrun::testing
