// Formulas of classes, written down.
#include "network/formula.hpp"

#include <catch2/catch.hpp>

#include "loading/plugin_factory.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;

/// Returns a formula as words: each line its operation and its arguments.
std::string words_of(const host::Formula& formula) {
  std::string out;
  for (const host::FormulaLine& line : formula.lines) {
    out += (out.empty() ? "" : "; ") + std::string(line.name());
    if (line.name() == "const") out += " " + std::to_string(line.constant).substr(0, 4);
    for (int i = 0; i < line.operation->arguments; ++i)
      out += " " + std::to_string(line.arguments[i]);
  }
  return out;
}

/// An activation of a plugin that is built for the test.
struct Built {
  PluginFactory factory;
  host::Registry registry;
  host::Object object;
  explicit Built(const std::string& body) : object(made(body)) {}
  host::Object made(const std::string& body) {
    registry.load(factory.cpp("own.so",
                              "#include <nnrun/plugin.hpp>\n"
                              "template <class T> nnrun::Num<T> helped(nnrun::Num<T> x) "
                              "{ return x.v * x.v + 1; }\n"
                              "struct Own : nnrun::Activation {\n"
                              "  static constexpr auto name = \"own\", doc = \"\";\n" +
                                  body + "\n};\nNNRUN_REGISTER(Own)\n"));
    return host::Object(host::with_defaults(*registry.find("activation", "own")));
  }
  std::string refusal() const {
    return said<host::PluginError>([&] { host::formula_of(object, nullptr, 1); });
  }
};

TEST_CASE("a branch becomes a choice between its two ways", "[network]") {
  const host::Object relu(use("activation", "leaky_relu"));
  // x > 0 ? x : 0.01 x
  CHECK(words_of(host::formula_of(relu, nullptr, 1)) ==
        "const 0.00; input; lt 0 1; const 0.01; mul 3 1; select 2 1 4");
  const host::Object step(use("activation", "step"));
  CHECK_THAT(words_of(host::formula_of(step, nullptr, 1)), Contains("select"));
}

TEST_CASE("settings are numbers of the formula, and choose between formulas", "[network]") {
  const host::Object silu(use("activation", "silu", {{"beta", 0.5}}));
  CHECK(words_of(host::formula_of(silu, nullptr, 1)) ==
        "input; const 0.50; mul 1 0; sigmoid 2; mul 0 3");
  const host::Object exact(use("activation", "gelu")),
      by_tanh(use("activation", "gelu", {{"approximate", std::string("tanh")}}));
  CHECK_THAT(words_of(host::formula_of(exact, nullptr, 1)), Contains("erfc"));
  CHECK_THAT(words_of(host::formula_of(by_tanh, nullptr, 1)), Contains("sigmoid"));
}

TEST_CASE("a formula is computed as it is written, row by row where it takes rows", "[network]") {
  const host::Object softmax(use("activation", "softmax"));
  const host::Formula formula = host::formula_of(softmax, nullptr, 1);
  CHECK(formula.of_rows());
  const std::vector<std::vector<double>> row{{0, std::log(3.), 0}};
  const std::vector<double> y = host::computed<double>(formula, row, 3);
  CHECK(y[0] == Approx(0.2));
  CHECK(y[1] == Approx(0.6));
}

TEST_CASE("a plugin of a user offers its formula without a word of its author", "[network]") {
  const Built built(
      "  auto f(auto x) const { return x > 1 ? helped(x) : sqrt(abs(x)); }\n"
      "  auto df(auto x, auto) const { return x; }");
  CHECK(words_of(host::formula_of(built.object, nullptr, 1)) ==
        "const 1.00; input; lt 0 1; mul 1 1; add 3 0; abs 1; sqrt 5; select 2 4 6");
}

TEST_CASE("a formula that cannot be written down says why", "[network]") {
  CHECK_THAT(
      Built("  auto f(auto x) const { return decltype(x)(std::atan(x.v)); }\n"
            "  auto df(auto x, auto) const { return x; }")
          .refusal(),
      Contains("activation 'own' (own.so) cannot be written down: its formula computes with the "
               "value of a number") &&
          Contains("formulas are written down where they use these alone: + - * /"));
  CHECK_THAT(Built("  auto f(auto x) const { while (x > 1) x = x / 2; return x; }").refusal(),
             Contains("it has more than 4096 operations, or 64 branches one behind the other"));
  CHECK_THAT(Built("  auto f(auto x) const { auto y = x; for (int i = 0; i < 12; ++i) "
                   "y = y > i ? y * y + i : y - x; return y; }")
                 .refusal(),
             Contains("more than 256 ways through its branches"));
  CHECK_THAT(Built("  static constexpr bool traced = false;\n"
                   "  auto f(auto x) const { return x; }")
                 .refusal(),
             Contains("activation 'own' (own.so) cannot be written down: it offers no formula"));
}

}  // namespace
}  // namespace nnrun::testing
