#include "cli/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"
#include "base/files.hpp"
namespace nnrun::host {
namespace {

/// Reads the environment as setlocale would, without changing the process's locale.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char* value = std::getenv(name); value && *value) {
      std::string text = value;
      std::ranges::transform(text, text.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
    }
  return false;
}

// One of each per process, as there is one stdout.
bool result_has_begun = false;
std::FILE* result_stream = stdout;

bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return !(no_color && *no_color) && !(term && std::strcmp(term, "dumb") == 0);
}

}  // namespace

Terminal::Terminal(std::FILE* stream)
    : stream_(stream == stdout ? result_stream : stream),
      terminal_(isatty(fileno(stream_)) == 1),
      utf8_(locale_is_utf8()),
      colour_(terminal_ && wants_colour()) {}

std::size_t Terminal::width() const {
  winsize size{};
  if (terminal_ && ioctl(fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

void Terminal::keep_stdout_for_results() {
  const int own = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (own < 0) return;  // there is no stdout
  std::FILE* const stream = ::fdopen(own, "w");
  if (stream == nullptr) {
    ::close(own);
    return;
  }
  result_stream = stream;
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

int Terminal::result_descriptor() {
  return ::fileno(result_stream);
}

bool Terminal::result_begun() {
  return result_has_begun;
}

void Terminal::write(std::string_view text) const {
  if (stream_ == result_stream && !text.empty()) result_has_begun = true;
  if (write_all(::fileno(stream_), text)) return;
  // the reader has seen enough; and there is nowhere to report that stderr failed
  if (errno == EPIPE || stream_ == stderr) return;
  throw RecordError(Problem{.what = "the output cannot be written: " + system_reason(errno)});
}

std::string Terminal::styled(const char* code, std::string_view text) const {
  if (!colour_) return std::string(text);
  return std::string("\033[") + code + "m" + std::string(text) + "\033[0m";
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string left_aligned(std::string_view text, std::size_t columns) {
  const std::size_t own = columns_of(text);
  return std::string(text) + std::string(columns > own ? columns - own : 0, ' ');
}

std::string right_aligned(std::string_view text, std::size_t columns) {
  const std::size_t own = columns_of(text);
  return std::string(columns > own ? columns - own : 0, ' ') + std::string(text);
}

}  // namespace nnrun::host
