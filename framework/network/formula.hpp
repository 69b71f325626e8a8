// What a class computes, written down line by line: as a class that offers "nnrun.formula/1" gives
// it, with every branch of its C++ walked. Laws compare it with the class; exports are made of it.
#pragma once
#include <nnrun/number.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loading/object.hpp"
namespace nnrun::host {

/// An operation of a formula.
struct Operation {
  std::string_view name;
  int arguments;
  bool of_row;  ///< takes the numbers of a whole row
};

/// A line: an operation on the results of earlier lines.
struct FormulaLine {
  const Operation* operation;
  int arguments[3] = {-1, -1, -1};
  double constant = 0;    ///< of `const`
  std::size_t input = 0;  ///< of `input`

  std::string_view name() const { return operation->name; }
  bool operator==(const FormulaLine&) const = default;
};

/// The last line is the result; every line is used by a later one.
struct Formula {
  std::vector<FormulaLine> lines;
  bool of_rows() const;
};

/// Returns the table of a class; nullptr if it offers none.
const nnrun_formula* formula_table_of(const Object& object);
/// Returns the formula of an object, which takes `inputs` numbers. plan: of a layer; nullptr for
/// other kinds. Throws PluginError if it offers none, and says why it cannot be written down.
Formula formula_of(const Object& object, const nnrun_plan* plan, std::size_t inputs);

/// Returns the formula that adds two inputs.
Formula formula_of_sum();

/// Computes a row: result i from number i of each input. inputs: a row each, or a single number for
/// all of them.
template <class T>
std::vector<T> computed(const Formula& formula, std::span<const std::vector<T>> inputs,
                        std::size_t row);

}  // namespace nnrun::host
