// What the data sets of the TensorFlow Playground share (playground.tensorflow.org, dataset.ts):
// points of the plane with a label, drawn together, shuffled, then cut in two.
#pragma once
#include <cmath>
#include <nnrun/plugin.hpp>
#include <numbers>
#include <vector>

struct PlaygroundPoint {
  double x, y, label;
};

/// A class derives from it and gives `PlaygroundPoint point(const nnrun::Stream&, size_t i, size_t
/// n, double noise) const`: point i of n, with noise from 0 to ½.
template <class Derived>
struct Playground : nnrun::Dataset {
  std::int64_t examples = 500;
  double noise = 0, test = 0.5;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Playground::examples, "examples", "to train and to test on together",
                     {.min = 2, .max = 1e8}),
        nnrun::param(&Playground::noise, "noise", "in percent", {.min = 0, .max = 50}),
        nnrun::param(&Playground::test, "test", "the share of the examples to test on",
                     {.min = 0, .max = 1, .below_max = true}));
  }
  static constexpr const char* axes[] = {"x", "y"};
  static constexpr const char* answers[] = {"label"};

  void open(nnrun_data& data) const {
    data.input = {1, {2}};
    data.target = {1, {1}};
    const auto all = static_cast<std::size_t>(examples);
    data.examples[NNRUN_TEST] =
        std::min(all - 1, static_cast<std::size_t>(std::llround(test * static_cast<double>(all))));
    data.examples[NNRUN_TRAIN] = all - data.examples[NNRUN_TEST];
    data.input_names = axes;
    data.target_names = answers;
  }
  void read(const nnrun::Stream& random, nnrun::Part part, std::size_t from, std::size_t n,
            double* x, double* t) {
    if (points_.empty()) draw(random);
    nnrun_data sizes{};
    open(sizes);
    if (part == nnrun::Part::test) from += sizes.examples[NNRUN_TRAIN];
    for (std::size_t i = from; i < from + n; ++i) {
      *x++ = points_[i].x;
      *x++ = points_[i].y;
      *t++ = points_[i].label;
    }
  }

 private:
  /// Draws all points at once: some sets go round the plane in order, and both parts must cover all
  /// of it.
  void draw(const nnrun::Stream& random) {
    const auto n = static_cast<std::size_t>(examples);
    const auto& self = static_cast<const Derived&>(*this);
    for (std::size_t i = 0; i < n; ++i) points_.push_back(self.point(random, i, n, noise / 100));
    for (std::size_t i = n; i-- > 1;) {  // Fisher and Yates
      const auto j = static_cast<std::size_t>(random() * static_cast<double>(i + 1));
      std::swap(points_[i], points_[j]);
    }
  }
  std::vector<PlaygroundPoint> points_;  // from the first call on
};
