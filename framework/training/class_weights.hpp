// What classes count in the cost: numbers of the config, by the names of the classes, or worked out
// from the training part; and what sums of costs are divided by.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "network/model_file.hpp"
#include "training/data.hpp"
namespace nnrun::host {

struct ClassWeights {
  Use cost;                     ///< with numbers in place of words
  std::vector<double> numbers;  ///< one per class; empty: all count 1
  bool per_label = false;       ///< for targets 0 and 1, instead of one per output
  bool given = true;            ///< the config has the numbers themselves
  std::vector<double> found;    ///< the numbers, if they are from the training part
  std::vector<bool> absent;     ///< then: classes that no training example is of
};

/// Works out what `balanced` or a map of names stands for. Classes c of n_c training examples, n in
/// all, count n / (k · n_c), where k is how many classes there are (King and Zeng 2001, as in
/// scikit-learn's compute_class_weight); an example that has a weight is so many. A class without
/// examples counts 1. Throws ConfigError at the cost's place.
template <class T>
ClassWeights class_weights_of(const Use& cost, const DataNames& names, const Targets& targets,
                              const Examples<T>& train, const Graph& graph);
/// The same of a trained network, whose file has the numbers.
ClassWeights class_weights_of(const Use& cost, const ModelFile& trained, const Graph& graph);

/// Returns whether a sum of costs is divided by what its examples count, not by their number.
bool divides_by_weights(const Experiment& experiment);

/// Sets what each example adds to the divisor: its weight times that of its class, Σ w t over its
/// targets, of all its steps; of labels, the mean over its outputs. Does nothing unless by_weights.
/// cols: of the targets of an example.
template <class T>
void set_divisors(std::array<Examples<T>, NNRUN_PARTS>& parts, const ClassWeights& weights,
                  bool by_weights, std::size_t cols);

/// Returns lines that say what classes and examples count; empty if all count 1.
template <class T>
std::vector<std::string> words_of_weights(const ClassWeights& weights,
                                          const std::array<Examples<T>, NNRUN_PARTS>& parts,
                                          const DataShape& shape, const Experiment& experiment);

}  // namespace nnrun::host
