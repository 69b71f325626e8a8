// The matrix product behind a small interface: Eigen, compiled once per x86-64 level and chosen
// when the library is loaded, or oneDNN's sgemm if a config asks for it.
#pragma once
#include <cstddef>

/// A row-major matrix with `stride` numbers from row to row; transposed: its transpose is meant.
template <class T>
struct Operand {
  const T* data;
  std::size_t stride;
  bool transposed = false;
};

/// C (m × n) = A (m × k) · B (k × n) + (add ? C : 0). C's rows are `stride` numbers apart.
template <class T>
using Product = void (*)(std::size_t m, std::size_t n, std::size_t k, Operand<T> a, Operand<T> b,
                         bool add, T* c, std::size_t stride);

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

/// Returns Eigen's products for the best level that this processor has.
Products eigen_products();
/// Returns oneDNN's sgemm and Eigen's double product. Throws nnrun::Error if oneDNN is not
/// installed.
Products onednn_products();
