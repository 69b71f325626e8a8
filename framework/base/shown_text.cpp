#include "base/shown_text.hpp"

#include <sys/auxv.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr char32_t not_a_letter = 0xfffd;

using Range = std::pair<char32_t, char32_t>;

bool is_in(std::span<const Range> ranges, char32_t code) {
  return std::ranges::any_of(ranges,
                             [&](const Range& r) { return code >= r.first && code <= r.second; });
}

/// Controls of C0 and C1, and those that reorder or hide text (Unicode 15, Bidi_Control, tags).
constexpr std::array<Range, 9> harmful{{{0, 8},
                                        {0xb, 0x1f},
                                        {0x7f, 0x9f},
                                        {0x61c, 0x61c},
                                        {0x200e, 0x200f},
                                        {0x2028, 0x202e},
                                        {0x2066, 0x2069},
                                        {0xfeff, 0xfeff},
                                        {0xe0000, 0xe007f}}};
constexpr std::array<Range, 14> combining{{{0x300, 0x36f},
                                           {0x483, 0x489},
                                           {0x591, 0x5bd},
                                           {0x610, 0x61a},
                                           {0x64b, 0x65f},
                                           {0x93c, 0x93c},
                                           {0x94d, 0x94d},
                                           {0xe31, 0xe31},
                                           {0xe34, 0xe3a},
                                           {0x1ab0, 0x1aff},
                                           {0x1dc0, 0x1dff},
                                           {0x200b, 0x200d},
                                           {0x20d0, 0x20ff},
                                           {0xfe00, 0xfe0f}}};
constexpr std::array<Range, 5> wide{
    {{0x1100, 0x115f}, {0x2e80, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xff60}, {0x10000, 0x10ffff}}};

/// Returns what starts a style: sixteen digits that the kernel drew for this process.
const std::string& style_mark() {
  static const std::string mark = [] {
    std::string text = "\033";
    const auto* const random = reinterpret_cast<const unsigned char*>(::getauxval(AT_RANDOM));
    for (std::size_t i = 0; random != nullptr && i < 8; ++i) {
      text += "0123456789abcdef"[random[i] >> 4];
      text += "0123456789abcdef"[random[i] & 0xf];
    }
    return text + "[";
  }();
  return mark;
}

/// Returns the style that starts the text, as far as its final m; nothing if none does.
std::optional<std::string_view> style_at(std::string_view text) {
  const std::string& mark = style_mark();
  if (!text.starts_with('\033') || !text.starts_with(mark)) return std::nullopt;
  const std::size_t end = text.find('m', mark.size());
  if (end == text.npos) return std::nullopt;
  return text.substr(0, end + 1);
}

std::size_t columns_of_letter(char32_t code) {
  return is_in(combining, code) ? 0 : is_wide(code) ? 2 : 1;
}

/// Calls style(text) and letter(text, code) for each of a text.
template <class Style, class OfLetter>
void for_each_letter(std::string_view text, Style style, OfLetter letter) {
  while (!text.empty()) {
    if (const auto found = style_at(text)) {
      style(*found);
      text.remove_prefix(found->size());
      continue;
    }
    const Letter next = first_letter(text);
    letter(text.substr(0, next.bytes), next.code);
    text.remove_prefix(next.bytes);
  }
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; });
}

}  // namespace

bool is_wide(char32_t letter) {
  return is_in(wide, letter);
}

Letter first_letter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  if (length > text.size() || !valid_utf8(text.substr(0, length))) return {not_a_letter, 1};
  char32_t code = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3fu);
  return {code, length};
}

std::string styled(std::string_view code, std::string_view text) {
  const std::string& mark = style_mark();
  std::string out = mark;
  out.append(code).append("m").append(text).append(mark).append("0m");
  return out;
}

std::string shown(std::string_view text) {
  if (is_plain_ascii(text)) return std::string(text);
  std::string out;
  for_each_letter(
      text,
      [&](std::string_view style) {
        out.append("\033[").append(style.substr(style_mark().size()));
      },
      [&](std::string_view letter, char32_t code) {
        const bool invalid = code == not_a_letter && letter.size() == 1;
        out += invalid || is_in(harmful, code) ? std::string_view("?") : letter;
      });
  return out;
}

bool is_harmless(std::string_view text) {
  return shown(text) == text;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for_each_letter(
      text, [](std::string_view) {},
      [&](std::string_view, char32_t code) { columns += columns_of_letter(code); });
  return columns;
}

std::string cut(std::string_view line, std::size_t columns) {
  std::string out;
  std::size_t taken = 0;
  for_each_letter(
      line, [&](std::string_view style) { out += style; },
      [&](std::string_view letter, char32_t code) {
        taken += columns_of_letter(code);
        if (taken <= columns) out += letter;
      });
  return out;
}

std::string short_name(std::string_view name) {
  constexpr std::size_t most = 40;
  if (name.size() <= most || columns_of(name) <= most) return std::string(name);
  return cut(name, most) + "…";
}

}  // namespace nnrun::host
