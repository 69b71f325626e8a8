// The gathered product for one x86-64 level. Compiled once per level, with fused multiply-add where
// the level has it.
#include <utility>

#include "gathered_product.hpp"
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#define NNRUN_JOIN(a, b) a##b
#define NNRUN_NAME(a, level) NNRUN_JOIN(a, level)
#define NNRUN_INLINE inline __attribute__((always_inline))

namespace gathered {
namespace {

#if defined(__AVX512F__)
constexpr size_t vector_bytes = 64;
#elif defined(__AVX2__)
constexpr size_t vector_bytes = 32;
#else
constexpr size_t vector_bytes = 16;
#endif
// How many addresses are taken at once, with two vectors of columns and with one. Anywhere: as
// many pointers as fit into registers, and fewer. Side by side: as many sums as fit.
#if defined(__AVX512F__)
constexpr size_t wide = 8, less_wide = 6, most_wide = 12, most_narrow = 16;
#else
constexpr size_t wide = 6, less_wide = 4, most_wide = 6, most_narrow = 12;
#endif
constexpr size_t narrow = 10, less_narrow = 8;
constexpr ptrdiff_t ahead =
    8;  // rows of k that are fetched into the nearest cache before their turn
template <class T, size_t bytes = vector_bytes>
constexpr size_t lanes = bytes / sizeof(T);
template <class T, size_t bytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(bytes), aligned(sizeof(T)), may_alias));
};
template <class T, size_t bytes = vector_bytes>
using Vector = typename VectorOf<T, bytes>::type;

template <size_t bytes = vector_bytes, class T>
NNRUN_INLINE Vector<T, bytes>& at(T* p) {
  return *reinterpret_cast<Vector<T, bytes>*>(p);
}
template <size_t bytes = vector_bytes, class T>
NNRUN_INLINE const Vector<T, bytes>& at(const T* p) {
  return *reinterpret_cast<const Vector<T, bytes>*>(p);
}

/// What a kernel keeps in registers: for P addresses, V vectors of columns.
template <class Number, size_t bytes, size_t P, size_t V>
struct Tile {
  using T = Number;
  static constexpr size_t lanes = gathered::lanes<T, bytes>, panel = V * lanes, addresses = P,
                          vectors = V, vector_bytes = bytes;
  using Vector = gathered::Vector<T, bytes>;
  using Sums = Vector[P][V];
};

/// Adds to the sums. In steps of one: the innermost loop takes number after number in `a`; without
/// a step to be kept, all addresses fit into registers.
template <class K, bool by_one, class Addresses, class T = typename K::T>
NNRUN_INLINE void add_products(const Addresses& a, const T* b, const Loops& loops,
                               typename K::Sums& sums) {
  constexpr size_t P = K::addresses, V = K::vectors;
  const size_t n0 = loops.n[0], n1 = loops.n[1];
  const ptrdiff_t a_step = by_one ? 1 : loops.a[2], b_step = loops.b[2],
                  run = static_cast<ptrdiff_t>(loops.n[2]) * a_step;
  for (size_t i = 0; i < n0; ++i) {
    ptrdiff_t start = static_cast<ptrdiff_t>(i) * loops.a[0];
    const T* row = b + static_cast<ptrdiff_t>(i) * loops.b[0];
    for (size_t j = 0; j < n1; ++j, start += loops.a[1], row += loops.b[1]) {
      const T* y = row;
      for (ptrdiff_t k = start, end = start + run; k != end; k += a_step, y += b_step) {
        if constexpr (!by_one) {  // rows far apart: of images and slopes that all weights pass over
          __builtin_prefetch(y + ahead * b_step);
          if constexpr (V > 1) __builtin_prefetch(y + ahead * b_step + K::lanes);
          __builtin_prefetch(&a[0][k + ahead * a_step]);
          if constexpr (P * sizeof(T) >= line) __builtin_prefetch(&a[P - 1][k + ahead * a_step]);
        }
        typename K::Vector columns[V];
#pragma GCC unroll 2
        for (size_t v = 0; v < V; ++v) columns[v] = at<K::vector_bytes>(y + v * K::lanes);
#pragma GCC unroll 16
        for (size_t p = 0; p < P; ++p) {
          const T x = a[p][k];
#pragma GCC unroll 2
          for (size_t v = 0; v < V; ++v) sums[p][v] += x * columns[v];
        }
      }
    }
  }
}

