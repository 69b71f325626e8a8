#include "fuzz/target.hpp"
#include "support/example_data.hpp"
namespace nnrun::testing {

void fuzz_npy(std::string_view input) {
  const std::string file = fuzz_folder().write("input.npy", input).string();
  static const std::string
      inputs = fuzz_folder()
                   .write("x.npy", npy_bytes("'<f4'", "(2, 2)", bytes_of<float>({1, 2, 3, 4})))
                   .string(),
      targets =
          fuzz_folder().write("t.npy", npy_bytes("'|u1'", "(2,)", std::string("\0\1", 2))).string();
  try {
    read("npy", {{"inputs", inputs}, {"targets", file}, {"one_hot", true}});
  } catch (const host::Error&) {
    read("npy", {{"inputs", file}, {"targets", targets}});
  }
}

}  // namespace nnrun::testing
