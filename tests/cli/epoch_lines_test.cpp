// The lines that training prints about its epochs.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/said.hpp"
#include "base/text.hpp"
#include "cli/small_run.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Lines = std::vector<std::string>;

/// Returns the lines of a text that are about an epoch.
Lines epochs_in(const std::string& text) {
  Lines lines = host::split(text, '\n');
  std::erase_if(lines, [](const std::string& line) { return !line.starts_with("epoch "); });
  return lines;
}

/// Returns what the program prints on a terminal of so many columns without colours, line by line:
/// of what was written over only the last.
Lines shown_on_terminal(const std::filesystem::path& folder, unsigned short columns,
                        std::vector<const char*> arguments) {
  int terminal = -1;
  winsize size{24, columns, 0, 0};
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("NO_COLOR", "1", 1);
    ::setenv("LC_ALL", "C", 1);  // one byte is one column
    if (::chdir(folder.c_str()) != 0) ::_exit(100);
    arguments.insert(arguments.begin(), NNRUN_BUILD_DIR "/nnrun");
    arguments.push_back(nullptr);
    ::execv(arguments[0], const_cast<char**>(arguments.data()));
    ::_exit(101);
  }
  std::string text;
  char bytes[4096];
  for (ssize_t n; (n = ::read(terminal, bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(n));
  ::close(terminal);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  Lines lines = host::split(replaced(text, "\r\n", "\n"), '\n');
  for (std::string& line : lines)
    if (const std::size_t start = line.rfind("\033[J"); start != line.npos)
      line.erase(0, start + 3);
  return lines;
}

}  // namespace

TEST_CASE("a run prints a line for each of its first hundred epochs", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended = run("$nnrun small.yaml --set train.epochs=100", scratch.folder());
  const Lines lines = epochs_in(ended.err);
  REQUIRE(lines.size() == 100);
  CHECK_THAT(lines[6], Catch::StartsWith("epoch   7/100  cost "));
  CHECK_THAT(ended.err, !Contains("not shown"));
}

TEST_CASE("a run of many epochs prints some of them, and the last", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended = run("$nnrun small.yaml --set train.epochs=20000 --out r", scratch.folder());
  CHECK(ended.status == 0);
  const Lines lines = epochs_in(ended.err);
  CHECK(lines.size() > 100);
  CHECK(lines.size() < 20000);
  CHECK_THAT(lines[99], Catch::StartsWith("epoch   100/20000  cost "));
  CHECK_THAT(lines.back(), Catch::StartsWith("epoch 20000/20000  cost "));
  CHECK_THAT(ended.err, Contains("\n(" + std::to_string(20000 - lines.size()) +
                                 " epochs are not shown: all are in r/metrics.csv)\n"));
  CHECK(host::split(text_of(scratch / "r/metrics.csv"), '\n').size() == 20001);
  // the numbers of a line are those of its epoch
  const std::string row = host::split(text_of(scratch / "r/metrics.csv"), '\n').back();
  CHECK_THAT(row, Catch::StartsWith("20000,"));
}

TEST_CASE("a run that ends by an error shows the last epoch before it", "[cli]") {
  const Scratch scratch;
  scratch.write("grow.csv", "x,y\n1,1\n2,2\n");
  scratch.write("grow.yaml",
                "data: {type: csv, path: grow.csv, targets: [y]}\n"
                "model: {input: 1, layers: [{type: dense, units: 1}]}\n"
                "train: {cost: mean_squared_error, epochs: 1000000, "
                "optimizer: {type: sgd, learning_rate: 1.01}}\n");
  const Ended ended = run("$nnrun grow.yaml --out r", scratch.folder());
  CHECK(ended.status == 1);
  const Lines rows = host::split(text_of(scratch / "r/metrics.csv"), '\n');
  const std::string last = rows.back().substr(0, rows.back().find(','));
  CAPTURE(ended.err);
  CHECK_THAT(epochs_in(ended.err).back(), Contains(" " + last + "/1000000 "));
}

TEST_CASE("lines about epochs are as wide as the terminal at most", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  const unsigned short columns = GENERATE(as<unsigned short>(), 60, 80, 100, 200);
  CAPTURE(columns);
  const Lines lines = shown_on_terminal(
      scratch.folder(), columns, {"small.yaml", "--set", "metrics=[accuracy, confusion_matrix]"});
  const auto ends = [](const std::string& line) {
    return line.starts_with("epoch ") && line.find(" - accuracy ") != line.npos;
  };
  CHECK(std::ranges::count_if(lines, ends) == 3);
  for (const std::string& line : lines) {
    CAPTURE(line);
    if (ends(line)) CHECK(line.size() <= columns);
    if (ends(line)) CHECK_THAT(line, !Contains("confusion_matrix"));
    if (ends(line) && columns == 200) CHECK_THAT(line, Contains("6/6") && Contains("examples/s"));
  }
}

TEST_CASE("scores that are wider than a line go on below each other", "[cli][epochs]") {
  const Scratch scratch;
  std::string csv = "x,z,y\n";
  for (int i = 0; i < 60; ++i)
    csv += std::to_string(i * 37 % 11) + "," + std::to_string(i % 7) + "," +
           (i * 37 % 11 > 5 ? "yes\n" : "no\n");
  scratch.write("t.csv", csv);
  scratch.write(
      "c.yaml",
      "data: {type: csv, path: t.csv, split: {test: 0.3}}\nmodel: {layers: [{type: dense, "
      "activation: sigmoid}]}\ntrain: {cost: binary_cross_entropy}\nmetrics: [accuracy, "
      "precision, recall, f1, auc, balanced_accuracy, matthews_correlation]\n");
  const Ended trained = run("$nnrun c.yaml --out r", scratch.folder()),
              measured = run("$nnrun eval r", scratch.folder());
  for (const std::string& out : {trained.out, measured.out}) {
    CAPTURE(out);
    const std::size_t end = out.find(" examples");
    REQUIRE(end != out.npos);
    const Lines lines = host::split(out.substr(0, out.find('\n', end)), '\n');
    CHECK(lines.size() > 1);
    CHECK(lines[0].starts_with("test   cost "));
    for (const std::string& line : lines) CHECK(line.size() <= 80);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      CHECK(lines[i].starts_with("       "));
      CHECK(lines[i].substr(7, 1) != " ");
    }
  }
}

}  // namespace nnrun::testing
