// Every command that writes, on a disk on which one system call fails: the first, the second, …
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/files.hpp"
#include "faults/failing_disk.hpp"
#include "network/safetensors.hpp"
#include "support/limits.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;

/// A command that writes into the folder `disk`, where it runs. What it reads lies in `in`, or was
/// written there by `before`.
struct Writer {
  const char *name, *before, *command;
};
constexpr auto one_run = "$nnrun ../in/one.yaml --out run -q >../said",
               comparison =
                   "$nnrun compare ../in/one.yaml ../in/two.yaml --seeds 2 --jobs 1 --out c "
                   "-q >../said; rm -r c/runs/two/0002 c/comparison.json";
constexpr std::array writers{
    Writer{"train", "", "$nnrun ../in/one.yaml --out run -q"},
    Writer{"train into a numbered folder", "", "$nnrun ../in/one.yaml --json"},
    Writer{"train with checkpoints", "", "$nnrun ../in/kept.yaml --out run -q"},
    Writer{"train --resume", "$nnrun ../in/kept.yaml --out run -q >../said",
           "$nnrun train --resume run --set train.epochs=4 -q"},
    Writer{"compare", "", "$nnrun compare ../in/one.yaml ../in/two.yaml --seeds 2 --jobs 1 -q"},
    Writer{"compare --resume", comparison, "$nnrun compare --resume c --jobs 1 -q"},
    Writer{"sweep --shard", "", "$nnrun sweep ../in/sweep.yaml --out s --shard 1/2 --jobs 1 -q"},
    Writer{"predict", one_run, "$nnrun predict run --csv ../in/points.csv >out.csv"},
    Writer{"predict --threads", one_run,
           "$nnrun predict run --csv ../in/points.csv --threads 2 >out.csv"},
    Writer{"convert", "", "$nnrun convert ../in/points.csv points.npy -q"},
    Writer{"export", one_run, "$nnrun export run --c net.c --python net.py"},
    Writer{"eval", one_run, "$nnrun eval run --json >out.json"},
    Writer{"schema", "", "$nnrun schema >schema.json"},
    Writer{"completion", "", "$nnrun completion bash >completion.sh"},
    Writer{"new", "", "$nnrun new dataset mine"},
    Writer{"runs rm", one_run, "$nnrun runs rm run --yes"}};

bool prints_into_a_file(const Writer& writer) {
  return std::string_view(writer.command).find('>') != std::string_view::npos;
}

using Files = std::map<std::string, std::string>;  // contents by name

Files files_in(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = text_of(entry.path());
  return files;
}

/// Returns whether a file that differs from run to run is whole by itself.
bool is_whole(const fs::path& file, const std::string& text) {
  const std::string end = file.extension().string();
  if (end == ".json") return nlohmann::json::accept(text);
  if (end == ".html") return text.ends_with("</html>\n");
  if (file.filename() == "metrics.csv") return text.empty() || text.ends_with('\n');
  if (end != ".safetensors") return false;
  try {
    host::read_safetensors(file);
    return true;
  } catch (const host::Error&) {
    return false;
  }
}

/// Two folders: `in` with what is read, `disk` where it is written.
class Stage {
 public:
  explicit Stage(const Writer& writer) : writer_(writer) {
    scratch_.write("in/points.csv", "x,y,t\n1,2,0\n-0.5,1e-3,1\n3,4,1\n0,1,0\n");
    scratch_.write("in/one.yaml",
                   "name: one\ndata: {type: csv, path: points.csv, scale: standard}\n"
                   "model:\n  input: 2\n  layers: [{type: dense, units: 1, activation: tanh}]\n"
                   "train: {cost: sum_squared_error, gradient: backprop, epochs: 2,\n"
                   "        optimizer: {type: adam, learning_rate: 0.1}}\n");
    scratch_.write("in/kept.yaml",
                   "extends: one.yaml\nname: kept\n"
                   "train: {epochs: 2, checkpoint: {every: 1, best: train.cost}}\n");
    scratch_.write("in/two.yaml",
                   "extends: one.yaml\nname: two\nmodel: {layers: {dense_1: {bias: false}}}\n");
    scratch_.write("in/sweep.yaml", "extends: one.yaml\nsweep: {train.batch_size: [1, 2, 3, 4]}\n");
    fs::create_directory(disk());
    prepare();
    REQUIRE(run("").status == 0);
    whole_ = files();
  }
  const Scratch& scratch() const { return scratch_; }
  fs::path disk() const { return scratch_ / "disk"; }
  Files files() const { return files_in(disk()); }

