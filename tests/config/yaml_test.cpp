// What YAML libraries accept and this reader does not. No classes are needed here.
#include "config/yaml.hpp"

#include <catch2/catch.hpp>

#include "config/source_text.hpp"
namespace nnrun::host {
namespace {

ConfigNode parsed(const std::string& text) {
  Budget budget;
  Problems problems;
  ConfigNode node = parse_yaml(std::make_shared<const Source>(Source{"t", normalised(text)}), 0,
                               budget, problems);
  problems.throw_if_any();
  return node;
}

/// Returns `what` and the place of the first problem.
std::string said(const std::string& text) {
  try {
    parsed(text);
  } catch (const ConfigError& error) {
    const Problem& first = error.problems().front();
    return first.what + " @ " + where_of(first);
  }
  return "nothing";
}

std::string text_at(const std::string& yaml, std::string_view key) {
  const ConfigNode root = parsed(yaml);
  const ConfigNode* const node = find(root, key);
  return node && node->is(ConfigNode::Kind::scalar) ? node->text
                                                    : described(node ? *node : ConfigNode());
}

TEST_CASE("a key given twice is refused", "[config]") {
  CHECK(said("a: 1\nb: 2\na: 3\n") == "'a' is given twice @ t:3:1");
  CHECK(said("x: {a: 1, a: 1}") == "'a' is given twice @ t:1:11");
  CHECK(said("a: 1\n\"a\": 2\n") == "'a' is given twice @ t:2:1");
}

TEST_CASE("a lone comma ends", "[config]") {
  CHECK(said(",") == "a config cannot start with ',' @ t:1:1");
}

TEST_CASE("a zero byte is refused, not taken for the end", "[config]") {
  CHECK(said(std::string("a: 1\nb\0: 2\n", 12)) == "byte 0x00 is not allowed in a config @ t:2:2");
  CHECK(said("a: \x1b[31m") == "byte 0x1b is not allowed in a config @ t:1:4");
  CHECK(said("a: 1\rb: 2") == "byte 0x0d is not allowed in a config @ t:1:5");
}

TEST_CASE("text after a closed map, and a second document, are refused", "[config]") {
  CHECK(said("{a: 1} b") == "this is not part of the config @ t:1:8");
  CHECK(said("{a: 1}\n---\n{b: 2}") == "a second YAML document in one config @ t:2:1");
  CHECK(said("a: 1\n...\nb: 2\n") == "this is not part of the config @ t:3:1");
  CHECK(said("---\na: 1\n") == "nothing");
  CHECK(said("a: 1\n...\n") == "nothing");
}

TEST_CASE("numbers, words and quoted texts stay as they are written", "[config]") {
  CHECK(text_at("a: 010", "a") == "010");
  CHECK(text_at("a: yes", "a") == "yes");
  CHECK(text_at("a: 1e3", "a") == "1e3");
  const ConfigNode root = parsed("a: \"7\"\nb: 7\nc: '7'\n");
  CHECK(find(root, "a")->quoted);
  CHECK_FALSE(find(root, "b")->quoted);
  CHECK(find(root, "c")->quoted);
}

TEST_CASE("places count from one, columns in bytes", "[config]") {
  const ConfigNode root = parsed("a: 1\n\xc3\xa9\xc3\xa9: {b: \"x\\\"y\", c: 'it''s'}\n");
  const ConfigNode& inner = *find(root, "\xc3\xa9\xc3\xa9");
  CHECK(inner.place.line == 2);
  CHECK(inner.place.column == 7);
  const ConfigNode& b = *find(inner, "b");
  CHECK(b.text == "x\"y");
  CHECK(b.place.column == 11);
  CHECK(b.place.length == 6);
  CHECK(find(inner, "c")->text == "it's");
  CHECK(find(inner, "c")->place.length == 7);
}

TEST_CASE("a byte order mark and line ends of Windows are accepted", "[config]") {
  const ConfigNode root = parsed(
      "\xef\xbb\xbf"
      "a: 1\r\nb: 2\r\n");
  CHECK(find(root, "a")->place.column == 4);
  CHECK(find(root, "b")->text == "2");
  CHECK(find(root, "b")->place.line == 2);
}

TEST_CASE("what is not UTF-8 is refused with its line", "[config]") {
  CHECK(said("a: 1\nb: caf\xe9\n") == "the config is not UTF-8 text @ t:2");
  CHECK(said("\xff\xfe"
             "a") == "the config is not UTF-8 text @ t:1");
  CHECK(said("# \xc3\xa9\n# \xe2\x82\xac\nb: \xc3") == "the config is not UTF-8 text @ t:3");
  CHECK(said("# \xc3\xa9\na: \xe2\x82\xac\n") == "nothing");
}

TEST_CASE("anchors, aliases, tags and merge keys are refused", "[config]") {
  CHECK(said("a: &x 1\n") == "anchors (&name) are not supported @ t:1:4");
  CHECK(said("a: *x\n") == "aliases (*name) are not supported @ t:1:4");
  CHECK(said("a: &x [*x]\n") == "anchors (&name) are not supported @ t:1:4");
  CHECK(said("a: !!int 1\n") == "tags (!name) are not supported @ t:1:4");
  CHECK(said("a: !mine {b: 1}\n") == "tags (!name) are not supported @ t:1:4");
  CHECK(said("a: ! 1\n") == "tags (!name) are not supported @ t:1:4");
  CHECK(said("<<: {a: 1}\n") == "'<<' is not supported @ t:1:1");
  CHECK(said("%TAG ! x:\n---\na: 1\n") == "lines that start with '%' are not supported @ t:1:1");
}

TEST_CASE("a tab is refused, but not in a comment", "[config]") {
  CHECK(said("\ta: 1\n") == "a tab in the config @ t:1:1");
  CHECK(said("a:\t1\n") == "a tab in the config @ t:1:3");
  CHECK(said("a: 1 #\tone\n#\ttwo\n") == "nothing");
}

TEST_CASE("a quote that is never closed is found where it opens", "[config]") {
  CHECK(said("a: \"x\nb: 2\n") == "this text is not closed in its line @ t:1:4");
  CHECK(said("a: \"x\nb: \"y\"\n") == "this text is not closed in its line @ t:1:4");
  CHECK(said("a: 'x") == "this text is not closed in its line @ t:1:4");
  CHECK(said("a: 'x'' ") == "this text is not closed in its line @ t:1:4");
  CHECK(said("a: ''") == "nothing");
  CHECK(said("a: ''''") == "nothing");
}

TEST_CASE("a bracket that is never closed is found where it opens", "[config]") {
  const std::string list = "this '[' is not closed, or a ',' is missing in it @ ";
  const std::string map = "this '{' is not closed, or a ',' is missing in it @ ";
  CHECK(said("[1, 2") == list + "t:1:1");
  CHECK(said("{a: 1") == map + "t:1:1");
  CHECK(said("a: [[1], [2") == list + "t:1:10");
  CHECK(said("a: {b: [1, {c: 2}]\nd: 1") == map + "t:1:4");
  CHECK(said("a: [1 2: 3]") == "nothing");  // a map in a list, for the reader to refuse
}

TEST_CASE("a value that runs into the next line is refused", "[config]") {
  CHECK(said("a: one\n  two\n") == "this value goes on in the next line @ t:1:4");
  CHECK(said("a: [1\nb: 2]\n") == "this value goes on in the next line @ t:1:5");
  CHECK(text_at("a: |\n  one\n  two\n", "a") == "one\ntwo\n");
}

TEST_CASE("a word for null differs from a value that was forgotten", "[config]") {
  const ConfigNode root = parsed("a: null\nb: ~\nc:\nd: {e, f: }\nnull_g: 1\n");
  CHECK_FALSE(find(root, "a")->is_forgotten());
  CHECK_FALSE(find(root, "b")->is_forgotten());
  CHECK(find(root, "c")->is_forgotten());
  CHECK(find(*find(root, "d"), "e")->is_forgotten());
  CHECK(find(*find(root, "d"), "f")->is_forgotten());
  CHECK(find(parsed("c:\nnull_g: 1\n"), "c")->is_forgotten());
}

TEST_CASE("depth, parts and keys are bounded", "[config]") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(said(nested(64)) == "nothing");
  CHECK(said(nested(65)) == "maps and lists are nested more than 64 deep @ t:1:65");
  std::string many = "[";
  for (int i = 0; i < 99'999; ++i) many += "1,";
  CHECK(said(many + "]") == "nothing");
  CHECK(said(many + "1]") == "the config has more than 100000 parts @ t:1:200000");
  std::string keys;
  for (int i = 0; i < 1000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  CHECK(said(keys) == "nothing");
  CHECK(said(keys + "k: 1\n") == "a map has more than 1000 keys @ t:1001:1");
}

}  // namespace
}  // namespace nnrun::host
