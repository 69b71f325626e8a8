// Layers in which each parameter belongs to one column of the output.
#pragma once
#include <algorithm>

#include "shapes.hpp"

namespace per_column {

using nnrun::LayerCall, nnrun::padded;

/// Plans one input, an output of its shape, and a block `name` of one parameter per column that
/// starts at `initial`.
inline void plan(nnrun_plan& p, const std::string& layer) {
  shapes::require_one_input(p, layer);
  p.out = p.in[0];
  p.free_cuts = 1;
}
inline void add_block(nnrun_plan& p, const char* name, double initial) {
  const std::size_t cols = nnrun::size_of(p.out);
  p.blocks[p.n_blocks++] = {name,           NNRUN_OTHER, {1, {cols}}, {1},
                            p.n_parameters, cols,        cols,        initial};
  p.n_parameters += padded(cols);
  p.groups = p.n_blocks;
}

/// Writes out(r, c) = f(index of (r, c), c).
template <class T, class F>
NNRUN_CLONES void write(T* out, std::size_t rows, std::size_t cols, F f) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) out[r * cols + c] = f(r * cols + c, c);
}
/// Writes the slopes of the input, and zeros after the last one; nothing if they are not wanted.
template <class T, class F>
NNRUN_CLONES void write_slopes(T* dx, std::size_t rows, std::size_t cols, bool add, F f) {
  if (!dx) return;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) {
      T& slope = dx[r * cols + c];
      slope = add ? slope + f(r * cols + c, c) : f(r * cols + c, c);
    }
  std::fill(dx + rows * cols, dx + padded(rows * cols), T(0));
}
/// Writes dw(c) = Σ over the rows of f(index of (r, c)).
template <class T, class F>
NNRUN_CLONES void write_sums(T* dw, std::size_t rows, std::size_t cols, bool add, F f) {
  if (!add) std::fill_n(dw, padded(cols), T(0));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) dw[c] += f(r * cols + c);
}
/// Writes one row of perturbed outputs, y(c) + step(c). With one column, padding gives y(0).
template <class T, class F>
NNRUN_CLONES void write_moved(const T* y, T* out, std::size_t cols, F step) {
  for (std::size_t c = 0; c < cols; ++c) out[c] = y[c] + step(c);
  std::fill(out + cols, out + padded(cols), y[0]);
}

}  // namespace per_column