/// A walk over the addresses of both grids.
template <class T>
struct Walk {
  const T* a;
  T* c;
  size_t column;
  const size_t columns;
  const ptrdiff_t a_step, c_step, a_turn, c_turn;

  NNRUN_INLINE explicit Walk(const Product<T>& m)
      : a(m.a.from),
        c(m.c.from),
        column(m.first % m.a.columns),
        columns(m.a.columns),
        a_step(m.a.column_step),
        c_step(m.c.column_step),
        a_turn(m.a.row_step - static_cast<ptrdiff_t>(columns) * a_step),
        c_turn(m.c.row_step - static_cast<ptrdiff_t>(columns) * c_step) {
    const auto row = static_cast<ptrdiff_t>(m.first / columns),
               within = static_cast<ptrdiff_t>(column);
    a += row * m.a.row_step + within * a_step;
    c += row * m.c.row_step + within * c_step;
  }
  NNRUN_INLINE void next() {
    a += a_step, c += c_step;
    if (++column == columns) column = 0, a += a_turn, c += c_turn;
  }
};

/// Writes the sums of an address that has room for whole vectors.
template <class K, class T = typename K::T>
NNRUN_INLINE void store_whole(T* c, const typename K::Vector (&sums)[K::vectors], bool add) {
#pragma GCC unroll 2
  for (size_t v = 0; v < K::vectors; ++v) {
    auto& to = at<K::vector_bytes>(c + v * K::lanes);
    to = add ? to + sums[v] : sums[v];
  }
}
#if defined(__AVX512F__)
NNRUN_INLINE void store_first(float* to, Vector<float, 64> v, size_t n) {
  _mm512_mask_storeu_ps(to, __mmask16((1u << n) - 1), __m512(v));
}
NNRUN_INLINE void store_first(float* to, Vector<float, 32> v, size_t n) {
  _mm256_mask_storeu_ps(to, __mmask8((1u << n) - 1), __m256(v));
}
NNRUN_INLINE void store_first(double* to, Vector<double, 64> v, size_t n) {
  _mm512_mask_storeu_pd(to, __mmask8((1u << n) - 1), __m512d(v));
}
NNRUN_INLINE void store_first(double* to, Vector<double, 32> v, size_t n) {
  _mm256_mask_storeu_pd(to, __mmask8((1u << n) - 1), __m256d(v));
}
/// Writes the first `width` sums of an address.
template <class K, class T = typename K::T>
NNRUN_INLINE void store_part(T* c, const typename K::Vector (&sums)[K::vectors], size_t width,
                             bool add) {
#pragma GCC unroll 2
  for (size_t v = 0; v < K::vectors; ++v) {
    const size_t from = v * K::lanes, n = width - from < K::lanes ? width - from : K::lanes;
    store_first(c + from, add ? at<K::vector_bytes>(c + from) + sums[v] : sums[v], n);
  }
}
#else
template <class K, class T = typename K::T>
NNRUN_INLINE void store_part(T* c, const typename K::Vector (&sums)[K::vectors], size_t width,
                             bool add) {
  alignas(vector_bytes) T all[K::panel];
#pragma GCC unroll 2
  for (size_t v = 0; v < K::vectors; ++v) at<K::vector_bytes>(all + v * K::lanes) = sums[v];
  for (size_t j = 0; j < width; ++j) c[j] = add ? c[j] + all[j] : all[j];
}
#endif

