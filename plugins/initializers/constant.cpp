#include <nnrun/plugin.hpp>

/// One value everywhere: a bias that starts above 0, say.
struct Constant : nnrun::Initializer {
  static constexpr auto name = "constant", doc = "one value everywhere";
  double value = 0;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Constant::value, "value", "of every number", {.required = true}));
  }
  double draw(const nnrun::Stream&, const nnrun::Block&) const { return value; }
};
NNRUN_REGISTER(Constant)
