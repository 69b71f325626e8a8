// Reads text files, a row at a time, under a row of column names: for data sets, and for nnrun
// itself.
#pragma once
#include <algorithm>
#include <cmath>
#include <exception>
#include <istream>
#include <nnrun/csv_fields.hpp>
#include <nnrun/kinds/common.hpp>
#include <nnrun/text_lines.hpp>
#include <nnrun/written_number.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nnrun {

/// How a text file is written.
struct CsvFormat {
  /// Between two fields; a blank: any number of blanks and tabs; found_separator: the one that the
  /// first row shows.
  char separator = ',';
  bool header = true;  ///< the first row names the columns
  /// A row of names that is there again is refused, as in files that were put together.
  bool names_once = true;
  NumberFormat numbers = {};
  std::string_view encoding = "utf-8";  ///< one of TextFile::encodings
  /// Lines that start with it are left out, but below the first row only those that have another
  /// number of fields than that: `#N/A,1,2` is a row. Empty: no line is a comment.
  std::string comment = {};

  static constexpr char found_separator = '\0';
};

/// Returns what a config's word for a separator stands for: itself, or what `tab`, `space` and
/// `auto` name.
inline char separator_named(std::string_view word) {
  return word == "auto"    ? CsvFormat::found_separator
         : word == "tab"   ? '\t'
         : word == "space" ? ' '
                           : word.front();
}

/// What is wrong with one row: the reader goes on with the next one if it is asked to.
struct CsvRowError : Error {
  using Error::Error;
};

/// Fields may stand in double quotes, with "" for a quote and line ends inside (RFC 4180).
/// Everything throws Error with the file and line. It keeps one block and the longest row in
/// memory.
class CsvReader {
 public:
  static constexpr std::size_t longest_line = TextLines::longest;  // a million numbers

  /// Reads the names; without a header they are x1, x2, … `in` must outlive the reader; file: its
  /// name in messages.
  CsvReader(std::istream& in, std::string file, const CsvFormat& format)
      : file_(std::move(file)),
        lines_(in, file_, format.encoding),
        numbers_(format.numbers),
        comment_(format.comment),
        names_once_(format.header && format.names_once),
        row_waits_(!format.header) {
    if (!next_row())
      throw Error(format.header ? "the file is empty: expected a row of column names"
                                : "the file is empty: expected a row of fields",
                  file_);
    fields_ = CsvFields(separator_of(format));
    counted_ = CsvFields(separator());
    split();
    if (format.header)
      for (std::size_t i = 0; i < fields_.size(); ++i) names_.push_back(name_in(i));
    else
      number_columns(fields_.size());
    has_row_names_ = format.header && rows_have_names(row());
    if (has_row_names_) names_.insert(names_.begin(), std::string());
    if (format.header && names_.size() == 1 && names_[0].empty())
      throw Error("the first line must name the columns, but it is empty", place());
    if (format.header && names_.size() == 1 && starts_like_comment())
      throw Error("the first line must name the columns, but it starts with '#'", place(),
                  hint_for_comment());
    names_at_ = start_;
    sort_names();
    if (!format.header) count_comments_like_rows();
    double x = 0;
    for (const std::string& name : names_)
      if (names_.size() == 1 || nnrun::is_number(name, x)) names_once_ = false;  // it may be data
  }
  /// Goes on with rows that another reader took off the same file by `take_rows`, `line` being the
  /// number of their first.
  CsvReader(const CsvReader& whole, std::istream& rows, std::size_t line)
      : file_(whole.file_),
        lines_(rows, whole.lines_, line),
        numbers_(whole.numbers_),
        comment_(whole.comment_),
        names_once_(whole.names_once_),
        row_waits_(false),
        fields_(whole.separator()),
        counted_(whole.separator()),
        names_(whole.names_),
        by_name_(whole.by_name_),
        names_at_(whole.names_at_),
        has_row_names_(whole.has_row_names_) {}
  CsvReader(std::istream& in, std::string file, char separator, bool header = true)
      : CsvReader(in, std::move(file), CsvFormat{.separator = separator, .header = header}) {}

