// Cutting the training part of a data set into training, validation and test.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>
namespace nnrun::host {

using Cut = std::array<std::vector<std::uint32_t>, NNRUN_PARTS>;

/// Cuts `order` into parts of these sizes, one after the other. Each part is sorted: it keeps the
/// file's order.
Cut cut_in_order(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes);

/// The same, but every class has the same share in each part as in the whole, to the nearest
/// example. classes: the class of every example, from 0.
Cut cut_by_class(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes,
                 std::span<const std::uint32_t> classes);

/// Returns how many of n examples a fold holds: folds differ by one at most, the first are larger.
std::size_t size_of_fold(std::size_t n, std::size_t folds, std::size_t fold);

struct FoldCut {
  std::size_t folds, fold;  ///< fold: the one that is held out, from 1
  std::size_t validation;   ///< how many of the rest are cut from its end
};
/// Holds one fold of `order` out: in the cut, that is the test part. The folds are the same
/// whichever is held out: disjoint, and together all of `order`. classes, if not empty: of every
/// example; then all parts have the same share of each class, to the nearest example. Within a
/// class a fold is a block, so that examples in order of time stay in order.
Cut cut_fold(std::span<const std::uint32_t> order, const FoldCut& how,
             std::span<const std::uint32_t> classes);

}  // namespace nnrun::host
