#include "loading/registry.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "base/commands.hpp"
#include "base/files.hpp"
#include "loading/elf.hpp"
#include "loading/kinds.hpp"
#include "loading/library.hpp"
#include "loading/refuse.hpp"
#include "loading/trust.hpp"
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

std::string reason_of(const std::error_code& error) {
  return system_reason(error.value());
}

std::string hint_for_missing(const fs::path& file) {
  std::error_code ignored;
  const std::string build = how_to_build(fs::path(file).replace_extension().string());
  return fs::exists(fs::path(file).replace_extension(".cpp"), ignored)
             ? build
             : "correct the path, or " + build;
}

fs::path existing(const fs::path& file) {
  std::error_code error;
  fs::path out = fs::canonical(file, error);
  if (error == std::errc::no_such_file_or_directory)
    throw PluginError(Problem{.what = "there is no plugin library '" + file.string() + "'",
                              .hint = hint_for_missing(file),
                              .cause = Cause::no_such_file});
  if (error)
    refuse("the plugin library '" + file.string() + "' cannot be read: " + reason_of(error));
  return out;
}

/// Throws PluginError if the file is not the pinned one. Called before any of its code runs.
void require_pinned(const Library& library, const std::string& name, const Pin& pin) {
  if (pin.sha256.empty() || library.sha256() == pin.sha256) return;
  throw PluginError(
      {.what = "'" + name + "' is not the library that the config pins: its sha256 is " +
               library.sha256() + ", expected " + pin.sha256,
       .place = pin.place,
       .where = {},
       .label = {},
       .hint = "load it only if you know why it changed: then write its sha256 here"});
}

/// Throws PluginError if the file is no longer the one that was loaded: its checksum would be that
/// of code that does not run here.
void require_unchanged(const Library& library) {
  if (FileStamp::of(library.file) == library.loaded) return;
  refuse("'" + library.shown() + "' was replaced just as it was loaded",
         "run the same command again, once the library is built");
}

bool built_optimized() {
#ifdef __OPTIMIZE__
  return true;
#else
  return false;
#endif
}

/// Returns the folder of the sets that came with this program: beside it (build tree) or installed.
fs::path own_plugin_folder() {
  std::error_code ignored;
  const std::vector<fs::path> places = own_places("plugins", "lib/nnrun/plugins");
  for (const fs::path& place : places)
    if (fs::is_directory(place, ignored)) return place;
  refuse("cannot find this program's own plugins: neither '" + places[0].string() + "' nor '" +
             places[1].string() + "' exists",
         "build or install nnrun again");
}

/// Adds NNRUN_PLUGIN_PATH to an error: users who did not name a library cannot know where it comes
/// from.
[[noreturn]] void refuse_of_path(const PluginError& error, const fs::path& entry) {
  Problem problem = error.problems().front();
  if (!problem.where.empty()) problem.where += ", of ";
  problem.where += "'" + entry.string() + "' in NNRUN_PLUGIN_PATH";
  problem.hint +=
      std::string(problem.hint.empty() ? "" : "\n") + "or take it out of NNRUN_PLUGIN_PATH";
  throw PluginError(std::move(problem));
}

}  // namespace

const std::string& Library::sha256() const {
  if (!known_sha256.empty()) return known_sha256;
  require_unchanged(*this);
  std::string sum = sha256_of_file(file);
  require_unchanged(*this);  // not while it was read, either
  return known_sha256 = std::move(sum);
}

std::string Library::shown() const {
  return shown_path(file);
}

void Registry::load(const fs::path& file, const Place& place, const Pin& pin) {
  if (closed_) return left_out_.push_back(file);
  try {
    add(file, place, pin);
  } catch (const PluginError& error) {
    if (place.source == nullptr) throw;
    Problem problem = error.problems().front();
    if (problem.place.source == nullptr) problem.place = place;
    throw PluginError(std::move(problem));
  }
}

void Registry::add(const fs::path& file, const Place& place, const Pin& pin) {
  auto library = std::make_shared<Library>(Library{existing(file), nullptr});
  library->loaded = FileStamp::of(library->file);
  for (const auto& loaded : libraries_)
    if (loaded->file == library->file) return require_pinned(*loaded, loaded->shown(), pin);
  const std::string name = library->shown();
  if (!owns_) require_trusted(file, library->file, name);
  require_plugin_library(library->file, name);
  require_pinned(*library, name, pin);
  const auto warn = [this](const std::string& warning) {
    if (warn_) warn_(warning);
  };
  if (tell_ && place.source != nullptr) tell_(name, place.source->name);
  library->table = open_library(library->file, name, warn);
  require_unchanged(*library);
  require_interface(*library->table, name);
  auto classes = classes_of(library, name);
  for (const auto& fresh : classes)
    if (const Class* other = find(fresh->kind, fresh->name))
      throw PluginError({.what = fresh->kind + " '" + fresh->name + "' is already provided by " +
                                 other->library->shown(),
                         .place = {},
                         .where = name,
                         .label = name + " provides it too",
                         .hint = "rename one of them, or load only one of the two libraries"});
  if (library->table->optimized == 0 && built_optimized())
    warn("'" + name +
         "' was built without optimisation and may be 50 times slower; "
         "build it with -O3");
  std::move(classes.begin(), classes.end(), std::back_inserter(classes_));
  libraries_.push_back(std::move(library));
}

void Registry::load_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  if (error)
    refuse("the plugin folder '" + folder.string() + "' cannot be read: " + reason_of(error));
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) load(file);
}

void Registry::load_own_folder(const fs::path& folder) {
  owns_ = true;
  load_folder(folder);
  owns_ = false;
}

const Class* Registry::find(std::string_view kind, std::string_view name) const {
  for (const auto& known : classes_)
    if (known->name == name && known->kind == kind) return known.get();
  return nullptr;
}

const Class* Registry::find_by_other_name(std::string_view kind, std::string_view name) const {
  for (const auto& known : classes_)
    if (!name.empty() && known->other_name == name && known->kind == kind) return known.get();
  return nullptr;
}

std::vector<std::string> Registry::names(std::string_view kind) const {
  std::vector<std::string> out;
  for (const auto& known : classes_)
    if (known->kind == kind) out.push_back(known->name);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> Registry::kinds() const {
  std::vector<std::string> out;
  for (const auto& known : classes_) out.push_back(known->kind);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void load_default_plugins(Registry& registry) {
  const char* const variable = ::secure_getenv("NNRUN_PLUGIN_PATH");
  std::string_view rest = variable != nullptr ? variable : "";
  while (!rest.empty()) {
    const fs::path entry = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(entry.native().size() + 1, rest.size()));
    if (entry.empty()) continue;  // never the current folder
    std::error_code ignored;
    try {
      if (fs::is_directory(entry, ignored))
        registry.load_folder(entry);
      else
        registry.load(entry);
    } catch (const PluginError& error) {
      refuse_of_path(error, entry);
    }
  }
  try {
    load_own_plugins(registry);
  } catch (const PluginError& error) {  // the program's own sets never clash
    Problem problem = error.problems().front();
    if (problem.label.empty()) throw;
    problem.hint =
        "rename the class of the library that NNRUN_PLUGIN_PATH names, or take it out there";
    throw PluginError(std::move(problem));
  }
}

void load_own_plugins(Registry& registry) {
  registry.load_own_folder(own_plugin_folder());
}

}  // namespace nnrun::host
