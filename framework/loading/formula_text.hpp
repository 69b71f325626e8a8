// Classes whose settings are a formula as a text and the numbers that it names.
#pragma once
#include <nnrun/formula_text.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "loading/registry.hpp"
namespace nnrun::host {

/// The name of classes that are written by their formula alone: {formula: "x^2"}, without a type;
/// and of the setting that holds it.
inline constexpr std::string_view formula_word = "formula";

/// Returns what a class offers to say about a formula; nullptr if it takes none.
const nnrun_formula_text* formula_text_of(const Class& plugin);

/// Returns `beta` and `1.5` of `beta=1.5`, as such a class takes a number.
std::pair<std::string, std::string> name_and_digits(const std::string& number);

}  // namespace nnrun::host
