// What the program does when a config names a broken library.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "loading/plugin_factory.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// The shipped network of diagonal-analytic with an activation of a library in the same folder.
void write_config(const PluginFactory& factory, const std::string& file,
                  const std::string& activation = "bad") {
  factory.scratch().write(file, "extends: " NNRUN_SOURCE_DIR
                                "/configs/diagonal-analytic.yaml\n"
                                "plugins: [./bad.so]\n"
                                "model: {defaults: {activation: " +
                                    activation + "}}\n");
}
std::string class_that(const std::string& does, const std::string& before = {}) {
  return "#include <nnrun/plugin.hpp>\n#include <stdexcept>\n" + before +
         "struct Bad : nnrun::Activation {\n"
         "  static constexpr auto name = \"bad\", doc = \"\";\n"
         "  auto f(auto x) const { " +
         does + " return 1.0 * x; }\n};\nNNRUN_REGISTER(Bad)\n";
}
const std::string dies_at_load =
    "#include <csignal>\n[[gnu::constructor]] static void at_load() { raise(SIGSEGV); }\n";

}  // namespace

TEST_CASE("train, check and summary refuse a broken library with exit status 4", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  const std::string whole = text_of(factory.cpp("bad.so", class_that("")));
  const auto [content, said] = GENERATE_REF(table<std::string, std::string>(
      {{"text", "' is not a shared library: it does not start as ELF files do\n"},
       {whole.substr(0, 5000), "' is cut short or damaged: it points beyond its 5000 bytes\n"}}));
  factory.scratch().write("bad.so", content);
  for (const char* verb : {"train", "check", "summary"}) {
    CAPTURE(verb);
    const Ended ended = run(std::string("$nnrun ") + verb + " a.yaml", factory.folder());
    CHECK(ended.status == 4);
    CHECK_THAT(ended.err, Contains(said) && Contains(" --> a.yaml:2:11\n"));
  }
}

TEST_CASE("what a formula throws in training ends the run with its class and method",
          "[checking]") {
  const auto [statement, said] = GENERATE(table<std::string, std::string>(
      {{"if (x > 0.5) throw std::runtime_error(\"boom\");", "boom"},
       {"if (x > 0.5) throw 42;", "threw something that is not a std::exception"}}));
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that(statement), "-O3");
  const Ended ended = run("$nnrun -q a.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err,
             Contains("error: activation 'bad' failed in forward: " + said + "\n  --> bad.so\n"));
}

TEST_CASE("what a cost throws in the middle of a step ends the run with its class and method",
          "[checking]") {
  const auto [settings, method] = GENERATE(table<std::string, std::string>(
      {{"--set train.gradient=backprop", "slope"},
       {"--set train.gradient=backprop --set train.batch_size=7", "slope"},
       {"--set train.gradient=finite_difference", "value"}}));
  CAPTURE(settings);
  const PluginFactory factory;
  factory.scratch().write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\n"
                                    "plugins: [./bad.so]\ntrain: {cost: bad}\n");
  factory.cpp("bad.so",
              "#include <nnrun/plugin.hpp>\n#include <stdexcept>\n"
              "struct Bad : nnrun::Cost {\n"
              "  static constexpr auto name = \"bad\", doc = \"\";\n"
              "  auto f(auto y, auto t) const {\n"
              "    if (y > 0.9) throw std::runtime_error(\"boom\");\n"
              "    return (y - t) * (y - t);\n  }\n};\nNNRUN_REGISTER(Bad)\n",
              "-O3");
  const Ended ended = run("$nnrun -q a.yaml " + settings, factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err,
             Contains("error: cost 'bad' failed in " + method + ": boom\n  --> bad.so\n"));
}

TEST_CASE("numbers that are not finite are told of before what a formula throws because of them",
          "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("if (!(x < 1) && !(x >= 1)) throw std::runtime_error(\"nan\");"),
              "-O3");
  const Ended ended =
      run("$nnrun -q a.yaml --set train.optimizer.learning_rate=1e6", factory.folder());
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("error: cost became ") && Contains(" in epoch 1, step ") &&
                            Contains("; the update was not applied"));
}

