// No text may crash the reader, hang it, or take much memory.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <ctime>

#include "config/config_testing.hpp"
#include "support/limits.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t full = 256 * 1024;

std::string filled(std::string_view part, std::string text = {}) {
  while (text.size() + part.size() <= full) text += part;
  return text;
}

/// Returns begin, then copies of `part` with each # replaced by a counter, as long as there is
/// room.
std::string counted(std::string_view part, std::string begin = {}) {
  std::string text = std::move(begin);
  for (int i = 0;; ++i) {
    const std::string next = replaced(std::string(part), "#", std::to_string(i));
    if (text.size() + next.size() > full) return text;
    text += next;
  }
}

/// Returns what reading a config says; "too much" if it takes over 128 MB, or so much of a processor
/// that it seems to hang: what grows with the square of a text takes minutes.
std::string said_within_limits(const std::string& text) {
  const Configs configs(text);
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said = "too much";
    limit_memory();
    constexpr std::clock_t hangs = 10 * CLOCKS_PER_SEC;
    const std::clock_t begin = std::clock();
    try {
      said = configs.said();
    } catch (const std::exception&) {
    }
    if (!sanitized && std::clock() - begin > hangs) said = "too much";
    const ssize_t written = ::write(ends[1], said.data(), std::min<std::size_t>(said.size(), 4000));
    ::_exit(written > 0 ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said(4000, ' ');
  const ssize_t n = ::read(ends[0], said.data(), said.size());
  said.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST_CASE("a hostile config is refused within 128 MB, and does not hang", "[config]") {
  const std::string part = GENERATE(
      "[", "{", "[{", "{[", "{a: ", "- ", "? ", ",", ": ", ":", "-", "-\n", "- -\n", "[,", "{,",
      "[? ", "!", "&", "*", "@", "`", "%", "%\n", "|", "|\n", ">", "\"", "'", "\\", "]", "}", "[}",
      "{]", "#", "\n", " ", " \n", "&a ", "*a ", "!a ", "&a [", "a\n", "a:\n", "a: |\n", "---\n",
      "--- ", "...\n", "- a\n", "[a, ", "{a,", "{a:{", "? a\n", "?\n", "\"\n", "\"\\u0041\" ",
      "<<: ", "~\n", "\xc3\xa9", "\xff", "a: &a [*a]\n", " a", "\t", "0", "1,", "[]", "[],", "{}");
  CAPTURE(part);
  CHECK(said_within_limits(filled(part)).starts_with("error: "));
}

TEST_CASE("a large config is read or refused within 128 MB, and does not hang", "[config]") {
  const std::string whole = "data: points\ntrain: {cost: huber}\nmodel:\n  input: 1\n  layers:\n";
  const std::string text = GENERATE_COPY(
      filled("1,", "predict: [") + "]", filled("x,", "metrics: ["), counted("k#: 1\n"),
      counted("k#,", "{"), counted("k#: &a# x\n"), filled("*a,", "a: &a [x]\nb: ["),
      std::string(full - 10, 'a') + ": 1\n", "name: " + std::string(full - 10, 'a'),
      filled("\\u0041", "\"") + "\"", filled(" a\n", "|\n"),
      filled("  - {type: dense, units: 1}\n", whole),
      filled("  - {type: dense, unist: 1}\n", whole), filled("  - {typ: dense}\n", whole),
      counted("  - {type: add, name: n#, inputs: [m#]}\n", whole),
      filled("bad,", whole + "  - {type: add, inputs: ["), filled("dense,", "model: {layers: ["),
      counted("k#: {a: {b: {c: {d: 1}}}}\n"),
      counted("k#: 1, ", whole + "  - {type: dense, units: 1, "),
      counted("n#: {}, ", "extends: a.yaml\nmodel: {layers: {"));
  CAPTURE(text.substr(0, 40), text.size());
  const std::string said = said_within_limits(text);
  CHECK((said == "nothing" || said.starts_with("error: ")));
}

/// Checks that there is no crash and no error but ConfigError.
bool is_handled(const std::filesystem::path& file, host::Registry& registry) {
  try {
    host::read_experiment(file, {}, registry);
  } catch (const host::ConfigError& error) {
    return render(error, false).starts_with("error: ");
  }
  return true;
}

TEST_CASE("a config cut off anywhere is refused or read, never worse", "[config]") {
  const std::string text = text_of(NNRUN_SOURCE_DIR "/tests/config/good/article.yaml");
  Scratch scratch;
  Loaded loaded;
  for (std::size_t n = 0; n < text.size(); ++n)
    if (!is_handled(scratch.write("a.yaml", text.substr(0, n)), loaded.registry)) FAIL(n);
  SUCCEED();
}

TEST_CASE("a config with any byte replaced is refused or read, never worse", "[config]") {
  const std::string text = text_of(NNRUN_SOURCE_DIR "/tests/config/good/article.yaml");
  Scratch scratch;
  Loaded loaded;
  for (std::size_t n = 0; n < text.size(); ++n)
    for (const char c : std::string_view("\0\n\t {[,:-\"'#&*!|\xc3", 18)) {
      std::string changed = text;
      changed[n] = c;
      if (!is_handled(scratch.write("a.yaml", changed), loaded.registry)) FAIL(n);
    }
  SUCCEED();
}

}  // namespace
}  // namespace nnrun::testing
