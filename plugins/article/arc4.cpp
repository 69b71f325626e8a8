#include <array>
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
    std::iota(state_.begin(), state_.end(), std::uint8_t{0});
    std::uint8_t j = 0;
    for (std::size_t i = 0; i < 256; ++i) {
      j = static_cast<std::uint8_t>(j + state_[i] + static_cast<std::uint8_t>(key[i % key.size()]));
      std::swap(state_[i], state_[j]);
    }
    i_ = j_ = 0;
    for (int i = 0; i < 256; ++i) byte();
  }

  void uniform(const char*, std::uint64_t, std::uint64_t, std::span<double> out) {
    for (double& x : out) x = number();
  }

 private:
  static bool is_repeated(const std::string& key) {
    for (std::size_t n = 1; n < key.size(); ++n)
      if (key.size() % n == 0 && key.substr(n) == key.substr(0, key.size() - n)) return true;
    return false;
  }
  std::uint8_t byte() {
    i_ = static_cast<std::uint8_t>(i_ + 1);
    const std::uint8_t a = state_[i_];
    j_ = static_cast<std::uint8_t>(j_ + a);
    const std::uint8_t b = state_[i_] = state_[j_];
    state_[j_] = a;
    return state_[static_cast<std::uint8_t>(a + b)];
  }
  /// Returns n / d with at least 52 significant bits: six bytes over 2^48, and more bytes while n
  /// is small.
  double number() {
    double n = 0, d = 281474976710656., x = 0;
    for (int i = 0; i < 6; ++i) n = n * 256 + byte();
    while (n < 4503599627370496.) {  // 2^52
      n = (n + x) * 256;
      d *= 256;
      x = byte();
    }
    while (n >= 9007199254740992.) {  // 2^53
      n /= 2;
      d /= 2;
      x = static_cast<double>(static_cast<int>(x) >> 1);
    }
    return (n + x) / d;
  }

  std::array<std::uint8_t, 256> state_{};
  std::uint8_t i_ = 0, j_ = 0;
};
NNRUN_REGISTER(Arc4)
