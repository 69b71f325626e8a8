// The numbers of one call of a convolution, and the layers that make such calls.
#pragma once
#include "convolution.hpp"

/// Which outputs saw an input, or some side by side, and through which taps, counted from the last
/// one.
struct Seen {
  std::size_t output = 0, tap = 0, n = 0, output_step, tap_step;

  Seen(const windows::Axis& a, std::size_t input, std::size_t together = 1) {
    const std::size_t common = std::gcd(a.stride, a.dilation),
                      place = input + together - 1 + a.before, window = a.window + together - 1;
    output_step = a.dilation / common, tap_step = a.stride / common;
    for (std::size_t k = window; k-- > 0;) {
      const std::size_t back = k * a.dilation;
      if (place < back || (place - back) % a.stride != 0) continue;
      if ((place - back) / a.stride >= a.out) break;
      if (n++ == 0) output = (place - back) / a.stride, tap = window - 1 - k;
    }
  }
};

namespace convolution {
template <class T>
NNRUN_CLONES bool all_finite(const T* x, std::size_t n) {
  using Part = typename nnrun::Lane<T>::Part;
  constexpr std::size_t lanes = nnrun::Lane<T>::part_size;
  Part zeros[2] = {};
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes)
    for (std::size_t k = 0; k < 2; ++k)
      zeros[k] += *reinterpret_cast<const Part*>(x + i + k * lanes) * T(0);
  T sum = 0;
  for (std::size_t k = 0; k < lanes; ++k) sum += zeros[0][k] + zeros[1][k];
  for (; i < n; ++i) sum += x[i] * T(0);
  return sum == 0;
}
/// Writes the slopes of the bias, or adds to them: in four sums for each column, so that additions
/// need not wait for each other.
template <class T>
NNRUN_CLONES void sum_pixels(const T* dy, std::size_t pixels, std::size_t columns, T* db,
                             bool add) {
  using std::size_t;
  using Part = typename nnrun::Lane<T>::Part;
  constexpr size_t lanes = nnrun::Lane<T>::part_size;
  const auto at = [](const T* p) { return *reinterpret_cast<const Part*>(p); };
  for (size_t from = 0; from < columns; from += lanes) {
    Part sums[4] = {};
    size_t p = 0;
    for (; p + 4 <= pixels; p += 4)
      for (size_t k = 0; k < 4; ++k) sums[k] += at(dy + (p + k) * columns + from);
    for (; p < pixels; ++p) sums[0] += at(dy + p * columns + from);
    const Part all = sums[0] + sums[1] + (sums[2] + sums[3]);
    for (size_t j = 0; j < lanes && from + j < columns; ++j)
      db[from + j] = add ? db[from + j] + all[j] : all[j];
  }
}

}  // namespace convolution

template <class T>
class ConvolutionCall {
 public:
  ConvolutionCall(const Convolution& v, const gathered::Kernels& kernels,
                  const nnrun::LayerCall<T>& call)
      : v_(v), kernels_(kernels), c_(call) {}

  /// Writes the outputs, or adds to them.
  void forward(bool add = false) const {
    const size_t columns = v_.group_filters(),
                 at_once = together(v_.x.out, columns, c_.in(0), c_.in_cols(0)),
                 panel = panel_of(at_once * columns);
    // a vector across two lines of the cache is two loads
    const bool as_they_are = at_once == 1 && v_.groups == 1 && v_.stride() == panel &&
                             reinterpret_cast<std::uintptr_t>(c_.w()) % gathered::line == 0;
    if (at_once > 1)
      pack_together(at_once, columns, v_.group_channels(), packed(),
                    [&](size_t tap, size_t channel, size_t filter) {
                      return c_.w()[(tap * v_.channels + channel) * v_.stride() + filter];
                    });
    for (size_t g = 0; g < v_.groups && at_once == 1 && !as_they_are; ++g)
      pack(c_.w() + g * columns, columns, packed() + g * v_.packed_forward());
    const T* const bias = v_.bias ? c_.w() + v_.taps() * v_.stride() : nullptr;
    const Windows w{at_once, as_they_are ? c_.w() : packed(), repeated(bias, at_once, columns)};
    for (size_t r = 0; r < c_.rows(); ++r)
      forward_image(between_zeros(r), w, c_.out() + r * c_.cols(), add);
  }

