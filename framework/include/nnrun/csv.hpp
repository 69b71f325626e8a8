// Reads text files, a row at a time, under a row of column names: for data sets, and for nnrun
// itself.
#pragma once
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <istream>
#include <nnrun/kinds/common.hpp>
#include <nnrun/text_file.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nnrun {

/// How a text file is written.
struct CsvFormat {
  char separator = ',';  ///< between two fields; found_separator: the one that the first row shows
  bool header = true;    ///< the first row names the columns
  char decimal = '.';    ///< of numbers; or ','
  std::string_view encoding = "utf-8";  ///< one of TextFile::encodings

  static constexpr char found_separator = '\0';
};

/// Fields may stand in double quotes, with "" for a quote and line ends inside (RFC 4180).
/// Everything throws Error with the file and line. It keeps one block and the longest row in
/// memory.
class CsvReader {
 public:
  static constexpr std::size_t longest_line = std::size_t{1} << 24;  // a million numbers

  /// Reads the names; without a header they are x1, x2, … `in` must outlive the reader; file: its
  /// name in messages.
  CsvReader(std::istream& in, std::string file, const CsvFormat& format)
      : text_(in, file, format.encoding),
        file_(std::move(file)),
        separator_(format.separator),
        decimal_(format.decimal),
        row_waits_(!format.header) {
    if (!next_row())
      throw Error(format.header ? "the file is empty: expected a row of column names"
                                : "the file is empty: expected a row of fields",
                  file_);
    if (separator_ == CsvFormat::found_separator) separator_ = separator_in(row_);
    complete_row();
    split();
    if (!format.header)
      for (std::size_t i = 1; i <= fields_.size(); ++i)
        names_.emplace_back("x").append(std::to_string(i));
    else
      for (std::size_t i = 0; i < fields_.size(); ++i) names_.emplace_back(text(i));
    if (format.header && names_.size() == 1 && names_[0].empty())
      throw Error("the first line must name the columns, but it is empty", place());
    sort_names();
  }
  CsvReader(std::istream& in, std::string file, char separator, bool header = true)
      : CsvReader(in, std::move(file), CsvFormat{.separator = separator, .header = header}) {}

