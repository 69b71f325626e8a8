#include "loading/kinds.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
#include "loading/object.hpp"
#include "loading/refuse.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t most_classes = 10'000, most_settings = 1'000, longest_class_name = 64;
constexpr std::uint32_t most_slots = 16, largest_setting = 4096;

constexpr auto by_the_header =
    "NNRUN_REGISTER of <nnrun/plugin.hpp> writes such tables; one written by hand must be as "
    "<nnrun/abi.h> says";
constexpr auto by_param = "compare with nnrun::param in <nnrun/settings.hpp>";
constexpr auto once = "write NNRUN_REGISTER once for every class, each with a name of its own";

bool is_name(const char* name) {
  if (name == nullptr) return false;
  const std::string_view text(name);
  return !text.empty() && text.size() <= longest_class_name &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

// ---- each kind's function table: what it must have, or nullptr ----

const char* missing_in(const nnrun_activation& table) {
  for (const auto& f : table.by_dtype) {
    if (f.forward == nullptr) return "forward";
    if (f.backward == nullptr) return "backward";
  }
  return nullptr;
}
const char* missing_in(const nnrun_cost& table) {
  for (const auto& f : table.by_dtype) {
    if (f.value == nullptr) return "value";
    if (f.slope == nullptr) return "slope";
  }
  return nullptr;
}
const char* missing_in(const nnrun_metric& table) {
  return table.value[NNRUN_F32] != nullptr && table.value[NNRUN_F64] != nullptr ? nullptr : "value";
}
const char* missing_in(const nnrun_layer& table) {
  if (table.plan == nullptr) return "plan";
  for (const auto& f : table.by_dtype) {
    if (f.forward == nullptr) return "forward";
    if (f.backward_inputs == nullptr) return "backward_inputs";
  }
  return nullptr;
}
const char* missing_in(const nnrun_optimizer& table) {
  if (table.n_slots > most_slots) return "slots that can be counted";
  for (std::uint32_t i = 0; i < table.n_slots; ++i)
    if (table.slot_names == nullptr || !is_name(table.slot_names[i])) return "names for its slots";
  return table.update[NNRUN_F32] != nullptr && table.update[NNRUN_F64] != nullptr ? nullptr
                                                                                  : "update";
}
const char* missing_in(const nnrun_schedule& table) {
  return table.factor != nullptr ? nullptr : "factor";
}
const char* missing_in(const nnrun_regularizer& table) {
  for (const auto& f : table.by_dtype) {
    if (f.add == nullptr) return "add";
    if (f.penalty == nullptr) return "penalty";
  }
  return nullptr;
}
const char* missing_in(const nnrun_gradient& table) {
  return table.compute != nullptr ? nullptr : "compute";
}
const char* missing_in(const nnrun_random& table) {
  if (table.seed == nullptr) return "seed";
  return table.uniform != nullptr ? nullptr : "uniform";
}
const char* missing_in(const nnrun_initializer& table) {
  return table.fill != nullptr ? nullptr : "fill";
}
const char* missing_in(const nnrun_dataset& table) {
  if (table.open == nullptr) return "open";
  return table.read != nullptr ? nullptr : "read";
}

const char* missing_in(const nnrun_augmentation& table) {
  if (table.plan == nullptr) return "plan";
  return table.change[NNRUN_F32] != nullptr && table.change[NNRUN_F64] != nullptr ? nullptr
                                                                                  : "change";
}

const char* missing_in(const nnrun_exchange& table) {
  if (table.join == nullptr) return "join";
  if (table.move == nullptr) return "move";
  return table.leave != nullptr ? nullptr : "leave";
}

/// Returns the size that a kind's table had in 1.0. Later minors append to it, and what they append
/// is optional: `appended` looks for it.
template <class Table>
constexpr std::size_t first_size = sizeof(Table);
template <>
constexpr std::size_t first_size<nnrun_class> = offsetof(nnrun_class, extension);
template <>
constexpr std::size_t first_size<nnrun_activation> = offsetof(nnrun_activation, outputs);
template <>
constexpr std::size_t first_size<nnrun_cost> = offsetof(nnrun_cost, outputs);
template <>
constexpr std::size_t first_size<nnrun_layer> = offsetof(nnrun_layer, observe);
template <>
constexpr std::size_t first_size<nnrun_metric> = offsetof(nnrun_metric, table);
template <>
constexpr std::size_t first_size<nnrun_dataset> = offsetof(nnrun_dataset, place);

template <class Table>
const char* missing(const void* functions) {
  const auto& table = *static_cast<const Table*>(functions);
  return table.size < first_size<Table> ? "whole table of functions" : missing_in(table);
}

struct Kind {
  std::string_view name;
  unsigned version;
  const char* (*missing)(const void* functions);
};
constexpr std::array<Kind, 13> kinds{{{"layer", 1, missing<nnrun_layer>},
                                      {"activation", 1, missing<nnrun_activation>},
                                      {"initializer", 1, missing<nnrun_initializer>},
                                      {"cost", 1, missing<nnrun_cost>},
                                      {"gradient", 1, missing<nnrun_gradient>},
                                      {"optimizer", 1, missing<nnrun_optimizer>},
                                      {"schedule", 1, missing<nnrun_schedule>},
                                      {"regularizer", 1, missing<nnrun_regularizer>},
                                      {"metric", 1, missing<nnrun_metric>},
                                      {"dataset", 1, missing<nnrun_dataset>},
                                      {"random", 1, missing<nnrun_random>},
                                      {"augmentation", 1, missing<nnrun_augmentation>},
                                      {"exchange", 1, missing<nnrun_exchange>}}};

/// Returns the kind of a class, from a text such as "activation/1".
const Kind& kind_of(const nnrun_class& table, const std::string& name) {
  const std::string_view text(table.kind);
  const std::string word(text.substr(0, text.find('/')));
  const auto version = parse_integer(text.substr(std::min(word.size() + 1, text.size())));
  const std::string class_name = "'" + name + "': '" + table.name + "' ";
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == word; });
  if (found == kinds.end() || !version)
    refuse(class_name + "is of the unknown kind '" + table.kind + "'",
           did_you_mean(word, known_kinds()));
  if (*version != found->version)
    refuse(class_name + "needs " + table.kind + ", this nnrun knows " + word + "/" +
               std::to_string(found->version),
           *version > found->version
               ? "install a newer nnrun, or rebuild the library with the headers of this one"
               : "rebuild the library with the headers of this nnrun");
  return *found;
}