  /// Pixel by pixel, for some images at once: all of them meet the same weights, and none but
  /// those. Each begins with a number of its channel, if there are such.
  void backward_inputs(const T* bias = nullptr) const {
    const size_t columns = v_.group_channels(),
                 at_once = together(v_.x.in, columns, c_.d_out(), c_.cols()),
                 taps = v_.y.window * v_.x.window;
    if (at_once > 1)
      pack_together(at_once, columns, v_.group_filters(), packed(),
                    [&](size_t tap, size_t filter, size_t channel) {
                      return c_.w()[((taps - 1 - tap) * columns + channel) * v_.stride() + filter];
                    });
    for (size_t g = 0; g < v_.groups && at_once == 1; ++g)
      turn(c_.w() + g * v_.group_filters(), packed() + g * v_.packed_backward());
    const Windows w{at_once, packed(), repeated(bias, at_once, columns)};
    for (size_t r = 0; r < c_.rows(); r += images_at_once)
      for (size_t i = 0; i < v_.y.in; ++i) {
        const Seen by_rows(v_.y, i);
        for (size_t j = 0; j < v_.x.in; j += at_once)
          backward_pixels(r, i * v_.x.in + j, by_rows, Seen(v_.x, j, at_once), w);
      }
  }

  /// A tile is a range of weights; the last one has the bias too.
  void backward_parameters() const {
    const bool runs = v_.in_runs();
    const size_t taps = runs ? v_.taps() : v_.x.window * v_.group_channels(),
                 at_once = v_.group_filters() <= kernels_.template panel<T>() / 2
                               ? gathered::narrow_rows
                               : gathered::wide_rows,
                 groups = (taps + at_once - 1) / at_once,
                 each = (groups + c_.call.tiles - 1) / c_.call.tiles * at_once,
                 first = std::min(taps, each * c_.call.tile), count = std::min(taps - first, each);
    for (size_t r = 0; r < c_.rows() && count > 0; r += v_.images()) {
      const T* const images = bundle_between_zeros(r);
      for (size_t from = 0; from < v_.y.out; from += strip())
        for (size_t g = 0; g < v_.groups; ++g) {
          const Slopes slopes = slopes_of(r, from, g, runs ? count : v_.y.window * count);
          for (size_t k = 0; k < (runs ? 1 : v_.y.window); ++k)
            backward_taps({images, r, from, g, k, taps, first, count}, slopes);
        }
    }
    if (v_.bias && c_.call.tile == c_.call.tiles - 1)
      convolution::sum_pixels(c_.d_out(), c_.rows() * v_.pixels(), v_.filters,
                              c_.dw() + v_.taps() * v_.stride(), c_.call.accumulate != 0);
  }

 private:
  using size_t = std::size_t;
  static constexpr size_t images_at_once = 8;

  /// Pixels that are worked out as one, with their packed weights, and what their sums begin with.
  struct Windows {
    size_t together;
    const T *weights, *bias;
  };
  /// factors: what the weights are multiplied with, `each` numbers of a row.
  size_t together(size_t pixels, size_t columns, const T* factors, size_t each) const {
    const size_t n = v_.together(pixels, columns, kernels_.template panel<T>() / 2);
    return n == 1 || convolution::all_finite(factors, c_.rows() * each) ? n : 1;
  }
  T* packed() const { return c_.scratch() + gathered::widest_panel; }
  /// Returns numbers for each pixel of some side by side.
  const T* repeated(const T* numbers, size_t times, size_t n) const {
    if (numbers == nullptr || times == 1) return numbers;
    for (T* to = c_.scratch(); times > 0; --times) to = std::copy_n(numbers, n, to);
    return c_.scratch();
  }

