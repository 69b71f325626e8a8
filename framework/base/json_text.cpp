#include "base/json_text.hpp"

#include <nlohmann/json.hpp>
#include <vector>
namespace nnrun::host {
namespace {

/// Returns whether a text is nested too deep, or has a map of so many keys that finding one in it,
/// which takes a step for each, would hang. Looks at brackets and commas only: parsing judges the
/// rest.
bool is_too_much(std::string_view text) {
  constexpr std::size_t deepest = 64, most_keys = 10'000;
  std::vector<std::size_t> commas;  // of each open bracket
  std::vector<bool> is_map;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
      continue;
    }
    quoted = c == '"';
    if (c == '{' || c == '[') {
      commas.push_back(0);
      is_map.push_back(c == '{');
      if (commas.size() > deepest) return true;
    } else if ((c == '}' || c == ']') && !commas.empty()) {
      commas.pop_back();
      is_map.pop_back();
    } else if (c == ',' && !commas.empty() && ++commas.back() >= most_keys && is_map.back()) {
      return true;
    }
  }
  return false;
}

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text) {
  using Json = nlohmann::ordered_json;
  if (is_too_much(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace nnrun::host
