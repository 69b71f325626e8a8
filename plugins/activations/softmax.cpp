#include <nnrun/plugin.hpp>

/// e^zᵢ / Σⱼ e^zⱼ over a row. Bridle 1990, *Probabilistic Interpretation of Feedforward
/// Classification Network Outputs*. Written with z − max z, so that no e^z overflows.
struct Softmax : nnrun::Activation {
  static constexpr auto name = "softmax", doc = "e^x over the sum of e^x of the row: probabilities";
  static constexpr nnrun::Range outputs{0, 1};
  static constexpr bool sums_to_one = true;
  static constexpr auto joins = "softmax";
  template <class T>
  NNRUN_CLONES void forward(std::span<const T> z, std::span<T> a) const {
    T high = z[0], sum = 0;
    for (const T x : z) high = x > high ? x : high;
    for (std::size_t i = 0; i < z.size(); ++i) a[i] = nnrun::exp(z[i] - high);
    for (const T x : a) sum += x;
    for (T& x : a) x /= sum;
  }
  auto row(auto z) const {
    const auto e = exp(z - row_max(z));
    return e / row_sum(e);
  }
  /// ∂aᵢ/∂zⱼ = aᵢ ([i = j] − aⱼ)
  template <class T>
  NNRUN_CLONES void backward(std::span<const T>, std::span<const T> a, std::span<const T> da,
                             std::span<T> dz) const {
    T mean = 0;
    for (std::size_t i = 0; i < a.size(); ++i) mean += a[i] * da[i];
    for (std::size_t i = 0; i < a.size(); ++i) dz[i] = a[i] * (da[i] - mean);
  }
};
NNRUN_REGISTER(Softmax)
