// A created plugin object: a class with its settings.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/foreign_call.hpp"
#include "loading/registry.hpp"
namespace nnrun::host {

/// Numbers by name, in the order of the config.
using NamedNumbers = std::vector<std::pair<std::string, double>>;
/// The value of a setting. Its type decides the alternative (string and path: std::string). What
/// classes count may also be a text, `balanced`, or NamedNumbers: an object has no such numbers
/// before they are known.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<double>,
                           std::vector<std::string>, NamedNumbers>;

/// A class with all its settings, checked, in the order of the class's table.
struct Use {
  const Class* plugin = nullptr;
  std::vector<Value> settings;
  Place place;  ///< of the name in the config
  explicit operator bool() const { return plugin != nullptr; }
};

/// Returns the default of a setting that is not required.
Value default_of(const nnrun_setting& setting);
/// Returns setting i of a class; the stride of the table is in its first entry.
const nnrun_setting& setting_of(const Class& plugin, std::size_t i);
/// Returns what a use has for the setting of a name; nullptr if its class has no such setting.
const Value* value_of(const Use& use, std::string_view name);
/// Returns whether the class has a setting of this name that is on, or off.
bool has_flag(const Use& use, std::string_view name, bool on);
/// Returns a use of a class with every setting at its default; an empty Use if a setting is
/// required.
Use with_defaults(const Class& plugin);

/// Takes and clears the last error that this thread's plugin reported through nnrun_host.error.
Problem take_plugin_error();

/// Receives what plugins log; must not throw. Level 0: for -v, 1: always shown. Without one, level
/// 1 goes to stderr.
using PluginLog = void (*)(int level, const char* message);
void set_plugin_log(PluginLog log);

/// Takes what plugins log in place of that, in a part of the process.
struct LogOfPart {
  void (*take)(void* user, int level, const char* message);  ///< must not throw; null: dropped
  void* user;
};
/// Lets such a log have what plugins say in this thread, as long as it lasts. Threads that this one
/// shares work with do the same.
class LogsHere {
 public:
  explicit LogsHere(const LogOfPart* log) : outer_(now_) { now_ = log; }
  LogsHere(const LogsHere&) = delete;
  LogsHere& operator=(const LogsHere&) = delete;
  ~LogsHere() { now_ = outer_; }
  /// Returns nullptr if there is none.
  static const LogOfPart* now() { return now_; }

 private:
  const LogOfPart* outer_;
  // Initial-exec: it is written for every single prediction.
  [[gnu::tls_model("initial-exec")]] inline static thread_local constinit const LogOfPart* now_ =
      nullptr;
};

/// Makes the exception that is being handled the plugin's last error.
void remember_exception();

/// Returns a field that a later minor appended to a table; nullptr if the table was built against
/// an older one.
template <class Table, class Field>
const Field* appended(const Table& table, Field Table::*field) {
  const auto* const begin = reinterpret_cast<const char*>(&table);
  const auto* const end = reinterpret_cast<const char*>(&(table.*field)) + sizeof(Field);
  return static_cast<std::size_t>(end - begin) <= table.size ? &(table.*field) : nullptr;
}
/// Returns the value of such a field, or its initial value.
template <class Table, class Field>
Field declared(const Table& table, Field Table::*field) {
  const Field* const found = appended(table, field);
  return found != nullptr ? *found : Field{};
}
/// Returns one of such functions, one per dtype; nullptr also if the table leaves it out.
template <class Table, class Functions>
auto appended(const Table& table, Functions Table::*field, int dtype) {
  const Functions* const functions = appended(table, field);
  return functions != nullptr ? (*functions)[dtype] : nullptr;
}

/// Returns the table that a class offers under this id; nullptr if it offers none. Throws
/// PluginError if the class throws.
const void* extension_of(const Class& plugin, const char* id);
template <class Table>
const Table* extension_of(const Class& plugin, const char* id) {
  return static_cast<const Table*>(extension_of(plugin, id));
}

/// What calls of an object need, side by side, for those that are made in every step. Functions:
/// the table of one dtype.
template <class Functions>
struct Prepared {
  const char* label = nullptr;  ///< of the class
  void* self = nullptr;
  Functions functions{};
  explicit operator bool() const { return label != nullptr; }
};

/// Calls of prepared objects, one after the other: one handler serves all of them.
class CallsInARow {
 public:
  /// Calls f(*this), which returns false at the first call that fails. Returns whether none did, or
  /// threw; otherwise ForeignCall::now() is the one, and take_plugin_error returns what it said.
  template <class F>
  bool succeed(F f) {
    try {
      return f(*this);
    } catch (...) {
      remember_exception();
      return false;
    }
  }
  /// Calls function(self, arguments…) of `object`, and names it in the report if it crashes.
  /// Returns whether it succeeds.
  template <class Functions, class... Arguments>
  bool call(const Prepared<Functions>& object, const char* method,
            int (*function)(void*, Arguments...), std::type_identity_t<Arguments>... arguments) {
    calls_.next(object.label, method);
    return function(object.self, arguments...) == 0;
  }

 private:
  ForeignCalls calls_;
};

class Object {
 public:
  Object() = default;
  /// Creates the object. Throws ConfigError at use.place if the class refuses its settings.
  explicit Object(const Use& use);
  Object(Object&& other) noexcept { *this = std::move(other); }
  Object& operator=(Object&& other) noexcept;
  ~Object();

  void* self() const { return self_; }
  const Class& plugin() const { return *plugin_; }
  const Place& place() const { return place_; }
  explicit operator bool() const { return self_ != nullptr; }
  /// Returns the function table of its kind: functions<nnrun_activation>().
  template <class Table>
  const Table& functions() const {
    return functions_of<Table>(*plugin_);
  }
  template <class Functions>
  Prepared<Functions> prepared(const Functions& functions) const {
    return {label_, self_, functions};
  }
  /// Calls function(self, arguments…) of its table, and names it in the report if it crashes.
  /// Returns its status, or 1 if it throws: take_plugin_error then returns what.
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
  /// The same, but throws PluginError if it fails, as fail does.
  template <class... Arguments>
  void call(const char* method, int (*function)(void*, Arguments...),
            std::type_identity_t<Arguments>... arguments) const {
    if (status_of(method, function, arguments...) != 0) [[unlikely]]
      fail(method);
  }
  /// Throws PluginError "<kind> '<name>' failed in <method>: <what the plugin said>".
  [[noreturn]] void fail(const char* method) const;
  /// Throws that error if the call is one of this class, which is all that the message tells.
  void fail_if_called(Called called) const {
    if (label_ != nullptr && label_ == called.what) fail(called.method);
  }

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
