// A matrix product whose every number is one sum in the order of k, however the work is cut:
//
//   c = start;  for k = 0, 1, …:  c = c + A[m][k] · B[k][n]
//
// with one rounding a step where the processor has a fused multiply-add, with two where it has
// not. So neither blocks, tiles, threads nor the width of vectors show in a bit, and one row alone
// has the bits that it has in a batch.
//
// After Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008): a panel
// of B stays in the first cache, a block of A in the second, a tile of C in registers. What lies
// well is read where it lies, since packing a factor costs as much as using it some ten times: the
// reason why dense does not stand on the product of convolutions (gathered_product.hpp).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "product.hpp"

// Each level has its own copy of all this: in a namespace that is not shared between objects.
namespace {
namespace ordered {
using std::size_t;

#if defined(__AVX512F__)
constexpr size_t vector_bytes = 64, most_rows = 12;  // 24 of 32 registers hold sums
#elif defined(__AVX2__)
constexpr size_t vector_bytes = 32, most_rows = 6;  // 12 of 16
#else
constexpr size_t vector_bytes = 16, most_rows = 6;  // 12 of 16
#endif
template <class T>
constexpr size_t lanes = vector_bytes / sizeof(T);
/// Columns of a panel of B: two vectors.
template <class T>
constexpr size_t panel = 2 * lanes<T>;
template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(vector_bytes), aligned(sizeof(T)), may_alias));
};
template <class T>
using Vector = typename VectorOf<T>::type;

template <class T>
Vector<T> load(const T* p) {
  return *reinterpret_cast<const Vector<T>*>(p);
}
template <class T>
void store(T* p, Vector<T> v) {
  *reinterpret_cast<Vector<T>*>(p) = v;
}

/// A matrix of which any factor may be the transposed one: steps from row to row and from column to
/// column, in numbers.
template <class T>
struct View {
  T* data;
  size_t row, column;
  T* at(size_t r, size_t c) const { return data + r * row + c * column; }
};

/// The arguments of a tile: rows of A, a panel of B, rows of C.
template <class T>
struct Tile {
  size_t k;
  const T* a;
  size_t a_step;  ///< from row to row, or, where rows lie side by side, from k to k
  const T* b;
  size_t b_step;   ///< from k to k
  const T* start;  ///< may be nullptr: zeros
  size_t start_step;
  T* c;
  size_t c_step;
  size_t width;  ///< columns of C that there are; of B, whole vectors are read
};

/// Copies a short row. In pieces of known length: a call of memcpy takes longer than the copy.
template <class T>
[[maybe_unused]] void copy_row(const T* from, T* to, size_t width) {
  size_t j = 0;
  for (; j + 8 <= width; j += 8) std::memcpy(to + j, from + j, 8 * sizeof(T));
  if (width & 4) std::memcpy(to + j, from + j, 4 * sizeof(T)), j += 4;
  if (width & 2) std::memcpy(to + j, from + j, 2 * sizeof(T)), j += 2;
  if (width & 1) to[j] = from[j];
}

// The first n numbers of a vector, fewer than it has: the others are 0, and are not written.
#if defined(__AVX512F__)
inline Vector<float> load_first(const float* p, size_t n) {
  return Vector<float>(_mm512_maskz_loadu_ps(__mmask16((1u << n) - 1), p));
}
inline Vector<double> load_first(const double* p, size_t n) {
  return Vector<double>(_mm512_maskz_loadu_pd(__mmask8((1u << n) - 1), p));
}
inline void store_first(float* p, size_t n, Vector<float> v) {
  _mm512_mask_storeu_ps(p, __mmask16((1u << n) - 1), __m512(v));
}
inline void store_first(double* p, size_t n, Vector<double> v) {
  _mm512_mask_storeu_pd(p, __mmask8((1u << n) - 1), __m512d(v));
}
#else
template <class T>
Vector<T> load_first(const T* p, size_t n) {
  alignas(64) T part[lanes<T>] = {};
  copy_row(p, part, n);
  return load(part);
}
template <class T>
void store_first(T* p, size_t n, Vector<T> v) {
  alignas(64) T part[lanes<T>];
  store(part, v);
  copy_row(part, p, n);
}
#endif

