#include <cmath>

#include "formula_text.hpp"

/// Points of a rectangle, x first, then y; the target is 1 where f(x) < y. With f(x) = x and the
/// unit square, the article's diagonal. Or numbers x, whose target is f(x).
struct Curve : formulas::FromText<Curve, nnrun::Dataset> {
  static constexpr auto name = "curve", doc = "does a point lie above y = f(x), for any formula?";
  static constexpr const char* inputs[] = {"x"};
  static constexpr double wide[] = {-1, 1};
  const char* formula = "sin(3 * x)";
  std::int64_t train = 1000, validation = 0, test = 1000;
  std::span<const double> x_range = wide, y_range = wide;
  double noise = 0;
  const char* target = "above";
  static constexpr const char* targets[] = {"above", "height"};

  static constexpr auto params() {
    return nnrun::params(
        nnrun::param(&Curve::formula, "formula", "of x: \"sin(3 * x)\""),
        nnrun::param(&Curve::numbers, "numbers", formulas::about_numbers),
        nnrun::param(&Curve::train, "train", "examples to train on", {.min = 1, .max = 1e9}),
        nnrun::param(&Curve::validation, "validation", "examples to validate on",
                     {.min = 0, .max = 1e9}),
        nnrun::param(&Curve::test, "test", "examples to test on", {.min = 0, .max = 1e9}),
        nnrun::param(&Curve::x_range, "x_range", "where x is drawn: from, to"),
        nnrun::param(&Curve::y_range, "y_range", "where y is drawn: from, to"),
        nnrun::param(&Curve::noise, "noise",
                     "percent of training examples with the other target; of heights, the standard "
                     "deviation of what is added to them, in percent",
                     {.min = 0, .max = 50}),
        nnrun::param(&Curve::target, "target",
                     "above: does the point (x, y) lie above the curve? height: of x alone, f(x)",
                     {.choices = targets}));
  }
  void check() {
    for (const auto& [range, word] : {std::pair(x_range, "x_range"), std::pair(y_range, "y_range")})
      if (range.size() != 2 || !(range[0] < range[1]))
        throw nnrun::Error("'" + std::string(word) + "' must be two numbers, the smaller one first",
                           "", "write " + std::string(word) + ": [-1, 1]");
    compile_text(formula);
  }
  void compile(formulas::Parsed parsed) { curve_ = std::move(parsed); }

  static constexpr const char* axes[] = {"x", "y"};
  static constexpr const char *answers[] = {"above"}, *heights[] = {"y"};
  void open(nnrun_data& data) const {
    data.input = {1, {of_height() ? 1u : 2u}};
    data.target = {1, {1}};
    data.examples[NNRUN_TRAIN] = static_cast<std::size_t>(train);
    data.examples[NNRUN_VALIDATION] = static_cast<std::size_t>(validation);
    data.examples[NNRUN_TEST] = static_cast<std::size_t>(test);
    data.input_names = axes;
    data.target_names = of_height() ? heights : answers;
  }
  void read(const nnrun::Stream& random, nnrun::Part part, std::size_t, std::size_t n, double* x,
            double* t) const {
    const bool noisy = noise > 0 && part == nnrun::Part::train;
    for (std::size_t i = 0; i < n; ++i) {
      const double at = *x++ = random(x_range[0], x_range[1]);
      t[i] = height_at(at);
      if (of_height()) {
        if (noisy) t[i] += noise / 100 * random.normal();
        continue;
      }
      t[i] = t[i] < (*x++ = random(y_range[0], y_range[1])) ? 1 : 0;
      if (noisy && random() * 100 < noise) t[i] = 1 - t[i];
    }
  }

 private:
  bool of_height() const { return std::string_view(target) == "height"; }
  double height_at(double x) const {
    const nnrun::Num<double> at = x;
    const double y = formulas::worked_out<nnrun::Num<double>>(curve_.expression, curve_.result,
                                                              std::span(&at, 1))
                         .v;
    if (!std::isfinite(y))
      throw nnrun::Error("the formula has no value at x = " + std::to_string(x), "",
                         "choose x_range so that it has one everywhere");
    return y;
  }
  formulas::Parsed curve_;
};
NNRUN_REGISTER(Curve)
