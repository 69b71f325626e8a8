// What files that somebody else made can do, and what they cannot.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "loading/plugin_factory.hpp"
#include "network/safetensors.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
namespace fs = std::filesystem;

/// An activation in a library, which writes the file `ran` when it is loaded.
fs::path library(const PluginFactory& factory) {
  return factory.cpp("mine.so",
                     "#include <nnrun/plugin.hpp>\n#include <cstdio>\n"
                     "[[gnu::constructor]] static void at_load() {\n"
                     "  if (std::FILE* f = std::fopen(\"ran\", \"w\")) std::fclose(f);\n}\n"
                     "struct Mine : nnrun::Activation {\n"
                     "  static constexpr auto name = \"mine\", doc = \"\";\n"
                     "  auto f(auto x) const { return 0.5 * x; }\n};\nNNRUN_REGISTER(Mine)\n");
}

const std::string with_mine =
    "name: mine\nplugins: [./mine.so]\ndata: diagonal\n"
    "model: {input: 2, layers: [{type: dense, units: 1, activation: mine}]}\n"
    "train: {cost: sum_squared_error}\n";

/// Makes a run with the library, in the folder `run`.
void make_run(const PluginFactory& factory) {
  library(factory);
  factory.scratch().write("mine.yaml", with_mine);
  REQUIRE(run("$nnrun -q mine.yaml --out run", factory.folder()).status == 0);
  fs::remove(factory.folder() / "ran");
}

bool has_run(const PluginFactory& factory) {
  return fs::remove(factory.folder() / "ran");
}

/// Makes a small run and replaces its model by one that `change` has changed.
void change_model(const Scratch& scratch,
                  const std::function<void(std::vector<host::Tensor>&, host::Metadata&)>& change) {
  REQUIRE(run("$nnrun -q $configs/diagonal.yaml --out run", scratch.folder()).status == 0);
  const fs::path file = scratch / "run/model.safetensors";
  host::TensorFile model = host::read_safetensors(file);
  fs::remove(file);
  change(model.tensors, model.metadata);
  host::write_safetensors(file, model.tensors, model.metadata);
}

}  // namespace

TEST_CASE("a record's library is named before it is loaded", "[cli]") {
  const PluginFactory factory;
  make_run(factory);
  const std::string said = "loading mine.so, which run/config.yaml names\n";
  for (const char* command : {"eval run", "predict run 0.1,0.2", "compare run"}) {
    CAPTURE(command);
    const Ended ended = run(std::string("$nnrun ") + command, factory.folder());
    CHECK(ended.status == 0);
    CHECK_THAT(ended.err, Contains(said));
    CHECK(has_run(factory));
  }
  CHECK_THAT(run("$nnrun eval run -q", factory.folder()).err, !Contains("loading"));
}

TEST_CASE("no verb loads what a config names with --no-plugins", "[cli]") {
  const PluginFactory factory;
  make_run(factory);
  for (const char* command :
       {"eval run", "predict run 0.1,0.2", "compare run", "train mine.yaml", "summary mine.yaml",
        "sweep mine.yaml --set 'sweep={train.batch_size: [1, 2]}'", "check mine.yaml"}) {
    CAPTURE(command);
    const Ended ended = run(std::string("$nnrun ") + command + " --no-plugins", factory.folder());
    CHECK((std::string(command) == "check mine.yaml") == (ended.status == 0));
    CHECK_FALSE(has_run(factory));
    if (ended.status != 0)
      CHECK_THAT(ended.err, Contains("mine.so' was not loaded: --no-plugins\n") &&
                                Contains("activation 'mine'"));
  }
}

TEST_CASE("runs diff loads nothing, and says what it said with the library", "[cli]") {
  const PluginFactory factory;
  make_run(factory);
  REQUIRE(run("$nnrun -q mine.yaml --out other --set seed=2 --set model.layers.dense_1.bias=false",
              factory.folder())
              .status == 0);
  fs::remove(factory.folder() / "ran");
  const auto diff = [&] { return run("$nnrun runs diff run other", factory.folder()); };
  const Ended ended = diff();
  CHECK(ended.status == 0);
  CHECK_THAT(ended.out,
             Contains("  model.layers.dense_1.bias  true  false\n") && Contains("\n  seed  "));
  CHECK_FALSE(has_run(factory));
  fs::remove(factory.folder() / "mine.so");
  CHECK(diff().out == ended.out);
}

