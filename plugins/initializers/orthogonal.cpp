#include <algorithm>
#include <nnrun/orthonormal.hpp>
#include <nnrun/plugin.hpp>
#include <vector>

/// gain · Q: rows (or columns, where they are fewer) of length gain at right angles, evenly
/// distributed over all such matrices. Saxe, McClelland, Ganguli 2013, *Exact Solutions to the
/// Nonlinear Dynamics of Learning in Deep Linear Neural Networks*.
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
    std::vector<double> vectors(n * stride);
    nnrun::orthonormal::fill(random, n, length, vectors.data());
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < cols; ++c)
        w[r * cols + c] = gain * (rows <= cols ? vectors[r * stride + c] : vectors[c * stride + r]);
  }
};
NNRUN_REGISTER(Orthogonal)
