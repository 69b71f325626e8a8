// What batch_norm and layer_norm share: y = gamma · (x − mean) / sqrt(variance + epsilon) + beta,
// with a gamma and a beta for each feature, which is an index of an example's last size.
#pragma once
#include <cmath>

#include "shapes.hpp"

namespace normalization {

/// Plans an output of the input's shape; gamma starts at 1, beta at 0. Returns the number of
/// features.
inline std::size_t plan(nnrun_plan& plan, const char* name) {
  shapes::require_one_input(plan, name);
  plan.out = plan.in[0];
  const std::size_t features = plan.out.sizes[plan.out.rank - 1], stride = nnrun::padded(features);
  plan.blocks[0] = {"gamma", NNRUN_OTHER, {1, {features}}, {1}, 0, features, features, 1};
  plan.blocks[1] = {"beta", NNRUN_OTHER, {1, {features}}, {1}, stride, features, features, 0};
  plan.n_blocks = 2;
  plan.n_parameters = 2 * stride;
  plan.free_cuts = 1;
  plan.forgets_outputs = 1;
  return features;
}

template <class T>
NNRUN_INLINE T inverse_deviation(T variance, double epsilon) {
  return T(1) / std::sqrt(variance + static_cast<T>(epsilon));
}

/// A view of a call as contiguous groups of features: a row may hold several.
template <class T>
struct View {
  std::size_t features, groups, stride;
  const T *x, *dy, *gamma, *beta;
  T *y, *dx, *dgamma, *dbeta;
  bool add_inputs, add;

  explicit View(const nnrun::LayerCall<T>& c)
      : features(c.shape().sizes[c.shape().rank - 1]),
        groups(c.rows() * c.cols() / features),
        stride(nnrun::padded(features)),
        x(c.in(0)),
        dy(c.d_out()),
        gamma(c.w()),
        beta(c.w() + stride),
        y(c.out()),
        dx(c.d_in(0)),
        dgamma(c.dw()),
        dbeta(c.dw() ? c.dw() + stride : nullptr),
        add_inputs(c.adds(0)),
        add(c.call.accumulate != 0) {}
};

}  // namespace normalization
