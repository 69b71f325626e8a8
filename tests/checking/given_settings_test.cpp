// `nnrun check LIBRARY --set NAME.SETTING=VALUE`: classes that need something are tried with it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "loading/plugin_factory.hpp"
#include "support/example_data.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

const std::string data_sets = "$nnrun check " NNRUN_BUILD_DIR "/plugins/datasets.so";

/// `law status` of every law of a class.
std::vector<std::string> laws_of(const json& report, const std::string& name) {
  std::vector<std::string> laws;
  for (const json& c : report["classes"])
    if (c["name"] == name)
      for (const json& law : c["laws"])
        laws.push_back(law["law"].get<std::string>() + " " + law["status"].get<std::string>());
  return laws;
}

/// Reads the numbers of a file, but the first one differs at every call.
constexpr auto forgetful =
    "#include <nnrun/plugin.hpp>\n#include <fstream>\n#include <vector>\n"
    "struct Forgetful : nnrun::Dataset {\n"
    "  static constexpr auto name = \"forgetful\", doc = \"\";\n"
    "  const char* path = \"\";\n"
    "  long part = 0;\n"
    "  static constexpr auto params() {\n"
    "    return nnrun::params(\n"
    "        nnrun::param(&Forgetful::path, \"path\", \"\", {.required = true, .path = true}),\n"
    "        nnrun::param(&Forgetful::part, \"part\", \"\", {.min = 0, .max = 9}));\n"
    "  }\n"
    "  void open(nnrun_data& d) {\n"
    "    std::ifstream file(path);\n"
    "    if (!file) throw nnrun::Error(\"cannot be read\", path);\n"
    "    for (double x; file >> x;) numbers.push_back(x);\n"
    "    d.input = {1, {1}}; d.target = {1, {1}}; d.examples[NNRUN_TRAIN] = numbers.size();\n"
    "  }\n"
    "  void read(const nnrun::Stream&, nnrun::Part, std::size_t from, std::size_t n, double* x,\n"
    "            double* t) const {\n"
    "    static int reads = 0;\n"
    "    for (std::size_t i = 0; i < n; ++i) x[i] = numbers[from + i], t[i] = 0;\n"
    "    x[0] += 100 * reads++;\n"
    "  }\n"
    "  std::vector<double> numbers;\n"
    "};\nNNRUN_REGISTER(Forgetful)\n";

}  // namespace

