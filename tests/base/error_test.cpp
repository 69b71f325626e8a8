#include "base/error.hpp"

#include <catch2/catch.hpp>

#include "base/shown_text.hpp"
using namespace nnrun::host;
namespace {

std::shared_ptr<const Source> source(std::string text) {
  return std::make_shared<Source>(Source{"a.yaml", std::move(text)});
}
Place place(std::string text, std::size_t line, std::size_t column, std::size_t length = 1) {
  return {source(std::move(text)), line, column, length};
}
Problem problem(std::string what, Place at = {}, std::string label = {}, std::string hint = {}) {
  return {std::move(what), std::move(at), {}, std::move(label), std::move(hint)};
}
std::string rendered(Problem one) {
  return render(ConfigError(std::move(one)), false);
}

}  // namespace

TEST_CASE("an error shows its line, carets under the word, and help", "[base]") {
  const std::string text =
      std::string(12, '\n') + "    - {type: dense, units: 5, activation: sigmod}\n";
  CHECK(rendered(problem("unknown activation 'sigmod'", place(text, 13, 43, 6),
                         "no loaded plugin provides this", "did you mean 'sigmoid'?")) ==
        "error: unknown activation 'sigmod'\n"
        " --> a.yaml:13:43\n"
        "   |\n"
        "13 |     - {type: dense, units: 5, activation: sigmod}\n"
        "   |                                           ^^^^^^ no loaded plugin provides this\n"
        "   = help: did you mean 'sigmoid'?\n");
}

TEST_CASE("the column of line numbers is as wide as the number, at least two", "[base]") {
  CHECK(rendered(problem("x", place("ab\n", 1, 2))) ==
        "error: x\n"
        " --> a.yaml:1:2\n"
        "   |\n"
        " 1 | ab\n"
        "   |  ^\n");
  CHECK(rendered(problem("x", place(std::string(999, '\n') + "ab", 1000, 1), "", "y")) ==
        "error: x\n"
        "   --> a.yaml:1000:1\n"
        "     |\n"
        "1000 | ab\n"
        "     | ^\n"
        "     = help: y\n");
}

TEST_CASE("an error without an excerpt names its place or goes without", "[base]") {
  Problem one = problem("activation 'softsign' is already provided by plug/softsign.so");
  one.where = "plug/softsign2.so";
  CHECK(rendered(one) ==
        "error: activation 'softsign' is already provided by plug/softsign.so\n"
        "  --> plug/softsign2.so\n");
  CHECK(rendered(problem("cost became nan", {}, {}, "learning_rate 1 -> try 0.1")) ==
        "error: cost became nan\n"
        "   = help: learning_rate 1 -> try 0.1\n");
  Problem two = problem("cost became nan", {}, {}, "try another");
  two.note = "the cause\nthe numbers";
  CHECK(rendered(two) ==
        "error: cost became nan\n"
        "   = note: the cause\n"
        "           the numbers\n"
        "   = help: try another\n");
  CHECK(rendered(problem("it is empty", place("", 0, 0))) ==
        "error: it is empty\n"
        "  --> a.yaml\n");
}

TEST_CASE("problems are separated by a blank line", "[base]") {
  const ConfigError two({problem("one", {}, {}, "first\nsecond"), problem("two")});
  CHECK(render(two, false) ==
        "error: one\n"
        "   = help: first\n"
        "           second\n"
        "\n"
        "error: two\n");
}

TEST_CASE("carets stand under the word after tabs and letters of several bytes", "[base]") {
  CHECK(rendered(problem("x", place("\tä: bad\r\n", 1, 6, 3))) ==
        "error: x\n"
        " --> a.yaml:1:6\n"
        "   |\n"
        " 1 |     ä: bad\n"
        "   |        ^^^\n");
  CHECK(rendered(problem("x", place("層: bad", 1, 6, 3))) ==
        "error: x\n"
        " --> a.yaml:1:6\n"
        "   |\n"
        " 1 | 層: bad\n"
        "   |     ^^^\n");
}

TEST_CASE("a place at or after the end of its line or file gets one caret", "[base]") {
  const std::string at_end =
      "error: x\n"
      " --> a.yaml:1:3\n"
      "   |\n"
      " 1 | ab\n"
      "   |   ^\n";
  CHECK(rendered(problem("x", place("ab\n", 1, 3, 0))) == at_end);
  CHECK(rendered(problem("x", place("ab", 1, 3, 100))) == at_end);
  CHECK(rendered(problem("x", place("ab", 7, 9, 100))) ==
        "error: x\n"
        " --> a.yaml:7:9\n"
        "   |\n"
        " 7 | \n"
        "   | ^\n");
}

TEST_CASE("a long line is shown only around the carets", "[base]") {
  std::string text(300, '.');
  text.replace(200, 3, "bad");
  CHECK(rendered(problem("x", place(text, 1, 201, 3))) ==
        "error: x\n"
        " --> a.yaml:1:201\n"
        "   |\n"
        " 1 | ..." +
            std::string(40, '.') + "bad" + std::string(57, '.') + "...\n   | " +
            std::string(43, ' ') + "^^^\n");
  CHECK(rendered(problem("x", place(std::string(300, 'a'), 1, 1, 300))) ==
        "error: x\n"
        " --> a.yaml:1:1\n"
        "   |\n"
        " 1 | " +
            std::string(100, 'a') + "...\n   | " + std::string(100, '^') + "\n");
}

TEST_CASE("escape sequences and broken letters do not reach the terminal", "[base]") {
  CHECK(rendered(problem("\033[2Jgone", place("a\033[2J\xff: x", 1, 1), "\033[1m", "\a")) ==
        "error:  [2Jgone\n"
        " --> a.yaml:1:1\n"
        "   |\n"
        " 1 | a?[2J?: x\n"
        "   | ^  [1m\n"
        "   = help:  \n");
}

TEST_CASE("colour changes nothing but colour", "[base]") {
  const ConfigError error(problem("x", place("ab\n", 1, 2, 1), "label", "y"));
  std::string out = shown(render(error, true));
  CHECK(out.find("\033[1;31merror\033[0m") == 0);
  for (std::size_t at; (at = out.find('\033')) != std::string::npos;)
    out.erase(at, out.find('m', at) + 1 - at);
  CHECK(out == render(error, false));
}

TEST_CASE("what() holds every problem with its place, a line each", "[base]") {
  Problem second = problem("two");
  second.where = "x.so";
  const PluginError error({problem("one", place("a", 1, 1)), second, problem("three")});
  CHECK(std::string(error.what()) == "one (a.yaml:1:1)\ntwo (x.so)\nthree");
  CHECK(error.status() == Exit::plugin);
}
