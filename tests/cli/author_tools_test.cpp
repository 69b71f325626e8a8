// What helps to write plugins and command lines: listings, completion, errors of usage.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "loading/plugin_factory.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;
namespace fs = std::filesystem;
using nlohmann::json;

const std::string gxx =
    "g++ -std=c++20 -O3 -fPIC -shared -I" NNRUN_SOURCE_DIR "/framework/include ";

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
  // 0 left of the middle, then a line up to 5 at x = 5
  CHECK_THAT(shown.out, Contains("  value\n  5 │") && Contains("  0 │⣀⣀⣀⣀⣀⣀⣀"));
  CHECK_THAT(shown.out, Contains("\n     -5                      x                      5\n"));
  CHECK_THAT(run("LC_ALL=C $nnrun plugins relu", scratch.folder()).out,
             Contains("  value\n  5 |   ") && Contains("  0 |************************"));
  CHECK_THAT(run("$nnrun plugins adam", scratch.folder()).out,
             Contains("  learning_rate  number  default 0.001  above 0     how far a step goes\n"
                      "  beta1          number  default 0.9    [0, 1)      "));
  CHECK_THAT(run("$nnrun plugins step", scratch.folder()).out,
             Contains("  factor, of a run of 30 epochs"));
}

TEST_CASE("the curve of a function fills its height, however large its values are", "[cli]") {
  const PluginFactory factory;
  for (const char* const slope : {"2.0", "3e307"}) {
    CAPTURE(slope);
    factory.cpp("wide.so",
                "#include <nnrun/plugin.hpp>\nstruct Wide : nnrun::Activation {\n"
                "  static constexpr auto name = \"wide\", doc = \"\";\n"
                "  auto f(auto x) const { return " +
                    std::string(slope) + " * x; }\n};\nNNRUN_REGISTER(Wide)\n");
    const Ended shown = run("LC_ALL=C $nnrun plugins wide.so", factory.folder());
    CAPTURE(shown.out);
    CHECK(shown.status == 0);
    // a line from corner to corner
    CHECK_THAT(shown.out, Contains("|" + std::string(44, ' ') + "****\n") &&
                              Contains("|    *******\n") && Contains("|****\n"));
  }
}

TEST_CASE("a plugin built without optimisation gets a warning", "[cli]") {
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
    // under a sanitizer _exit is not ours
    const std::string when = sanitized ? "it was loaded" : "'exits.so' was loaded";
    CHECK_THAT(ended.err, StartsWith("error: 'exits.so' called exit(0) while " + when + "\n"));
  }
  CHECK(run("$nnrun plugins none.so", factory.folder()).err ==
        "error: there is no plugin library 'none.so'\n"
        "   = help: correct the path, or build it so: " +
            gxx + "none.cpp -o none.so\n");
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

TEST_CASE("a wrong command line is explained in our words, with a hint", "[cli]") {
  const Scratch scratch;
  const auto said = [&](const std::string& arguments) {
    return refused("$nnrun " + arguments, 2, scratch.folder());
  };
  CHECK(said("train --thread 2 a.yaml") ==
        "error: train has no option '--thread'\n   = help: did you mean '--threads'?\n");
  CHECK(said("-q export runs/none --c") ==
        "error: --c needs FILE\n   = help: nnrun help export\n");  // -q may stand before the verb
  CHECK(said("-v eval") == "error: eval needs a run\n   = help: nnrun eval runs/diagonal/0001\n");
  CHECK(said("train -x") == "error: train has no option '-x'\n   = help: nnrun help train\n");
  CHECK(said("train a.yaml --set") ==
        "error: --set needs PATH=VALUE\n   = help: nnrun help train\n");
  CHECK(said("train a.yaml b.yaml") ==
        "error: 'b.yaml' is one word too many\n   = help: nnrun train CONFIG\n");
}

