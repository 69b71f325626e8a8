// The weights that the shipped configs end with, bit for bit.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/version.hpp"
#include "support/program.hpp"
#include "support/published_data.hpp"
namespace nnrun::testing {
namespace {

/// The small configs that need no published data.
const std::array configs{
    "diagonal",         "diagonal-analytic",    "diagonal-bias",     "diagonal-minibatch",
    "symptoms",         "two-layer-python",     "playground/circle", "playground/gauss",
    "playground/plane", "playground/reg_gauss", "playground/spiral", "playground/xor"};

std::string bits_of(const std::string& config, const std::string& dtype, int threads,
                    const std::string& more = "") {
  const Scratch scratch;
  const Ended run_ = run("$nnrun $configs/" + config + ".yaml --set dtype=" + dtype +
                             " --threads " + std::to_string(threads) + " --json" + more,
                         scratch.folder());
  CAPTURE(run_.err);
  REQUIRE(run_.status == 0);
  return parsed(run_.out)["weights_sha256"];
}

void require_same_bits(const std::string& config, const std::string& more = "") {
  for (const std::string dtype : {"float32", "float64"}) {
    CAPTURE(config, dtype);
    const std::string one = bits_of(config, dtype, 1, more);
    CHECK(bits_of(config, dtype, 2, more) == one);
    CHECK(bits_of(config, dtype, 3, more) == one);
  }
}

/// Returns the shipped configs of a folder, `nielsen/quadratic-30` and so on, sorted.
std::vector<std::string> shipped(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(NNRUN_SOURCE_DIR "/configs/" + folder))
    if (entry.path().extension() == ".yaml")
      names.push_back(folder + (folder.empty() ? "" : "/") + entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("the number of threads does not change a bit of the weights", "[bits]") {
  require_same_bits(GENERATE(from_range(configs)));
}

TEST_CASE("nor of networks of sequences", "[bits]") {
  require_same_bits(GENERATE(as<std::string>{}, "recurrent/adding", "recurrent/characters"),
                    " --set train.steps=10");
}

TEST_CASE("nor with published data: MNIST", "[.data/mnist]") {
  if (!data_folder("mnist")) return;
  require_same_bits("nielsen/cross-entropy-30-l2", " --set train.steps=300");
  require_same_bits("mnist/lenet", " --set train.steps=20");
}

TEST_CASE("nor with published data: the Playground's", "[.data/playground]") {
  if (!data_folder("playground")) return;
  require_same_bits("playground/circle-reference");
}

TEST_CASE(
    "nor any shipped config, at full length but for MNIST's and those of sequences, of which "
    "two epochs are trained",
    "[.every config]") {
  if (!data_folder("mnist") || !data_folder("playground")) return;
  for (const std::string folder : {"", "playground", "recurrent", "nielsen", "mnist"})
    for (const std::string& config : shipped(folder))
      require_same_bits(config,
                        folder.empty() || folder == "playground" ? "" : " --set train.epochs=2");
}

// Matrix products fuse multiplications and additions where a level can, so that 3 and 4 have the
// same bits and others have their own. The program's own list is left in the build folder, to be
// copied if bits change on purpose.
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
