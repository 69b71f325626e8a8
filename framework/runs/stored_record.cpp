#include "runs/stored_record.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "runs/json_file.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Returns null if this is not an object or has no such key.
Json json_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() ? *found : Json();
}

std::string stored_text(const Json& object, const char* key) {
  const Json value = json_at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<StoredLibrary> libraries_of(const Json& list) {
  std::vector<StoredLibrary> libraries;
  if (!list.is_array()) return libraries;
  for (const Json& entry : list) {
    StoredLibrary library{
        stored_text(entry, "file"), stored_text(entry, "sha256"), stored_text(entry, "folder"), {}};
    const Json classes = json_at(entry, "classes");
    if (classes.is_array())
      for (const Json& item : classes)
        if (const auto* const words = item.get_ptr<const std::string*>())
          if (const std::size_t blank = words->find(' '); blank != words->npos)
            library.classes.emplace_back(words->substr(0, blank), words->substr(blank + 1));
    if (!library.classes.empty()) libraries.push_back(std::move(library));
  }
  return libraries;
}

std::vector<std::string> stored_texts(const Json& list) {
  std::vector<std::string> texts;
  if (list.is_array())
    for (const Json& item : list)
      if (item.is_string()) texts.push_back(item);
  return texts;
}

std::vector<Continuation> continuations_of(const Json& list) {
  std::vector<Continuation> all;
  if (list.is_array())
    for (const Json& item : list)
      if (const Json step = json_at(item, "step"); step.is_number_unsigned())
        all.push_back({step, stored_text(item, "started")});
  return all;
}

std::map<std::string, std::string> program_of(const Json& version, const Json& machine) {
  std::map<std::string, std::string> program;
  const auto add = [&](const Json& object, const char* key) {
    if (const std::string text = stored_text(object, key); !text.empty()) program[key] = text;
  };
  for (const char* key : {"nnrun", "git", "compiler", "flags", "build"}) add(version, key);
  add(machine, "instruction_set");
  const Json libraries = json_at(version, "libraries");
  if (libraries.is_object())
    for (const auto& [name, number] : libraries.items()) add(libraries, name.c_str());
  return program;
}

}  // namespace

std::string StoredRecord::text(const char* key) const {
  return result ? stored_text(*result, key) : std::string();
}

std::optional<std::uint64_t> StoredRecord::count(const char* key) const {
  const Json value = result ? json_at(*result, key) : Json();
  return value.is_number_unsigned() ? std::optional(value.get<std::uint64_t>()) : std::nullopt;
}

std::optional<StoredRecord> stored_record(const fs::path& folder) {
  const fs::path file = folder / "run.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  const Json json = read_json(file);
  if (!json.is_object())
    throw RecordError(Problem{.what = "not a record of a run", .where = file.string()});
  StoredRecord record;
  record.status = stored_text(json, "status");
  record.error = stored_text(json, "error");
  record.started = stored_text(json, "started");
  record.config_sha256 = stored_text(json, "config_sha256");
  record.course_sha256 = stored_text(json, "course_sha256");
  record.data_sha256 = stored_text(json, "data_sha256");
  record.command_line = stored_texts(json_at(json, "command_line"));
  record.resumed = continuations_of(json_at(json, "resumed"));
  if (const Json edits = json_at(json, "edits"); edits.is_number_unsigned())
    record.edits = {edits.get<std::size_t>(), stored_text(json, "edits_sha256"),
                    stored_text(json, "start_sha256")};
  for (const Json& entry : json_at(json, "files"))
    if (const std::string sum = stored_text(entry, "sha256"); !sum.empty())
      record.files[stored_text(entry, "key")] = sum;
  record.libraries = libraries_of(json_at(json, "plugins"));
  record.program = program_of(json_at(json, "version"), json_at(json, "machine"));
  const Json result = json_at(json, "result");
  record.result = std::make_shared<const Json>(result.is_object() ? result : Json::object());
  return record;
}

std::vector<StoredLibrary> libraries_for_use(const std::map<std::string, std::string>& metadata) {
  const auto found = metadata.find("plugins");
  if (found == metadata.end()) return {};
  std::vector<StoredLibrary> libraries = libraries_of(parse_json(found->second));
  for (StoredLibrary& library : libraries)
    std::erase_if(library.classes, [](const auto& named) {
      static constexpr std::array used{"activation", "cost",   "dataset",
                                       "layer",      "metric", "random"};
      return std::ranges::find(used, named.first) == used.end();
    });
  std::erase_if(libraries, [](const StoredLibrary& library) { return library.classes.empty(); });
  return libraries;
}

std::map<std::string, std::string> present_program() {
  return program_of(version_json(), machine_json());
}

}  // namespace nnrun::host