TEST_CASE("a library or its source in place of a config is told what to do", "[cli]") {
  const Scratch scratch;
  scratch.write("bent.so", "");
  scratch.write("bent.cpp", "");
  const auto said = [&](const std::string& arguments) {
    const Ended ended = run("$nnrun " + arguments, scratch.folder());
    CHECK(ended.status == 2);
    return ended.err;
  };
  for (const char* verb : {"", "summary ", "compare ", "sweep "}) {
    CHECK(said(verb + std::string("bent.so")) ==
          "error: 'bent.so' is a plugin library, not a config\n"
          "   = help: nnrun check bent.so\n");
    CHECK(said(verb + std::string("bent.cpp")) ==
          "error: 'bent.cpp' is the source of a plugin, not a config\n"
          "   = help: build it so: " +
              gxx + "bent.cpp -o bent.so\n");
  }
  CHECK(said("check bent.cpp") ==
        "error: 'bent.cpp' is the source of a plugin, not a config or a library\n"
        "   = help: build it so: " +
            gxx + "bent.cpp -o bent.so\n");
  CHECK(said("check") ==
        "error: check needs a config or a library\n"
        "   = help: nnrun check configs/diagonal.yaml, or nnrun check LIBRARY.so\n");
}

TEST_CASE("an error about a library of NNRUN_PLUGIN_PATH names the variable", "[cli]") {
  const PluginFactory factory;
  factory.scratch().write("bad.so", "");
  const Ended bad = run("NNRUN_PLUGIN_PATH=bad.so $nnrun plugins", factory.folder());
  CHECK(bad.status == 4);
  CHECK(bad.err ==
        "error: 'bad.so' is empty, not a plugin library\n"
        "  --> 'bad.so' in NNRUN_PLUGIN_PATH\n"
        "   = help: build it so: " +
            gxx +
            "NAME.cpp -o NAME.so\n"
            "           or take it out of NNRUN_PLUGIN_PATH\n");
  factory.c("taken.so", "#define NAME \"relu\"");
  const Ended taken = run("NNRUN_PLUGIN_PATH=taken.so $nnrun plugins", factory.folder());
  CHECK(taken.status == 4);
  CHECK(taken.err ==
        "error: activation 'relu' is already provided by taken.so\n"
        "  --> " NNRUN_BUILD_DIR
        "/plugins/activations.so\n"
        "   = help: rename the class of the library that NNRUN_PLUGIN_PATH names, or take it out "
        "there\n");
}

TEST_CASE("a pinned library that is missing or has another checksum is one error", "[cli]") {
  const PluginFactory factory;
  const std::string found = host::sha256_of_file(factory.c("a.so"));
  const auto config = [&](const std::string& library, const std::string& sha256) {
    factory.scratch().write(
        "a.yaml", "plugins: [{path: " + library + ", sha256: " + sha256 +
                      "}]\ndata: diagonal\nmodel: {input: 2, layers: [{type: dense, units: 1, "
                      "activation: twice}]}\ntrain: {cost: huber}\n");
    return run("$nnrun summary a.yaml", factory.folder());
  };
  CHECK(config("a.so", found).status == 0);
  const std::string other(64, '0');
  const Ended pinned = config("a.so", other);
  CHECK(pinned.status == 4);
  CHECK(pinned.err == "error: 'a.so' is not the library that the config pins: its sha256 is " +
                          found + ", expected " + other +
                          "\n --> a.yaml:1:32\n   |\n 1 | plugins: [{path: a.so, sha256: " + other +
                          "}]\n   |                                " + std::string(64, '^') +
                          "\n   = help: load it only if you know why it changed: then write its "
                          "sha256 here\n");
  const Ended gone = config("b.so", other), unpinned = config("b.so", "~");
  CHECK(gone.status == 4);
  CHECK(unpinned.status == 4);
  const std::string sentence = "error: there is no plugin library '" +
                               (factory.folder() / "b.so").string() + "'\n --> a.yaml:1:18\n";
  CHECK_THAT(gone.err, StartsWith(sentence));
  CHECK_THAT(unpinned.err, StartsWith(sentence));
}

