#include <nnrun/plugin.hpp>

/// Some weights 0, the others normal: units start different from each other and far from
/// saturation. Martens 2010, *Deep learning via Hessian-free optimization*, section 5.
struct NewThing : nnrun::Initializer {
  static constexpr auto name = "new_thing", doc = "a share of the weights normal, the others 0";
  double share = 0.5, stddev = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&NewThing::share, "share", "part that is not 0", {.min = 0, .max = 1}),
        nnrun::param(&NewThing::stddev, "stddev", "standard deviation of that part", {.min = 0}));
  }
  double draw(const nnrun::Stream& random, const nnrun::Block&) const {
    const double drawn = random.normal(0, stddev);
    return random() < share ? drawn : 0;
  }
};
NNRUN_REGISTER(NewThing)
