// nnrun verify: what is the same again, and what is not.
#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/project.hpp"
namespace nnrun::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
      contents[entry.path().string()] = text_of(entry.path());
  return contents;
}

/// Replaces the model of a run by another run's.
void copy_model(const Project& project, const std::string& from, const std::string& to) {
  fs::copy_file(project.folder() / from / "model.safetensors",
                project.folder() / to / "model.safetensors", fs::copy_options::overwrite_existing);
}

/// Returns the mean of the first input, which a model keeps for scaling.
double first_shift_in(const fs::path& model) {
  const std::string file = text_of(model);
  std::uint64_t header = 0;
  std::memcpy(&header, file.data(), sizeof header);
  const json tensor = json::parse(file.substr(sizeof header, header))["input/shift"];
  const std::size_t at = sizeof header + header + tensor["data_offsets"][0].get<std::size_t>();
  double shift = 0;
  std::memcpy(&shift, file.data() + at, sizeof shift);
  return shift;
}

}  // namespace

TEST_CASE("a run that is verified gives the same bits and stays as it is", "[cli][verify]") {
  const Project project;
  const auto before = contents_of(project.folder());
  const Ended text = project.nnrun("verify r");
  CHECK(text.status == 0);
  CHECK(text.err == "");
  CHECK(text.out ==
        "identical  r gives the same weights, metrics and scores again, to the last bit\n");
  const json said = project.verified();
  CHECK(said["verdict"] == "identical");
  CHECK(said["digits"].is_null());
  CHECK(said["first_difference"].is_null());
  CHECK(said["changed"].empty());
  CHECK(said["weights_sha256"]["recorded"] == said["weights_sha256"]["now"]);
  CHECK(project.nnrun("verify r --threads 3").status == 0);
  CHECK(contents_of(project.folder()) == before);
}

TEST_CASE("runs that ended before their last epoch are verified to their last step",
          "[cli][verify]") {
  const std::string set =
      GENERATE(as<std::string>(), "--set train.max_seconds=0.02 --set train.epochs=100000",
               "--set train.steps=17", "--set train.max_examples=100",
               "--set train.measure=after_epoch --set train.epochs=3",
               "--set 'train.early_stopping={monitor: test.cost, patience: 1, restore_best: true}' "
               "--set train.epochs=200",
               "--set train.epochs=0 --set train.measure=after_epoch");
  CAPTURE(set);
  const Project project(set);
  CHECK(project.verified()["verdict"] == "identical");
}

TEST_CASE("an interrupted run is verified to where it stopped", "[cli][verify]") {
  const Project project;
  const Ended ended =
      run(started("$nnrun -q net.yaml --out i --set train.epochs=10000000") +
              wait_until("test -s i/metrics.csv && test $(wc -l <i/metrics.csv) -ge 3") +
              "kill -TERM $child; wait $child",
          project.folder());
  CHECK(ended.status == 143);
  CHECK(parsed(text_of(project.folder() / "i/run.json"))["status"] == "interrupted");
  CHECK(project.verified("i")["verdict"] == "identical");
}

TEST_CASE("a run of a comparison is verified like any other", "[cli][verify]") {
  const Project project;
  REQUIRE(project.nnrun("compare net.yaml r/config.yaml --seeds 2 -q --out c").status == 0);
  CHECK(project.verified("c/runs/net/0002")["verdict"] == "identical");
}

TEST_CASE("a difference that nothing recorded explains is called that", "[cli][verify]") {
  const Project project;
  const json record = parsed(text_of(project.folder() / "r/run.json"));
  const std::string weights = record["result"]["weights_sha256"];
  project.edit("r/run.json", weights, std::string(64, '0'));
  const Ended text = project.nnrun("verify r");
  CHECK(text.status == 1);
  CHECK_THAT(text.out, Contains("model      model.safetensors is not the model of this run"));
  project.edit("r/run.json", std::string(64, '0'), weights);
  // the third epoch's cost, as if memory had flipped a bit
  std::string csv = text_of(project.folder() / "r/metrics.csv");
  std::size_t digit = csv.find("\n3,");
  for (int comma = 0; comma < 4; ++comma) digit = csv.find(',', digit + 1);  // of train.cost
  digit += 3;
  csv[digit] = csv[digit] == '5' ? '6' : '5';
  project.scratch.write("mine/r/metrics.csv", csv);
  const Ended flipped = project.nnrun("verify r");
  CHECK(flipped.status == 1);
  CHECK_THAT(
      flipped.out,
      StartsWith("different  r does not give the same again\nfirst      epoch 3, ") &&
          Contains(
              "\nhelp       the weights are the same, so a file of the run was edited or damaged"));
}

TEST_CASE("a model of another run is told from the run's own", "[cli][verify]") {
  const Project project;
  REQUIRE(project.nnrun("-q net.yaml --out other --set seed=9").status == 0);
  fs::copy_file(project.folder() / "other/model.safetensors",
                project.folder() / "r/model.safetensors", fs::copy_options::overwrite_existing);
  const json said = project.verified("r", 1);
  CHECK(said["verdict"] == "different");
  CHECK(said["first_difference"].is_null());
  CHECK(said["weights_sha256"]["recorded"] == said["weights_sha256"]["now"]);
  CHECK(said["weights_sha256"]["model"] ==
        parsed(text_of(project.folder() / "other/run.json"))["result"]["weights_sha256"]);
}

TEST_CASE("a model whose preparation is another's is not the run's", "[cli][verify]") {
  // without epochs the weights are those of the start, whatever the data
  const Project project("--set train.epochs=0");
  project.edit("data/table.csv", "6,", "60,");
  REQUIRE(project.nnrun("-q net.yaml --out other --set train.epochs=0").status == 0);
  project.edit("data/table.csv", "60,", "6,");
  CHECK(project.verified()["verdict"] == "identical");
  const double own = first_shift_in(project.folder() / "r/model.safetensors"),
               others = first_shift_in(project.folder() / "other/model.safetensors");
  copy_model(project, "other", "r");
  const json said = project.verified("r", 1);
  CHECK(said["verdict"] == "different");
  const json first = said["first_difference"];
  CHECK(first["column"] == "input/shift[0] of model.safetensors");
  CHECK(std::stod(first["recorded"].get<std::string>()) == others);
  CHECK(std::stod(first["now"].get<std::string>()) == own);
  CHECK_THAT(project.nnrun("verify r").out,
             Contains("\nfirst      input/shift[0] of model.safetensors: recorded "));
}

TEST_CASE("what cannot be verified gets a sentence", "[cli][verify]") {
  const Project project;
  const auto said = [&](const std::string& words, int status) {
    const Ended ended = project.nnrun(words);
    CHECK(ended.status == status);
    CHECK(ended.out == "");
    return ended.err;
  };
  CHECK(said("verify", 2) ==
        "error: verify needs a run\n   = help: nnrun verify runs/diagonal/0001\n");
  CHECK_THAT(said("verify nowhere", 2), StartsWith("error: 'nowhere' is not the folder of a run"));
  project.edit("r/run.json", "\"status\": \"done\"", "\"status\": \"running\"");
  CHECK_THAT(said("verify r", 1),
             StartsWith("error: the run in 'r' did not end by itself, so there "
                        "is no result to compare with: its status is 'running'"));
  fs::remove(project.folder() / "r/run.json");
  CHECK(said("verify r", 1) ==
        "error: the run in 'r' has no record to compare with\n  --> r/run.json\n");
}

}  // namespace nnrun::testing