TEST_CASE("a run that a plugin keeps from ending says so, and a second signal ends it",
          "[checking]") {
  if (!loops_hear_signals) return;
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("for (volatile int i = 0;;) i = i;"));
  const Ended ended =
      run(started("$nnrun a.yaml") + wait_until("test -e runs/diagonal-analytic/0001/run.json") +
              "sleep 1; kill $child\n" + wait_until("grep -q '^waiting for' .err") +
              "kill $child; wait $child",
          factory.folder());
  CHECK(ended.status == 128 + 15);
  CHECK_THAT(ended.err,
             Contains("\nwaiting for the end of the step; a second signal ends it at once\n"));
}

TEST_CASE("what a plugin prints is not part of the result", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("std::printf(\"printed\\n\"); std::cout << \"streamed\\n\";",
                                   "#include <cstdio>\n#include <iostream>\n"));
  const Ended ended =
      run("$nnrun a.yaml --json --set data.train=9 --set train.optimizer.learning_rate=0.001",
          factory.folder());
  CHECK(ended.status == 0);
  CHECK(nlohmann::json::parse(ended.out).is_object());
  CHECK_THAT(ended.err, Contains("printed\n") && Contains("streamed\n"));
}

TEST_CASE("check survives a config whose library crashes, and looks at the next", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("", dies_at_load));
  const Ended ended = run("$nnrun check a.yaml $configs/diagonal.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(
      ended.err,
      Contains("error: 'a.yaml': a plugin ended by SIGSEGV (segmentation fault) while 'bad.so' was "
               "loaded\n"
               "   = help: nnrun check LIBRARY.so tries each class of a library by itself\n"));
  CHECK_THAT(ended.out, Contains("wrong  a.yaml\n") && Contains("ok     ") &&
                            Contains("/configs/diagonal.yaml  2 layers"));
  const Ended library = run("$nnrun check bad.so", factory.folder());
  CHECK(library.status == 4);
  CHECK(library.out == "bad.so  cannot be checked\n");
  CHECK_THAT(library.err, Contains("error: 'bad.so' ended by SIGSEGV (segmentation fault) while "
                                   "'bad.so' was loaded\n"));
}

TEST_CASE("a plugin that ends the process is named with class and method, and the status is 4",
          "[checking]") {
  const auto [statement, said] = GENERATE(table<std::string, std::string>(
      {{"if (x > 0.5) raise(SIGSEGV);",
        "segmentation fault in forward of activation 'bad' (bad.so)"},
       {"if (x > 0.5) std::abort();", "aborted in forward of activation 'bad' (bad.so)"},
       {"if (x > 0.5) std::exit(0);", "exit was called in forward of activation 'bad' (bad.so)"},
       {"if (x > 0.5) overflow(1);", "segmentation fault in forward of activation 'bad' (bad.so)"},
       {"if (x > 0.5) stop();",
        "aborted in forward of activation 'bad' (bad.so): uncaught exception: boom"},
       {"", "segmentation fault while 'bad.so' was loaded"}}));
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so",
              class_that(statement,
                         "#include <csignal>\n#include <cstdlib>\n"
                         "[[gnu::noinline]] static int overflow(volatile int x) {\n"
                         "  volatile char room[4096];\n"
                         "  room[0] = static_cast<char>(x);\n"
                         "  return x == 0 ? 0 : overflow(x + 1) + room[0];\n}\n"
                         "static void stop() noexcept {\n"
                         "  throw std::runtime_error(\"boom\");\n}\n" +
                             (statement.empty() ? dies_at_load : "")),
              "-O1");
  for (const char* threads : {"1", "2"}) {
    CAPTURE(threads);
    const Ended ended =
        run(std::string("$nnrun a.yaml --set train.batch_size=1000 --threads ") + threads,
            factory.folder());
    CHECK(ended.status == 4);
    CHECK_THAT(ended.err,
               Contains("error: " + said + "\n") && Contains("   = help: nnrun check LIBRARY.so"));
  }
}

