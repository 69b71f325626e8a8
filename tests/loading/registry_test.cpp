#include "loading/registry.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>

#include "base/files.hpp"
#include "loading/plugin_factory.hpp"
using namespace nnrun::host;
using namespace nnrun::testing;
using Names = std::vector<std::string>;
namespace {

// The same C++ name in every library, as two authors may choose it.
std::string cpp_activation(const std::string& name, const std::string& formula) {
  return "#include <nnrun/plugin.hpp>\n"
         "struct Mine : nnrun::Activation {\n"
         "  static constexpr auto name = \"" +
         name +
         "\", doc = \"a test\";\n"
         "  auto f(auto x) const { return " +
         formula +
         "; }\n"
         "};\n"
         "NNRUN_REGISTER(Mine)\n";
}

double value_at_3(const Registry& registry, const char* name) {
  const Class* plugin = registry.find("activation", name);
  REQUIRE(plugin != nullptr);
  const auto* functions = static_cast<const nnrun_activation*>(plugin->table->functions);
  alignas(64) double z[NNRUN_LANES] = {3}, a[NNRUN_LANES] = {};
  const nnrun_host host{sizeof(nnrun_host), 1, 0, nullptr, nullptr};
  void* self = plugin->table->create(&host, nullptr, 0);
  CHECK(functions->by_dtype[NNRUN_F64].forward(self, z, a, 1, 1) == 0);
  if (plugin->table->destroy != nullptr) plugin->table->destroy(self);
  return a[0];
}

}  // namespace

TEST_CASE("classes are found by kind and name", "[loading]") {
  const PluginFactory factory;
  Registry registry;
  CHECK(registry.kinds().empty());
  registry.load(factory.c("b.so", "", "-O1"));
  registry.load(factory.c("a.so", "#define NAME \"again\"", "-O1"));
  CHECK(registry.names("activation") == Names{"again", "twice"});
  CHECK(registry.kinds() == Names{"activation"});
  CHECK(registry.find("activation", "thrice") == nullptr);
  CHECK(registry.find("cost", "twice") == nullptr);
  const Class* twice = registry.find("activation", "twice");
  REQUIRE(twice != nullptr);
  CHECK(twice->version == 1);
  CHECK(twice->library->file == factory.scratch() / "b.so");
  CHECK(twice->library->sha256() == sha256_of_file(factory.scratch() / "b.so"));
  CHECK(value_at_3(registry, "twice") == 6);
}

TEST_CASE("loading a file again does nothing, by whatever path", "[loading]") {
  const PluginFactory factory;
  const auto file = factory.c("a.so");
  std::filesystem::create_symlink(file, factory.scratch() / "link.so");
  Registry registry;
  registry.load(file);
  registry.load(factory.folder() / "." / "a.so");
  registry.load(factory.scratch() / "link.so");
  CHECK(registry.libraries().size() == 1);
  CHECK(registry.names("activation") == Names{"twice"});
}

TEST_CASE("two libraries may use one C++ class name, whatever their visibility", "[loading]") {
  const PluginFactory factory;
  Registry registry;
  registry.load(factory.cpp("a.so", cpp_activation("add_one", "x + 1"), "-O1"));
  registry.load(factory.cpp("b.so", cpp_activation("negative", "-x"), "-O0"));
  registry.load(factory.cpp("c.so", cpp_activation("add_two", "x + 2")));
  CHECK(value_at_3(registry, "add_one") == 4);
  CHECK(value_at_3(registry, "negative") == -3);
  CHECK(value_at_3(registry, "add_two") == 5);
}

TEST_CASE("a name given twice is an error that names both files and adds nothing", "[loading]") {
  const PluginFactory factory;
  Registry registry;
  const auto first = factory.c("first.so"), second = factory.c("second.so");
  registry.load(first);
  const std::string expected = "error: activation 'twice' is already provided by " +
                               first.string() + "\n  --> " + second.string() +
                               "\n   = help: rename one of them, or load only one of the two "
                               "libraries\n";
  try {
    registry.load(second);
    FAIL("it was loaded");
  } catch (const PluginError& error) {
    CHECK(render(error, false) == expected);
  }
  CHECK(registry.libraries().size() == 1);
  CHECK(registry.names("activation").size() == 1);
  CHECK(said_of(factory, factory.c("twin.so",
                                   "#define CLASSES pair\n#define N_CLASSES 2\n"
                                   "#include <nnrun/abi.h>\n"
                                   "static const nnrun_class twice;\n"
                                   "static const nnrun_class* const pair[] = {&twice, &twice};")) ==
        "error: '$/twin.so' provides activation 'twice' twice\n"
        "   = help: write NNRUN_REGISTER once for every class, each with a name of its own\n");
}

