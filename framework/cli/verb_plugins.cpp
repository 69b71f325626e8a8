#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
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
    Json json{{"name", s.name},
              {"type", type_name(s)},
              {"doc", s.doc},
              {"required", (s.flags & NNRUN_REQUIRED) != 0}};
    if (!(s.flags & NNRUN_REQUIRED))
      json["default"] = std::visit([](const auto& v) { return Json(v); }, default_of(s));
    if (is_number(s) && std::isfinite(s.min)) json["min"] = s.min;
    if (is_number(s) && std::isfinite(s.max)) json["max"] = s.max;
    if (s.n_choices) json["choices"] = choices_of(s);
    settings.push_back(json);
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

void print_class(const Terminal& out, const Class& c) {
  out.write(out.bold(c.kind + " " + c.name) + "  " + (c.table->doc ? c.table->doc : "") + "\n");
  out.write("  from " + c.library->file.string() + "\n");
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
}

}  // namespace

Exit list_plugins(const Arguments& arguments, Registry& registry) {
  const Terminal out(stdout);
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
  if (arguments.json) out.write(Json{{"plugins", json}}.dump() + "\n");
  return Exit::done;
}

}  // namespace nnrun::host
