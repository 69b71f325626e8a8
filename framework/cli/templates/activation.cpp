#include <nnrun/plugin.hpp>

/// x σ(βx). Ramachandran, Zoph, Le 2017, *Searching for Activation Functions*.
struct NewThing : nnrun::Activation {
  static constexpr auto name = "new_thing", doc = "x * sigmoid(beta * x)";
  double beta = 1;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&NewThing::beta, "beta", "0: a line", {.min = 0, .max = 99}));
  }
  auto f(auto x) const { return x * sigmoid(beta * x); }
};
NNRUN_REGISTER(NewThing)
