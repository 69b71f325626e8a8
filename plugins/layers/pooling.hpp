// Windows over each channel of an image: what they have in common.
#pragma once
#include "windows.hpp"

namespace pooling {
using std::size_t;

/// Some channels side by side, as many as a register holds.
template <class T>
using Part = typename nnrun::Lane<T>::Part;
template <class T>
constexpr size_t part_size = nnrun::Lane<T>::part_size;
template <class T>
NNRUN_INLINE Part<T> load(const T* p) {
  return *reinterpret_cast<const Part<T>*>(p);
}
/// Writes the first n numbers of a part.
template <class T>
NNRUN_INLINE void store(T* to, Part<T> v, size_t n) {
  if (n >= part_size<T>) {
    *reinterpret_cast<Part<T>*>(to) = v;
    return;
  }
  alignas(32) T all[part_size<T>];
  *reinterpret_cast<Part<T>*>(all) = v;
  for (size_t i = 0; i < n; ++i) to[i] = all[i];
}

/// The inputs of one window: `down` rows, `line` numbers apart, of `across` pixels.
struct Cells {
  size_t down, across, line, channels;
  /// Calls f(distance from the first, of which along its row) for each, row by row.
  template <class F>
  NNRUN_INLINE void each(F f) const {
    for (size_t i = 0; i < down; ++i)
      for (size_t j = 0; j < across; ++j) f(i * line + j * channels, j * channels);
  }
};

/// The largest number; of equal ones, the first has the slope.
template <class T>
struct Largest {
  static constexpr auto operation = "max_pooling";
  static constexpr bool has_pairs = true;  // a way of its own for windows of 2 x 2
  NNRUN_INLINE static Part<T> of(const T* x, const Cells& cells) {
    Part<T> best = load(x);
    cells.each([&](size_t at, size_t) __attribute__((always_inline)) {
      const Part<T> one = load(x + at);
      // what is not a number stays, to be found where the cost is
      best = (one > best) | (one != one) ? one : best;
    });
    return best;
  }
  Part<T> best, left;
  NNRUN_INLINE Largest(Part<T> y, Part<T> dy, size_t) : best(y), left(dy) {}
  NNRUN_INLINE Part<T> slope(Part<T> x) {
    const Part<T> d = x == best ? left : Part<T>{};
    left = x == best ? Part<T>{} : left;
    return d;
  }
};
/// The mean.
template <class T>
struct Mean {
  static constexpr auto operation = "average_pooling";
  static constexpr bool has_pairs = false;
  NNRUN_INLINE static Part<T> of(const T* x, const Cells& cells) {
    Part<T> sum{};
    cells.each([&](size_t at, size_t) __attribute__((always_inline)) { sum += load(x + at); });
    return sum * (T(1) / static_cast<T>(cells.down * cells.across));
  }
  Part<T> share;
  NNRUN_INLINE Mean(Part<T>, Part<T> dy, size_t n) : share(dy * (T(1) / static_cast<T>(n))) {}
  NNRUN_INLINE Part<T> slope(Part<T>) { return share; }
};

/// The windows of an image.
struct Windows {
  windows::Axis y, x;
  size_t channels;
  size_t line() const { return x.in * channels; }
  size_t image() const { return y.in * line(); }
  /// Whether every input is in one window and no more.
  bool tile() const {
    const auto tiles = [](const windows::Axis& a) {
      return a.stride == a.window && a.out * a.stride >= a.in;
    };
    return tiles(y) && tiles(x);
  }
  /// Whether these are 2 x 2 pixels, and nothing is left over.
  bool pairs() const {
    return tile() && y.window == 2 && x.window == 2 && y.in == 2 * y.out && x.in == 2 * x.out;
  }
};

/// Calls f(first input, its place in its row, cells) for each window of an image, row by row.
template <class F>
NNRUN_INLINE void each_window(const Windows& v, F f) {
  const size_t line = v.line();
  if (v.pairs()) {  // where the counts are known, the loops are gone
    for (size_t i = 0; i < v.y.out; ++i)
      for (size_t j = 0; j < v.x.out; ++j)
        f(2 * (i * line + j * v.channels), 2 * j * v.channels, Cells{2, 2, line, v.channels});
    return;
  }
  for (size_t i = 0; i < v.y.out; ++i) {
    const auto [top, down] = v.y.inside(i);
    for (size_t j = 0; j < v.x.out; ++j) {
      const auto [left, across] = v.x.inside(j);
      const size_t column = left * v.channels;
      f(top * line + column, column, Cells{down, across, line, v.channels});
    }
  }
}
/// Calls f(first channel) for each part of the channels, the last one first: what it writes behind
/// them, the first part of the next pixel covers.
template <class T, class F>
NNRUN_INLINE void each_part(size_t channels, F f) {
  for (size_t k = (channels + part_size<T> - 1) / part_size<T> * part_size<T>; k > 0;)
    f(k -= part_size<T>);
}

/// Writes the largest of each 2 x 2 pixels of an image: so many rows and columns of them. Returns
/// false if some input is not a number, or sums of inputs are infinite: what is not a number may
/// then be lost.
template <class T>
NNRUN_CLONES bool largest_of_pairs(const size_t rows, const size_t columns, const size_t channels,
                                   const T* x, T* y) {
  constexpr size_t lanes = part_size<T>;
  const size_t line = 2 * columns * channels, last = (channels - 1) / lanes * lanes;
  Part<T> sum{};
  const auto of = [&](const T* p) __attribute__((always_inline)) {
    const Part<T> a = load(p), b = load(p + channels), c = load(p + line),
                  d = load(p + line + channels);
    sum += (a + b) + (c + d);
    const Part<T> above = b > a ? b : a, below = d > c ? d : c;  // of equal zeros, the first
    return below > above ? below : above;
  };
  const size_t row = columns * channels;
  for (size_t i = 0; i < rows; ++i, x += 2 * line, y += row)
    for (size_t k = last + lanes; k > 0;) {  // the last part first, as in each_part
      k -= lanes;
      size_t in = k, out = k;
      for (; out + lanes <= row; in += 2 * channels, out += channels)
        store<T>(y + out, of(x + in), lanes);
      for (; out < row; in += 2 * channels, out += channels)
        store<T>(y + out, of(x + in), row - out);
    }
  const Part<T> zeros = sum * T(0);
  bool all = true;
  for (size_t k = 0; k < lanes; ++k) all &= zeros[k] == 0;
  return all;
}
/// Writes the slopes of all these pixels.
template <class T>
NNRUN_CLONES void slopes_of_pairs(const size_t rows, const size_t columns, const size_t channels,
                                  const T* x, const T* y, const T* dy, T* dx) {
  // Slopes of few channels are written in pieces of lines of the cache, which waits for each line.
  constexpr size_t lanes = part_size<T>, cache_line = 64, ahead = 4 * cache_line / sizeof(T);
  const bool in_pieces = channels * sizeof(T) < cache_line;
  const size_t line = 2 * columns * channels, last = (channels - 1) / lanes * lanes;
  // first, second: how many numbers have room in the row of either pixel
  const auto write = [&](size_t in, size_t out, size_t first, size_t second)
      __attribute__((always_inline)) {
    const Part<T> best = load(y + out);
    Part<T> d = load(dy + out);
    const auto one = [&](size_t at, size_t n) __attribute__((always_inline)) {
      const auto is_best = load(x + in + at) == best;
      store<T>(dx + in + at, is_best ? d : Part<T>{}, n);
      d = is_best ? Part<T>{} : d;
    };
    one(0, first);
    one(channels, second);
    one(line, first);
    one(line + channels, second);
  };
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = last + lanes; k > 0;) {
      k -= lanes;
      size_t in = k, out = k;
      for (; in + channels + lanes <= line; in += 2 * channels, out += channels) {
        if (in_pieces) {
          __builtin_prefetch(dx + in + ahead, 1);
          __builtin_prefetch(dx + in + line + ahead, 1);
        }
        write(in, out, lanes, lanes);
      }
      for (; in < line; in += 2 * channels, out += channels)
        write(in, out, line - in, line - in - channels);
    }
    x += 2 * line, dx += 2 * line, y += columns * channels, dy += columns * channels;
  }
}

