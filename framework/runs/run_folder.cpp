#include "runs/run_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

#include "base/files.hpp"
#include "base/text.hpp"
#include "runs/json_file.hpp"
namespace nnrun::host {

std::string number_name(unsigned long number) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 100;  // file systems take 255 bytes, with endings

[[noreturn]] void refuse(std::string what, std::string hint = {}) {
  throw RecordError(
      {.what = std::move(what), .place = {}, .where = {}, .label = {}, .hint = std::move(hint)});
}

[[noreturn]] void cannot_create(const fs::path& folder, const std::error_code& error) {
  refuse("cannot create the folder '" + folder.string() + "': " + system_reason(error.value()),
         "name one that you may create with --out");
}

void create_parents(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) cannot_create(folder, error);
}

/// Returns the number that number_name gives this name; nothing for other names.
std::optional<unsigned long> number_of(const std::string& name) {
  unsigned long number = 0;
  const char* const end = name.data() + name.size();
  const auto result = std::from_chars(name.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end || number_name(number) != name)
    return std::nullopt;
  return number;
}

/// Returns the sorted names of the folders in a folder; none if it does not exist.
std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error, ignored;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_directory(ignored)) names.push_back(entry->path().filename().string());
  if (error && error != std::errc::no_such_file_or_directory)
    refuse("cannot read the folder '" + folder.string() + "': " + system_reason(error.value()));
  std::sort(names.begin(), names.end());
  return names;
}

/// Reads run.json of an entry that has a path.
RunEntry with_record(RunEntry entry) {
  const fs::path file = entry.path / "run.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return entry;
  try {
    nlohmann::ordered_json json = read_json(file);
    if (json.is_object())
      entry.run = std::make_shared<const nlohmann::ordered_json>(std::move(json));
    else
      entry.problem = "'" + file.string() + "' is not the record of a run";
  } catch (const RecordError& error) {
    entry.problem = error.problems().front().what;
  }
  return entry;
}

/// RFC 4180: quotes where a comma, a quote or a line break would be misread.
std::string csv_row(const std::vector<std::string>& cells) {
  std::string row;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) row += ',';
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      row += cell;
      continue;
    }
    row += '"';
    for (const char c : cell) row.append(c == '"' ? 2 : 1, c);
    row += '"';
  }
  return row + '\n';
}

}  // namespace

std::string safe_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool other_language = (static_cast<unsigned char>(c) & 0x80u) != 0;
    const bool mark = c == '_' || c == '-' || (c == '.' && !out.empty());
    out += letter || other_language || mark || (c >= '0' && c <= '9') ? c : '_';
  }
  if (out.size() > longest_name) {
    out.resize(longest_name);
    while (!out.empty() && !valid_utf8(out)) out.pop_back();
  }
  return out.empty() ? "run" : out;
}

std::string this_process() {
  char machine[256] = {};
  ::gethostname(machine, sizeof machine - 1);
  return safe_name(machine) + "-" + std::to_string(::getpid());
}

RunFolder RunFolder::create(const fs::path& root, std::string_view name) {
  const fs::path parent = root / safe_name(name);
  create_parents(parent);
  unsigned long number = 0;
  for (const std::string& taken : folders_in(parent))
    number = std::max(number, number_of(taken).value_or(0));
  for (;;) {
    const fs::path folder = parent / number_name(++number);
    std::error_code error;
    if (fs::create_directory(folder, error)) return RunFolder(folder, Sync::now);
    // an existing folder is not an error: another run was faster
    if (error && error != std::errc::file_exists) cannot_create(folder, error);
  }
}

RunFolder RunFolder::create_at(const fs::path& folder, Sync sync) {
  const fs::path name = folder.has_filename() ? folder : folder.parent_path();  // "dir/"
  if (name.has_parent_path()) create_parents(name.parent_path());
  std::error_code error;
  if (fs::create_directory(name, error)) return RunFolder(name, sync);
  if (error && error != std::errc::file_exists) cannot_create(name, error);
  refuse("the run folder '" + name.string() + "' exists already",
         "name a new one with --out, or leave --out away");
}

RunFolder RunFolder::take(const fs::path& folder) {
  return RunFolder(folder.has_filename() ? folder : folder.parent_path(), Sync::now,
                   Existing::replaced);
}

RunFolder::RunFolder(fs::path path, Sync sync, Existing existing)
    : path_(std::move(path)), sync_(sync), existing_(existing), lock_([this] {
        auto lock = FolderLock::take(path_);
        if (!lock)
          refuse("the run in '" + path_.string() + "' is still training, in another process",
                 "wait for its end, or stop it by kill or Ctrl-C: what it has learnt stays");
        return std::move(*lock);
      }()) {}

void RunFolder::write(const char* name, std::string_view text, Existing existing, Sync sync) const {
  write_file(path_ / name, text, existing, sync);
}

/// Makes what was written by Sync::later and cannot be made again safe, but for the names.
void RunFolder::make_contents_safe() const {
  std::vector<fs::path> files{path_ / "config.yaml", path_ / "metrics.csv", path_ / start_file,
                              path_ / edits_file};
  std::error_code none;
  for (fs::directory_iterator entry(path_ / "source", none), end; !none && entry != end;
       entry.increment(none))
    files.push_back(entry->path());
  std::erase_if(files, [&](const fs::path& file) { return !fs::exists(file, none); });
  host::make_safe(files);
}

