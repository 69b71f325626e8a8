// The folder in which a run leaves its results.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "network/model.hpp"
#include "runs/folder_lock.hpp"
namespace nnrun::host {

/// Files of a run that was changed while it trained.
constexpr const char *edits_file = "edits.jsonl", *start_file = "start.yaml";

/// The folder of one run, which no other process works in meanwhile. Nothing in a new one is ever
/// replaced but run.json. Every function throws RecordError.
class RunFolder {
 public:
  /// Creates root/<name>/0001, 0002, …: the number after the largest that exists. Two runs that
  /// start at once get different ones.
  static RunFolder create(const std::filesystem::path& root, std::string_view name);
  /// Creates the folder that --out names, which must not exist. sync: when its files are safe from
  /// a power cut.
  static RunFolder create_at(const std::filesystem::path& folder, Sync sync = Sync::now);
  /// Takes the folder of a run that is to go on; what is written replaces what is there.
  static RunFolder take(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  /// Makes all that is in it so far safe from a power cut.
  void make_safe() const;
  /// Removes files that a killed process had not finished.
  void remove_unfinished() const;
  void write_config(std::string_view yaml) const;
  /// Writes a file of the run that may be there, to be safe with the next run.json.
  void replace(const char* name, std::string_view text) const;
  /// Writes source/<file name>: the files as the user wrote them.
  void write_sources(std::span<const std::shared_ptr<const Source>> sources) const;
  void write_run(std::string_view json) const;
  void write_run(std::string_view json, Sync sync) const;
  void write_report(std::string_view html) const;  ///< Sync::later: it can be made again
  /// Its contents are safe from a power cut then, its name with the next run.json.
  void write_model(const Model& model, const Metadata& origin) const;

 private:
  RunFolder(std::filesystem::path path, Sync sync, Existing existing = Existing::refused);
  void make_contents_safe() const;
  void write(const char* name, std::string_view text, Existing existing, Sync sync) const;

  std::filesystem::path path_;
  Sync sync_;
  Existing existing_;
  FolderLock lock_;
};

/// A CSV file that grows by whole rows, so that even after a crash it ends with a whole one.
class CsvFile {
 public:
  /// Writes the header. The file must not exist.
  CsvFile(std::filesystem::path file, const std::vector<std::string>& columns);
  /// Writes the header and these rows in place of a file that may exist.
  CsvFile(std::filesystem::path file, const std::vector<std::string>& columns, std::size_t rows,
          const std::function<std::vector<std::string>(std::size_t row)>& cells);
  CsvFile(CsvFile&& other) noexcept;
  CsvFile& operator=(CsvFile&&) = delete;
  ~CsvFile();
  /// Appends a row: as many cells as there are columns.
  void append(const std::vector<std::string>& cells);

 private:
  CsvFile(std::filesystem::path file, std::size_t columns, int flags);

  std::filesystem::path file_;
  std::size_t columns_;
  int out_;
};

/// Returns the name of a numbered folder: `0012` for 12.
std::string number_name(unsigned long number);

/// Returns a name as part of a path: keeps letters of any language, digits, `.`, `_` and `-`.
std::string safe_name(std::string_view name);
/// Returns `machine-1234`, for names of files that processes of several machines write to one
/// folder.
std::string this_process();

struct RunEntry {
  std::string name;
  unsigned long number = 0;  ///< 0: it has none
  std::filesystem::path path;
  std::shared_ptr<const nlohmann::ordered_json>
      run;              ///< an object: run.json; nullptr: there is none
  std::string problem;  ///< why run.json cannot be read; else empty
};
/// Returns whether a folder has a run.json that does not say `running`.
bool has_ended(const std::filesystem::path& folder);
/// Returns the status in run.json of a run in this folder; `killed` for one that says `running` but
/// does not run.
std::string present_status(std::string status, const std::filesystem::path& folder);
/// Returns the entry of a folder that need not be numbered.
RunEntry run_entry(const std::filesystem::path& folder);
/// Returns the runs below a root, by name and number; none if there is no such folder.
std::vector<RunEntry> list_runs(const std::filesystem::path& root);

}  // namespace nnrun::host