bool has_list(const void* list, std::size_t n) {
  return n == 0 || list != nullptr;
}

/// Returns what is wrong with a setting, or nullptr.
const char* fault_of(const nnrun_setting& setting) {
  if (setting.type < NNRUN_BOOL || setting.type > NNRUN_STRINGS) return "has an unknown type";
  if (setting.doc == nullptr) return "has no doc";
  if (!has_list(setting.choices, setting.n_choices)) return "has no table of choices";
  for (std::uint32_t i = 0; i < setting.n_choices; ++i)
    if (setting.choices[i] == nullptr) return "has a choice without text";
  if ((setting.flags & NNRUN_REQUIRED) != 0) return nullptr;
  const nnrun_value& initial = setting.initial;
  if (initial.type != setting.type) return "has a default of another type";
  if (setting.type == NNRUN_FLOATS && !has_list(initial.u.floats, initial.count))
    return "has a default without numbers";
  if (setting.type == NNRUN_STRINGS) {
    if (!has_list(initial.u.strings, initial.count)) return "has a default without texts";
    for (std::uint32_t i = 0; i < initial.count; ++i)
      if (initial.u.strings[i] == nullptr) return "has a default without texts";
  }
  return nullptr;
}

void require_settings(const Class& plugin, const std::string& of_class) {
  const nnrun_class& table = *plugin.table;
  if (!has_list(table.settings, table.n_settings))
    refuse(of_class + "has no table of settings", by_the_header);
  if (table.n_settings == 0) return;
  const std::uint32_t stride = table.settings->size;
  if (stride < sizeof(nnrun_setting) || stride > largest_setting ||
      stride % alignof(nnrun_setting) != 0 || table.n_settings > most_settings)
    refuse(of_class + "has a damaged table of settings", by_the_header);
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < table.n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    if (!is_name(setting.name))
      refuse(of_class + "has a setting (number " + std::to_string(i + 1) +
                 ") without a proper name: letters, digits, _ and -",
             by_param);
    if (const char* fault = fault_of(setting))
      refuse(of_class + "is described wrongly: setting '" + setting.name + "' " + fault, by_param);
    if (std::find(names.begin(), names.end(), setting.name) != names.end())
      refuse(of_class + "has two settings named '" + setting.name + "'",
             "give one of them another name");
    names.emplace_back(setting.name);
  }
}

