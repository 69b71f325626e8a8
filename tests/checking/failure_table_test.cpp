// What a host must survive, case by case, with a real library for each: a run's message and exit
// status 4, and that `check` and a comparison say the same and continue.
#include <catch2/catch.hpp>

#include "loading/plugin_factory.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// A folder with a config that names `bad.so` and one that does not.
struct Bench {
  PluginFactory factory;

  Bench() {
    write("bad.yaml", "activation", "bad", "[./bad.so]");
    write("good.yaml", "activation", "sigmoid", "[]");
  }
  void write(const std::string& file, const std::string& key, const std::string& name,
             const std::string& plugins) const {
    const std::string use = key == "activation" ? "model: {defaults: {activation: " + name + "}}\n"
                                                : "train: {" + key + ": " + name + "}\n";
    factory.scratch().write(file,
                            "extends: " NNRUN_SOURCE_DIR "/configs/diagonal-analytic.yaml\nname: " +
                                file.substr(0, file.find('.')) +
                                "\ndata: {train: 50, test: 50}\nplugins: " + plugins + "\n" + use);
  }
  void write_library(const std::string& bytes) const { factory.scratch().write("bad.so", bytes); }
  Ended nnrun(const std::string& arguments) const {
    return run("$nnrun " + arguments, factory.folder());
  }
  std::string whole() const {
    return text_of(
        factory.cpp("whole.so", class_of("Activation", "  auto f(auto x) const { return x; }\n")));
  }

  static std::string class_of(const std::string& kind, const std::string& body,
                              const std::string& before = {}) {
    return "#include <nnrun/plugin.hpp>\n#include <cmath>\n#include <stdexcept>\n" + before +
           "struct Bad : nnrun::" + kind +
           " {\n  static constexpr auto name = \"bad\", doc = \"\";\n" + body +
           "};\nNNRUN_REGISTER(Bad)\n";
  }
};

/// Checks that all verbs that load what a config names refuse it with the same message.
void refused_everywhere(const Bench& bench, const std::string& said) {
  for (const char* verb : {"train", "summary", "check", "compare good.yaml"}) {
    CAPTURE(verb, said);
    const Ended ended = bench.nnrun(std::string(verb) + " bad.yaml");
    CHECK(ended.status == 4);
    CHECK_THAT(ended.err, Contains("error: 'bad.so' " + said) && Contains(" --> bad.yaml:4:11\n"));
  }
  const Ended checked = bench.nnrun("check bad.so $configs/diagonal.yaml");
  CHECK(checked.status == 4);
  CHECK_THAT(checked.err, Contains("'bad.so' " + said));
  CHECK_THAT(checked.out, Contains("bad.so  cannot be checked\n") && Contains("ok     "));
  CHECK(bench.nnrun("-q good.yaml").status == 0);
}

}  // namespace

TEST_CASE("a file that is not a library is named with its cause", "[checking]") {
  const Bench bench;
  const PluginFactory& factory = bench.factory;
  const std::string no_library = "is not a shared library: it does not start as ELF files do\n";
  SECTION("text file") {
    bench.write_library("name: diagonal\n");
    refused_everywhere(bench, no_library);
  }
  SECTION("empty file") {
    bench.write_library("");
    refused_everywhere(bench, "is empty, not a plugin library\n");
  }
  SECTION("folder") {
    fs::create_directory(factory.scratch() / "bad.so");
    refused_everywhere(bench, "is a folder, not a plugin library\n");
  }
  SECTION("executable") {
    factory.other("bad.so", "");
    refused_everywhere(bench, "is a program, not a shared library\n");
  }
  SECTION("object file") {
    factory.other("bad.so", "-c");
    refused_everywhere(bench, "is an object file, not a shared library\n");
  }
  SECTION("no entry symbol") {
    factory.cpp("bad.so", "int f() { return 1; }");
    refused_everywhere(bench,
                       "is a shared library but not a plugin: it does not export "
                       "nnrun_plugin_v1\n");
  }
  SECTION("truncated") {
    const std::string whole = bench.whole();
    bench.write_library(whole.substr(0, whole.size() / 2));
    refused_everywhere(bench, "is cut short or damaged: it points beyond its ");
  }
  SECTION("other CPU") {
    std::string other = bench.whole();
    other[18] = other[18] == '\xb7' ? '\x3e' : '\xb7';
    bench.write_library(other);
    refused_everywhere(bench, "is built for ");
  }
}

