#include "loading/object.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "loading/plugin_factory.hpp"
using namespace nnrun::host;
using namespace nnrun::testing;
namespace {

// Creates an object that is the values it was given, and refuses a negative number. The settings
// are longer than this version knows them, like those of a later minor.
const char* const remembers = R"(
#include <nnrun/abi.h>
#include <stdlib.h>
typedef struct { nnrun_setting known; double later; } longer;
static const double numbers[] = {1, 2.5};
static const char* const words[] = {"a", "bc"};
static const longer s[] = {
    {{sizeof(longer), NNRUN_BOOL, 0, "flag", "", {NNRUN_BOOL, 0, {.i = 1}}}},
    {{sizeof(longer), NNRUN_INT, 0, "count", "", {NNRUN_INT, 0, {.i = -7}}}},
    {{sizeof(longer), NNRUN_FLOAT, 0, "beta", "", {NNRUN_FLOAT, 0, {.f = 0.5}}}},
    {{sizeof(longer), NNRUN_STRING, 0, "word", "", {NNRUN_STRING, 0, {.s = "text"}}}},
    {{sizeof(longer), NNRUN_PATH, 0, "file", "", {NNRUN_PATH}}},
    {{sizeof(longer), NNRUN_FLOATS, 0, "numbers", "", {NNRUN_FLOATS, 2, {.floats = numbers}}}},
    {{sizeof(longer), NNRUN_STRINGS, 0, "words", "", {NNRUN_STRINGS, 2, {.strings = words}}}},
};
static void* remember(const nnrun_host* host, const nnrun_value* values, uint32_t n) {
  host->log(1, "creating");
  if (n != 7) return 0;
  if (values[2].u.f == -1) {
    host->error("beta is -1", "data.csv:3", "make it positive");
    return 0;
  }
  return values[2].u.f < 0 ? 0 : (void*)values;
}
static int fails(void* self, const void* z, void* a, size_t rows, size_t cols) { return 1; }
#define SETTINGS &s[0].known
#define N_SETTINGS 7
#define CREATE remember
#define FORWARD fails
)";

struct Fixture {
  PluginFactory factory;
  Registry registry;
  Use use;
  explicit Fixture(const std::string& code) {
    set_plugin_log([](int, const char*) {});
    registry.load(factory.c("a.so", code));
    use = with_defaults(*registry.find("activation", "twice"));
  }
  ~Fixture() { set_plugin_log(nullptr); }
};

std::string refusal(const Use& use) {
  return said<ConfigError>([&] { const Object object(use); });
}

}  // namespace