/// R rows of C and V vectors of its columns, in registers. Along: the rows of one column of A lie
/// side by side.
template <class T, size_t R, size_t V, bool Along>
void run(const Tile<T>& t) {
  constexpr size_t L = lanes<T>;
  Vector<T> sum[R][V];
  const size_t a_step = t.a_step, b_step = t.b_step, c_step = t.c_step, start_step = t.start_step;
  const size_t last = t.width - (V - 1) * L;  // columns of the last vector
  const bool whole = last == L;
  if (t.start == nullptr) {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r)
#pragma GCC unroll 2
      for (size_t h = 0; h < V; ++h) sum[r][h] = Vector<T>{};
  } else if (whole) {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r)
#pragma GCC unroll 2
      for (size_t h = 0; h < V; ++h) sum[r][h] = load(t.start + r * start_step + h * L);
  } else {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r) {
      const T* const row = t.start + r * start_step;
      if constexpr (V == 2) sum[r][0] = load(row);
      sum[r][V - 1] = load_first(row + (V - 1) * L, last);
    }
  }
  // fetched while the sums are made
#pragma GCC unroll 16
  for (size_t r = 0; r < R; ++r) __builtin_prefetch(t.c + r * c_step, 1);
  const T *a = t.a, *b = t.b;
#pragma GCC unroll 2
  for (size_t p = t.k; p != 0; --p) {
    Vector<T> columns[V];
#pragma GCC unroll 2
    for (size_t h = 0; h < V; ++h) columns[h] = load(b + h * L);
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r) {
      const T x = a[Along ? r : r * a_step];
#pragma GCC unroll 2
      for (size_t h = 0; h < V; ++h) sum[r][h] += x * columns[h];
    }
    a += Along ? a_step : 1;
    b += b_step;
  }
  if (whole) {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r)
#pragma GCC unroll 2
      for (size_t h = 0; h < V; ++h) store(t.c + r * c_step + h * L, sum[r][h]);
  } else {
#pragma GCC unroll 16
    for (size_t r = 0; r < R; ++r) {
      T* const row = t.c + r * c_step;
      if constexpr (V == 2) store(row, sum[r][0]);
      store_first(row + (V - 1) * L, last, sum[r][V - 1]);
    }
  }
}
/// The same for any number of rows: one function each.
template <class T, size_t V, bool Along, size_t... R>
void run_rows(size_t rows, const Tile<T>& t, std::index_sequence<R...>) {
  using Run = void (*)(const Tile<T>&);
  static constexpr Run by_rows[] = {run<T, R + 1, V, Along>...};
  by_rows[rows - 1](t);
}
template <class T>
void run_tile(size_t rows, bool along, const Tile<T>& t) {
  constexpr auto heights = std::make_index_sequence<most_rows>();
  if (t.width <= lanes<T>)
    return along ? run_rows<T, 1, true>(rows, t, heights) : run_rows<T, 1, false>(rows, t, heights);
  return along ? run_rows<T, 2, true>(rows, t, heights) : run_rows<T, 2, false>(rows, t, heights);
}

/// Rows cut into tiles of nearly one height.
struct Cut {
  size_t tiles, least, more;  ///< the first `more` tiles have a row more than `least`
  explicit Cut(size_t rows) : tiles(1), least(rows), more(0) {
    if (rows <= most_rows) return;  // divisions take longer than a small product
    tiles = (rows + most_rows - 1) / most_rows;
    least = rows / tiles, more = rows % tiles;
  }
  size_t from(size_t tile) const { return tile * least + std::min(tile, more); }
  size_t rows(size_t tile) const { return least + (tile < more); }
};

