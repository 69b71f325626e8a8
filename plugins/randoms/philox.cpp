#include <nnrun/plugin.hpp>

#include "philox_rounds.hpp"

/// Philox4x32-10, counter-based (Salmon, Moraes, Dror, Shaw 2011): number i of a stream is a
/// function of seed, stream and i alone. Key: the seed; counter: i / 2 and the stream; one block of
/// 128 bits gives two numbers of 53 bits.
struct Philox : nnrun::Random {
  static constexpr auto name = "philox", doc = "counter-based, a stream per purpose";

  void seed(std::uint64_t seed) { seed_ = seed; }

  void uniform(const char* stream, std::uint64_t index, std::uint64_t from,
               std::span<double> out) const {
    const std::uint64_t id = stream_id(stream, index);
    for (std::size_t k = 0; k < out.size();) {
      const std::uint64_t i = from + k;
      const philox::Bits block = philox::rounds(
          {philox::low(i / 2), philox::high(i / 2), philox::low(id), philox::high(id)},
          philox::low(seed_), philox::high(seed_));
      if (i % 2 == 0) out[k++] = number(block[0], block[1]);
      if (k < out.size()) out[k++] = number(block[2], block[3]);
    }
  }

 private:
  static double number(std::uint32_t a, std::uint32_t b) {
    const std::uint64_t bits = (std::uint64_t{a} << 32 | b) >> 11;
    return static_cast<double>(bits) * 0x1p-53;
  }
  /// Returns a different number for different streams: FNV-1a of the name, then SplitMix64's
  /// finaliser over it and the index.
  static std::uint64_t stream_id(const char* name, std::uint64_t index) {
    std::uint64_t h = 0xcbf29ce484222325;
    for (; *name; ++name) h = (h ^ static_cast<unsigned char>(*name)) * 0x100000001b3;
    std::uint64_t z = h + (index + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t seed_ = 0;
};
NNRUN_REGISTER(Philox)