  static std::ptrdiff_t step(size_t n) { return static_cast<std::ptrdiff_t>(n); }
  void multiply(const gathered::Product<T>& m) const { kernels_.template of<T>()(m); }
  /// Returns the columns that lie side by side in packed weights: no kernel writes more at once.
  size_t panel_of(size_t columns) const {
    return std::min(std::bit_ceil(nnrun::padded(columns)), kernels_.template panel<T>());
  }
  /// Returns how many addresses may be written over by whole panels: those that later ones, each
  /// `columns` further, write again.
  static size_t covered(size_t addresses, size_t columns, size_t panel) {
    return columns < panel ? addresses - std::min(addresses, (panel - 1) / columns) : 0;
  }

  /// Copies the weights of a group: the columns of a panel side by side, zeros behind the last.
  void pack(const T* w, size_t columns, T* to) const {
    const size_t panel = panel_of(columns);
    for (size_t from = 0; from < columns; from += panel)
      for (size_t k = 0; k < v_.taps(); ++k) {
        const size_t n = std::min(panel, columns - from);
        to = std::copy_n(w + k * v_.stride() + from, n, to);
        to = std::fill_n(to, panel - n, T(0));
      }
  }
  /// Copies them with channels for filters, the last tap first.
  void turn(const T* w, T* to) const {
    const size_t columns = v_.group_channels(), panel = panel_of(columns);
    for (size_t from = 0; from < columns; from += panel)
      for (size_t k = v_.y.window * v_.x.window; k-- > 0;)
        for (size_t o = 0; o < v_.group_filters(); ++o)
          for (size_t j = from; j < from + panel; ++j)
            *to++ = j < columns ? w[(k * columns + j) * v_.stride() + o] : T(0);
  }

  /// Copies the weights of pixels side by side: of each place of their common window, those of each
  /// pixel, zeros where its own window does not reach. weight(tap, d, column): of one window.
  template <class Weight>
  void pack_together(size_t pixels, size_t columns, size_t depth, T* to, Weight weight) const {
    const size_t panel = panel_of(pixels * columns), window = v_.x.window;
    for (size_t i = 0; i < v_.y.window; ++i)
      for (size_t place = 0; place < window + pixels - 1; ++place)
        for (size_t d = 0; d < depth; ++d, to += panel) {
          std::fill_n(to, panel, T(0));
          for (size_t p = 0; p < pixels; ++p)
            for (size_t j = 0; j < columns && place >= p && place - p < window; ++j)
              to[p * columns + j] = weight(i * window + place - p, d, j);
        }
  }

  /// Returns an image as the windows see it.
  const T* between_zeros(size_t row) const {
    const T* const x = c_.in(0) + row * c_.in_cols(0);
    if (!v_.pads()) return x;
    T* const to = c_.kept_rows() ? c_.kept_rows() + row * v_.image()
                                 : packed() + v_.groups * v_.packed_forward();
    windows::copy_between_zeros(x, v_.y, v_.x, v_.channels, to);
    return to;
  }
  /// Returns as many of them as are summed at once.
  const T* bundle_between_zeros(size_t row) const {
    if (!v_.pads()) return c_.in(0) + row * c_.in_cols(0);
    if (c_.kept_rows()) return c_.kept_rows() + row * v_.image();
    T* const to = c_.scratch() + v_.packed_slopes();
    const size_t end = std::min(c_.rows(), row + v_.images());
    for (size_t r = row; r < end; ++r)
      windows::copy_between_zeros(c_.in(0) + r * c_.in_cols(0), v_.y, v_.x, v_.channels,
                                  to + (r - row) * v_.image());
    return to;
  }
  /// The taps of a window, and the rows of packed weights that belong to them.
  gathered::Loops window(size_t panel, size_t together) const {
    const size_t n = v_.group_channels(), across = v_.x.window + together - 1,
                 row = across * n * panel;
    const auto down = step(v_.y.dilation * v_.line()), tap = step(v_.x.dilation * v_.channels);
    if (v_.in_runs())
      return {{1, v_.y.window, across * n}, {0, down, 1}, {0, step(row), step(panel)}};
    return {{v_.y.window, across, n}, {down, tap, 1}, {step(row), step(n * panel), step(panel)}};
  }
  void forward_image(const T* x, const Windows& w, T* out, bool add) const {
    const size_t n = v_.group_filters(), columns = w.together * n, panel = panel_of(columns),
                 pixels = v_.x.out / w.together;
    for (size_t g = 0; g < v_.groups; ++g) {
      gathered::Product<T> m{};
      m.a = {x + g * v_.group_channels(), v_.y.out, pixels, step(v_.y.stride * v_.line()),
             step(w.together * v_.x.stride * v_.channels)};
      m.c = {out + g * n, v_.y.out, pixels, step(v_.x.out * v_.filters),
             step(w.together * v_.filters)};
      m.loops = window(panel, w.together);
      m.b = w.weights + g * v_.packed_forward();
      m.panel_step = v_.taps() * panel;  // there is one panel, or one pixel
      if (w.bias) m.bias = w.bias + g * n;
      m.columns = columns;
      m.count = v_.y.out * pixels;
      m.add = add;
      m.covered = v_.groups == 1 && !add ? covered(m.count, columns, panel) : 0;
      multiply(m);
    }
  }

