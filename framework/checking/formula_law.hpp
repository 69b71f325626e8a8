// What a class offers as its formula is what it computes, to the last bit: exports are made of it.
#pragma once
#include "checking/law.hpp"
namespace nnrun::host {

Finding activation_formula_law(const Subject& subject);
Finding layer_formula_law(const Subject& subject);

}  // namespace nnrun::host
