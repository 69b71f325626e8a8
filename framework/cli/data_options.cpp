#include "cli/data_options.hpp"

#include "base/commands.hpp"
namespace nnrun::host {
namespace {

/// Returns the value at the start of a text, as YAML has it: in quotes, a list, or a word.
std::string_view yaml_value_at_start(std::string_view text) {
  const char first = text.empty() ? '\0' : text.front();
  const std::size_t end = first == '"'   ? text.find('"', 1)
                          : first == '[' ? text.find(']')
                                         : text.find_first_of(" ,;\n");
  return text.substr(0, first == '"' || first == '[' ? end + 1 : end);
}

}  // namespace

std::string data_options_in(std::string_view hint) {
  std::string options;
  for (const std::string_view key :
       {"header: ", "decimal: ", "thousands: ", "symbols: ", "comment: ", "encoding: "}) {
    const std::size_t at = hint.find(key);
    if (at == hint.npos) continue;
    std::string value(yaml_value_at_start(hint.substr(at + key.size())));
    if (value.size() == 3 && value.front() == '"') value = value.substr(1, 1);
    const bool is_other = hint.substr(0, at).ends_with("if between thousands, ");
    options += (options.empty() ? "--data "
                : is_other      ? " or --data "
                                : " --data ") +
               shell_word(std::string(key.substr(0, key.size() - 2)) + "=" + value);
  }
  return options;
}

}  // namespace nnrun::host
