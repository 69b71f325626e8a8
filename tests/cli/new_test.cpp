// `nnrun new`: for each kind, what it writes builds with one command, keeps the laws and trains.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "loading/registry.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

/// Counts lines of C++ that are neither empty nor a comment.
int code_lines(const std::string& text) {
  int count = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    count += first != line.npos && line.compare(first, 2, "//") != 0;
  }
  return count;
}

TEST_CASE("every kind is written, built by one command, and learns as written", "[cli]") {
  for (const std::string& kind : host::known_kinds()) {
    CAPTURE(kind);
    const Scratch scratch;
    const std::string name = "mine_2_" + kind;
    const Ended made = run("$nnrun new " + kind + " " + name + " --json", scratch.folder());
    CHECK(made.err == "");
    REQUIRE(made.status == 0);
    const json told = json::parse(made.out);
    for (const json& file : told["files"])
      CHECK(std::filesystem::exists(scratch / file.get<std::string>()));

    const std::filesystem::path folder = scratch / name;
    const Ended built = run(told["build"].get<std::string>() +
                                " -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion",
                            folder);
    CHECK(built.err == "");
    REQUIRE(built.status == 0);
    const Ended trained = run("NNRUN=$nnrun ./test.sh", folder);
    CHECK(trained.status == 0);
    CHECK_THAT(trained.out, Contains(", 0 failed\n") && Contains("test   cost "));
    if (kind == "dataset") CHECK_THAT(trained.out, Contains(", 0 skipped, 0 failed\n"));
    const Ended shown = run("$nnrun plugins " + name + ".so", folder);
    CHECK(shown.status == 0);
    CHECK_THAT(shown.out, Contains("\n" + kind + " " + name + "  "));
    const Ended result = run(told["train"].get<std::string>() + " --json", folder);
    REQUIRE(result.status == 0);
    const json score = json::parse(result.out)["test"];
    CHECK(score["accuracy"].get<double>() >= 0.9);

    const std::string source = text_of(folder / (name + ".cpp"));
    CHECK_THAT(source, !Contains("new_thing") && !Contains("NewThing") && !Contains("TODO"));
    for (const std::string& file : names_in(folder))
      if (!file.ends_with(".so") && file != "runs")
        CHECK_THAT(text_of(folder / file), !Contains("new_thing") && !Contains("@"));
  }
}

TEST_CASE("an activation or a cost takes ten lines, an optimizer with two slots twenty", "[cli]") {
  const auto lines_of = [](const std::string& kind) {
    const Scratch scratch;
    REQUIRE(run("$nnrun new " + kind + " mine", scratch.folder()).status == 0);
    return code_lines(text_of(scratch / "mine/mine.cpp"));
  };
  CHECK(lines_of("activation") <= 10);
  CHECK(lines_of("cost") <= 10);
  CHECK(lines_of("optimizer") <= 20);
}

TEST_CASE("new says what it wrote and what to do next", "[cli]") {
  const Scratch scratch;
  const Ended made =
      run("PATH=$(dirname $nnrun):$PATH; $nnrun new activation swish", scratch.folder());
  CHECK(made.err == "");
  CHECK(made.out ==
        "wrote  swish/CMakeLists.txt\n"
        "wrote  swish/README.md\n"
        "wrote  swish/swish.cpp\n"
        "wrote  swish/swish.yaml\n"
        "wrote  swish/test.sh\n"
        "next   cd swish\n"
        "       g++ -std=c++20 -O3 -fPIC -shared -I" NNRUN_SOURCE_DIR
        "/framework/include swish.cpp -o swish.so\n"
        "       nnrun swish.yaml\n");
  CHECK_THAT(text_of(scratch / "swish/swish.cpp"), Contains("struct Swish : nnrun::Activation {"));
}

TEST_CASE("new refuses what cannot be a plugin, with a hint", "[cli]") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "taken");
  const auto said = [&](const std::string& arguments) {
    return refused("$nnrun new " + arguments, 2, scratch.folder());
  };
  CHECK(said("") ==
        "error: new needs a kind and a name\n"
        "   = help: nnrun new activation swish, or nnrun new config data.csv\n"
        "           kinds: layer, activation, initializer, cost, gradient, optimizer, schedule, "
        "regularizer, metric, dataset, random, augmentation, exchange\n");
  CHECK_THAT(run("$nnrun new --help", scratch.folder()).out,
             Contains("\n  kinds: layer, activation, initializer, cost, gradient, optimizer, "));
  CHECK(said("activation") == said(""));
  CHECK(said("aktivation swish") ==
        "error: there is no kind of plugin 'aktivation'\n"
        "   = help: did you mean 'activation'?\n");
  CHECK(said("activation BentIdentity") ==
        "error: a plugin cannot be called 'BentIdentity'\n"
        "   = help: nnrun new activation bent_identity: small letters, digits and '_'\n");
  CHECK(said("cost '../my cost'") ==
        "error: a plugin cannot be called '../my cost'\n"
        "   = help: nnrun new cost my_cost: small letters, digits and '_'\n");
  CHECK(said("cost 2") ==
        "error: a plugin cannot be called '2'\n"
        "   = help: use at most 60 small letters, digits and '_', a letter first\n");
  CHECK(said("cost test") ==
        "error: a plugin cannot be called 'test'\n"
        "   = help: CMake has a target of this name; nnrun new cost test_of_mine\n");
  CHECK(said("activation sigmoid") ==
        "error: there is activation 'sigmoid' already\n"
        "  --> " NNRUN_BUILD_DIR
        "/plugins/article.so\n"
        "   = help: choose another name: a name that two libraries provide is refused\n");
  CHECK(said("activation taken") ==
        "error: 'taken' exists already\n"
        "   = help: choose another name, or work in another folder\n");
  CHECK(scratch.names() == std::vector<std::string>{".command", ".err", ".out", "taken"});
}

}  // namespace
}  // namespace nnrun::testing
