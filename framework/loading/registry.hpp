// Every class that the loaded libraries provide, by (kind, name).
#pragma once
#include <nnrun/abi.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/file_stamp.hpp"
#include "loading/plugin_index.hpp"
namespace nnrun::host {

/// A plugin library that was loaded; it is never unloaded.
struct Library {
  std::filesystem::path file;  ///< canonical
  const nnrun_library* table;
  FileStamp loaded = {};  ///< of the file when it was loaded
  /// Returns the checksum of the file, which is read when first asked for. Throws PluginError if
  /// the file is no longer the one that was loaded.
  const std::string& sha256() const;
  std::string shown() const;  ///< as people write it: relative below the current folder

  mutable std::string known_sha256 = {};  ///< for sha256()
  bool built_in = false;  ///< part of the program: it has no file of its own, nor a checksum
};

/// One thing that a config can name.
struct Class {
  std::string kind, name;  ///< kind without its version: "activation"
  unsigned version;        ///< of the kind's function table
  const nnrun_class* table;
  std::shared_ptr<const Library> library;
  std::string label;            ///< for people: `activation 'swish' (swish.so)`
  std::string other_name = {};  ///< may be empty
};

/// Returns the function table of a class; Table must be that of its kind.
template <class Table>
const Table& functions_of(const Class& plugin) {
  return *static_cast<const Table*>(plugin.table->functions);
}

/// The contents of a library that a config asks for, and where; empty: any.
struct Pin {
  std::string sha256 = {};  ///< lower-case hexadecimal digits
  Place place = {};
};

class Registry {
 public:
  /// Receives warnings: of a library that changed the floating-point mode, of one that was built
  /// without optimisation.
  using Warn = std::function<void(const std::string&)>;
  explicit Registry(Warn warn = nullptr) : warn_(std::move(warn)) {}

  /// Loads one library and adds its classes. Loading the same file again does nothing.
  /// Throws PluginError, naming the file, and `place` if the config asked for it, before any code
  /// of a library runs that is not the pinned one, or that another user could have changed.
  void load(const std::filesystem::path& file, const Place& place = {}, const Pin& pin = {});
  /// Loads every *.so of a folder, in alphabetical order. Throws PluginError if the folder does not
  /// exist.
  void load_folder(const std::filesystem::path& folder);

  /// Does the same for the folder of the program's own libraries, which are trusted as the program
  /// is: who can change one can change the other. What their index describes is loaded when it is
  /// asked for, as long as no other library is.
  void load_own_folder(const std::filesystem::path& folder);

  /// Adds the classes of a library that is linked into this program. Throws PluginError.
  void add_built_in(const nnrun_library* table);

  /// Is told of a library and the config that names it, just before its code runs.
  using Tell = std::function<void(const std::string& library, const std::string& config)>;
  void tell_before_loading(Tell tell) { tell_ = std::move(tell); }

  /// Loads no more libraries from now on, only notes them: for a config that is not trusted.
  void close() { closed_ = true; }
  bool is_closed() const { return closed_; }
  /// Returns the libraries that were noted, as they were named.
  const std::vector<std::filesystem::path>& left_out() const { return left_out_; }

  /// Returns nullptr if there is none.
  const Class* find(std::string_view kind, std::string_view name) const;
  /// Returns the first loaded class with this other name; nullptr if there is none.
  const Class* find_by_other_name(std::string_view kind, std::string_view name) const;
  /// Returns the names of a kind, sorted.
  std::vector<std::string> names(std::string_view kind) const;
  /// Returns the kinds that have a class, sorted.
  std::vector<std::string> kinds() const;
  const std::vector<std::shared_ptr<const Library>>& libraries() const;
  /// Returns the classes of a library, in its order.
  std::vector<const Class*> classes_of(const Library& library) const;

 private:
  const Class* find_loaded(std::string_view kind, std::string_view name) const;
  std::shared_ptr<const Library> add(const std::filesystem::path& file, const Place& place,
                                     const Pin& pin, const IndexedLibrary* indexed = nullptr) const;
  void add_classes(const std::shared_ptr<Library>& library, const std::string& name) const;
  bool load_indexed(std::size_t waiting) const;
  void load_waiting() const;

  // Whether a library is loaded already shows in nothing but the time, so asking for it may do
  // that.
  mutable std::vector<std::shared_ptr<const Library>> libraries_;
  mutable std::vector<std::unique_ptr<Class>> classes_;  // addresses are handed out
  mutable std::vector<IndexedLibrary> waiting_;          // only own ones are loaded while there are
  Warn warn_;
  Tell tell_;
  bool closed_ = false, owns_ = false;
  std::vector<std::filesystem::path> left_out_;
};

/// Returns the *.so of a folder, sorted. Throws PluginError.
std::vector<std::filesystem::path> libraries_in(const std::filesystem::path& folder);

/// Returns the kinds that this version knows, in the order in which documents list them.
const std::vector<std::string>& known_kinds();

/// Returns NNRUN_PLUGIN_PATH, by secure_getenv.
std::string plugin_path();
/// Loads what no config needs to name: colon-separated files or folders, then the program's own
/// plugin folder, found from its own file, in the build tree or installed. name: of the path, for
/// messages.
void load_default_plugins(Registry& registry, const std::string& path = plugin_path(),
                          const std::string& name = "NNRUN_PLUGIN_PATH");
/// Loads the program's own folder alone.
void load_own_plugins(Registry& registry);
/// Writes the index of that folder and returns its name. Throws PluginError or RecordError.
std::filesystem::path index_own_plugins();

}  // namespace nnrun::host
