#include "report/page.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/files.hpp"
#include "report/page_files.hpp"
#include "report/thin.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_numbers = 300'000;  // of all curves, some 2 MB of text
constexpr std::size_t most_points = 200;       // of one
constexpr std::size_t most_maps = 10;          // of a config

std::size_t numbers_of(const Json& curve) {
  std::size_t count = 0;
  for (const Json& column : curve) count += column.size();
  return count;
}

/// Every column at the same few places.
Json thinned_curve(const Json& curve, std::size_t most) {
  Json thin = Json::object();
  for (const auto& [name, column] : curve.items()) {
    Json& kept = thin[name] = Json::array();
    for (const std::size_t i : thinned(column.size(), most))
      kept.push_back(column[i].is_number() ? drawn(column[i].get<double>(), 6) : Json());
  }
  return thin;
}

/// The object with no more than a page can show.
Json shown_part(Json object) {
  std::size_t numbers = 0;
  for (const Json& config : object.at("configs"))
    for (const Json& run : config.at("runs"))
      if (run.contains("curve")) numbers += numbers_of(run.at("curve"));
  const std::size_t most = numbers <= most_numbers
                               ? most_points
                               : std::max<std::size_t>(20, most_points * most_numbers / numbers);
  for (Json& config : object.at("configs")) {
    for (Json& run : config.at("runs"))
      if (run.contains("curve")) run["curve"] = thinned_curve(run.at("curve"), most);
    if (!config.contains("decision") || !config.at("decision").is_object()) continue;
    Json& outputs = config["decision"]["outputs"];
    while (outputs.size() > most_maps) outputs.erase(outputs.size() - 1);
  }
  return object;
}

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return escaped;
}

/// JSON that can stand inside a script element: nothing in it can close the element.
std::string script_text(const Json& object) {
  const std::string json = object.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(json.size() + json.size() / 64);
  for (const char c : json)
    if (c == '<')
      escaped += "\\u003c";
    else
      escaped += c;
  return escaped;
}

/// `sha256-…` in base64, as a content security policy names a script.
std::string policy_hash(std::string_view text) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_of(std::as_bytes(std::span(text)));
  std::string base64;
  unsigned bits = 0, count = 0;
  for (const char c : hex) {
    bits = bits << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    for (count += 4; count >= 6; count -= 6) base64 += digits[bits >> (count - 6) & 63];
  }
  base64 += digits[bits << (6 - count) & 63];  // 256 bits are 42 digits and 4 bits
  return "sha256-" + base64 + "=";
}

std::string title_of(const Json& object) {
  std::string title = "nnrun " + object.value("kind", std::string("run")) + ":";
  for (std::size_t i = 0; const Json& config : object.at("configs")) {
    if (++i > 4) return title + " …";
    title += (i > 1 ? ", " : " ") + config.value("name", std::string());
  }
  return title;
}

}  // namespace

std::string comparison_page(const Json& comparison) {
  const std::string style = page_files::style(), script = page_files::script();
  const std::string_view names[] = {"@SCRIPT_HASH@", "@STYLE_HASH@", "@TITLE@",
                                    "@STYLE@",       "@DATA@",       "@SCRIPT@"};
  const std::string values[] = {policy_hash(script),
                                policy_hash(style),
                                html_text(title_of(comparison)),
                                style,
                                script_text(shown_part(comparison)),
                                script};
  std::string page, rest = page_files::html();
  for (std::size_t i = 0; i < std::size(names); ++i) {  // in the order of the file
    const std::size_t at = rest.find(names[i]);
    page += rest.substr(0, at) + values[i];
    rest.erase(0, at + names[i].size());
  }
  return page + rest;
}

}  // namespace nnrun::host
