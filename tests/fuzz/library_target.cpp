#include "fuzz/target.hpp"
#include "loading/elf.hpp"
namespace nnrun::testing {

void fuzz_library(std::string_view input) {
  host::require_plugin_library(fuzz_folder().write("input.so", input), "input.so");
}

}  // namespace nnrun::testing
