// Cutting the training part of a data set into training, validation and test.
#pragma once
#include <nnrun/abi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>
namespace nnrun::host {

using Cut = std::array<std::vector<std::uint32_t>, NNRUN_PARTS>;

/// Parts of the given sizes, in this order one after the other; each keeps the file's order.
Cut cut_in_order(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes);

/// The same, every class in every part as often as in the whole, to the nearest example. classes:
/// a number from 0 for every example.
Cut cut_by_class(std::span<const std::uint32_t> order,
                 const std::array<std::size_t, NNRUN_PARTS>& sizes,
                 std::span<const std::uint32_t> classes);

}  // namespace nnrun::host