TEST_CASE("as root, a record whose library belongs to another user is refused", "[cli]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a file to another user");
    return;
  }
  const PluginFactory factory;
  make_run(factory);
  REQUIRE(::chown((factory.folder() / "mine.so").c_str(), 54321, 0) == 0);
  const Ended ended = run("$nnrun eval run", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err, Contains("error: 'mine.so' is refused: 'mine.so' belongs to the user "
                                 "54321\n --> run/config.yaml:"));
  CHECK_FALSE(has_run(factory));
}

TEST_CASE("a model with a number that is not finite is refused with the number's place", "[cli]") {
  const auto [bad, said] = GENERATE(table<double, std::string>(
      {{std::numeric_limits<double>::quiet_NaN(), "nan, not a finite number"},
       {std::numeric_limits<double>::infinity(), "inf, not a finite number"}}));
  const Scratch scratch;
  std::vector<double> numbers(10, 0.5);
  numbers[3] = bad;
  change_model(scratch, [&](auto& tensors, auto&) {
    REQUIRE(tensors.front().name == "dense_1/weights");
    tensors.front().bytes = std::as_bytes(std::span(numbers));
  });
  const std::string what =
      "error: number 4 of 'dense_1/weights' is " + said + ": a model with it gives wrong answers\n";
  for (const char* command : {"eval run", "predict run 0.1,0.2"}) {
    CAPTURE(command);
    const std::string err = refused(std::string("$nnrun ") + command, 3, scratch.folder());
    CHECK_THAT(err, Contains(what) && Contains("--> run/model.safetensors\n"));
  }
  scratch.write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                          "/configs/diagonal.yaml\nmodel: {weights: run/model.safetensors}\n");
  for (const char* verb : {"train", "check", "summary"}) {
    CAPTURE(verb);
    const Ended ended = run(std::string("$nnrun ") + verb + " a.yaml", scratch.folder());
    CHECK(ended.status == 3);
    CHECK_THAT(ended.err, Contains(what) && Contains(" --> a.yaml:2:18\n"));
  }
}

TEST_CASE("a number that float32 cannot hold is refused", "[cli]") {
  const Scratch scratch;
  std::vector<double> numbers(10, 1e300);
  change_model(scratch, [&](auto& tensors, auto&) {
    tensors.front().bytes = std::as_bytes(std::span(numbers));
  });
  CHECK(run("$nnrun predict run 0.1,0.2", scratch.folder()).status == 0);
  CHECK_THAT(refused("$nnrun predict run 0.1,0.2 --set dtype=float32", 3, scratch.folder()),
             Contains("number 1 of 'dense_1/weights' is 1e+300, too large for float32"));
}

