#include <array>
#include <cstdio>
#include <cstdlib>

#include "fuzz/target.hpp"
namespace nnrun::testing {

std::span<const FuzzTarget> fuzz_targets() {
  static constexpr std::array targets{FuzzTarget{"arguments", fuzz_arguments},
                                      FuzzTarget{"checkpoint", fuzz_checkpoint},
                                      FuzzTarget{"config", fuzz_config},
                                      FuzzTarget{"csv", fuzz_csv},
                                      FuzzTarget{"idx", fuzz_idx},
                                      FuzzTarget{"jsonl", fuzz_jsonl},
                                      FuzzTarget{"library", fuzz_library},
                                      FuzzTarget{"message", fuzz_message},
                                      FuzzTarget{"metrics", fuzz_metrics},
                                      FuzzTarget{"model", fuzz_model},
                                      FuzzTarget{"npy", fuzz_npy},
                                      FuzzTarget{"onnx", fuzz_onnx},
                                      FuzzTarget{"picture", fuzz_picture},
                                      FuzzTarget{"plan", fuzz_plan},
                                      FuzzTarget{"record", fuzz_record},
                                      FuzzTarget{"setting", fuzz_setting}};
  return targets;
}

void require_promise(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "a promise does not hold: %s\n", promise);
  std::abort();
}

const Scratch& fuzz_folder() {
  static const Scratch folder;
  return folder;
}

}  // namespace nnrun::testing
