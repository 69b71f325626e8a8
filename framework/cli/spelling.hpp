// Texts that are likely to be the same, spelled in several ways: Yes and YES, Zürich and zurich.
#pragma once
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Returns whether a text holds a blank that does not show, or not as something else than a blank.
bool has_hidden_blank(std::string_view text);
/// Returns whether a text holds a letter and its accent as two characters, which look like the one
/// that is both.
bool has_loose_accent(std::string_view text);
/// Returns the groups of texts that differ in capital letters, blanks, hyphens and accents alone,
/// and of a text and its first letter that both say yes or no: Y and yes. Each group, and the
/// groups, in the order of the alphabet.
std::vector<std::vector<std::string>> spellings_among(const std::vector<std::string>& texts);

}  // namespace nnrun::host
