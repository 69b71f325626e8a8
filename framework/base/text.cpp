#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
namespace nnrun::host {
namespace {

template <class T>
std::string digits_of(T x) {
  if (std::isnan(x)) return "nan";  // its sign says nothing
  std::array<char, 32> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x);
  return {buffer.data(), result.ptr};
}

template <class T>
std::optional<T> parse(std::string_view text) {
  // from_chars does not accept a plus sign
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string significant(double x, int digits) {
  if (std::isnan(x)) return "nan";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::general, digits);
  return {text, end.ptr};
}

std::string shortest(double x) {
  return digits_of(x);
}
std::string shortest(float x) {
  return digits_of(x);
}

std::optional<double> parse_double(std::string_view text) {
  const std::optional<double> value = parse<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
  return parse<long long>(text);
}

bool valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
      ++at;
      continue;
    }
    // c0, c1 and f5… start only overlong encodings and code points beyond Unicode
    if (first < 0xc2 || first > 0xf4) return false;
    const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() - at < length) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((byte(i) & 0xc0u) != 0x80) return false;
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    if (overlong || surrogate || (first == 0xf4 && byte(1) >= 0x90)) return false;
    at += length;
  }
  return true;
}

std::string single_quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}
std::string join_first(const std::vector<std::string>& parts, std::size_t most) {
  if (parts.size() <= most) return join(parts, ", ");
  const auto end = parts.begin() + static_cast<std::ptrdiff_t>(most);
  return join({parts.begin(), end}, ", ") + " and " + std::to_string(parts.size() - most) + " more";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace nnrun::host
