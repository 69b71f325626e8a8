#include <algorithm>
#include <cmath>

#include "shapes.hpp"

/// y[k] = the row of weights that x[k] is the index of: a vector to be learnt for each of input_dim
/// words. Inputs are whole numbers from 0 to input_dim − 1, which float32 holds up to 2^24. Files
/// hold input_dim × output_dim, as those of Keras and PyTorch do. Slopes are added in the order of
/// the examples and their numbers, each row of weights by one tile alone.
struct Embedding : nnrun::Layer {
  using size_t = std::size_t;
  static constexpr auto name = "embedding",
                        doc =
                            "a vector to be learnt for each of the whole numbers that it is given";
  static constexpr auto operation = "embedding";
  std::int64_t input_dim = 1, output_dim = 1;
  bool mask_zero = false;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Embedding::input_dim, "input_dim",
                     "how many vectors there are: inputs are whole numbers from 0 to this - 1",
                     {.min = 1, .max = 16777216., .required = true}),
        nnrun::param(&Embedding::output_dim, "output_dim", "numbers of a vector",
                     {.min = 1, .max = 2147483648., .required = true}),
        nnrun::param(&Embedding::mask_zero, "mask_zero",
                     "0 stands for no word: its vector stays 0, and a recurrent layer behind it "
                     "with skip: 0 passes over it"));
  }

  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    if (p.in[0].rank >= NNRUN_MAX_RANK)
      throw nnrun::Error("embedding takes inputs of up to 3 sizes, not " + shapes::text(p.in[0]));
    const auto words = static_cast<size_t>(input_dim), width = static_cast<size_t>(output_dim);
    if (static_cast<double>(words) * static_cast<double>(width + NNRUN_LANES) > 0x1p40)
      throw nnrun::Error("weights of " + std::to_string(words) + " x " + std::to_string(width) +
                         " are impossible");
    p.out = p.in[0];
    p.out.sizes[p.out.rank++] = width;
    const size_t stride = nnrun::padded(width);
    p.blocks[0] = {"weights", NNRUN_WEIGHTS, {2, {words, width}}, {stride, 1}, 0, words, width, 0};
    p.n_blocks = 1;
    p.n_parameters = words * stride;
    p.indices = words;
    p.work_per_row = nnrun::size_of(p.out);
    p.free_cuts = 1;
  }
  template <class T>
  void begin(const nnrun_plan&, const nnrun::Stream&, T* w) const {
    if (mask_zero) std::fill_n(w, output_dim, T(0));
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const size_t width = static_cast<size_t>(output_dim), n = c.rows() * c.in_cols(0);
    T* y = c.out();
    for (size_t i = 0; i < n; ++i) {
      const T x = c.in(0)[i];
      // not a number gives none: a run then ends before the update
      y = std::isnan(x) || is_masked(x)
              ? std::fill_n(y, width, x)
              : std::copy_n(c.w() + index_of(x) * nnrun::padded(width), width, y);
    }
  }
  /// Whole numbers have no slopes.
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    if (T* const dx = c.d_in(0); dx && !c.adds(0)) std::fill_n(dx, c.rows() * c.in_cols(0), T(0));
  }
  /// A tile is a range of vectors.
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    const size_t width = static_cast<size_t>(output_dim), stride = nnrun::padded(width),
                 words = static_cast<size_t>(input_dim), n = c.rows() * c.in_cols(0),
                 each = (words + c.call.tiles - 1) / c.call.tiles,
                 from = std::min(words, each * c.call.tile), to = std::min(words, from + each);
    if (!c.call.accumulate) std::fill_n(c.dw() + from * stride, (to - from) * stride, T(0));
    for (size_t i = 0; i < n; ++i)
      if (const T x = c.in(0)[i];
          x >= static_cast<T>(from) && x < static_cast<T>(to) && !is_masked(x))
        add(c.d_out() + i * width, width, c.dw() + static_cast<size_t>(x) * stride);
  }

 private:
  template <class T>
  bool is_masked(T x) const {
    return mask_zero && x == T(0);
  }
  /// Throws for a number that the host could not check, since it comes from another layer.
  template <class T>
  size_t index_of(T x) const {
    if (x >= T(0) && x < static_cast<T>(input_dim) && x == std::floor(x))
      return static_cast<size_t>(x);
    throw nnrun::Error("an input is " + std::to_string(x) + ", not a whole number from 0 to " +
                       std::to_string(input_dim - 1));
  }
  template <class T>
  NNRUN_CLONES static void add(const T* dy, size_t n, T* dw) {
#pragma GCC ivdep
    for (size_t j = 0; j < n; ++j) dw[j] += dy[j];
  }
};
NNRUN_REGISTER(Embedding)
