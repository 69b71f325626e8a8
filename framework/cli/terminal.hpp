// Where text goes, and how it may look there. The result goes to stdout, talk to stderr.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>
namespace nnrun::host {

/// What a stream can show. Colour only on a terminal without NO_COLOR; blocks and dots only where
/// the locale is UTF-8.
class Terminal {
 public:
  explicit Terminal(std::FILE* stream);
  bool is_terminal() const { return terminal_; }
  bool utf8() const { return utf8_; }
  bool colour() const { return colour_; }
  std::size_t width() const;  ///< columns; 80 where nobody knows

  /// Throws RecordError where a result cannot be written (disk full). A closed pipe is silent, and
  /// so is stderr.
  void write(std::string_view text) const;
  /// From now on only Terminal(stdout) writes there; what plugins print goes to stderr.
  static void keep_stdout_for_results();
  static int result_descriptor();
  /// Whether this process has written to stdout.
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

/// Columns that UTF-8 text takes: its characters, all of ours being one column wide.
std::size_t columns_of(std::string_view text);
/// Text filled with blanks to a number of columns.
std::string left_aligned(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

}  // namespace nnrun::host