void RunFolder::make_safe() const {
  std::vector<fs::path> files;
  std::error_code none;
  for (fs::recursive_directory_iterator entry(path_, none), end; !none && entry != end;
       entry.increment(none))
    if (std::error_code odd; entry->is_regular_file(odd)) files.push_back(entry->path());
  for (const fs::path& folder : {path_ / "source", path_})
    if (fs::exists(folder, none)) files.push_back(folder);
  host::make_safe(files);
  // the names of the folders above it too, where they may be read
  const fs::path above = fs::absolute(path_).parent_path();
  for (const fs::path& folder : {above, above.parent_path()}) try {
      host::make_safe(std::span(&folder, 1));
    } catch (const RecordError&) {
      return;
    }
}

void RunFolder::remove_unfinished() const {
  std::vector<fs::path> gone;
  for (const fs::path& folder : {path_, path_ / "checkpoints", path_ / "source"}) {
    std::error_code none;
    for (fs::directory_iterator entry(folder, none), end; !none && entry != end;
         entry.increment(none))
      if (is_temporary_name(entry->path().filename().string())) gone.push_back(entry->path());
  }
  std::error_code none;
  for (const fs::path& file : gone) fs::remove(file, none);
}

void RunFolder::write_config(std::string_view yaml) const {
  write("config.yaml", yaml, existing_, existing_ == Existing::replaced ? sync_ : Sync::later);
}

void RunFolder::replace(const char* name, std::string_view text) const {
  write(name, text, Existing::replaced, Sync::later);
}

void RunFolder::write_sources(std::span<const std::shared_ptr<const Source>> sources) const {
  const fs::path folder = path_ / "source";
  create_parents(folder);
  std::set<fs::path> taken;
  for (const auto& source : sources) {
    const fs::path name = safe_name(fs::path(source->name).filename().string());
    fs::path file = name;
    // a parent may have the same name in another folder
    for (int i = 2; !taken.insert(file).second; ++i)
      file = name.stem().string() + "-" + std::to_string(i) + name.extension().string();
    write_new_file(folder / file, source->text, Sync::later);
  }
}

void RunFolder::write_run(std::string_view json) const {
  // a record that survives a power cut never tells of files that did not: their contents first;
  // their names, given before that of run.json, are safe with it (see Sync)
  if (sync_ == Sync::now) make_contents_safe();
  write_run(json, sync_);
}

void RunFolder::write_run(std::string_view json, Sync sync) const {
  write("run.json", json, Existing::replaced, sync);
}

void RunFolder::write_report(std::string_view html) const {
  write("report.html", html, existing_, Sync::later);
}

void RunFolder::write_model(const Model& model, const Metadata& origin) const {
  model.write(path_ / "model.safetensors", origin, sync_ == Sync::now ? Sync::with_next : sync_,
              existing_);
}

CsvFile::CsvFile(fs::path file, std::size_t columns, int flags)
    : file_(std::move(file)), columns_(columns) {
  do {
    out_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
  } while (out_ < 0 && errno == EINTR);
  if (out_ < 0) refuse("cannot write '" + file_.string() + "': " + system_reason(errno));
}

CsvFile::CsvFile(fs::path file, const std::vector<std::string>& columns)
    : CsvFile(std::move(file), columns.size(), O_CREAT | O_EXCL) {
  append(columns);
}

CsvFile::CsvFile(fs::path file, const std::vector<std::string>& columns, std::size_t rows,
                 const std::function<std::vector<std::string>(std::size_t)>& cells)
    : CsvFile(
          [&] {
            std::string text = csv_row(columns);
            for (std::size_t row = 0; row < rows; ++row) text += csv_row(cells(row));
            write_file(file, text, Existing::replaced);
            return file;
          }(),
          columns.size(), 0) {}

CsvFile::CsvFile(CsvFile&& other) noexcept
    : file_(std::move(other.file_)),
      columns_(other.columns_),
      out_(std::exchange(other.out_, -1)) {}

CsvFile::~CsvFile() {
  if (out_ >= 0) ::close(out_);
}

void CsvFile::append(const std::vector<std::string>& cells) {
  assert(cells.size() == columns_);
  const std::string row = csv_row(cells);
  const off_t before = ::lseek(out_, 0, SEEK_END);
  if (write_all(out_, row)) return;
  const int error = errno;
  const bool cut = ::ftruncate(out_, before) == 0;  // leaves no half row
  refuse("cannot write '" + file_.string() + "': " + system_reason(error) +
         (cut ? "" : "; its last row is incomplete"));
}

bool has_ended(const fs::path& folder) {
  std::error_code none;
  if (!fs::exists(folder / "run.json", none)) return false;
  try {
    const auto json = read_json(folder / "run.json");
    return !json.is_object() || !json.contains("status") || json["status"] != "running";
  } catch (const RecordError&) {  // damaged: whoever reads it says so
    return true;
  }
}

std::string present_status(std::string status, const fs::path& folder) {
  return status == "running" && !FolderLock::is_held(folder) ? "killed" : std::move(status);
}

RunEntry run_entry(const fs::path& folder) {
  return with_record({folder.filename().string(), 0, folder, nullptr, {}});
}

std::vector<RunEntry> list_runs(const fs::path& root) {
  std::vector<RunEntry> runs;
  for (const std::string& name : folders_in(root))
    for (const std::string& number : folders_in(root / name))
      if (const auto n = number_of(number))
        runs.push_back(with_record({name, *n, root / name / number_name(*n), nullptr, {}}));
  std::sort(runs.begin(), runs.end(), [](const RunEntry& a, const RunEntry& b) {
    return std::tie(a.name, a.number) < std::tie(b.name, b.number);
  });
  return runs;
}

}  // namespace nnrun::host