TEST_CASE("a library that is cut short anywhere never starts a run", "[checking]") {
  const Bench bench;
  const std::string whole = bench.whole();
  for (std::size_t part = 1; part < 12; ++part) {
    bench.write_library(whole.substr(0, whole.size() * part / 12));
    const Ended ended = bench.nnrun("bad.yaml");
    CAPTURE(part, ended.err);
    CHECK(ended.status == 4);
    CHECK_THAT(ended.err, Contains("error: 'bad.so' is cut short or damaged"));
  }
}

TEST_CASE("a run names what its library lacks", "[checking]") {
  const Bench bench;
  const PluginFactory& factory = bench.factory;
  SECTION("missing dependency") {
    factory.cpp("libneeded.so", "extern \"C\" void needed() {}", "");
    factory.c("bad.so", "void needed(void); void f(void) { needed(); }",
              "-L" + factory.folder().string() + " -lneeded");
    fs::remove(factory.scratch() / "libneeded.so");
    refused_everywhere(bench, "cannot be loaded: libneeded.so: cannot open shared object file");
  }
  SECTION("undefined symbol") {
    factory.cpp("bad.so",
                "#include <nnrun/abi.h>\n"
                "namespace far { int help(double); }\n"
                "const nnrun_library* nnrun_plugin_v1() {\n"
                "  return far::help(1) ? nullptr : nullptr;\n}\n");
    refused_everywhere(bench, "cannot be loaded: undefined symbol: far::help(double)\n");
  }
}

TEST_CASE("another interface is refused with both versions and what to rebuild", "[checking]") {
  const Bench bench;
  SECTION("too new") {
    bench.factory.c("bad.so", "#define ENTRY nnrun_plugin_v2");
    refused_everywhere(bench, "speaks plugin interface 2, this nnrun speaks 1\n");
  }
  SECTION("too old") {
    bench.factory.c("bad.so", "#define ENTRY nnrun_plugin_v0");
    refused_everywhere(bench, "speaks plugin interface 0, this nnrun speaks 1\n");
  }
}

TEST_CASE("two libraries with one C++ class name train side by side", "[checking]") {
  const Bench bench;
  const auto named = [](const char* name, const char* factor) {
    return "#include <nnrun/plugin.hpp>\nstruct Same : nnrun::Activation {\n"
           "  static constexpr auto name = \"" +
           std::string(name) + "\", doc = \"\";\n  auto f(auto x) const { return " + factor +
           " * x; }\n};\nNNRUN_REGISTER(Same)\n";
  };
  for (const char* flags : {"-O2", "-O2 -fvisibility=hidden", "-O2 -fvisibility=default"}) {
    CAPTURE(flags);
    bench.factory.cpp("one.so", named("one", "1.0"), flags);
    bench.factory.cpp("three.so", named("three", "3.0"), flags);
    bench.factory.scratch().write(
        "same.yaml",
        "plugins: [./one.so, ./three.so]\n"
        "data: {type: diagonal, train: 1, test: 1}\n"
        "model: {input: 2, layers: [\n"
        "  {type: activation, activation: one},\n"
        "  {type: activation, activation: three},\n"
        "  {type: dense, units: 1, init: {type: constant, value: 1}, bias: false}]}\n"
        "train: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: "
        "1e-12}}\npredict: [[0.25, 0.5]]\n");
    const Ended ended = bench.nnrun("-q same.yaml");
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.out, Contains("(0.25, 0.5)") && Contains("2.2"));  // 3 · (0.25 + 0.5) = 2.25
  }
}

