// The ten rounds of Philox4x32 (Salmon, Moraes, Dror, Shaw 2011, section 4.2 and table 2).
#pragma once
#include <array>
#include <cstdint>

namespace philox {

using Bits = std::array<std::uint32_t, 4>;
constexpr std::uint32_t low(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}
constexpr std::uint32_t high(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}

constexpr Bits rounds(Bits x, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round, key0 += 0x9e3779b9, key1 += 0xbb67ae85) {
    const std::uint64_t a = std::uint64_t{0xd2511f53} * x[0], b = std::uint64_t{0xcd9e8d57} * x[2];
    x = {high(b) ^ x[1] ^ key0, low(b), high(a) ^ x[3] ^ key1, low(a)};
  }
  return x;
}

}  // namespace philox