  const std::vector<std::string>& names() const { return names_; }
  const std::string& file() const { return file_; }
  char separator() const { return separator_; }
  /// Returns true if all names are numbers: then the file has no header.
  bool names_are_numbers() const {
    double x;
    return std::all_of(names_.begin(), names_.end(),
                       [&](const std::string& name) { return parsed(name, x); });
  }
  /// Makes the first row one of numbers, not of names. Only before `next`.
  void take_names_as_row() {
    row_waits_ = true;
    for (std::size_t i = 0; i < names_.size(); ++i) names_[i] = "x" + std::to_string(i + 1);
    by_name_.clear();
    sort_names();
  }
  /// Returns the index of a column.
  std::size_t column(std::string_view name) const {
    const auto found = std::lower_bound(
        by_name_.begin(), by_name_.end(), name,
        [this](std::size_t i, std::string_view wanted) { return names_[i] < wanted; });
    if (found != by_name_.end() && names_[*found] == name) {
      if (found + 1 != by_name_.end() && names_[*(found + 1)] == name)
        throw Error("two columns are called '" + std::string(name) + "'", file_ + ":1");
      return *found;
    }
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
  /// ignored, and so are empty fields beyond the named columns.
  bool next() {
    if (row_waits_) {
      row_waits_ = false;
      return true;
    }
    std::size_t empty = 0;  // first of the empty lines before this one
    for (;;) {
      if (!next_row()) return false;
      if (!trimmed(row_).empty()) break;
      if (empty == 0) empty = start_;
    }
    complete_row();
    split();
    if (empty == 0 && (fields_.size() == names_.size() || fits_but_for_empty_ends())) return true;
    const std::size_t found = empty ? 0 : fields_.size();
    throw Error(
        "expected " + std::to_string(names_.size()) + " columns, found " + std::to_string(found),
        file_ + ":" + std::to_string(empty ? empty : start_), hint_for_width(found));
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
    double x = 0;
    if (is_number(column, x) && std::isfinite(x)) return x;
    const std::string_view found = fields_[column];
    if (found.empty())
      throw Error("column '" + names_[column] + "' is empty", place(),
                  "missing values are not made up: fill them in, or delete the row");
    throw Error("column '" + names_[column] + "': expected a finite number, found '" +
                    std::string(found.substr(0, 40)) + "'",
                place());
  }
  bool is_number(std::size_t column) const {
    double x;
    return is_number(column, x);
  }
  /// Returns whether a field is a number, which may be inf or nan, and sets x to it.
  bool is_number(std::size_t column, double& x) const {
    return decimal_ == '.' ? parsed(fields_[column], x) : parsed_with_comma(fields_[column], x);
  }
  /// Returns the place of the present row, where it starts: `data.csv:12`.
  std::string place() const { return file_ + ":" + std::to_string(start_); }

 private:
  static bool parsed_with_comma(std::string_view field, double& x) {
    char digits[64]{};
    if (field.size() > sizeof digits || field.find('.') != field.npos) return false;
    std::replace_copy(field.begin(), field.end(), digits, ',', '.');
    return parsed({digits, field.size()}, x);
  }
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

  /// Returns what the first row separates its fields by: what it has most of, outside of quotes.
  static char separator_in(std::string_view row) {
    constexpr std::string_view known = ",;\t|";
    std::size_t counts[known.size()]{};
    bool quoted = false;
    for (const char c : row) {
      if (c == '"') quoted = !quoted;
      if (const std::size_t i = known.find(c); i != known.npos && !quoted) ++counts[i];
    }
    return known[static_cast<std::size_t>(std::max_element(counts, counts + known.size()) -
                                          counts)];
  }
  std::string hint_for_width(std::size_t found) const {
    const char other = separator_in(row_);
    if (names_.size() > 1 || found != 1) {
      if (decimal_ == '.' && separator_ == ',' && found > names_.size())
        return "a field with a comma in it stands in double quotes";
      return {};
    }
    return other == separator_ ? "" : std::string("are fields separated by '") + other + "'?";
  }

  /// Returns whether fields and names fit but for empty fields or nameless columns at the end,
  /// which some programs write; makes them as many.
  bool fits_but_for_empty_ends() {
    while (fields_.size() > names_.size() && fields_.back().empty()) fields_.pop_back();
    while (fields_.size() < names_.size() && names_[fields_.size()].empty()) fields_.emplace_back();
    return fields_.size() == names_.size();
  }

  /// Reads the next line into row_, as the start of a row.
  bool next_row() {
    row_.clear();
    if (!add_line()) return false;
    start_ = line_;
    return true;
  }
  /// Adds lines to row_ until no quote is open, and checks its letters.
  void complete_row() {
    if (row_.find('"') != row_.npos) {
      Quotes quotes;
      while (quotes.are_open(row_, separator_)) {
        row_ += '\n';
        if (row_.size() >= longest_line || !add_line())
          throw Error("a quote is not closed", place());
      }
    }
    if (line_ == 1 && row_.find('\0') != row_.npos)
      throw Error("holds zero bytes: it is in UTF-16, or is not a text file", place(),
                  "if it is UTF-16, write encoding: utf-16");
    unsigned char all = 0;
    for (const char c : row_) all |= static_cast<unsigned char>(c);
    if (all >= 0x80) require_utf8();
  }
  void require_utf8() const {
    const std::size_t wrong = first_not_utf8(row_);
    if (wrong == row_.npos) return;
    constexpr const char* digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(row_[wrong]);
    throw Error(std::string("is not UTF-8: byte ") + digits[byte >> 4] + digits[byte & 15] +
                    " at column " + std::to_string(wrong + 1) + " of the line",
                place(),
                "if it comes from Windows, write encoding: windows-1252, or type\n"
                "iconv -f WINDOWS-1252 -t UTF-8 '" +
                    file_ + "' > utf8.csv");
  }
  /// Looks at a row that grows, each byte once.
  class Quotes {
   public:
    /// Returns whether a quoted field of the row is not closed.
    bool are_open(std::string_view row, char separator) {
      for (; at_ < row.size(); ++at_) {
        const char c = row[at_];
        if (state_ == State::quoted) {
          if (c != '"') continue;
          if (at_ + 1 < row.size() && row[at_ + 1] == '"')
            ++at_;
          else
            state_ = State::plain;
        } else if (c == separator) {
          state_ = State::start;
        } else if (state_ == State::start && c != ' ') {
          state_ = c == '"' ? State::quoted : State::plain;
        }
      }
      return state_ == State::quoted;
    }

   private:
    enum class State { start, plain, quoted } state_ = State::start;
    std::size_t at_ = 0;
  };

  /// Adds the next line, without its end, to row_.
  bool add_line() {
    for (bool any = false;; any = true) {
      if (block_.empty()) {
        block_ = text_.next();
        if (line_ == 0 && !any) line_end_ = line_end_in(block_);
        if (block_.empty()) {
          if (any) ++line_;
          return any;
        }
      }
      const std::size_t end = block_.find(line_end_), n = std::min(end, block_.size());
      if (row_.size() + n > longest_line)
        throw Error("a line of more than 16 MiB", file_ + ":" + std::to_string(line_ + 1));
      row_.append(block_, 0, n);
      block_.remove_prefix(n);
      if (end == block_.npos) continue;
      block_.remove_prefix(1);
      ++line_;
      return true;
    }
  }
  /// Old programs end lines with CR alone.
  static char line_end_in(std::string_view block) {
    const std::size_t cr = block.find('\r');
    return block.find('\n') == block.npos && cr != block.npos && cr + 1 < block.size() ? '\r'
                                                                                       : '\n';
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
    throw Error("a quote is not closed", place());
  }

  TextFile text_;
  std::string file_;
  char separator_, decimal_, line_end_ = '\n';
  bool row_waits_;  // the first row was read for its number of columns
  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;  // indices of names_, in the order of the names
  std::string_view block_;            // what is left of the block of text_
  std::string row_;
  std::vector<std::string_view> fields_;  // of row_
  std::size_t line_ = 0, start_ = 0;      // the last line that was read; the first one of the row
};

}  // namespace nnrun