TEST_CASE("a number that is not finite names step, layer and plugin, and updates nothing",
          "[checking]") {
  const Bench bench;
  const auto [kind, key, body, said, status] =
      GENERATE(table<std::string, std::string, std::string, std::string, int>({
          {"Activation", "activation", "  auto f(auto x) const { return x / (x - x); }\n",
           "in epoch 1, step 1: the output of dense_1 was not finite first; the update was not "
           "applied\n  --> forward of activation 'bad' (bad.so)\n",
           1},
          {"Activation", "activation",
           "  auto f(auto x) const { return 1.0 * x; }\n"
           "  auto df(auto x, auto) const { return 1 / (x - x); }\n",
           "a gradient became infinite or nan in epoch 1, step 1: the slopes of dense_2 were not "
           "finite first; the update was not applied\n  --> backward of activation 'bad' "
           "(bad.so)\n",
           1},
          {"Activation", "activation",
           "  static constexpr bool in_place = true;\n"
           "  auto f(auto x) const { return x / (x - x); }\n"
           "  auto df(auto, auto) const { return 1.; }\n",
           "in epoch 1, step 1: the output of dense_1 was not finite first; the update was not "
           "applied\n  --> forward of activation 'bad' (bad.so)\n",
           1},
          {"Activation", "activation",
           "  static constexpr bool in_place = true;\n"
           "  auto f(auto x) const { return 1.0 * x; }\n"
           "  auto df(auto, auto y) const { return 1 / (y - y); }\n",
           "a gradient became infinite or nan in epoch 1, step 1: the slopes of dense_2 were not "
           "finite first; the update was not applied\n  --> backward of activation 'bad' "
           "(bad.so)\n",
           1},
          {"Cost", "cost", "  auto f(auto y, auto t) const { return (y - t) / (y - y); }\n",
           "in epoch 1, step 1: cost 'bad' gave it first; the update was not applied\n  --> value "
           "of cost 'bad' (bad.so)\n",
           1},
          {"Cost", "cost",
           "  auto f(auto y, auto t) const { return (y - t) * (y - t); }\n"
           "  auto df(auto y, auto) const { return 1 / (y - y); }\n",
           "a gradient became infinite or nan in epoch 1, step 1: the slopes of dense_2 were not "
           "finite first; the update was not applied\n  --> slope of cost 'bad' (bad.so)\n",
           1},
          {"Gradient", "gradient",
           "  template <class T>\n"
           "  double compute(const nnrun::Objective<T>& o, std::span<T> g) const {\n"
           "    const double cost = o.cost();\n"
           "    for (T& x : g) x = T(NAN);\n    return cost;\n  }\n",
           "a gradient became infinite or nan in epoch 1, step 1: gradient 'bad' gave it first; "
           "the update was not applied\n  --> compute of gradient 'bad' (bad.so)\n",
           1},
          {"Optimizer", "optimizer",
           "  void update(auto& w, auto g, const auto& step) const {\n"
           "    w = w - step.rate * g / (g - g);\n  }\n",
           "parameters became infinite or nan in epoch 1, step 1, in the update by optimizer "
           "'bad'\n  --> optimizer 'bad' (bad.so)\n",
           1},
          {"Initializer", "init",
           "  double draw(const nnrun::Stream&, const nnrun::Block&) const { return NAN; }\n",
           "initializer 'bad' gave nan for dense_1/weights\n", 4},
      }));
  CAPTURE(kind, body);
  bench.factory.cpp("bad.so", Bench::class_of(kind, body), "-O2");
  if (key == "init")
    bench.factory.scratch().write("nan.yaml",
                                  "extends: " NNRUN_SOURCE_DIR
                                  "/configs/diagonal-analytic.yaml\nplugins: [./bad.so]\n"
                                  "model: {defaults: {init: bad}}\n");
  else
    bench.write("nan.yaml", key, "bad", "[./bad.so]");
  const Ended ended = bench.nnrun("-q nan.yaml --out run");
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == status);
  CHECK_THAT(ended.err, Contains(said));
  CHECK_FALSE(fs::exists(bench.factory.scratch() / "run/model.safetensors"));
}

