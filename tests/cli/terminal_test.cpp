// What reaches a terminal, and what happens where there is none.
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/shown_text.hpp"
#include "cli/small_run.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;

/// Runs the program as the leader of a terminal of its own, which is closed once `until` exists.
/// Returns its exit status.
int run_until_closed(const Scratch& scratch, std::vector<const char*> arguments,
                     const std::filesystem::path& until) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::chdir(scratch.folder().c_str()) != 0) ::_exit(100);
    arguments.insert(arguments.begin(), NNRUN_BUILD_DIR "/nnrun");
    arguments.push_back(nullptr);
    ::execv(arguments[0], const_cast<char**>(arguments.data()));
    ::_exit(101);
  }
  while (!std::filesystem::exists(until))
    if (char bytes[4096]; ::read(terminal, bytes, sizeof bytes) <= 0) break;
  ::close(terminal);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Returns all that the program writes to a terminal of so many columns.
std::string shown_in(unsigned short columns, const Scratch& scratch, const std::string& arguments) {
  winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::chdir(scratch.folder().c_str()) != 0) ::_exit(100);
    ::setenv("LC_ALL", "C.UTF-8", 1);
    ::execl("/bin/sh", "sh", "-c", (NNRUN_BUILD_DIR "/nnrun " + arguments).c_str(), nullptr);
    ::_exit(101);
  }
  std::string all;
  for (char bytes[4096];;) {
    const ssize_t n = ::read(terminal, bytes, sizeof bytes);
    if (n <= 0) break;  // the other end is closed
    all.append(bytes, static_cast<std::size_t>(n));
  }
  ::close(terminal);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return all;
}

}  // namespace

TEST_CASE("the line of an epoch fits the terminal, however many metrics there are", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  const auto [metrics, split] = GENERATE(
      table<std::string, std::string>({{"[accuracy]", "0"},
                                       {"[accuracy]", "0.34"},
                                       {"[accuracy, confusion_matrix]", "0.34"},
                                       {"[accuracy, f1, auc, precision, recall, r2]", "0.34"}}));
  const std::string all =
      shown_in(80, scratch,
               "small.yaml --set metrics='" + metrics + "' --set data.split.validation=" + split);
  CAPTURE(all);
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = all.find("epoch ", at)) != all.npos; ++at) {
    const std::size_t end = all.find_first_of("\r\n", at);
    std::string line;
    for (const char c : all.substr(at, end - at)) {
      line += c;
      if (c == 'm' && line.find("\033[") != line.npos) line.resize(line.find("\033["));  // a style
    }
    CAPTURE(line);
    CHECK(host::columns_of(line) <= 80);
    if (all.substr(end, 2) != "\r\n") continue;  // progress, written over by what follows
    CHECK_THAT(line, Contains(split == "0" ? "accuracy " : "validation cost ") &&
                         !Contains("confusion_matrix"));
    ++lines;
  }
  CHECK(lines >= 3);
}

TEST_CASE("a terminal that is closed ends a comparison with 129, and what was done is kept",
          "[cli][compare]") {
  const Scratch scratch;
  write_small(scratch);
  CHECK(run_until_closed(
            scratch, {"compare", "small.yaml", "--seeds", "100000", "--jobs", "1", "--out", "c"},
            scratch / "c/runs/small/0003/run.json") == 129);
  CHECK(parsed(text_of(scratch / "c/runs/small/0003/run.json"))["status"] == "done");
  for (const std::string& name : names_in(scratch / "c/runs/small")) CHECK(name[0] != '.');
}

