#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
namespace nnrun::host {
namespace {

constexpr std::size_t longest_name = 64;  // nobody misspells a longer one; bounds the table
constexpr std::size_t short_list = 16;

char folded(char c) {
  if (c == '-' || c == ' ') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Returns how many insertions, deletions, replacements and swaps of neighbours turn one word into
/// the other, each part changed at most once (optimal string alignment). Case and the choice of -
/// or _ do not count.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, longest_name + 1>, 3> rows{};
  for (std::size_t i = 0; i <= a.size(); ++i) {
    const auto &before = rows[(i + 1) % 3], &last = rows[(i + 2) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      if (i == 0) {
        row[j] = j;
        continue;
      }
      const auto same = [&](std::size_t p, std::size_t q) { return folded(a[p]) == folded(b[q]); };
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

template <class T>
std::string digits_of(T x) {
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

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known) {
  if (word.empty() || word.size() > longest_name) return std::nullopt;
  // up to a third of the letters may be wrong, in a short word one, but never all of them
  const std::size_t allowed = std::max<std::size_t>(1, (word.size() + 1) / 3);
  std::size_t least = std::min(allowed + 1, word.size());
  std::optional<std::string> best;
  for (const std::string& name : known) {
    if (name.size() > longest_name) continue;
    const std::size_t d = distance(word, name);
    if (d < least) {
      least = d;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  if (const auto near = nearest(word, known)) return "did you mean '" + *near + "'?";
  if (known.empty() || known.size() > short_list) return {};
  return "one of: " + join({known.begin(), known.end()}, ", ");
}

std::string significant(double x, int digits) {
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

}  // namespace nnrun::host
