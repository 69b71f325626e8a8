#include "cli/failure.hpp"

#include <nlohmann/json.hpp>
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string failure_json(const std::string& what, int status) {
  return line_of({{"error", what}, {"status", status}});
}

std::string failure_json(const Error& error) {
  Json problems = Json::array();
  for (const Problem& problem : error.problems()) {
    Json one{{"what", problem.what}};
    if (const std::string where = where_of(problem); !where.empty()) one["where"] = where;
    if (!problem.hint.empty()) one["hint"] = problem.hint;
    problems.push_back(std::move(one));
  }
  return line_of({{"error", error.what()},
                  {"status", static_cast<int>(error.status())},
                  {"problems", std::move(problems)}});
}

}  // namespace nnrun::host
