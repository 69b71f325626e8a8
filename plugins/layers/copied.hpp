// A layer that copies its one input.
#pragma once
#include <algorithm>

#include "shapes.hpp"

struct Copied : nnrun::Layer {
  static constexpr auto operation = "moves";
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    std::copy_n(c.in(0), c.rows() * c.cols(), c.out());
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    const std::size_t n = nnrun::padded(c.rows() * c.cols());  // the tail of d_out is zero
    if (!c.adds(0))
      std::copy_n(c.d_out(), n, dx);
    else
      for (std::size_t i = 0; i < n; ++i) dx[i] += c.d_out()[i];
  }
};
