#include "cli/csv_text.hpp"

#include <string_view>

#include "base/text.hpp"
namespace nnrun::host {

bool is_formula(const std::string& text) {
  return text.size() > 1 && text.find_first_of("=+-@\t\r") == 0 && !parse_double(text);
}

std::string csv_text(const std::string& text, char separator) {
  const std::string cell = (is_formula(text) ? "'" : "") + text;
  if (cell.find(separator) == cell.npos && cell.find_first_of("\"\n\r") == cell.npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace nnrun::host
