#include "runs/find_runs.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <utility>
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t deepest = 6, most_folders = 2000, most_names = 100'000;

/// What one folder holds.
struct Listing {
  std::set<std::string> files;  ///< of those that tell what it is
  std::vector<fs::path> folders;

  bool is_run() const { return files.contains("config.yaml") && files.contains("run.json"); }
  bool is_comparison() const { return files.contains("plan.json"); }
};

class Search {
 public:
  explicit Search(const fs::path& root) { visit(root, 0); }
  FoundRuns take() { return std::move(found_); }

 private:
  Listing listing_of(const fs::path& folder) {
    Listing listing;
    std::error_code error, ignored;
    for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end;
         !error && entry != end && names_ < most_names; entry.increment(error)) {
      ++names_;
      const std::string name = entry->path().filename().string();
      if (name.starts_with('.')) continue;
      if (name == "config.yaml" || name == "run.json" || name == "plan.json")
        listing.files.insert(name);
      else if (fs::is_directory(entry->symlink_status(ignored)))
        listing.folders.push_back(folder / name);
    }
    std::ranges::sort(listing.folders);
    return listing;
  }

  void visit(const fs::path& folder, std::size_t depth) {
    if (folders_ == most_folders || names_ == most_names) {
      found_.complete = false;
      return;
    }
    ++folders_;
    const Listing listing = listing_of(folder);
    const bool asked = depth == 0;  // of a comparison that was named, its runs are wanted
    if (listing.is_run() || (listing.is_comparison() && !asked))
      return found_.entries.push_back(run_entry(folder));
    if (depth == deepest && !listing.folders.empty()) found_.complete = false;
    if (depth < deepest)
      for (const fs::path& below : listing.folders) visit(below, depth + 1);
  }

  FoundRuns found_;
  std::size_t folders_ = 0, names_ = 0;
};

}  // namespace

FoundRuns find_runs(const fs::path& root) {
  return Search(root == "." ? fs::path() : root).take();
}

}  // namespace nnrun::host
