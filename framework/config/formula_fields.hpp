// {formula: "x * sigmoid(beta * x)", beta: 1.5}: a formula, and the numbers that stand beside it.
#pragma once
#include "config/fields.hpp"
#include "loading/formula_text.hpp"
#include "loading/object.hpp"
namespace nnrun::host {

/// Takes every key that is no setting of the class as a number of its formula, and reports what is
/// wrong with the formula, at the character. use: with all its settings, of a class that offers
/// `text`. Returns whether it can be used.
bool read_formula(Use& use, const nnrun_formula_text& text, Fields& fields);

/// Returns whether a class of this kind may be written by its formula alone.
bool may_be_a_formula(std::string_view kind);
/// Returns what a map means that has no type: formula_word if it has a formula, and this kind has
/// such classes; else an empty text.
std::string_view type_by_formula(const ConfigNode& map, std::string_view kind);

}  // namespace nnrun::host
