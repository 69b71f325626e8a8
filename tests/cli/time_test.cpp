// What `nnrun time` lists: every layer, parts that add up to the whole, the multiplications of
// `summary`. Not what anything takes.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using nlohmann::json;

json timed(const std::string& words, const std::filesystem::path& folder) {
  const Ended ended = run("$nnrun time --json " + words, folder);
  CAPTURE(words, ended.err);
  REQUIRE(ended.status == 0);
  return parsed(ended.out);
}

double sum_of(const json& times) {
  double sum = 0;
  for (const json& part : times["parts"]) sum += part["seconds"].get<double>();
  if (times["layers_are_parts"] == true)
    for (const json& layer : times["layers"])
      for (const char* key : {"forward", "backward", "gradient"})
        if (!layer[key].is_null()) sum += layer[key].get<double>();
  return sum;
}

std::vector<std::string> names_of(const json& list) {
  std::vector<std::string> names;
  for (const json& one : list) names.push_back(one["name"]);
  return names;
}

}  // namespace

TEST_CASE("every layer of a config is timed, with the multiplications of summary", "[cli][time]") {
  const Scratch scratch;
  const std::string file =
      GENERATE(as<std::string>(), "diagonal-minibatch.yaml", "playground/spiral.yaml",
               "symptoms.yaml", "recurrent/adding.yaml");
  CAPTURE(file);
  const json times = timed("$configs/" + file, scratch.folder());
  const json summary = parsed(run("$nnrun summary --json $configs/" + file, scratch.folder()).out);
  REQUIRE(times["layers"].size() == summary["layers"].size());
  for (std::size_t k = 0; k < summary["layers"].size(); ++k)
    for (const char* key : {"name", "type", "activation", "multiplications"})
      CHECK(times["layers"][k][key] == summary["layers"][k][key]);
  CHECK(names_in(scratch.folder()) == std::vector<std::string>{".command", ".err", ".out"});
}

TEST_CASE("the parts of a step and their rest are the whole step", "[cli][time]") {
  const Scratch scratch;
  const json times = timed("$configs/playground/circle.yaml --threads 1", scratch.folder());
  const double whole = times["step_on_one_thread"], parts = times["sum_of_parts"];
  CHECK(sum_of(times) == Approx(parts).epsilon(1e-9));
  CHECK(parts + times["rest"].get<double>() == Approx(whole).epsilon(1e-9));
  CHECK(times["step"] == times["step_on_one_thread"]);
  CHECK(times["waiting"] == 0);
  CHECK(times["examples_per_second"].get<double>() ==
        Approx(times["batch"].get<double>() / times["step"].get<double>()).epsilon(1e-9));
  for (const json& layer : times["layers"]) {
    CHECK(layer["forward"].get<double>() > 0);
    CHECK(layer["gradient"].get<double>() > 0);
    CHECK(layer["share_of_peak"].get<double>() < 1);
  }
  // nobody asks for the slopes of the data
  CHECK(times["layers"][0]["seconds"].get<double>() > 0);
  CHECK(times["peak"].get<double>() > 0);
}

TEST_CASE("what a step does not do is not timed", "[cli][time]") {
  const Scratch scratch;
  const json plain = timed("$configs/diagonal-analytic.yaml", scratch.folder());
  CHECK(names_of(plain["parts"]) == std::vector<std::string>{"data", "cost", "optimizer"});
  CHECK(plain["layers_are_parts"] == true);
  CHECK(plain["shuffle"] == 0);
  for (const json& layer : plain["layers"]) {  // of one example, one call makes all slopes
    CHECK(layer["backward"].get<double>() > 0);
    CHECK(layer["gradient"].is_null());
  }
  // finite differences have no backward pass, and a part of their own
  const json differences = timed("$configs/diagonal.yaml", scratch.folder());
  CHECK(names_of(differences["parts"]) ==
        std::vector<std::string>{"data", "gradient", "optimizer"});
  CHECK(differences["layers_are_parts"] == false);
  for (const json& layer : differences["layers"]) CHECK(layer["gradient"].is_null());
}

TEST_CASE("frozen layers have no gradient, noise and averages have parts", "[cli][time]") {
  const Scratch scratch;
  scratch.write("net.yaml",
                "data: {type: circle, noise: 0}\nmodel:\n  layers:\n"
                "    - {type: dense, units: 8, activation: tanh, frozen: true}\n"
                "    - {type: batch_norm}\n    - {type: dropout, rate: 0.2}\n"
                "    - {type: dense, units: 1, activation: tanh}\n"
                "train: {cost: mean_squared_error, optimizer: adam, batch_size: 16, epochs: 3}\n");
  const json times = timed("net.yaml", scratch.folder());
  CHECK(times["layers"][0]["backward"].is_null());
  CHECK(times["layers"][0]["gradient"].is_null());
  CHECK(times["layers"][3]["gradient"].get<double>() > 0);
  CHECK(names_of(times["parts"]) ==
        std::vector<std::string>{"data", "noise", "cost", "optimizer", "state"});
  CHECK(times["memory"]["parameters"].get<double>() > 0);
}

TEST_CASE("times are shown as a table that ends with the whole step", "[cli][time]") {
  const Scratch scratch;
  const Ended text =
      run("$nnrun time $configs/playground/circle.yaml --threads 2", scratch.folder());
  CHECK(text.status == 0);
  CHECK(text.err == "");
  CHECK_THAT(text.out, Contains("one step on one thread") && Contains("Multiplications") &&
                           Contains("\n  dense_1 (dense, tanh)") && Contains("\n  optimizer ") &&
                           Contains("\n  rest ") && Contains("\n  whole step ") &&
                           Contains("memory  parameters "));
}

}  // namespace nnrun::testing
