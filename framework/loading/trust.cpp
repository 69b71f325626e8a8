#include "loading/trust.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "loading/refuse.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

/// Who owns the program, or a folder above it, can put any code into this process.
bool could_replace_this_program(uid_t user) {
  struct stat status {};
  for (fs::path at = program_file();; at = at.parent_path()) {
    if (::stat(at.c_str(), &status) == 0 && status.st_uid == user) return true;
    if (at == at.parent_path()) return false;
  }
}

bool is_trusted(uid_t user) {
  return user == 0 || user == ::geteuid() || could_replace_this_program(user);
}

/// Returns whether only this user and root are in a group, going by numbers: a group that was made
/// for one user has that user's number.
bool is_own_group(gid_t group) {
  return group == 0 || (group == ::getegid() && group == ::geteuid());
}

std::string name_of_user(uid_t user) {
  const passwd* const entry = ::getpwuid(user);
  return entry != nullptr ? "'" + std::string(entry->pw_name) + "'" : std::to_string(user);
}

std::string name_of_group(gid_t group) {
  const ::group* const entry = ::getgrgid(group);
  return entry != nullptr ? "'" + std::string(entry->gr_name) + "'" : std::to_string(group);
}

/// Goes from / to a file as the system does, and looks at everything on the way.
class Way {
 public:
  explicit Way(const std::string& name) : name_(name) { look("/"); }

  fs::path follow(const fs::path& file) {
    add(file);
    while (!ahead_.empty()) {
      const fs::path next = std::move(ahead_.back());
      ahead_.pop_back();
      if (next == "/") at_ = next;
      if (next == "..") at_ = at_.parent_path();
      if (next != "/" && next != ".." && next != "." && !next.empty()) step(at_ / next);
    }
    return at_;
  }

 private:
  static constexpr int most_links = 40;  // that the system follows

  void add(const fs::path& path) {
    const std::vector<fs::path> parts(path.begin(), path.end());
    ahead_.insert(ahead_.end(), parts.rbegin(), parts.rend());
  }

  void step(const fs::path& next) {
    if (!look(next)) {
      at_ = next;
      return;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(next, error);
    if (error || ++links_ > most_links) cannot_read(error ? error.value() : ELOOP);
    add(target);
  }

  /// Returns whether it is a link.
  bool look(const fs::path& at) const {
    struct stat status {};
    if (::lstat(at.c_str(), &status) != 0) cannot_read(errno);
    const bool link = S_ISLNK(status.st_mode);
    const std::string shown = (link ? "the link '" : "'") + shown_path(at) + "'";
    if (!is_trusted(status.st_uid))
      refuse("'" + name_ + "' is refused: " + shown + " belongs to the user " +
                 name_of_user(status.st_uid),
             "a library is code: copy it to a folder of your own if you trust that user");
    // in a sticky folder others may add entries, but touch only their own
    if (link || (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0)) return link;
    if ((status.st_mode & S_IWOTH) != 0)
      refuse("'" + name_ + "' is refused: every user may write to " + shown,
             "chmod o-w " + shell_word(shown_path(at)));
    if ((status.st_mode & S_IWGRP) != 0 && !is_own_group(status.st_gid))
      refuse("'" + name_ + "' is refused: the group " + name_of_group(status.st_gid) +
                 " may write to " + shown,
             "chmod g-w " + shell_word(shown_path(at)));
    return false;
  }

  [[noreturn]] void cannot_read(int error) const {
    refuse("'" + name_ + "' cannot be read: " + system_reason(error));
  }

  const std::string& name_;
  fs::path at_ = "/";
  std::vector<fs::path> ahead_;  // the nearest last
  int links_ = 0;
};

}  // namespace

void require_trusted(const fs::path& file, const fs::path& canonical, const std::string& name) {
  std::error_code error;
  const fs::path whole = fs::absolute(file, error);
  if (error) refuse("'" + name + "' cannot be read: " + system_reason(error.value()));
  if (Way(name).follow(whole) != canonical)
    refuse("'" + name + "' is refused: the links to it change while it is loaded");
}

}  // namespace nnrun::host