template <template <class> class Kind, class T>
NNRUN_CLONES void forward(const Windows v, size_t rows, const T* x, T* y) {
  const size_t channels = v.channels, image = v.image(),
               whole = (channels + part_size<T> - 1) / part_size<T> * part_size<T>;
  const bool pairs = Kind<T>::has_pairs && v.pairs();
  for (size_t r = 0; r < rows; ++r, x += image) {
    size_t room = v.y.out * v.x.out * channels;  // in this image of outputs
    if (pairs && largest_of_pairs(v.y.out, v.x.out, channels, x, y)) {
      y += room;
      continue;
    }
    each_window(
        v, [&](size_t first, size_t, const Cells cells) __attribute__((always_inline)) {
          const T* const from = x + first;
          if (room >= whole)
            each_part<T>(
                channels, [&](size_t k) __attribute__((always_inline)) {
                  store<T>(y + k, Kind<T>::of(from + k, cells), part_size<T>);
                });
          else
            each_part<T>(
                channels, [&](size_t k) __attribute__((always_inline)) {
                  store<T>(y + k, Kind<T>::of(from + k, cells), channels - k);
                });
          y += channels, room -= channels;
        });
  }
}

/// The slopes of the inputs. Add: to what is there.
template <template <class> class Kind, class T, bool Add>
NNRUN_CLONES void backward(const Windows v, size_t rows, const T* x, const T* y, const T* dy,
                           T* dx) {
  const size_t channels = v.channels, image = v.image(), line = v.line(),
               whole = (channels + part_size<T> - 1) / part_size<T> * part_size<T>;
  if (!Add && Kind<T>::has_pairs && v.pairs()) {
    for (size_t r = 0; r < rows; ++r, x += image, dx += image, y += image / 4, dy += image / 4)
      slopes_of_pairs(v.y.out, v.x.out, channels, x, y, dy, dx);
    return;
  }
  for (size_t r = 0; r < rows; ++r, x += image, dx += image)
    each_window(
        v, [&](size_t first, size_t column, const Cells cells) __attribute__((always_inline)) {
          const T* const from = x + first;
          T* const to = dx + first;
          const size_t last = column + (cells.across - 1) * channels;
          if (channels == whole || (!Add && last + whole <= line))
            each_part<T>(
                channels, [&](size_t k) __attribute__((always_inline)) {
                  Kind<T> kind(load(y + k), load(dy + k), cells.down * cells.across);
                  cells.each([&](size_t at, size_t) __attribute__((always_inline)) {
                    const Part<T> d = kind.slope(load(from + at + k));
                    store<T>(to + at + k, Add ? load(to + at + k) + d : d, part_size<T>);
                  });
                });
          else
            each_part<T>(
                channels, [&](size_t k) __attribute__((always_inline)) {
                  Kind<T> kind(load(y + k), load(dy + k), cells.down * cells.across);
                  cells.each([&](size_t at, size_t) __attribute__((always_inline)) {
                    const Part<T> d = kind.slope(load(from + at + k));
                    store<T>(to + at + k, Add ? load(to + at + k) + d : d, channels - k);
                  });
                });
          y += channels, dy += channels;
        });
}

