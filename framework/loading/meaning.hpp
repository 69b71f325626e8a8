// What a class says of itself beyond its functions, since 1.2; libraries of 1.0 and 1.1 said it by
// the names of settings.
#pragma once
#include <cstdint>

#include "loading/registry.hpp"
namespace nnrun::host {

/// Whether a layer has units of its own, which the default activation is for. Before 1.2: has a
/// setting `units` or `filters`.
bool has_units(const Class& layer);

/// Whether a setting of a data set has this flag, NNRUN_CLASSES or NNRUN_SEPARATOR. Before 1.2: is
/// called `classes` or `separator`.
bool means(const Class& dataset, const nnrun_setting& setting, std::uint32_t flag);

}  // namespace nnrun::host
