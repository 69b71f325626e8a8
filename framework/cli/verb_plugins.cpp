#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/plot.hpp"
#include "cli/terminal.hpp"
#include "cli/verbs.hpp"
#include "loading/object.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

const char* type_name(const nnrun_setting& s) {
  switch (s.type) {
    case NNRUN_BOOL:
      return "true or false";
    case NNRUN_INT:
      return "whole number";
    case NNRUN_FLOAT:
      return "number";
    case NNRUN_PATH:
      return "path";
    case NNRUN_FLOATS:
      return "list of numbers";
    case NNRUN_STRINGS:
      return "list of texts";
    default:
      return "text";
  }
}

std::vector<std::string> choices_of(const nnrun_setting& s) {
  return {s.choices, s.choices + s.n_choices};
}

bool is_number(const nnrun_setting& s) {
  return s.type == NNRUN_INT || s.type == NNRUN_FLOAT;
}

/// `[0, 1)`, `at least 0`, `one of a, b`; empty where everything goes.
std::string range_of(const nnrun_setting& s) {
  if (s.n_choices) return "one of '" + join(choices_of(s), "', '") + "'";
  if (!is_number(s)) return "";
  const bool low = std::isfinite(s.min), high = std::isfinite(s.max),
             above = s.flags & NNRUN_ABOVE_MIN, below = s.flags & NNRUN_BELOW_MAX;
  if (low && high)
    return (above ? "(" : "[") + shortest(s.min) + ", " + shortest(s.max) + (below ? ")" : "]");
  if (low) return (above ? "above " : "at least ") + shortest(s.min);
  if (high) return (below ? "below " : "at most ") + shortest(s.max);
  return "";
}

std::string text_of(const Value& value) {
  struct {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t i) const { return std::to_string(i); }
    std::string operator()(double d) const { return shortest(d); }
    std::string operator()(const std::string& s) const { return s.empty() ? "none" : s; }
    std::string operator()(const std::vector<double>& list) const {
      std::vector<std::string> parts;
      for (const double x : list) parts.push_back(shortest(x));
      return "[" + join(parts, ", ") + "]";
    }
    std::string operator()(const std::vector<std::string>& list) const {
      return "[" + join(list, ", ") + "]";
    }
  } text;
  return std::visit(text, value);
}

std::string default_text(const nnrun_setting& s) {
  return s.flags & NNRUN_REQUIRED ? "required" : text_of(default_of(s));
}

Json json_of(const Class& c) {
  Json settings = Json::array();
  for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
    const nnrun_setting& s = setting_of(c, i);
    Json setting{{"name", s.name},
              {"type", type_name(s)},
              {"doc", s.doc},
              {"required", (s.flags & NNRUN_REQUIRED) != 0}};
    if (!(s.flags & NNRUN_REQUIRED))
      setting["default"] = std::visit([](const auto& v) { return Json(v); }, default_of(s));
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

void print_table(const Terminal& out, const std::vector<std::vector<std::string>>& rows,
                 const std::string& indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (widths.size() <= c) widths.push_back(0);
      widths[c] = std::max(widths[c], columns_of(row[c]));
    }
  for (const auto& row : rows) {
    std::string line = indent;
    for (std::size_t c = 0; c < row.size(); ++c)
      line += c + 1 < row.size() ? left_aligned(row[c], widths[c] + 2) : row[c];
    out.write(line + "\n");
  }
}

std::string text_or_none(const char* text) {
  return text && *text ? text : "unknown";
}
std::string interface_of(const Library& library) {
  return fmt::format("{}.{}", library.table->abi_major, library.table->abi_minor);
}

Json json_of(const Library& library) {
  return {{"file", library.file.string()},
          {"sha256", library.sha256()},
          {"version", text_or_none(library.table->version)},
          {"interface", interface_of(library)},
          {"compiler", text_or_none(library.table->compiler)},
          {"optimized", library.table->optimized != 0}};
}

constexpr const char* not_optimized =
    "built without optimisation, some 50 times slower: build it with -O3";

/// One number of an activation that takes them one by one, or its slope there.
double activation_at(const Object& activation, double x, bool slope) {
  alignas(64) double z[NNRUN_LANES] = {x}, a[NNRUN_LANES] = {}, da[NNRUN_LANES] = {1},
                     dz[NNRUN_LANES] = {};
  const auto& f = activation.functions<nnrun_activation>().by_dtype[NNRUN_F64];
  activation.require(f.forward(activation.self(), z, a, 1, 1), "forward");
  if (!slope) return a[0];
  activation.require(f.backward(activation.self(), z, a, da, dz, 1, 1), "backward");
  return dz[0];
}

