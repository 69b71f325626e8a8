// Where text goes, and what it may look like there. Results go to stdout, everything else to
// stderr.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>

#include "base/shown_text.hpp"
namespace nnrun::host {

/// For code that ends when nobody reads its output any more, to throw.
struct ReaderLeft {};

/// What a stream can show: colour only on a terminal without NO_COLOR, blocks and dots only if the
/// locale is UTF-8.
class Terminal {
 public:
  explicit Terminal(std::FILE* stream);
  bool is_terminal() const { return terminal_; }
  bool utf8() const { return utf8_; }
  bool colour() const { return colour_; }
  std::size_t width() const;  ///< in columns; 80 if unknown

  /// Writes text for people, without what could harm a terminal: see `shown`. Throws RecordError if
  /// a result cannot be written (disk full). Ignores a closed pipe or terminal, and errors of
  /// stderr.
  void write(std::string_view text) const;
  /// Does the same with text for programs, such as JSON or CSV, which only a terminal gets changed.
  void write_data(std::string_view text) const;
  /// Writes over the last `rows` lines of a terminal. Lines are cut to its width; the last one has
  /// no end.
  void redraw(std::string_view text, std::size_t rows = 1) const;
  /// Opens nothing in place of standard streams that are closed, so that no file of a run gets
  /// their numbers. Writing to such a stdout fails. Call this before anything is opened.
  static void open_closed_streams();
  /// Reserves stdout for Terminal(stdout); whatever plugins print goes to stderr.
  static void keep_stdout_for_results();
  /// Drops whatever is written from now on: another process says it.
  static void be_silent();
  static int result_descriptor();
  /// Returns whether somebody read this process's stdout and has gone.
  static bool reader_left();
  /// Returns whether this process has written to stdout.
  static bool result_begun();
  std::string bold(std::string_view text) const { return in_style("1", text); }
  std::string dim(std::string_view text) const { return in_style("2", text); }
  std::string green(std::string_view text) const { return in_style("32", text); }
  std::string yellow(std::string_view text) const { return in_style("33", text); }

 private:
  std::string in_style(const char* code, std::string_view text) const;
  void put(std::string_view bytes) const;
  std::FILE* stream_;
  bool terminal_, utf8_, colour_;
};

/// Return text padded with blanks to a number of columns.
std::string left_aligned(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

}  // namespace nnrun::host
