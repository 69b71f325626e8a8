#include "config/paths.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
namespace nnrun::host {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view name) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && !digit(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

/// Returns the value of what stands between ${ and }.
std::optional<std::string> value_of(std::string_view inside, const Place& place,
                                    Problems& problems) {
  const std::size_t split = inside.find(":-");
  const std::string name(inside.substr(0, split));
  if (!is_name(name)) {
    problems.add(place, "'${" + std::string(inside) + "}' is not a variable",
                 "write ${NAME} or ${NAME:-default}");
    return std::nullopt;
  }
  const char* const value = std::getenv(name.c_str());
  if (value != nullptr && (*value != '\0' || split == inside.npos)) return value;
  if (split != inside.npos) return std::string(inside.substr(split + 2));
  problems.add(place, "the environment variable '" + name + "' is not set",
               "set it, or write ${" + name + ":-default}");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> expanded(const ConfigNode& scalar, Problems& problems) {
  std::string out;
  std::string_view rest = scalar.text;
  while (!rest.empty()) {
    if (rest.starts_with("$${")) {
      out += "${";
      rest.remove_prefix(3);
    } else if (rest.starts_with("${")) {
      const std::size_t end = rest.find('}');
      if (end == rest.npos) {
        problems.add(scalar.place, "'${' without '}'", "write ${NAME} or ${NAME:-default}");
        return std::nullopt;
      }
      const auto value = value_of(rest.substr(2, end - 2), scalar.place, problems);
      if (!value) return std::nullopt;
      out += *value;
      rest.remove_prefix(end + 1);
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

std::string unexpanded(std::string text) {
  for (std::size_t at = text.find("${"); at != text.npos; at = text.find("${", at + 3))
    text.insert(at, "$");
  return text;
}

fs::path absolute_path(const std::string& text, const Place& place) {
  fs::path path(text);
  if (path.is_relative() && place.source && place.source->name != command_line)
    path = fs::path(place.source->name).parent_path() / path;
  std::error_code gone;  // the current folder may have been deleted: then the path stays relative
  const fs::path whole = fs::absolute(path, gone);
  return (gone ? path : whole).lexically_normal();
}

}  // namespace nnrun::host
