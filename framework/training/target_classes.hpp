// Examples with equal targets, as classes: for cutting data by class.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "network/model_file.hpp"
namespace nnrun::host {

struct TargetClasses {
  static constexpr std::size_t most = 1000;
  std::vector<std::uint32_t> of_example;  ///< numbers from 0, in order of appearance
  std::vector<std::uint32_t> first_of;    ///< the first example of each
  bool too_many = false;                  ///< these are numbers, not classes: the rest is not done
};

/// targets: row-major, `cols` a row.
template <class T>
TargetClasses classes_of(std::span<const T> targets, std::size_t cols);

/// Returns whether each row says one class: by a column for each, or one column of yes and no.
template <class T>
bool are_classes(std::span<const T> targets, std::size_t cols, const DataNames& names);

/// Returns the first example of every class that has fewer than `least` of these examples.
std::vector<std::uint32_t> rare_classes(const TargetClasses& classes,
                                        std::span<const std::uint32_t> examples, std::size_t least);

/// Returns what people call the class of a row of targets: of labels, those that are a yes, as in
/// `toxic+spam`.
template <class T>
std::string name_of_class(std::span<const T> row, const DataNames& names);

}  // namespace nnrun::host
