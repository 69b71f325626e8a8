// What helps to write plugins and command lines: listings, completion, errors of usage.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "loading/plugin_factory.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

TEST_CASE("an activation is shown with its library, its settings and its curve", "[cli]") {
  const Scratch scratch;
  const Ended shown = run("$nnrun plugins relu", scratch.folder());
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Contains("  from " NNRUN_BUILD_DIR "/plugins/activations.so\n  sha256 "));
  CHECK_THAT(shown.out, Contains("interface 1.") && Contains("built by g++"));
  CHECK_THAT(
      run("$nnrun plugins", scratch.folder()).out,
      Contains("/plugins/activations.so ") &&
          Contains("  sha256 " +
                   host::sha256_of_file(NNRUN_BUILD_DIR "/plugins/activations.so").substr(0, 12)));
  // 0 left of the middle, then a line to 5 at 5
  CHECK_THAT(shown.out, Contains("  value\n  5 │") && Contains("  0 │⣀⣀⣀⣀⣀⣀⣀"));
  CHECK_THAT(shown.out, Contains("\n     -5                      x                      5\n"));
  CHECK_THAT(run("LC_ALL=C $nnrun plugins relu", scratch.folder()).out,
             Contains("  value\n  5 |   ") && Contains("  0 |************************"));
  CHECK_THAT(run("$nnrun plugins step", scratch.folder()).out,
             Contains("  factor, of a run of 30 epochs"));
}

TEST_CASE("a plugin without optimisation is warned of", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun new activation slow && cd slow && g++ -std=c++20 -O0 -fPIC -shared "
              "-I" NNRUN_SOURCE_DIR "/framework/include slow.cpp -o slow.so",
              scratch.folder())
              .status == 0);
  const Ended shown =
      run("NNRUN_PLUGIN_PATH=$PWD/slow/slow.so $nnrun plugins slow", scratch.folder());
  CHECK_THAT(shown.out, Contains("  warning: built without optimisation, some 50 times slower"));
  const json listed = json::parse(
      run("NNRUN_PLUGIN_PATH=$PWD/slow/slow.so $nnrun plugins slow --json", scratch.folder()).out);
  for (const json& library : listed["libraries"]) {
    CHECK(library["sha256"].get<std::string>().size() == 64);
    if (library["file"] == (scratch / "slow/slow.so").string())
      CHECK(library["optimized"] == false);
  }
}

TEST_CASE("a library that is not loaded is shown with its classes", "[cli]") {
  const PluginFactory factory;
  const auto curve = [](const std::string& name, const std::string& formula) {
    return "#include <nnrun/plugin.hpp>\n#include <cstdlib>\nstruct Mine : nnrun::Activation {\n"
           "  static constexpr auto name = \"" +
           name +
           "\", doc = \"as told\";\n  double bend = 0.5;\n"
           "  static constexpr auto params() { return nnrun::params(nnrun::param(&Mine::bend, "
           "\"bend\", \"0: a line\", {.min = 0, .max = 1})); }\n"
           "  auto f(auto x) const { " +
           formula + " return bend * x; }\n};\nNNRUN_REGISTER(Mine)\n";
  };
  factory.cpp("mine.so", curve("mine", ""));
  const Ended shown = run("$nnrun plugins mine.so", factory.folder());
  CHECK(shown.status == 0);
  CHECK(shown.err == "");
  CHECK_THAT(shown.out, StartsWith("mine.so\n  sha256 ") && Contains("\n  version ") &&
                            Contains("\nactivation mine  as told\n"
                                     "  bend  number  default 0.5  [0, 1]  0: a line\n"
                                     "  value\n   2.5 │") &&
                            Contains("  slope\n"));
  // what is wrong with a library never ends this process
  factory.cpp("relu.so", curve("relu", ""));
  const Ended taken = run("$nnrun plugins --json ./relu.so", factory.folder());
  CHECK(taken.status == 0);
  const json told = json::parse(taken.out);
  CHECK(told["plugins"][0]["name"] == "relu");
  CHECK(told["libraries"][0]["file"] == (factory.folder() / "relu.so").string());
  CHECK_THAT(told["warnings"][0].get<std::string>(),
             StartsWith("activation 'relu' is already provided by "));
  factory.cpp("dies.so", curve("dies", "if (x < -4) std::abort();"));
  CHECK(run("$nnrun plugins dies.so", factory.folder()).err ==
        "error: 'dies.so' ended by SIGABRT (aborted) in forward of activation 'dies' (dies.so)\n"
        "   = help: nnrun check puts each class through its laws, and names those that end it\n");
  factory.cpp("exits.so",
              "[[gnu::constructor]] static void f() { _exit(0); }\n" + curve("exits", ""),
              "-include unistd.h");
  for (const char* verb : {"plugins", "plugins --json", "schema"}) {
    const Ended ended = run(std::string("$nnrun ") + verb + " exits.so", factory.folder());
    CAPTURE(verb, ended.out);
    CHECK(ended.status == 4);
    CHECK_THAT(ended.err, StartsWith("error: 'exits.so' called exit(0) while it was loaded\n"));
  }
  CHECK(run("$nnrun plugins none.so", factory.folder()).err ==
        "error: there is no plugin library 'none.so'\n");
  CHECK_THAT(run("$nnrun schema mine.so", factory.folder()).out, Contains("\"mine\""));
}

