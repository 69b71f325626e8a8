#include "config/flow_yaml.hpp"

#include <algorithm>
#include <array>
#include <utility>
namespace nnrun::host {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_plain(std::string_view text) {
  // some of them only other readers of YAML take for something else
  constexpr std::array<std::string_view, 11> words{"null", "true", "false", "yes", "no", "on",
                                                   "off",  "y",    "n",     "inf", "nan"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/';
  };
  const auto fits = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, fits) &&
         !std::ranges::count(words, lower(text));
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    constexpr char digits[] = "0123456789abcdef";
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

ConfigNode text_node(std::string text) {
  const bool quoted = !is_plain(text);
  return {.kind = ConfigNode::Kind::scalar, .quoted = quoted, .text = std::move(text)};
}

ConfigNode plain_node(std::string text) {
  return {.kind = ConfigNode::Kind::scalar, .text = std::move(text)};
}

std::string flow_yaml(const ConfigNode& node) {
  std::string out;
  std::string_view separator = "";
  switch (node.kind) {
    case ConfigNode::Kind::null:
    case ConfigNode::Kind::broken:
      return "null";
    case ConfigNode::Kind::scalar:
      return node.quoted ? in_quotes(node.text) : node.text;
    case ConfigNode::Kind::list:
      for (const ConfigNode& item : node.items)
        out.append(std::exchange(separator, ", ")).append(flow_yaml(item));
      return "[" + out + "]";
    case ConfigNode::Kind::map:
      break;
  }
  for (const auto& [key, place, value] : node.entries)
    out.append(std::exchange(separator, ", "))
        .append(flow_yaml(text_node(key)))
        .append(": ")
        .append(flow_yaml(value));
  return "{" + out + "}";
}

}  // namespace nnrun::host
