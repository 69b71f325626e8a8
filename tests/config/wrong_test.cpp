// Every wrong config of tests/config/wrong has its message beside it, letter for letter. Read a
// changed message as a beginner would before you record it.
#include <catch2/catch.hpp>
#include <sstream>

#include "config/config_testing.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;

const fs::path& folder() {
  static const fs::path path = fs::path(NNRUN_SOURCE_DIR) / "tests" / "config";
  return path;
}

TEST_CASE("every wrong config gets its message, letter for letter", "[config]") {
  std::size_t configs = 0;
  for (const std::string& name : names_in(folder() / "wrong")) {
    if (!name.ends_with(".yaml")) continue;
    ++configs;
    CAPTURE(name);
    const fs::path file = folder() / "wrong" / name;
    std::string said = said_of(file, folder() / "wrong");
    said = replaced(said, folder().string() + "/", "../");
    CHECK(said == text_of(fs::path(file).replace_extension("txt")));
  }
  CHECK(configs >= 45);
}

TEST_CASE("what a config error says starts in lower case and ends without a full stop",
          "[config]") {
  for (const std::string& name : names_in(folder() / "wrong")) {
    if (!name.ends_with(".txt")) continue;
    CAPTURE(name);
    std::istringstream lines(text_of(folder() / "wrong" / name));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("error: ")) continue;
      CHECK_FALSE((line[7] >= 'A' && line[7] <= 'Z'));
      CHECK_FALSE(line.ends_with('.'));
    }
  }
}

TEST_CASE("right configs of the folder good are read", "[config]") {
  for (const std::string& name : names_in(folder() / "good")) {
    CAPTURE(name);
    CHECK(said_of(folder() / "good" / name, folder()) == "nothing");
  }
}

}  // namespace
}  // namespace nnrun::testing