TEST_CASE("a config that ends the check late has one verdict", "[cli]") {
  const PluginFactory factory;
  factory.cpp("dies.so",
              "#include <nnrun/plugin.hpp>\n#include <cstdlib>\nstruct Dies : nnrun::Gradient {\n"
              "  static constexpr auto name = \"dies\", doc = \"aborts\";\n"
              "  double compute(const auto&, auto) const { std::abort(); }\n};\n"
              "NNRUN_REGISTER(Dies)\n");
  factory.scratch().write("a.yaml",
                          "plugins: [dies.so]\ndata: diagonal\nmodel: {input: 2, layers: "
                          "[{type: dense, units: 1}]}\ntrain: {cost: huber}\n");
  const std::string command = "$nnrun check a.yaml --gradients dies,backprop";
  const Ended ended = run(command, factory.folder());
  CHECK(ended.status == 4);
  CHECK(ended.out == "wrong  a.yaml\n");
  const json told = json::parse(run(command + " --json", factory.folder()).out);
  CHECK(told["configs"].size() == 1);
  CHECK(told["configs"][0]["status"] == "wrong");
}

TEST_CASE("--json prints an object even if a verb fails", "[cli]") {
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
  CHECK(failure("plugins sigmod", 2)["problems"][0]["hint"] ==
        "did you mean 'sigmoid'?\nof a library that is not loaded: nnrun plugins FILE.so, or set "
        "NNRUN_PLUGIN_PATH=FILE.so");
  CHECK(failure("train --sed", 2)["error"] == "train has no option '--sed'");
  CHECK(failure("eval none", 2)["status"] == 2);
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

TEST_CASE("an index of the program's own libraries changes neither results, lists nor records",
          "[cli]") {
  const Scratch scratch;
  const auto wanted = [&](const std::string& command) {
    const Ended ended = run(command, scratch.folder());
    CAPTURE(command, ended.err);
    REQUIRE(ended.status == 0);
    return ended.out;
  };
  // a copy of the program and its libraries: the index that came along is of others
  wanted("mkdir p && cp $nnrun p && mkdir p/plugins && cp ${nnrun%/*}/plugins/*.so p/plugins");
  const std::string lists =
      wanted("p/nnrun plugins --json; p/nnrun schema; p/nnrun version --json");
  const std::string results = wanted("p/nnrun $configs/diagonal-bias.yaml --out before -q");
  CHECK(!fs::exists(scratch / "p/plugins/index"));
  const json written = json::parse(wanted("p/nnrun plugins --index --json"));
  CHECK(written == json{{"index", (scratch / "p/plugins/index").string()}});
  CHECK(wanted("p/nnrun plugins --json; p/nnrun schema; p/nnrun version --json") == lists);
  CHECK(replaced(wanted("p/nnrun $configs/diagonal-bias.yaml --out after -q"), "after", "before") ==
        results);
  const json before = json::parse(text_of(scratch / "before/run.json")),
             after = json::parse(text_of(scratch / "after/run.json"));
  CHECK(before["plugins"] == after["plugins"]);
  CHECK(before["result"]["weights_sha256"] == after["result"]["weights_sha256"]);
  // a library that is replaced is recorded as what it is now
  wanted("printf x >>p/plugins/article.so; p/nnrun $configs/diagonal-bias.yaml --out changed -q");
  const std::string sum = host::sha256_of_file(scratch / "p/plugins/article.so");
  CHECK_THAT(json::parse(text_of(scratch / "changed/run.json"))["plugins"].dump(), Contains(sum));
  CHECK_THAT(
      refused("$nnrun plugins relu --index", 2, scratch.folder()),
      StartsWith("error: --index is for nnrun's own folder of libraries, 'relu' is too much"));
}

}  // namespace
}  // namespace nnrun::testing
