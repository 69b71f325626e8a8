#include "loading/formula_text.hpp"

#include "loading/object.hpp"
namespace nnrun::host {

const nnrun_formula_text* formula_text_of(const Class& plugin) {
  // most classes need not be asked
  for (std::size_t i = 0; i < plugin.table->n_settings; ++i)
    if (const nnrun_setting& setting = setting_of(plugin, i);
        setting.type == NNRUN_STRING && setting.name == formula_word)
      return extension_of<nnrun_formula_text>(plugin, NNRUN_FORMULA_TEXT);
  return nullptr;
}

std::pair<std::string, std::string> name_and_digits(const std::string& number) {
  const std::size_t equals = number.find('=');
  if (equals == std::string::npos) return {number, ""};
  return {number.substr(0, equals), number.substr(equals + 1)};
}

}  // namespace nnrun::host