/// The curve of a class that is one: an activation, or a schedule over a run of 30 epochs.
void print_curve(const Terminal& out, const Class& c) {
  const Use use = with_defaults(c);
  if (!use) return;
  const Object object(use);
  if (c.kind == "activation") {
    if (!(object.functions<nnrun_activation>().flags & NNRUN_ELEMENTWISE)) return;
    for (const bool slope : {false, true})
      out.write(std::string(slope ? "  slope\n" : "  value\n") +
                plot([&](double x) { return activation_at(object, x, slope); }, -5, 5, "x", out));
  } else if (c.kind == "schedule") {
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
      object.require(object.functions<nnrun_schedule>().factor(object.self(), &moment, &factor),
                     "factor");
      return factor;
    };
    out.write("  factor, of a run of 30 epochs whose cost does not fall\n" +
              plot(factor_at, 0, 30, "epochs", out));
  }
}

void print_class(const Terminal& out, const Class& c) {
  const Library& library = *c.library;
  out.write(out.bold(c.kind + " " + c.name) + "  " + (c.table->doc ? c.table->doc : "") + "\n");
  out.write("  from " + library.file.string() + "\n  sha256 " + library.sha256() + "\n" +
            fmt::format("  version {}, interface {}, built by {}\n",
                        text_or_none(library.table->version), interface_of(library),
                        text_or_none(library.table->compiler)));
  if (!library.table->optimized) out.write(std::string("  warning: ") + not_optimized + "\n");
  if (c.kind == "optimizer")
    out.write("  learning_rate  number  default " +
              shortest(static_cast<const nnrun_optimizer*>(c.table->functions)->learning_rate) +
              "  above 0  how far a step goes\n");
  std::vector<std::vector<std::string>> rows;
  for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
    const nnrun_setting& s = setting_of(c, i);
    const std::string initial = default_text(s);
    rows.push_back({s.name, type_name(s), initial == "required" ? initial : "default " + initial,
                    range_of(s), s.doc});
  }
  if (rows.empty() && c.kind != "optimizer") out.write("  has no settings\n");
  print_table(out, rows, "  ");
  print_curve(out, c);
}

void print_libraries(const Terminal& out, const Registry& registry) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& library : registry.libraries())
    rows.push_back({library->shown(), "interface " + interface_of(*library),
                    text_or_none(library->table->compiler) +
                        (library->table->optimized ? "" : std::string(", ") + not_optimized)});
  out.write(out.bold("libraries") + "\n");
  print_table(out, rows, "  ");
}

/// `|` ends a cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += 2)
    text.insert(at, 1, '\\');
  return text;
}

void print_reference(const Terminal& out, const Registry& registry) {
  out.write("# Classes that configs can name\n");
  for (const std::string& kind : known_kinds()) {
    const std::vector<std::string> names = registry.names(kind);
    if (!names.empty()) out.write("\n## " + kind + "\n");
    for (const std::string& name : names) {
      const Class& c = *registry.find(kind, name);
      out.write("\n### " + name + "\n\n" + (c.table->doc ? c.table->doc : "") + " (" +
                c.library->file.filename().string() + ")\n");
      if (c.table->n_settings)
        out.write("\n| setting | | default | range | |\n|---|---|---|---|---|\n");
      for (std::uint32_t i = 0; i < c.table->n_settings; ++i) {
        const nnrun_setting& s = setting_of(c, i);
        out.write("| `" + std::string(s.name) + "` | " + type_name(s) + " | " +
                  cell(default_text(s)) + " | " + cell(range_of(s)) + " | " + cell(s.doc) + " |\n");
      }
    }
  }
}

}  // namespace

Exit list_plugins(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout);
  if (arguments.has("--md")) {
    print_reference(out, registry);
    return Exit::done;
  }
  Json json = Json::array();
  std::vector<std::string> all;
  const std::string wanted = arguments.targets.empty() ? "" : arguments.targets[0];
  bool found = false;
  for (const std::string& kind : known_kinds()) {
    std::vector<std::vector<std::string>> rows;
    for (const std::string& name : registry.names(kind)) {
      const Class& c = *registry.find(kind, name);
      all.push_back(name);
      if (!wanted.empty() && wanted != name && wanted != kind) continue;
      found = true;
      json.push_back(json_of(c));
      if (wanted == name && !arguments.json) print_class(out, c);
      if (wanted != name)
        rows.push_back(
            {name, c.library->file.filename().string(), c.table->doc ? c.table->doc : ""});
    }
    if (arguments.json || rows.empty()) continue;
    out.write(out.bold(kind) + "\n");
    print_table(out, rows, "  ");
  }
  if (!wanted.empty() && !found) {
    all.insert(all.end(), known_kinds().begin(), known_kinds().end());
    throw UsageError(Problem{.what = "no loaded plugin is called '" + wanted + "'",
                             .hint = did_you_mean(wanted, all)});
  }
  if (arguments.json) {
    Json libraries = Json::array();
    for (const auto& library : registry.libraries()) libraries.push_back(json_of(*library));
    out.write(Json{{"plugins", json}, {"libraries", libraries}}.dump(
                  -1, ' ', false, Json::error_handler_t::replace) +
              "\n");
  } else if (wanted.empty()) {
    print_libraries(out, registry);
  }
  return Exit::done;
}

}  // namespace nnrun::host
