// Our own products for one x86-64 level. Compiled once per level, with fused multiply-add where the
// level has it.
#include "ordered_product.hpp"
#include "product.hpp"

#define NNRUN_JOIN(a, b) a##b
#define NNRUN_NAME(a, level) NNRUN_JOIN(a, level)

namespace {
template <class T>
void product(std::size_t m, std::size_t n, std::size_t k, Operand<T> a, Operand<T> b,
             Start<T> start, T* c, std::size_t stride, T* scratch) {
  using ordered::View;
  const View<const T> x = a.transposed ? View<const T>{a.data, 1, a.stride}
                                       : View<const T>{a.data, a.stride, 1},
                      y = b.transposed ? View<const T>{b.data, 1, b.stride}
                                       : View<const T>{b.data, b.stride, 1};
  if (m * n * k <= ordered::little)
    return ordered::multiply_little<T>(m, n, k, x, y, {start.data, start.stride, 1},
                                       {c, stride, 1});
  // few rows: turning all of B would cost more than turning A and C
  if (b.transposed && m <= 16 && k >= 4 * m)
    return ordered::multiply<T>(n, m, k, {b.data, b.stride, 1}, {x.data, x.column, x.row},
                                {start.data, 1, start.stride}, {c, 1, stride}, scratch);
  ordered::multiply<T>(m, n, k, x, y, {start.data, start.stride, 1}, {c, stride, 1}, scratch);
}
}  // namespace

Products NNRUN_NAME(ordered_level_, NNRUN_LEVEL)() {
  return {product<float>, product<double>};
}
