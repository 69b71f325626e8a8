#include "report/page.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
namespace nnrun::testing {
namespace {

using Json = nlohmann::ordered_json;
using Catch::Contains;

/// A comparison of so many configs, seeds and points, as an engine would hand it over.
Json comparison(std::size_t configs, std::size_t seeds, std::size_t points) {
  Json object = Json::parse(R"({"kind": "compare", "baseline": "c0", "metric": "accuracy",
    "metric_info": {"fraction": true, "higher_is_better": true, "part": "test"},
    "summary": ["One sentence."], "configs": []})");
  for (std::size_t c = 0; c < configs; ++c) {
    Json config{{"name", "c" + std::to_string(c)}, {"runs", Json::array()}};
    Json outputs = Json::array();
    for (std::size_t seed = 1; seed <= seeds; ++seed) {
      Json curve = Json::object();
      for (const char* column : {"epoch", "examples", "seconds", "train.cost", "test.cost",
                                 "train.accuracy", "test.accuracy"})
        for (std::size_t i = 0; i < points; ++i)
          curve[column].push_back(static_cast<double>(i * seed + c) / 3);
      config["runs"].push_back({{"seed", seed}, {"status", "done"}, {"curve", curve}});
      outputs.push_back({{"seed", seed}, {"values", std::vector<double>(1600, 0.1234)}});
    }
    config["decision"] = {{"columns", 40}, {"rows", 40}, {"outputs", outputs}};
    object["configs"].push_back(config);
  }
  return object;
}

/// What the page's script would read.
Json data_in(const std::string& page) {
  const std::string before = R"(<script type="application/json" id="data">)";
  const std::size_t from = page.find(before) + before.size();
  return Json::parse(page.substr(from, page.find("</script>", from) - from));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++found;
  return found;
}

}  // namespace

TEST_CASE("no text of a comparison can leave its place in the page", "[comparison]") {
  const std::string nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&@DATA@";
  Json object = comparison(1, 1, 2);
  const std::string plain = host::comparison_page(object);
  object["configs"][0]["name"] = nasty;
  object["summary"][0] = nasty;
  object["baseline"] = "bytes that are no text: \xff";
  const std::string page = host::comparison_page(object);
  CHECK(data_in(page)["configs"][0]["name"] == nasty);
  CHECK(data_in(page)["summary"][0] == nasty);
  CHECK(count(page, "</script>") == count(plain, "</script>"));
  CHECK(count(page, "<img") == 0);
  CHECK_THAT(page, Contains("<title>nnrun compare: &lt;/script&gt;&lt;script&gt;alert(1)"));
  CHECK(data_in(page)["baseline"] == "bytes that are no text: \xef\xbf\xbd");
}

TEST_CASE("a page asks nothing of a network", "[comparison]") {
  const std::string page = host::comparison_page(comparison(1, 1, 2));
  CHECK_THAT(page, Contains("content=\"default-src 'none'; script-src 'sha256-"));
  CHECK(count(page, "http") ==
        count(page, "http-equiv") + count(page, "http://www.w3.org/2000/svg"));
  CHECK(count(page, " src=") == 0);
  CHECK(count(page, "@import") == 0);
  CHECK(count(page, "url(") == 0);
}

TEST_CASE("a page of many seeds is thinned to some megabytes", "[comparison]") {
  const std::string page = host::comparison_page(comparison(3, 100, 200));
  CHECK(page.size() < 5'000'000);
  const Json data = data_in(page);
  for (const Json& config : data.at("configs")) {
    CHECK(config.at("runs").size() == 100);
    CHECK(config.at("decision").at("outputs").size() == 10);
  }
  const Json& epochs = data.at("configs")[1].at("runs")[1].at("curve").at("epoch");
  CHECK(epochs.size() >= 100);
  CHECK(epochs.front().get<double>() == Approx(1. / 3).epsilon(1e-5));
  CHECK(epochs.back().get<double>() == Approx((199 * 2 + 1) / 3.).epsilon(1e-5));
}

TEST_CASE("a page of few seeds keeps every point", "[comparison]") {
  const Json data = data_in(host::comparison_page(comparison(2, 3, 200)));
  CHECK(data.at("configs")[1].at("runs")[2].at("curve").at("test.cost").size() == 200);
}

}  // namespace nnrun::testing
