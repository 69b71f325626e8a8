// A created plugin object: a class with its settings.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/foreign_call.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

/// What a config gives to a setting. The alternative follows from the setting's type
/// (string and path: std::string).
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<double>,
                           std::vector<std::string>>;

/// A class with all its settings, checked, in the order of the class's table.
struct Use {
  const Class* plugin = nullptr;
  std::vector<Value> settings;
  Place place;  ///< of the name in the config
  explicit operator bool() const { return plugin != nullptr; }
};

/// The default of a setting. Not for required ones.
Value default_of(const nnrun_setting& setting);
/// The settings of a class; the table's stride is in its first entry.
const nnrun_setting& setting_of(const Class& plugin, std::size_t i);
/// A use of a class with every setting at its default; std::nullopt-like empty Use if one is
/// required.
Use with_defaults(const Class& plugin);

/// What a plugin said through nnrun_host.error in this thread since the last call, and forget it.
Problem take_plugin_error();

/// Who hears what plugins log; must not throw. Level 0: for -v, 1: always shown. Without one, level
/// 1 goes to stderr.
using PluginLog = void (*)(int level, const char* message);
void set_plugin_log(PluginLog log);

/// In a catch block: what it caught becomes what the plugin said.
void remember_exception();

/// A field that a later minor appended to a table; nullptr where the table was built against an
/// older one.
template <class Table, class Field>
const Field* appended(const Table& table, Field Table::*field) {
  const auto* const begin = reinterpret_cast<const char*>(&table);
  const auto* const end = reinterpret_cast<const char*>(&(table.*field)) + sizeof(Field);
  return static_cast<std::size_t>(end - begin) <= table.size ? &(table.*field) : nullptr;
}
/// The field itself, or what it has where nobody set it.
template <class Table, class Field>
Field declared(const Table& table, Field Table::*field) {
  const Field* const found = appended(table, field);
  return found != nullptr ? *found : Field{};
}
/// Of functions, one per dtype; nullptr also where the table does not have it.
template <class Table, class Functions>
auto appended(const Table& table, Functions Table::*field, int dtype) {
  const Functions* const functions = appended(table, field);
  return functions != nullptr ? (*functions)[dtype] : nullptr;
}

/// The table that a class offers under this id; nullptr where it offers none. Throws PluginError
/// where it throws.
const void* extension_of(const Class& plugin, const char* id);
template <class Table>
const Table* extension_of(const Class& plugin, const char* id) {
  return static_cast<const Table*>(extension_of(plugin, id));
}

class Object {
 public:
  Object() = default;
  /// Creates it. Throws ConfigError at use.place where the class refuses its settings.
  explicit Object(const Use& use);
  Object(Object&& other) noexcept { *this = std::move(other); }
  Object& operator=(Object&& other) noexcept;
  ~Object();

  void* self() const { return self_; }
  const Class& plugin() const { return *plugin_; }
  const Place& place() const { return place_; }
  explicit operator bool() const { return self_ != nullptr; }
  /// The function table of its kind: functions<nnrun_activation>().
  template <class Table>
  const Table& functions() const {
    return *static_cast<const Table*>(plugin_->table->functions);
  }
  /// function(self, arguments…), one of its table; whoever reports a crash knows of it meanwhile.
  /// Returns what it returns, or 1 for anything thrown, which take_plugin_error then tells.
  template <class... Arguments>
  int status_of(const char* method, int (*function)(void*, Arguments...),
                std::type_identity_t<Arguments>... arguments) const {
    const ForeignCall here(label_, method);
    try {
      return function(self_, arguments...);
    } catch (...) {
      remember_exception();
      return 1;
    }
  }
  /// The same; throws PluginError where it fails, as fail does.
  template <class... Arguments>
  void call(const char* method, int (*function)(void*, Arguments...),
            std::type_identity_t<Arguments>... arguments) const {
    if (status_of(method, function, arguments...) != 0) [[unlikely]]
      fail(method);
  }
  /// Throws PluginError "<kind> '<name>' failed in <method>: <what the plugin said>".
  [[noreturn]] void fail(const char* method) const;

 private:
  void reset() noexcept;

  const Class* plugin_ = nullptr;
  const char* label_ = nullptr;  // of the class
  void* self_ = nullptr;
  Place place_;
  struct Kept;  // the C view of the settings, alive as long as the object
  std::shared_ptr<Kept> kept_;
};

}  // namespace nnrun::host
