// Whole files, read and written safely.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Returns the text of a regular file of at most `limit` bytes. Throws RecordError that says: no
/// such file (with that cause), a directory, not readable, larger than the limit.
std::string read_file(const std::filesystem::path& file, std::size_t limit);

/// What a power cut may destroy once the function has returned: `now`, nothing; `later`, this file,
/// which is right for what can be written again.
enum class Sync { now, later };

/// Writes a new file: temporary name in the same folder, write, fsync, rename without replacing,
/// fsync of the folder. Throws RecordError with the system's reason; leaves nothing half written.
/// parts are written one after the other.
void write_new_file(const std::filesystem::path& file, std::span<const std::string_view> parts,
                    Sync sync = Sync::now);
void write_new_file(const std::filesystem::path& file, std::string_view text,
                    Sync sync = Sync::now);

/// Returns where things of this program may lie, the likely place first: `built` beside the program
/// in a build tree, `installed` below the prefix whose bin/ has the program.
std::vector<std::filesystem::path> own_places(const std::filesystem::path& built,
                                              const std::filesystem::path& installed);
/// Returns this program's own file, under whatever name it was started. Throws RecordError if /proc
/// is missing.
std::filesystem::path program_file();

/// Returns what the system says about an errno, as part of a sentence: "no space left on device".
std::string system_reason(int error);

/// Return the SHA-256 in hexadecimal (FIPS 180-4, by nettle).
std::string sha256_of(std::span<const std::byte> bytes);
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace nnrun::host
