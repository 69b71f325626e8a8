// Reads text files, a row at a time, under a row of column names: for data sets, and for nnrun
// itself.
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <istream>
#include <nnrun/kinds/common.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nnrun {

/// Fields may stand in double quotes, with "" for a quote inside (RFC 4180); a row is one line.
/// Everything throws Error with the file and line. It keeps one block and the longest line in
/// memory.
class CsvReader {
 public:
  static constexpr std::size_t longest_line = std::size_t{1} << 24;  // a million numbers

  /// Reads the names; without a header they are x1, x2, … `in` must outlive the reader; file: its
  /// name in messages.
  CsvReader(std::istream& in, std::string file, char separator, bool header = true)
      : in_(in), file_(std::move(file)), separator_(separator), row_waits_(!header) {
    if (!next_line())
      throw Error(header ? "the file is empty: expected a row of column names"
                         : "the file is empty: expected a row of fields",
                  file_);
    if (row_.starts_with("\xEF\xBB\xBF")) row_.erase(0, 3);
    split();
    if (!header) {
      for (std::size_t i = 1; i <= fields_.size(); ++i)
        names_.emplace_back("x").append(std::to_string(i));
      sort_names();
      return;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) names_.emplace_back(text(i));
    if (names_.size() == 1 && names_[0].empty())
      throw Error("the first line must name the columns, but it is empty", place());
    sort_names();
    const auto twice =
        std::adjacent_find(by_name_.begin(), by_name_.end(),
                           [this](std::size_t a, std::size_t b) { return names_[a] == names_[b]; });
    if (twice != by_name_.end())
      throw Error("two columns are called '" + names_[*twice] + "'", place());
  }

  const std::vector<std::string>& names() const { return names_; }
  /// Returns true if all names are numbers: then the file has no header.
  bool names_are_numbers() const {
    double x;
    return std::all_of(names_.begin(), names_.end(),
                       [&](const std::string& name) { return parsed(name, x); });
  }
  /// Returns the index of a column.
  std::size_t column(std::string_view name) const {
    const auto found = std::lower_bound(
        by_name_.begin(), by_name_.end(), name,
        [this](std::size_t i, std::string_view wanted) { return names_[i] < wanted; });
    if (found != by_name_.end() && names_[*found] == name) return *found;
    std::string all;
    for (const std::string& known : names_) {
      if (all.size() > 400) {
        all += ", …";
        break;
      }
      all += (all.empty() ? "" : ", ") + known;
    }
    throw Error("no column '" + std::string(name) + "'", file_ + ":1", "the file has: " + all);
  }

