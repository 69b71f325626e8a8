// Eigen's products for one x86-64 level. Compiled once per level, each time with its own Eigen
// namespace, so that the linker cannot mix code of two levels.
#define EIGEN_NO_DEBUG
#define EIGEN_DONT_PARALLELIZE
// Packed blocks live on the stack: nothing is allocated while training.
#define EIGEN_STACK_ALLOCATION_LIMIT 1048576
#include <Eigen/Core>

#include "product.hpp"

#define NNRUN_JOIN(a, b) a##b
#define NNRUN_NAME(a, level) NNRUN_JOIN(a, level)

namespace {
template <class T>
void product(std::size_t m, std::size_t n, std::size_t k, Operand<T> a, Operand<T> b,
             Start<T> start, T* c, std::size_t stride, T*) {
  using Index = Eigen::Index;
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Stride = Eigen::OuterStride<>;
  using Input = Eigen::Map<const Matrix, 0, Stride>;
  const auto i = [](std::size_t x) { return static_cast<Index>(x); };
  Eigen::Map<Matrix, 0, Stride> out(c, i(m), i(n), Stride(i(stride)));
  const Input x(a.data, i(a.transposed ? k : m), i(a.transposed ? m : k), Stride(i(a.stride)));
  const Input y(b.data, i(b.transposed ? n : k), i(b.transposed ? k : n), Stride(i(b.stride)));
  if (start.data == nullptr) out.setZero();
  if (start.data != nullptr && start.data != c)
    for (std::size_t r = 0; r < m; ++r)
      std::copy_n(start.data + r * start.stride, n, c + r * stride);
  if (a.transposed)
    out.noalias() += x.transpose() * y;
  else if (b.transposed)
    out.noalias() += x * y.transpose();
  else
    out.noalias() += x * y;
}
}  // namespace

/// Eigen cuts its blocks by the cache sizes that it finds, which decides the bits: they are fixed
/// here.
Products NNRUN_NAME(eigen_level_, NNRUN_LEVEL)() {
  Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 2 * 1024 * 1024);
  return {product<float>, product<double>};
}
