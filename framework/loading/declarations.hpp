// What a class declares beyond its functions since 1.2; libraries of 1.0 and 1.1 are judged by the
// names of their settings.
#pragma once
#include <cstdint>
#include <optional>

#include "loading/registry.hpp"
namespace nnrun::host {

/// Returns whether a layer has units of its own, which get the default activation. Before 1.2:
/// whether it has a setting `units` or `filters`.
bool has_units(const Class& layer);
/// Returns which setting says how many units such a layer has: one that is called `units` and has
/// to be given. Where it is 0, the data say it.
std::optional<std::size_t> units_setting(const Class& layer);

/// Returns whether a setting of a data set has this flag, NNRUN_CLASSES or one of how text is
/// written. Before 1.2: whether it is called `classes`, or `separator` for NNRUN_SEPARATOR.
bool means(const Class& dataset, const nnrun_setting& setting, std::uint32_t flag);

}  // namespace nnrun::host
