// What the fuzzer found, and inputs near it, tried again with an ordinary build.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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

std::filesystem::path folder_of(const FuzzTarget& target) {
  return std::filesystem::path(NNRUN_SOURCE_DIR "/tests/fuzz") / target.name;
}

std::vector<std::string> corpus_of(const FuzzTarget& target) {
  std::vector<std::string> corpus;
  for (const std::string& name : names_in(folder_of(target)))
    corpus.push_back(text_of(folder_of(target) / name));
  return corpus;
}

/// Returns input i: the corpus, then its mutations.
std::string input_of(const std::vector<std::string>& corpus, std::size_t i) {
  return i < corpus.size() ? corpus[i] : mutation(corpus, i - corpus.size());
}

/// What the child tells its parent even if it dies.
struct Tally {
  std::size_t tried = 0, refused = 0;
  /// Of each of the first inputs, the beginning of why it was refused; empty if it was not.
  std::array<std::array<char, 200>, 32> said{};
};

/// A tally in memory that child processes share.
class SharedTally {
 public:
  SharedTally()
      : memory_(::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    REQUIRE(memory_ != MAP_FAILED);
    new (memory_) Tally;
  }
  SharedTally(const SharedTally&) = delete;
  SharedTally& operator=(const SharedTally&) = delete;
  ~SharedTally() { ::munmap(memory_, sizeof(Tally)); }
  Tally& operator*() const { return *static_cast<Tally*>(memory_); }
  Tally* operator->() const { return &**this; }

 private:
  void* memory_;
};

void try_all(const FuzzTarget& target, const std::vector<std::string>& corpus, std::size_t inputs,
             Tally& tally) {
  limit_memory();
  for (; tally.tried < inputs; ++tally.tried) {
    limit_time();
    try {
      target.read(input_of(corpus, tally.tried));
    } catch (const host::Error& error) {
      ++tally.refused;
      if (tally.tried < tally.said.size())
        std::string(error.what()).copy(tally.said[tally.tried].data(), tally.said[0].size() - 1);
    }
  }
}

/// Returns how a process ended that tried so many inputs.
int status_of_child(const FuzzTarget& target, const std::vector<std::string>& corpus,
                    std::size_t inputs, Tally& tally) {
  std::cout.flush();  // or the child may print it again
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS})
      std::signal(signal, SIG_DFL);  // not the report of the test
    try {
      try_all(target, corpus, inputs, tally);
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
  const SharedTally tally;
  const std::size_t inputs = corpus.size() + mutations;
  const int status = status_of_child(target, corpus, inputs, *tally);
  std::cout << "figure: " << tally->tried << " inputs fuzzed\n"
            << "figure: " << tally->refused << " inputs refused with a sentence\n";
  if (status != 0) {
    const std::string kept = NNRUN_BUILD_DIR "/fuzz-" + std::string(target.name);
    std::ofstream(kept, std::ios::binary) << input_of(corpus, tally->tried);
    FAIL("input " << tally->tried << " ended the process with "
                  << (WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "an exception")
                  << "; it is kept in " << kept);
  }
  CHECK(tally->tried == inputs);
}

TEST_CASE("examples are what a target accepts, unless their name says that they are refused",
          "[fuzz]") {
  const FuzzTarget target = GENERATE(from_range(fuzz_targets().begin(), fuzz_targets().end()));
  const std::vector<std::string> names = names_in(folder_of(target));
  const SharedTally tally;
  REQUIRE(names.size() <= tally->said.size());
  REQUIRE(status_of_child(target, corpus_of(target), names.size(), *tally) == 0);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string said = tally->said[i].data();
    CAPTURE(target.name, names[i], said);
    CHECK(said.empty() != names[i].starts_with("refused"));
  }
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
