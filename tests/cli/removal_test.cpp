// runs rm removes what nnrun recorded, and nothing else.
#include <catch2/catch.hpp>

#include "cli/small_run.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Catch::StartsWith;

namespace fs = std::filesystem;

const std::string lists = "   = help: nnrun runs lists them\n";
const std::string leaves =
    "' is not what nnrun leaves in such a folder\n"
    "   = help: move it away, then remove the folder\n";

/// Returns every file and folder below one.
std::vector<std::string> all_in(const fs::path& folder) {
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    all.push_back(entry.path().string());
  std::ranges::sort(all);
  return all;
}

}  // namespace

TEST_CASE("runs rm never follows a link, with a slash behind it or not", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun small.yaml -q --out real && ln -s real ln", scratch.folder()).status == 0);
  const auto before = all_in(scratch / "real");
  for (const std::string link : {"ln", "ln/", "ln//"})
    CHECK(refused("$nnrun runs rm --yes " + link, 2, scratch.folder()) ==
          "error: '" + link + "' is a link, not a run folder\n" + lists);
  for (const std::string name : {"real/.", "real/source/..", ".", "..", "/"})
    CHECK_THAT(refused("$nnrun runs rm --yes " + name, 2, scratch.folder()),
               StartsWith("error: '" + name + "' does not name a run\n"));
  CHECK(all_in(scratch / "real") == before);
  CHECK(run("$nnrun runs rm --yes ./real/", scratch.folder()).status == 0);
  CHECK(!fs::exists(scratch / "real"));
}

TEST_CASE("runs rm refuses a folder that only looks like a run", "[cli]") {
  const Scratch scratch;
  scratch.write("mine/config.yaml", "name: x\n");
  scratch.write("mine/run.json", "{}");
  scratch.write("mine/metrics.csv", "a,b\n");
  CHECK(refused("$nnrun runs rm --yes mine", 2, scratch.folder()) ==
        "error: 'mine' is not a run folder\n" + lists);
  CHECK(refused("$nnrun runs rm --yes gone", 2, scratch.folder()) ==
        "error: 'gone' is not there\n" + lists);
  fs::create_directory(scratch / "empty");
  CHECK(refused("$nnrun runs rm --yes empty", 2, scratch.folder()) ==
        "error: 'empty' is not a run folder\n" + lists);
}

TEST_CASE("runs rm refuses a run with something of somebody else in it, and names it", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun small.yaml -q --out r", scratch.folder()).status == 0);
  const auto refuses = [&](const std::string& path) {
    const auto before = all_in(scratch / "r");
    CHECK(refused("$nnrun runs rm --yes r", 2, scratch.folder()) == "error: '" + path + leaves);
    CHECK(all_in(scratch / "r") == before);
    fs::remove_all(scratch / path);
  };
  scratch.write("r/notes.txt", "mine");
  refuses("r/notes.txt");
  scratch.write("r/more/a.txt", "mine");
  refuses("r/more");
  scratch.write("r/source/more/a.txt", "mine");
  refuses("r/source/more");
  scratch.write("r/source/notes.txt", "mine");
  refuses("r/source/notes.txt");
  scratch.write("r/checkpoints/my-favourite.safetensors", "mine");
  refuses("r/checkpoints/my-favourite.safetensors");
  fs::remove(scratch / "r/checkpoints");
  fs::remove(scratch / "r/report.html");
  fs::create_symlink("../small.csv", scratch / "r/report.html");
  refuses("r/report.html");
  CHECK(run("$nnrun runs rm --yes r", scratch.folder()).status == 0);
  CHECK(fs::exists(scratch / "small.csv"));
}

TEST_CASE("runs rm takes nobody's project for a comparison", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(
      run("mkdir -p p/configs && cp small.* p/configs && cd p && $nnrun -q configs/small.yaml && "
          "cp runs/small/0001/config.yaml configs/again.yaml",
          scratch.folder())
          .status == 0);
  const auto before = all_in(scratch / "p");
  CHECK(refused("$nnrun runs rm --yes p", 2, scratch.folder()) ==
        "error: 'p' is not a run folder\n   = help: nnrun runs lists them\n");
  CHECK(all_in(scratch / "p") == before);
  REQUIRE(run("$nnrun compare small.yaml --seeds 2 -q --out c && cp small.yaml c/configs/mine.yaml",
              scratch.folder())
              .status == 0);
  CHECK(refused("$nnrun runs rm --yes c", 2, scratch.folder()) ==
        "error: 'c/configs/mine.yaml" + leaves);
}

TEST_CASE("runs rm removes all that runs and comparisons leave, finished or not", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  REQUIRE(run("$nnrun small.yaml -q && $nnrun compare small.yaml --seeds 2 -q && "
              "$nnrun compare runs/compare/0001/runs/small/* -q && "
              "$nnrun sweep small.yaml -q --set 'sweep={train.batch_size: [1, 2]}'",
              scratch.folder())
              .status == 0);
  // as if they had been killed
  fs::create_directories(scratch / "runs/small/0002");
  scratch.write("runs/small/0003/config.yaml", "# Written by nnrun: the config\nname: small\n");
  scratch.write("runs/small/0004/.nnrun-12-0.tmp", "");
  fs::copy(scratch / "runs/compare/0001", scratch / "runs/compare/0003",
           fs::copy_options::recursive);
  for (const char* file : {"comparison.json", "compare.html"})
    fs::remove(scratch / "runs/compare/0003" / file);
  scratch.write("runs/compare/0003/.nnrun-12-0.tmp", "");
  fs::rename(scratch / "runs/compare/0003/runs/small/0002",
             scratch / "runs/compare/0003/runs/small/.0002-machine-12");
  scratch.write("runs/small/0005/run.json", "");  // a power cut
  scratch.write("runs/small/0006/run.json", "");
  scratch.write("runs/small/0005/config.yaml", "# Written by nnrun: the config\nname: small\n");
  const Ended ended = run("$nnrun runs rm --yes runs/*/*", scratch.folder());
  CHECK(ended.err == "");
  CHECK(ended.status == 0);
  CHECK(all_in(scratch / "runs") == std::vector<std::string>{(scratch / "runs/compare").string(),
                                                             (scratch / "runs/small").string(),
                                                             (scratch / "runs/sweep").string()});
}

TEST_CASE("runs rm leaves a comparison alone while it trains", "[cli]") {
  const Scratch scratch;
  write_small(scratch);
  const Ended ended =
      run(started("$nnrun compare small.yaml --seeds 1 --budget seconds=20 --out c -q") +
              wait_until("ls c/runs/small/.0001-* >/dev/null 2>&1") +
              "$nnrun runs rm --yes c; echo $?; kill -9 $child",
          scratch.folder());
  CHECK(ended.out == "1\n");
  CHECK_THAT(ended.err, Contains("error: 'c' is in use: a process trains in it\n"
                                 "   = help: wait for its end, or stop it\n"));
  CHECK(run("sleep 0.2; $nnrun runs rm --yes c", scratch.folder()).status == 0);
}

}  // namespace nnrun::testing
