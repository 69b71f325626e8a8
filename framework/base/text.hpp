// Text for people and for files: the same in every locale.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// Return the shortest digits that read back to the same number.
std::string shortest(double x);
std::string shortest(float x);
/// Returns at most so many significant digits: 0.1, 1e+199.
std::string significant(double x, int digits);
/// Return the whole text as a number, decimal or scientific; nothing for hex, inf, nan or extra
/// text.
std::optional<double> parse_double(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);
bool valid_utf8(std::string_view text);
/// Returns the text in single quotes, as messages name things.
std::string single_quoted(const std::string& text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Returns `a, b, c and 4 more`: of many the first `most`.
std::string join_first(const std::vector<std::string>& parts, std::size_t most);
/// Returns the parts of a text, such as its lines: each ends with a separator, which the last one
/// need not have.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace nnrun::host