  const std::vector<std::string>& names() const { return names_; }
  const std::string& file() const { return file_; }
  char separator() const { return fields_.separator(); }
  /// Returns true if all names are numbers: then the file has no header.
  bool names_are_numbers() const {
    double x;
    return std::all_of(names_.begin(), names_.end(), [&](const std::string& name) {
      return nnrun::is_number(name, x) || nnrun::is_number(name, x, numbers_);
    });
  }
  /// Returns whether the first column, which has no name, has names of the rows, as R writes them.
  bool has_row_names() const { return has_row_names_; }
  /// Makes the first row one of numbers, not of names. Only before `next`.
  void take_names_as_row() {
    row_waits_ = true;
    number_columns(names_.size());
    sort_names();
  }
  /// Returns the index of a column.
  std::size_t column(std::string_view name) const {
    const auto found = std::lower_bound(
        by_name_.begin(), by_name_.end(), name,
        [this](std::size_t i, std::string_view wanted) { return names_[i] < wanted; });
    if (found == by_name_.end() || names_[*found] != name)
      throw Error(std::string(detail::no_column).append(name) + "'", place_of_names(),
                  std::string(detail::columns_there) + detail::list_of_names(names_) +
                      (starts_like_comment() ? "\n" + hint_for_comment() : "") +
                      (has_blanks_between_names() ? "\n" + hint_for_blanks() : ""));
    if (found + 1 != by_name_.end() && names_[*(found + 1)] == name)
      throw Error("two columns are called '" + std::string(name) + "'", place_of_names(),
                  "give one of them another name");
    return *found;
  }