/// A panel of B is 24 KB at most (48 with 64-byte vectors) and is read again and again from the
/// first caches; the panels of a group and a block of A share a second one of 512 KB.
constexpr size_t block_k = product_depth;
template <class T>
constexpr size_t block_m = product_rows * sizeof(float) / sizeof(T);
template <class T>
constexpr size_t group_n = product_columns * sizeof(float) / sizeof(T);
/// Of more rows than a block has: their panels lie in a third cache, from which every block of A
/// reads them, one after the other.
template <class T>
constexpr size_t groups_n = product_shared_columns * sizeof(float) / sizeof(T);
/// Steps from one panel to the next: an idle row, since panels whole pages apart would meet in one
/// set of the cache.
template <class T>
constexpr size_t panel_step(size_t depth) {
  return (depth + 1) * panel<T>;
}
/// Swaps the blocks beside the diagonal of a square of vectors: of 1, then 2, 4, … numbers, until
/// rows are columns.
template <class T, size_t S, int... I>
void turn_blocks(Vector<T>* rows, std::integer_sequence<int, I...>) {
  constexpr int L = int(lanes<T>), step = int(S);
#pragma GCC unroll 16
  for (size_t i = 0; i < lanes<T>; ++i) {
    if (i & S) continue;
    const Vector<T> x = rows[i], y = rows[i + S];
    rows[i] = __builtin_shufflevector(x, y, ((I & step) ? L + I - step : I)...);
    rows[i + S] = __builtin_shufflevector(x, y, ((I & step) ? L + I : I + step)...);
  }
  if constexpr (2 * S < lanes<T>) turn_blocks<T, 2 * S>(rows, std::integer_sequence<int, I...>());
}
/// Copies a square of numbers, its columns becoming rows.
template <class T>
void turn_square(const T* from, size_t step, T* to, size_t to_step) {
  Vector<T> rows[lanes<T>];
#pragma GCC unroll 16
  for (size_t j = 0; j < lanes<T>; ++j) rows[j] = load(from + j * step);
  turn_blocks<T, 1>(rows, std::make_integer_sequence<int, int(lanes<T>)>());
#pragma GCC unroll 16
  for (size_t p = 0; p < lanes<T>; ++p) store(to + p * to_step, rows[p]);
}

/// Rows that are fetched while earlier ones are copied: they lie too far apart for the processor to
/// see how they go on.
constexpr size_t rows_ahead = 8;
/// A block of B as panels: the columns of a panel side by side, zeros behind the last.
template <class T>
void pack_panels(View<const T> b, size_t depth, size_t width, T* to) {
  constexpr size_t N = panel<T>, L = lanes<T>;
  const size_t whole = b.column == 1 ? width / N * N : width / L * L, step = panel_step<T>(depth);
  if (b.column == 1) {
    for (size_t p = 0; p < depth; ++p) {
      const size_t later = std::min(p + rows_ahead, depth - 1);
      for (size_t j = 0; j < whole; j += N) {
        __builtin_prefetch(b.at(later, j));
        std::memcpy(to + j / N * step + p * N, b.at(p, j), N * sizeof(T));
      }
    }
  } else {
    for (size_t j = 0; j < whole; j += L) {
      T* const x = to + j / N * step + j % N;
      size_t p = 0;
      if (b.row == 1)
        for (; p + L <= depth; p += L) turn_square(b.at(p, j), b.column, x + p * N, N);
      for (; p < depth; ++p)
        for (size_t i = 0; i < L; ++i) x[p * N + i] = *b.at(p, j + i);
    }
  }
  if (whole == width) return;
  T* const last = to + whole / N * step + whole % N;
  const size_t vectors = (width - whole + L - 1) / L * L;
  for (size_t p = 0; p < depth; ++p)
    for (size_t j = 0; j < vectors; ++j)
      last[p * N + j] = whole + j < width ? *b.at(p, whole + j) : T(0);
}