/// The columns from `from` on, at most a tile's, at all addresses.
template <class K, class T = typename K::T>
void run(const Product<T>& m, size_t from, const T* b) {
  constexpr size_t P = K::addresses, V = K::vectors, panel = K::panel;
  const size_t width = m.columns - from < panel ? m.columns - from : panel,
               whole = width == panel ? m.count : m.covered;
  typename K::Vector start[V] = {};
  if (m.bias)
    for (size_t v = 0; v < V; ++v) start[v] = at<K::vector_bytes>(m.bias + from + v * K::lanes);
  Walk<T> walk(m);
  const T* a[P];
  T* c[P];
  for (size_t done = 0; done < m.count; done += P) {
    const size_t count = m.count - done < P ? m.count - done : P;
    for (size_t p = 0; p < count; ++p, walk.next()) a[p] = walk.a, c[p] = walk.c + from;
    for (size_t p = count; p < P; ++p) a[p] = a[count - 1];  // sums that nobody reads
    typename K::Sums sums;
#pragma GCC unroll 16
    for (size_t p = 0; p < P; ++p)
#pragma GCC unroll 2
      for (size_t v = 0; v < V; ++v) sums[p][v] = start[v];
    if (m.loops.a[2] == 1)
      add_products<K, true>(a, b, m.loops, sums);
    else
      add_products<K, false>(a, b, m.loops, sums);
    if (done + P <= whole) {
#pragma GCC unroll 16
      for (size_t p = 0; p < P; ++p) store_whole<K>(c[p], sums[p], m.add);
      continue;
    }
#pragma GCC unroll 16
    for (size_t p = 0; p < P; ++p)
      if (p < count) store_part<K>(c[p], sums[p], done + p < whole ? panel : width, m.add);
  }
}
/// In groups of P addresses, or of Q where these are as few.
template <class T, size_t bytes, size_t V, size_t P, size_t Q>
void run_by(const Product<T>& m, size_t from, const T* b) {
  if ((m.count + P - 1) / P < (m.count + Q - 1) / Q)
    run<Tile<T, bytes, P, V>>(m, from, b);
  else
    run<Tile<T, bytes, Q, V>>(m, from, b);
}

/// Addresses side by side: only the first is kept in a register.
template <class T>
struct Together {
  const T* first;
  NNRUN_INLINE const T* operator[](size_t p) const { return first + p; }
};
template <class K, class T = typename K::T>
void run_together(const Product<T>& m, size_t from, const T* a, T* c, const T* b) {
  typename K::Sums sums;
#pragma GCC unroll 16
  for (size_t p = 0; p < K::addresses; ++p)
#pragma GCC unroll 2
    for (size_t v = 0; v < K::vectors; ++v)
      sums[p][v] =
          m.bias ? at<K::vector_bytes>(m.bias + from + v * K::lanes) : typename K::Vector{};
  if (m.add)  // what they are added to is far away, where there are many weights
#pragma GCC unroll 16
    for (size_t p = 0; p < K::addresses; ++p)
      __builtin_prefetch(c + from + static_cast<ptrdiff_t>(p) * m.c.column_step);
  add_products<K, false>(Together<T>{a}, b, m.loops, sums);
  const size_t width = m.columns - from;
#pragma GCC unroll 16
  for (size_t p = 0; p < K::addresses; ++p, c += m.c.column_step)
    if (width >= K::panel)
      store_whole<K>(c + from, sums[p], m.add);
    else
      store_part<K>(c + from, sums[p], width, m.add);
}
/// The rows of addresses, cut into blocks of nearly one size, `most` or fewer.
template <class T, size_t bytes, size_t V, size_t... P>
void run_in_rows(const Product<T>& m, size_t from, const T* b, std::index_sequence<P...>) {
  using Run = void (*)(const Product<T>&, size_t, const T*, T*, const T*);
  static constexpr Run by_size[] = {run_together<Tile<T, bytes, P + 1, V>>...};
  constexpr size_t most = sizeof...(P);
  for (size_t done = 0; done < m.count;) {
    const size_t row = (m.first + done) / m.a.columns, column = (m.first + done) % m.a.columns,
                 left = m.a.columns - column, n = left < m.count - done ? left : m.count - done,
                 blocks = (n + most - 1) / most;
    const auto down = static_cast<ptrdiff_t>(row);
    for (size_t k = 0; k < blocks; ++k) {
      const size_t begin = n * k / blocks, size = n * (k + 1) / blocks - begin;
      const auto across = static_cast<ptrdiff_t>(column + begin);
      by_size[size - 1](m, from, m.a.from + down * m.a.row_step + across,
                        m.c.from + down * m.c.row_step + across * m.c.column_step, b);
    }
    done += n;
  }
}

/// The columns from `from` on, in V vectors.
template <class T, size_t bytes, size_t V, size_t P, size_t Q>
void run_columns(const Product<T>& m, size_t from, const T* b) {
  constexpr size_t most = V == 2 ? most_wide : most_narrow;
  if (m.a.column_step == 1 && m.a.columns >= Q)
    run_in_rows<T, bytes, V>(m, from, b, std::make_index_sequence<most>());
  else
    run_by<T, bytes, V, P, Q>(m, from, b);
}
template <class T>
void multiply(const Product<T>& m) {
  constexpr size_t panel = 2 * lanes<T>, short_bytes = vector_bytes < 32 ? vector_bytes : 32;
  const T* b = m.b;
  for (size_t from = 0; from < m.columns; from += panel, b += m.panel_step) {
    const size_t left = m.columns - from;
    if (left > lanes<T>)
      run_columns<T, vector_bytes, 2, wide, less_wide>(m, from, b);
    else if (left > lanes<T, short_bytes>)
      run_columns<T, vector_bytes, 1, narrow, less_narrow>(m, from, b);
    else
      run_columns<T, short_bytes, 1, narrow, less_narrow>(m, from, b);
  }
}
static_assert(2 * lanes<float> <= widest_panel);

