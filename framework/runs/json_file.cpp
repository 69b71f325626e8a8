#include "runs/json_file.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json_text.hpp"
namespace nnrun::host {

nlohmann::ordered_json read_json(const std::filesystem::path& file) {
  constexpr std::size_t largest = std::size_t{1} << 26;
  const std::string text = read_file(file, largest);
  if (text.empty()) throw RecordError(Problem{.what = "'" + file.string() + "' is empty"});
  nlohmann::ordered_json json = parse_json(text);
  if (json.is_discarded())
    throw RecordError(Problem{.what = "'" + file.string() + "' is not valid JSON"});
  return json;
}

}  // namespace nnrun::host