/// A block of A whose rows lie badly, copied: Along: for each k the rows of a tile side by side;
/// otherwise rows that do not meet in one set of the cache.
template <class T>
void pack_along(View<const T> a, Cut cut, size_t depth, T* to) {
  for (size_t t = 0; t < cut.tiles; ++t) {
    const size_t n = cut.rows(t);
    T* out = to + cut.from(t) * depth;
    const T* from = a.at(cut.from(t), 0);
    if (n == most_rows)
      for (size_t p = 0; p < depth; ++p)
        std::memcpy(out + p * most_rows, from + p * a.column, most_rows * sizeof(T));
    else
      for (size_t p = 0; p < depth; ++p)
        for (size_t r = 0; r < n; ++r) out[p * n + r] = from[p * a.column + r];
  }
}
template <class T>
constexpr size_t row_step(size_t depth) {
  return depth + panel<T>;
}
template <class T>
void pack_rows(View<const T> a, size_t rows, size_t depth, T* to) {
  for (size_t r = 0; r < rows; ++r)
    std::memcpy(to + r * row_step<T>(depth), a.at(r, 0), depth * sizeof(T));
}
template <class T>
void copy(View<const T> from, View<T> to, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; ++r)
    for (size_t j = 0; j < columns; ++j) *to.at(r, j) = *from.at(r, j);
}

/// A block of the product: `height` rows of it, all columns, `depth` steps.
template <class T>
struct Block {
  size_t height, width, depth;
  View<const T> a, start;
  View<T> c;
};
/// Runs a tile whose C may be turned. The views come by reference: copies would be made in pairs
/// of what was stored singly, and such a load waits until the tile before is in the cache.
template <class T>
void run_at(size_t height, bool along, Tile<T>& t, const View<const T>& start, const View<T>& c) {
  if (c.column == 1 && (start.data == nullptr || start.column == 1)) {
    t.start = start.data, t.start_step = start.row;
    t.c = c.data, t.c_step = c.row;
    return run_tile(height, along, t);
  }
  constexpr size_t N = panel<T>;
  alignas(64) T part[most_rows * N];
  const size_t width = t.width;
  t.start = nullptr;
  if (start.data != nullptr) {
    copy<T>(start, {part, N, 1}, height, width);
    t.start = part, t.start_step = N;
  }
  t.c = part, t.c_step = N;
  t.width = width > lanes<T> ? N : lanes<T>;
  run_tile(height, along, t);
  t.width = width;
  copy<T>({part, N, 1}, c, height, width);
}
/// How the tiles of a block read A: where it lies, or a copy.
template <class T>
struct Rows {
  const T* data;
  size_t row;   ///< from one row to the next
  size_t step;  ///< see Tile::a_step; 0: the height of the tile
  bool along;
};
template <class T>
Rows<T> rows_of(const Block<T>& x, Cut cut, T* packed) {
  const bool along = x.a.row == 1 && x.a.column != 1, is_wide = x.width >= 4 * panel<T>;
  if (along && is_wide && x.depth > 64) {
    pack_along(x.a, cut, x.depth, packed);
    return {packed, x.depth, 0, true};
  }
  // rows of A that are half pages apart meet in few sets of the cache
  if (!along && is_wide && x.height > 1 && x.a.row * sizeof(T) % 2048 == 0) {
    pack_rows(x.a, x.height, x.depth, packed);
    return {packed, row_step<T>(x.depth), row_step<T>(x.depth), false};
  }
  return {x.a.data, x.a.row, along ? x.a.column : x.a.row, along};
}
/// Runs the tiles of one panel of B.
template <class T>
void multiply_panel(const Block<T>& x, Cut cut, const Rows<T>& rows, size_t column, Tile<T>& t) {
  for (size_t i = 0; i < cut.tiles; ++i) {
    const size_t from = cut.from(i), height = cut.rows(i);
    t.a = rows.data + from * rows.row;
    t.a_step = rows.step ? rows.step : height;
    const View<const T> start{x.start.data ? x.start.at(from, column) : nullptr, x.start.row,
                              x.start.column};
    run_at(height, rows.along, t, start, {x.c.at(from, column), x.c.row, x.c.column});
  }
}
/// Where the panels of B are: packed, or in B itself.
template <class T>
struct Panels {
  const T* data;
  size_t step;  ///< from one panel to the next
  size_t row;   ///< see Tile::b_step
};
/// Makes panels of some columns of B, or finds them where they lie.
template <class T>
Panels<T> panels_of(View<const T> b, size_t depth, size_t width, bool pack, T* to) {
  if (!pack) return {b.data, panel<T>, b.row};
  pack_panels<T>(b, depth, width, to);
  return {to, panel_step<T>(depth), panel<T>};
}
/// Runs the tiles of the columns from `begin` to `end`, whose panels these are.
template <class T>
void multiply_columns(const Block<T>& x, Cut cut, const Rows<T>& rows, size_t begin, size_t end,
                      const Panels<T>& panels) {
  constexpr size_t N = panel<T>;
  for (size_t j = begin; j < end; j += N) {
    Tile<T> t;
    t.k = x.depth;
    t.b = panels.data + (j - begin) / N * panels.step;
    t.b_step = panels.row;
    t.width = std::min(N, end - j);
    multiply_panel(x, cut, rows, j, t);
  }
}