  /// Goes to the next row; returns false at the end. Empty lines at the end of the file are
  /// ignored, and so are empty fields beyond the named columns. Throws CsvRowError for a row that
  /// is not as wide as the first, or is not a row at all; it is the present one then, without
  /// fields.
  bool next() {
    if (row_waits_) {
      row_waits_ = false;
      return true;
    }
    if (empty_lines_ > 0) refuse_empty_line();
    if (bare_rows_ > 0) return take_bare_row();
    if (!next_row()) return false;
    if (trimmed(row()).empty()) return pass_empty_lines();
    if (is_bare()) return pass_bare_rows();
    split();
    if (fields_.size() == names_.size() || fields_.fit(names_)) [[likely]] {
      if (names_once_ && fields_[0] == names_[0] && are_names()) refuse_names();
      return true;
    }
    refuse_width(fields_.size(), hint_for_width());
  }
  /// Takes the next rows off as they stand in the file, `bytes` or somewhat more, for a reader of
  /// their own. Returns the number of the first line; 0 at the end. Only instead of `next`. What
  /// keeps it from reading on is thrown by the call after the rows before it.
  std::size_t take_rows(std::string& rows, std::size_t bytes) {
    rows.clear();
    if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));
    std::size_t first = lines_.number() + 1;
    if (std::exchange(row_waits_, false)) {
      rows.append(row()) += lines_.line_end();
      first = start_;
    }
    try {
      // of empty lines, and rows of separators alone, the row behind them decides: it is with them
      for (bool is_row = true; !is_row || rows.size() < bytes;) {
        if (!lines_.next()) break;
        const std::size_t start = lines_.number();
        const bool left_out = is_comment();
        if (left_out) add_comment(passed_, start);
        is_row = !left_out && !trimmed(row()).empty() && !is_bare();
        if (is_row) bare_at_end_ = {};
        if (!is_row && !left_out && !trimmed(row()).empty()) add_comment(bare_at_end_, start);
        if (is_row) count_passed();
        bool joined = false;
        if (is_row && row().find('"') != row().npos) {
          OpenQuotes quotes;
          while (quotes.are_in(row(), separator()) && lines_.join_next(start)) joined = true;
          if (joined) look_at_lines(start);
        }
        rows.append(row()) += lines_.line_end();
        if (joined && lines_.line_end() != '\n') break;  // it has other line ends now
      }
    } catch (const Error&) {
      if (rows.empty()) throw;
      failed_ = std::current_exception();
    }
    return rows.empty() ? 0 : first;
  }
  /// Returns a field of the present row, valid until the next one.
  std::string_view field(std::size_t column) const { return fields_[column]; }
  /// Returns a field that is a text. Throws Error if it holds a control character.
  std::string_view text(std::size_t column) const { return one_line(fields_[column], column); }
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
    return nnrun::is_number(fields_[column], x, numbers_);
  }
  /// The same of numbers that are written in another way than those of the file.
  bool is_number(std::size_t column, double& x, const NumberFormat& how) const {
    return nnrun::is_number(fields_[column], x, how);
  }
  /// The same, but most numbers are short, and only those are seen to be numbers.
  bool is_short_number(std::size_t column, double& x) const {
    return detail::short_number(fields_[column], fields_.around(column), numbers_.decimal, x);
  }
  /// Returns whether the present row is that of the names again.
  bool are_names() const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (fields_[i] != names_[i]) return false;
    return true;
  }
  /// Returns whether the present row is the first one of a file without names, and all of its
  /// fields begin with a letter, as names do.
  bool may_be_names() const {
    if (start_ != names_at_) return false;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const char first = i < fields_.size() && !fields_[i].empty() ? fields_[i].front() : '0';
      if (!(first >= 'a' && first <= 'z') && !(first >= 'A' && first <= 'Z')) return false;
    }
    return true;
  }
  const NumberFormat& number_format() const { return numbers_; }
  /// Its numbers are as people wrote them, with their units or without.
  static constexpr bool shows_units() { return true; }
  /// Says what is left out: names of rows, and what is no row and may have been meant as one:
  /// comments with another row below them, and above the first row of a file without names those
  /// with as many fields as it has; and lines within a text in quotes that look like rows. Empty if
  /// nothing is.
  std::string words_on_lines() const {
    std::string words;
    const auto add = [&](const std::string& more) { words += (words.empty() ? "" : ", ") + more; };
    if (has_row_names_) add("each row begins with a name of its own, which is left out");
    if (comments_.count > 0)
      add((comments_.count == 1
               ? "a line that begins with '" + comment_ + "' is left out as a comment: "
               : std::to_string(comments_.count) + " lines that begin with '" + comment_ +
                     "' are left out as comments, the first: ") +
          comments_.first);
    if (bare_at_end_.count > 0)
      add((bare_at_end_.count == 1
               ? std::string("the last row has nothing but separators and is left out: ")
               : "the last " + std::to_string(bare_at_end_.count) +
                     " rows have nothing but separators and are left out, from ") +
          bare_at_end_.first);
    if (lines_in_quotes_ > 0)
      add("a text in quotes goes over " + std::to_string(lines_in_quotes_) +
          " lines that look like rows: " + quotes_at_ + "; is a quote missing, or one too many?");
    return words;
  }
  /// Returns whether there is one name, which may be several with blanks between.
  bool has_blanks_between_names() const {
    return names_.size() == 1 && names_[0].find(' ') != std::string::npos;
  }
  std::string hint_for_blanks() const {
    return "if blanks separate the fields, write separator: space in data";
  }
  std::string place_of_names() const { return file_ + ":" + std::to_string(names_at_); }
  /// Returns the place of the present row, where it starts: `data.csv:12`.
  std::string place() const { return file_ + ":" + std::to_string(start_); }

 private:
  void number_columns(std::size_t n) {
    names_.clear();
    // not "x" + …: g++ 12 warns of that where authors ask for optimisation
    for (std::size_t i = 1; i <= n; ++i) names_.emplace_back("x").append(std::to_string(i));
  }
  /// A file may have a million columns, each of which is looked up by its name.
  void sort_names() {
    by_name_.clear();
    for (std::size_t i = 0; i < names_.size(); ++i) by_name_.push_back(i);
    std::sort(by_name_.begin(), by_name_.end(),
              [this](std::size_t a, std::size_t b) { return names_[a] < names_[b]; });
  }
  /// Returns what the format says, or what the file shows. A first line such as `sep=;`, by which
  /// Excel tells itself, is left out.
  char separator_of(const CsvFormat& format) {
    char told = '\0';
    if (row().size() >= 5 && row().starts_with("sep=") && trimmed(row().substr(5)).empty()) {
      told = row()[4];
      if (!next_row()) throw Error("the file ends behind 'sep='", file_);
    }
    if (format.separator != CsvFormat::found_separator) return format.separator;
    return told != '\0' ? told : separator_in(row());
  }
  /// Returns whether the rows have one field more than there are names, in front, as R writes
  /// names of rows: these and the names of columns are in quotes. header: the line of the latter.
  bool rows_have_names(std::string_view header) {
    const std::string_view row = lines_.line_ahead();
    return header.starts_with('"') && row.starts_with('"') && !starts_like_comment() &&
           !OpenQuotes{}.are_in(row, separator()) && counted_.split(row) &&
           counted_.size() == names_.size() + 1;
  }
  bool starts_like_comment() const { return names_[0].starts_with('#'); }
  std::string hint_for_comment() const {
    return "if that is a comment, write comment: \"#\" in data: such lines are left out";
  }
  /// Returns whether this separates nothing but numbers, some of which have a comma.
  static bool separates_decimal_commas(std::string_view row, char separator) {
    CsvFields fields(separator);
    if (!fields.split(row) || fields.size() < 2) return false;
    std::size_t commas = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      double x = 0;
      if (!nnrun::is_number(fields[i], x, ',')) return false;
      commas += fields[i].find(',') != std::string_view::npos;
    }
    return commas > 0;
  }
  /// Returns what the first row separates its fields by: what it has most of, outside of quotes,
  /// unless that is before the fractions of numbers.
  static char separator_in(std::string_view row) {
    constexpr std::string_view known = ",;\t|";
    for (const char c : known.substr(1))
      if (row.find(c) != row.npos && separates_decimal_commas(row, c)) return c;
    std::size_t counts[known.size()]{};
    bool quoted = false;
    for (const char c : row) {
      if (c == '"') quoted = !quoted;
      if (const std::size_t i = known.find(c); i != known.npos && !quoted) ++counts[i];
    }
    return known[static_cast<std::size_t>(std::max_element(counts, counts + known.size()) -
                                          counts)];
  }
  [[noreturn]] void refuse_names() const {
    throw CsvRowError("the row of names is there again", place(),
                      "take it out; if the first row holds data, not names, write header: false");
  }
  [[noreturn]] void refuse_width(std::size_t found, const std::string& hint) const {
    throw CsvRowError("expected " + std::to_string(names_.size()) +
                          (names_.size() == 1 ? " column" : " columns") + ", found " +
                          std::to_string(found),
                      place(), hint);
  }
  std::string hint_for_width() const {
    const char other = separator_in(row());
    if (starts_like_comment() || row().starts_with('#')) return hint_for_comment();
    if (names_.size() == 1 && fields_.size() > 1)
      return "the first row must name each column: take titles and remarks out";
    if (names_.size() > 1 && fields_.size() == 1)
      return "take out what is no row: titles, remarks, notes below the table";
    if (names_.size() > 1 || fields_.size() != 1) {
      if (fields_.size() == names_.size() + 1 && start_ == names_at_ + 1)
        return "if the first column has no name, as R writes names of rows, put one in front of "
               "the others; a field with a separator in it stands in double quotes";
      if (separator() == ' ')
        return fields_.size() > names_.size() ? "a text with blanks in it stands in double quotes"
                                              : "an empty field is written \"\" or NA";
      if (numbers_.decimal == '.' && separator() == ',' && fields_.size() > names_.size())
        return "a field with a comma in it stands in double quotes";
      return start_ == names_at_ + 1
                 ? "the first row must name each column: take titles and remarks out"
                 : "";
    }
    return other == separator() ? "" : std::string("are fields separated by '") + other + "'?";
  }

  /// Returns the text. Throws Error if it holds a control character.
  std::string_view one_line(std::string_view text, std::size_t column) const {
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
      throw Error(
          "column " +
              (column < names_.size() ? "'" + names_[column] + "'" : std::to_string(column + 1)) +
              " holds a control character",
          place(),
          "names, categories and classes are texts on one line: take line ends and tabs out "
          "of them, or make the column unused");
    return text;
  }
  /// Returns a name: where its line ends within quotes, a blank stands.
  std::string name_in(std::size_t column) const {
    std::string name;
    for (const char c : fields_[column])
      if (c != '\n' && c != '\r')
        name += c;
      else if (!name.ends_with(' '))
        name += ' ';
    return std::string(one_line(name, column));
  }

  static constexpr std::size_t most_above = 100, longest_above = 10'000;

  std::string_view row() const { return lines_.line(); }
  /// Reads the next line, as the start of a row.
  bool next_row() {
    if (std::exchange(line_waits_, false)) {
      start_ = lines_.number();
      return true;
    }
    if (!lines_.next()) return false;
    if (!comment_.empty() && !pass_comments()) return false;
    start_ = lines_.number();
    return true;
  }
  /// Returns whether the present line is left out.
  bool is_comment() {
    if (comment_.empty() || !row().starts_with(comment_)) return false;
    if (names_.empty()) return true;
    if (OpenQuotes{}.are_in(row(), separator())) return false;  // a text of a row goes on below
    counted_.split(row());
    return !counted_.fit(names_);
  }
  /// Goes on to a line that is none; returns false at the end.
  bool pass_comments() {
    while (is_comment()) {
      if (!names_.empty())
        add_comment(passed_, lines_.number());
      else if (row_waits_ && above_.size() < most_above && row().size() < longest_above)
        above_.emplace_back(lines_.number(), row());
      if (!lines_.next()) return false;
    }
    if (!trimmed(row()).empty() && !is_bare()) count_passed();
    return true;
  }
  /// Counts the comments above a row.
  void count_passed() {
    if (passed_.count == 0) return;
    if (comments_.count == 0) comments_.first = passed_.first;
    comments_.count += std::exchange(passed_, {}).count;
  }
  /// Above the first row, which is no row of names, a comment may be one of data as well.
  void count_comments_like_rows() {
    for (const auto& [line, text] : above_)
      if (!OpenQuotes{}.are_in(text, separator()) && counted_.split(text) && counted_.fit(names_))
        add_comment(comments_, line);
    above_.clear();
  }
  struct Comments {  // or other lines that are no rows
    std::size_t count = 0;
    std::string first = {};  // the place of the first one
  };
  void add_comment(Comments& to, std::size_t line) const {
    if (to.count++ == 0) to.first = file_ + ":" + std::to_string(line);
  }
  /// Returns false at the end of the file; throws CsvRowError if there is another row before it,
  /// which then comes after as many errors as there are empty lines.
  bool pass_empty_lines() {
    const std::size_t first = start_;
    for (std::size_t empty = 1; next_row(); ++empty)
      if (!trimmed(row()).empty()) {
        empty_lines_ = empty;
        line_waits_ = true;
        start_ = first - 1;
        refuse_empty_line();
      }
    return false;
  }
  /// Returns whether a row has separators and nothing else, as spreadsheets write them below a
  /// table.
  bool is_bare() const {
    return names_.size() > 1 && std::all_of(row().begin(), row().end(), [this](char c) {
             return c == separator() || is_blank(c);
           });
  }
  /// Returns false if nothing but such rows, and empty lines, are left: they are no rows then.
  bool pass_bare_rows() {
    const std::size_t first = start_;
    std::size_t bare = 1, empty_at = 0;
    add_comment(bare_at_end_, start_);
    while (next_row()) {
      const bool is_empty = trimmed(row()).empty();
      if (is_empty && empty_at == 0) empty_at = start_;
      if (!is_empty && is_bare() && empty_at == 0) ++bare;
      if (!is_empty && is_bare()) add_comment(bare_at_end_, start_);
      if (is_empty || is_bare()) continue;
      bare_at_end_ = {};
      line_waits_ = true;
      if (empty_at > 0) {
        start_ = empty_at;
        refuse_width(0, hint_for_empty_line);
      }
      bare_rows_ = bare;
      start_ = first - 1;
      return take_bare_row();
    }
    return false;
  }
  /// Makes the next of these rows the present one.
  bool take_bare_row() {
    --bare_rows_;
    ++start_;
    bare_.assign(names_.size() - 1, separator());
    fields_.split(bare_);
    return true;
  }
  static constexpr const char* hint_for_empty_line =
      "take empty lines out, and what stands above or below the table";
  [[noreturn]] void refuse_empty_line() {
    --empty_lines_;
    ++start_;
    refuse_width(0, hint_for_empty_line);
  }
  /// Makes fields of a row, with as many lines as it takes until no quote is open.
  void split() {
    if (row().find('"') != row().npos) {
      OpenQuotes quotes;
      while (quotes.are_in(row(), separator()))
        if (!lines_.join_next(start_)) throw Error("a quote is not closed", place());
      if (lines_.number() > start_) look_at_lines(start_);
    }
    require_letters();
    if (!fields_.split(row()))
      throw CsvRowError("text behind a closing quote", place(),
                        "a quote inside quotes is written \"\"");
  }
  /// Notes whether nearly all lines within the present row, which goes over several, have as many
  /// separators as a row. start: its first one.
  void look_at_lines(std::size_t start) {
    constexpr std::size_t fewest = 4;
    const std::size_t within = lines_.number() - start - 1;
    if (names_.size() < 2 || within < fewest || lines_in_quotes_ > 0) return;
    std::size_t like_rows = 0;
    std::string_view rest = row();
    for (std::size_t end; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1))
      like_rows += static_cast<std::size_t>(
                       std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end),
                                  separator())) == names_.size() - 1;
    if (like_rows * 10 < within * 9) return;
    lines_in_quotes_ = within + 2;
    quotes_at_ = file_ + ":" + std::to_string(start);
  }
  void require_letters() const {
    if (lines_.number() == 1 && row().find('\0') != row().npos) {
      const bool by_four = row().find(std::string_view("\0\0", 2)) != row().npos;
      const char* const order = row().front() == '\0' || row().front() == '\xFE' ? "BE" : "LE";
      throw Error(std::string("holds zero bytes: it is in ") + (by_four ? "UTF-32" : "UTF-16") +
                      ", or is not a text file",
                  place(),
                  std::string(by_four ? "" : "if it is UTF-16, write encoding: utf-16, or type\n") +
                      "iconv -f " + (by_four ? "UTF-32" : "UTF-16") + order + " -t UTF-8 '" +
                      file_ + "' > utf8.csv");
    }
    unsigned char all = 0;
    for (const char c : row()) all |= static_cast<unsigned char>(c);
    if (all >= 0x80) require_utf8();
  }
  void require_utf8() const {
    const std::size_t wrong = first_not_utf8(row());
    if (wrong == row().npos) return;
    constexpr const char* digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(row()[wrong]);
    throw CsvRowError(std::string("is not UTF-8: byte ") + digits[byte >> 4] + digits[byte & 15] +
                          " at column " + std::to_string(wrong + 1) + " of the line",
                      place(),
                      "if it comes from Windows, write encoding: windows-1252, or type\n"
                      "iconv -f WINDOWS-1252 -t UTF-8 '" +
                          file_ + "' > utf8.csv");
  }

  std::string file_;
  TextLines lines_;
  NumberFormat numbers_;
  std::string comment_;
  bool names_once_;
  bool row_waits_;  // the first row was read for its number of columns
  CsvFields fields_{','};
  CsvFields counted_{','};  // of a line that may be a comment
  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;  // indices of names_, in the order of the names
  std::size_t names_at_ = 1;          // the line of the names
  bool has_row_names_ = false;        // the first column is of these
  std::size_t start_ = 0;             // the first line of the row
  std::size_t empty_lines_ = 0;       // between rows, which are still to be refused
  std::size_t bare_rows_ = 0;         // of separators alone, which are still to be given
  std::string bare_;                  // such a row
  Comments bare_at_end_;              // rows of separators alone, unless a row is below them
  Comments comments_, passed_;        // with a row below them, and those that still wait for one
  std::vector<std::pair<std::size_t, std::string>> above_;  // comments, with the numbers of lines
  std::size_t lines_in_quotes_ = 0;  // of the first text whose lines look like rows
  std::string quotes_at_;            // where it begins
  bool line_waits_ = false;          // the line behind them was read
  std::exception_ptr failed_;        // what take_rows could not read
};

}  // namespace nnrun
