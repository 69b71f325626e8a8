#include "config/metric_names.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

/// Returns a value in letters that need no quotes in CSV, YAML or a condition; empty if it cannot
/// be written.
std::string text_of(const Value& value) {
  struct Visitor {
    std::string operator()(bool x) const { return x ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(double x) const { return std::isfinite(x) ? shortest(x) : ""; }
    std::string operator()(const std::string& s) const { return s; }
    std::string operator()(const std::vector<double>& list) const {
      std::vector<std::string> texts;
      for (const double x : list) texts.push_back((*this)(x));
      return join(texts, "_");
    }
    std::string operator()(const std::vector<std::string>& list) const { return join(list, "_"); }
    std::string operator()(const NamedNumbers& numbers) const {
      std::vector<std::string> texts;
      for (const auto& [name, x] : numbers) texts.push_back(name + "_" + (*this)(x));
      return join(texts, "_");
    }
  };
  std::string text = std::visit(Visitor{}, value);
  for (char& c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '.' && c != '-' && c != '+') c = '_';
  }
  return text;
}

std::string name_of(const Use& metric, const std::vector<Use>& all) {
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < metric.settings.size(); ++i) {
    const auto differs = [&](const Use& other) {
      return other.plugin == metric.plugin && other.settings[i] != metric.settings[i];
    };
    const std::string value = text_of(metric.settings[i]);
    if (!value.empty() && std::ranges::any_of(all, differs))
      settings.push_back(std::string(setting_of(*metric.plugin, i).name) + "=" + value);
  }
  return metric.plugin->name + (settings.empty() ? "" : "(" + join(settings, ";") + ")");
}

}  // namespace

std::vector<std::string> metric_names(const std::vector<Use>& metrics) {
  std::vector<std::string> names;
  for (const Use& metric : metrics) names.push_back(name_of(metric, metrics));
  return names;
}

std::string settings_text(const Use& metric) {
  std::vector<std::string> settings;
  for (std::size_t i = 0; i < metric.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*metric.plugin, i);
    const std::string value = text_of(metric.settings[i]);
    if (!value.empty() &&
        !((setting.flags & NNRUN_REQUIRED) == 0 && metric.settings[i] == default_of(setting)))
      settings.push_back(std::string(setting.name) + "=" + value);
  }
  return join(settings, ";");
}

}  // namespace nnrun::host
