// What the targets of a run mean: classes, with or without an order, labels or numbers.
#pragma once
#include <nnrun/abi.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>
namespace nnrun::host {

/// What targets are, by those of the training part: other data are read in the same way.
struct Targets {
  bool known = false;
  std::uint32_t kind = NNRUN_NUMBERS;  ///< as nnrun_meaning.targets
  double border = 0.5;  ///< above it: yes; 0 where targets go below 0, as -1 and 1 do
  bool shares = false;  ///< classes and labels are shares from 0 to 1, not yes and no alone
  /// An example has several answers: the numbers of the last axis say the class of one, as of a
  /// step of a sequence.
  bool of_last_axis = false;
  /// What the classes count to the cost, if that was worked out from the training part.
  std::vector<double> class_weights = {};
};

/// Returns what rows of targets in several parts are. Several columns are classes if `classes` says
/// so, or if each row is one yes among no, or shares that add up to 1; otherwise columns of 0 and
/// 1, or -1 and 1, are labels. shares: numbers from 0 to 1 are labels too.
template <class T>
Targets targets_of(std::span<const std::span<const T>> parts, std::size_t cols, bool classes,
                   bool shares);

/// Returns whether a row of targets is what such targets are: yes and no, unless they are shares;
/// any row of numbers is.
template <class T>
bool fits(const Targets& targets, std::span<const T> row);

/// Returns the word for what targets are in files.
std::string name_of_kind(const Targets& targets);
/// Reads such a word and a border; not known if they are anything else.
Targets targets_named(std::string_view kind, std::string_view border);

}  // namespace nnrun::host
