#include "cli/table_words.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/flow_yaml.hpp"
#include "training/target_words.hpp"
namespace nnrun::host {

std::string yaml_text(const std::string& text) {
  return flow_yaml(text_node(text));
}
std::string with_commas(std::size_t n) {
  return readable(static_cast<double>(n));
}

std::string start_of(const std::string& text) {
  std::size_t end = std::min<std::size_t>(text.size(), 40);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

std::string words_of_units(const ColumnProfile& column) {
  std::vector<std::string> words;
  for (const auto& [unit, count] : column.units)
    words.push_back((unit.empty() ? "none" : unit) + " " + with_commas(count));
  return join(words, ", ");
}

std::string range_of(const ColumnProfile& column) {
  const std::string low = readable(column.low), high = readable(column.high);
  if (low != high || column.low == column.high) return low + " to " + high;
  return shortest(column.low) + " to " + shortest(column.high);
}

std::vector<std::string> sorted_texts(const ColumnProfile& column) {
  std::vector<std::string> texts;
  for (const auto& entry : column.counts) texts.push_back(entry.first);
  std::ranges::sort(texts);
  return texts;
}

std::string in_yaml(std::vector<std::string> texts) {
  for (std::string& text : texts) text = yaml_text(text);
  return join(texts, ", ");
}

std::string texts_of(const ColumnProfile& column, const char* one, const char* several) {
  return words_of_texts(sorted_texts(column), one, several);
}

std::string words_of_texts(std::vector<std::string> texts, const char* one, const char* several) {
  constexpr std::size_t most = 6;
  const std::size_t all = texts.size();
  if (all > most) texts.resize(most);
  for (std::string& text : texts) text = start_of(text);
  return with_commas(all) + (all == 1 ? one : several) + ": " + join(texts, ", ") +
         (all > most ? ", ..." : "");
}

}  // namespace nnrun::host
