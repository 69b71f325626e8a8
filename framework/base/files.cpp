#include "base/files.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <nettle/sha2.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr const char *temporary_start = ".nnrun-", *temporary_end = ".tmp";

std::string hint_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some space, or choose a folder on another disk";
    case EFBIG:
      return "the size of files is limited here: see ulimit -f";
    case EROFS:
    case EACCES:
    case EPERM:
      return "choose a folder that you may write to";
    default:
      return {};
  }
}

[[noreturn]] void cannot(const char* verb, const fs::path& file, const std::string& why,
                         std::string hint = {}, Cause cause = Cause::other) {
  throw RecordError({.what = std::string("cannot ") + verb + " '" + file.string() + "': " + why,
                     .place = {},
                     .where = {},
                     .label = {},
                     .hint = std::move(hint),
                     .cause = cause});
}

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int operator*() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  /// Some file systems report a failed write only here.
  bool close() { return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR; }

 private:
  int number_;
};

/// Opens a regular file for reading, and tells its size.
Descriptor opened(const fs::path& file, std::uint64_t& size) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  Descriptor in(retried([&] { return ::open(file.c_str(), flags); }));
  if (!in && errno == ENOENT) cannot("read", file, "no such file", {}, Cause::no_such_file);
  if (!in) cannot("read", file, system_reason(errno));
  struct stat status {};
  if (::fstat(*in, &status) != 0) cannot("read", file, system_reason(errno));
  if (S_ISDIR(status.st_mode)) cannot("read", file, "it is a directory");
  if (!S_ISREG(status.st_mode)) cannot("read", file, "it is not a regular file");
  size = static_cast<std::uint64_t>(status.st_size);
  return in;
}

/// Calls take(bytes) with each piece of a regular file.
template <class Take>
void read_pieces(const fs::path& file, Take take) {
  std::uint64_t size = 0;
  const Descriptor in = opened(file, size);
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t n = retried([&] { return ::read(*in, buffer.data(), buffer.size()); });
    if (n < 0) cannot("read", file, system_reason(errno));
    if (n == 0) return;
    take(std::string_view(buffer.data(), static_cast<std::size_t>(n)));
  }
}

std::string hexadecimal(sha256_ctx& state) {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&state, digest.size(), digest.data());
  std::string out;
  for (const std::uint8_t byte : digest) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 0xf];
  }
  return out;
}

/// Returns `.nnrun-machine-`.
std::string start_of_temporary_names() {
  char machine[65] = {};
  ::gethostname(machine, sizeof machine - 1);
  for (char& c : std::span(machine, std::strlen(machine)))
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return std::string(temporary_start) + machine + "-";
}

/// A file under a temporary name in an open folder, removed unless it gets its final name.
class NewFile {
 public:
  NewFile(int folder, Sync sync) : folder_(folder), sync_(sync), out_(create()) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!name_.empty()) ::unlinkat(folder_, name_.c_str(), 0);
  }
  explicit operator bool() const { return static_cast<bool>(out_); }

  /// All return false on failure, with the reason in errno.
  bool reserve(std::uint64_t bytes) {
    const auto size = static_cast<off_t>(bytes);
    if (retried([&] { return ::fallocate(*out_, FALLOC_FL_KEEP_SIZE, 0, size); }) == 0) return true;
    return errno != ENOSPC && errno != EFBIG && errno != EDQUOT;
  }
  bool add(std::string_view part) { return write_all(*out_, part); }
  bool write(std::span<const std::string_view> parts) {
    for (const std::string_view part : parts)
      if (!add(part)) return false;
    return close();
  }
  bool close() {
    if (sync_ != Sync::later && retried([&] { return ::fsync(*out_); }) != 0) return false;
    return out_.close();
  }
  bool take_name(const std::string& name, Existing existing) {
    if (existing == Existing::replaced) {
      if (::renameat2(folder_, name_.c_str(), folder_, name.c_str(), 0) != 0) return false;
      name_.clear();
      // what was there before is gone, so the new file stays whatever the folder says
      return sync_ != Sync::now || retried([&] { return ::fsync(folder_); }) == 0 ||
             errno == EINVAL;
    }
    if (::renameat2(folder_, name_.c_str(), folder_, name.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno != EINVAL && errno != ENOSYS) return false;
      // not every file system supports RENAME_NOREPLACE; link() never replaces a file either
      if (::linkat(folder_, name_.c_str(), folder_, name.c_str(), 0) != 0) return false;
      ::unlinkat(folder_, name_.c_str(), 0);
    }
    name_.clear();
    if (sync_ != Sync::now) return true;
    if (retried([&] { return ::fsync(folder_); }) == 0 || errno == EINVAL) return true;
    const int error = errno;  // a write that failed leaves no file
    ::unlinkat(folder_, name.c_str(), 0);
    errno = error;
    return false;
  }

 private:
  int create() {
    for (int i = 0;; ++i) {
      name_ = start_of_temporary_names() + std::to_string(::getpid()) + "-" + std::to_string(i) +
              temporary_end;
      const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
      const int out = retried([&] { return ::openat(folder_, name_.c_str(), flags, 0666); });
      if (out >= 0) return out;
      if (errno == EEXIST) continue;
      name_.clear();
      return out;
    }
  }

  int folder_;
  Sync sync_;
  std::string name_;  // empty: there is nothing to remove
  Descriptor out_;
};

}  // namespace

