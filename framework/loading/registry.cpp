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

std::string hint_for_missing_library(const fs::path& file) {
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
                              .hint = hint_for_missing_library(file),
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

/// Adds the plugin path to an error: users who did not name a library cannot know where it comes
/// from.
[[noreturn]] void refuse_of_path(const PluginError& error, const fs::path& entry,
                                 const std::string& path) {
  Problem problem = error.problems().front();
  if (!problem.where.empty()) problem.where += ", of ";
  problem.where += "'" + entry.string() + "' in " + path;
  problem.hint += std::string(problem.hint.empty() ? "" : "\n") + "or take it out of " + path;
  throw PluginError(std::move(problem));
}

}  // namespace

const std::string& Library::sha256() const {
  if (built_in || !known_sha256.empty()) return known_sha256;
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
  load_waiting();
  try {
    add(file, place, pin);
  } catch (const PluginError& error) {
    if (place.source == nullptr) throw;
    Problem problem = error.problems().front();
    if (problem.place.source == nullptr) problem.place = place;
    throw PluginError(std::move(problem));
  }
}

/// indexed: what an index says of this file, which is one of the program's own; may be nullptr.
std::shared_ptr<const Library> Registry::add(const fs::path& file, const Place& place,
                                             const Pin& pin, const IndexedLibrary* indexed) const {
  auto library = std::make_shared<Library>(Library{existing(file), nullptr});
  library->loaded = FileStamp::of(library->file);
  for (const auto& loaded : libraries_)
    if (loaded->file == library->file) {
      require_pinned(*loaded, loaded->shown(), pin);
      return loaded;
    }
  const std::string name = library->shown();
  if (indexed && library->loaded == indexed->stamp) {
    library->known_sha256 = indexed->sha256;  // and it was looked at when it was noted
  } else {
    if (!owns_ && !indexed) require_trusted(file, library->file, name);
    require_plugin_library(library->file, name);
  }
  require_pinned(*library, name, pin);
  const auto warn = [this](const std::string& warning) {
    if (warn_) warn_(warning);
  };
  if (tell_ && place.source != nullptr) tell_(name, place.source->name);
  library->table = open_library(library->file, name, warn);
  require_unchanged(*library);
  add_classes(library, name);
  if (library->table->optimized == 0 && built_optimized())
    warn("'" + name +
         "' was built without optimisation and may be 50 times slower; "
         "build it with -O3");
  return libraries_.emplace_back(std::move(library));
}

void Registry::add_built_in(const nnrun_library* table) {
  const std::string name = "built in";
  if (table == nullptr) refuse("a library that is built in is NULL");
  auto library = std::make_shared<Library>(Library{name, table});
  library->built_in = true;
  add_classes(library, name);
  libraries_.push_back(std::move(library));
}

/// name: of the library, for messages.
void Registry::add_classes(const std::shared_ptr<Library>& library, const std::string& name) const {
  require_interface(*library->table, name);
  auto classes = host::classes_of(library, name);
  for (const auto& fresh : classes)
    if (const Class* other = find_loaded(fresh->kind, fresh->name))
      throw PluginError({.what = fresh->kind + " '" + fresh->name + "' is already provided by " +
                                 other->library->shown(),
                         .place = {},
                         .where = name,
                         .label = name + " provides it too",
                         .hint = "rename one of them, or load only one of the two libraries"});
  std::move(classes.begin(), classes.end(), std::back_inserter(classes_));
}

void Registry::load_folder(const fs::path& folder) {
  for (const fs::path& file : libraries_in(folder)) load(file);
}

void Registry::load_own_folder(const fs::path& folder) {
  if (libraries_.empty() && waiting_.empty())
    if (auto indexed = read_plugin_index(folder, libraries_in(folder))) {
      waiting_ = std::move(*indexed);
      return;
    }
  owns_ = true;
  load_folder(folder);
  owns_ = false;
}

/// Loads a library that waits. Returns whether the index told the truth about it.
bool Registry::load_indexed(std::size_t waiting) const {
  const IndexedLibrary indexed = std::move(waiting_[waiting]);
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(waiting));
  const auto library = add(indexed.file, {}, {}, &indexed);
  const std::vector<const Class*> classes = classes_of(*library);
  return library->loaded == indexed.stamp &&
         std::ranges::equal(classes, indexed.classes, [](const Class* c, const auto& told) {
           return c->kind == told.first && c->name == told.second;
         });
}

/// Loads all that wait. Then all is in the order that it has without an index.
void Registry::load_waiting() const {
  if (waiting_.empty()) return;
  while (!waiting_.empty()) load_indexed(0);
  const auto of_library = [](const auto& library) -> const fs::path& { return library->file; };
  const auto of_class = [](const auto& c) -> const fs::path& { return c->library->file; };
  std::ranges::sort(libraries_, {}, of_library);
  std::ranges::stable_sort(classes_, {}, of_class);
}

const std::vector<std::shared_ptr<const Library>>& Registry::libraries() const {
  load_waiting();
  return libraries_;
}

std::vector<const Class*> Registry::classes_of(const Library& library) const {
  std::vector<const Class*> out;
  for (const auto& known : classes_)
    if (known->library.get() == &library) out.push_back(known.get());
  return out;
}

const Class* Registry::find_loaded(std::string_view kind, std::string_view name) const {
  for (const auto& known : classes_)
    if (known->name == name && known->kind == kind) return known.get();
  return nullptr;
}

const Class* Registry::find(std::string_view kind, std::string_view name) const {
  if (const Class* const known = find_loaded(kind, name)) return known;
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    if (std::ranges::any_of(waiting_[i].classes, [&](const auto& told) {
          return told.first == kind && told.second == name;
        })) {
      if (!load_indexed(i)) break;
      return find_loaded(kind, name);
    }
  // an index is not believed that there is no such class, nor anything once it was wrong
  load_waiting();
  return find_loaded(kind, name);
}

const Class* Registry::find_by_other_name(std::string_view kind, std::string_view name) const {
  load_waiting();
  for (const auto& known : classes_)
    if (!name.empty() && known->other_name == name && known->kind == kind) return known.get();
  return nullptr;
}

std::vector<std::string> Registry::names(std::string_view kind) const {
  load_waiting();
  std::vector<std::string> out;
  for (const auto& known : classes_)
    if (known->kind == kind) out.push_back(known->name);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> Registry::kinds() const {
  load_waiting();
  std::vector<std::string> out;
  for (const auto& known : classes_) out.push_back(known->kind);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  if (error)
    refuse("the plugin folder '" + folder.string() + "' cannot be read: " + reason_of(error));
  std::sort(files.begin(), files.end());
  return files;
}

std::string plugin_path() {
  const char* const variable = ::secure_getenv("NNRUN_PLUGIN_PATH");
  return variable != nullptr ? variable : "";
}

void load_default_plugins(Registry& registry, const std::string& path, const std::string& name) {
  std::string_view rest = path;
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
      refuse_of_path(error, entry, name);
    }
  }
  try {
    load_own_plugins(registry);
  } catch (const PluginError& error) {  // the program's own sets never clash
    Problem problem = error.problems().front();
    if (problem.label.empty()) throw;
    problem.hint = "rename the class of the library that " + name + " names, or take it out there";
    throw PluginError(std::move(problem));
  }
}

void load_own_plugins(Registry& registry) {
  registry.load_own_folder(own_plugin_folder());
}

fs::path index_own_plugins() {
  return write_plugin_index(own_plugin_folder());
}

}  // namespace nnrun::host
