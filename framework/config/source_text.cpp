#include "config/source_text.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "config/problems.hpp"
#include "config/tree.hpp"
namespace nnrun::host {
namespace {

void refuse_control_characters(const SourcePtr& source) {
  const std::string_view text = source->text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t') continue;
    constexpr char digits[] = "0123456789abcdef";
    refuse(
        place_at(source, i),
        std::string("byte 0x") + digits[c >> 4U] + digits[c & 15U] + " is not allowed in a config",
        "save the file as plain UTF-8 text");
  }
}

/// Goes line by line, since both depend on the column of a character.
void refuse_tabs_and_directives(const SourcePtr& source) {
  const std::string_view text = source->text;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::string_view line = line_at(text, begin);
    const std::size_t tab = line.find('\t');
    if (tab < line.find('#'))
      refuse(place_at(source, begin + tab), "a tab in the config",
             "use spaces; inside a text write \"\\t\"", "this is a tab");
    if (line.starts_with('%'))
      refuse(place_at(source, begin, line.size()), "lines that start with '%' are not supported",
             "delete this one");
    begin += line.size() + 1;
  }
}

void refuse_bad_encoding(const SourcePtr& source) {
  const std::string_view text = source->text;
  if (valid_utf8(text)) return;
  // A character ends before the next ASCII byte, so the text can be checked piece by piece.
  std::size_t begin = 0, end = 0;
  while (end < text.size() && valid_utf8(text.substr(begin, end - begin))) {
    begin = end;
    ++end;
    while (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80) ++end;
  }
  // Such a line cannot be shown, but its number can.
  Problem problem =
      problem_at({}, "the config is not UTF-8 text", "save the file in the encoding UTF-8");
  problem.where = source->name + ":" + std::to_string(place_at(source, begin).line);
  throw ConfigError(std::move(problem));
}

}  // namespace

std::string normalised(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!std::string_view(text).substr(i).starts_with("\r\n")) out += text[i];
  return out;
}

void refuse_bad_text(const SourcePtr& source) {
  refuse_bad_encoding(source);
  refuse_control_characters(source);
  refuse_tabs_and_directives(source);
}

Place place_at(const SourcePtr& source, std::size_t offset, std::size_t length) {
  const std::string_view before = std::string_view(source->text).substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  return {source, 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          newline == before.npos ? before.size() + 1 : before.size() - newline, length};
}

std::string_view line_at(std::string_view text, std::size_t offset) {
  const std::size_t begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  return text.substr(begin, text.find('\n', offset) - begin);
}

std::string letter_at(std::string_view text, std::size_t offset) {
  const auto is_inside = [text](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80;
  };
  offset = std::min(offset, text.size());
  std::size_t end = offset + 1;
  while (is_inside(end)) ++end;
  while (is_inside(offset)) --offset;
  return std::string(text.substr(offset, end - offset));
}

void refuse(Place place, std::string what, std::string hint, std::string label) {
  throw ConfigError(
      problem_at(std::move(place), std::move(what), std::move(hint), std::move(label)));
}

}  // namespace nnrun::host
