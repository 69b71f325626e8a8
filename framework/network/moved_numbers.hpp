// Layers that only move numbers, or add constants to them: which input each output is a copy of,
// and which constants.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "loading/object.hpp"
namespace nnrun::host {

/// The operation of such a layer.
inline constexpr std::string_view move_operation = "moves";
inline constexpr std::size_t moved_zero = static_cast<std::size_t>(-1);

/// Returns for each output of a planned layer the number that it is a copy of, counted through all
/// inputs, or moved_zero. Throws PluginError if an output is something else.
std::vector<std::size_t> moved_numbers(const Object& layer, const nnrun_plan& plan);
/// Returns what a planned layer without parameters adds to each number: its outputs for zeros.
std::vector<double> added_numbers(const Object& layer, const nnrun_plan& plan);

}  // namespace nnrun::host
