// A formula as loops of C over the columns of a row.
#pragma once
#include <string>
#include <vector>

#include "exporting/c_text.hpp"
#include "network/formula.hpp"
namespace nnrun::host {

/// An array that a formula reads. The whole output: an index r + i; a row of features: i; one
/// number: 0.
struct CInput {
  std::string array;
  enum class At { output, feature, one } at;
};

/// Returns the body of a block of C that computes rows of `width` numbers, `cols` in all, into the
/// array `out`.
std::string c_formula(CText& text, const Formula& formula, const std::vector<CInput>& inputs,
                      const std::string& out, std::size_t cols, std::size_t width);

}  // namespace nnrun::host
