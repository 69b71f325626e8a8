// Bytes as text.
#pragma once
#include <cstddef>
#include <span>
#include <string>
namespace nnrun::host {

/// Returns bytes in base64, with its padding.
std::string base64(std::span<const std::byte> bytes);

}  // namespace nnrun::host
