// The matrix product behind a small interface, compiled once per x86-64 level and chosen when the
// library is loaded: our own, which adds in one order whatever the cut, or Eigen's.
#pragma once
#include <algorithm>
#include <cstddef>

/// A row-major matrix with `stride` numbers from row to row; transposed: its transpose is meant.
/// Where B is not transposed, up to 16 numbers behind its last one are read, and not used.
template <class T>
struct Operand {
  const T* data;
  std::size_t stride;
  bool transposed = false;
};

/// What a product is added to: rows `stride` numbers apart, one row for all if that is 0; nothing
/// if data is nullptr.
template <class T>
struct Start {
  const T* data;
  std::size_t stride;
};

/// C (m × n) = start + A (m × k) · B (k × n). C's rows are `stride` numbers apart, and it may be
/// the start. scratch: product_scratch numbers.
template <class T>
using Product = void (*)(std::size_t m, std::size_t n, std::size_t k, Operand<T> a, Operand<T> b,
                         Start<T> start, T* c, std::size_t stride, T* scratch);

struct Products {
  Product<float> f32;
  Product<double> f64;
  template <class T>
  Product<T> of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
};

/// How our own product cuts: steps of k; rows of a block and columns of a group of panels, in
/// float; columns of a group that several blocks of rows share.
constexpr std::size_t product_depth = 384, product_rows = 192, product_columns = 128,
                      product_shared_columns = 1024;
/// Returns the numbers of scratch for products of at most n columns: panels of B, whose last may
/// be up to 32 columns wide, and a block of A.
constexpr std::size_t product_scratch(std::size_t n) {
  const std::size_t columns = std::min(n, product_shared_columns) + 31;
  return columns * (product_depth + 1) + (n < 16 ? 0 : product_rows * (product_depth + 32));
}

/// Returns our own products for the best level that this processor has.
Products ordered_products();
/// Returns Eigen's.
Products eigen_products();
