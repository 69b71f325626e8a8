// A text table as a file that is read in pieces: an array of records in the format of NumPy, whose
// fields are the columns. It is read twice, row by row, so that memory does not depend on its
// length.
#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <nnrun/csv_column.hpp>
#include <nnrun/gzip_input.hpp>
#include <optional>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/interrupt.hpp"
#include "cli/verbs.hpp"
#include "cli/view.hpp"
#include "network/memory_needs.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

static_assert(std::endian::native == std::endian::little, "records are little-endian");

constexpr std::size_t longest_text = 4096;  // bytes; every row has room for the longest of a column

/// How the table is written: what --data says.
struct TableFormat {
  CsvFormat format{.separator = CsvFormat::found_separator};
  std::vector<std::string> gaps{std::begin(usual_gaps), std::end(usual_gaps)};
};

/// Returns a text without the quotes around it.
std::string unquoted(std::string_view text) {
  const std::string_view plain = trimmed(text);
  const bool quoted =
      plain.size() >= 2 && (plain[0] == '"' || plain[0] == '\'') && plain.back() == plain[0];
  return std::string(quoted ? plain.substr(1, plain.size() - 2) : plain);
}
/// Returns the texts of `[a, b]`, or of `a, b`.
std::vector<std::string> list_in(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  for (const std::string& item : split(text, ',')) items.push_back(unquoted(item));
  return items;
}

void take(const Override& said, TableFormat& to) {
  const std::string key = said.path.substr(said.path.find('.') + 1), text = unquoted(said.value);
  const auto one_of = [&](std::initializer_list<std::string_view> known) {
    if (std::ranges::find(known, text) != known.end()) return true;
    std::string all;
    for (const std::string_view word : known) all += (all.empty() ? "" : " ") + std::string(word);
    throw UsageError(Problem{.what = "--data " + key + " cannot be '" + text + "'",
                             .hint = "it is one of: " + all});
  };
  if (key == "separator" && one_of({"auto", ",", ";", "tab", "|", "space"}))
    to.format.separator = separator_named(text);
  else if (key == "decimal" && one_of({".", ","}))
    to.format.numbers.decimal = text[0];
  else if (key == "thousands" && one_of({"none", ",", ".", "'", "space"}))
    to.format.numbers.thousands = thousands_named(text);
  else if (key == "encoding" && one_of({"utf-8", "latin1", "windows-1252", "utf-16"}))
    to.format.encoding = *std::ranges::find(TextFile::encodings, text);
  else if (key == "header" && one_of({"true", "false"}))
    to.format.header = text == "true";
  else if (key == "comment")
    to.format.comment = text;
  else if (key == "gaps")
    to.gaps = list_in(said.value);
  else if (key == "symbols")
    to.format.numbers.symbols = list_in(said.value);
  else
    throw UsageError(Problem{
        .what = "--data " + key + " says nothing of how a table is written",
        .hint =
            "known are separator, decimal, thousands, symbols, encoding, header, comment, gaps"});
}

void take_all(const std::vector<Override>& overrides, TableFormat& to) {
  for (const Override& said : overrides) take(said, to);
  if (to.format.numbers.thousands == to.format.numbers.decimal)
    throw UsageError(Problem{.what = "'thousands' and 'decimal' cannot be the same"});
}

struct ConvertedColumn {
  std::string name;
  std::size_t at;        // in the file
  bool is_text = false;  // else a number
  std::size_t longest = 0;
};

class Conversion {
 public:
  Conversion(const Arguments& arguments, std::string from, fs::path to)
      : arguments_(arguments),
        from_(std::move(from)),
        to_(std::move(to)),
        narrow_(arguments.has("--float")) {
    take_all(arguments.overrides, written_);
    gap_numbers_ = numbers_among(written_.gaps, written_.format.numbers);
  }

  Exit run() {
    watch_for_interrupts();
    require_no_array();
    look();
    write();
    tell();
    return Exit::done;
  }

 private:
  void require_no_array() const {
    std::ifstream in = open_input(from_);
    char start[6] = {};
    if (in.read(start, sizeof start) && std::memcmp(start, "\x93NUMPY", sizeof start) == 0)
      throw nnrun::Error("is an npy file already", from_);
  }