  /// Empties the disk and does what comes before the command.
  void prepare() {
    for (const std::string& name : names_in(disk())) fs::remove_all(disk() / name);
    REQUIRE(shell(writer_.before).status == 0);
    before_ = files();
  }
  /// Runs the command after a piece of shell script.
  Ended run(const std::string& first) const { return shell(first + "\n" + writer_.command); }

  /// Every file is as before, as after the whole command, or whole by itself.
  void check_files() const {
    for (const auto& [name, text] : files()) {
      CAPTURE(name, text);
      const auto is_in = [&, &file = name, &found = text](const Files& known) {
        const auto place = known.find(file);
        return place != known.end() && place->second == found;
      };
      // what is printed goes into its file as it comes
      const bool printed = prints_into_a_file(writer_) && !before_.contains(name);
      CHECK((is_in(before_) || is_in(whole_) || printed || is_whole(disk() / name, text)));
      for (const char* unfinished : {".nnrun-", "/."}) CHECK(name.find(unfinished) == name.npos);
    }
  }
  /// A command that ended well has written all that it writes, the model with the same bits. A
  /// checkpoint may be missing: the run goes on without it.
  void check_done() const {
    const Files found = files();
    for (const auto& [name, text] : whole_) {
      if (name.find("/checkpoints/") != name.npos) continue;
      CAPTURE(name);
      REQUIRE(found.contains(name));
      if (name.ends_with(".safetensors")) CHECK((found.at(name) == text));
    }
  }
  /// Checks the end of a command whose disk failed. Returns whether it was told of.
  bool check_end(const Ended& ended, const std::string& cause) const {
    CAPTURE(cause, ended.status, ended.out, ended.err);
    check_files();
    if (ended.status == 0) {
      check_done();
      return false;
    }
    CHECK(ended.status < 6);
    CHECK((ended.err.find("error: ") != ended.err.npos ||
           ended.out.find("failed: ") != ended.out.npos));
    CHECK((ended.err + ended.out).find(cause) != std::string::npos);
    return true;
  }

 private:
  Ended shell(const std::string& script) const {
    return testing::run("cd disk\n" + script, scratch_.folder());
  }

  const Writer& writer_;
  Scratch scratch_;
  Files before_, whole_;
};

