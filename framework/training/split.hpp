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

}  // namespace nnrun::host