  /// Calls work(rows) for each row of the table.
  void each_row(const char* what, auto begin, auto work) {
    GzipInput in(from_);
    CsvReader rows(in, from_, written_.format);
    if (written_.format.header && rows.names_are_numbers())
      throw nnrun::Error("the first row has numbers, not names of columns", rows.place(),
                         "write a row of names in front, or --data header=false");
    begin(rows);
    std::size_t count = 0;
    Clock::time_point last = Clock::now();
    while (rows.next()) {
      work(rows);
      if (++count % 4096 != 0) continue;
      if (interrupt_signal() != 0) throw Interrupted{128 + interrupt_signal()};
      if (const auto now = Clock::now(); now - last > std::chrono::milliseconds(200)) {
        last = now;
        show(std::string(what) + "  " + readable(static_cast<double>(count)) + " rows" +
             (rows_ > 0 ? " of " + readable(static_cast<double>(rows_)) : ""));
      }
    }
    rows_ = count;
    comments_ = rows.words_on_lines();
    if (rows_ == 0) throw nnrun::Error("has column names, but no rows", from_);
  }
  void show(const std::string& line) {
    if (arguments_.quiet || arguments_.json || !talk_.is_terminal()) return;
    talk_.redraw(line, is_shown_ ? 1 : 0);
    is_shown_ = true;
  }

  bool is_gap(std::string_view field) const {
    return field.empty() || std::ranges::find(written_.gaps, field) != written_.gaps.end();
  }
  /// Returns whether a field is a number, or a gap: then x is NaN.
  bool is_number(const CsvReader& rows, std::size_t column, double& x) const {
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    if (!rows.is_short_number(column, x)) {
      if (is_gap(rows.field(column)))
        x = missing;
      else if (!rows.is_number(column, x) || std::isnan(x))
        return false;
    }
    if (!gap_numbers_.empty() && is_gap_number(gap_numbers_, x)) x = missing;
    return true;
  }