/// What a failing disk does next, shared with the processes that use it.
class SharedPlan {
 public:
  explicit SharedPlan(const fs::path& file) : file_(file) {
    std::ofstream(file) << std::string(sizeof(DiskPlan), '\0');
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    shared_ = ::mmap(nullptr, sizeof(DiskPlan), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    REQUIRE(shared_ != MAP_FAILED);
  }
  SharedPlan(const SharedPlan&) = delete;
  SharedPlan& operator=(const SharedPlan&) = delete;
  ~SharedPlan() { ::munmap(shared_, sizeof(DiskPlan)); }

  /// Runs the command on a disk whose k-th call fails. Returns how many calls there were.
  Ended run(Stage& stage, int k, int error, bool slow = false) {
    stage.prepare();
    plan().calls = 0;
    plan().fail_at = k;
    plan().error = error;
    plan().slow = slow;
    return stage.run(
        "export NNRUN_DISK='" + stage.disk().string() + "' NNRUN_DISK_PLAN='" + file_.string() +
        "'\nnnrun=\"env LD_PRELOAD=" NNRUN_BUILD_DIR "/test_plugins/failing_disk.so $nnrun\"");
  }
  int calls() { return plan().calls; }

 private:
  DiskPlan& plan() { return *static_cast<DiskPlan*>(shared_); }
  fs::path file_;
  void* shared_;
};

constexpr std::array errors{EIO, ENOSPC, EDQUOT, EMFILE, EACCES};

bool can_preload() {
  if (sanitized) WARN("not tried: a sanitizer must be the first library");
  return !sanitized;
}

/// Lets calls of a writer fail, at most about `most` of them, each with `n_errors` errors.
void try_calls(const Writer& writer, int most, std::size_t n_errors) {
  CAPTURE(writer.name);
  Stage stage(writer);
  SharedPlan plan(stage.scratch() / "plan");
  REQUIRE(plan.run(stage, 0, 0).status == 0);
  const int step = std::max(1, plan.calls() / most);
  int faults = 0, told = 0;
  for (int k = 1, i = 0;; k += step, ++i) {
    for (std::size_t e = 0; e < n_errors; ++e) {
      const int error = errors[(static_cast<std::size_t>(i) + e) % errors.size()];
      CAPTURE(k);
      const Ended ended = plan.run(stage, k, error);
      if (plan.calls() < k) {  // it ended before
        CHECK(told > 0);
        std::cout << "figure: " << faults << " failing system calls survived\n"
                  << "figure: " << told << " of them told, with the cause\n";
        return;
      }
      ++faults;
      told += stage.check_end(ended, host::system_reason(error));
    }
  }
}

TEST_CASE("whichever call of a writer fails, all that is there is whole, and the cause is named",
          "[faults]") {
  if (can_preload()) try_calls(GENERATE(from_range(writers.begin(), writers.end())), 12, 1);
}

TEST_CASE("every call of a writer may fail, in every way", "[.full/faults]") {
  if (can_preload()) try_calls(GENERATE(from_range(writers.begin(), writers.end())), 1 << 20, 5);
}

TEST_CASE("a slow disk that interrupts, and writes a few bytes at a time, changes nothing",
          "[faults]") {
  if (!can_preload()) return;
  const auto& writer = GENERATE(from_range(writers.begin(), writers.end()));
  CAPTURE(writer.name);
  Stage stage(writer);
  SharedPlan plan(stage.scratch() / "plan");
  const Ended ended = plan.run(stage, 0, 0, true);
  CAPTURE(ended.out, ended.err);
  CHECK(ended.status == 0);
  stage.check_files();
  stage.check_done();
}

TEST_CASE("a limit on the size of files is told, and leaves nothing half written", "[faults]") {
  const auto& writer = GENERATE(from_range(writers.begin(), writers.end()));
  CAPTURE(writer.name);
  Stage stage(writer);
  for (const char* limit : {"ulimit -f 1", "ulimit -f 8"}) {
    stage.prepare();
    CAPTURE(limit);
    stage.check_end(stage.run(limit), "file too large");
  }
}

TEST_CASE("a full disk is told, and leaves nothing half written", "[faults]") {
  const auto& writer = GENERATE(from_range(writers.begin(), writers.end()));
  CAPTURE(writer.name);
  Stage stage(writer);
  const std::string disk = "'" + stage.disk().string() + "'";
  const auto mounted = [&](const std::string& options) {
    return std::system(
               ("mount -t tmpfs -o " + options + " none " + disk + " 2>/dev/null").c_str()) == 0;
  };
  if (::geteuid() != 0 || !mounted("size=4m")) {
    WARN("not tried: mounting a small disk needs root and the right to mount");
    return;
  }
  for (const unsigned long left : {0ul, 4ul, 16ul}) {
    CAPTURE(left);
    CHECK(mounted("remount,size=4m"));
    stage.prepare();
    struct statvfs used {};
    REQUIRE(::statvfs(stage.disk().c_str(), &used) == 0);
    const unsigned long kilobytes = (used.f_blocks - used.f_bfree) * used.f_frsize / 1024 + left;
    CHECK(mounted("remount,size=" + std::to_string(std::max(kilobytes, 4ul)) + "k"));
    stage.check_end(stage.run(""), "no space left on device");
  }
  CHECK(std::system(("umount " + disk).c_str()) == 0);
}

TEST_CASE("a folder that may not be written to is told, and stays as it is", "[faults]") {
  const auto& writer = GENERATE(from_range(writers.begin(), writers.end()));
  if (prints_into_a_file(writer)) return;  // the shell tells
  CAPTURE(writer.name);
  Stage stage(writer);
  stage.prepare();
  const Files before = stage.files();
  const std::string nobody =
      ::geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  const std::string as_nobody = "nnrun=\"" + nobody + "$nnrun\"\n";
  fs::permissions(stage.scratch().folder(), fs::perms(0755));
  if (run(as_nobody + "$nnrun version", stage.scratch().folder()).status != 0) {
    WARN("not tried: another user cannot run the program where it lies");
    return;
  }
  CHECK(std::system(("chmod -R a-w '" + stage.disk().string() + "'").c_str()) == 0);
  const Ended ended = stage.run(as_nobody);
  CHECK(ended.status != 0);
  CHECK(stage.check_end(ended, "permission denied"));
  CHECK((stage.files() == before));
  CHECK(std::system(("chmod -R u+w '" + stage.disk().string() + "'").c_str()) == 0);
}

}  // namespace
}  // namespace nnrun::testing
