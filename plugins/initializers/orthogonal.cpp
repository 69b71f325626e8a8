#include <algorithm>
#include <nnrun/plugin.hpp>
#include <vector>

/// gain · Q: rows (or columns, where they are fewer) of length gain at right angles, evenly
/// distributed over all such matrices. Saxe, McClelland, Ganguli 2013, *Exact Solutions to the
/// Nonlinear Dynamics of Learning in Deep Linear Neural Networks*. Q is that of Q R = normal
/// numbers with a positive diagonal of R, found by the method of Gram and Schmidt.
struct Orthogonal : nnrun::Initializer {
  static constexpr auto name = "orthogonal", doc = "orthogonal rows or columns";
  double gain = 1;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Orthogonal::gain, "gain", "length of a row (or column)", {.min = 0}));
  }
  void fill(const nnrun::Stream& random, const nnrun::Block& block, std::span<double> w) const {
    if (block.shape.rank < 2)
      throw nnrun::Error("orthogonal needs a matrix, not a vector", "",
                         "use it for 'init', not for 'bias_init'");
    const std::size_t rows = block.shape.sizes[0], cols = w.size() / rows;
    const std::size_t n = std::min(rows, cols), length = std::max(rows, cols);
    const std::size_t stride = nnrun::padded(length);
    std::vector<double> vectors(n * stride);  // tails are 0 and stay 0
    for (std::size_t i = 0; i < n; ++i) {
      random.normal(std::span(&vectors[i * stride], length), 0, 1);
      orthonormalize(vectors.data(), i, stride);
      orthonormalize(vectors.data(), i, stride);  // again: rounding left some of the others
    }
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c)
        w[r * cols + c] = gain * (rows <= cols ? vectors[r * stride + c] : vectors[c * stride + r]);
  }

 private:
  /// Makes vector i a unit vector at right angles to those before it.
  NNRUN_CLONES static void orthonormalize(double* vectors, std::size_t i, std::size_t stride) {
    double* const v = vectors + i * stride;
    for (std::size_t j = 0; j < i; ++j) {
      const double* const u = vectors + j * stride;
      const double along = dot(u, v, stride);
      for (std::size_t k = 0; k < stride; ++k) v[k] -= along * u[k];
    }
    const double length = std::sqrt(dot(v, v, stride));
    for (std::size_t k = 0; k < stride; ++k) v[k] /= length;
  }
  NNRUN_INLINE static double dot(const double* a, const double* b, std::size_t n) {
    nnrun::Lane<double> sum{};
    for (std::size_t k = 0; k < n; k += nnrun::lanes)
      sum += nnrun::lane_at(a + k) * nnrun::lane_at(b + k);
    return nnrun::sum_of_lanes<double>(sum)[0];
  }
};
NNRUN_REGISTER(Orthogonal)
