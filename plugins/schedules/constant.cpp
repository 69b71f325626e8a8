#include <nnrun/plugin.hpp>

/// 1, always.
struct Constant : nnrun::Schedule {
  static constexpr auto name = "constant", doc = "the learning rate as it is";
  double factor(const nnrun::Moment& now) const {
    static_cast<void>(now);
    return 1;
  }
};
NNRUN_REGISTER(Constant)
