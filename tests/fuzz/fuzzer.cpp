// The program `nnrun_fuzz`: libFuzzer around one target, whose name is the first argument.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/error.hpp"
#include "fuzz/target.hpp"
namespace {

using nnrun::testing::FuzzTarget;

// libFuzzer calls plain functions, which share only what is global.
const FuzzTarget* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (const FuzzTarget& one : nnrun::testing::fuzz_targets())
    if (*argc > 1 && std::string_view((*argv)[1]) == one.name) target = &one;
  if (target == nullptr) {
    std::fprintf(stderr, "usage: nnrun_fuzz TARGET [FOLDER...] [-OPTION=VALUE...]\n");
    std::exit(2);
  }
  // the other words are libFuzzer's
  (*argv)[1] = (*argv)[0];
  ++*argv;
  --*argc;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    target->read({reinterpret_cast<const char*>(bytes), size});
  } catch (const nnrun::host::Error&) {
    // refused, with a sentence
  }
  return 0;
}
