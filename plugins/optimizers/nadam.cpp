#include "moments.hpp"

/// Adam with Nesterov's momentum. Dozat 2016, *Incorporating Nesterov Momentum into Adam*, with its
/// schedule μₜ = β₁ (1 − 0.96^(ψt) / 2), in PyTorch's form.
struct Nadam : Moments {
  static constexpr auto name = "nadam", doc = "adam with nesterov's momentum";
  /// share: 1 − μ₁ … μₜ, by which m is divided; a single number, but kept per parameter
  static constexpr const char* slots[] = {"m", "v", "share"};
  static constexpr double learning_rate = 0.002;
  double momentum_decay = 0.004;
  static constexpr auto params() {
    return std::tuple_cat(Moments::params(), nnrun::params(nnrun::param(
                                                 &Nadam::momentum_decay, "momentum_decay",
                                                 "ψ: how soon the momentum is beta1", {.min = 0})));
  }
  struct Constants {
    double rate, mu, next_mu, root;
  };
  Constants prepare(const nnrun::Step& s) const {
    const double t = static_cast<double>(s.number);
    return {s.rate, mu(t), mu(t + 1), nnrun::sqrt(nnrun::Num(s.held(beta2))).v};
  }
  void update(auto& w, auto g, auto& m, auto& v, auto& share, const Constants& k) const {
    const auto slope = g + weight_decay * w;
    average(m, v, slope);
    share = 1 - (1 - share) * k.mu;
    const auto ahead = k.next_mu * m / (1 - (1 - share) * k.next_mu) + (1 - k.mu) * slope / share;
    w = w - k.rate * ahead / (sqrt(v) / k.root + epsilon);
  }

 private:
  double mu(double t) const {
    constexpr double log_of_096 = -0.040821994520255166;
    return beta1 * (1 - 0.5 * nnrun::exp(log_of_096 * momentum_decay * t));
  }
};
NNRUN_REGISTER(Nadam)
