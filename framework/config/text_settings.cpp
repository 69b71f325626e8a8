#include "config/text_settings.hpp"

#include "loading/declarations.hpp"
namespace nnrun::host {

TextSettings::TextSettings(const DataSpec& spec) {
  const Use& data = spec.use;
  for (const ColumnRule& rule : spec.columns) {
    if (rule.decimal != '\0') decimals.emplace(rule.name.value, rule.decimal);
    if (!rule.gaps.empty()) own_gaps.emplace(rule.name.value, rule.gaps);
  }
  for (std::size_t i = 0; i < data.settings.size(); ++i) {
    const nnrun_setting& setting = setting_of(*data.plugin, i);
    const auto is = [&](std::uint32_t flag) { return means(*data.plugin, setting, flag); };
    const Value& value = data.settings[i];
    if (const auto* const text = std::get_if<std::string>(&value); text && !text->empty()) {
      if (is(NNRUN_SEPARATOR) && *text != "auto") format.separator = separator_named(*text);
      if (is(NNRUN_DECIMAL)) format.numbers.decimal = text->front();
      if (is(NNRUN_THOUSANDS)) format.numbers.thousands = thousands_named(*text);
      if (is(NNRUN_COMMENT)) format.comment = *text;
      if (is(NNRUN_ENCODING)) format.encoding = *text;
    }
    if (const auto* const on = std::get_if<bool>(&value); on && is(NNRUN_HEADER))
      format.header = *on;
    if (const auto* const list = std::get_if<std::vector<std::string>>(&value)) {
      if (is(NNRUN_GAPS)) gaps = *list;
      if (is(NNRUN_SYMBOLS)) format.numbers.symbols = *list;
    }
  }
}

}  // namespace nnrun::host
