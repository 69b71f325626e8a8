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
bool result_has_begun = false, result_reader_left = false, is_silent = false;
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

void Terminal::open_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)  // open takes the lowest free number
      ::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
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

void Terminal::be_silent() {
  is_silent = true;
}

int Terminal::result_descriptor() {
  return ::fileno(result_stream);
}

bool Terminal::reader_left() {
  return result_reader_left;
}

bool Terminal::result_begun() {
  return result_has_begun;
}

void Terminal::put(std::string_view bytes) const {
  if (is_silent) return;
  if (stream_ == result_stream && !bytes.empty()) result_has_begun = true;
  if (write_all(::fileno(stream_), bytes)) return;
  // the reader has seen enough, or closed its window; and there is nowhere to report that stderr
  // failed
  if (errno == EPIPE && stream_ == result_stream) result_reader_left = true;
  if (errno == EPIPE || (errno == EIO && terminal_) || stream_ == stderr) return;
  throw RecordError(Problem{.what = "the output cannot be written: " + system_reason(errno)});
}

void Terminal::write(std::string_view text) const {
  put(shown(text));
}

void Terminal::write_data(std::string_view text) const {
  if (terminal_) return put(shown(text));
  put(text);
}

void Terminal::redraw(std::string_view text, std::size_t rows) const {
  std::string out = "\r";
  if (rows > 1) out += "\033[" + std::to_string(rows - 1) + "A";
  out += "\033[J";
  for (const std::size_t most = std::max<std::size_t>(width(), 2) - 1;;) {
    const std::size_t end = text.find('\n');
    out += shown(cut(text.substr(0, end), most));  // a line that wraps would take two rows
    if (end == text.npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  put(out);
}

std::string Terminal::in_style(const char* code, std::string_view text) const {
  return colour_ ? styled(code, text) : std::string(text);
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
