// `nnrun check` over the project's own sets: every class keeps the laws of its kind.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "checking/law.hpp"
#include "support/program.hpp"
namespace nnrun::testing {
namespace {

using nlohmann::json;

std::vector<std::string> own_sets() {
  std::vector<std::string> sets;
  for (const std::string& file : names_in(NNRUN_BUILD_DIR "/plugins"))
    if (file.ends_with(".so")) sets.push_back(file);
  return sets;
}

}  // namespace

TEST_CASE("every class of the own sets keeps its laws", "[checking]") {
  const std::string set = GENERATE(from_range(own_sets()));
  const Scratch scratch;
  const Ended checked =
      run("$nnrun check --json " NNRUN_BUILD_DIR "/plugins/" + set, scratch.folder());
  CAPTURE(set, checked.out, checked.err);
  CHECK(checked.status == 0);
  REQUIRE(json::accept(checked.out));
  const json report = json::parse(checked.out);
  CHECK(report["sha256"].get<std::string>().size() == 64);
  CHECK(report["interface"] == "1.4");
  CHECK_FALSE(report["classes"].empty());
  for (const json& c : report["classes"]) {
    CAPTURE(c.dump());
    CHECK(c["laws"].size() == host::laws_of(c["kind"]).size());
    CHECK(c["laws"][0]["law"] == "settings");
    for (const json& law : c["laws"]) CHECK(law["status"] != "fail");
  }
}

TEST_CASE("kinks are named where the slope has two sides", "[checking]") {
  const Scratch scratch;
  const json report = json::parse(
      run("$nnrun check --json " NNRUN_BUILD_DIR "/plugins/activations.so", scratch.folder()).out);
  const auto slope_of = [&](const std::string& name) {
    for (const json& c : report["classes"])
      if (c["name"] == name)
        return c["laws"][1]["status"].get<std::string>() + ": " +
               c["laws"][1]["detail"].get<std::string>();
    return std::string("no such class");
  };
  CHECK(slope_of("relu") == "kink: kink at 0");
  CHECK(slope_of("relu6") == "kink: kink at 0, 6");
  CHECK(slope_of("hard_tanh") == "kink: kink at -1, 1");
  CHECK(slope_of("step") == "kink: kink at 0");
  CHECK(slope_of("tanh").starts_with("ok: "));
  CHECK(slope_of("softsign").starts_with("ok: "));  // its slope has a kink, its value has none
}

}  // namespace nnrun::testing
