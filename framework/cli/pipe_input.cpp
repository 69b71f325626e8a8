#include "cli/pipe_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nnrun/gzip_input.hpp>
#include <utility>

#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/terminal.hpp"
namespace nnrun::host {

PipeInput::PipeInput(int file, std::string name, std::function<void()> before_waiting)
    : std::istream(nullptr), buffer_(file, std::move(name), std::move(before_waiting)) {
  rdbuf(&buffer_);
  exceptions(std::ios::badbit);  // so that what is thrown comes through
}

PipeInput::Buffer::~Buffer() {
  ::close(file_);
}

std::streamsize PipeInput::Buffer::xsgetn(char* to, std::streamsize n) {
  for (;;) {
    wait();
    const ssize_t got = ::read(file_, to, static_cast<std::size_t>(n));
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw nnrun::Error(system_reason(errno), name_);
    if (!std::exchange(started_, true) && got > 0 && to[0] == '\x1f')
      throw nnrun::Error("the data are compressed", name_, "unpack them on the way, by zcat");
    return got;
  }
}

PipeInput::Buffer::int_type PipeInput::Buffer::underflow() {
  const std::streamsize got = xsgetn(&one_, 1);
  setg(&one_, &one_, &one_ + got);
  return got == 0 ? traits_type::eof() : traits_type::to_int_type(one_);
}

/// Returns when there is something to read, or the end.
void PipeInput::Buffer::wait() const {
  // stdout is asked for nothing: it answers if its reader is gone
  pollfd files[]{{file_, POLLIN, 0}, {Terminal::result_descriptor(), 0, 0}};
  for (int patience = 0;; patience = -1) {
    const int ready = ::poll(files, 2, patience);
    if (ready < 0 && errno != EINTR) return;  // then reading says why
    if (ready > 0 && (files[1].revents & POLLERR) != 0) throw ReaderLeft{};
    if (ready > 0 && files[0].revents != 0) return;
    before_waiting_();
  }
}

std::unique_ptr<std::istream> open_text(const std::string& file, const std::string& name,
                                        std::function<void()> before_waiting) {
  namespace fs = std::filesystem;
  std::error_code none;
  const fs::file_type type = fs::status(file, none).type();
  if (file != "-" && type != fs::file_type::fifo && type != fs::file_type::character) try {
      return std::make_unique<GzipInput>(file);
    } catch (const nnrun::Error& e) {
      throw DataError(Problem{.what = e.what(), .where = e.where(), .hint = e.hint()});
    }
  const int number = file == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) throw DataError(Problem{.what = system_reason(errno), .where = name});
  return std::make_unique<PipeInput>(number, name, std::move(before_waiting));
}

}  // namespace nnrun::host
