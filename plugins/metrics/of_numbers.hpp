#pragma once
#include <nnrun/plugin.hpp>
#include <vector>

/// What metrics share that compare outputs with targets that are any numbers: beside the value of
/// all targets together that of each by itself, in its own unit. C gives `value`.
template <class C>
struct OfNumbers : nnrun::Metric {
  template <class T>
  void per_class(nnrun::Rows<const T> y, nnrun::Rows<const T> t, std::span<double> out) const {
    std::vector<T> outputs(y.rows), targets(y.rows);
    for (std::size_t c = 0; c < out.size(); ++c) {
      const std::size_t column = y.cols == 1 ? 0 : c;
      for (std::size_t r = 0; r < y.rows; ++r) {
        outputs[r] = y[r][column];
        targets[r] = t[r][column];
      }
      out[c] = static_cast<const C*>(this)->value(nnrun::Rows<const T>{outputs.data(), y.rows, 1},
                                                  nnrun::Rows<const T>{targets.data(), y.rows, 1});
    }
  }
};
