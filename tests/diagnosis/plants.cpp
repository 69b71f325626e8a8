#include "diagnosis/plants.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>

#include "support/program.hpp"
namespace nnrun::testing {

using Catch::Contains;
using nlohmann::json;

std::string table(std::size_t count, const Row& row, const Target& target) {
  std::string text, names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<double> x = row(i);
    if (i == 0) {
      for (std::size_t c = 0; c < x.size(); ++c) text += "x" + std::to_string(c) + ",";
      text += "t\n";
    }
    for (const double number : x) text += std::to_string(number) + ",";
    text += target(i) + "\n";
  }
  return text;
}

const Healthy& healthy() {
  static const Healthy data;
  return data;
}
std::vector<double> plain_row(std::size_t i) {
  return healthy().x[i];
}
std::string plain_target(std::size_t i) {
  return healthy().yes[i] ? "yes" : "no";
}
std::string price_target(std::size_t i) {
  return std::to_string(std::lround(healthy().price(i)));
}
std::string plain_table() {
  return table(examples, plain_row, plain_target);
}

Net net_of_prices(const std::string& data) {
  Net net;
  net.data = data;
  net.cost = "mean_squared_error";
  net.metrics = "[r2]";
  net.layers[1] = "{type: dense, units: 1, activation: none}";
  return net;
}

Plant plant(const std::string& what, const std::string& id, const std::function<void(Net&)>& f,
            const std::string& line, const std::string& csv) {
  Net net;
  f(net);
  return {what, id, net.text(), csv, line};
}

json examined(const std::string& words, const std::filesystem::path& folder, int status) {
  const Ended ended = run("$nnrun doctor --json " + words, folder);
  CAPTURE(words, ended.out, ended.err);
  CHECK(ended.status == status);
  return parsed(ended.out);
}

std::vector<std::string> ids_of(const json& examined) {
  std::vector<std::string> ids;
  for (const json& finding : examined["findings"]) ids.push_back(finding["id"]);
  return ids;
}

void check_plants(const std::vector<Plant>& plants) {
  std::size_t found = 0;
  for (const Plant& p : plants) {
    const Scratch scratch;
    scratch.write("net.yaml", p.config);
    scratch.write("t.csv", p.csv);
    const json answer = examined("net.yaml --seconds 2", scratch.folder(), p.id.empty() ? 0 : 1);
    INFO(p.what + ": " + answer.dump(1));
    if (p.id.empty()) {
      CHECK(ids_of(answer).empty());
      continue;
    }
    const auto& findings = answer["findings"];
    const auto own = std::ranges::find_if(findings, [&](const json& f) { return f["id"] == p.id; });
    CHECK(own != findings.end());
    if (own == findings.end()) continue;
    ++found;
    // most likely first; a number that is not finite is told with its own likely cause
    CHECK((own == findings.begin() || findings[0]["id"] == "not_finite"));
    CHECK((*own)["hint"] != "");
    const std::vector<std::string> instead{"clipping", "warmup", "learning_rate_factor", "cost"};
    if (std::ranges::count(instead, p.id))
      CHECK_THAT(ids_of(answer), !Catch::VectorContains(std::string("learning_rate")));
    CHECK_THAT((*own)["where"].get<std::string>(), Contains(p.line.empty() ? "net.yaml:" : p.line));
  }
  std::printf("figure: %zu planted illnesses found\n", found);
}

}  // namespace nnrun::testing
