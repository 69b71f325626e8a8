// A row of numbers times a matrix, as loops of C whose sums stay in registers.
#pragma once
#include <string>
#include <vector>

#include "exporting/c_text.hpp"
namespace nnrun::host {

/// Units in memory: one alone, or whole fours, the last of them zeros.
std::size_t whole_units(std::size_t units);
/// Returns weights of units × inputs as a product reads them: inputs × whole units.
std::vector<double> turned_weights(const double* weights, std::size_t units, std::size_t inputs);

struct CProduct {
  std::string in, out;        ///< arrays: names, or expressions in parentheses
  std::string weights, bias;  ///< tables of whole units; no bias: empty
  std::size_t inputs = 0, units = 0;
  bool adds = false;    ///< to what is in `out`
  bool padded = false;  ///< there is room for whole units in `out`, which are written
  bool fused = false;   ///< products are added with one rounding
};
/// Returns the statements, in a block of their own: out = bias + in · weights, each sum in the
/// order of the inputs. They use `i`.
std::string c_product(const CText& text, const CProduct& product);
/// The same of a product that is large enough by vectors where the processor has them. name: of the
/// function for them.
std::string c_product_by_lanes(CText& text, const CProduct& product, const std::string& name);

}  // namespace nnrun::host
