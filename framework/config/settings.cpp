#include "config/settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "config/hints.hpp"
#include "config/paths.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace {

std::string quoted(const char* name) {
  return std::string("'").append(name).append("'");
}

/// `010` is 8 for some readers of YAML and 10 for others.
bool leading_zero(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

std::optional<double> number_in(std::string_view text) {
  return leading_zero(text) ? std::nullopt : parse_double(text);
}

std::optional<std::string> without_zeros(std::string text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  while (leading_zero(text)) text.erase(sign, 1);
  return number_in(text) ? std::optional(text) : std::nullopt;
}

/// Returns what the user probably wanted to write instead.
std::string hint_for_number(const ConfigNode& node, bool whole) {
  const std::string& text = node.text;
  if (node.quoted) return number_in(text) ? "remove the quotes" : "";
  if (leading_zero(text)) {
    const auto digits = without_zeros(text);
    return digits ? "a number does not start with 0: write " + *digits : "";
  }
  if (const auto x = number_in(text); x && whole && *x == std::trunc(*x) && std::abs(*x) < 1e15)
    return "write " + std::to_string(static_cast<long long>(*x));
  if (text.find("inf") != text.npos || text.find("nan") != text.npos)
    return "only finite numbers are allowed";
  std::string plain = text;
  std::erase(plain, '_');
  if (plain != text && number_in(plain)) return "write " + plain;
  std::ranges::replace(plain, ',', '.');
  if (plain != text && !whole && number_in(plain)) return "write " + plain;
  const std::size_t digits = text.find_first_not_of("+-");
  if (digits != text.npos && text.find_first_not_of("0123456789", digits) == text.npos)
    return "numbers go up to 9223372036854775807 here";
  return {};
}

/// Returns the choice that was probably meant, and all of them if they are few and it is only
/// written alike: such a word may be a good one elsewhere.
std::string hint_of_choices(const std::string& written, const std::vector<std::string>& choices) {
  constexpr std::size_t few = 8;
  const std::string hint = hint_for(written, choices);
  const std::optional<std::string> near = nearest(written, choices);
  const auto letters = [](std::string word) {
    std::erase_if(word, [](char c) { return c == '_' || c == '-'; });
    return word;
  };
  const bool is_other_word =
      near && hint == "did you mean '" + *near + "'?" && letters(*near) != letters(written);
  return is_other_word && choices.size() > 2 && choices.size() <= few
             ? hint + " (one of: " + join(choices, ", ") + ")"
             : hint;
}

std::string hint_for_bool(const ConfigNode& node) {
  constexpr std::array<std::string_view, 7> yes{"yes", "Yes", "YES", "on", "On", "ON", "y"};
  constexpr std::array<std::string_view, 7> no{"no", "No", "NO", "off", "Off", "OFF", "n"};
  if (node.text == "true" || node.text == "false") return "remove the quotes";
  if (std::ranges::count(yes, node.text) || node.text == "True" || node.text == "TRUE" ||
      node.text == "1")
    return "write true";
  if (std::ranges::count(no, node.text) || node.text == "False" || node.text == "FALSE" ||
      node.text == "0")
    return "write false";
  return {};
}

/// "a whole number", "in (0, 1]", "above 0"
std::string wanted(const nnrun_setting& setting) {
  return (setting.type == NNRUN_BOOL ? "" : "a ") + type_words(setting);
}
/// Returns what x breaks; a largest value that range_words leaves out too.
std::string allowed(const nnrun_setting& setting, double x) {
  const std::string range = range_words(setting);
  if (range.starts_with('(') || range.starts_with('[')) return "in " + range;
  return x > setting.max ? "at most " + shortest(setting.max) : range;
}

class ValueReader {
 public:
  ValueReader(const nnrun_setting& setting, Problems& problems)
      : setting_(setting), problems_(problems) {}

  std::optional<Value> read(const ConfigNode& node) const {
    const bool is_list = setting_.type == NNRUN_FLOATS || setting_.type == NNRUN_STRINGS;
    if (!is_list && !node.is(ConfigNode::Kind::scalar)) return refuse(node, hint_for_map(node));
    switch (setting_.type) {
      case NNRUN_BOOL:
        return boolean(node);
      case NNRUN_INT:
        return whole(node);
      case NNRUN_FLOAT:
        if (const auto x = number(node)) return *x;
        return std::nullopt;
      case NNRUN_STRING:
        if (auto text = this->text(node)) return std::move(*text);
        return std::nullopt;
      case NNRUN_PATH:
        return path(node);
      case NNRUN_FLOATS:
        if (weighs_classes(setting_) && !node.is(ConfigNode::Kind::list)) return by_class(node);
        if (takes_lone_number(setting_) && node.is(ConfigNode::Kind::scalar)) return lone(node);
        return list<double>(node, [this](const ConfigNode& item) { return number(item); });
      case NNRUN_STRINGS:
        return list<std::string>(node, [this](const ConfigNode& item) { return text(item); });
      default:
        return refuse(node);
    }
  }

 private:
  std::nullopt_t refuse(const ConfigNode& node, std::string hint = {}) const {
    if (node.is(ConfigNode::Kind::broken)) return std::nullopt;
    problems_.add(
        node.place,
        quoted(setting_.name) + " must be " + wanted(setting_) + ", not " + described(node),
        std::move(hint));
    return std::nullopt;
  }

  /// Others nest what belongs to a choice: `layer: {type: lstm, units: 4}`.
  std::string hint_for_map(const ConfigNode& node) const {
    if (setting_.n_choices == 0 || !node.is(ConfigNode::Kind::map)) return {};
    return std::string("write ") + setting_.name + ": " + choices_of(setting_)[0] +
           ", or another name; what is set for it stands beside it";
  }

  bool in_range(const ConfigNode& node, double x) const {
    if (allows(setting_, x)) return true;
    problems_.add(
        node.place,
        quoted(setting_.name) + " must be " + allowed(setting_, x) + ", not " + node.text,
        is_percentage(x) ? "write " + shortest(x / 100) + ", if " + node.text + " % is meant" : "");
    return false;
  }
  /// Returns whether a number may be a percentage where a fraction is asked for.
  bool is_percentage(double x) const {
    return setting_.type == NNRUN_FLOAT && setting_.max == 1 && setting_.min == 0 && x >= 2 &&
           x < 100;
  }

  std::optional<Value> boolean(const ConfigNode& node) const {
    if (node.quoted || (node.text != "true" && node.text != "false"))
      return refuse(node, hint_for_bool(node));
    return node.text == "true";
  }

  std::optional<Value> whole(const ConfigNode& node) const {
    const auto n = parse_integer(node.text);
    if (!n || node.quoted || leading_zero(node.text))
      return refuse(node, hint_for_number(node, true));
    if (!in_range(node, static_cast<double>(*n))) return std::nullopt;
    return std::int64_t{*n};
  }

  std::optional<double> number(const ConfigNode& node) const {
    if (!node.is(ConfigNode::Kind::scalar)) return refuse(node);
    const auto x = node.quoted ? std::nullopt : number_in(node.text);
    if (!x) return refuse(node, hint_for_number(node, false));
    return in_range(node, *x) ? x : std::nullopt;
  }

  std::optional<Value> lone(const ConfigNode& node) const {
    if (const auto x = number(node)) return std::vector<double>{*x};
    return std::nullopt;
  }

  std::optional<std::string> text(const ConfigNode& node) const {
    if (!node.is(ConfigNode::Kind::scalar)) return refuse(node);
    const std::vector<std::string> choices = choices_of(setting_);
    if (node.text.find('\0') != node.text.npos)  // plugins see what stands before it alone
      return refuse(node, "a text cannot have the character \\0");
    if (choices.empty()) return node.text;
    if (std::ranges::count(choices, node.text)) return node.text;
    problems_.add(node.place,
                  std::string("unknown ").append(setting_.name) + " '" + node.text + "'",
                  hint_of_choices(node.text, choices));
    return std::nullopt;
  }

  std::optional<Value> path(const ConfigNode& node) const {
    const auto text = expanded(node, problems_);
    if (!text) return std::nullopt;
    if (!text->empty()) return absolute_path(*text, node.place).string();
    if (setting_.flags & NNRUN_REQUIRED) return refuse(node);
    return std::string();
  }

  template <class T, class Read>
  std::optional<Value> list(const ConfigNode& node, Read read) const {
    if (node.is(ConfigNode::Kind::scalar)) return refuse(node, "write [" + node.text + "]");
    if (!node.is(ConfigNode::Kind::list)) return refuse(node);
    std::vector<T> out;
    for (const ConfigNode& item : node.items) {
      if (item.is(ConfigNode::Kind::null))
        problems_.add(item.place, "an item is missing here", "delete one ','");
      else if (auto value = read(item))
        out.push_back(std::move(*value));
    }
    if (out.size() != node.items.size()) return std::nullopt;
    return out;
  }

  /// Reads what classes count where it is not a list.
  std::optional<Value> by_class(const ConfigNode& node) const {
    if (node.is(ConfigNode::Kind::scalar) && node.text == balanced_word) return node.text;
    const bool is_number = node.is(ConfigNode::Kind::scalar) && number_in(node.text);
    const bool class_by_class = (setting_.flags & NNRUN_CLASS_WEIGHTS) != 0;
    if (!node.is(ConfigNode::Kind::map))
      return refuse(node, is_number ? std::string("write ") +
                                          (class_by_class ? "a number for each class: [1, "
                                                          : "what 0 and 1 count: [1, ") +
                                          node.text + "]"
                                    : hint_for(node.text, std::vector<std::string>{balanced_word}));
    NamedNumbers numbers;
    for (const auto& [name, place, value] : node.entries) {
      const auto x = value.is(ConfigNode::Kind::scalar) && !value.quoted ? number_in(value.text)
                                                                         : std::nullopt;
      if (x)
        numbers.emplace_back(name, *x);
      else if (!value.is(ConfigNode::Kind::broken))
        problems_.add(
            value.place,
            quoted(setting_.name) + " of '" + name + "' must be a number, not " + described(value),
            hint_for_number(value, false));
    }
    if (numbers.size() != node.entries.size()) return std::nullopt;
    return numbers;
  }

  const nnrun_setting& setting_;
  Problems& problems_;
};

}  // namespace

std::optional<Value> read_value(const ConfigNode& node, const nnrun_setting& setting,
                                Problems& problems) {
  return ValueReader(setting, problems).read(node);
}

bool is_simple_name(std::string_view text, std::string_view others) {
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  };
  return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, fits);
}

}  // namespace nnrun::host
