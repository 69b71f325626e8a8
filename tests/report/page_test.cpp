#include "report/page.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "report/examples.hpp"
namespace nnrun::testing {
namespace {

using Json = nlohmann::ordered_json;
using Catch::Contains;

/// Returns the data that the page's script would read.
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

TEST_CASE("no text of a report can leave its place in the page", "[report]") {
  const std::string nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&@DATA@";
  host::Report report = example_report("compare", {example_row(0, "plain", 1, 2)}, 1);
  const std::string plain = host::page_of(report);
  report.rows[0].name = nasty;
  report.summary[0] = nasty;
  report.baseline = "bytes that are not text: \xff";
  const std::string page = host::page_of(report);
  CHECK(data_in(page)["configs"][0]["name"] == nasty);
  CHECK(data_in(page)["summary"][0] == nasty);
  CHECK(count(page, "</script>") == count(plain, "</script>"));
  CHECK(count(page, "<img") == 0);
  CHECK_THAT(page, Contains("<title>nnrun compare: &lt;/script&gt;&lt;script&gt;alert(1)"));
  CHECK(data_in(page)["baseline"] == "bytes that are not text: \xef\xbf\xbd");
}

TEST_CASE("a page asks nothing of a network", "[report]") {
  const std::string page =
      host::page_of(example_report("compare", {example_row(0, "plain", 1, 2)}, 1));
  CHECK_THAT(page, Contains("content=\"default-src 'none'; script-src 'sha256-"));
  CHECK(count(page, "http") ==
        count(page, "http-equiv") + count(page, "http://www.w3.org/2000/svg"));
  CHECK(count(page, " src=") == 0);
  CHECK(count(page, "@import") == 0);
  CHECK(count(page, "url(") == 0);
}

TEST_CASE("a page of many seeds is thinned to some megabytes", "[report]") {
  host::Report report = example_report("compare", {}, 100);
  for (std::size_t i = 0; i < 3; ++i) {
    report.rows.push_back(example_row(i, "c", 100, 200));
    report.rows[i].plane = example_plane(100);
  }
  const std::string page = host::page_of(report);
  CHECK(page.size() < 5'000'000);
  const Json data = data_in(page);
  for (const Json& config : data.at("configs")) {
    CHECK(config.at("runs").size() == 100);
    CHECK(config.at("decision").at("outputs").size() == 10);
  }
  const Json& epochs = data.at("configs")[1].at("runs")[1].at("curve").at("epoch");
  CHECK(epochs.size() >= 100);
  CHECK(epochs.front() == 1);
  CHECK(epochs.back() == 200);
}

TEST_CASE("a page of few seeds keeps every point, and six digits", "[report]") {
  const host::Report report = example_report("compare", {example_row(0, "a", 3, 200)}, 3);
  const Json curve = data_in(host::page_of(report)).at("configs")[0].at("runs")[2].at("curve");
  CHECK(curve.at("test.cost").size() == 200);
  CHECK(curve.at("test.cost")[6].dump() == "0.0857143");  // 0.6 / 7
}

}  // namespace nnrun::testing
