#include "csv_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nnrun/kinds/common.hpp>

namespace {
constexpr std::uintmax_t largest_file = std::uintmax_t{4} << 30;

std::string read_text(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (!fs::exists(status)) throw nnrun::Error("no such file", path);
  if (fs::is_directory(status)) throw nnrun::Error("a folder, not a file", path);
  if (!fs::is_regular_file(status)) throw nnrun::Error("not a regular file", path);
  const std::uintmax_t size = fs::file_size(path, failed);
  if (failed) throw nnrun::Error(failed.message(), path);
  if (size > largest_file) throw nnrun::Error("larger than 4 GiB", path);
  std::string text(static_cast<std::size_t>(size), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file) throw nnrun::Error(std::strerror(errno), path);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw nnrun::Error("could not be read whole", path);
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return text;
}

/// Takes the first line off the text, without its line end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

double number(std::string_view field, const std::string& column, const std::string& place) {
  if (field.empty()) throw nnrun::Error("column '" + column + "' is empty", place);
  double x = 0;
  const char* const end = field.data() + field.size();
  const auto [stop, failed] = std::from_chars(field.data() + (field.front() == '+'), end, x);
  if (failed != std::errc{} || stop != end || !std::isfinite(x))
    throw nnrun::Error("column '" + column + "': expected a finite number, found '" +
                           std::string(field.substr(0, 40)) + "'",
                       place);
  return x;
}
}  // namespace

CsvFile::CsvFile(std::string path, char separator)
    : path_(std::move(path)), text_(read_text(path_)), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);
  std::string_view rest = text_;
  for (const std::string_view name : fields(next_line(rest))) names_.emplace_back(name);
  if (names_.size() == 1 && names_[0].empty())
    throw nnrun::Error("the first line must name the columns, but it is empty", place(1));
}

/// Fields may stand in double quotes; numbers have no separator inside, so quotes only wrap.
std::vector<std::string_view> CsvFile::fields(std::string_view line) const {
  std::vector<std::string_view> found;
  for (;;) {
    const std::size_t end = line.find(separator_);
    found.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return found;
    line.remove_prefix(end + 1);
  }
}

std::vector<double> CsvFile::numbers(const std::vector<std::string>& columns) const {
  std::vector<std::size_t> at;
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(names_, column);
    if (found == names_.end()) {
      std::string all;
      for (const std::string& name : names_) all += (all.empty() ? "" : ", ") + name;
      throw nnrun::Error("no column '" + column + "'", place(1), "the file has: " + all);
    }
    at.push_back(static_cast<std::size_t>(found - names_.begin()));
  }
  std::vector<double> numbers;
  std::string_view rest = text_;
  next_line(rest);
  for (std::size_t line = 2; !rest.empty(); ++line) {
    const std::string_view row = next_line(rest);
    if (trimmed(row).empty() && trimmed(rest).empty()) break;  // an empty line at the end
    const std::vector<std::string_view> found = fields(row);
    if (found.size() != names_.size())
      throw nnrun::Error("expected " + std::to_string(names_.size()) + " columns, found " +
                             std::to_string(found.size()),
                         place(line));
    for (const std::size_t i : at) numbers.push_back(number(found[i], names_[i], place(line)));
  }
  if (numbers.empty()) throw nnrun::Error("has column names, but no examples", path_);
  return numbers;
}