template <template <class> class Kind, class T>
void forward(const Windows& v, const nnrun::LayerCall<T>& c) {
  pooling::forward<Kind, T>(v, c.rows(), c.in(0), c.out());
}
template <template <class> class Kind, class T>
void backward_inputs(const Windows& v, const nnrun::LayerCall<T>& c) {
  if (!c.d_in(0)) return;
  if (!c.adds(0) && v.tile())
    return backward<Kind, T, false>(v, c.rows(), c.in(0), c.out(), c.d_out(), c.d_in(0));
  if (!c.adds(0)) std::fill_n(c.d_in(0), c.rows() * v.image(), T(0));
  backward<Kind, T, true>(v, c.rows(), c.in(0), c.out(), c.d_out(), c.d_in(0));
}

/// A layer over windows of an image, with the settings of Keras.
template <template <class> class Kind, class Self>
struct Layer2d : nnrun::Layer {
  static constexpr auto operation = Kind<float>::operation;
  std::span<const double> pool_size = windows::two, strides{};
  const char* padding = "valid";
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Self::pool_size, "pool_size",
                     "size of a window: one number, or height and width", windows::sizes),
        nnrun::param(&Self::strides, "strides",
                     "pixels from one window to the next; if missing, as pool_size",
                     windows::sizes),
        nnrun::param(&Self::padding, "padding",
                     "same: windows may reach over the edge of the image, where nothing counts",
                     {.choices = windows::paddings}));
  }
  void check() {
    pool_ = windows::sides_of(pool_size, "pool_size");
    strides_ = strides.empty() ? pool_ : windows::sides_of(strides, "strides");
  }
  void plan(nnrun_plan& p) const {
    windows::require_image(p, Self::name);
    const Windows v = windows_of(p.in[0]);
    windows::require_windows(p, v.y, v.x);
    p.out = {3, {v.y.out, v.x.out, v.channels}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    pooling::forward<Kind>(windows_of(c.in_shape(0)), c);
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    pooling::backward_inputs<Kind>(windows_of(c.in_shape(0)), c);
  }

 private:
  Windows windows_of(const nnrun_shape& in) const {
    const bool same = windows::is_same(padding);
    return {{in.sizes[0], pool_.y, strides_.y, 1, same},
            {in.sizes[1], pool_.x, strides_.x, 1, same},
            in.sizes[2]};
  }
  windows::Sides pool_, strides_;
};

