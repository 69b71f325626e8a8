#include "checking/law.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "config/uses.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace {

/// Returns a number within the limits of a setting, near `wish`.
double inside(const nnrun_setting& setting, double wish) {
  if (allows(setting, wish)) return wish;
  const bool above = (setting.flags & NNRUN_ABOVE_MIN) != 0;
  if (std::isfinite(setting.min) && std::isfinite(setting.max))
    return setting.type == NNRUN_INT ? (above ? setting.min + 1 : setting.min)
                                     : (setting.min + setting.max) / 2;
  return std::isfinite(setting.min) ? setting.min + 1 : setting.max - 1;
}

Value example_of(const nnrun_setting& setting) {
  switch (setting.type) {
    case NNRUN_BOOL:
      return false;
    case NNRUN_INT:
      return static_cast<std::int64_t>(inside(setting, 3));
    case NNRUN_FLOAT:
      return inside(setting, 0.5);
    case NNRUN_FLOATS:
      return std::vector<double>{inside(setting, 3), inside(setting, 5)};
    case NNRUN_STRINGS:
      return std::vector<std::string>{"a", "b"};
    default:
      return std::string(setting.n_choices > 0 ? setting.choices[0] : "example");
  }
}

double number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

/// Returns what is wrong with a default, or an empty text.
std::string fault_of_default(const nnrun_setting& setting) {
  if ((setting.flags & NNRUN_REQUIRED) != 0) return "";
  const std::string name = "'" + std::string(setting.name) + "'";
  const Value value = default_of(setting);
  if (is_number(setting)) {
    const double x = number_of(value);
    if (!allows(setting, x))
      return "the default " + shortest(x) + " of " + name + " is outside of its own limits";
  }
  if (setting.type == NNRUN_STRING && setting.n_choices > 0) {
    const auto& text = std::get<std::string>(value);
    if (!std::ranges::count(choices_of(setting), text))
      return "the default '" + text + "' of " + name + " is not one of its choices";
  }
  return "";
}

/// Returns values at the edges of what a setting allows. beside: the distance from a limit that is
/// excluded, relative to the larger of 1 and the limit; 0: the next number.
std::vector<Value> edges_of(const nnrun_setting& setting, double beside = 0) {
  std::vector<Value> out;
  if (setting.type == NNRUN_BOOL) return {false, true};
  if (setting.type == NNRUN_STRING)
    for (const std::string& choice : choices_of(setting)) out.emplace_back(choice);
  if (!is_number(setting)) return out;
  const bool whole = setting.type == NNRUN_INT;
  const auto add = [&](double limit, bool open, double inwards) {
    if (!std::isfinite(limit) || std::abs(limit) > 1e15) return;
    if (whole)
      return void(out.emplace_back(static_cast<std::int64_t>(open ? limit + inwards : limit)));
    if (!open) return void(out.emplace_back(limit));
    const double near = limit + inwards * beside * std::max(1., std::abs(limit));
    const bool fits = near != limit && allows(setting, near);
    out.emplace_back(fits ? near : std::nextafter(limit, limit + inwards));
  };
  add(setting.min, (setting.flags & NNRUN_ABOVE_MIN) != 0, 1);
  add(setting.max, (setting.flags & NNRUN_BELOW_MAX) != 0, -1);
  return out;
}

/// Returns why the class refuses its own defaults; empty if it takes them.
std::string refusal_of_defaults(const Subject& subject) {
  try {
    const Object once(subject.use), twice(subject.use);
    return "";
  } catch (const ConfigError& error) {
    if (!subject.defaults) throw;
    const Problem& problem = error.problems().front();
    const Class& plugin = subject.plugin();
    const std::string who = plugin.kind + " '" + plugin.name + "': ";
    std::string said =
        problem.what.starts_with(who) ? problem.what.substr(who.size()) : problem.what;
    if (!problem.where.empty()) said += " (" + problem.where + ")";
    if (!problem.hint.empty()) said += "; " + problem.hint;
    return said;
  }
}

