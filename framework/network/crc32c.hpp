// The checksum of checkpoints and models.
#pragma once
#include <cstdint>
#include <string_view>
namespace nnrun::host {

/// Returns the CRC-32C (Castagnoli, RFC 3720 B.4) of bytes that follow others with the checksum
/// `before`.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace nnrun::host
