#include <nnrun/plugin.hpp>

/// x Φ(x), Φ the normal distribution function, or its approximation by tanh. Hendrycks & Gimpel
/// 2016, *Gaussian Error Linear Units*, section 2.
struct Gelu : nnrun::Activation {
  static constexpr auto name = "gelu", doc = "x * (probability that a normal number is below x)";
  static constexpr const char* ways[] = {"none", "tanh"};
  const char* approximate = "none";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Gelu::approximate, "approximate",
                                      "tanh: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))",
                                      {.choices = ways}));
  }
  struct Exact {
    auto f(auto x) const { return 0.5 * x * erfc(-0.7071067811865476 * x); }
  };
  struct ByTanh {  // (1 + tanh(u)) / 2 = sigmoid(2 u); beyond 30 it is 0 or 1, and x^3 may overflow
    auto f(auto x) const {
      const auto near = max(min(x, 30), -30);
      return x * sigmoid(1.5957691216057308 * near * (1 + 0.044715 * near * near));
    }
  };
  void choose(auto visit) const { approximate[0] == 't' ? visit(ByTanh{}) : visit(Exact{}); }
};
NNRUN_REGISTER(Gelu)
