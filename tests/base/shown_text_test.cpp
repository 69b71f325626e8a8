#include "base/shown_text.hpp"

#include <catch2/catch.hpp>

#include "base/commands.hpp"
using namespace nnrun::host;

TEST_CASE("what could move, hide or reorder text on a terminal is shown as ?", "[base]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"plain, 1 < 2\tand\nmore", "plain, 1 < 2\tand\nmore"},
      {"größe 東京 ✓ 🙂 e\u0301", "größe 東京 ✓ 🙂 e\u0301"},
      {"\033]0;title\a", "?]0;title?"},
      {"\033[2J\033[31m", "?[2J?[31m"},
      {"50 %\rdone", "50 %?done"},
      {"a\bb\x7f", "a?b?"},
      {"\u0085\u009b31m", "??31m"},  // C1, as UTF-8
      {"\x9b"
       "31m\xff",
       "?31m?"},  // and as a byte
      {"\u202egpj.exe\u2066\u200f", "?gpj.exe??"},
      {"a\u2028b\ufeff", "a?b?"},
      {"cut \xe2\x82", "cut ??"},
  }));
  CHECK(shown(text) == expected);
  CHECK(shown(shown(text)) == shown(text));
  CHECK(is_harmless(text) == (text == expected));
}

TEST_CASE("only the program itself can give text a style", "[base]") {
  CHECK(shown(styled("1;31", "wrong") + ": x") == "\033[1;31mwrong\033[0m: x");
  CHECK(shown(styled("1", "\033[5mx")) == "\033[1m?[5mx\033[0m");
  CHECK(shown("\033[1;31mwrong\033[0m") == "?[1;31mwrong?[0m");
}

TEST_CASE("the columns of a text are those that a terminal gives it", "[base]") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("größe") == 5);
  CHECK(columns_of("東京") == 4);
  CHECK(columns_of("e\u0301a\u0308") == 2);
  CHECK(columns_of(styled("1", "ab")) == 2);
  CHECK(cut("東京都", 5) == "東京");
  CHECK(cut("e\u0301a", 1) == "e\u0301");
  CHECK(columns_of(cut(styled("32", "abcdef"), 3)) == 3);
}

TEST_CASE("a word for the shell holds nothing that a terminal would obey", "[base]") {
  CHECK(shell_word("runs/a-b_1.2") == "runs/a-b_1.2");
  CHECK(shell_word("my run's") == "'my run'\\''s'");
  CHECK(shell_word("größe") == "'größe'");
  CHECK(shell_word("a\033[2J b\n") == "$'a\\x1b\\x5b2J\\x20b\\x0a'");
  CHECK(shell_word("\u202e") == "$'\\xe2\\x80\\xae'");
}
