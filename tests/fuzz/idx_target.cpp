#include "fuzz/target.hpp"
#include "support/example_data.hpp"
namespace nnrun::testing {

void fuzz_idx(std::string_view input) {
  const std::string file = fuzz_folder().write("input", input).string();
  static const std::string
      images = fuzz_folder().write("images", idx_bytes({2, 1, 2}, "\1\2\3\4")).string(),
      labels = fuzz_folder().write("labels", idx_bytes({2}, std::string("\0\1", 2))).string();
  try {
    read("idx", {{"images", images}, {"labels", file}});
  } catch (const host::Error&) {
    read("idx", {{"images", file}, {"labels", labels}});
  }
}

}  // namespace nnrun::testing