TEST_CASE("names of a model cannot hold control characters, however deep its lists", "[cli]") {
  const auto [names, said] = GENERATE(table<std::string, std::string>(
      {{"[\"a\",\"\\u001b[31mb\"]", "a name in 'classes' holds a control character"},
       {"[\"a\\u0000\"]", "a name in 'classes' holds a control character"},
       {std::string(100'000, '[') + std::string(100'000, ']'), "'classes' is not a list of names"},
       {"{\"a\":1}", "'classes' is not a list of names"},
       {"[1]", "'classes' is not a list of names"}}));
  const Scratch scratch;
  change_model(scratch, [&](auto&, host::Metadata& metadata) { metadata["classes"] = names; });
  CHECK_THAT(refused("$nnrun predict run 0.1,0.2", 1, scratch.folder()),
             Contains("error: " + said + "\n  --> run/model.safetensors\n"));
}

TEST_CASE("a model whose parts contradict each other is refused", "[cli]") {
  const auto [changes, said] = GENERATE(table<std::map<std::string, std::string>, std::string>(
      {{{{"classes", "[\"a\",\"b\",\"c\"]"}}, "the model has 1 output for 3 classes"},
       {{{"classes", "[\"a\",\"b\",\"c\"]"}, {"targets", "ordered"}},
        "the model has 1 output for 3 classes in order, which need one less than classes"},
       {{{"targets", "ordered"}}, "the model has 1 output for 0 classes in order"},
       {{{"target_border", "nan"}}, "the model's targets are 'labels' with the border 'nan'"},
       {{{"target_border", "0.25"}},
        "the model's targets are 'labels' with the border '0.25', which no"},
       {{{"targets", "shares"}}, "the model's targets are 'shares' with the border '0.5'"}}));
  const Scratch scratch;
  change_model(scratch, [&](auto&, host::Metadata& metadata) {
    for (const auto& [key, value] : changes) metadata[key] = value;
  });
  for (const char* const command : {"predict run 0.1,0.2", "export run --c n.c"}) {
    CAPTURE(command);
    CHECK_THAT(refused(std::string("$nnrun ") + command, 1, scratch.folder()),
               Contains(said) && Contains("  --> run/model.safetensors\n"));
  }
  CHECK(run("$nnrun eval run", scratch.folder()).status != 0);
}

TEST_CASE("a config cannot take more memory than there is, whatever the verb", "[cli]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("skipped: a sanitizer needs more addresses than a limit leaves");
  return;
#endif
  const Scratch scratch;
  scratch.write("a.yaml",
                "name: a\ndata: diagonal\n"
                "model: {input: 2, layers: [{type: dense, units: 1000000000}, "
                "{type: dense, units: 1}]}\ntrain: {cost: sum_squared_error}\n");
  for (const char* verb : {"train", "check", "compare"}) {
    CAPTURE(verb);
    const Ended ended =
        run(std::string("ulimit -v 8000000; $nnrun ") + verb + " a.yaml", scratch.folder());
    CHECK(ended.status != 0);
    CHECK(ended.status < 128);
    CHECK_THAT(ended.err + ended.out, Contains(" needed, ") && Contains(" available: "));
  }
  CHECK(run("$nnrun summary a.yaml", scratch.folder()).status == 0);
}

TEST_CASE("a plugin that ends a run by _exit or in a thread of its own is reported", "[cli]") {
  const auto [statement, said] = GENERATE(table<std::string, std::string>(
      {{"_exit(0);", "exit was called in forward of activation 'bad' (bad.so)"},
       {"std::_Exit(0);", "exit was called in forward of activation 'bad' (bad.so)"},
       {"std::quick_exit(0);", "exit was called in forward of activation 'bad' (bad.so)"},
       {"std::thread([] { std::exit(0); }).join();", "exit was called by a thread of a plugin"}}));
  const PluginFactory factory;
  factory.cpp("bad.so",
              "#include <nnrun/plugin.hpp>\n#include <cstdlib>\n#include <thread>\n"
              "#include <unistd.h>\n"
              "struct Bad : nnrun::Activation {\n"
              "  static constexpr auto name = \"bad\", doc = \"\";\n"
              "  auto f(auto x) const { if (x > 0.1) { " +
                  statement + " } return 1.0 * x; }\n};\nNNRUN_REGISTER(Bad)\n",
              "-O1 -pthread");
  factory.scratch().write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\nplugins: [./bad.so]\n"
                                    "model: {defaults: {activation: bad}}\n");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (statement.find("xit(0)") < 8) return;  // the sanitizer has its own _exit
#endif
  const Ended ended = run("$nnrun a.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err, Contains("error: " + said + "\n"));
}

TEST_CASE("a crash of a library's destructor after the run is reported as one", "[cli]") {
  const PluginFactory factory;
  factory.cpp("bad.so",
              "#include <nnrun/plugin.hpp>\n#include <csignal>\n"
              "struct End { ~End() { raise(SIGSEGV); } };\nstatic End end;\n"
              "struct Bad : nnrun::Activation {\n"
              "  static constexpr auto name = \"bad\", doc = \"\";\n"
              "  auto f(auto x) const { return 0.001 * x; }\n};\nNNRUN_REGISTER(Bad)\n");
  factory.scratch().write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\nplugins: [./bad.so]\n"
                                    "model: {defaults: {activation: bad}}\n");
  const Ended ended = run("$nnrun a.yaml", factory.folder());
  CHECK(ended.status == 4);
  CHECK_THAT(ended.err, Contains("error: segmentation fault in a destructor of a library, as the "
                                 "program ended\n"));
  CHECK(fs::exists(factory.folder() / "runs/diagonal-analytic/0001/run.json"));
}