TEST_CASE("an error about a library that a config names points into the config", "[loading]") {
  const PluginFactory factory;
  const auto first = factory.c("first.so"), second = factory.c("second.so");
  const auto source = std::make_shared<Source>(Source{"a.yaml", "plugins: [second.so]\n"});
  Registry registry;
  registry.load(first);
  try {
    registry.load(second, {source, 1, 11, 9});
    FAIL("it was loaded");
  } catch (const PluginError& error) {
    CHECK(render(error, false) ==
          "error: activation 'twice' is already provided by " + first.string() +
              "\n --> a.yaml:1:11\n"
              "   |\n"
              " 1 | plugins: [second.so]\n"
              "   |           ^^^^^^^^^ " +
              second.string() +
              " provides it too\n"
              "   = help: rename one of them, or load only one of the two libraries\n");
  }
}

TEST_CASE("a folder's libraries are loaded in alphabetical order, other files left alone",
          "[loading]") {
  const PluginFactory factory;
  factory.c("sets/b.so", "#define NAME \"b\"");
  factory.c("sets/a.so", "#define NAME \"a\"");
  factory.scratch().write("sets/README.md", "text");
  Registry registry;
  registry.load_folder(factory.scratch() / "sets");
  REQUIRE(registry.libraries().size() == 2);
  CHECK(registry.libraries()[0]->file.filename() == "a.so");
  CHECK_THROWS_WITH(registry.load_folder(factory.scratch() / "none"),
                    "the plugin folder '" + (factory.scratch() / "none").string() +
                        "' cannot be read: no such file or directory");
}

TEST_CASE("a library below the current folder is called by its relative path", "[loading]") {
  const PluginFactory factory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(factory.folder());
  factory.scratch().write("plug/a.so", "text");
  Registry registry;
  std::string what;
  try {
    registry.load("./plug/../plug/a.so");
  } catch (const PluginError& error) {
    what = error.what();
  }
  std::filesystem::current_path(before);
  CHECK(what == "'plug/a.so' is not a shared library: it does not start as ELF files do");
}

TEST_CASE("NNRUN_PLUGIN_PATH names files and folders; empty entries are nothing", "[loading]") {
  const PluginFactory factory;
  factory.c("sets/a.so", "#define NAME \"test_a\"");
  factory.c("b.so", "#define NAME \"test_b\"");
  const auto load = [&](const std::string& path) {
    ::setenv("NNRUN_PLUGIN_PATH", path.c_str(), 1);
    Registry registry;
    try {
      load_default_plugins(registry);
    } catch (const PluginError& error) {
      ::unsetenv("NNRUN_PLUGIN_PATH");
      return Names{error.what()};
    }
    ::unsetenv("NNRUN_PLUGIN_PATH");
    Names files;
    for (const auto& library : registry.libraries())
      if (library->file.string().starts_with(factory.folder().string()))
        files.push_back(library->file.filename());
    return files;
  };
  const std::string at = factory.folder().string();
  CHECK(load(":" + at + "/b.so::" + at + "/sets:") == Names{"b.so", "a.so"});
  CHECK(load("") == Names{});
  CHECK(load(at + "/none") == Names{"there is no plugin library '" + at + "/none' ('" + at +
                                    "/none' in NNRUN_PLUGIN_PATH)"});
}

TEST_CASE("a slow build of a library deserves a warning", "[loading]") {
  const PluginFactory factory;
  Names warnings;
  Registry registry([&](const std::string& warning) { warnings.push_back(warning); });
  registry.load(factory.c("slow.so", "", "-O0"));
#ifdef NDEBUG  // nnrun itself is built without optimisation: then there is no warning
  CHECK(warnings == Names{"'" + (factory.scratch() / "slow.so").string() +
                          "' was built without optimisation and may be 50 times slower; "
                          "build it with -O3"});
#endif
}