std::string read_file(const fs::path& file, std::size_t limit) {
  std::string text;
  read_pieces(file, [&](std::string_view piece) {
    if (piece.size() > limit - text.size())
      cannot("read", file, "it is larger than " + std::to_string(limit) + " bytes");
    text += piece;
  });
  return text;
}

InputFile::InputFile(const fs::path& file) : file_(file) {
  Descriptor in = opened(file, size_);
  descriptor_ = in.release();
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

void InputFile::read(std::uint64_t count, std::string& to) {
  std::size_t done = to.size();
  to.resize(done + count);
  while (done < to.size()) {
    const ssize_t n =
        retried([&] { return ::read(descriptor_, to.data() + done, to.size() - done); });
    if (n < 0) cannot("read", file_, system_reason(errno));
    if (n == 0) cannot("read", file_, "it became shorter while it was read");
    done += static_cast<std::size_t>(n);
  }
}

bool starts_as_safetensors(const fs::path& file) {
  std::error_code none;
  if (!fs::is_regular_file(file, none)) return false;
  std::array<char, 9> start{};
  std::ifstream in(file, std::ios::binary);
  in.read(start.data(), start.size());
  return in && start[5] == 0 && start[6] == 0 && start[7] == 0 && start[8] == '{';
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = retried([&] { return ::write(file, text.data(), text.size()); });
    if (n < 0 && errno == EAGAIN) {
      pollfd room{file, POLLOUT, 0};
      if (retried([&] { return ::poll(&room, 1, -1); }) < 0) return false;
      continue;
    }
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

namespace {

[[noreturn]] void refuse_to_write(const fs::path& file, int error) {
  if (error == EEXIST) cannot("write", file, "it exists already", {}, Cause::file_exists);
  cannot("write", file, system_reason(error), hint_for(error));
}

Descriptor folder_of(const fs::path& file) {
  const fs::path name = file.has_parent_path() ? file.parent_path() : fs::path(".");
  Descriptor folder(
      retried([&] { return ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!folder) refuse_to_write(file, errno);
  return folder;
}

}  // namespace

void write_file(const fs::path& file, std::span<const std::string_view> parts, Existing existing,
                Sync sync) {
  const Descriptor folder = folder_of(file);
  NewFile out(*folder, sync);
  if (!out) refuse_to_write(file, errno);
  if (!out.write(parts)) refuse_to_write(file, errno);
  if (!out.take_name(file.filename().string(), existing)) refuse_to_write(file, errno);
}

void write_where_named(const fs::path& file, std::string_view text) {
  std::error_code none;
  const fs::file_status status = fs::status(file, none);
  if (!fs::exists(status) || fs::is_regular_file(status) || fs::is_directory(status)) {
    constexpr int most_links = 40;  // as of the kernel
    fs::path real = file;
    for (int i = 0; i < most_links && fs::is_symlink(fs::symlink_status(real, none)); ++i)
      real = real.parent_path() / fs::read_symlink(real, none);
    return write_file(real, text, Existing::replaced, Sync::later);
  }
  const Descriptor out(retried([&] { return ::open(file.c_str(), O_WRONLY | O_CLOEXEC); }));
  if (!out || !write_all(*out, text)) refuse_to_write(file, errno);
}

struct OutputFile::Open {
  explicit Open(const fs::path& file) : folder(folder_of(file)), out(*folder, Sync::now) {}
  Descriptor folder;
  NewFile out;
};

OutputFile::OutputFile(const fs::path& file, std::uint64_t bytes, Existing existing)
    : file_(file), existing_(existing), open_(std::make_unique<Open>(file)) {
  if (!open_->out || !open_->out.reserve(bytes)) refuse_to_write(file_, errno);
}
OutputFile::~OutputFile() = default;

void OutputFile::write(std::string_view piece) {
  if (!open_->out.add(piece)) refuse_to_write(file_, errno);
}

void OutputFile::finish() {
  if (!open_->out.close() || !open_->out.take_name(file_.filename().string(), existing_))
    refuse_to_write(file_, errno);
}

void write_file(const fs::path& file, std::string_view text, Existing existing, Sync sync) {
  write_file(file, std::span(&text, 1), existing, sync);
}

void write_new_file(const fs::path& file, std::span<const std::string_view> parts, Sync sync) {
  write_file(file, parts, Existing::refused, sync);
}

void write_new_file(const fs::path& file, std::string_view text, Sync sync) {
  write_new_file(file, std::span(&text, 1), sync);
}

void make_safe(std::span<const fs::path> files) {
  const auto fail = [](const fs::path& file) {
    cannot("write", file, system_reason(errno), hint_for(errno));
  };
  constexpr std::size_t most_at_once = 64;  // open files
  for (std::size_t n; !files.empty(); files = files.subspan(n)) {
    n = std::min(files.size(), most_at_once);
    std::vector<Descriptor> open;
    for (const fs::path& file : files.first(n))
      if (!open.emplace_back(retried([&] { return ::open(file.c_str(), O_RDONLY | O_CLOEXEC); })))
        fail(file);
    // all are on their way before one is waited for; where this cannot be asked for, waiting is
    // longer, and that is all
    for (std::size_t i = 0; i < n && n > 1; ++i)
      ::sync_file_range(*open[i], 0, 0, SYNC_FILE_RANGE_WRITE);
    for (std::size_t i = 0; i < n; ++i)
      if (retried([&] { return ::fsync(*open[i]); }) != 0 && errno != EINVAL) fail(files[i]);
  }
}

bool is_left_by_killed(std::string_view name) {
  const std::string start = start_of_temporary_names();
  if (!is_temporary_name(name) || !name.starts_with(start)) return false;
  name.remove_prefix(start.size());
  int process = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), process);
  return failed == std::errc{} && process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

bool is_temporary_name(std::string_view name) {
  return name.starts_with(temporary_start) && name.ends_with(temporary_end);
}

namespace {
/// Returns the shared library that this code is part of; empty if it is part of a program. Looked
/// up once: the name may be relative, and the current folder change.
const fs::path& own_library() {
  static const fs::path file = [] {
    Dl_info info{};
    link_map* map = nullptr;
    const auto* const here = reinterpret_cast<const void*>(&own_library);
    const bool found =
        ::dladdr1(here, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) != 0 &&
        map != nullptr && map->l_name != nullptr && *map->l_name != 0;  // a program's is empty
    std::error_code error;
    const fs::path canonical = found ? fs::canonical(map->l_name, error) : fs::path();
    return error ? fs::path() : canonical;
  }();
  return file;
}
}  // namespace

fs::path program_file() {
  if (!own_library().empty()) return own_library();
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) cannot("read", "/proc/self/exe", system_reason(error.value()));
  return program;
}

std::vector<fs::path> own_places(const fs::path& built, const fs::path& installed) {
  const fs::path folder = program_file().parent_path();
  return {(folder / built).lexically_normal(),
          (folder.parent_path() / installed).lexically_normal()};
}

std::string shown_path(const fs::path& canonical) {
  std::error_code ignored;
  const fs::path here = fs::current_path(ignored);
  const fs::path below = here.empty() ? canonical : canonical.lexically_relative(here);
  return (below.empty() || *below.begin() == ".." ? canonical : below).string();
}

std::string system_reason(int error) {
  std::string words = std::generic_category().message(error);
  // "I/O error" and the like keep their capitals
  if (words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a')
    words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

std::string sha256_of(std::span<const std::byte> bytes) {
  sha256_ctx state;
  sha256_init(&state);
  sha256_update(&state, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  return hexadecimal(state);
}

struct Sha256::State {
  sha256_ctx context;
};
Sha256::Sha256() : state_(std::make_unique<State>()) {
  sha256_init(&state_->context);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
  sha256_update(&state_->context, bytes.size(),
                reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string Sha256::hexadecimal() const {
  sha256_ctx end = state_->context;  // the digest ends it
  return host::hexadecimal(end);
}

std::string sha256_of_file(const fs::path& file) {
  sha256_ctx state;
  sha256_init(&state);
  read_pieces(file, [&](std::string_view piece) {
    sha256_update(&state, piece.size(), reinterpret_cast<const std::uint8_t*>(piece.data()));
  });
  return hexadecimal(state);
}

}  // namespace nnrun::host