TEST_CASE("a plugin may fork, and its child may end as it likes", "[cli]") {
  const PluginFactory factory;
  factory.cpp("forks.so",
              "#include <nnrun/plugin.hpp>\n#include <sys/wait.h>\n#include <unistd.h>\n"
              "#include <cstdlib>\n"
              "struct Forks : nnrun::Activation {\n"
              "  static constexpr auto name = \"forks\", doc = \"\";\n"
              "  void check() const {\n"
              "    for (int i = 0; i < 2; ++i) {\n"
              "      if (const pid_t child = fork()) { int s; waitpid(child, &s, 0);\n"
              "        if (s != 0) throw nnrun::Error(\"the child failed\"); continue; }\n"
              "      if (i == 0) _exit(0);\n      std::exit(0);\n    }\n  }\n"
              "  auto f(auto x) const { return 0.001 * x; }\n};\nNNRUN_REGISTER(Forks)\n");
  factory.scratch().write("a.yaml", "extends: " NNRUN_SOURCE_DIR
                                    "/configs/diagonal-analytic.yaml\nplugins: [./forks.so]\n"
                                    "model: {defaults: {activation: forks}}\n");
  const Ended ended = run("$nnrun a.yaml -q", factory.folder());
  CHECK(ended.status == 0);
  CHECK(ended.err == "");
}

TEST_CASE("out of memory comes with what was being done", "[cli]") {
  const PluginFactory factory;
  factory.cpp("hungry.so",
              "#include <nnrun/plugin.hpp>\n#include <new>\n"
              "struct Hungry : nnrun::Dataset {\n"
              "  static constexpr auto name = \"hungry\", doc = \"\";\n"
              "  void open(nnrun_data&) const { throw std::bad_alloc(); }\n"
              "  void read(const nnrun::Stream&, nnrun::Part, std::size_t, std::size_t, double*,\n"
              "            double*) const {}\n};\nNNRUN_REGISTER(Hungry)\n");
  factory.scratch().write("a.yaml",
                          "name: a\nplugins: [./hungry.so]\ndata: hungry\n"
                          "model: {input: 2, layers: [{type: dense, units: 1}]}\n"
                          "train: {cost: sum_squared_error}\n");
  CHECK_THAT(refused("$nnrun a.yaml", 5, factory.folder()),
             Contains("error: out of memory\n  --> data set 'hungry'\n"));
}

TEST_CASE("a file that another user put in the way is neither followed nor overwritten", "[cli]") {
  const Scratch scratch;
  const auto victim = scratch.write("victim", "mine");
  fs::create_directories(scratch / "runs/diagonal");
  fs::create_symlink(victim, scratch / "runs/diagonal/0001");
  fs::create_symlink(scratch / "nowhere", scratch / "runs/diagonal/0002");
  const Ended ended = run("$nnrun -q $configs/diagonal.yaml", scratch.folder());
  CHECK(ended.status == 0);
  CHECK(fs::is_directory(fs::symlink_status(scratch / "runs/diagonal/0003")));
  CHECK(text_of(victim) == "mine");
  CHECK_FALSE(fs::exists(scratch / "nowhere"));
  fs::create_symlink(victim, scratch / "out");
  CHECK_THAT(refused("$nnrun $configs/diagonal.yaml --out out", 1, scratch.folder()),
             Contains("the run folder 'out' exists already"));
  CHECK(text_of(victim) == "mine");
}

TEST_CASE("a folder of runs that belongs to another user is an error of its name", "[cli]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can be two users");
    return;
  }
  const Scratch scratch;
  fs::permissions(scratch.folder(), fs::perms(01777));
  fs::create_directory(scratch / "runs");
  if (run("setpriv --reuid 65534 --clear-groups $nnrun version", scratch.folder()).status != 0) {
    WARN("skipped: another user cannot run this program");
    return;
  }
  const Ended ended =
      run("setpriv --reuid 65534 --clear-groups $nnrun $configs/diagonal.yaml", scratch.folder());
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err,
             Contains("error: cannot create the folder 'runs/diagonal': permission denied\n"));
}

}  // namespace nnrun::testing
