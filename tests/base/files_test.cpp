#include "base/files.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <thread>

#include "base/error.hpp"
#include "base/failing_calls.hpp"
#include "base/said.hpp"
#include "base/scratch.hpp"
using namespace nnrun::host;
using nnrun::testing::FailingCalls;
using nnrun::testing::said;
using nnrun::testing::Scratch;
using nnrun::testing::text_of;
namespace {

std::string sha256_of_text(std::string_view text) {
  return sha256_of(std::as_bytes(std::span(text)));
}

/// Returns what the action says when no file may grow beyond this many bytes.
std::string said_with_file_limit(rlim_t bytes, const auto& action) {
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{bytes, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string out = said<RecordError>(action);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  return out;
}

}  // namespace

TEST_CASE("a file is read whole, whatever its bytes", "[base]") {
  const Scratch scratch;
  std::string text(200'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * i);
  const auto file = scratch.write("a", text);
  CHECK(read_file(file, text.size()) == text);
  CHECK(read_file(scratch.write("empty", ""), 0).empty());
}

TEST_CASE("a file that cannot be read is named with the reason", "[base]") {
  const Scratch scratch;
  const std::string at = scratch.folder().string();
  const auto read = [&](const char* name) {
    return said<RecordError>([&] { read_file(scratch / name, 4); });
  };
  CHECK(read("none") == "error: cannot read '" + at + "/none': no such file\n");
  CHECK(read(".") == "error: cannot read '" + at + "/.': it is a directory\n");
  scratch.write("large", "12345");
  CHECK(read("large") == "error: cannot read '" + at + "/large': it is larger than 4 bytes\n");
  CHECK(read("large/x") == "error: cannot read '" + at + "/large/x': not a directory\n");
  ::mkfifo((scratch / "pipe").c_str(), 0600);
  CHECK(read("pipe") == "error: cannot read '" + at + "/pipe': it is not a regular file\n");
}

TEST_CASE("a new file holds its parts, one after the other, and nothing else is left", "[base]") {
  const Scratch scratch;
  const std::array<std::string_view, 3> parts{"one ", "", "two"};
  write_new_file(scratch / "a", parts);
  CHECK(text_of(scratch / "a") == "one two");
  CHECK(scratch.names() == std::vector<std::string>{"a"});
}

TEST_CASE("an existing file is never replaced", "[base]") {
  const Scratch scratch;
  const auto file = scratch.write("a", "old");
  CHECK(said<RecordError>([&] { write_new_file(file, "new"); }) ==
        "error: cannot write '" + file.string() + "': it exists already\n");
  CHECK(text_of(file) == "old");
  std::filesystem::create_symlink("nowhere", scratch / "link");
  CHECK(said<RecordError>([&] { write_new_file(scratch / "link", "new"); }) ==
        "error: cannot write '" + (scratch / "link").string() + "': it exists already\n");
  CHECK(scratch.names() == std::vector<std::string>{"a", "link"});
}

TEST_CASE("why a file cannot be read or written is known without reading the message", "[base]") {
  const Scratch scratch;
  const auto cause = [](const auto& action) {
    try {
      action();
    } catch (const RecordError& error) {
      return error.problems().front().cause;
    }
    throw std::logic_error("nothing was thrown");
  };
  const auto file = scratch.write("a", "old");
  CHECK(cause([&] { write_new_file(file, "new"); }) == Cause::file_exists);
  CHECK(cause([&] { read_file(scratch / "b", 100); }) == Cause::no_such_file);
  CHECK(cause([&] { read_file(scratch.folder(), 100); }) == Cause::other);
  CHECK(cause([&] { read_file(file, 1); }) == Cause::other);
}

TEST_CASE("exactly one of several writers of one name succeeds", "[base]") {
  const Scratch scratch;
  std::array<bool, 8> wrote{};
  std::vector<std::thread> writers;
  for (std::size_t i = 0; i < wrote.size(); ++i)
    writers.emplace_back([&, i] {
      wrote[i] =
          said<RecordError>([&] { write_new_file(scratch / "a", std::to_string(i)); }) == "nothing";
    });
  for (std::thread& writer : writers) writer.join();
  REQUIRE(std::count(wrote.begin(), wrote.end(), true) == 1);
  CHECK(wrote[std::stoul(text_of(scratch / "a"))]);
  CHECK(scratch.names() == std::vector<std::string>{"a"});
}

TEST_CASE("a write that fails names the cause and leaves nothing", "[base]") {
  const Scratch scratch;
  const std::string at = scratch.folder().string();
  CHECK(said<RecordError>([&] { write_new_file(scratch / "none/a", "x"); }) ==
        "error: cannot write '" + at + "/none/a': no such file or directory\n");
  CHECK(said_with_file_limit(10, [&] { write_new_file(scratch / "a", "12345678901"); }) ==
        "error: cannot write '" + at +
            "/a': file too large\n"
            "   = help: the size of files is limited here: see ulimit -f\n");
  CHECK(said_with_file_limit(11, [&] { write_new_file(scratch / "b", "12345678901"); }) ==
        "nothing");
  CHECK(scratch.names() == std::vector<std::string>{"b"});
}

TEST_CASE("whichever system call fails, the cause is named and nothing is left", "[base]") {
  const auto [error, words, hint] = GENERATE(table<int, std::string, std::string>(
      {{ENOSPC, "no space left on device", "free some space, or choose a folder on another disk"},
       {EDQUOT, "disk quota exceeded", "free some space, or choose a folder on another disk"},
       {EIO, "input/output error", ""},
       {EROFS, "read-only file system", "choose a folder that you may write to"}}));
  const std::string text = "a checkpoint, written in several pieces";
  int k = 1;
  for (;; ++k) {
    const Scratch scratch;
    scratch.write("before", "the last good one");
    const auto [out, failed] = [&, error = error] {
      const FailingCalls calls(k, error);
      const std::string words_out = said<RecordError>([&] { write_new_file(scratch / "a", text); });
      return std::pair(words_out, calls.failed());
    }();
    CAPTURE(k);
    CHECK(text_of(scratch / "before") == "the last good one");
    if (out == "nothing") {
      CHECK(text_of(scratch / "a") == text);
      // only closing the folder, after everything is done, may fail silently
      if (!failed) break;
      continue;
    }
    CHECK(failed);
    CHECK(out == "error: cannot write '" + (scratch / "a").string() + "': " + words + "\n" +
                     (hint.empty() ? "" : "   = help: " + hint + "\n"));
    CHECK(scratch.names() == std::vector<std::string>{"before"});
  }
  CHECK(k > 10);  // open, six writes, fsync, close, rename, fsync and more
}

TEST_CASE("the name of a file that is safe with the next one is not waited for, its contents are",
          "[base]") {
  const auto calls = [](Sync sync) {
    for (int k = 1;; ++k) {
      const Scratch scratch;
      const FailingCalls fails(k, EIO);
      try {
        write_new_file(scratch / "a", "1234567", sync);
      } catch (const RecordError&) {
        continue;
      }
      if (!fails.failed()) return k;
    }
  };
  CHECK(calls(Sync::with_next) == calls(Sync::now) - 1);
  CHECK(calls(Sync::later) == calls(Sync::now) - 2);
}

TEST_CASE("a file system without RENAME_NOREPLACE gets its file by a link", "[base]") {
  const Scratch scratch;
  const auto write_without_rename = [&] {
    // open, one write of 7 bytes, fsync, close, rename: the fifth
    const FailingCalls calls(5, EINVAL);
    write_new_file(scratch / "a", "1234567");
  };
  CHECK(said<RecordError>(write_without_rename) == "nothing");
  CHECK(text_of(scratch / "a") == "1234567");
  CHECK(said<RecordError>(write_without_rename) ==
        "error: cannot write '" + (scratch / "a").string() + "': it exists already\n");
  CHECK(scratch.names() == std::vector<std::string>{"a"});
}

TEST_CASE("a folder that may not be written to is named with the reason", "[base]") {
  // as another user, since root may write everywhere
  const Scratch scratch;
  std::filesystem::permissions(scratch.folder(), std::filesystem::perms(0555));
  const std::string expected = "error: cannot write '" + (scratch / "a").string() +
                               "': permission denied\n"
                               "   = help: choose a folder that you may write to\n";
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(2);
    ::_exit(said<RecordError>([&] { write_new_file(scratch / "a", "x"); }) == expected ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  std::filesystem::permissions(scratch.folder(), std::filesystem::perms(0755));
}

TEST_CASE("a full disk is named", "[base]") {
  if (::access("/dev/full", W_OK) != 0 || ::geteuid() != 0) {
    WARN("not tried: mounting a small disk needs root");
    return;
  }
  const Scratch scratch;
  const std::string folder = (scratch / "disk").string();
  std::filesystem::create_directory(folder);
  if (std::system(("mount -t tmpfs -o size=64k none " + folder + " 2>/dev/null").c_str()) != 0) {
    WARN("not tried: no right to mount a small disk");
    return;
  }
  const std::string out =
      said<RecordError>([&] { write_new_file(folder + "/a", std::string(100'000, 'x')); });
  const std::vector<std::string> left = nnrun::testing::names_in(folder);
  CHECK(std::system(("umount " + folder).c_str()) == 0);
  CHECK(out == "error: cannot write '" + folder +
                   "/a': no space left on device\n"
                   "   = help: free some space, or choose a folder on another disk\n");
  CHECK(left.empty());
}

TEST_CASE("a new file may be read by whom the umask allows", "[base]") {
  const Scratch scratch;
  const mode_t before = ::umask(027);
  write_new_file(scratch / "a", "x");
  ::umask(before);
  CHECK(std::filesystem::status(scratch / "a").permissions() == std::filesystem::perms(0640));
}

TEST_CASE("SHA-256 is that of FIPS 180-4", "[base]") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(sha256_of_text("abc") == abc);
  CHECK(sha256_of_text("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const Scratch scratch;
  CHECK(sha256_of_file(scratch.write("abc", "abc")) == abc);
  CHECK(sha256_of_file(scratch.write("million", std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
