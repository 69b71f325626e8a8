// Rows of the table of keys: how a key binds to a field of Experiment. Its type and its default are
// the field's.
#pragma once
#include <algorithm>
#include <nnrun/settings.hpp>
#include <type_traits>
#include <utility>

#include "config/keys.hpp"
namespace nnrun::host::row {

// ---- fields of an Experiment as values ----

template <auto first, auto... rest>
auto& field_of(auto& owner) {
  auto& field = owner.*first;
  if constexpr (sizeof...(rest) == 0)
    return field;
  else if constexpr (requires { field.has_value(); })  // early_stopping
    return field_of<rest...>(field.value());
  else
    return field_of<rest...>(field);
}

using Texts = std::vector<Placed<std::string>>;
using File = Placed<std::filesystem::path>;

template <class Field>
Value value_of(const Field& field) {
  if constexpr (std::is_same_v<Field, Texts>) {
    std::vector<std::string> texts;
    for (const Placed<std::string>& text : field) texts.push_back(text.value);
    return texts;
  } else if constexpr (std::is_same_v<Field, File>) {
    return field.value.string();
  } else if constexpr (std::is_same_v<Field, Placed<std::string>>) {
    return field.value;
  } else if constexpr (std::is_same_v<Field, std::size_t>) {
    return static_cast<std::int64_t>(field);
  } else if constexpr (std::is_same_v<Field, Placed<std::size_t>>) {
    return static_cast<std::int64_t>(field.value);
  } else {
    return field;
  }
}

template <class Field>
void assign(Field& field, const Value& value, const ConfigNode& node) {
  if constexpr (std::is_same_v<Field, Texts>) {
    const auto& texts = std::get<std::vector<std::string>>(value);
    for (std::size_t i = 0; i < texts.size(); ++i) field.push_back({texts[i], node.items[i].place});
  } else if constexpr (std::is_same_v<Field, File> || std::is_same_v<Field, Placed<std::string>>) {
    field = {std::get<std::string>(value), node.place};
  } else if constexpr (std::is_same_v<Field, std::size_t>) {
    field = static_cast<std::size_t>(std::get<std::int64_t>(value));
  } else if constexpr (std::is_same_v<Field, Placed<std::size_t>>) {
    field = {static_cast<std::size_t>(std::get<std::int64_t>(value)), node.place};
  } else {
    field = std::get<Field>(value);
  }
}

template <class Field>
constexpr std::uint32_t type_of() {
  if (std::is_same_v<Field, bool>) return NNRUN_BOOL;
  if (std::is_same_v<Field, double>) return NNRUN_FLOAT;
  if (std::is_same_v<Field, std::size_t>) return NNRUN_INT;
  if (std::is_same_v<Field, Placed<std::size_t>>) return NNRUN_INT;
  if (std::is_same_v<Field, File>) return NNRUN_PATH;
  return std::is_same_v<Field, Texts> ? NNRUN_STRINGS : NNRUN_STRING;
}

// ---- rows ----

constexpr Accepts above_zero{.min = 0, .above_min = true};
constexpr Accepts share{.min = 0, .max = 1, .below_max = true};
constexpr Accepts required{.required = true};

constexpr Key special(const char* path, std::uint32_t type, const char* doc, Accepts range = {},
                      std::string_view hint = {}) {
  Key key{.path = path, .hint = hint};
  key.setting.size = sizeof key.setting;
  key.setting.type = type;
  key.setting.flags = (range.required ? NNRUN_REQUIRED : 0U) |
                      (range.above_min ? NNRUN_ABOVE_MIN : 0U) |
                      (range.below_max ? NNRUN_BELOW_MAX : 0U);
  key.setting.name = path;
  for (const char* c = path; *c != '\0'; ++c)
    if (*c == '.') key.setting.name = c + 1;
  key.setting.doc = doc;
  key.setting.min = range.min;
  key.setting.max = range.max;
  return key;
}

template <auto... members>
constexpr Key value(const char* path, const char* doc, Accepts range = {}) {
  using Field = std::remove_cvref_t<decltype(field_of<members...>(std::declval<Experiment&>()))>;
  Key key = special(path, type_of<Field>(), doc, range);
  key.shape = Key::Shape::value;
  key.get = [](const Experiment& e) { return value_of(field_of<members...>(e)); };
  key.set = [](Experiment& e, const Value& value, const ConfigNode& node) {
    assign(field_of<members...>(e), value, node);
  };
  return key;
}

/// A key with code of its own that takes one of some words.
template <const auto& words>
constexpr Key special_choice(const char* path, const char* doc) {
  Key key = special(path, NNRUN_STRING, doc);
  key.setting.choices = words.data();
  key.setting.n_choices = words.size();
  return key;
}

/// A key that takes one of some words; the field is the word's index.
template <const auto& words, auto... members>
constexpr Key choice(const char* path, const char* doc) {
  Key key = special(path, NNRUN_STRING, doc);
  key.shape = Key::Shape::value;
  key.setting.choices = words.data();
  key.setting.n_choices = words.size();
  key.get = [](const Experiment& e) {
    return Value(std::string(words[static_cast<std::size_t>(field_of<members...>(e))]));
  };
  key.set = [](Experiment& e, const Value& value, const ConfigNode&) {
    const auto found = std::ranges::find(words, std::get<std::string>(value));
    auto& field = field_of<members...>(e);
    field = static_cast<std::remove_cvref_t<decltype(field)>>(found - words.begin());
  };
  return key;
}

/// A key that takes one of some words, or is not given; the field is the word.
template <const auto& words, auto... members>
constexpr Key optional_choice(const char* path, const char* doc) {
  Key key = value<members...>(path, doc);
  key.setting.choices = words.data();
  key.setting.n_choices = words.size();
  return key;
}

constexpr Key class_of(const char* path, std::string_view kind, std::string_view fallback,
                       const char* doc, Accepts range = {}) {
  Key key = special(path, NNRUN_STRING, doc, range);
  key.shape = Key::Shape::use;
  key.kind = kind;
  key.fallback = fallback;
  return key;
}

template <auto... members>
constexpr Key use(const char* path, std::string_view kind, std::string_view fallback,
                  const char* doc, Accepts range = {}) {
  Key key = class_of(path, kind, fallback, doc, range);
  key.use = [](const Experiment& e) -> const Use& { return field_of<members...>(e); };
  key.use_to_set = [](Experiment& e) -> Use& { return field_of<members...>(e); };
  return key;
}

constexpr Key layer_use(Use LayerSpec::*field, const char* path, std::string_view kind,
                        std::string_view fallback, const char* doc) {
  Key key = class_of(path, kind, fallback, doc);
  key.layer_use = field;
  return key;
}

constexpr Key map(const char* path, std::string_view hint, const char* doc, Accepts range = {}) {
  Key key = special(path, 0, doc, range, hint);
  key.shape = Key::Shape::map;
  return key;
}

constexpr Key list_of_classes(const char* path, std::string_view kind, std::string_view hint,
                              const char* doc, Accepts range = {}) {
  Key key = special(path, 0, doc, range, hint);
  key.kind = kind;
  return key;
}

}  // namespace nnrun::host::row
