#include <nnrun/plugin.hpp>
namespace {
/// Ramachandran, Zoph & Le 2017, *Searching for activation functions*.
struct ConsumerSwish : nnrun::Activation {
  static constexpr auto name = "consumer_swish", doc = "x * sigmoid(beta x)";
  double beta = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&ConsumerSwish::beta, "beta", "slope of the gate", {.min = 0, .max = 10}));
  }
  auto f(auto x) const { return x * sigmoid(beta * x); }
};
}  // namespace
NNRUN_REGISTER(ConsumerSwish)
