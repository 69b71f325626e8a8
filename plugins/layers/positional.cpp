#include <algorithm>
#include <cmath>
#include <cstring>

#include "shapes.hpp"

/// Adds to each step of a sequence what says where it is: sin(t / 10000^(2i/d)) to feature 2i and
/// the cosine to feature 2i + 1 (Vaswani et al. 2017, *Attention Is All You Need*, section 3.5), or
/// numbers to be learnt, which files hold as steps × features.
struct Positional : nnrun::Layer {
  using size_t = std::size_t;
  static constexpr auto name = "positional",
                        doc = "adds to each step of a sequence numbers that say where it is";
  static constexpr auto operation = "adds";
  static constexpr const char* kinds[] = {"sinusoidal", "learned"};
  const char* encoding = "sinusoidal";
  static constexpr auto params() {
    return nnrun::params(nnrun::param(&Positional::encoding, "encoding",
                                      "sines and cosines, or numbers to be learnt",
                                      {.choices = kinds}));
  }
  void check() { learned_ = std::strcmp(encoding, "learned") == 0; }

  void plan(nnrun_plan& p) const {
    shapes::require_one_input(p, name);
    if (p.in[0].rank != 2)
      throw nnrun::Error("positional takes sequences of steps x features, not " +
                         shapes::text(p.in[0]));
    p.out = p.in[0];
    p.free_cuts = 1;
    if (!learned_) return;
    const size_t steps = p.in[0].sizes[0], features = p.in[0].sizes[1];
    p.blocks[0] = {"weights", NNRUN_WEIGHTS, p.in[0], {features, 1}, 0, steps, features, 0};
    p.n_blocks = 1;
    p.n_parameters = nnrun::padded(steps * features);
  }
  template <class T>
  void forward(const nnrun::LayerCall<T>& c) const {
    const size_t features = c.in_shape(0).sizes[1];
    for (size_t i = 0; i < c.cols(); ++i) {
      const T place =
          learned_ ? c.w()[i] : static_cast<T>(wave(i / features, i % features, features));
      for (size_t r = 0; r < c.rows(); ++r) {
        const size_t at = r * c.cols() + i;
        c.out()[at] = c.in(0)[at] + place;
      }
    }
  }
  template <class T>
  void backward_inputs(const nnrun::LayerCall<T>& c) const {
    T* const dx = c.d_in(0);
    if (!dx) return;
    for (size_t i = 0; i < c.rows() * c.cols(); ++i)
      dx[i] = c.adds(0) ? dx[i] + c.d_out()[i] : c.d_out()[i];
  }
  template <class T>
  void backward_parameters(const nnrun::LayerCall<T>& c) const {
    if (!learned_ || c.call.tile > 0) return;
    if (!c.call.accumulate) std::fill_n(c.dw(), c.cols(), T(0));
    for (size_t r = 0; r < c.rows(); ++r)
      for (size_t i = 0; i < c.cols(); ++i) c.dw()[i] += c.d_out()[r * c.cols() + i];
  }

 private:
  static double wave(size_t t, size_t feature, size_t features) {
    const double turn = static_cast<double>(feature / 2 * 2) / static_cast<double>(features),
                 angle = static_cast<double>(t) * nnrun::exp(-turn * nnrun::log(10000.));
    return feature % 2 == 0 ? nnrun::sin(angle) : nnrun::cos(angle);
  }
  bool learned_ = false;
};
NNRUN_REGISTER(Positional)
