#include "copied.hpp"

/// 28 x 28 numbers as a row of 784.
struct Flatten : Copied {
  static constexpr auto name = "flatten", doc = "the numbers of its input in one row";
  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    p.out = {1, {nnrun::size_of(p.in[0])}};
    p.free_cuts = 1;
  }
};
NNRUN_REGISTER(Flatten)
