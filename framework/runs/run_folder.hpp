// Where a run leaves what it did.
#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "network/model.hpp"
namespace nnrun::host {

/// A new folder of one run. Nothing in it is ever replaced; everything throws RecordError.
class RunFolder {
 public:
  /// root/<name>/0001, 0002, …: the first number after all that are there. Two runs that start at
  /// once get different ones.
  static RunFolder create(const std::filesystem::path& root, std::string_view name);
  /// The folder that --out names; it must not exist. sync: what a power cut may take of it.
  static RunFolder create_at(const std::filesystem::path& folder, Sync sync = Sync::now);

  const std::filesystem::path& path() const { return path_; }
  void write_config(std::string_view yaml) const;
  /// source/<file name>: the files as they were written.
  void write_sources(std::span<const std::shared_ptr<const Source>> sources) const;
  void write_run(std::string_view json) const;
  void write_report(std::string_view html) const;  ///< can be made again: not waited for
  void write_model(const Model& model, const Metadata& origin) const;

 private:
  explicit RunFolder(std::filesystem::path path, Sync sync = Sync::now)
      : path_(std::move(path)), sync_(sync) {}
  std::filesystem::path path_;
  Sync sync_;
};

/// A CSV file that grows by whole rows: after a crash it ends with the last one.
class CsvFile {
 public:
  /// Writes the header. The file must not exist.
  CsvFile(std::filesystem::path file, const std::vector<std::string>& columns);
  CsvFile(CsvFile&& other) noexcept;
  CsvFile& operator=(CsvFile&&) = delete;
  ~CsvFile();
  /// As many cells as there are columns.
  void append(const std::vector<std::string>& cells);

 private:
  CsvFile(std::filesystem::path file, std::size_t columns);

  std::filesystem::path file_;
  std::size_t columns_;
  int out_;
};

/// 12 -> `0012`: the name of a numbered folder.
std::string number_name(unsigned long number);

/// A name as part of a path: letters of any language, digits, `.`, `_` and `-` stay.
std::string safe_name(std::string_view name);
/// `machine-1234`: for file names that processes of several machines make in one folder.
std::string this_process();

struct RunEntry {
  std::string name;
  unsigned long number = 0;
  std::filesystem::path path;
  std::shared_ptr<const nlohmann::json> run;  ///< run.json; nullptr: the run did not finish
  std::string problem;                        ///< why run.json cannot be read; else empty
};
/// The runs below a root, by name and number. Without such a folder there are none.
std::vector<RunEntry> list_runs(const std::filesystem::path& root);

}  // namespace nnrun::host
