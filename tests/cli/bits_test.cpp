// The weights that the shipped configs end with, bit for bit.
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

/// The small configs that need no published data.
const std::array configs{
    "diagonal",         "diagonal-analytic",    "diagonal-bias",     "diagonal-minibatch",
    "symptoms",         "two-layer-python",     "playground/circle", "playground/gauss",
    "playground/plane", "playground/reg_gauss", "playground/spiral", "playground/xor"};

std::string bits_of(const std::string& config, const std::string& dtype, int threads) {
  const Scratch scratch;
  const Ended run_ = run("$nnrun $configs/" + config + ".yaml --set dtype=" + dtype +
                             " --threads " + std::to_string(threads) + " --json",
                         scratch.folder());
  REQUIRE(run_.status == 0);
  return parsed(run_.out)["weights_sha256"];
}

}  // namespace

TEST_CASE("the number of threads does not change a bit of the weights", "[bits]") {
  const std::string config = GENERATE(from_range(configs));
  const auto dtype = GENERATE("float32", "float64");
  CAPTURE(config, dtype);
  const std::string one = bits_of(config, dtype, 1);
  CHECK(bits_of(config, dtype, 2) == one);
  CHECK(bits_of(config, dtype, 3) == one);
}

// Recorded with Eigen 3.4.0, whose order of summation decides the bits within a level. The
// program's own list is left in the build folder, to be copied if bits change on purpose.
TEST_CASE("the weights have the bits recorded for this level of instructions", "[.recorded bits]") {
  const std::string name = host::instruction_set() + ".txt";
  std::string found;
  for (const std::string config : configs)
    for (const std::string dtype : {"float32", "float64"})
      found += "configs/" + config + ".yaml " + dtype + " " + bits_of(config, dtype, 2) + "\n";
  std::filesystem::create_directories(NNRUN_BUILD_DIR "/bits");
  std::ofstream(NNRUN_BUILD_DIR "/bits/" + name) << found;
  const std::filesystem::path recorded = NNRUN_SOURCE_DIR "/tests/cli/bits/" + name;
  if (std::filesystem::exists(recorded))
    CHECK(found == text_of(recorded));
  else
    WARN("skipped: no bits are recorded in cli/bits/" << name);
}

}  // namespace nnrun::testing
