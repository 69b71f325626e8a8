#include "cli/csv_text.hpp"

#include <string_view>

#include "base/text.hpp"
namespace nnrun::host {

bool is_formula(const std::string& text) {
  if (text.size() < 2) return false;
  const bool has_digits_alone = text.find_first_not_of("0123456789.,' ", 1) == text.npos &&
                                (text[0] == '-' || text[0] == '+');
  return text.find_first_of("=+-@\t\r") == 0 && !has_digits_alone && !parse_double(text);
}

std::string csv_text(const std::string& text, char separator) {
  return csv_cell((is_formula(text) ? "'" : "") + text, separator);
}

std::string csv_cell(const std::string& cell, char separator) {
  if (cell.find(separator) == cell.npos && cell.find_first_of("\"\n\r") == cell.npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace nnrun::host
