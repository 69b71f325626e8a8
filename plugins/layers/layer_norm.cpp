#include <algorithm>

#include "normalization.hpp"

/// The features of each example get mean 0 and variance 1 (divided by n), then a scale and a shift
/// that are learnt: Ba, Kiros & Hinton 2016, equation 4. The same in training and after it.
struct LayerNorm : nnrun::Layer {
  static constexpr auto name = "layer_norm", doc = "normalizes the features of each example";
  double epsilon = 1e-3;
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&LayerNorm::epsilon, "epsilon", "added to the variance",
                                      {.min = 0, .above_min = true}));
  }

  void plan(nnrun_plan& plan) const {
    const std::size_t features = normalization::plan(plan, name),
                      groups = nnrun::size_of(plan.out) / features;
    plan.kept_per_row = 2 * groups;
    if (groups == 1) plan.groups = 2;  // a parameter moves one column
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    normalize(normalization::View<T>(c), c.kept_rows(), epsilon);
  }
  auto row(auto in, auto w) const {
    const auto off = in[0] - row_mean(in[0]);
    return w[0] * (off * (1 / sqrt(row_mean(off * off) + epsilon))) + w[1];
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (c.d_in(0)) slopes(normalization::View<T>(c), c.kept_rows());
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.call.tile == 0) parameter_slopes(normalization::View<T>(c), c.kept_rows());
  }
  template <class T>
  void perturb(const nnrun::LayerCall<T>& c, T h, T* out) const {
    const normalization::View<T> v(c);
    const auto [mean, inverse] = statistics(v.x, v.features, epsilon);
    for (std::size_t j = 0; j < v.features; ++j) {
      const T normalized = (v.x[j] - mean) * inverse;
      out[j] = (v.gamma[j] + h) * normalized + v.beta[j];
      out[v.stride + j] = v.gamma[j] * normalized + (v.beta[j] + h);
    }
    for (std::size_t j = v.features; j < v.stride; ++j) out[j] = out[v.stride + j] = v.y[0];
  }

 private:
  template <class T>
  struct Statistics {
    T mean, inverse;  // 1 / sqrt(variance + epsilon)
  };
  template <class T>
  NNRUN_INLINE static Statistics<T> statistics(const T* x, std::size_t n, double epsilon) {
    const T share = T(1) / static_cast<T>(n);
    T mean = 0, variance = 0;
    for (std::size_t j = 0; j < n; ++j) mean += x[j];
    mean *= share;
    for (std::size_t j = 0; j < n; ++j) variance += (x[j] - mean) * (x[j] - mean);
    return {mean, normalization::inverse_deviation(variance * share, epsilon)};
  }
  template <class T>
  NNRUN_CLONES static void normalize(const normalization::View<T> v, T* kept, double epsilon) {
    for (std::size_t r = 0; r < v.groups; ++r) {
      const T* const x = v.x + r * v.features;
      T* const y = v.y + r * v.features;
      const Statistics<T> s = statistics(x, v.features, epsilon);
      for (std::size_t j = 0; j < v.features; ++j)
        y[j] = v.gamma[j] * ((x[j] - s.mean) * s.inverse) + v.beta[j];
      if (!kept) continue;
      kept[2 * r] = s.mean;
      kept[2 * r + 1] = s.inverse;
    }
  }
  /// As in batch_norm, but over the features of an example, with gamma inside the means.
  template <class T>
  NNRUN_CLONES static void slopes(const normalization::View<T> v, const T* kept) {
    const T share = T(1) / static_cast<T>(v.features);
    for (std::size_t r = 0; r < v.groups; ++r) {
      const T *const x = v.x + r * v.features, *const dy = v.dy + r * v.features;
      T* const dx = v.dx + r * v.features;
      const T mean = kept[2 * r], inverse = kept[2 * r + 1];
      T sum = 0, sum_normalized = 0;
      for (std::size_t j = 0; j < v.features; ++j) {
        const T d = v.gamma[j] * dy[j];
        sum += d;
        sum_normalized += d * ((x[j] - mean) * inverse);
      }
      for (std::size_t j = 0; j < v.features; ++j) {
        const T normalized = (x[j] - mean) * inverse;
        const T d = inverse * (v.gamma[j] * dy[j] - share * (sum + normalized * sum_normalized));
        dx[j] = v.add_inputs ? dx[j] + d : d;
      }
    }
  }
  template <class T>
  NNRUN_CLONES static void parameter_slopes(const normalization::View<T> v, const T* kept) {
    if (!v.add)
      for (std::size_t j = 0; j < v.stride; ++j) v.dgamma[j] = v.dbeta[j] = T(0);
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) {
        const std::size_t i = r * v.features + j;
        v.dgamma[j] += v.dy[i] * ((v.x[i] - kept[2 * r]) * kept[2 * r + 1]);
        v.dbeta[j] += v.dy[i];
      }
  }
};
NNRUN_REGISTER(LayerNorm)
