#include "config/recorded_files.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json_text.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_record = std::size_t{1} << 24;

/// Returns the folder without links, so that a way up from it leads where it seems to lead.
fs::path real(const fs::path& folder) {
  std::error_code error;
  fs::path out = fs::canonical(folder.empty() ? fs::path(".") : folder, error);
  return error ? folder : out;
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json list_beside(const fs::path& config) {
  std::error_code ignored;
  const fs::path file = config.parent_path() / "run.json";
  if (config.filename() != "config.yaml" || !fs::is_regular_file(file, ignored)) return {};
  try {
    const Json record = parse_json(read_file(file, largest_record));
    return record.is_object() ? record.value("files", Json()) : Json();
  } catch (const RecordError&) {
    return {};  // whoever needs more of the record says what is wrong with it
  }
}

}  // namespace

std::string sum_of(const NamedFile& file) {
  std::error_code ignored;
  const bool elsewhere = file.key.starts_with("data.") || file.key.starts_with("plugins[");
  return elsewhere || !fs::is_regular_file(file.path, ignored) ? std::string()
                                                               : sha256_of_file(file.path);
}

Json files_json(const Experiment& experiment, const fs::path& folder) {
  Json list = Json::array();
  const std::vector<NamedFile> files = named_files(experiment);
  if (files.empty()) return list;
  const fs::path start = real(folder);
  for (const NamedFile& file : files) {
    list.push_back({{"key", file.key},
                    {"path", file.path.string()},
                    {"relative", file.path.lexically_relative(start).string()}});
    if (const std::string sum = sum_of(file); !sum.empty()) list.back()["sha256"] = sum;
  }
  return list;
}

std::vector<RecordedFile> recorded_files(const fs::path& config) {
  std::vector<RecordedFile> files;
  const Json list = list_beside(config);
  if (!list.is_array()) return files;
  const fs::path start = real(config.parent_path());
  for (const Json& entry : list)
    if (const std::string path = text_at(entry, "path"), way = text_at(entry, "relative");
        !path.empty() && !way.empty())
      files.push_back({path, (start / way).lexically_normal().string()});
  return files;
}

std::string words_for_missing(const fs::path& config) {
  std::string words;
  std::error_code ignored;
  for (const RecordedFile& file : recorded_files(config))
    if (file.path != file.beside && !fs::exists(file.path, ignored) &&
        !fs::exists(file.beside, ignored))
      words += (words.empty() ? "" : "\n") + std::string("'") + file.path +
               "' is not there, nor is '" + file.beside + "', its place beside the run";
  return words;
}

}  // namespace nnrun::host
