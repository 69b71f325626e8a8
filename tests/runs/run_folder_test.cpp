#include "runs/run_folder.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/said.hpp"
#include "base/scratch.hpp"
using namespace nnrun::host;
using namespace nnrun::testing;
using Names = std::vector<std::string>;
TEST_CASE("runs are numbered after the last one that exists", "[records]") {
  const Scratch scratch;
  const auto root = scratch / "runs";
  CHECK(RunFolder::create(root, "diagonal").path() == root / "diagonal/0001");
  CHECK(RunFolder::create(root, "diagonal").path() == root / "diagonal/0002");
  CHECK(RunFolder::create(root, "other").path() == root / "other/0001");
  std::filesystem::create_directory(root / "diagonal/0041");
  std::filesystem::create_directory(root / "diagonal/99");      // not a run
  std::filesystem::create_directory(root / "diagonal/0050-x");  // nor is this
  scratch.write("runs/diagonal/0042", "a file in the way");
  CHECK(RunFolder::create(root, "diagonal").path() == root / "diagonal/0043");
  std::filesystem::create_directory(root / "diagonal/9999");
  CHECK(RunFolder::create(root, "diagonal").path() == root / "diagonal/10000");
  CHECK(RunFolder::create(root, "diagonal").path() == root / "diagonal/10001");
}

TEST_CASE("two runs that start at once never share a folder", "[records]") {
  const Scratch scratch;
  std::vector<std::thread> runs;
  std::vector<std::string> paths(8);
  for (std::string& path : paths)
    runs.emplace_back([&] { path = RunFolder::create(scratch.folder(), "a").path().string(); });
  for (std::thread& run : runs) run.join();
  std::sort(paths.begin(), paths.end());
  CHECK(std::unique(paths.begin(), paths.end()) == paths.end());
  CHECK(names_in(scratch / "a").size() == 8);
}

TEST_CASE("a named run folder must be new", "[records]") {
  const Scratch scratch;
  CHECK(RunFolder::create_at(scratch / "a/b").path() == scratch / "a/b");
  CHECK(RunFolder::create_at((scratch / "c").string() + "/").path() == scratch / "c");
  const std::string at = scratch.folder().string();
  const std::string hint = "   = help: name a new one with --out, or leave --out away\n";
  CHECK(said<RecordError>([&] { RunFolder::create_at(scratch / "a/b"); }) ==
        "error: the run folder '" + at + "/a/b' exists already\n" + hint);
  scratch.write("file", "text");
  CHECK(said<RecordError>([&] { RunFolder::create_at(scratch / "file"); }) ==
        "error: the run folder '" + at + "/file' exists already\n" + hint);
  CHECK(said<RecordError>([&] { RunFolder::create_at(scratch / "file/x"); }) ==
        "error: cannot create the folder '" + at +
            "/file': not a directory\n"
            "   = help: name one that you may create with --out\n");
}

TEST_CASE("odd characters of a name do not leave the folder", "[records]") {
  CHECK(safe_name("diagonal-2.b_C") == "diagonal-2.b_C");
  CHECK(safe_name("../../etc/passwd") == "_._.._etc_passwd");
  CHECK(safe_name("..") == "_.");
  CHECK(safe_name("a b\nc\033") == "a_b_c_");
  CHECK(safe_name("\xc3\xbc") == "\xc3\xbc");
  CHECK(safe_name("") == "run");
  CHECK(safe_name(std::string(99, 'a') + "\xc3\xbc") == std::string(99, 'a'));
}