/// Steps up to which plain loops take less time than cutting does.
constexpr size_t little = 48;
/// The same in such loops.
template <class T>
void multiply_little(size_t m, size_t n, size_t k, View<const T> a, View<const T> b,
                     View<const T> start, View<T> c) {
  for (size_t r = 0; r < m; ++r)
    for (size_t j = 0; j < n; ++j) {
      T sum = start.data ? *start.at(r, j) : T(0);
      for (size_t p = 0; p < k; ++p) sum += *a.at(r, p) * *b.at(p, j);
      *c.at(r, j) = sum;
    }
}

/// C = start + A · B, vectors along the columns of C, which may be those of its transposed.
template <class T>
void multiply(size_t m, size_t n, size_t k, View<const T> a, View<const T> b, View<const T> start,
              View<T> c, T* scratch) {
  // few rows read B where it lies, but not across pages
  const bool pack_b = b.column != 1 || m > (b.row * sizeof(T) >= 2048 ? 24 : 78);
  // panels that several blocks of rows use are packed once for all of them
  const bool is_one_block = m <= block_m<T>;
  const size_t group = is_one_block ? group_n<T> : groups_n<T>,
               panels = (std::min(n, group) + panel<T> - 1) / panel<T>;
  T* const packed = scratch + panels * panel_step<T>(std::min(k, block_k));
  const auto panels_at = [&](size_t n0, size_t end, size_t k0, size_t depth) {
    return panels_of<T>({b.at(k0, n0), b.row, b.column}, depth, end - n0, pack_b, scratch);
  };
  for (size_t k0 = 0; k0 < k || k0 == 0; k0 += block_k) {
    const size_t depth = std::min(block_k, k - k0);
    // later steps of k go on where the earlier ones stopped
    const View<const T> from = k0 > 0 ? View<const T>{c.data, c.row, c.column} : start;
    const auto block_at = [&](size_t m0, size_t height) {
      return Block<T>{height,
                      n,
                      depth,
                      {a.at(m0, k0), a.row, a.column},
                      {from.data ? from.at(m0, 0) : nullptr, from.row, from.column},
                      {c.at(m0, 0), c.row, c.column}};
    };
    if (is_one_block) {
      const Block<T> x = block_at(0, m);
      const Cut cut(m);
      const Rows<T> rows = rows_of(x, cut, packed);
      for (size_t n0 = 0; n0 < n; n0 += group) {
        const size_t end = std::min(n0 + group, n);
        multiply_columns(x, cut, rows, n0, end, panels_at(n0, end, k0, depth));
      }
      continue;
    }
    for (size_t n0 = 0; n0 < n; n0 += group) {
      const size_t end = std::min(n0 + group, n);
      const Panels<T> of_group = panels_at(n0, end, k0, depth);
      for (size_t m0 = 0; m0 < m; m0 += block_m<T>) {
        const Block<T> x = block_at(m0, std::min(block_m<T>, m - m0));
        const Cut cut(x.height);
        multiply_columns(x, cut, rows_of(x, cut, packed), n0, end, of_group);
      }
    }
  }
}
}  // namespace ordered
}  // namespace
