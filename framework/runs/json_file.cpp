#include "runs/json_file.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/json_text.hpp"
#include "runs/run_folder.hpp"
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

void replace_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path fresh = file;
  fresh += ".new-" + this_process();
  std::error_code error;
  std::filesystem::remove(fresh, error);
  write_new_file(fresh, text);
  std::filesystem::rename(fresh, file, error);
  if (!error) return;
  std::error_code ignored;
  std::filesystem::remove(fresh, ignored);
  throw RecordError(
      Problem{.what = "cannot write '" + file.string() + "': " + system_reason(error.value())});
}

}  // namespace nnrun::host
