#include <nnrun/plugin.hpp>

/// The adding problem of Hochreiter & Schmidhuber 1997, *Long Short-Term Memory*, section 5.4, in
/// the form that later papers give it (Le, Jaitly, Hinton 2015): each step of a sequence has a
/// number from 0 to 1 and a mark, which is 1 in one step of the first half and in one of the
/// second, else 0. The target is the sum of the two marked numbers: to answer 1 always costs 1/6.
struct Adding : nnrun::Dataset {
  static constexpr auto name = "adding", doc = "the sum of two marked numbers of a long sequence";
  std::int64_t length = 100, train = 10000, validation = 0, test = 1000;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Adding::length, "length", "steps of a sequence", {.min = 2, .max = 1e6}),
        nnrun::param(&Adding::train, "train", "examples to train on", {.min = 1, .max = 1e9}),
        nnrun::param(&Adding::validation, "validation", "examples to validate on",
                     {.min = 0, .max = 1e9}),
        nnrun::param(&Adding::test, "test", "examples to test on", {.min = 0, .max = 1e9}));
  }
  static constexpr const char* answers[] = {"sum"};
  void open(nnrun_data& data) const {
    data.input = {2, {static_cast<std::size_t>(length), 2}};
    data.target = {1, {1}};
    data.examples[NNRUN_TRAIN] = static_cast<std::size_t>(train);
    data.examples[NNRUN_VALIDATION] = static_cast<std::size_t>(validation);
    data.examples[NNRUN_TEST] = static_cast<std::size_t>(test);
    data.target_names = answers;
  }
  void read(const nnrun::Stream& random, nnrun::Part, std::size_t, std::size_t n, double* x,
            double* t) const {
    const auto steps = static_cast<std::size_t>(length), half = steps / 2;
    for (std::size_t i = 0; i < n; ++i, x += 2 * steps) {
      for (std::size_t k = 0; k < steps; ++k) x[2 * k] = random(), x[2 * k + 1] = 0;
      const std::size_t first = place(random, half), second = half + place(random, steps - half);
      x[2 * first + 1] = x[2 * second + 1] = 1;
      t[i] = x[2 * first] + x[2 * second];
    }
  }

 private:
  static std::size_t place(const nnrun::Stream& random, std::size_t n) {
    return static_cast<std::size_t>(random() * static_cast<double>(n));
  }
};
NNRUN_REGISTER(Adding)
