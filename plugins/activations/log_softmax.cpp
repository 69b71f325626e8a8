#include <nnrun/plugin.hpp>

/// zᵢ − log Σⱼ e^zⱼ over a row: the logarithm of softmax without its underflow.
struct LogSoftmax : nnrun::Activation {
  static constexpr auto name = "log_softmax", doc = "log of softmax";
  static constexpr nnrun::Range outputs{-nnrun::infinity, 0};
  static constexpr auto joins = "softmax";  // the softmax of z − log Σ eᶻ is that of z
  template <class T>
  NNRUN_CLONES void forward(std::span<const T> z, std::span<T> a) const {
    const auto [high, rest] = nnrun::log_sum_exp(z);
    for (std::size_t i = 0; i < z.size(); ++i) a[i] = z[i] - high - rest;
  }
  auto row(auto z) const {
    const auto high = row_max(z);
    return z - high - log(row_sum(exp(z - high)));
  }
  /// ∂aᵢ/∂zⱼ = [i = j] − e^aⱼ
  template <class T>
  NNRUN_CLONES void backward(std::span<const T>, std::span<const T> a, std::span<const T> da,
                             std::span<T> dz) const {
    T sum = 0;
    for (const T x : da) sum += x;
    for (std::size_t i = 0; i < a.size(); ++i) dz[i] = da[i] - nnrun::exp(a[i]) * sum;
  }
};
NNRUN_REGISTER(LogSoftmax)
