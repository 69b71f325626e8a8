#include "config/named_files.hpp"

#include <catch2/catch.hpp>

#include "config/config_testing.hpp"
namespace nnrun::testing {
namespace {

using host::named_files;

TEST_CASE("every path that a config names is listed with its key", "[config]") {
  Configs configs({{"a.yaml",
                    "plugins: [mine.so]\n"
                    "data: {type: csv, file: points.csv, test: ../more/points.csv}\n"
                    "model: {input: 1, weights: start.safetensors, layers: [{type: dense, units: "
                    "1}]}\ntrain: {cost: huber}\n"}});
  std::filesystem::copy_file(test_classes, configs / "mine.so");
  host::Registry registry;
  const host::Experiment experiment = host::read_experiment(configs / "a.yaml", {}, registry);
  const auto files = named_files(experiment);
  REQUIRE(files.size() == 4);
  CHECK(files[0].key == "plugins[0]");
  CHECK(files[0].path == configs / "mine.so");
  CHECK(files[1].key == "data.file");
  CHECK(files[1].path == configs / "points.csv");
  CHECK(files[1].place.line == 2);
  CHECK(files[2].key == "data.test");
  CHECK(files[2].path == (configs / "").parent_path().parent_path() / "more/points.csv");
  CHECK(files[3].key == "model.weights");
  CHECK(files[3].path == configs / "start.safetensors");
}

TEST_CASE("a path that is not given is not listed", "[config]") {
  CHECK(named_files(over_line("").read()).empty());
}

}  // namespace
}  // namespace nnrun::testing