TEST_CASE("closed standard streams never get the number of a run's file", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun small.yaml --out whole", scratch.folder()).status == 0);
  const auto rows = [&](const std::string& folder) {
    const std::string text = text_of(scratch / (folder + "/metrics.csv"));
    return std::ranges::count(text, '\n');
  };
  const auto [closed, status] =
      GENERATE(table<std::string, int>({{"2>&-", 0}, {"<&-", 0}, {">&-", 1}, {"<&- >&- 2>&-", 1}}));
  CAPTURE(closed);
  const Ended ended = run("$nnrun small.yaml --out r " + closed, scratch.folder());
  CHECK(ended.status == status);
  CHECK(rows("r") == rows("whole"));
  CHECK_THAT(text_of(scratch / "r/metrics.csv"), StartsWith("epoch,step,examples,"));
  CHECK(parsed(text_of(scratch / "r/run.json"))["status"] == "done");
  if (closed == ">&-")
    CHECK_THAT(ended.err, Contains("error: the output cannot be written: bad file descriptor\n"));
}

TEST_CASE("a map is drawn whatever the columns are called", "[cli]") {
  const std::string name = GENERATE(
      as<std::string>{}, "a_length_of_the_left_petal_in_centimetres", std::string(32, 'n'),
      std::string(31, 'n'), std::string(200, 'n'), "東京都の気温と湿度と降水量と風速と日照時間",
      "e\u0301e\u0301e\u0301", "\u202eegral\u2066", " ");
  CAPTURE(name);
  const Scratch scratch;
  write_small(scratch, "\"" + name + "\",b" + small_csv.substr(3));
  const Ended first = run("$nnrun small.yaml", scratch.folder());
  CHECK(first.status == 0);
  CHECK_THAT(first.out, Contains("█") || Contains("▓") || Contains("▒") || Contains("░"));
  CHECK_THAT(first.out + first.err, !Contains("\033") && !Contains("\r") && !Contains("\a"));
  write_small(scratch, "b,\"" + name + "\"" + small_csv.substr(3));
  CHECK(run("$nnrun small.yaml", scratch.folder()).status == 0);
}

TEST_CASE("names from data, configs and folders are harmless in text and whole in JSON", "[cli]") {
  const Scratch scratch;
  const std::string evil = "\u009d0;owned\u009c\u202e";  // a data set refuses the C0 controls
  write_small(scratch, "a,b,kind\n1,2," + evil + "\n2,3,y\n3,1," + evil + "\n4,4,y\n");
  const Ended trained =
      run("$nnrun small.yaml --set metrics='[accuracy, confusion_matrix]' --out \"$(printf "
          "'a\\033[2Jb')\"",
          scratch.folder());
  REQUIRE(trained.status == 0);
  CHECK_THAT(trained.out + trained.err,
             !Contains("\033") && !Contains("\u202e") && !Contains("\u009d"));
  CHECK_THAT(trained.out, Contains("?0;owned??"));
  CHECK_THAT(trained.err, Contains("again  nnrun $'a\\x1b\\x5b2Jb/config.yaml'\n"));
  const std::string folder = "\"$(printf 'a\\033[2Jb')\"";
  const Ended predicted = run("$nnrun predict " + folder + " 1,2", scratch.folder());
  CHECK_THAT(predicted.out, Contains("class") && !Contains("\033"));
  const auto json =
      parsed(run("$nnrun predict " + folder + " 1,2 3,1 --json", scratch.folder()).out);
  for (const auto& one : json["predict"]) CHECK((one["class"] == evil || one["class"] == "y"));
}

TEST_CASE("texts that a spreadsheet would run are texts in CSV, and numbers stay numbers",
          "[cli]") {
  const Scratch scratch;
  write_small(scratch, "a,b,kind\n1,2,=1+1\n2,3,-1\n3,1,@x\n4,4,+z\n5,2,\"-a,\"\"b\"\n");
  REQUIRE(run("$nnrun small.yaml --set model.layers.dense_2.units=5 --out r", scratch.folder())
              .status == 0);
  scratch.write("in.csv", "a,b\n1,2\n-3,1\n");
  const std::string out = run("$nnrun predict r --csv in.csv -q", scratch.folder()).out;
  CHECK_THAT(out, StartsWith("'+z,-1,\"'-a,\"\"b\",'=1+1,'@x,class\n"));
}

}  // namespace nnrun::testing
