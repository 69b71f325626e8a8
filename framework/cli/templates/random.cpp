#include <nnrun/plugin.hpp>

/// SplitMix64 (Steele, Lea, Flood 2014) as a counter: number i of a stream depends only on seed,
/// stream and i, so that streams may be read in any order and by any number of threads.
struct NewThing : nnrun::Random {
  static constexpr auto name = "new_thing", doc = "SplitMix64, a stream per purpose";

  void seed(std::uint64_t seed) { seed_ = mixed(seed); }
  void uniform(const char* stream, std::uint64_t index, std::uint64_t from,
               std::span<double> out) const {
    std::uint64_t start = mixed(seed_ + index);
    for (; *stream; ++stream) start = mixed(start ^ static_cast<unsigned char>(*stream));
    for (double& x : out)  // the upper 53 bits: as many as a double holds
      x = static_cast<double>(mixed(start + from++) >> 11) * 0x1p-53;
  }

 private:
  static std::uint64_t mixed(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t seed_ = 0;
};
NNRUN_REGISTER(NewThing)
