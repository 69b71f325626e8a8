#include "normalization.hpp"

/// Each feature of a batch gets mean 0 and variance 1, then a scale and a shift that are learnt:
/// Ioffe & Szegedy 2015, algorithm 1. A trained network uses the averages that training gathered,
/// which the model keeps: moving = momentum · moving + (1 − momentum) · batch, divided by
/// moving_weight = 1 − momentumᵗ, so that after a few steps t they are not still near the 0 and 1
/// that they began with (Kingma & Ba 2015, section 3; Keras and PyTorch leave that out: averages of
/// theirs have a moving_weight of 1). momentum as Keras counts it: 1 − that of PyTorch. Variances
/// are those of the batch, divided by n, as in Keras; PyTorch averages those divided by n − 1.
/// Frozen, it uses the kept averages in training too, as in Keras. Where train.shards cuts a batch,
/// mean and variance are those of a shard, and the averages move by the mean of the shards.
struct BatchNorm : nnrun::Layer {
  static constexpr auto
      name = "batch_norm",
      doc =
          "normalizes each feature, along the last axis, over a batch or shard; averages are kept";
  static constexpr bool couples_rows = true, slopes_in_use = true;
  double momentum = 0.99, epsilon = 1e-3;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&BatchNorm::momentum, "momentum",
                     "how slowly the kept averages move, as in Keras (PyTorch: 1 - this); unlike "
                     "there, they do not lean towards the 0 and 1 that they begin with",
                     {.min = 0, .max = 1, .below_max = true}),
        nnrun::param(&BatchNorm::epsilon, "epsilon", "added to the variance",
                     {.min = 0, .above_min = true}));
  }

  void plan(nnrun_plan& plan) const {
    const std::size_t features = normalization::plan(plan, name), stride = nnrun::padded(features);
    plan.state_blocks[0] = {"moving_mean", NNRUN_OTHER, {1, {features}}, {1}, 0, 0, 0, 0};
    plan.state_blocks[1] = {"moving_variance", NNRUN_OTHER, {1, {features}}, {1}, stride, 0, 0, 1};
    plan.state_blocks[2] = {"moving_weight", NNRUN_OTHER, {1, {1}}, {1}, 2 * stride, 0, 0, 0};
    plan.n_state_blocks = 3;
    plan.n_state = 2 * stride + nnrun::padded(1);
    plan.kept = 4 * stride;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const normalization::View<T> v(c);
    const Statistics<T> batch(c.kept(), v.stride), moving(c.state(), v.stride);
    if (c.training()) measure(v, batch);
    normalize(v, c.training() ? batch : moving, epsilon);
  }
  auto row(auto in, auto w) const {
    const auto mean = w[2], variance = w[3];
    return w[0] * ((in[0] - mean) * (1 / sqrt(variance + epsilon))) + w[1];
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!c.d_in(0)) return;
    const normalization::View<T> v(c);
    if (!c.training()) return slopes_in_use_of(v, Statistics<T>(c.state(), v.stride), epsilon);
    const Statistics<T> batch(c.kept(), v.stride);
    sum_slopes(v, batch, epsilon);
    slopes(v, batch, epsilon);
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (c.call.tile != 0) return;
    const normalization::View<T> v(c);
    const Statistics<T> batch(c.kept(), v.stride);
    sum_slopes(v, batch, epsilon);
    for (std::size_t j = 0; j < v.stride; ++j) {
      v.dgamma[j] = (v.add ? v.dgamma[j] : T(0)) + batch.dgamma[j];
      v.dbeta[j] = (v.add ? v.dbeta[j] : T(0)) + batch.dbeta[j];
    }
  }
  template <class T>
  void observe(const nnrun::LayerCall<T>& c) const {
    const std::size_t n = 2 * nnrun::padded(c.shape().sizes[c.shape().rank - 1]);
    T& weight = c.state()[n];
    weight = static_cast<T>(momentum) * weight + static_cast<T>(1 - momentum);
    const T take = static_cast<T>(1 - momentum) / weight;
    for (std::size_t j = 0; j < n; ++j) c.state()[j] += take * (c.kept()[j] - c.state()[j]);
  }

 private:
  /// The numbers of each feature, in the order of the state; backward adds the sums of slopes.
  template <class T>
  struct Statistics {
    T *mean, *variance = nullptr, *dbeta = nullptr, *dgamma = nullptr;
    Statistics(T* at, std::size_t stride) : mean(at) {
      if (at == nullptr) return;  // nothing is kept in prediction
      variance = at + stride;
      dbeta = at + 2 * stride;
      dgamma = at + 3 * stride;
    }
  };

  template <class T>
  NNRUN_CLONES static void measure(const normalization::View<T> v, const Statistics<T> s) {
    const T share = T(1) / static_cast<T>(v.groups);
    for (std::size_t j = 0; j < v.stride; ++j) s.mean[j] = s.variance[j] = T(0);
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) s.mean[j] += v.x[r * v.features + j];
    for (std::size_t j = 0; j < v.features; ++j) s.mean[j] *= share;
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) {
        const T off = v.x[r * v.features + j] - s.mean[j];
        s.variance[j] += off * off;
      }
    for (std::size_t j = 0; j < v.features; ++j) s.variance[j] *= share;
  }
  template <class T>
  NNRUN_CLONES static void normalize(const normalization::View<T> v, const Statistics<T> s,
                                     double epsilon) {
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j)
        v.y[r * v.features + j] =
            v.gamma[j] * ((v.x[r * v.features + j] - s.mean[j]) *
                          normalization::inverse_deviation(s.variance[j], epsilon)) +
            v.beta[j];
  }
  /// Σ dy and Σ dy · normalized x, over the whole batch.
  template <class T>
  NNRUN_CLONES static void sum_slopes(const normalization::View<T> v, const Statistics<T> s,
                                      double epsilon) {
    for (std::size_t j = 0; j < v.stride; ++j) s.dbeta[j] = s.dgamma[j] = T(0);
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) {
        const T dy = v.dy[r * v.features + j];
        s.dbeta[j] += dy;
        s.dgamma[j] += dy * (v.x[r * v.features + j] - s.mean[j]);
      }
    for (std::size_t j = 0; j < v.features; ++j)
      s.dgamma[j] *= normalization::inverse_deviation(s.variance[j], epsilon);
  }
  /// dx = gamma / deviation · (dy − mean of dy − normalized x · mean of dy · normalized x): mean
  /// and variance move with x.
  template <class T>
  NNRUN_CLONES static void slopes(const normalization::View<T> v, const Statistics<T> s,
                                  double epsilon) {
    const T share = T(1) / static_cast<T>(v.groups);
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) {
        const std::size_t i = r * v.features + j;
        const T inverse = normalization::inverse_deviation(s.variance[j], epsilon);
        const T dx =
            v.gamma[j] * inverse *
            (v.dy[i] - share * (s.dbeta[j] + (v.x[i] - s.mean[j]) * inverse * s.dgamma[j]));
        v.dx[i] = v.add_inputs ? v.dx[i] + dx : dx;
      }
  }
  /// dx = gamma / deviation · dy, where mean and variance are those that were kept.
  template <class T>
  NNRUN_CLONES static void slopes_in_use_of(const normalization::View<T> v, const Statistics<T> s,
                                            double epsilon) {
    for (std::size_t r = 0; r < v.groups; ++r)
      for (std::size_t j = 0; j < v.features; ++j) {
        const std::size_t i = r * v.features + j;
        const T dx =
            v.gamma[j] * normalization::inverse_deviation(s.variance[j], epsilon) * v.dy[i];
        v.dx[i] = v.add_inputs ? v.dx[i] + dx : dx;
      }
  }
};
NNRUN_REGISTER(BatchNorm)