TEST_CASE("a class offers a table under an id of its own, and nothing under others", "[loading]") {
  const PluginFactory factory;
  Registry registry;
  registry.load(factory.cpp("offers.so", R"(
#include <nnrun/plugin.hpp>
struct Offers : nnrun::Activation {
  static constexpr auto name = "offers", doc = "x, and a number";
  static constexpr double number = 42;
  auto f(auto x) const { return x; }
  static const void* extension(std::string_view id) {
    return id == "tests.number/1" ? &number : nullptr;
  }
};
NNRUN_REGISTER(Offers)
struct Silent : nnrun::Activation {
  static constexpr auto name = "silent", doc = "x";
  auto f(auto x) const { return x; }
};
NNRUN_REGISTER(Silent)
)"));
  const Class& offers = *registry.find("activation", "offers");
  REQUIRE(extension_of<double>(offers, "tests.number/1") != nullptr);
  CHECK(*extension_of<double>(offers, "tests.number/1") == 42);
  CHECK(extension_of<double>(offers, "tests.number/2") == nullptr);
  CHECK(extension_of<double>(*registry.find("activation", "silent"), "tests.number/1") == nullptr);
  registry.load(factory.cpp("throws.so",
                            "#include <nnrun/abi.h>\n"
                            "static const void* throws(const char*) { throw 1; }\n"
                            "#define FUNCTIONS &functions, throws\n"
                            "#include \"one_class.h\"\n"));
  const Class& throws = *registry.find("activation", "twice");
  CHECK_THAT(
      said<PluginError>([&] { extension_of(throws, "tests.number/1"); }),
      Catch::StartsWith("error: activation 'twice' failed in extension: threw something that "
                        "is not a std::exception"));
}

TEST_CASE("the defaults of a class are those of its table, whatever its stride", "[loading]") {
  const Fixture fixture(remembers);
  const std::vector<Value> expected{true,
                                    std::int64_t{-7},
                                    0.5,
                                    std::string("text"),
                                    std::string(),
                                    std::vector<double>{1, 2.5},
                                    std::vector<std::string>{"a", "bc"}};
  CHECK(fixture.use.settings == expected);
}

TEST_CASE("a class with a required setting has no use by defaults alone", "[loading]") {
  const Fixture fixture(R"(
#include <nnrun/abi.h>
static const nnrun_setting s = {sizeof s, NNRUN_FLOAT, NNRUN_REQUIRED, "beta", ""};
#define SETTINGS &s
#define N_SETTINGS 1
)");
  CHECK_FALSE(fixture.use);
}

TEST_CASE("settings live as long as the object, which may move", "[loading]") {
  Fixture fixture(remembers);
  Object object;
  CHECK_FALSE(object);
  {
    Use use = fixture.use;
    use.settings[3] = std::string("a text that is longer than any small string is");
    use.settings[5] = std::vector<double>{};
    Object first(use);
    object = std::move(first);
    CHECK_FALSE(first);  // NOLINT: a moved-from object is empty, and says so
  }
  REQUIRE(object);
  const auto* values = static_cast<const nnrun_value*>(object.self());
  CHECK(values[0].u.i == 1);
  CHECK(values[1].u.i == -7);
  CHECK(values[2].type == NNRUN_FLOAT);
  CHECK(values[3].u.s == std::string("a text that is longer than any small string is"));
  CHECK(values[4].type == NNRUN_PATH);
  CHECK(values[4].u.s == std::string());
  CHECK(values[5].count == 0);
  CHECK(values[6].count == 2);
  CHECK(values[6].u.strings[1] == std::string("bc"));
}

TEST_CASE("a refused setting is told in the plugin's words, at its place", "[loading]") {
  Fixture fixture(remembers);
  fixture.use.settings[2] = -1.0;
  CHECK(refusal(fixture.use) ==
        "error: activation 'twice': beta is -1\n"
        "  --> data.csv:3\n"
        "   = help: make it positive\n");
  const auto source = std::make_shared<Source>(Source{"a.yaml", "activation: twice"});
  fixture.use.place = {source, 1, 13, 5};
  CHECK(refusal(fixture.use) ==
        "error: activation 'twice': beta is -1 (data.csv:3)\n"
        " --> a.yaml:1:13\n"
        "   |\n"
        " 1 | activation: twice\n"
        "   |             ^^^^^\n"
        "   = help: make it positive\n");
  fixture.use.settings[2] = -2.0;
  fixture.use.place = {};
  CHECK(refusal(fixture.use) ==
        "error: activation 'twice': refused its settings without a reason\n");
}

TEST_CASE("a failing method is named with its class and library", "[loading]") {
  const Fixture fixture(remembers);
  const Object object(fixture.use);
  const auto& functions = object.functions<nnrun_activation>();
  CHECK_THROWS_WITH(object.call("forward", functions.by_dtype[0].forward, nullptr, nullptr, 0, 0),
                    "activation 'twice' failed in forward: no reason given (" +
                        (fixture.factory.scratch() / "a.so").string() + ")");
}

TEST_CASE("an exception out of create is caught and told", "[loading]") {
  const PluginFactory factory;
  const auto source = [](const std::string& name, const std::string& thrown) {
    return "#include <nnrun/plugin.hpp>\n"
           "#include <stdexcept>\n"
           "struct Throws : nnrun::Activation {\n"
           "  static constexpr auto name = \"" +
           name +
           "\", doc = \"a test\";\n"
           "  auto f(auto x) const { return x; }\n"
           "  void check() const { throw " +
           thrown +
           "; }\n"
           "};\n"
           "NNRUN_REGISTER(Throws)\n";
  };
  Registry registry;
  registry.load(factory.cpp("a.so", source("throws", "std::runtime_error(\"no luck\")")));
  registry.load(factory.cpp("b.so", source("throws_42", "42")));
  CHECK(refusal(with_defaults(*registry.find("activation", "throws"))) ==
        "error: activation 'throws': no luck\n");
  CHECK(refusal(with_defaults(*registry.find("activation", "throws_42"))) ==
        "error: activation 'throws_42': threw something that is not a std::exception\n");
}

TEST_CASE("an object is destroyed once, also when another takes its place", "[loading]") {
  const Fixture fixture(R"(
#include <nnrun/abi.h>
int alive = 0;
static void* born(const nnrun_host* h, const nnrun_value* v, uint32_t n) { ++alive; return &alive; }
static void dies(void* self) { --alive; }
#define CREATE born
#define DESTROY dies
)");
  const auto alive = [](const Object& object) { return *static_cast<const int*>(object.self()); };
  Object first(fixture.use);
  CHECK(alive(first) == 1);
  {
    Object second(fixture.use);
    CHECK(alive(first) == 2);
    first = std::move(second);
    CHECK(alive(first) == 1);
  }
  CHECK(alive(first) == 1);
}

TEST_CASE("what a plugin reports stays in its thread and is told once", "[loading]") {
  Fixture fixture(remembers);
  fixture.use.settings[2] = -1.0;
  std::string elsewhere;
  std::thread([&] { elsewhere = refusal(fixture.use); }).join();
  CHECK(elsewhere.find("beta is -1") != std::string::npos);
  CHECK(take_plugin_error().what.empty());
  CHECK(refusal(fixture.use).find("beta is -1") != std::string::npos);
  CHECK(take_plugin_error().what.empty());
}
