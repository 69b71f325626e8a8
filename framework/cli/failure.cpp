#include "cli/failure.hpp"

#include <nlohmann/json.hpp>

#include "runs/run_record.hpp"
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
  return line_of({{"error", error.what()},
                  {"status", static_cast<int>(error.status())},
                  {"problems", problems_json(error.problems())}});
}

}  // namespace nnrun::host