TEST_CASE("the shipped data sets keep their laws with files that they are given", "[checking]") {
  const Scratch scratch;
  scratch.write("people.csv", "age,city,ill\n31,Rome,no\n45,Oslo,yes\n27,Rome,yes\n");
  scratch.write("images", idx_bytes({2, 1, 2}, "\1\2\3\4"));
  scratch.write("labels", idx_bytes({2}, std::string("\0\1", 2)));
  scratch.write("x.npy", npy_bytes("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4})));
  scratch.write("t.npy", npy_bytes("'|u1'", "(2,)", std::string("\0\1", 2)));
  const Ended ended = run(data_sets +
                              " --json --set csv.path=people.csv --set csv.inputs=[age]"
                              " --set csv.targets=[ill] --set idx.images=images"
                              " --set idx.labels=labels --set npy.inputs=x.npy"
                              " --set npy.targets=t.npy",
                          scratch.folder());
  CAPTURE(ended.out);
  CHECK(ended.err == "");
  REQUIRE(ended.status == 0);
  const json report = json::parse(ended.out);
  for (const char* name : {"csv", "idx", "npy"})
    CHECK(laws_of(report, name) ==
          std::vector<std::string>{"settings ok", "shapes ok", "finite numbers ok", "same seed ok",
                                   "reads again ok", "float inputs ok", "other seeds ok"});
}

TEST_CASE("without a file the laws of a data set are skipped, and say how to give one",
          "[checking]") {
  const Scratch scratch;
  const Ended ended = run(data_sets, scratch.folder());
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Contains("  shapes          skipped  needs a proper 'path': "
                                 "--set csv.path=...\n"));
  CHECK_THAT(ended.out, Contains("  shapes          skipped  needs a proper 'inputs', 'targets': "
                                 "--set npy.inputs=... --set npy.targets=...\n"));
  CHECK_THAT(ended.out, Contains("  shapes          skipped  dataset 'idx': needs 'folder', or "
                                 "'images' and 'labels': --set idx.SETTING=...\n"));
  const Ended half = run(data_sets + " --set npy.inputs=x.npy", scratch.folder());
  CHECK_THAT(half.out, Contains("  needs a proper 'targets': --set npy.targets=...\n"));
}

TEST_CASE("a data set that reads its file differently the second time is found", "[checking]") {
  const PluginFactory factory;
  factory.cpp("mine.so", forgetful);
  factory.scratch().write("a/numbers.txt", "1 2 3\n");
  const Ended ended =
      run("$nnrun check mine.so --set forgetful.path=a/numbers.txt", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.out, Contains("  shapes          ok       1 -> 1, 3 + 0 + 0 examples\n"));
  CHECK_THAT(ended.out, Contains("  same seed       fail     read a second time, number 1 is 201, "
                                 "not 101 in the training part\n"));
}

TEST_CASE("a given setting that does not work breaks the law instead of skipping it",
          "[checking]") {
  const PluginFactory factory;
  factory.cpp("mine.so", forgetful);
  const Ended ended = run("$nnrun check mine.so --set forgetful.path=none", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.out, Contains("  shapes          fail     dataset 'forgetful' failed in open: "
                                 "cannot be read (" +
                                 (factory.folder() / "none").string() + ")\n"));
  const Ended idx = run(data_sets + " --set idx.divide_by=1", factory.folder());
  CHECK(idx.status == 4);
  CHECK_THAT(idx.out, Contains("  shapes          fail     dataset 'idx': needs 'folder', or "
                               "'images' and 'labels'\n"));
}

TEST_CASE("settings for a check are read as strictly as those of a config", "[checking]") {
  const PluginFactory factory;
  factory.cpp("mine.so", forgetful);
  const auto said = [&](const std::string& set) {
    return refused("$nnrun check mine.so --set " + set, 3, factory.folder());
  };
  CHECK(said("forgetfull.path=a") ==
        "error: no class of 'mine.so' is called 'forgetfull'\n"
        " --> --set:1:1\n"
        "   |\n"
        " 1 | forgetfull.path=a\n"
        "   | ^^^^^^^^^^\n"
        "   = help: did you mean 'forgetful'?\n");
  CHECK(said("forgetful.pth=a --set forgetful.part=10") ==
        "error: 'part' must be in [0, 9], not 10\n"
        " --> --set:1:16\n"
        "   |\n"
        " 1 | forgetful.part=10\n"
        "   |                ^^\n\n"
        "error: dataset 'forgetful' has no setting 'pth'\n"
        " --> --set:1:11\n"
        "   |\n"
        " 1 | forgetful.pth=a\n"
        "   |           ^^^\n"
        "   = help: did you mean 'path'?\n");
  CHECK_THAT(said("forgetful=a"), Contains("error: 'forgetful' is a class, not a setting\n") &&
                                      Contains("= help: write --set forgetful.SETTING=VALUE\n"));
  const Ended json_too = run("$nnrun check --json mine.so --set a.b=1", factory.folder());
  CHECK(json::parse(json_too.out)["status"] == 3);
}

TEST_CASE("two classes of one name each take the settings that they have", "[checking]") {
  const PluginFactory factory;
  const auto of_kind = [](const std::string& kind, const std::string& setting,
                          const std::string& body) {
    return "struct " + kind + "Level : nnrun::" + kind +
           " {\n  static constexpr auto name = \"level\", doc = \"\";\n  double " + setting +
           " = 1;\n  static constexpr auto params() { return nnrun::params(nnrun::param(&" + kind +
           "Level::" + setting + ", \"" + setting + "\", \"\", {.min = 0, .max = 8})); }\n" + body +
           "};\nNNRUN_REGISTER(" + kind + "Level)\n";
  };
  factory.cpp("two.so",
              "#include <nnrun/plugin.hpp>\n" +
                  of_kind("Activation", "slope", "  auto f(auto x) const { return slope * x; }\n") +
                  of_kind("Schedule", "level",
                          "  double factor(const nnrun::Moment&) const { return level; }\n"));
  const Ended ended =
      run("$nnrun check two.so --set level.slope=2 --set level.level=0.25", factory.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Contains("from 0.25 to 0.25\n"));
  const Ended wrong = run("$nnrun check two.so --set level.height=2", factory.folder());
  CHECK(wrong.status == 3);
  CHECK_THAT(wrong.err, Contains("error: activation 'level' has no setting 'height'\n") &&
                            Contains("error: schedule 'level' has no setting 'height'\n"));
}

TEST_CASE("--set is for configs or for classes, not for both at once", "[checking]") {
  const PluginFactory factory;
  factory.cpp("mine.so", forgetful);
  const Ended ended =
      run("$nnrun check mine.so $configs/diagonal.yaml --set train.epochs=2", factory.folder());
  CHECK(ended.status == 2);
  CHECK(ended.err ==
        "error: --set is for configs or for classes of libraries, not both\n"
        "   = help: check the libraries by a command of their own\n");
}

TEST_CASE("a setting of two classes of one name needs the kind", "[checking]") {
  const Scratch scratch;
  const std::string formulas = "$nnrun check " NNRUN_BUILD_DIR "/plugins/formulas.so";
  CHECK_THAT(refused(formulas + " --set 'formula.formula=tanh(x)'", 3, scratch.folder()),
             Contains("error: 'formula.formula' is a setting of the activation of that name and of "
                      "the cost\n") &&
                 Contains("= help: write --set activation.formula.formula=VALUE"));
  const Ended ended =
      run(formulas + " --json --set 'activation.formula.formula=tanh(x)'", scratch.folder());
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(refused(formulas + " --set cost.formule.formula=y", 3, scratch.folder()),
             Contains("no cost of ") && Contains("is called 'formule'") &&
                 Contains("did you mean 'formula'?"));
}

}  // namespace nnrun::testing