std::unique_ptr<Class> class_of(const nnrun_class* table, std::size_t number,
                                const std::shared_ptr<const Library>& library,
                                const std::string& name) {
  const std::string of_number = "'" + name + "': class number " + std::to_string(number) + " ";
  if (table == nullptr) refuse(of_number + "is missing", by_the_header);
  if (table->size < first_size<nnrun_class>)
    refuse(of_number + "has a description that is cut short", by_the_header);
  if (!is_name(table->name))
    refuse(of_number + "has no proper name: letters, digits, _ and -, " +
               std::to_string(longest_class_name) + " at most",
           "give it one: static constexpr auto name = \"bent_identity\"");
  if (table->kind == nullptr)
    refuse("'" + name + "': '" + table->name + "' has no kind", by_the_header);
  const Kind& kind = kind_of(*table, name);
  auto out = std::make_unique<Class>(
      Class{std::string(kind.name), table->name, kind.version, table, library, {}});
  out->label = out->kind + " '" + out->name + "' (" + library->file.filename().string() + ")";
  const std::string of_class = "'" + name + "': " + out->kind + " '" + out->name + "' ";
  if (const char* const other = declared(*table, &nnrun_class::other_name)) {
    if (!is_name(other))
      refuse(of_class + "has another name that is not a proper one: letters, digits, _ and -",
             by_the_header);
    out->other_name = other;
  }
  if (table->doc == nullptr)
    refuse(of_class + "has no doc",
           "say what it is in a line: static constexpr auto doc = \"...\"");
  if (table->create == nullptr) refuse(of_class + "has no create", by_the_header);
  if (table->functions == nullptr) refuse(of_class + "has no functions", by_the_header);
  if (const char* missing = kind.missing(table->functions))
    refuse(of_class + "has no " + missing, by_the_header);
  require_settings(*out, of_class);
  return out;
}

}  // namespace

const std::vector<std::string>& known_kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Kind& kind : kinds) out.emplace_back(kind.name);
    return out;
  }();
  return names;
}

void require_interface(const nnrun_library& table, const std::string& name) {
  const auto interface = [](unsigned major, unsigned minor) {
    return std::to_string(major) + "." + std::to_string(minor);
  };
  if (table.size < sizeof(nnrun_library) || table.abi_major != NNRUN_ABI_MAJOR)
    refuse("'" + name + "' gives a table that is not one of plugin interface " +
               std::to_string(NNRUN_ABI_MAJOR),
           "rebuild the library with the headers of this nnrun");
  if (table.abi_minor > NNRUN_ABI_MINOR)
    refuse("'" + name + "' needs plugin interface " + interface(table.abi_major, table.abi_minor) +
               ", this nnrun has " + interface(NNRUN_ABI_MAJOR, NNRUN_ABI_MINOR),
           "install a newer nnrun, or rebuild the library with the headers of this one");
  for (const char* text : {table.name, table.version, table.license, table.compiler})
    if (text == nullptr)
      refuse("'" + name + "' gives a table without its name, version, license or compiler",
             by_the_header);
}

std::vector<std::unique_ptr<Class>> classes_of(const std::shared_ptr<const Library>& library,
                                               const std::string& name) {
  const auto *begin = library->table->begin, *end = library->table->end;
  if (begin == nullptr || end == nullptr || begin == end)
    refuse("'" + name + "' provides nothing", "write NNRUN_REGISTER(Class) for every class");
  // < on pointers of two arrays is unspecified
  if (std::less<>()(end, begin) || static_cast<std::size_t>(end - begin) > most_classes)
    refuse("'" + name + "' gives a damaged table of classes", by_the_header);
  std::vector<std::unique_ptr<Class>> out;
  for (const auto* table = begin; table != end; ++table) {
    out.push_back(class_of(*table, out.size() + 1, library, name));
    const Class& last = *out.back();
    for (std::size_t i = 0; i + 1 < out.size(); ++i)
      if (out[i]->kind == last.kind && out[i]->name == last.name)
        refuse("'" + name + "' provides " + last.kind + " '" + last.name + "' twice", once);
  }
  return out;
}

}  // namespace nnrun::host