/// Checks that defaults are allowed, and that what is allowed is created, or refused with a reason.
Finding settings_law(const Subject& subject) {
  const Class& plugin = subject.plugin();
  std::size_t refused = 0, tried = 0;
  if (const std::string said = refusal_of_defaults(subject); !said.empty())
    return broken("refuses its own defaults: " + said);
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    if (is_reserved(plugin.kind, setting))
      return broken("'" + std::string(setting.name) +
                    "' is a name that nnrun takes for itself; of this kind: " +
                    join(reserved_names(plugin.kind), ", "));
    if (std::string fault = fault_of_default(setting); !fault.empty()) return broken(fault);
    for (const Value& edge : edges_of(setting)) {
      Use use = subject.use;
      use.settings[i] = edge;
      ++tried;
      try {
        const Object object(use);
      } catch (const Error& error) {
        ++refused;
        if (error.problems().front().cause == Cause::no_reason)
          return broken("'" + std::string(setting.name) +
                        "' at the edge of what it allows is refused without a reason");
      }
    }
  }
  const std::size_t n = plugin.table->n_settings;
  if (n == 0) return kept("none");
  std::string text = std::to_string(n) + (n == 1 ? " setting, " : " settings, ") +
                     std::to_string(tried) + (tried == 1 ? " edge tried" : " edges tried");
  if (refused > 0) text += ", " + std::to_string(refused) + " refused with a reason";
  return kept(text);
}

std::string text_of_edge(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return shortest(number_of(value));
}

/// Returns true for an empty path, text or list: users are to fill it.
bool is_empty(const Value& value) {
  return std::visit(
      [](const auto& v) {
        if constexpr (requires { v.empty(); }) return v.empty();
        return false;
      },
      value);
}

}  // namespace

Finding at_edges_too(const Subject& subject, Finding (*find)(const Subject&)) {
  const Finding finding = find(subject);
  if (finding.status == LawStatus::fail) return finding;
  const Class& plugin = subject.plugin();
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    // a limit is excluded because the formula fails there: right beside it, it may fail too
    for (const Value& edge : edges_of(setting, 1e-6)) {
      Subject there = subject;
      there.use.settings[i] = edge;
      Finding found;
      try {
        found = find(there);
      } catch (const ConfigError&) {  // of the creation
        continue;
      } catch (const Error& error) {
        found = broken(error.what());
      }
      if (found.status == LawStatus::fail)
        return broken("with " + std::string(setting.name) + ": " + text_of_edge(edge) + ": " +
                      found.detail);
    }
  }
  return finding;
}

Subject subject_of(const Class& plugin, const Registry* built_in, std::size_t (*allocations)()) {
  Subject subject{{&plugin, {}, {}}, built_in, allocations, {}, false};
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i) {
    const nnrun_setting& setting = setting_of(plugin, i);
    const bool required = (setting.flags & NNRUN_REQUIRED) != 0;
    subject.use.settings.push_back(required ? example_of(setting) : default_of(setting));
    const bool sure = setting.type == NNRUN_BOOL || is_number(setting) || setting.n_choices > 0;
    if (required || is_empty(subject.use.settings.back())) subject.defaults = false;
    if (required && !sure) subject.guessed.emplace_back(setting.name);
  }
  return subject;
}

std::vector<Law> laws_of(const std::string& kind) {
  struct Room {
    const char* kind;
    std::span<const Law> (*laws)();
  };
  constexpr std::array rooms{Room{"activation", activation_laws},
                             Room{"cost", cost_laws},
                             Room{"augmentation", augmentation_laws},
                             Room{"dataset", dataset_laws},
                             Room{"exchange", exchange_laws},
                             Room{"gradient", gradient_laws},
                             Room{"initializer", initializer_laws},
                             Room{"layer", layer_laws},
                             Room{"metric", metric_laws},
                             Room{"optimizer", optimizer_laws},
                             Room{"random", random_laws},
                             Room{"regularizer", regularizer_laws},
                             Room{"schedule", schedule_laws}};
  std::vector<Law> laws{{"settings", settings_law}};
  for (const Room& room : rooms)
    if (kind == room.kind) {
      const std::span<const Law> own = room.laws();
      laws.insert(laws.end(), own.begin(), own.end());
    }
  return laws;
}

}  // namespace nnrun::host