  void backward_pixels(size_t row, size_t pixel, const Seen& by_rows, const Seen& by_columns,
                       const Windows& w) const {
    const size_t n = v_.group_filters(), columns = w.together * v_.group_channels(),
                 panel = panel_of(columns), count = std::min(images_at_once, c_.rows() - row),
                 across = v_.x.window + w.together - 1;
    const bool run = v_.groups == 1 && by_columns.output_step == 1 && by_columns.tap_step == 1;
    const auto tap = step(n * panel);
    for (size_t g = 0; g < v_.groups; ++g) {
      gathered::Product<T> m{};
      m.a = {c_.d_out() + row * c_.cols() +
                 (by_rows.output * v_.x.out + by_columns.output) * v_.filters + g * n,
             1, count, 0, step(c_.cols())};
      m.c = {c_.d_in(0) + row * c_.in_cols(0) + pixel * v_.channels + g * columns, 1, count, 0,
             step(c_.in_cols(0))};
      m.loops = {
          {by_rows.n, run ? 1 : by_columns.n, run ? by_columns.n * n : n},
          {step(by_rows.output_step * v_.x.out * v_.filters),
           step(by_columns.output_step * v_.filters), 1},
          {step(by_rows.tap_step * across) * tap, step(by_columns.tap_step) * tap, step(panel)}};
      m.b = w.weights + g * v_.packed_backward() +
            (by_rows.tap * across + by_columns.tap) * n * panel;
      m.panel_step = v_.y.window * across * n * panel;
      if (w.bias) m.bias = w.bias + g * columns;
      m.columns = columns;
      m.count = count;
      m.add = c_.adds(0);
      // the pixels behind it in its image are written later
      const bool room = pixel * v_.channels + panel <= c_.in_cols(0);
      m.covered = v_.groups == 1 && columns < panel && !m.add && room ? count : 0;
      multiply(m);
    }
  }

  size_t strip() const { return v_.strip(262144 / sizeof(T)); }

