// Whole files, read and written safely.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Returns the text of a regular file of at most `limit` bytes. Throws RecordError that says: no
/// such file (with that cause), a directory, not readable, larger than the limit.
std::string read_file(const std::filesystem::path& file, std::size_t limit);

/// Returns whether a file starts as one of safetensors does: with the length of a text of JSON.
bool starts_as_safetensors(const std::filesystem::path& file);

/// A regular file that is read piece by piece, so that each can be judged before the next. Throws
/// as read_file does.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& file);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();
  std::uint64_t size() const { return size_; }  ///< when it was opened
  /// Appends the next bytes to a text. Throws RecordError if there are fewer.
  void read(std::uint64_t count, std::string& to);

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// When a written file is safe from a power cut: `now`, as soon as the function returns; `later`,
/// some time afterwards, which is enough for files that can be made again; `with_next`, its
/// contents at once, its name with the next file of this folder that is written by `now`.
///
/// A disk takes milliseconds to make a name safe. File systems that survive a power cut, with a
/// journal or with copies on write, keep the order in which files of a folder were renamed, so
/// whoever finds the next file finds the one before it, too: it is enough to wait once for both.
enum class Sync { now, later, with_next };

/// Writes a new file: temporary name in the same folder, write, fsync, rename without replacing,
/// fsync of the folder. Throws RecordError with the system's reason; leaves nothing half written.
/// parts: written one after another.
void write_new_file(const std::filesystem::path& file, std::span<const std::string_view> parts,
                    Sync sync = Sync::now);
void write_new_file(const std::filesystem::path& file, std::string_view text,
                    Sync sync = Sync::now);

/// What becomes of a file that has the name already. Where it is replaced, a reader sees the old
/// one or the new one, whole.
enum class Existing { refused, replaced };
/// Does the same for a file that may exist.
void write_file(const std::filesystem::path& file, std::span<const std::string_view> parts,
                Existing existing, Sync sync = Sync::now);
void write_file(const std::filesystem::path& file, std::string_view text, Existing existing,
                Sync sync = Sync::now);
/// Writes a file where a user wants it: behind a symbolic link, and through a pipe or a device,
/// which would be replaced otherwise.
void write_where_named(const std::filesystem::path& file, std::string_view text);
/// A large file, written piece by piece under a temporary name in its folder; removed unless it is
/// finished. Throws RecordError with the system's reason.
class OutputFile {
 public:
  /// bytes: that it will have, which the disk is asked for at once if it can be asked.
  OutputFile(const std::filesystem::path& file, std::uint64_t bytes, Existing existing);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();
  void write(std::string_view piece);
  /// Makes it safe from a power cut, and gives it its name.
  void finish();

 private:
  struct Open;
  std::filesystem::path file_;
  Existing existing_;
  std::unique_ptr<Open> open_;
};

/// Makes files that were written by Sync::later, or the names in folders, safe from a power cut: of
/// several, waits for little longer than for one. Throws RecordError.
void make_safe(std::span<const std::filesystem::path> files);
/// Returns whether a file of this name is one that was killed while it was being written.
bool is_temporary_name(std::string_view name);
/// Returns whether a process of this machine was killed while it wrote it, and is gone. What lives,
/// or works on another machine in a shared folder, shows no lock everywhere.
bool is_left_by_killed(std::string_view name);
/// Writes a text to an open file, whatever interrupts it; waits while a pipe is full. Returns false
/// on failure, with the reason in errno.
bool write_all(int file, std::string_view text);

/// Returns the folders that may hold this program's own files, the likeliest first: `built`,
/// relative to the program in a build tree; `installed`, relative to the prefix whose bin/ has the
/// program.
std::vector<std::filesystem::path> own_places(const std::filesystem::path& built,
                                              const std::filesystem::path& installed);
/// Returns the file of this program, or of the library that this code is part of, however it was
/// started. Throws RecordError if /proc is missing.
std::filesystem::path program_file();

/// Returns a canonical path as people would write it: relative if it lies below the current folder.
std::string shown_path(const std::filesystem::path& canonical);

/// Returns what the system says about an errno, as part of a sentence: "no space left on device".
std::string system_reason(int error);

/// Return the SHA-256 in hexadecimal (FIPS 180-4, by nettle).
std::string sha256_of(std::span<const std::byte> bytes);
std::string sha256_of_file(const std::filesystem::path& file);

/// The same of bytes that come one after the other.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  ~Sha256();
  void add(std::span<const std::byte> bytes);
  std::string hexadecimal() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nnrun::host