TEST_CASE("the reference of all classes is Markdown", "[cli]") {
  const Scratch scratch;
  CHECK_THAT(run("$nnrun plugins --md", scratch.folder()).out,
             StartsWith("# Classes that configs can name\n\n## layer\n") &&
                 Contains("\n### huber\n") && Contains("| `delta` | number | 1 | above 0 | "));
}

TEST_CASE("a shell without completion is named, with those that have it", "[cli]") {
  const Scratch scratch;
  CHECK(run("$nnrun completion tcsh", scratch.folder()).err ==
        "error: no completion for the shell 'tcsh'\n   = help: one of: bash, zsh, fish\n");
}

TEST_CASE("a wrong command line is said in our words, with a hint", "[cli]") {
  const Scratch scratch;
  const auto said = [&](const std::string& arguments) {
    return refused("$nnrun " + arguments, 2, scratch.folder());
  };
  CHECK(said("train --thread 2 a.yaml") ==
        "error: train has no option '--thread'\n   = help: did you mean '--threads'?\n");
  CHECK(said("train -x") == "error: train has no option '-x'\n   = help: nnrun help train\n");
  CHECK(said("train a.yaml --set") ==
        "error: --set needs PATH=VALUE\n   = help: nnrun help train\n");
  CHECK(said("train a.yaml b.yaml") ==
        "error: 'b.yaml' is one word too many\n   = help: nnrun train CONFIG\n");
}

TEST_CASE("--json prints an object where a verb fails, too", "[cli]") {
  const Scratch scratch;
  scratch.write("a.yaml",
                "data: diagonal\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\n"
                "train: {cost: huber}\nseed: x\n");
  const auto failure = [&](const std::string& arguments, int status) {
    const Ended ended = run("$nnrun " + arguments + " --json", scratch.folder());
    CHECK(ended.status == status);
    CHECK_THAT(ended.err, StartsWith("error: "));
    const json object = json::parse(ended.out);
    CHECK(object["status"] == status);
    return object;
  };
  const json wrong = failure("train a.yaml", 3);
  CHECK(wrong["problems"][0]["what"] == "'seed' must be a whole number, not 'x'");
  CHECK(wrong["problems"][0]["where"] == "a.yaml:4:7");
  CHECK(failure("train none.yaml", 3)["error"] == "cannot read 'none.yaml': no such file");
  CHECK(failure("plugins sigmod", 2)["problems"][0]["hint"] == "did you mean 'sigmoid'?");
  CHECK(failure("train --sed", 2)["error"] == "train has no option '--sed'");
  CHECK(failure("eval none", 1)["status"] == 1);
}

TEST_CASE("a model and its run name the plugins that they need", "[cli]") {
  const Scratch scratch;
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out here --set train.schedule=cosine",
              scratch.folder())
              .status == 0);
  const std::string model = text_of(scratch / "here/model.safetensors");
  const json record = json::parse(text_of(scratch / "here/run.json"));
  CHECK_THAT(model, Contains("\"plugins\":\"[{\\\"file\\\":\\\"article.so\\\",\\\"sha256\\\":"));
  for (const json& library : record["plugins"])
    CHECK_THAT(model, Contains(library["sha256"].get<std::string>()));
  CHECK_THAT(record["plugins"].dump(), Contains("schedule cosine"));
}

}  // namespace
}  // namespace nnrun::testing