TEST_CASE("a run folder holds what was written, and nothing in it is replaced", "[records]") {
  const Scratch scratch;
  const RunFolder run = RunFolder::create(scratch.folder(), "a");
  run.write_config("name: a\n");
  run.write_run("{}\n");
  const auto source = [](const char* name, const char* text) {
    return std::make_shared<const Source>(Source{name, text});
  };
  run.write_sources(std::vector{source("configs/a.yaml", "one"), source("../a.yaml", "two"),
                                source("/tmp/base.yaml", "three")});
  CHECK(names_in(run.path()) == Names{"config.yaml", "run.json", "source"});
  CHECK(names_in(run.path() / "source") == Names{"a-2.yaml", "a.yaml", "base.yaml"});
  CHECK(text_of(run.path() / "config.yaml") == "name: a\n");
  CHECK(text_of(run.path() / "source/a-2.yaml") == "two");
  CHECK(said<RecordError>([&] { run.write_config("name: b\n"); }) ==
        "error: cannot write '" + (run.path() / "config.yaml").string() + "': it exists already\n");
  CHECK(text_of(run.path() / "config.yaml") == "name: a\n");
}

TEST_CASE("a table grows by whole rows that others see at once", "[records]") {
  const Scratch scratch;
  CsvFile table(scratch / "metrics.csv", {"epoch", "train.cost"});
  CHECK(text_of(scratch / "metrics.csv") == "epoch,train.cost\n");
  table.append({"1", "0.5"});
  CHECK(text_of(scratch / "metrics.csv") == "epoch,train.cost\n1,0.5\n");
  table.append({"a,\"b\"", ""});
  CHECK(text_of(scratch / "metrics.csv") == "epoch,train.cost\n1,0.5\n\"a,\"\"b\"\"\",\n");
  CHECK(said<RecordError>([&] { CsvFile(scratch / "metrics.csv", {"x"}); }) ==
        "error: cannot write '" + (scratch / "metrics.csv").string() + "': file exists\n");
}

TEST_CASE("a table on a full disk names the cause and keeps its last whole row", "[records]") {
  const Scratch scratch;
  CsvFile table(scratch / "metrics.csv", {"epoch", "cost"});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string first = said<RecordError>([&] { table.append({"1", "0.5"}); });
  const std::string second = said<RecordError>([&] { table.append({"2", "0.25"}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(first == "nothing");
  CHECK(second ==
        "error: cannot write '" + (scratch / "metrics.csv").string() + "': file too large\n");
  CHECK(text_of(scratch / "metrics.csv") == "epoch,cost\n1,0.5\n");
}

TEST_CASE("a folder where no run may be created is named with the reason", "[records]") {
  const Scratch scratch;
  std::filesystem::permissions(scratch.folder(), std::filesystem::perms(0555));
  const std::string expected = "error: cannot create the folder '" + (scratch / "a").string() +
                               "': permission denied\n"
                               "   = help: name one that you may create with --out\n";
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(2);  // root may write everywhere
    ::_exit(said<RecordError>([&] { RunFolder::create(scratch.folder(), "a"); }) == expected ? 0
                                                                                             : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  std::filesystem::permissions(scratch.folder(), std::filesystem::perms(0755));
}

TEST_CASE("runs are listed by name and number, unfinished and damaged ones too", "[records]") {
  const Scratch scratch;
  CHECK(list_runs(scratch / "none").empty());
  RunFolder::create(scratch.folder(), "b").write_run(R"({"seed": 7})");
  RunFolder::create(scratch.folder(), "a");
  RunFolder::create(scratch.folder(), "a").write_run("{\"seed\":");
  std::filesystem::create_directories(scratch / "a/notes");
  scratch.write("a/10000/run.json", "{\"x\": 1e999}");
  const std::vector<RunEntry> runs = list_runs(scratch.folder());
  REQUIRE(runs.size() == 4);
  CHECK(runs[0].path == scratch / "a/0001");
  CHECK(runs[0].run == nullptr);
  CHECK(runs[0].problem.empty());
  CHECK(runs[1].number == 2);
  CHECK(runs[1].problem == "'" + (scratch / "a/0002/run.json").string() + "' is not valid JSON");
  CHECK(runs[2].number == 10000);
  CHECK(runs[2].run == nullptr);
  CHECK_FALSE(runs[2].problem.empty());
  CHECK(runs[3].name == "b");
  REQUIRE(runs[3].run != nullptr);
  CHECK((*runs[3].run)["seed"] == 7);
}
