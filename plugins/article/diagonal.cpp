#include <nnrun/plugin.hpp>

/// Points of the unit square, x first, then y; the target is 1 where x < y. The article,
/// *training*.
struct Diagonal : nnrun::Dataset {
  static constexpr auto name = "diagonal", doc = "does a point of the unit square lie above y = x?";
  std::int64_t train = 10000, validation = 0, test = 10000;
  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Diagonal::train, "train", "examples to train on", {.min = 1, .max = 1e9}),
        nnrun::param(&Diagonal::validation, "validation", "examples to validate on",
                     {.min = 0, .max = 1e9}),
        nnrun::param(&Diagonal::test, "test", "examples to test on", {.min = 0, .max = 1e9}));
  }
  static constexpr const char* axes[] = {"x", "y"};
  static constexpr const char* answers[] = {"above"};
  void open(nnrun_data& data) const {
    data.input = {1, {2}};
    data.target = {1, {1}};
    data.examples[NNRUN_TRAIN] = static_cast<std::size_t>(train);
    data.examples[NNRUN_VALIDATION] = static_cast<std::size_t>(validation);
    data.examples[NNRUN_TEST] = static_cast<std::size_t>(test);
    data.input_names = axes;
    data.target_names = answers;
  }
  void read(const nnrun::Stream& random, nnrun::Part, std::size_t, std::size_t n, double* x,
            double* t) const {
    random.fill({x, 2 * n});
    for (std::size_t i = 0; i < n; ++i) t[i] = x[2 * i] < x[2 * i + 1] ? 1 : 0;
  }
};
NNRUN_REGISTER(Diagonal)
