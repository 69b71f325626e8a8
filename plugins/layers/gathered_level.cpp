// The gathered product for one x86-64 level. Compiled once per level, with fused multiply-add where
// the level has it.
#include "gathered_product.hpp"

#define NNRUN_JOIN(a, b) a##b
#define NNRUN_NAME(a, level) NNRUN_JOIN(a, level)
#define NNRUN_INLINE inline __attribute__((always_inline))

namespace gathered {
namespace {

#if defined(__AVX2__)
constexpr size_t vector_bytes = 32;
#else
constexpr size_t vector_bytes = 16;
#endif
template <class T>
constexpr size_t lanes = vector_bytes / sizeof(T);
template <class T>
struct VectorOf {
  typedef T type __attribute__((vector_size(vector_bytes), aligned(sizeof(T)), may_alias));
};
template <class T>
using Vector = typename VectorOf<T>::type;

template <class T>
NNRUN_INLINE Vector<T>& at(T* p) {
  return *reinterpret_cast<Vector<T>*>(p);
}
template <class T>
NNRUN_INLINE const Vector<T>& at(const T* p) {
  return *reinterpret_cast<const Vector<T>*>(p);
}

/// Adds to the sums of P addresses and V vectors of columns, in registers.
template <class T, size_t P, size_t V>
NNRUN_INLINE void add_products(const T* const (&a)[P], const T* b, const Loops& loops,
                               Vector<T> (&sums)[P][V]) {
  const size_t n0 = loops.n[0], n1 = loops.n[1], n2 = loops.n[2];
  const ptrdiff_t a_step = loops.a[2], b_step = loops.b[2];
  for (size_t i = 0; i < n0; ++i) {
    ptrdiff_t start = static_cast<ptrdiff_t>(i) * loops.a[0];
    const T* row = b + static_cast<ptrdiff_t>(i) * loops.b[0];
    for (size_t j = 0; j < n1; ++j, start += loops.a[1], row += loops.b[1]) {
      const T* y = row;
      ptrdiff_t k = start;
      for (size_t l = n2; l > 0; --l, k += a_step, y += b_step) {
        Vector<T> columns[V];
#pragma GCC unroll 2
        for (size_t v = 0; v < V; ++v) columns[v] = at(y + v * lanes<T>);
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

/// Writes the sums at P addresses that have room for whole vectors.
template <class T, size_t P, size_t V>
NNRUN_INLINE void store_whole(T* const (&c)[P], const Vector<T> (&sums)[P][V], bool add) {
#pragma GCC unroll 16
  for (size_t p = 0; p < P; ++p)
#pragma GCC unroll 2
    for (size_t v = 0; v < V; ++v) {
      Vector<T>& to = at(c[p] + v * lanes<T>);
      to = add ? to + sums[p][v] : sums[p][v];
    }
}
/// Writes the first `width` sums of an address.
template <class T, size_t V>
NNRUN_INLINE void store_part(T* c, const Vector<T> (&sums)[V], size_t width, bool add) {
  alignas(vector_bytes) T all[V * lanes<T>];
#pragma GCC unroll 2
  for (size_t v = 0; v < V; ++v) at(all + v * lanes<T>) = sums[v];
  for (size_t j = 0; j < width; ++j) c[j] = add ? c[j] + all[j] : all[j];
}

/// The columns from `from` on, at most V vectors of them, at all addresses, P at a time.
template <class T, size_t P, size_t V>
void run(const Product<T>& m, size_t from, const T* b) {
  constexpr size_t panel = V * lanes<T>;
  const size_t width = m.columns - from < panel ? m.columns - from : panel,
               whole = width == panel ? m.count : m.covered;
  Vector<T> start[V] = {};
  if (m.bias)
    for (size_t v = 0; v < V; ++v) start[v] = at(m.bias + from + v * lanes<T>);
  Walk<T> walk(m);
  const T* a[P];
  T* c[P];
  for (size_t done = 0; done < m.count; done += P) {
    const size_t count = m.count - done < P ? m.count - done : P;
    for (size_t p = 0; p < count; ++p, walk.next()) a[p] = walk.a, c[p] = walk.c + from;
    for (size_t p = count; p < P; ++p) a[p] = a[count - 1];  // sums that nobody reads
    Vector<T> sums[P][V];
#pragma GCC unroll 16
    for (size_t p = 0; p < P; ++p)
#pragma GCC unroll 2
      for (size_t v = 0; v < V; ++v) sums[p][v] = start[v];
    add_products<T, P, V>(a, b, m.loops, sums);
    if (done + P <= whole) {
      m.add ? store_whole<T, P, V>(c, sums, true) : store_whole<T, P, V>(c, sums, false);
      continue;
    }
#pragma GCC unroll 16
    for (size_t p = 0; p < P; ++p)
      if (p < count) store_part<T, V>(c[p], sums[p], done + p < whole ? panel : width, m.add);
  }
}
/// In groups of P addresses, or of Q where these are as few.
template <class T, size_t V, size_t P, size_t Q>
void run_by(const Product<T>& m, size_t from, const T* b) {
  if ((m.count + P - 1) / P < (m.count + Q - 1) / Q)
    run<T, P, V>(m, from, b);
  else
    run<T, Q, V>(m, from, b);
}
template <class T>
void multiply(const Product<T>& m) {
  constexpr size_t panel = 2 * lanes<T>;
  const T* b = m.b;
  for (size_t from = 0; from < m.columns; from += panel, b += m.panel_step)
    if (m.columns - from > lanes<T>)
      run_by<T, 2, wide_rows, 4>(m, from, b);
    else
      run_by<T, 1, narrow_rows, 8>(m, from, b);
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
          store_part<T, 1>(to, sum, width, m.add);
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
