// What metrics are called, alone and beside others of their class.
#include "config/metric_names.hpp"

#include "support/plugins.hpp"
namespace nnrun::testing {

TEST_CASE("a metric has its class's name, and beside others its own settings", "[config]") {
  using Settings = std::vector<std::pair<std::string, host::Value>>;
  const auto names_of = [](const std::vector<std::pair<std::string, Settings>>& metrics) {
    std::vector<host::Use> uses;
    for (const auto& [name, settings] : metrics) uses.push_back(use("metric", name, settings));
    return host::metric_names(uses);
  };
  using Names = std::vector<std::string>;
  const std::string macro = "macro", micro = "micro";
  CHECK(names_of({}).empty());
  CHECK(names_of({{"accuracy", {}}, {"f1", {{"average", micro}}}}) == Names{"accuracy", "f1"});
  CHECK(names_of({{"top_k_accuracy", {{"k", std::int64_t{1}}}}, {"top_k_accuracy", {}}}) ==
        Names{"top_k_accuracy(k=1)", "top_k_accuracy(k=5)"});
  // a threshold that is not given is not in the name
  CHECK(names_of({{"f1", {{"average", macro}, {"threshold", .3}}},
                  {"f1", {{"average", micro}}},
                  {"f1", {{"average", macro}}}}) ==
        Names{"f1(average=macro;threshold=0.3)", "f1(average=micro)", "f1(average=macro)"});
  CHECK(names_of({{"f1", {}}, {"f1", {{"threshold", .3}}}}) == Names{"f1", "f1(threshold=0.3)"});
}

}  // namespace nnrun::testing
