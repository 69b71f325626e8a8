#include <nnrun/plugin.hpp>

/// x / (1 + |x|). Bergstra, Desjardins, Lamblin, Bengio 2009, *Quadratic Polynomials Learn Better
/// Image Features*; Glorot & Bengio 2010.
struct Softsign : nnrun::Activation {
  static constexpr auto name = "softsign", doc = "x / (1 + |x|), from -1 to 1";
  static constexpr nnrun::Range outputs{-1, 1};
  auto f(auto x) const { return x / (1 + abs(x)); }
};
NNRUN_REGISTER(Softsign)
