// The products behind convolutions: a matrix product whose left rows lie at addresses, so that the
// windows of an image need not be copied out of it, and the same column by column, where each
// channel has weights of its own. Compiled once per x86-64 level and chosen when the library is
// loaded.
//
// dense has a product of its own (ordered_product.hpp), though both add in one order: over batches
// of 32 to 128 rows this one, which needs its right factor in panels, reached 0.6 to 0.9 of that
// one's speed, which reads where it lies what is used few times, and turns the smaller factor.
// From 256 rows on both are equal.
#pragma once
#include <cstddef>

namespace gathered {
using std::ptrdiff_t, std::size_t;

/// Three nested loops, the innermost last: how often each runs, and its steps in `a` and in `b`.
struct Loops {
  size_t n[3];
  ptrdiff_t a[3], b[3];
};

/// Addresses in rows and columns: steps from row to row and from column to column.
template <class T>
struct Grid {
  T* from;
  size_t rows, columns;
  ptrdiff_t row_step, column_step;
};

/// c[i][j] = (add ? c[i][j] : 0) + (bias[j] + Σ a[i][k] · b[k][j]), where a[i] and c[i] are the
/// addresses of two grids of one size, and k runs through the loops. Every sum is one chain in the
/// order of the loops, with one rounding a step where the processor has a fused multiply-add: what
/// is computed together, and in vectors of which width, shows in no bit.
template <class T>
struct Product {
  Grid<const T> a;
  Grid<T> c;
  Loops loops;
  const T* b;  ///< from each row, `panel` numbers are read; behind the columns they may be anything
  size_t panel_step;  ///< in b, from the first `panel` columns to the next
  const T* bias;      ///< may be nullptr; whole panels are read
  size_t columns;
  size_t first, count;  ///< of the addresses, row by row
  bool add;
  /// From `first` on, so many addresses have room for a whole panel: what is written there behind
  /// the columns is written again later.
  size_t covered;
};
template <class T>
using Multiply = void (*)(const Product<T>&);

/// Addresses are best cut into multiples of so many: of half a panel and less, and of more.
inline constexpr size_t narrow_rows = 10, wide_rows = 6;
/// And one that goes column by column: so many rows of so many columns of a grid, such as the
/// weights of a window of 3 × 3.
inline constexpr size_t grid_side = 3;

struct Kernels {
  Multiply<float> f32;
  Multiply<double> f64;
  size_t panel32, panel64;  ///< columns that a kernel takes at once
  /// Column by column: Σ a[i][k][j] · b[k][j], where k steps from row to row in both. At all
  /// addresses; b needs no panels, and `first`, `count` and `covered` are not looked at.
  Multiply<float> by_column32;
  Multiply<double> by_column64;

  template <class T>
  Multiply<T> of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return f32;
    else
      return f64;
  }
  template <class T>
  Multiply<T> by_column() const {
    if constexpr (sizeof(T) == sizeof(float))
      return by_column32;
    else
      return by_column64;
  }
  template <class T>
  size_t panel() const {
    return sizeof(T) == sizeof(float) ? panel32 : panel64;
  }
};
/// The most columns that any kernel takes at once.
inline constexpr size_t widest_panel = 32;
/// Bytes of a line of the cache: what no vector should reach across.
inline constexpr size_t line = 64;

/// Returns those for the best level that this processor has.
Kernels kernels();

}  // namespace gathered
