#include "comparison/planned_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "config/named_files.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files_of_folder = 1000;
constexpr std::int64_t second = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * second + time.tv_nsec;
}

std::string time_text(std::int64_t time) {
  const std::time_t whole = time / second;
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char text[64];
  std::string digits = std::to_string(time % second + second).substr(1);
  return std::string(text, std::strftime(text, sizeof text, "%FT%T.", &parts)) + digits + "Z";
}

/// Returns the path as people write it: relative below the current folder.
std::string as_written(const fs::path& file) {
  std::error_code gone;
  const fs::path near = file.lexically_proximate(fs::current_path(gone));
  return gone || near.empty() || *near.begin() == ".." ? file.string() : near.string();
}

[[noreturn]] void refuse(const fs::path& file, const std::string& what) {
  throw DataError(Problem{.what = "'" + as_written(file) + "' " + what,
                          .hint = "one comparison needs one set of data: put the file back and go "
                                  "on with --resume, or start a new comparison"});
}

[[noreturn]] void refuse_odd(const fs::path& file) {
  throw DataError(
      Problem{.what = "'" + file.string() +
                      "' is not a file that every run of a comparison can read from its start",
              .hint = "save the data in a file"});
}

/// Returns every path that a config names, apart from libraries.
std::vector<std::string> paths_of(const Experiment& experiment) {
  std::set<std::string> paths;
  for (const NamedFile& file : named_files(experiment))
    if (!file.key.starts_with("plugins")) paths.insert(file.path.string());
  return {paths.begin(), paths.end()};
}

/// Returns the regular files directly in a folder, by name.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error, ignored;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_regular_file(ignored) && !entry->path().filename().string().starts_with('.'))
      files.push_back(entry->path());
  std::ranges::sort(files);
  files.resize(std::min(files.size(), most_files_of_folder));
  return files;
}

}  // namespace

PlannedFiles::Stamp PlannedFiles::stamp_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    refuse(file, errno == ENOENT ? "is not there any more"
                                 : "cannot be read any more: " + system_reason(errno));
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

const PlannedFiles::Known& PlannedFiles::known(const fs::path& file) {
  constexpr int most_tries = 3;
  Known& known = known_[file.string()];
  for (int i = 0; i < most_tries; ++i) {
    const Stamp before = stamp_of(file);
    if (!known.sha256.empty() && known.stamp == before) return known;
    known = {before, {}};
    try {
      known.sha256 = sha256_of_file(file);
    } catch (const RecordError& error) {
      throw DataError(error.problems());
    }
  }
  if (known.stamp == stamp_of(file)) return known;
  refuse(file, "is being written while it is read");
}

void PlannedFiles::add(const fs::path& file, std::vector<PlannedFile>& files) {
  const Known& now = known(file);
  files.push_back({file.string(), now.stamp.bytes, time_text(now.stamp.modified), now.sha256});
}

std::vector<PlannedFile> PlannedFiles::of(const Experiment& experiment) {
  std::vector<PlannedFile> files;
  for (const fs::path path : paths_of(experiment)) {
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    const std::string text = path.string();
    if (text.starts_with("/dev/") || text.starts_with("/proc/")) refuse_odd(path);
    if (fs::is_directory(status))
      for (const fs::path& file : files_in(path)) add(file, files);
    else if (fs::is_regular_file(status))
      add(path, files);
    else if (fs::exists(status))  // one that is missing is an error of whoever opens it
      refuse_odd(path);
  }
  return files;
}

void PlannedFiles::check(const std::vector<PlannedFile>& planned) {
  for (const PlannedFile& file : planned)
    if (known(file.path).sha256 != file.sha256)
      refuse(file.path, "changed since the comparison was planned");
}

}  // namespace nnrun::host
