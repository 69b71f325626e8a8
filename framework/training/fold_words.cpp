#include "training/fold_words.hpp"

#include <algorithm>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

std::string words_of_rare(const std::vector<std::string>& classes) {
  constexpr std::size_t most = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(classes.size(), most); ++i)
    names += (i > 0 ? ", " : "") + single_quoted(classes[i]);
  if (classes.size() > most) names += " and " + std::to_string(classes.size() - most) + " others";
  return classes.size() == 1
             ? "class " + names + " has fewer examples than there are folds: some have none of it"
             : "classes " + names +
                   " have fewer examples than there are folds: some have none of them";
}

}  // namespace

std::vector<std::string> words_of_folds(const FoldFacts& folds) {
  std::vector<std::string> words;
  if (folds.by_class && folds.rare.empty())
    words.emplace_back("each fold has its share of every class");
  if (!folds.rare.empty()) words.push_back(words_of_rare(folds.rare));
  if (folds.set_aside > 0)
    words.push_back("the test part of the data is left alone: " + std::to_string(folds.set_aside) +
                    (folds.set_aside == 1 ? " example" : " examples"));
  return words;
}

std::vector<std::string> words_of_fold(const Split& split, const FoldFacts& folds) {
  if (split.folds == 0) return {};
  std::vector<std::string> words = words_of_folds(folds);
  words.insert(words.begin(), "fold " + std::to_string(split.fold) + " of " +
                                  std::to_string(split.folds) + " is held out as the test part");
  return words;
}

}  // namespace nnrun::host
