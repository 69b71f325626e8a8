#include "cli/spelling.hpp"

#include <algorithm>
#include <array>
#include <map>
namespace nnrun::host {
namespace {

/// Blanks that programs write, and that do not show, or not as something else than a blank.
constexpr std::array<std::string_view, 4> hidden_blanks{"\xC2\xA0", "\xE2\x80\x8B", "\xE2\x80\xAF",
                                                        "\xEF\xBB\xBF"};

bool is_small_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// The letters of U+00C0 … U+017F without capitals and accents, by their places; a blank for what
/// has none.
constexpr std::string_view bare_letters =
    "aaaaaaaceeeeiiiidnooooo ouuuuyts"
    "aaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssss"
    "ss"
    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(bare_letters.size() == 0x180 - 0xC0);

void add_utf8(std::string& to, unsigned letter) {
  to += static_cast<char>(0xC0 | letter >> 6);
  to += static_cast<char>(0x80 | (letter & 0x3F));
}

/// Adds a letter of two bytes: Latin ones without accents, Greek and Cyrillic ones in small.
void add_letter(std::string& to, unsigned letter) {
  if (letter >= 0x300 && letter < 0x370) return;  // an accent by itself
  if (letter >= 0xC0 && letter < 0x180 && bare_letters[letter - 0xC0] != ' ') {
    to += bare_letters[letter - 0xC0];
    return;
  }
  const bool greek = letter >= 0x391 && letter <= 0x3A9,
             cyrillic = letter >= 0x410 && letter <= 0x42F,
             other_cyrillic = letter >= 0x400 && letter < 0x410;
  add_utf8(to, letter + (greek || cyrillic ? 0x20 : other_cyrillic ? 0x50 : 0));
}

/// Returns a text without capital letters, accents and blanks, and without hyphens and points that
/// stand behind a letter.
std::string key_of(std::string_view text) {
  std::string key;
  while (!text.empty()) {
    const auto hidden = std::ranges::find_if(
        hidden_blanks, [&](std::string_view blank) { return text.starts_with(blank); });
    if (hidden != hidden_blanks.end()) {
      text.remove_prefix(hidden->size());
      continue;
    }
    const auto first = static_cast<unsigned char>(text.front());
    if ((first & 0xE0) == 0xC0 && text.size() > 1) {
      add_letter(key, (first & 0x1Fu) << 6 | (static_cast<unsigned char>(text[1]) & 0x3Fu));
      text.remove_prefix(2);
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    const bool is_grade = c == '-' && text.empty() && key.size() == 1;  // A-
    const bool joins = (c == '-' || c == '_' || c == '.') && !key.empty() && !is_grade &&
                       is_small_letter(key.back());
    if (c == ' ' || joins) continue;
    key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

/// Returns whether texts with a key name a direction that the wind comes from, in which N is none
/// of the answers.
bool is_wind(const std::pair<const std::string, std::vector<std::string>>& entry) {
  constexpr std::array<std::string_view, 9> winds{"s", "w", "e", "o", "ne", "nw", "se", "sw", "so"};
  return std::ranges::find(winds, entry.first) != winds.end();
}

}  // namespace

bool has_hidden_blank(std::string_view text) {
  return std::ranges::any_of(hidden_blanks,
                             [&](std::string_view blank) { return text.find(blank) != text.npos; });
}

bool has_loose_accent(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]),
               second = static_cast<unsigned char>(text[i + 1]);
    if (first == 0xCC || (first == 0xCD && second < 0xB0)) return true;
  }
  return false;
}

std::vector<std::vector<std::string>> spellings_among(const std::vector<std::string>& texts) {
  std::map<std::string, std::vector<std::string>> by_key;
  for (const std::string& text : texts) by_key[key_of(text)].push_back(text);
  const bool are_winds = std::ranges::any_of(by_key, &is_wind);
  for (const char* const word : {"yes", "no", "true", "false"}) {
    const auto whole = by_key.find(word), letter = by_key.find(std::string(1, word[0]));
    if (whole == by_key.end() || letter == by_key.end() || are_winds) continue;
    whole->second.insert(whole->second.end(), letter->second.begin(), letter->second.end());
    by_key.erase(letter);
  }
  // a spreadsheet has TRUE where another has 1
  for (const auto& [word, digit] :
       {std::pair{"yes", "1"}, {"true", "1"}, {"no", "0"}, {"false", "0"}}) {
    const auto whole = by_key.find(word), number = by_key.find(digit);
    if (whole == by_key.end() || number == by_key.end()) continue;
    whole->second.insert(whole->second.end(), number->second.begin(), number->second.end());
    by_key.erase(number);
  }
  std::vector<std::vector<std::string>> groups;
  for (auto& [key, group] : by_key) {
    if (group.size() < 2) continue;
    std::ranges::sort(group);
    groups.push_back(std::move(group));
  }
  std::ranges::sort(groups);
  return groups;
}

}  // namespace nnrun::host