  /// Goes to the next row; returns false at the end. Empty lines at the end of the file are
  /// ignored.
  bool next() {
    if (row_waits_) {
      row_waits_ = false;
      return true;
    }
    std::size_t empty = 0;  // first of the empty lines before this one
    for (;;) {
      if (!next_line()) return false;
      if (!trimmed(row_).empty()) break;
      if (empty == 0) empty = line_;
    }
    split();
    if (empty == 0 && fields_.size() == names_.size()) return true;
    const std::size_t found = empty ? 0 : fields_.size();
    throw Error(
        "expected " + std::to_string(names_.size()) + " columns, found " + std::to_string(found),
        file_ + ":" + std::to_string(empty ? empty : line_));
  }
  /// Returns a field of the present row, valid until the next one.
  std::string_view field(std::size_t column) const { return fields_[column]; }
  /// Returns a field that is a text. Throws Error if it holds a control character.
  std::string_view text(std::size_t column) const {
    const std::string_view found = fields_[column];
    if (std::any_of(found.begin(), found.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
      throw Error("column " + std::to_string(column + 1) + " holds a control character", place());
    return found;
  }
  double number(std::size_t column) const {
    const std::string_view found = fields_[column];
    if (found.empty())
      throw Error("column '" + names_[column] + "' is empty", place(),
                  "missing values are not made up: fill them in, or delete the row");
    double x = 0;
    if (!parsed(found, x) || !std::isfinite(x))
      throw Error("column '" + names_[column] + "': expected a finite number, found '" +
                      std::string(found.substr(0, 40)) + "'",
                  place());
    return x;
  }
  bool is_number(std::size_t column) const {
    double x;
    return parsed(fields_[column], x);
  }
  /// Returns the place of the present row: `data.csv:12`.
  std::string place() const { return file_ + ":" + std::to_string(line_); }

 private:
  static bool parsed(std::string_view field, double& x) {
    const char *from = field.data(), *const end = field.data() + field.size();
    if (!field.empty() && field.front() == '+') ++from;
    const auto [stop, failed] = std::from_chars(from, end, x);
    return failed == std::errc{} && stop == end && !field.empty();
  }
  static std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
  }

  /// A file may have a million columns, each of which is looked up by its name.
  void sort_names() {
    for (std::size_t i = 0; i < names_.size(); ++i) by_name_.push_back(i);
    std::sort(by_name_.begin(), by_name_.end(),
              [this](std::size_t a, std::size_t b) { return names_[a] < names_[b]; });
  }

  /// Reads the next line, without its end, into row_.
  bool next_line() {
    row_.clear();
    for (bool any = false;; any = true) {
      if (from_ == to_) {
        in_.read(block_, sizeof block_);
        from_ = 0;
        to_ = static_cast<std::size_t>(in_.gcount());
        if (in_.bad()) throw Error("cannot be read further", place());
        if (to_ == 0) {
          if (any) ++line_;
          return any;
        }
      }
      const char* const start = block_ + from_;
      const void* const end = std::memchr(start, '\n', to_ - from_);
      const std::size_t n =
          end ? static_cast<std::size_t>(static_cast<const char*>(end) - start) : to_ - from_;
      if (row_.size() + n > longest_line)
        throw Error("a line of more than 16 MiB", file_ + ":" + std::to_string(line_ + 1));
      row_.append(start, n);
      from_ += n;
      if (end) {
        ++from_;
        ++line_;
        return true;
      }
    }
  }

  void split() {
    fields_.clear();
    std::string_view rest = row_;
    for (;;) {
      const std::string_view start = trimmed_front(rest);
      if (!start.empty() && start.front() == '"') {
        rest = quoted(start.substr(1));
      } else {
        const std::size_t end = std::min(rest.find(separator_), rest.size());
        fields_.push_back(trimmed(rest.substr(0, end)));
        rest.remove_prefix(end);
      }
      if (rest.empty()) return;
      rest.remove_prefix(1);  // the separator
    }
  }
  std::string_view trimmed_front(std::string_view text) const {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
  }
  /// Adds the field that starts after a quote; returns what follows it. "" is replaced in place.
  std::string_view quoted(std::string_view rest) {
    char* const start = row_.data() + (rest.data() - row_.data());
    char* to = start;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] != '"') {
        *to++ = rest[i];
        continue;
      }
      if (i + 1 < rest.size() && rest[i + 1] == '"') {
        *to++ = rest[i++];
        continue;
      }
      fields_.emplace_back(start, static_cast<std::size_t>(to - start));
      std::string_view after = rest.substr(i + 1);
      while (!after.empty() && after.front() != separator_ && trimmed(after.substr(0, 1)).empty())
        after.remove_prefix(1);
      if (!after.empty() && after.front() != separator_)
        throw Error("text behind a closing quote", place(),
                    "a quote inside quotes is written \"\"");
      return after;
    }
    throw Error("a quote is not closed on its line", place());
  }

  std::istream& in_;
  std::string file_;
  char separator_;
  bool row_waits_;  // the first row was read for its number of columns
  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;  // indices of names_, in the order of the names
  char block_[1 << 16];
  std::size_t from_ = 0, to_ = 0;  // of what is left of the block
  std::string row_;
  std::vector<std::string_view> fields_;  // of row_
  std::size_t line_ = 0;
};

}  // namespace nnrun
