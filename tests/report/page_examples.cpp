// Pages for the browser's test, below the folder that NNRUN_PAGES names: a comparison with names
// that would be mischief in HTML, a failed run and a single seed; sweeps of one to three settings.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/page.hpp"
namespace nnrun::testing {
namespace {

using Json = nlohmann::ordered_json;

Json run(std::size_t config, std::size_t seed, std::size_t points) {
  const double good = 0.9 + 0.02 * static_cast<double>(config) - 0.003 * static_cast<double>(seed);
  Json curve = Json::object();
  for (std::size_t i = 1; i <= points; ++i) {
    const auto epoch = static_cast<double>(i);
    curve["epoch"].push_back(epoch);
    curve["examples"].push_back(1000 * epoch);
    curve["seconds"].push_back(0.001 * epoch * (1 + 0.1 * static_cast<double>(seed)));
    curve["train.cost"].push_back(0.5 / epoch);
    curve["test.cost"].push_back(0.6 / epoch);
    curve["train.accuracy"].push_back(good - 0.3 / epoch);
    curve["test.accuracy"].push_back(good - 0.2 / epoch);
  }
  const Json score{{"cost", 0.6 / static_cast<double>(points)}, {"accuracy", good}};
  return {{"seed", seed},     {"run", "runs/c/0001"},
          {"status", "done"}, {"train", score},
          {"test", score},    {"seconds", {{"total", 0.1}, {"train", 0.05}}},
          {"epochs", points}, {"weights_sha256", std::string(64, 'a')},
          {"curve", curve}};
}

Json decision(std::size_t seeds) {
  Json outputs = Json::array();
  for (std::size_t seed = 1; seed <= seeds; ++seed) {
    Json values = Json::array();
    for (int r = 0; r < 40; ++r)
      for (int c = 0; c < 40; ++c)
        values.push_back(std::tanh((39 - r - c) * 0.1 + 0.1 * static_cast<double>(seed)));
    outputs.push_back({{"seed", seed}, {"values", values}});
  }
  return {{"x", {0.0003, 1.0}}, {"y", {-6.0, 6.0}}, {"x_name", "a rather long name"},
          {"y_name", "y"},      {"columns", 40},    {"rows", 40},
          {"outputs", outputs}};
}

Json config(std::size_t number, const std::string& name, std::size_t seeds, std::size_t points) {
  Json runs = Json::array();
  for (std::size_t seed = 1; seed <= seeds; ++seed) runs.push_back(run(number, seed, points));
  const double mean = 0.9 + 0.02 * static_cast<double>(number);
  const auto around = [&](double x) { return seeds > 1 ? Json{x * 0.98, x * 1.02} : Json(); };
  Json config{{"name", name},
              {"file", name + ".yaml"},
              {"parameters", 15},
              {"runs", runs},
              {"mean", mean},
              {"interval95", around(mean)},
              {"cost", {{"mean", 0.1}, {"interval95", around(0.1)}}},
              {"seconds", {{"mean", 0.05}, {"interval95", around(0.05)}}},
              {"against_baseline", nullptr},
              {"decision", nullptr}};
  if (number > 0)
    config["against_baseline"] = {{"difference", 0.02 * static_cast<double>(number)},
                                  {"interval95", around(0.02)},
                                  {"wins", seeds},
                                  {"pairs", seeds},
                                  {"p", seeds > 1 ? Json(0.03) : Json()},
                                  {"p_holm", seeds > 1 ? Json(0.06) : Json()}};
  return config;
}

Json object(const std::string& kind, const Json& configs, std::size_t seeds) {
  Json numbers = Json::array(), yaml = Json::array();
  for (std::size_t seed = 1; seed <= seeds; ++seed) numbers.push_back(seed);
  for (const Json& one : configs) yaml.push_back({{"name", one.at("name")}, {"yaml", "seed: 1\n"}});
  return {{"nnrun", "0.1.0"},
          {"made", "2026-01-31T12:00:00Z"},
          {"kind", kind},
          {"baseline", configs.at(0).at("name")},
          {"seeds", numbers},
          {"metric", "accuracy"},
          {"metric_info", {{"fraction", true}, {"higher_is_better", true}, {"part", "test"}}},
          {"budget", {{"kind", "examples"}, {"value", 10000}}},
          {"times", "one run at a time"},
          {"configs", configs},
          {"differences", Json::array()},
          {"summary", {"One sentence."}},
          {"reproduce",
           {{"command_line", {"nnrun", kind, "it's.yaml"}},
            {"version", {{"nnrun", "0.1.0"}}},
            {"machine", {{"system", "Linux"}}},
            {"configs", yaml}}},
          {"sweep", nullptr}};
}

Json sweep(const std::vector<std::pair<std::string, std::vector<std::string>>>& settings) {
  Json told = Json::array(), sets = Json::array({Json::object()}), configs = Json::array();
  for (const auto& [key, values] : settings) {
    told.push_back({{"key", key}, {"values", values}});
    Json longer = Json::array();
    for (const Json& set : sets)
      for (const std::string& value : values) {
        longer.push_back(set);
        longer.back()[key] = value;
      }
    sets = longer;
  }
  for (const Json& set : sets) {
    const std::size_t i = configs.size();
    configs.push_back(
        config(i % 5, "a-long-name-of-a-config-of-a-sweep-" + std::to_string(i), 3, 4));
    configs.back()["set"] = set;
  }
  configs.back()["mean"] = configs.back()["interval95"] = nullptr;  // all of its runs failed
  configs.back()["runs"] = Json::array({{{"seed", 1}, {"status", "failed"}, {"error", "why"}}});
  configs.back()["against_baseline"] = nullptr;
  Json made = object("sweep", configs, 3);
  made["sweep"] = {{"settings", told}};
  return made;
}

}  // namespace

TEST_CASE("pages are written for a browser", "[.]") {
  const char* const folder = std::getenv("NNRUN_PAGES");
  REQUIRE(folder);
  const auto write = [&](const std::string& name, const Json& made) {
    std::ofstream(std::string(folder) + "/" + name + ".html") << host::comparison_page(made);
  };
  const std::string nasty = "</script><img src=x onerror=alert(1)>";
  Json configs =
      Json::array({config(0, "plain", 5, 8), config(1, nasty, 5, 8),
                   config(2, std::string(120, 'w'), 5, 8), config(3, "none finished", 0, 0)});
  for (std::size_t i = 0; i < 3; ++i) configs[i]["decision"] = decision(5);
  configs[1]["runs"][4] = {{"seed", 5}, {"status", "failed"}, {"error", nasty}};
  configs[3]["runs"] =
      Json::array({{{"seed", 1}, {"status", "failed"}, {"error", "took too long"}}});
  for (const char* key : {"mean", "interval95", "against_baseline"}) configs[3][key] = nullptr;
  for (const char* key : {"cost", "seconds"})
    configs[3][key] = {{"mean", nullptr}, {"interval95", nullptr}};
  Json compared = object("compare", configs, 5);
  compared["summary"] = {nasty, "Another sentence."};
  compared["differences"] = {{{"key", "train.gradient"}, {"values", {"a", "b", nasty, "a"}}}};
  write("compare", compared);
  write("one seed",
        object("compare", Json::array({config(0, "a", 1, 1), config(1, "b", 1, 1)}), 1));
  write("sweep of one", sweep({{"train.batch_size", {"1", "10", "100", "1000"}}}));
  write("sweep of words", sweep({{"train.optimizer.type", {"sgd", "momentum", "adam"}}}));
  write("sweep of two",
        sweep({{"a.rate", {"0.1", "1", "3"}}, {"a.kind", {"x", "a_long_word_here"}}}));
  write("sweep of three",
        sweep({{"a.b", {"1", "10"}}, {"c.d", {"x", "y", "z"}}, {"e.f", {"true", "false"}}}));
}

}  // namespace nnrun::testing
