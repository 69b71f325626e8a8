#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <nnrun/plugin.hpp>
#include <numeric>

/// The article's generator: ARC4 as in the `seed-random` library, keyed by the decimal digits of
/// the seed, its first 256 bytes dropped. One sequence for everything: weights in layer order, then
/// training points, then test points.
///
/// ARC4 repeats a short key until it fills 256 bytes, so "1" and "11" would be the same key. A seed
/// whose digits repeat a shorter text gets a final ':', which no other seed has.
struct Arc4 : nnrun::Random {
  static constexpr auto name = "arc4", doc = "the article's generator: one sequence, ARC4";
  static constexpr bool sequential = true;

  void seed(std::uint64_t seed) {
    std::string key = std::to_string(seed);
    if (is_repeated(key)) key += ':';
    std::iota(state_.begin(), state_.end(), 0u);
    std::uint32_t j = 0;
    for (std::size_t i = 0; i < 256; ++i) {
      j = (j + state_[i] + static_cast<std::uint8_t>(key[i % key.size()])) & 255;
      std::swap(state_[i], state_[j]);
    }
    place_ = {1, 0, state_[1]};
    for (int i = 0; i < 256; ++i) byte(place_);
  }

  void uniform(const char*, std::uint64_t, std::uint64_t, std::span<double> out) {
    Place place = place_;  // in registers: what is written to `out` might be place_
    for (double& x : out) x = number(place);
    place_ = place;
  }

 private:
  static bool is_repeated(const std::string& key) {
    for (std::size_t n = 1; n < key.size(); ++n)
      if (key.size() % n == 0 && key.substr(n) == key.substr(0, key.size() - n)) return true;
    return false;
  }
  // Bytes in whole registers: parts of them take nearly twice as long.
  struct Place {
    std::uint32_t i = 1, j = 0;  // i: of the byte that comes next
    std::uint32_t a = 0;         // state_[i]
  };

  std::uint32_t byte(Place& at) {
    // read ahead of the two writes: behind them, each byte would wait for those of the one before
    const std::uint32_t next = (at.i + 1) & 255, ahead = state_[next];
    const std::uint32_t a = at.a, j = (at.j + a) & 255, b = state_[j];
    state_[at.i] = b;
    state_[j] = a;
    at = {next, j, j == next ? a : ahead};
    return state_[(a + b) & 255];
  }
  /// Returns a fraction with at least 52 significant bits, cut to the 53 of a double: that of six
  /// bytes, and of more while they begin with zeros. A divisor is a power of two, so all is exact.
  double number(Place& at) {
    std::uint64_t n = 0, last = 0;
    int bits = 48;  // of the fraction
    for (int i = 0; i < 6; ++i) n = n << 8 | byte(at);
    do {
      n = (n + last) << 8;
      last = byte(at);
      bits += 8;
    } while (n < std::uint64_t{1} << 52);
    const int too_many = std::max(0, static_cast<int>(std::bit_width(n)) - 53);
    const auto digits = static_cast<std::int64_t>((n + last) >> too_many);
    return static_cast<double>(digits) * power_of_two(too_many - bits);
  }
  static double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
  }

  std::array<std::uint32_t, 256> state_{};
  Place place_;
};
NNRUN_REGISTER(Arc4)