/// A layer over windows of a sequence: an image of one row.
template <template <class> class Kind, class Self>
struct Layer1d : nnrun::Layer {
  static constexpr auto operation = Kind<float>::operation;
  std::int64_t pool_size = 2, strides = 0;
  const char* padding = "valid";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Self::pool_size, "pool_size", "steps of a window",
                                      {.min = 1, .max = windows::largest}),
                         nnrun::param(&Self::strides, "strides",
                                      "steps from one window to the next; 0: as many as pool_size",
                                      {.min = 0, .max = windows::largest}),
                         nnrun::param(&Self::padding, "padding",
                                      "same: windows may reach over the ends, where nothing counts",
                                      {.choices = windows::paddings}));
  }
  void plan(nnrun_plan& p) const {
    windows::require_sequence(p, Self::name);
    const Windows v = windows_of(p.in[0]);
    windows::require_windows(p, v.x);
    p.out = {2, {v.x.out, v.channels}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    pooling::forward<Kind>(windows_of(c.in_shape(0)), c);
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    pooling::backward_inputs<Kind>(windows_of(c.in_shape(0)), c);
  }

 private:
  Windows windows_of(const nnrun_shape& in) const {
    const auto size = static_cast<size_t>(pool_size),
               step = static_cast<size_t>(strides > 0 ? strides : pool_size);
    return {
        {1, 1, 1, 1, false}, {in.sizes[0], size, step, 1, windows::is_same(padding)}, in.sizes[1]};
  }
};

/// A layer over one window: a whole image, or a whole sequence.
template <template <class> class Kind, class Self, std::uint32_t rank>
struct GlobalLayer : nnrun::Layer {
  static constexpr auto operation = Kind<float>::operation;
  void plan(nnrun_plan& p) const {
    if constexpr (rank == 3)
      windows::require_image(p, Self::name);
    else
      windows::require_sequence(p, Self::name);
    p.out = {1, {p.in[0].sizes[rank - 1]}};
    p.free_cuts = 1;
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    pooling::forward<Kind>(whole(c.in_shape(0)), c);
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    pooling::backward_inputs<Kind>(whole(c.in_shape(0)), c);
  }

 private:
  static Windows whole(const nnrun_shape& in) {
    const size_t rows = rank == 3 ? in.sizes[0] : 1, columns = in.sizes[rank - 2];
    return {
        {rows, rows, rows, 1, false}, {columns, columns, columns, 1, false}, in.sizes[rank - 1]};
  }
};

}  // namespace pooling
