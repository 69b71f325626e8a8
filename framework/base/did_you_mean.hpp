// What a misspelt word was probably meant to be.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
namespace nnrun::host {

/// Returns the known word nearest to a misspelt one, if it is near enough (optimal string
/// alignment).
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);
/// Returns "did you mean 'sigmoid'?", or "one of: a, b, c" if nothing is near and the list is
/// short.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace nnrun::host