/// Column by column, at R rows of Q addresses from one on: a vector of columns after the other.
/// Addresses are counted from those of their row, or each would need a register.
template <class T, size_t R, size_t Q>
void run_by_column(const Product<T>& m, const T* a, T* c) {
  const Loops& loops = m.loops;
  const size_t n0 = loops.n[0], n1 = loops.n[1], n2 = loops.n[2];
  const ptrdiff_t a_step = loops.a[2], b_step = loops.b[2], across = m.a.column_step;
  for (size_t from = 0; from < m.columns; from += lanes<T>) {
    const Vector<T> start = m.bias ? at(m.bias + from) : Vector<T>{};
    Vector<T> sums[R * Q][1];
#pragma GCC unroll 9
    for (size_t p = 0; p < R * Q; ++p) sums[p][0] = start;
    for (size_t i = 0; i < n0; ++i)
      for (size_t j = 0; j < n1; ++j) {
        const auto down = static_cast<ptrdiff_t>(i), along = static_cast<ptrdiff_t>(j);
        const T* y = m.b + from + down * loops.b[0] + along * loops.b[1];
        const T* rows[R];
        for (size_t r = 0; r < R; ++r)
          rows[r] = a + from + down * loops.a[0] + along * loops.a[1] +
                    static_cast<ptrdiff_t>(r) * m.a.row_step;
        for (size_t l = n2; l > 0; --l, y += b_step) {
          const Vector<T> columns = at(y);
#pragma GCC unroll 3
          for (size_t r = 0; r < R; ++r, rows[r - 1] += a_step)
#pragma GCC unroll 3
            for (size_t q = 0; q < Q; ++q)
              sums[r * Q + q][0] += at(rows[r] + static_cast<ptrdiff_t>(q) * across) * columns;
        }
      }
    const size_t width = m.columns - from;
#pragma GCC unroll 3
    for (size_t r = 0; r < R; ++r)
#pragma GCC unroll 3
      for (size_t q = 0; q < Q; ++q) {
        T* const to = c + from + static_cast<ptrdiff_t>(r) * m.c.row_step +
                      static_cast<ptrdiff_t>(q) * m.c.column_step;
        const Vector<T>(&sum)[1] = sums[r * Q + q];
        if (width < lanes<T>)
          store_part<Tile<T, vector_bytes, 1, 1>>(to, sum, width, m.add);
        else
          at(to) = m.add ? at(to) + sum[0] : sum[0];
      }
  }
}
template <class T>
void multiply_by_column(const Product<T>& m) {
  constexpr void (*kernels[3][3])(const Product<T>&, const T*, T*) = {
      {run_by_column<T, 1, 1>, run_by_column<T, 1, 2>, run_by_column<T, 1, 3>},
      {run_by_column<T, 2, 1>, run_by_column<T, 2, 2>, run_by_column<T, 2, 3>},
      {run_by_column<T, 3, 1>, run_by_column<T, 3, 2>, run_by_column<T, 3, 3>}};
  const auto at_most_3 = [](size_t left) { return left < 3 ? left : 3; };
  for (size_t i = 0; i < m.a.rows; i += 3)
    for (size_t j = 0; j < m.a.columns; j += 3) {
      const auto down = static_cast<ptrdiff_t>(i), along = static_cast<ptrdiff_t>(j);
      kernels[at_most_3(m.a.rows - i) - 1][at_most_3(m.a.columns - j) - 1](
          m, m.a.from + down * m.a.row_step + along * m.a.column_step,
          m.c.from + down * m.c.row_step + along * m.c.column_step);
    }
}

}  // namespace

Kernels NNRUN_NAME(kernels_, NNRUN_LEVEL)() {
  return {multiply<float>,   multiply<double>,          2 * lanes<float>,
          2 * lanes<double>, multiply_by_column<float>, multiply_by_column<double>};
}

}  // namespace gathered