  /// The slopes of a bundle of pixels: steps from image to image, row to row, and pixel to pixel;
  /// and from the first columns that a kernel takes to the next.
  struct Slopes {
    const T* from;
    std::ptrdiff_t steps[3];
    size_t panel_step;
  };
  size_t images_from(size_t row) const { return std::min(v_.images(), c_.rows() - row); }
  size_t strip_from(size_t from) const { return std::min(strip(), v_.y.out - from); }
  /// Returns them where they lie; or, where a kernel takes some columns after others and pixels are
  /// so far apart that they meet in few sets of the cache, a copy, panel by panel. taps: that pass
  /// over them.
  Slopes slopes_of(size_t row, size_t from, size_t group, size_t taps) const {
    const size_t columns = v_.group_filters(), panel = kernels_.template panel<T>(),
                 images = images_from(row), pixels = strip_from(from) * v_.x.out;
    const T* const dy =
        c_.d_out() + row * c_.cols() + from * v_.x.out * v_.filters + group * columns;
    // the further pixels are apart, the fewer taps are worth the copy
    constexpr size_t worth_it = 500'000;
    if (!v_.may_pack_slopes(sizeof(T)) || columns <= panel ||
        taps * v_.filters * sizeof(T) < worth_it)
      return {dy, {step(c_.cols()), step(v_.x.out * v_.filters), step(v_.filters)}, panel};
    T* to = c_.scratch();
    for (size_t first = 0; first < columns; first += panel) {
      const size_t n = std::min(panel, columns - first);
      for (size_t r = 0; r < images; ++r)
        for (size_t p = 0; p < pixels; ++p, to += panel) {
          const T* const pixel = dy + r * c_.cols() + p * v_.filters + first;
          if (n == panel)
            for (size_t j = 0; j < panel; j += 16 / sizeof(T)) std::memcpy(to + j, pixel + j, 16);
          else
            std::fill(std::copy_n(pixel, n, to), to + panel, T(0));
        }
    }
    return {c_.scratch(),
            {step(pixels * panel), step(v_.x.out * panel), step(panel)},
            images * pixels * panel};
  }

  /// A bundle of pixels, and the taps that they are summed for.
  struct Bundle {
    const T* images;
    size_t row, strip, group, tap_row, taps, first, count;
  };
  void backward_taps(const Bundle& u, const Slopes& slopes) const {
    const size_t n = v_.group_filters(), columns = v_.x.window * v_.group_channels();
    const auto line = step(v_.y.dilation * v_.line());
    gathered::Product<T> m{};
    m.a.from = u.images + u.strip * v_.y.stride * v_.line() + u.group * v_.group_channels();
    m.c.from = c_.dw() + u.tap_row * u.taps * v_.stride() + u.group * n;
    if (v_.in_runs()) {
      m.a = {m.a.from, v_.y.window, columns, line, 1};
      m.c = {m.c.from, v_.y.window, columns, step(columns * v_.stride()), step(v_.stride())};
    } else {
      const size_t each = v_.group_channels();
      m.a = {m.a.from + step(u.tap_row) * line, v_.x.window, each,
             step(v_.x.dilation * v_.channels), 1};
      m.c = {m.c.from, v_.x.window, each, step(each * v_.stride()), step(v_.stride())};
    }
    m.loops = {{images_from(u.row), strip_from(u.strip), v_.x.out},
               {step(v_.image()), step(v_.y.stride * v_.line()), step(v_.x.stride * v_.channels)},
               {slopes.steps[0], slopes.steps[1], slopes.steps[2]}};
    m.b = slopes.from;
    m.panel_step = slopes.panel_step;
    m.columns = n;
    m.first = u.first;
    m.count = u.count;
    m.add = u.row > 0 || u.strip > 0 || c_.call.accumulate != 0;
    multiply(m);
  }
  const Convolution& v_;
  const gathered::Kernels& kernels_;
  const nnrun::LayerCall<T>& c_;
};

/// What the layers of filters share. Self gives `Convolution sizes(const nnrun_shape& in) const`,
/// and its check() sets the kernels.
template <class Self>
struct ConvolutionLayer : nnrun::Layer {
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const Convolution v = sizes_of(c);
    ConvolutionCall<T>(v, kernels_, c).forward();
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (!c.d_in(0)) return;
    const Convolution v = sizes_of(c);
    ConvolutionCall<T>(v, kernels_, c).backward_inputs();
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    const Convolution v = sizes_of(c);
    ConvolutionCall<T>(v, kernels_, c).backward_parameters();
  }

 protected:
  gathered::Kernels kernels_{};

 private:
  template <class T>
  Convolution sizes_of(const nnrun::LayerCall<T>& c) const {
    return static_cast<const Self&>(*this).sizes(c.in_shape(0));
  }
};
