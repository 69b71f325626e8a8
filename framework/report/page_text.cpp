#include "report/page_text.hpp"

#include "base/files.hpp"
namespace nnrun::host {

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

std::string filled_page(
    std::string_view page,
    std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
  std::string filled;
  std::size_t size = page.size();
  for (const auto& part : parts) size += part.second.size();
  filled.reserve(size);
  for (const auto& [name, value] : parts) {
    const std::size_t at = page.find(name);
    filled.append(page.substr(0, at)).append(value);
    page.remove_prefix(at + name.size());
  }
  return filled.append(page);
}

}  // namespace nnrun::host
