// What the fuzzer found, and inputs near it, tried again with an ordinary build.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>
#include <iostream>

#include "base/error.hpp"
#include "fuzz/mutation.hpp"
#include "fuzz/target.hpp"
#include "support/limits.hpp"
namespace nnrun::testing {
namespace {

constexpr std::size_t mutations = 500;  // of the examples of one target

std::vector<std::string> corpus_of(const FuzzTarget& target) {
  const auto folder = std::filesystem::path(NNRUN_SOURCE_DIR "/tests/fuzz") / target.name;
  std::vector<std::string> corpus;
  for (const std::string& name : names_in(folder)) corpus.push_back(text_of(folder / name));
  return corpus;
}

/// Returns input i: the corpus, then its mutations.
std::string input_of(const std::vector<std::string>& corpus, std::size_t i) {
  return i < corpus.size() ? corpus[i] : mutation(corpus, i - corpus.size());
}

/// What the child tells its parent even if it dies.
struct Tally {
  std::size_t tried = 0, refused = 0;
};

void try_all(const FuzzTarget& target, const std::vector<std::string>& corpus, Tally& tally) {
  limit_memory();
  for (; tally.tried < corpus.size() + mutations; ++tally.tried) {
    limit_time();
    try {
      target.read(input_of(corpus, tally.tried));
    } catch (const host::Error&) {
      ++tally.refused;
    }
  }
}

/// Returns how a process that tried everything ended.
int status_of_child(const FuzzTarget& target, const std::vector<std::string>& corpus,
                    Tally& tally) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS})
      std::signal(signal, SIG_DFL);  // not the report of the test
    try {
      try_all(target, corpus, tally);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_CASE("no input of a stranger crashes, hangs or takes much memory", "[fuzz]") {
  const FuzzTarget target = GENERATE(from_range(fuzz_targets().begin(), fuzz_targets().end()));
  CAPTURE(target.name);
  const std::vector<std::string> corpus = corpus_of(target);
  REQUIRE(!corpus.empty());
  void* const shared =
      ::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  Tally& tally = *new (shared) Tally;
  const int status = status_of_child(target, corpus, tally);
  std::cout << "figure: " << tally.tried << " inputs fuzzed\n"
            << "figure: " << tally.refused << " inputs refused with a sentence\n";
  if (status != 0) {
    const std::string kept = NNRUN_BUILD_DIR "/fuzz-" + std::string(target.name);
    std::ofstream(kept, std::ios::binary) << input_of(corpus, tally.tried);
    FAIL("input " << tally.tried << " ended the process with "
                  << (WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "an exception")
                  << "; it is kept in " << kept);
  }
  CHECK(tally.tried == corpus.size() + mutations);
  ::munmap(shared, sizeof(Tally));
}

TEST_CASE("mutations are the same each time, and differ from what they come from", "[fuzz]") {
  const std::vector<std::string> corpus{"one example", "another"};
  std::size_t equal = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::string text = mutation(corpus, i);
    CHECK(text == mutation(corpus, i));
    equal += text == corpus[0] || text == corpus[1];
  }
  CHECK(equal < 200);
}

}  // namespace
}  // namespace nnrun::testing
