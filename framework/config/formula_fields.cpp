#include "config/formula_fields.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "config/hints.hpp"
#include "config/source_text.hpp"
namespace nnrun::host {
namespace {

std::size_t index_of(const Class& plugin, std::string_view name) {
  std::size_t i = 0;
  while (i < plugin.table->n_settings && setting_of(plugin, i).name != name) ++i;
  return i;
}

bool is_written_number(const ConfigNode& node) {
  return node.is(ConfigNode::Kind::scalar) && !node.quoted && parse_double(node.text);
}

/// Returns the place of some bytes of a text; the place of the whole where the file writes it in
/// another way, with escapes or over several lines.
Place place_within(const ConfigNode& node, std::size_t at, std::size_t length, bool& exact) {
  Place place = node.place;
  exact = false;
  if (!place.source || place.line == 0) return place;
  std::size_t line = 0;
  for (std::size_t n = 1; n < place.line; ++n) line = place.source->text.find('\n', line) + 1;
  std::string_view rest = std::string_view(place.source->text).substr(line);
  rest = rest.substr(std::min(place.column - 1, rest.size()));
  const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
  if (!rest.substr(quoted ? 1 : 0).starts_with(node.text)) return place;
  exact = true;
  place.column += (quoted ? 1 : 0) + std::min(at, node.text.size());
  place.length =
      std::max<std::size_t>(1, std::min(length, node.text.size() - std::min(at, node.text.size())));
  return place;
}

class FormulaReader {
 public:
  FormulaReader(Use& use, const nnrun_formula_text& text, Fields& fields)
      : use_(use), text_(text), fields_(fields) {}

  bool read() {
    if (!read_numbers()) return false;
    std::vector<const char*> numbers;
    for (const std::string& number : all_numbers()) numbers.push_back(number.c_str());
    const auto& formula = std::get<std::string>(use_.settings[index_of(*use_.plugin, text_.text)]);
    return text_.check(formula.c_str(), numbers.data(), static_cast<std::uint32_t>(numbers.size()),
                       this, tell) == 0;
  }

 private:
  std::vector<std::string>& all_numbers() {
    return std::get<std::vector<std::string>>(use_.settings[index_of(*use_.plugin, text_.numbers)]);
  }

  bool read_numbers() {
    bool good = true;
    for (const ConfigEntry* const entry : fields_.not_asked_for()) {
      const bool is_number = is_written_number(entry->value);
      // a setting with a letter wrong is reported as that
      if (!is_number && !guess_for(entry->key, fields_.known()).meant.empty()) continue;
      const ConfigNode* const value = fields_.take(entry->key);
      if (value == nullptr) continue;
      constexpr double open = std::numeric_limits<double>::infinity();
      const nnrun_setting number{.size = sizeof(nnrun_setting),
                                 .type = NNRUN_FLOAT,
                                 .flags = 0,
                                 .name = entry->key.c_str(),
                                 .doc = "",
                                 .initial = {},
                                 .min = -open,
                                 .max = open,
                                 .choices = nullptr,
                                 .n_choices = 0};
      if (const auto x = read_value(*value, number, fields_.problems()))
        all_numbers().push_back(entry->key + "=" + shortest(std::get<double>(*x)));
      else
        good = false;
    }
    return good;
  }

  static void tell(void* self, const nnrun_formula_fault* fault) {
    static_cast<FormulaReader*>(self)->report(*fault);
  }
  void report(const nnrun_formula_fault& fault) {
    std::string what = use_.plugin->kind + " '" + use_.plugin->name + "': " + fault.what;
    std::string hint = fault.hint != nullptr ? fault.hint : "";
    if (fault.word != nullptr) {
      const std::vector<std::string> known(fault.known, fault.known + fault.n_known);
      const Guess guess = guess_for(fault.word, known);
      if (hint.empty() || !guess.meant.empty()) hint = guess.hint;
    }
    const ConfigNode* const text = fields_.written(text_.text);
    const ConfigNode* const number =
        fault.number != nullptr ? fields_.written(fault.number) : nullptr;
    Place place = number != nullptr ? number->place : use_.place;
    bool exact = true;
    if (fault.length > 0 && text != nullptr)
      place = place_within(*text, fault.at, fault.length, exact);
    if (!exact) what += ", at character " + std::to_string(fault.at + 1);
    fields_.problems().add(std::move(place), std::move(what), std::move(hint));
  }

  Use& use_;
  const nnrun_formula_text& text_;
  Fields& fields_;
};

}  // namespace

bool read_formula(Use& use, const nnrun_formula_text& text, Fields& fields) {
  return FormulaReader(use, text, fields).read();
}

bool may_be_a_formula(std::string_view kind) {
  return kind == "activation" || kind == "cost";
}

std::string_view type_by_formula(const ConfigNode& map, std::string_view kind) {
  const bool given = may_be_a_formula(kind) && !find(map, "type") && find(map, formula_word);
  return given ? formula_word : std::string_view();
}

}  // namespace nnrun::host
