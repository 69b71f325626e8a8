#include "loading/object.hpp"

#include <atomic>
#include <cstdio>
#include <exception>
#include <utility>
namespace nnrun::host {
namespace {

Problem& last_error() {
  thread_local Problem problem;
  return problem;
}

// These two are called from plugins: no exception may leave them.
void remember_error(const char* what, const char* where, const char* hint) noexcept {
  try {
    const auto text = [](const char* given) { return std::string(given != nullptr ? given : ""); };
    Problem& problem = last_error();
    problem.what = text(what);
    if (problem.what == "std::bad_alloc") problem.what = "out of memory";
    problem.where = text(where);
    problem.hint = text(hint);
  } catch (...) {
    last_error() = {};  // out of memory: better an error without a reason than std::terminate
  }
}
std::atomic<PluginLog>& log_of_plugins() {
  static std::atomic<PluginLog> sink{nullptr};
  return sink;
}
void pass_on(int level, const char* message) noexcept {
  if (message == nullptr) return;
  if (const LogOfPart* const log = LogsHere::now()) {
    if (log->take != nullptr) log->take(log->user, level, message);
    return;
  }
  const PluginLog sink = log_of_plugins();
  if (sink != nullptr)
    sink(level, message);
  else if (level > 0)
    std::fprintf(stderr, "%s\n", message);
}

constexpr nnrun_host lent{sizeof(nnrun_host), NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR, remember_error,
                          pass_on};

std::string said_by(const Class& plugin) {
  return plugin.kind + " '" + plugin.name + "'";
}

[[noreturn]] void fail_in(const Class& plugin, const char* method) {
  Problem problem = take_plugin_error();
  if (problem.what.empty()) problem.what = "no reason given";
  problem.what = said_by(plugin) + " failed in " + method + ": " + problem.what;
  if (problem.where.empty()) problem.where = plugin.library->shown();
  throw PluginError(std::move(problem));
}

}  // namespace

/// The values that create is given. It may keep the pointers, so they live as long as the object.
struct Object::Kept {
  std::vector<Value> settings;
  std::vector<std::vector<const char*>> lists;  // of strings: one per setting, most of them empty
  std::vector<nnrun_value> values;

  Kept(const Class& plugin, std::vector<Value> given)
      : settings(std::move(given)), lists(settings.size()), values(settings.size()) {
    for (std::size_t i = 0; i < settings.size(); ++i) {
      values[i].type = setting_of(plugin, i).type;
      std::visit([&](const auto& value) { show(value, values[i], lists[i]); }, settings[i]);
    }
  }

 private:
  using List = std::vector<const char*>;
  static void show(bool value, nnrun_value& out, List&) { out.u.i = value ? 1 : 0; }
  static void show(std::int64_t value, nnrun_value& out, List&) { out.u.i = value; }
  static void show(double value, nnrun_value& out, List&) { out.u.f = value; }
  static void show(const std::string& value, nnrun_value& out, List&) {
    if (out.type != NNRUN_FLOATS) out.u.s = value.c_str();
  }
  static void show(const NamedNumbers&, nnrun_value&, List&) {}
  static void show(const std::vector<double>& value, nnrun_value& out, List&) {
    out.count = static_cast<std::uint32_t>(value.size());
    out.u.floats = value.data();
  }
  static void show(const std::vector<std::string>& value, nnrun_value& out, List& list) {
    for (const std::string& text : value) list.push_back(text.c_str());
    out.count = static_cast<std::uint32_t>(list.size());
    out.u.strings = list.data();
  }
};

const nnrun_setting& setting_of(const Class& plugin, std::size_t i) {
  const auto* first = reinterpret_cast<const char*>(plugin.table->settings);
  return *reinterpret_cast<const nnrun_setting*>(first + i * plugin.table->settings->size);
}

const Value* value_of(const Use& use, std::string_view name) {
  for (std::size_t i = 0; i < use.settings.size(); ++i)
    if (setting_of(*use.plugin, i).name == name) return &use.settings[i];
  return nullptr;
}

bool has_flag(const Use& use, std::string_view name, bool on) {
  const Value* const value = value_of(use, name);
  const auto* const flag = value ? std::get_if<bool>(value) : nullptr;
  return flag != nullptr && *flag == on;
}

Value default_of(const nnrun_setting& setting) {
  const nnrun_value& initial = setting.initial;
  switch (setting.type) {
    case NNRUN_BOOL:
      return initial.u.i != 0;
    case NNRUN_INT:
      return initial.u.i;
    case NNRUN_FLOAT:
      return initial.u.f;
    case NNRUN_FLOATS:
      return std::vector<double>(initial.u.floats, initial.u.floats + initial.count);
    case NNRUN_STRINGS:
      return std::vector<std::string>(initial.u.strings, initial.u.strings + initial.count);
    default:
      return std::string(initial.u.s != nullptr ? initial.u.s : "");
  }
}

Use with_defaults(const Class& plugin) {
  Use use{&plugin, {}, {}};
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    if ((setting.flags & NNRUN_REQUIRED) != 0) return {};
    use.settings.push_back(default_of(setting));
  }
  return use;
}

const void* extension_of(const Class& plugin, const char* id) {
  const auto* const extension = appended(*plugin.table, &nnrun_class::extension);
  if (extension == nullptr || *extension == nullptr) return nullptr;
  try {
    const ForeignCall here(plugin.label.c_str(), "extension");
    return (*extension)(id);
  } catch (...) {
    remember_exception();
  }
  fail_in(plugin, "extension");
}

Problem take_plugin_error() {
  return std::exchange(last_error(), {});
}

void remember_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    remember_error(error.what(), nullptr, nullptr);
  } catch (...) {
    remember_error("threw something that is not a std::exception", nullptr, nullptr);
  }
}

void set_plugin_log(PluginLog log) {
  log_of_plugins() = log;
}

Object::Object(const Use& use)
    : plugin_(use.plugin),
      label_(use.plugin->label.c_str()),
      place_(use.place),
      kept_(std::make_shared<Kept>(*use.plugin, use.settings)) {
  last_error() = {};
  try {
    const ForeignCall here(label_, "create");
    self_ = plugin_->table->create(&lent, kept_->values.data(),
                                   static_cast<std::uint32_t>(kept_->values.size()));
  } catch (...) {
    remember_exception();
  }
  if (self_ != nullptr) return;
  Problem problem = take_plugin_error();
  if (problem.what.empty()) {
    problem.what = "refused its settings without a reason";
    problem.cause = Cause::no_reason;
  }
  problem.what = said_by(*plugin_) + ": " + problem.what;
  // messages show one place, the config's: keep the plugin's in the text
  if (place_.source != nullptr && !problem.where.empty())
    problem.what += " (" + problem.where + ")";
  problem.place = place_;
  throw ConfigError(std::move(problem));
}

Object& Object::operator=(Object&& other) noexcept {
  if (this == &other) return *this;
  reset();
  plugin_ = other.plugin_;
  label_ = other.label_;
  self_ = std::exchange(other.self_, nullptr);
  place_ = std::move(other.place_);
  kept_ = std::move(other.kept_);
  return *this;
}

void Object::reset() noexcept {
  if (self_ != nullptr && plugin_->table->destroy != nullptr) {
    const ForeignCall here(label_, "destroy");
    plugin_->table->destroy(self_);
  }
  self_ = nullptr;
}

Object::~Object() {
  reset();
}

void Object::fail(const char* method) const {
  fail_in(*plugin_, method);
}

}  // namespace nnrun::host
