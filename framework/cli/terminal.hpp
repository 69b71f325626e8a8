// Where text goes, and what it may look like there. Results go to stdout, everything else to
// stderr.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>
namespace nnrun::host {

/// What a stream can show: colour only on a terminal without NO_COLOR, blocks and dots only if the
/// locale is UTF-8.
class Terminal {
 public:
  explicit Terminal(std::FILE* stream);
  bool is_terminal() const { return terminal_; }
  bool utf8() const { return utf8_; }
  bool colour() const { return colour_; }
  std::size_t width() const;  ///< in columns; 80 if unknown

  /// Throws RecordError if a result cannot be written (disk full). Ignores a closed pipe, and
  /// errors of stderr.
  void write(std::string_view text) const;
  /// Reserves stdout for Terminal(stdout); whatever plugins print goes to stderr.
  static void keep_stdout_for_results();
  static int result_descriptor();
  /// Returns whether this process has written to stdout.
  static bool result_begun();
  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string green(std::string_view text) const { return styled("32", text); }
  std::string yellow(std::string_view text) const { return styled("33", text); }

 private:
  std::string styled(const char* code, std::string_view text) const;
  std::FILE* stream_;
  bool terminal_, utf8_, colour_;
};

/// Returns the columns that UTF-8 text takes: its characters, since all of ours are one column
/// wide.
std::size_t columns_of(std::string_view text);
/// Return text padded with blanks to a number of columns.
std::string left_aligned(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

}  // namespace nnrun::host
