#include "loading/setting.hpp"

#include <cmath>

#include "base/text.hpp"
namespace nnrun::host {

std::string type_words(const nnrun_setting& setting) {
  switch (setting.type) {
    case NNRUN_BOOL:
      return "true or false";
    case NNRUN_INT:
      return "whole number";
    case NNRUN_FLOAT:
      return "number";
    case NNRUN_PATH:
      return "path";
    case NNRUN_FLOATS:
      if (takes_lone_number(setting)) return "number, or a list of them";
      return weighs_classes(setting) ? "list of numbers, a map of them by class, or balanced"
                                     : "list of numbers";
    case NNRUN_STRINGS:
      return "list of texts";
    default:
      return "text";
  }
}

std::string range_words(const nnrun_setting& setting) {
  // a limit that is only the largest whole number is not worth showing
  const bool low = std::isfinite(setting.min),
             high =
                 setting.type == NNRUN_INT ? setting.max < 2147483647. : std::isfinite(setting.max),
             above = setting.flags & NNRUN_ABOVE_MIN, below = setting.flags & NNRUN_BELOW_MAX;
  const std::string min = shortest(setting.min), max = shortest(setting.max);
  if (low && high) return (above ? "(" : "[") + min + ", " + max + (below ? ")" : "]");
  if (low) return (above ? "above " : "at least ") + min;
  return std::isfinite(setting.max) ? (below ? "below " : "at most ") + max : "";
}

std::string words_of(const Value& value) {
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
    std::string operator()(const NamedNumbers& numbers) const {
      std::vector<std::string> parts;
      for (const auto& [name, x] : numbers) parts.push_back(name + ": " + shortest(x));
      return "{" + join(parts, ", ") + "}";
    }
  } words;
  return std::visit(words, value);
}

}  // namespace nnrun::host
