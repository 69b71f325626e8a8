#include "fuzz/target.hpp"
#include "support/example_data.hpp"
namespace nnrun::testing {

void fuzz_picture(std::string_view input) {
  const std::string end = input.starts_with('P') ? ".pgm" : ".png",
                    other = input.starts_with('P') ? ".png" : ".pgm";
  std::filesystem::remove(fuzz_folder() / ("pictures/a/x" + other));
  fuzz_folder().write("pictures/a/x" + end, input);
  read("image_folder", {{"path", (fuzz_folder() / "pictures").string()}});
}

}  // namespace nnrun::testing