TEST_CASE("a gradient that calls back is named for its own crash, a layer for a layer's",
          "[checking]") {
  const PluginFactory factory;
  factory.scratch().write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\nplugins: [./bad.so]\n"
                                    "train: {gradient: bad}\n");
  factory.cpp("bad.so",
              "#include <nnrun/plugin.hpp>\n#include <csignal>\n"
              "struct Bad : nnrun::Gradient {\n"
              "  static constexpr auto name = \"bad\", doc = \"\";\n"
              "  template <class T>\n"
              "  double compute(const nnrun::Objective<T>& o, std::span<T> g) const {\n"
              "    const double cost = o.backpropagate(g);\n"
              "    raise(SIGSEGV);\n    return cost;\n  }\n};\nNNRUN_REGISTER(Bad)\n");
  const Ended ended = run("$nnrun a.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err,
             Contains("error: segmentation fault in compute of gradient 'bad' (bad.so)\n"));
  CHECK(run("$nnrun a.yaml --json 2> err", factory.folder()).out ==
        "{\"error\":\"segmentation fault in compute of gradient 'bad' (bad.so)\",\"status\":4}\n");
}

TEST_CASE("data sets that differ are refused, and one that crashes is a failed run", "[checking]") {
  const PluginFactory factory;
  const std::string data =
      "#include <nnrun/plugin.hpp>\n#include <csignal>\n"
      "struct Bad : nnrun::Dataset {\n"
      "  static constexpr auto name = \"bad\", doc = \"\";\n"
      "  double crash = 0;\n"
      "  static constexpr auto params() {\n"
      "    return nnrun::params(nnrun::param(&Bad::crash, \"crash\", \"or not\"));\n  }\n"
      "  void open(nnrun_data& d) const {\n"
      "    if (crash > 0) raise(SIGSEGV);\n"
      "    d.input = {1, {2}}; d.target = {1, {1}}; d.examples[NNRUN_TRAIN] = 9;\n  }\n"
      "  void read(const nnrun::Stream&, nnrun::Part, std::size_t, std::size_t n, double* x,\n"
      "            double* t) const {\n"
      "    for (std::size_t i = 0; i < 2 * n; ++i) x[i] = 0.5;\n"
      "    for (std::size_t i = 0; i < n; ++i) t[i] = 1;\n  }\n};\nNNRUN_REGISTER(Bad)\n";
  factory.cpp("bad.so", data);
  for (const auto& [name, how] : {std::pair("fine", "0"), std::pair("dies", "1")})
    factory.scratch().write(std::string(name) + ".yaml",
                            "name: " + std::string(name) +
                                "\nplugins: [./bad.so]\ndata: {type: bad, crash: " + how +
                                "}\nmodel: {input: 2, layers: [{type: dense, units: 1}]}\n"
                                "train: {cost: sum_squared_error, optimizer: sgd}\n");
  CHECK(run("$nnrun compare fine.yaml dies.yaml --seeds 2 -q", factory.folder()).status == 3);
  const std::string by_crash = "$nnrun sweep fine.yaml --set 'sweep={data.crash: [0, 1]}' -q";
  CHECK(run(by_crash, factory.folder()).status == 3);
  const Ended swept =
      run("$nnrun sweep dies.yaml --set 'sweep={train.epochs: [1, 2]}' -q", factory.folder());
  CAPTURE(swept.out, swept.err);
  CHECK(swept.status == 1);
  CHECK_THAT(swept.out + swept.err, Contains("ended by SIGSEGV (segmentation fault) in open of "
                                             "dataset 'bad' (bad.so)"));
}

TEST_CASE("a stranger's config is looked at without loading what it names", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("", dies_at_load));
  const std::string library = (factory.folder() / "bad.so").string();
  const Ended ended = run("$nnrun check --no-plugins a.yaml", factory.folder());
  CAPTURE(ended.err);
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out, Contains("partly a.yaml  would load ") && Contains("bad.so") &&
                            Contains("; not checked without: activation 'bad' (a.yaml:3:32)"));
  write_config(factory, "b.yaml", "sigmoid");
  CHECK(run("NNRUN_PLUGIN_PATH=" + library + " $nnrun check --no-plugins b.yaml", factory.folder())
            .status == 0);
  factory.scratch().write("c.yaml", "extends: a.yaml\nsede: 1\n");
  const Ended wrong = run("$nnrun check --no-plugins c.yaml", factory.folder());
  CHECK(wrong.status == 3);
  CHECK_THAT(wrong.err, Contains("sede"));
}

}  // namespace nnrun::testing
