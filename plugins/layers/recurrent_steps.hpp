// One step of one row: what the three cells compute in a record (recurrent.hpp), and their slopes.
#pragma once
#include "recurrent.hpp"

namespace recurrent {

/// The states of a row, or their slopes: the output, and of lstm the cell.
template <class T>
struct States {
  T *h, *c;
};

template <class T>
void copy_states(const Cell& v, const T* at, const States<T>& to) {
  std::copy_n(at + v.outer(), v.units, to.h);
  if (v.kind == Kind::lstm) std::copy_n(at + v.inner(), v.units, to.c);
}
template <class T>
NNRUN_CLONES void sum_columns(const T* slopes, size_t rows, size_t step, size_t columns, T* db,
                              bool add) {
  if (!add) std::fill_n(db, columns, T(0));
  for (size_t r = 0; r < rows; ++r)
#pragma GCC ivdep
    for (size_t j = 0; j < columns; ++j) db[j] += slopes[r * step + j];
}

/// Writes, or adds, what is not dropped: those whose noise is at least the share that is, scaled
/// up.
template <bool add, class T>
NNRUN_CLONES void dropped(size_t n, const T* x, const T* noise, double share, T* to) {
  const T limit = static_cast<T>(share), scale = static_cast<T>(1 / (1 - share));
#pragma GCC ivdep
  for (size_t j = 0; j < n; ++j) {
    const T kept = x[j] * scale, value = noise[j] < limit ? T(0) : kept;
    to[j] = add ? to[j] + value : value;
  }
}

/// h = f(z), Elman 1990.
template <class T>
void simple_forward(const Cell& v, T* at, const States<T>& to) {
  bend(v.state, at, v.units);
  std::copy_n(at, v.units, to.h);
}
template <class T>
NNRUN_CLONES void simple_backward(const Cell& v, const Slope<T>& slope, T* at, const States<T>& d,
                                  T* before) {
#pragma GCC ivdep
  for (size_t j = 0; j < v.units; ++j) at[j] = d.h[j] * slope(at[j]), before[j] = T(0);
}

/// c = f c' + i g, h = o tanh(c): Hochreiter and Schmidhuber 1997, with the forget gates of Gers,
/// Schmidhuber and Cummins 2000. Gates in the order i f g o; Keras calls g c.
template <class T>
NNRUN_CLONES void lstm_cell(size_t u, T* at, const T* c_before, T* c_after) {
  const T *const i = at, *const f = at + u, *const g = at + 2 * u;
  T* const bent = at + 4 * u;
#pragma GCC ivdep
  for (size_t j = 0; j < u; ++j) {
    const T c = f[j] * c_before[j] + i[j] * g[j];
    c_after[j] = c, bent[j] = c;
  }
}
template <class T>
NNRUN_CLONES void multiplied(size_t n, const T* a, const T* b, T* to) {
#pragma GCC ivdep
  for (size_t j = 0; j < n; ++j) to[j] = a[j] * b[j];
}
template <class T>
void lstm_forward(const Cell& v, T* at, const States<T>& to) {
  const size_t u = v.units;
  bend(v.gate, at, 2 * u);
  bend(v.state, at + 2 * u, u);
  bend(v.gate, at + 3 * u, u);
  lstm_cell(u, at, at + v.inner(), to.c);
  bend(v.state, at + v.extra(), u);
  multiplied(u, at + 3 * u, at + v.extra(), to.h);
}
template <class T>
NNRUN_CLONES void lstm_backward(const Cell& v, const Slope<T>& state, const Slope<T>& gate, T* at,
                                const States<T>& d, T* before) {
  const size_t u = v.units;
  T *const i = at, *const f = at + u, *const g = at + 2 * u, *const o = at + 3 * u;
  const T *const bent = at + 4 * u, *const c_before = at + 5 * u;
#pragma GCC ivdep
  for (size_t j = 0; j < u; ++j) {
    const T dc = d.c[j] + d.h[j] * o[j] * state(bent[j]), in = i[j], candidate = g[j],
            forget = f[j];
    o[j] = d.h[j] * bent[j] * gate(o[j]);
    i[j] = dc * candidate * gate(in);
    g[j] = dc * in * state(candidate);
    f[j] = dc * c_before[j] * gate(forget);
    d.c[j] = dc * forget;
    before[j] = T(0);
  }
}

/// h = z h' + (1 − z) n with n = f(x W + r (h' U + b)), or f(x W + (r h') U): Cho et al. 2014.
/// Gates in the order z r n; Keras calls n h.
/// taken: where the outputs before the step are that weights take.
template <class T>
void gru_gates(const Cell& v, T* at, size_t taken) {
  bend(v.gate, at, 2 * v.units);
  if (!v.reset_after) multiplied(v.units, at + v.units, at + taken, at + v.extra());
}
template <class T>
NNRUN_CLONES void add_reset(size_t u, T* at) {
  const T *const r = at + u, *const given = at + 3 * u;
  T* const n = at + 2 * u;
#pragma GCC ivdep
  for (size_t j = 0; j < u; ++j) n[j] += r[j] * given[j];
}
template <class T>
NNRUN_CLONES void gru_mix(size_t u, const T* at, T* h_after) {
  const T *const z = at, *const n = at + 2 * u, *const h = at + 4 * u;
#pragma GCC ivdep
  for (size_t j = 0; j < u; ++j) h_after[j] = z[j] * h[j] + (T(1) - z[j]) * n[j];
}
template <class T>
void gru_forward(const Cell& v, T* at, const States<T>& to) {
  if (v.reset_after) add_reset(v.units, at);
  bend(v.state, at + 2 * v.units, v.units);
  gru_mix(v.units, at, to.h);
}
/// reset_after: the slopes of what r is multiplied with take its place. Otherwise r stays as it is:
/// its slope needs that of r h'.
template <class T>
NNRUN_CLONES void gru_backward(const Cell& v, const Slope<T>& state, const Slope<T>& gate, T* at,
                               const States<T>& d, T* before) {
  const size_t u = v.units;
  T *const z = at, *const r = at + u, *const n = at + 2 * u, *const given = at + 3 * u;
  const T* const h = at + 4 * u;
  const bool after = v.reset_after;
#pragma GCC ivdep
  for (size_t j = 0; j < u; ++j) {
    const T dn = d.h[j] * (T(1) - z[j]) * state(n[j]), reset = r[j];
    before[j] = d.h[j] * z[j];
    z[j] = d.h[j] * (h[j] - n[j]) * gate(z[j]);
    n[j] = dn;
    r[j] = after ? dn * given[j] * gate(reset) : reset;
    given[j] = after ? dn * reset : given[j];
  }
}
/// d: the slopes of r h'.
template <class T>
NNRUN_CLONES void gru_backward_reset(const Cell& v, const Slope<T>& gate, T* at, size_t taken,
                                     const T* d, T* before) {
  T* const r = at + v.units;
  const T* const h = at + taken;
#pragma GCC ivdep
  for (size_t j = 0; j < v.units; ++j) {
    before[j] += d[j] * r[j];
    r[j] = d[j] * h[j] * gate(r[j]);
  }
}

}  // namespace recurrent
