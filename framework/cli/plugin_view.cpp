#include "cli/plugin_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/function_plot.hpp"
#include "config/keys.hpp"
#include "config/schema.hpp"
#include "loading/object.hpp"
#include "loading/setting.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

/// Returns `[0, 1)`, `at least 0`, `one of 'a', 'b'`; empty if every value is allowed.
std::string allowed(const nnrun_setting& s) {
  if (s.n_choices) return "one of '" + join(choices_of(s), "', '") + "'";
  return is_number(s) ? range_words(s) : "";
}

/// An infinite default stands for a setting that is not given.
std::string default_text(const nnrun_setting& s) {
  if (s.flags & NNRUN_REQUIRED) return "required";
  const Value initial = default_of(s);
  const double* const number = std::get_if<double>(&initial);
  return number != nullptr && std::isinf(*number) ? "none" : words_of(initial);
}

std::string text_or_none(const char* text) {
  return text && *text ? text : "unknown";
}
std::string interface_of(const Library& library) {
  return fmt::format("{}.{}", library.table->abi_major, library.table->abi_minor);
}

constexpr const char* not_optimized =
    "built without optimisation, some 50 times slower: build it with -O3";

/// Returns the value or the slope, at one number, of an activation that works number by number.
double activation_at(const Object& activation, double x, bool slope) {
  alignas(64) double z[NNRUN_LANES] = {x}, a[NNRUN_LANES] = {}, da[NNRUN_LANES] = {1},
                     dz[NNRUN_LANES] = {};
  const auto& f = activation.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  activation.call("forward", f.forward, z, a, 1, 1);
  if (!slope) return a[0];
  activation.call("backward", f.backward, z, a, da, dz, 1, 1);
  return dz[0];
}

/// Draws the curve of an activation, or of a schedule over a run of 30 epochs; empty for other
/// kinds.
std::string curve_text(const Class& c, const Terminal& terminal) {
  const Use use = with_defaults(c);
  if (!use) return "";
  if (c.kind != "activation" && c.kind != "schedule") return "";
  const Object object(use);
  if (c.kind == "activation") {
    if (!(object.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE)) return "";
    std::string text;
    for (const bool slope : {false, true})
      text += std::string(slope ? "  slope\n" : "  value\n") +
              plot([&](double x) { return activation_at(object, x, slope); }, -5, 5, "x", terminal);
    return text;
  }
  const auto factor_at = [&](double epoch) {
    const std::vector<double> history(static_cast<std::size_t>(epoch), 1.);
    const nnrun_moment moment{.size = sizeof(nnrun_moment),
                              .higher_is_better = 0,
                              .step = static_cast<std::uint64_t>(std::lround(epoch * 100)),
                              .steps = 3000,
                              .steps_per_epoch = 100,
                              .history = history.data(),
                              .n_history = history.size()};
    double factor = 0;
    object.call("factor", object.functions<nnrun_schedule>().factor, &moment, &factor);
    return factor;
  };
  return "  factor, of a run of 30 epochs whose cost does not fall\n" +
         plot(factor_at, 0, 30, "epochs", terminal);
}

/// Escapes `|`, which would end a cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2)
    text.insert(at, 1, '\\');
  return text;
}

}  // namespace

nlohmann::ordered_json json_of(const Class& c) {
  Json settings = Json::array();
  for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
    const nnrun_setting& s = setting_of(c, i);
    Json setting{{"name", s.name},
                 {"type", type_words(s)},
                 {"doc", s.doc},
                 {"required", (s.flags & NNRUN_REQUIRED) != 0}};
    if (!(s.flags & NNRUN_REQUIRED)) setting["default"] = json_of(default_of(s));
    if (is_number(s) && std::isfinite(s.min)) setting["min"] = s.min;
    if (is_number(s) && std::isfinite(s.max)) setting["max"] = s.max;
    if (s.n_choices) setting["choices"] = choices_of(s);
    settings.push_back(setting);
  }
  return {{"kind", c.kind},
          {"name", c.name},
          {"doc", c.table->doc ? c.table->doc : ""},
          {"file", c.library->file.string()},
          {"settings", settings}};
}

nlohmann::ordered_json json_of(const Library& library) {
  return {{"file", library.file.string()},
          {"sha256", library.sha256()},
          {"version", text_or_none(library.table->version)},
          {"interface", interface_of(library)},
          {"compiler", text_or_none(library.table->compiler)},
          {"optimized", library.table->optimized != 0}};
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (widths.size() <= c) widths.push_back(0);
      widths[c] = std::max(widths[c], columns_of(row[c]));
    }
  std::string text;
  for (const auto& row : rows) {
    text += "  ";
    for (std::size_t c = 0; c < row.size(); ++c)
      text += c + 1 < row.size() ? left_aligned(row[c], widths[c] + 2) : row[c];
    text += "\n";
  }
  return text;
}

std::string library_lines(const Library& library) {
  return "  sha256 " + library.sha256() + "\n" +
         fmt::format("  version {}, interface {}, built by {}{}\n",
                     text_or_none(library.table->version), interface_of(library),
                     text_or_none(library.table->compiler),
                     library.table->optimized ? ", optimised" : "") +
         (library.table->optimized ? "" : std::string("  warning: ") + not_optimized + "\n");
}

std::string libraries_text(const Registry& registry, const Terminal& terminal) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& library : registry.libraries())
    rows.push_back({library->shown(), "sha256 " + library->sha256().substr(0, 12),
                    "interface " + interface_of(*library),
                    text_or_none(library->table->compiler) + ", " +
                        (library->table->optimized ? std::string("optimised") : not_optimized)});
  return terminal.bold("libraries") + "\n" + table_text(rows);
}

std::string class_title(const Class& c, const Terminal& terminal) {
  return terminal.bold(c.kind + " " + c.name) + "  " + (c.table->doc ? c.table->doc : "") + "\n";
}

std::string class_text(const Class& c, const Terminal& terminal) {
  std::string text;
  std::vector<std::vector<std::string>> rows;
  if (c.kind == "optimizer") {  // the host's key, with the class's default
    const nnrun_setting& rate = key_at("train.optimizer.learning_rate").setting;
    const double initial = functions_of<nnrun_optimizer>(c).learning_rate;
    rows.push_back(
        {rate.name, type_words(rate), "default " + shortest(initial), allowed(rate), rate.doc});
  }
  for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
    const nnrun_setting& s = setting_of(c, i);
    const std::string initial = default_text(s);
    rows.push_back({s.name, type_words(s), initial == "required" ? initial : "default " + initial,
                    allowed(s), s.doc});
  }
  if (rows.empty()) text += "  has no settings\n";
  return text + table_text(rows) + curve_text(c, terminal);
}

std::string reference_text(const Registry& registry) {
  std::string text = "# Classes that configs can name\n";
  for (const std::string& kind : known_kinds()) {
    const std::vector<std::string> names = registry.names(kind);
    if (!names.empty()) text += "\n## " + kind + "\n";
    for (const std::string& name : names) {
      const Class& c = *registry.find(kind, name);
      text += "\n### " + name + "\n\n" + (c.table->doc ? c.table->doc : "") + " (" +
              c.library->file.filename().string() + ")\n";
      if (c.table->n_settings)
        text += "\n| setting | | default | range | |\n|---|---|---|---|---|\n";
      for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
        const nnrun_setting& s = setting_of(c, i);
        text += "| `" + std::string(s.name) + "` | " + type_words(s) + " | " +
                cell(default_text(s)) + " | " + cell(allowed(s)) + " | " + cell(s.doc) + " |\n";
      }
    }
  }
  return text;
}

}  // namespace nnrun::host
