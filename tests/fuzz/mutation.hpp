// Inputs that differ a little from those of a corpus, always the same ones.
#pragma once
#include <cstdint>
#include <string>
#include <vector>
namespace nnrun::testing {

/// Returns example number / 256 of a corpus, modulo its size, changed in up to four places; the
/// number decides how.
std::string mutation(const std::vector<std::string>& corpus, std::uint64_t number);

}  // namespace nnrun::testing
