// What a run and a comparison say of the folds of their data.
#pragma once
#include <string>
#include <vector>

#include "training/data.hpp"
namespace nnrun::host {

/// Returns clauses that are true of all folds, such as `each fold has its share of every class`.
std::vector<std::string> words_of_folds(const FoldFacts& folds);

/// Returns `fold 2 of 5 is held out as the test part`, then what is true of all folds; nothing if
/// no fold is held out.
std::vector<std::string> words_of_fold(const Split& split, const FoldFacts& folds);

}  // namespace nnrun::host
