#include "comparison/attempt.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <new>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/files.hpp"
#include "runs/json_file.hpp"
#include "runs/record_field.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* outside = "surroundings";

/// Returns whether a file has nothing in it, or only zeros, as a power cut may leave it.
bool is_lost(const fs::path& file) {
  try {
    read_json(file);
    return false;
  } catch (const RecordError&) {
    return true;
  }
}

}  // namespace

Attempt attempt_in(const fs::path& run) {
  std::error_code ignored;
  const fs::path file = run / "run.json";
  if (!fs::exists(run, ignored)) return Attempt::none;
  if (!fs::exists(file, ignored) || is_lost(file)) return Attempt::repeated;
  const Json json = read_json(file);
  const RecordField record(file, json);
  const std::string status =
      record.at("status").one_of({"done", "failed", "interrupted", "running"});
  if (status == "done") return Attempt::ended;
  if (status != "failed") return Attempt::repeated;
  const auto cause = record.find("cause");
  return cause && cause->text() == outside ? Attempt::repeated : Attempt::ended;
}

bool is_outside(const std::exception& error) {
  return dynamic_cast<const RecordError*>(&error) != nullptr ||
         dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
         dynamic_cast<const std::system_error*>(&error) != nullptr;
}

bool is_outside(const ChildEnd& end) {
  constexpr std::array signals{SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
  return end.how == ChildEnd::How::signalled && std::ranges::count(signals, end.code) > 0;
}

void note_outside_cause(const fs::path& run) {
  Json record = read_json(run / "run.json");
  Json with_cause;
  for (const auto& [key, value] : record.items()) {
    with_cause[key] = value;
    if (key == "error") with_cause["cause"] = outside;
  }
  write_file(run / "run.json",
             with_cause.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
             Existing::replaced);
}

}  // namespace nnrun::host
