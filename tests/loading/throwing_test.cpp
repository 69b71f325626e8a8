// Exceptions that a formula throws in the middle of its loop.
#include <catch2/catch.hpp>

#include "loading/object.hpp"
#include "loading/plugin_factory.hpp"
namespace nnrun::testing {

TEST_CASE("what a formula throws is caught and its plugin named", "[loading]") {
  const auto [thrown, said] = GENERATE(
      table<std::string, std::string>({{"std::runtime_error(\"boom\")", "boom"},
                                       {"42", "threw something that is not a std::exception"}}));
  CAPTURE(thrown);
  const PluginFactory factory;
  // -O3: with clones for several instruction sets, whose calls g++ takes for ones that never throw
  const auto file = factory.cpp("bad.so",
                                "#include <nnrun/plugin.hpp>\n"
                                "#include <stdexcept>\n"
                                "struct Bad : nnrun::Activation {\n"
                                "  static constexpr auto name = \"bad\", doc = \"throws\";\n"
                                "  auto f(auto x) const { if (x > 1) throw " +
                                    thrown +
                                    "; return x; }\n"
                                    "};\n"
                                    "NNRUN_REGISTER(Bad)\n",
                                "-O3");
  host::Registry registry;
  registry.load(file);
  const host::Object bad(host::with_defaults(*registry.find("activation", "bad")));
  alignas(64) double z[8] = {0, 2}, a[8];
  const auto& functions = bad.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  CHECK_THROWS_WITH(
      bad.call("forward", functions.forward, z, a, 1, 2),
      Catch::Contains("'bad'") && Catch::Contains("forward") && Catch::Contains(said));
}

TEST_CASE("what a constructor throws while its library is loaded is an error like others",
          "[loading]") {
  const PluginFactory factory;
  const auto file =
      factory.cpp("bad.so",
                  "#include <nnrun/plugin.hpp>\n"
                  "#include <stdexcept>\n"
                  "struct Global { Global() { throw std::runtime_error(\"boom\"); } };\n"
                  "Global global;\n"
                  "struct Bad : nnrun::Activation {\n"
                  "  static constexpr auto name = \"bad\", doc = \"is never seen\";\n"
                  "  auto f(auto x) const { return x; }\n"
                  "};\n"
                  "NNRUN_REGISTER(Bad)\n");
  CHECK_THAT(said_of(factory, file),
             Catch::StartsWith("error: '$/bad.so' threw an exception out of nnrun_plugin_v1\n"));
}

}  // namespace nnrun::testing