TEST_CASE("a random number outside of [0, 1) ends the run, whoever draws it", "[checking]") {
  const Bench bench;
  const std::string number = GENERATE("1", "-0.5", "1e6", "NAN");
  CAPTURE(number);
  bench.factory.cpp(
      "bad.so", Bench::class_of("Random",
                                "  void seed(std::uint64_t) {}\n"
                                "  void uniform(const char* stream, std::uint64_t, std::uint64_t,"
                                " std::span<double> out) const {\n"
                                "    for (double& x : out) x = 0.25;\n"
                                "    if (stream == std::string_view(DRAWN)) out.back() = " +
                                    number + ";\n  }\n",
                                "#include <cstdlib>\n#include <string_view>\n"
                                "#define DRAWN std::getenv(\"DRAWN\")\n"));
  bench.factory.scratch().write("bad.yaml", "extends: " NNRUN_SOURCE_DIR
                                            "/configs/diagonal-minibatch.yaml\n"
                                            "plugins: [./bad.so]\nrandom: bad\n");
  const std::string said =
      "the random numbers of 'bad' must be in [0, 1), but one is " + (number == "NAN"   ? "nan"
                                                                      : number == "1e6" ? "1e+06"
                                                                                        : number);
  for (const auto& [drawn, by] : {std::pair("shuffle", "random 'bad' failed in uniform: "),
                                  std::pair("data/train", "error: ")}) {
    const Ended ended =
        run("DRAWN=" + std::string(drawn) + " $nnrun -q bad.yaml", bench.factory.folder());
    CAPTURE(drawn, ended.err);
    CHECK((ended.status == 4 || ended.status == 5));
    CHECK_THAT(ended.err, Contains(by + said));
  }
}

TEST_CASE("the compiler says in a line what a class must give, and what a formula cannot do",
          "[checking]") {
  const auto [kind, body, said] = GENERATE(table<std::string, std::string, std::string>(
      {{"Activation",
        "  auto f(auto x) const { return 1.0 * x; }\n  auto df(auto x) const { return x; }\n",
        "df takes x and y = f(x)"},
       {"Cost",
        "  auto f(auto y, auto t) const { return (y - t) * (y - t); }\n"
        "  auto df(auto y) const { return 2 * y; }\n",
        "df takes y and t"},
       {"Activation", "  auto f(auto x) const { return atan(1.0 * x); }\n",
        "atan is not there for formulas; these are: exp expm1 log "},
       {"Activation", "  auto F(auto x) const { return x; }\n",
        "an activation gives auto f(auto x) const, or forward and backward for rows"},
       {"Cost", "  auto f(auto y) const { return y; }\n",
        "a cost gives auto f(auto y, auto t) const, or value and slope for rows"},
       {"Optimizer", "  void step(auto& w, auto g, const auto& k) const { w = w - k.rate * g; }\n",
        "an optimizer gives void update(auto& w, auto g, auto&... slots, const auto& k) const"},
       {"Schedule", "  double rate(const nnrun::Moment&) const { return 1; }\n",
        "a schedule gives double factor(const nnrun::Moment& moment) const"},
       {"Regularizer", "  auto penalty(auto w) const { return w * w; }\n",
        "a regularizer gives auto penalty(auto w) const and auto slope(auto w) const"},
       {"Metric", "  double score(auto y, auto t) const { return 1; }\n",
        "a metric gives double value(auto y, auto t) const, of nnrun::Rows"},
       {"Initializer", "  double get(const nnrun::Stream&) const { return 1; }\n",
        "an initializer gives double draw("},
       {"Gradient", "  double slope(auto f, auto g) const { return 1; }\n",
        "a gradient gives template <class T> double compute("},
       {"Layer", "  void forwards(auto call) const {}\n", "a layer gives plan(nnrun_plan&)"},
       {"Dataset", "  void open(nnrun_data&) {}\n", "a data set gives open(nnrun_data&)"},
       {"Random", "  void seed(std::uint64_t) {}\n",
        "a random gives seed(n) and uniform(stream, index, from, out)"}}));
  const Scratch scratch;
  scratch.write("bad.cpp", Bench::class_of(kind, body));
  const Ended ended = run(NNRUN_CXX " -std=c++20 -fPIC -shared -I" NNRUN_SOURCE_DIR
                                    "/framework/include bad.cpp -o bad.so",
                          scratch.folder());
  CHECK(ended.status != 0);
  CHECK_THAT(ended.err, Contains(said));
}

TEST_CASE("a constructor that switches denormals off is undone in a run, with a warning",
          "[checking]") {
#if defined(__x86_64__)
  const Bench bench;
  bench.factory.c("bad.so", "#define NAME \"bad\"", "-O1 -ffast-math");
  const Ended ended = bench.nnrun("bad.yaml -q");
  CAPTURE(ended.out, ended.err);
  CHECK_THAT(ended.err,
             Contains("warning: 'bad.so' changed the floating-point mode as it was loaded, "
                      "which would lose denormal numbers everywhere (built with "
                      "-ffast-math?); it was restored\n"));
#endif
}

}  // namespace nnrun::testing
