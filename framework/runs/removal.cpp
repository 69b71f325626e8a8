#include "runs/removal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "runs/folder_lock.hpp"
#include "runs/json_file.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// What an entry of a folder is; each folder of ours holds only some of them.
enum class Holding { foreign, file, run, sources, checkpoints, comparison, configs, names, seeds };

/// An open folder or file.
class OpenEntry {
 public:
  OpenEntry(int parent, const std::string& name)
      : number_(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}
  OpenEntry(const OpenEntry&) = delete;
  OpenEntry& operator=(const OpenEntry&) = delete;
  ~OpenEntry() {
    if (number_ >= 0) ::close(number_);
  }
  int operator*() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

[[noreturn]] void cannot_remove(const fs::path& file, int error) {
  throw RecordError(
      Problem{.what = "cannot remove '" + file.string() + "': " + system_reason(error)});
}

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// Returns whether this is the name of a run by its seed and fold, such as 0001 or 0001-fold-2, or
/// that of one which had not ended: .0001-machine-1234.
bool is_seed(std::string_view name) {
  const bool unfinished = name.starts_with('.');
  if (unfinished) name.remove_prefix(1);
  const std::size_t end = name.find('-');
  if (end == name.npos) return !unfinished && name.size() >= 4 && are_digits(name);
  if (end < 4 || !are_digits(name.substr(0, end))) return false;
  constexpr std::string_view fold = "-fold-";
  return unfinished ||
         (name.substr(end).starts_with(fold) && are_digits(name.substr(end + fold.size())));
}

/// Returns whether a name is `start`, digits, `.safetensors`.
bool is_numbered(std::string_view name, std::string_view start) {
  constexpr std::string_view end = ".safetensors";
  if (!name.starts_with(start) || !name.ends_with(end)) return false;
  name.remove_prefix(start.size());
  return name.size() > end.size() && are_digits(name.substr(0, name.size() - end.size()));
}

Holding file_if(bool ours) {
  return ours ? Holding::file : Holding::foreign;
}

/// Returns what a file of this name is in such a folder.
Holding file_in(Holding folder, const std::string& name) {
  if (is_temporary_name(name)) return Holding::file;
  switch (folder) {
    case Holding::run:
      return file_if(is_one_of(name, {"config.yaml", "metrics.csv", "model.safetensors", "run.json",
                                      "report.html", "decision.json"}));
    case Holding::comparison:
      return file_if(is_one_of(name, {"plan.json", "comparison.json", "compare.html"}));
    case Holding::configs:
      return file_if(name.ends_with(".yaml"));
    case Holding::checkpoints:
      return file_if(is_numbered(name, "step-") || is_numbered(name, "best-epoch-"));
    case Holding::sources:
      return file_if(name.ends_with(".yaml") || name.ends_with(".yml"));
    default:
      return Holding::foreign;
  }
}

Holding folder_in(Holding folder, const std::string& name) {
  switch (folder) {
    case Holding::run:
      return name == "source"        ? Holding::sources
             : name == "checkpoints" ? Holding::checkpoints
                                     : Holding::foreign;
    case Holding::comparison:
      return name == "configs" ? Holding::configs
             : name == "runs"  ? Holding::names
                               : Holding::foreign;
    case Holding::names:
      return name.starts_with('.') ? Holding::foreign : Holding::seeds;
    case Holding::seeds:
      return is_seed(name) ? Holding::run : Holding::foreign;
    default:
      return Holding::foreign;
  }
}

/// Returns the names in a folder. What says which folder it is comes last, so that one whose
/// removal was cut short can be removed; a record comes first, for without files it is wrong.
std::vector<std::string> names_in(const OpenEntry& folder, const fs::path& shown) {
  const int own = ::openat(*folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const entries = own < 0 ? nullptr : ::fdopendir(own);
  if (entries == nullptr) cannot_remove(shown, errno);
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(entries))
    if (const std::string name = entry->d_name; name != "." && name != "..") names.push_back(name);
  ::closedir(entries);
  const auto rank = [](const std::string& name) {
    return is_one_of(name, {"run.json", "comparison.json"})           ? 0
           : is_one_of(name, {"config.yaml", "plan.json", "configs"}) ? 2
                                                                      : 1;
  };
  std::ranges::sort(names, [&](const std::string& a, const std::string& b) {
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  return names;
}

bool is_our_config(const fs::path& file) {
  constexpr std::size_t largest = 1 << 24;
  try {
    return read_file(file, largest).starts_with("# Written by nnrun");
  } catch (const RecordError&) {
    return false;
  }
}

/// Throws UsageError for the first thing in the folder that is not ours. remove: removes the rest.
void walk(const OpenEntry& folder, Holding kind, const fs::path& shown, bool remove) {
  for (const std::string& name : names_in(folder, shown)) {
    struct stat status {};
    if (::fstatat(*folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      cannot_remove(shown / name, errno);
    const bool is_folder = S_ISDIR(status.st_mode);
    Holding entry = is_folder                 ? folder_in(kind, name)
                    : S_ISREG(status.st_mode) ? file_in(kind, name)
                                              : Holding::foreign;
    // people keep configs in folders of this name too
    if (kind == Holding::configs && !is_temporary_name(name) && !is_our_config(shown / name))
      entry = Holding::foreign;
    if (entry == Holding::foreign)
      throw UsageError(Problem{
          .what = "'" + (shown / name).string() + "' is not what nnrun leaves in such a folder",
          .hint = "move it away, then remove the folder"});
    if (is_folder) {
      const OpenEntry inner(*folder, name);
      if (!inner) cannot_remove(shown / name, errno);
      walk(inner, entry, shown / name, remove);
    }
    if (remove && ::unlinkat(*folder, name.c_str(), is_folder ? AT_REMOVEDIR : 0) != 0)
      cannot_remove(shown / name, errno);
  }
}

/// Returns whether a JSON file is a map with these keys.
bool is_record(const fs::path& file, std::initializer_list<const char*> keys) {
  try {
    const auto json = read_json(file);
    return std::ranges::all_of(keys, [&](const char* key) { return json.contains(key); });
  } catch (const RecordError&) {
    return false;
  }
}

bool has_our_config(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (is_our_config(entry->path())) return true;
  return false;
}

/// Returns whether a comparison was killed before it wrote its plan, which comes before any run.
bool is_begun(const fs::path& folder, const std::vector<std::string>& names) {
  return has_our_config(folder / "configs") && std::ranges::all_of(names, [](const auto& name) {
           return name == "configs" || is_temporary_name(name);
         });
}

/// Returns run or comparison, by what the files in a folder say; `foreign` if they do not say it.
Holding kind_of(const fs::path& folder, const std::vector<std::string>& names) {
  if (is_record(folder / "plan.json", {"kind", "seeds", "configs"}) ||
      is_record(folder / "comparison.json", {"nnrun", "kind", "configs"}) ||
      is_begun(folder, names))
    return Holding::comparison;
  if (is_record(folder / "run.json", {"status", "version", "plugins"}) ||
      is_our_config(folder / "config.yaml"))
    return Holding::run;
  const bool left_empty = std::ranges::all_of(names, [&](const std::string& name) {
    std::error_code error;
    return is_temporary_name(name) || fs::file_size(folder / name, error) == 0;
  });
  return left_empty && is_seed(folder.filename().string()) ? Holding::run : Holding::foreign;
}

/// Returns the folder without slashes at its end, behind which a link would be followed.
fs::path own_name(const std::string& folder) {
  fs::path path = folder;
  while (!path.empty() && !path.has_filename() && path != path.root_path())
    path = path.parent_path();
  const fs::path name = path.filename();
  if (name.empty() || name == "." || name == "..")
    throw UsageError(Problem{.what = "'" + folder + "' does not name a run",
                             .hint = "name its folder, such as runs/diagonal/0001"});
  return path;
}

/// is_run: whoever asks knows that it is a run, whatever is left of its files.
void visit(const std::string& target, bool remove, bool is_run = false) {
  const fs::path path = own_name(target);
  const OpenEntry parent(AT_FDCWD,
                         path.has_parent_path() ? path.parent_path().string() + "/." : ".");
  const int above = parent ? 0 : errno;
  const OpenEntry folder(*parent, path.filename().string());
  const int error = above != 0 ? above : errno;
  const auto refuse = [&](const std::string& what) {
    throw UsageError(
        Problem{.what = "'" + target + "' is " + what, .hint = "nnrun runs lists them"});
  };
  if (!folder) {
    if (error != ENOENT && error != ENOTDIR && error != ELOOP) cannot_remove(path, error);
    std::error_code ignored;
    refuse(fs::is_symlink(path, ignored) ? "a link, not a run folder"
           : fs::exists(path, ignored)   ? "not a run folder"
                                         : "not there");
  }
  if (lock_folder(*folder, LockMode::alone) == LockAnswer::held_by_another)
    throw RecordError(Problem{.what = "'" + target + "' is in use: a process trains in it",
                              .hint = "wait for its end, or stop it"});
  const Holding kind = is_run ? Holding::run : kind_of(path, names_in(folder, path));
  if (kind == Holding::foreign) refuse("not a run folder");
  walk(folder, kind, path, remove);
  if (remove && ::unlinkat(*parent, path.filename().c_str(), AT_REMOVEDIR) != 0)
    cannot_remove(path, errno);
}

}  // namespace

void require_removable(const std::string& folder) {
  visit(folder, false);
}

void remove_recorded(const std::string& folder) {
  visit(folder, true);
}

void remove_run(const fs::path& folder) {
  visit(folder.string(), true, true);
}

}  // namespace nnrun::host