  /// Returns whether the text of a number tells more than the number: 007, or more digits than a
  /// double has.
  static bool says_more(std::string_view field, double x) {
    std::string_view digits = trimmed(field);
    if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
    return (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') ||
           has_too_many_digits(field, x);
  }

  void look() {
    each_row(
        "read", [&](const CsvReader& rows) { choose(rows); },
        [&](const CsvReader& rows) {
          for (ConvertedColumn& column : columns_) {
            double x = 0;
            column.is_text = column.is_text || !is_number(rows, column.at, x) ||
                             says_more(rows.field(column.at), x);
            const std::size_t length = rows.field(column.at).size();
            if (length <= column.longest) continue;
            column.longest = length;
            if (length > longest_text) refuse_long(rows, column);
          }
        });
    for (const ConvertedColumn& column : columns_)
      record_ += column.is_text ? std::max<std::size_t>(1, column.longest) : narrow_ ? 4 : 8;
  }
  void choose(const CsvReader& rows) {
    std::vector<std::string> left_out = arguments_.values("--leave-out"),
                             categories = arguments_.values("--category");
    for (const std::vector<std::string>* const asked : {&left_out, &categories})
      for (const std::string& name : *asked) rows.column(name);  // throws if it is not there
    for (std::size_t i = 0; i < rows.names().size(); ++i) {
      const std::string& name = rows.names()[i];
      if (name.empty()) ++nameless_;
      if (name.empty() || std::ranges::count(left_out, name) > 0) continue;
      rows.column(name);  // throws if there are two
      columns_.push_back({name, i, std::ranges::count(categories, name) > 0});
    }
    if (columns_.empty()) throw nnrun::Error("no column is left", from_);
  }
  [[noreturn]] void refuse_long(const CsvReader& rows, const ConvertedColumn& column) const {
    throw nnrun::Error("column '" + column.name + "' holds a text of more than " +
                           std::to_string(longest_text) +
                           " bytes, and each row would need as much room",
                       rows.place(), "leave it out: --leave-out " + shell_word(column.name));
  }

  /// Returns the header, which ends where the first record begins: at a multiple of 64.
  std::string header() const {
    std::string text = "{'descr': [";
    bool ascii = true;
    for (const ConvertedColumn& column : columns_) {
      text += "('";
      for (const char c : column.name) {
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
      }
      text += column.is_text ? "', 'S" + std::to_string(std::max<std::size_t>(1, column.longest))
                             : std::string("', '<f") + (narrow_ ? '4' : '8');
      text += "'), ";
    }
    text.replace(text.size() - 2, 2, "]");
    text += ", 'fortran_order': False, 'shape': (" + std::to_string(rows_) + ",), }";
    const std::size_t version = !ascii                     ? 3
                                : text.size() + 74 > 65535 ? 2
                                                           : 1,
                      before = version == 1 ? 10 : 12;
    text.append(63 - (before + text.size()) % 64, ' ').append(1, '\n');
    std::string start = "\x93NUMPY";
    start += static_cast<char>(version);
    start += '\0';
    for (std::size_t i = 8; i < before; ++i)
      start += static_cast<char>(text.size() >> 8 * (i - 8) & 0xff);
    return start + text;
  }

  void write() {
    const std::string start = header();
    bytes_ = start.size() + rows_ * record_;
    OutputFile out(to_, bytes_,
                   arguments_.has("--overwrite") ? Existing::replaced : Existing::refused);
    out.write(start);
    std::string some;
    const std::size_t rows = rows_;
    std::size_t written = 0;
    each_row(
        "write", [](const CsvReader&) {},
        [&](const CsvReader& row) {
          if (++written > rows) refuse_change();
          for (const ConvertedColumn& column : columns_) add(row, column, some);
          if (some.size() < std::size_t{1} << 18) return;
          out.write(some);
          some.clear();
        });
    if (written != rows) refuse_change();
    out.write(some);
    out.finish();
  }
  void add(const CsvReader& row, const ConvertedColumn& column, std::string& to) const {
    if (column.is_text) {
      const std::string_view field = row.field(column.at);
      const std::size_t width = std::max<std::size_t>(1, column.longest);
      if (field.size() > width) refuse_change();
      to.append(field).append(width - field.size(), '\0');
      return;
    }
    double x = 0;
    if (!is_number(row, column.at, x)) refuse_change();
    if (!narrow_) {
      to.append(reinterpret_cast<const char*>(&x), sizeof x);
      return;
    }
    const auto y = static_cast<float>(x);
    if (std::isinf(y) && !std::isinf(x))
      throw nnrun::Error(
          "column '" + column.name + "': " + shortest(x) + " is too large for float32", row.place(),
          "leave out --float");
    to.append(reinterpret_cast<const char*>(&y), sizeof y);
  }
  [[noreturn]] void refuse_change() const {
    throw nnrun::Error("changed while it was read", from_,
                       "wait until it is whole, then try again");
  }

  void tell() {
    if (is_shown_) talk_.redraw("", 1);
    if (arguments_.json) {
      nlohmann::ordered_json json{{"file", to_.string()}, {"rows", rows_}, {"bytes", bytes_}};
      for (const ConvertedColumn& column : columns_)
        json["columns"].push_back(
            {{"name", column.name}, {"type", column.is_text ? "text" : "number"}});
      return Terminal(stdout).write_data(
          json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
    if (arguments_.quiet) return;
    std::string texts;
    for (const ConvertedColumn& column : columns_)
      if (column.is_text && texts.size() < 400) texts += (texts.empty() ? "" : ", ") + column.name;
    talk_.write("wrote  " + to_.string() + ": " + readable(static_cast<double>(rows_)) + " rows, " +
                std::to_string(columns_.size()) +
                (columns_.size() == 1 ? " column, " : " columns, ") + text_of_bytes(bytes_) + "\n");
    if (!texts.empty()) talk_.write("texts  " + texts + "\n");
    if (nameless_ > 0)
      talk_.write("note   " + std::to_string(nameless_) +
                  (nameless_ == 1 ? " column has" : " columns have") + " no name and " +
                  (nameless_ == 1 ? "is" : "are") + " left out\n");
    if (!comments_.empty()) talk_.write("note   " + comments_ + "\n");
    talk_.write("next   in the config, write path: " + to_.filename().string() + " in place of " +
                fs::path(from_).filename().string() + "\n");
  }

  const Arguments& arguments_;
  std::string from_;
  fs::path to_;
  bool narrow_;
  TableFormat written_;
  std::vector<double> gap_numbers_;  // among the gaps
  std::vector<ConvertedColumn> columns_;
  std::size_t rows_ = 0, record_ = 0, nameless_ = 0;  // record_: bytes of a row
  std::uint64_t bytes_ = 0;
  std::string comments_;  // what is said of those between rows
  Terminal talk_{stderr};
  bool is_shown_ = false;
};

}  // namespace

Exit convert(const Arguments& arguments) {
  const std::string &from = arguments.targets[0], &to = arguments.targets[1];
  if (!to.ends_with(".npy"))
    throw UsageError(Problem{.what = "the file to write must end in .npy, not '" + to + "'",
                             .hint = "nnrun convert " + shell_word(from) + " " +
                                     shell_word(fs::path(from).stem().string() + ".npy")});
  std::error_code none;
  if (fs::exists(fs::symlink_status(to, none)) && !arguments.has("--overwrite"))
    throw UsageError(Problem{.what = "'" + to + "' exists already",
                             .hint = "--overwrite puts the new file in its place"});
  if (fs::equivalent(from, to, none))
    throw UsageError(Problem{.what = "'" + to + "' is the table itself",
                             .hint = "give the new file another name"});
  try {
    return Conversion(arguments, from, to).run();
  } catch (const nnrun::Error& e) {
    throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
  }
}

}  // namespace nnrun::host
