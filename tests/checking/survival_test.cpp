// What the program says and does when a config names a library that is broken.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "loading/plugin_factory.hpp"
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
       {"if (x > 0.5) throw 42;", "threw something that is no std::exception"}}));
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that(statement), "-O3");
  const Ended ended = run("$nnrun -q a.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err,
             Contains("error: activation 'bad' failed in forward: " + said + "\n  --> bad.so\n"));
}

TEST_CASE("check survives a config whose library crashes, and looks at the next", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("", dies_at_load));
  const Ended ended = run("$nnrun check a.yaml $configs/diagonal.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(
      ended.err,
      Contains("error: 'a.yaml': a plugin ended by SIGSEGV (segmentation fault)\n"
               "   = help: nnrun check LIBRARY.so tries each class of a library by itself\n"));
  CHECK_THAT(ended.out, Contains("wrong  a.yaml\n") && Contains("ok     ") &&
                            Contains("/configs/diagonal.yaml  2 layers"));
  const Ended library = run("$nnrun check bad.so", factory.folder());
  CHECK(library.status == 4);
  CHECK(library.out == "bad.so  cannot be checked\n");
  CHECK_THAT(library.err, Contains("error: 'bad.so' ended by SIGSEGV (segmentation fault) while it "
                                   "was loaded\n"));
}

TEST_CASE("a run whose plugin crashes ends with a sentence and the signal", "[checking]") {
  const PluginFactory factory;
  write_config(factory, "a.yaml");
  factory.cpp("bad.so", class_that("", dies_at_load));
  const Ended ended = run("$nnrun a.yaml", factory.folder());
  CHECK(ended.status == 128 + 11);  // SIGSEGV
  CHECK_THAT(ended.err, Contains("error: the program crashed, most likely in a plugin\n"
                                 "   = help: nnrun check LIBRARY.so puts a plugin through its laws "
                                 "and names what crashes"));
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
