#include "formula_text.hpp"

#include <algorithm>

namespace formulas {

Parsed parsed(std::string_view text, std::span<const char* const> numbers,
              std::span<const char* const> inputs) {
  const std::vector<NamedNumber> named = numbers_of(numbers, inputs);
  Parsed out;
  out.result = parse(text, inputs, named, out.expression);
  const auto& all = out.expression.operations();
  for (std::size_t k = 0; k < inputs.size(); ++k)
    if (std::none_of(all.begin(), all.end(), [&](const Operation& o) {
          return o.op == Op::input && o.value == static_cast<double>(k);
        }))
      throw Fault{0, std::string::npos, "the formula does not use '" + std::string(inputs[k]) + "'",
                  inputs.size() > 1 ? about_inputs(inputs) : ""};
  return out;
}

nnrun::Error error_of(const Fault& fault) {
  const bool of_text = fault.length > 0 && fault.length != std::string::npos;
  return nnrun::Error(
      fault.what + (of_text ? ", at character " + std::to_string(fault.at + 1) : ""), "",
      fault.hint);
}

void tell(const Fault& fault, std::span<const char* const> numbers,
          std::span<const char* const> inputs, void* host,
          void (*to)(void* host, const nnrun_formula_fault*)) {
  std::vector<std::string> words = fault.is_function ? known_functions() : known_constants();
  if (!fault.is_function) {
    words.insert(words.begin(), inputs.begin(), inputs.end());
    for (const std::string_view number : numbers)
      words.emplace_back(number.substr(0, number.find('=')));
  }
  std::vector<const char*> known;
  for (const std::string& word : words) known.push_back(word.c_str());
  const bool of_text = fault.length > 0;
  const nnrun_formula_fault told{sizeof told,
                                 fault.at,
                                 fault.length,
                                 !of_text && !fault.word.empty() ? fault.word.c_str() : nullptr,
                                 fault.what.c_str(),
                                 fault.hint.empty() ? nullptr : fault.hint.c_str(),
                                 of_text && !fault.word.empty() ? fault.word.c_str() : nullptr,
                                 known.data(),
                                 static_cast<std::uint32_t>(known.size())};
  to(host, &told);
}

}  // namespace formulas
