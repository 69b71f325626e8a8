// What comments of a config for a table are made of: its numbers and texts as people write them.
#pragma once
#include <string>
#include <vector>

#include "cli/table_profile.hpp"
namespace nnrun::host {

/// Returns a text as YAML has it, in quotes if it needs them.
std::string yaml_text(const std::string& text);
std::string with_commas(std::size_t n);
/// Returns the start of a text, whole letters only.
std::string start_of(const std::string& text);
/// Returns the units of a column, each with how many numbers have it: `$ 40, € 60`.
std::string words_of_units(const ColumnProfile& column);
/// Returns `1 to 12`.
std::string range_of(const ColumnProfile& column);
/// Returns the texts that a column holds, in the order of the alphabet.
std::vector<std::string> sorted_texts(const ColumnProfile& column);
/// Returns texts as items of a list in YAML.
std::string in_yaml(std::vector<std::string> texts);
/// Returns `3 texts: a, b, c`. one, several: what they are called.
std::string texts_of(const ColumnProfile& column, const char* one = " text",
                     const char* several = " texts");
/// The same of any texts.
std::string words_of_texts(std::vector<std::string> texts, const char* one, const char* several);

}  // namespace nnrun::host
