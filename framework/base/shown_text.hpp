// Text as a terminal may get it: harmless wherever it came from, in the program's own styles.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
namespace nnrun::host {

/// Returns text in a style, whose code is one of ECMA-48: `1;31`. What marks the style cannot be
/// guessed, so no name in a file, no text of a plugin and no record can contain it.
std::string styled(std::string_view code, std::string_view text);

/// Returns the text with styles as escape sequences. Other control characters, those that change
/// the direction of text, and bytes that are not UTF-8 become `?`; line ends and tabs stay.
std::string shown(std::string_view text);

/// Returns whether `shown` changes nothing.
bool is_harmless(std::string_view text);

/// Returns the columns of a terminal that the text takes: two for wide letters, none for marks that
/// combine with the letter before, and none for styles.
std::size_t columns_of(std::string_view text);

/// Returns the beginning of a line that takes at most so many columns, with all of its styles.
std::string cut(std::string_view line, std::size_t columns);

/// Returns a name that may be of any length as a line of text can hold it: of a long one the
/// beginning, and an ellipsis.
std::string short_name(std::string_view name);

/// Returns whether an East Asian letter or an emoji takes two columns.
bool is_wide(char32_t letter);

/// Returns the first letter of a text that is not empty. bytes: how many it takes.
struct Letter {
  char32_t code = 0;  ///< U+FFFD for a byte that is not UTF-8
  std::size_t bytes = 1;
};
Letter first_letter(std::string_view text);

}  // namespace nnrun::host
