// The page that a comparison, a sweep or a run leaves: one file that needs nothing else.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
namespace nnrun::host {

/// HTML with its style, its script and the object in it. Curves keep as many points as make a file
/// of some megabytes, maps those of the first ten seeds.
std::string comparison_page(const nlohmann::ordered_json& comparison);

}  // namespace nnrun::host
