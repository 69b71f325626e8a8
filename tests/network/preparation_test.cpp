#include "network/preparation.hpp"

#include <cmath>
#include <limits>

#include "support/example_data.hpp"
#include "training/trainer.hpp"
namespace nnrun::testing {
namespace {

using Catch::Contains;
using Texts = std::vector<std::string>;

host::Preparation preparation(const Texts& features, host::Scale scale = host::Scale::none,
                              std::size_t inputs = 2, const Texts& names = {"x", "y"}) {
  host::Experiment e;
  for (const std::string& text : features) e.data.features.push_back({text, {}});
  e.data.scale = scale;
  return {e, inputs, names};
}
/// Rows of inputs, with one target each or none.
struct Listed final : host::RowsToFit {
  std::size_t width;
  std::vector<double> inputs, targets;

  Listed(std::size_t columns, std::vector<double> rows, std::vector<double> answers)
      : width(columns), inputs(std::move(rows)), targets(std::move(answers)) {}
  std::size_t count() const override { return inputs.size() / width; }
  void each(const std::function<void(const double*)>& take) const override {
    for (std::size_t r = 0; r < count(); ++r) take(inputs.data() + r * width);
  }
  std::vector<double> column(std::size_t c) const override {
    if (c == width) return targets;
    std::vector<double> numbers;
    for (std::size_t i = c; i < inputs.size(); i += width) numbers.push_back(inputs[i]);
    return numbers;
  }
};
void fit(host::Preparation& p, const std::vector<double>& rows,
         const std::vector<double>& targets = {}) {
  p.fit(Listed(p.inputs(), rows, targets), targets.empty() ? 0 : 1);
}
void fit(host::Preparation&& p, const std::vector<double>& rows,
         const std::vector<double>& targets = {}) {
  fit(p, rows, targets);
}
std::vector<double> applied(const host::Preparation& p, const std::vector<double>& raw) {
  std::vector<double> out(p.outputs());
  p.apply(raw.data(), out.data());
  return out;
}

std::string config(const std::string& data, const std::string& input) {
  return "seed: 3\ndtype: float64\ndata: " + data + "\nmodel: {input: " + input +
         ", layers: [{type: dense, units: 1}]}\n"
         "train: {cost: sum_squared_error, optimizer: {type: sgd, learning_rate: 0.01}, epochs: "
         "0}\n";
}

}  // namespace

TEST_CASE("without features and scale, inputs go through as they are", "[training][preparation]") {
  const host::Preparation p = preparation({});
  CHECK_FALSE(p.changes());
  CHECK(applied(p, {3, -4}) == std::vector<double>{3, -4});
}

TEST_CASE("the Playground's seven features are the formulas that they are written as",
          "[training][preparation]") {
  const host::Preparation p =
      preparation({"x", "y", "x^2", " y ^2", "x * y", "sin(x)", "sin( y )"});
  const std::vector<double> out = applied(p, {1.5, -2});
  const std::vector<double> by_hand{1.5, -2, 2.25, 4, -3, std::sin(1.5), std::sin(-2)};
  for (std::size_t i = 0; i < 7; ++i) CHECK(out[i] == Approx(by_hand[i]).epsilon(1e-15));
  CHECK(applied(preparation({"cos(x)"}), {2, 0})[0] == Approx(std::cos(2)).epsilon(1e-15));
}

TEST_CASE("inputs without names are x1, x2, … and names win over formulas",
          "[training][preparation]") {
  CHECK(applied(preparation({"x3", "x1*x2"}, host::Scale::none, 3, {}), {2, 3, 5}) ==
        std::vector<double>{5, 6});
  CHECK(applied(preparation({"a*b", "sin(x)"}, host::Scale::none, 2, {"a*b", "sin(x)"}), {7, 8}) ==
        std::vector<double>{7, 8});
}

TEST_CASE("a feature of no input is refused at its place", "[training][preparation]") {
  for (const char* text : {"z", "z^2", "x^3", "tan(x)", "x*", "sin()", "", "x3", "x0", "x+y"})
    CHECK_THROWS_WITH(preparation({text}), Contains("the data set has no input"));
  try {
    host::Trainer::create(experiment(config("{type: diagonal, features: [x, y^2, xx*y]}", "3")), 1);
    FAIL("was taken");
  } catch (const host::ConfigError& error) {
    CHECK_THAT(render(error, false),
               Contains("error: feature 'xx*y': the data set has no input 'xx'\n") &&
                   Contains(":3:43\n") && Contains("= help: did you mean 'x'?\n") &&
                   Contains("features are written x, x^2, x*y, sin(x), cos(x)\n"));
  }
}

TEST_CASE("standard scaling gives mean 0 and deviation 1, min_max the range from 0 to 1",
          "[training][preparation]") {
  const std::vector<double> rows{1, 1e9 + 1, 7, 1e9 + 2, 4, 1e9 + 6};
  host::Preparation standard = preparation({}, host::Scale::standard);
  fit(standard, rows);
  double sums[2] = {}, squares[2] = {};
  for (std::size_t r = 0; r < 3; ++r) {
    const auto out = applied(standard, {rows[2 * r], rows[2 * r + 1]});
    for (std::size_t c = 0; c < 2; ++c) sums[c] += out[c], squares[c] += out[c] * out[c];
  }
  for (std::size_t c = 0; c < 2; ++c) {
    // a mean near 1e9 is known to 1e-7
    CHECK(sums[c] == Approx(0).margin(1e-6));
    CHECK(squares[c] / 3 == Approx(1).epsilon(1e-6));
  }
  host::Preparation range = preparation({}, host::Scale::min_max);
  fit(range, rows);
  CHECK(applied(range, {1, 1e9 + 6}) == std::vector<double>{0, 1});
  CHECK(applied(range, {4, 1e9 + 2})[0] == 0.5);
  CHECK(applied(range, {10, 1e9 + 1})[0] == 1.5);  // unseen in training
}

TEST_CASE("scaling comes after features, and a constant input becomes 0",
          "[training][preparation]") {
  host::Preparation p = preparation({"x^2", "y"}, host::Scale::min_max);
  fit(p, {0, 5, 1, 5, 2, 5});
  CHECK(applied(p, {1, 5}) == std::vector<double>{0.25, 0});
  host::Preparation constant = preparation({}, host::Scale::standard);
  fit(constant, {0.1, 0, 0.1, 1, 0.1, 2});
  CHECK(applied(constant, {0.1, 1})[0] == 0);
}

TEST_CASE("numbers near the largest are scaled, or refused with what they reach",
          "[training][preparation]") {
  const std::vector<double> large{-1e299, 0, 1e299, 1, 3e299, 2};
  host::Preparation standard = preparation({}, host::Scale::standard);  // the squares overflow
  CHECK_THROWS_WITH(fit(standard, large),
                    Contains("input 'x' is too large or too small to be scaled"));
  host::Preparation range = preparation({}, host::Scale::min_max);
  fit(range, large);
  CHECK(applied(range, {1e299, 0})[0] == Approx(0.5));
  host::Preparation robust = preparation({}, host::Scale::robust);
  fit(robust, large);
  CHECK(applied(robust, {3e299, 0})[0] == Approx(1));
  host::Recipe recipe;
  recipe.columns.resize(1);
  recipe.columns[0].missing = host::MissingRule::median;
  host::Preparation filled(recipe);
  const double gap = std::numeric_limits<double>::quiet_NaN();
  fit(filled, {-1.5e308, gap, 1.7e308});  // their difference overflows
  CHECK(applied(filled, {gap})[0] == Approx(0.1e308));
}

TEST_CASE("inputs that overflow are refused", "[training][preparation]") {
  CHECK_THROWS_WITH(applied(preparation({"x^2"}), {1e200, 0}),
                    Contains("feature 'x^2' is not finite, from inputs that are"));
  host::Preparation p = preparation({}, host::Scale::standard);
  CHECK_THROWS_WITH(fit(p, {1e308, 0, -1e308, 1}),
                    Contains("input 'x' is too large or too small to be scaled"));
}

TEST_CASE("numbers that float32 cannot hold are refused, with their example and column",
          "[training][preparation]") {
  const Scratch scratch;
  const auto said = [&](const std::string& rows, const std::string& more, const char* dtype,
                        const char* predicted = "1") {
    const auto file = scratch.write("large.csv", "x,y\n" + rows);
    const host::Experiment e = experiment(
        std::string("dtype: ") + dtype + "\ndata: {type: csv, path: " + file.string() + more +
        "}\nmodel: {input: 1, layers: [{type: dense, units: 1}]}\ntrain: {cost: "
        "mean_squared_error, epochs: 0}\npredict: [[1], [" +
        predicted + "]]\n");
    try {
      host::Trainer::create(e, 1);
    } catch (const host::DataError& error) {
      return error.problems()[0].what + " | " + error.problems()[0].hint;
    }
    return std::string("taken");
  };
  const std::string help = " | write dtype: float64";
  CHECK(said("1,2\n1e39,2\n", "", "float32") ==
        "input 'x' of training example 2 is 1e+39, too large for float32" + help);
  CHECK(said("1,2\n3,-1e39\n", "", "float32") ==
        "target 'y' of training example 2 is -1e+39, too large for float32" + help);
  CHECK(said("1,2\n3,-1e39\n", ", scale: standard", "float32") ==
        "target 'y' of training example 2 is -1e+39, too large for float32" + help);
  CHECK(said("1,2\n1e30,2\n", ", features: [x^2]", "float32") ==
        "feature 'x^2' is 1e+60, too large for float32" + help);
  CHECK(said("1,2\n3,2\n", "", "float32", "1e39") ==
        "input 'x' is 1e+39, too large for float32" + help);
  CHECK(said("1,2\n3,2\n", ", scale: standard", "float32", "1e39") ==
        "input 'x' is 1e+39, too large for float32 once it is scaled" + help);
  CHECK(said("1,2\n1e39,2\n", ", scale: standard", "float32") == "taken");
  CHECK(said("1,2\n1e39,-1e39\n", "", "float64") == "taken");
}

TEST_CASE("scaling is fitted on the training part alone", "[training][preparation]") {
  const Scratch scratch;
  scratch.write("train.csv", "x,y\n0,0\n10,1\n");
  scratch.write("test.csv", "x,y\n1000,0\n");
  const auto trainer = host::Trainer::create(
      experiment(config("{type: csv, path: " + (scratch / "train.csv").string() +
                            ", test: " + (scratch / "test.csv").string() + ", scale: min_max}",
                        "1")),
      1);
  CHECK(trainer->model()->preparation().fitted().shifts == std::vector<double>{0});
  CHECK(trainer->model()->preparation().fitted().factors == std::vector<double>{0.1});
  CHECK(trainer->input_ranges() == std::vector<std::pair<double, double>>{{0, 10}});
}

TEST_CASE("predict and the ranges take inputs before their preparation",
          "[training][preparation]") {
  const auto trainer = host::Trainer::create(
      experiment(
          config("{type: diagonal, train: 100, features: [x, y, x*y], scale: standard}", "3")),
      1);
  REQUIRE(trainer->model()->graph().input_cols == 3);
  const auto ranges = trainer->input_ranges();
  REQUIRE(ranges.size() == 2);
  CHECK((ranges[0].first >= 0 && ranges[0].second < 1 && ranges[0].second > 0.9));
  // by hand: weights · (feature - shift) · factor
  const auto& fit = trainer->model()->preparation().fitted();
  const double features[] = {0.5, 0.25, 0.125};
  double y = 0;
  for (const host::BlockValues& block : trainer->model()->blocks())
    if (block.name == "dense_1/weights")
      for (std::size_t i = 0; i < 3; ++i)
        y += reinterpret_cast<const double*>(block.bytes.data())[i] *
             ((features[i] - fit.shifts[i]) * fit.factors[i]);
  CHECK(trainer->model()->predict_each({{0.5, 0.25}})[0][0] == Approx(y).epsilon(1e-12));
}

TEST_CASE("the model's input is what features make", "[training][preparation]") {
  CHECK_THROWS_WITH(
      host::Trainer::create(experiment(config("{type: diagonal, features: [x, y, x*y]}", "2")), 1),
      Contains("the model's input is 2, but 'features' makes 3"));
  CHECK_THROWS_WITH(
      host::Trainer::create(experiment(config("{type: diagonal, features: [x, y, x*y]}", "3") +
                                       "predict: [[1, 2, 3]]\n"),
                            1),
      Contains("a row of 'predict' needs 2 numbers, this one has 3"));
}

TEST_CASE("a column whose spread is rounding is constant, whatever its size",
          "[training][preparation]") {
  // sums of 0.1 and 0.2, which differ from 0.3 in the last digit
  const double drift[] = {0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3};
  REQUIRE(drift[0] != drift[1]);
  for (const host::Scale scale :
       {host::Scale::standard, host::Scale::min_max, host::Scale::robust}) {
    host::Preparation p = preparation({}, scale);
    fit(p, {drift[0], 1.7e9, drift[1], 1.7e9 + 60, drift[2], 1.7e9 + 120, drift[3], 1.7e9 + 180});
    CHECK(applied(p, {0.31, 1.7e9})[0] == Approx(0.01));  // moved, not blown up
    CHECK(std::abs(applied(p, {0.3, 1.7e9 + 180})[1]) >
          0.4);  // a spread of 1e-7 of the size is one
  }
  host::Preparation tiny = preparation({}, host::Scale::min_max);
  fit(tiny, {2e-31, 0, 4e-31, 1});
  CHECK(applied(tiny, {3e-31, 0})[0] == Approx(0.5));
}

TEST_CASE("robust scaling gives median 0, and 1 from quartile to quartile",
          "[training][preparation]") {
  host::Preparation p = preparation({}, host::Scale::robust);
  fit(p, {1, 0, 2, 0, 3, 0, 4, 0, 1000, 9});
  CHECK(applied(p, {3, 0})[0] == 0);
  CHECK(applied(p, {4, 0})[0] - applied(p, {2, 0})[0] == 1);
  CHECK(applied(p, {3, 2})[1] == 2);  // most numbers are equal: there is no range to divide by
}

namespace {

host::Column numbers_named(const std::string& name) {
  host::Column column;
  column.name = name;
  return column;
}
host::Column category(const std::string& name, const Texts& texts) {
  host::Column column = numbers_named(name);
  column.is_category = true;
  column.texts = texts;
  return column;
}
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a category is an input for each text, an unknown text none or one of its own",
          "[training][preparation]") {
  host::Recipe recipe;
  recipe.columns = {category("city", {"Bonn", "Kiel"}), numbers_named("size")};
  CHECK(applied(host::Preparation(recipe), {1, 7}) == std::vector<double>{0, 1, 7});
  recipe.columns[0].unknown = host::UnknownRule::ignore;
  CHECK(applied(host::Preparation(recipe), {2, 7}) == std::vector<double>{0, 0, 7});
  recipe.columns[0].unknown = host::UnknownRule::other;
  CHECK(applied(host::Preparation(recipe), {2, 7}) == std::vector<double>{0, 0, 1, 7});
  recipe.features = {{"size^2", {}}, {"city", {}}};
  CHECK(applied(host::Preparation(recipe), {0, 7}) == std::vector<double>{49, 1, 0, 0});
  recipe.features = {{"city*size", {}}};
  CHECK_THROWS_WITH(host::Preparation(recipe), Contains("'city' holds texts"));
}

TEST_CASE("missing values are filled by what the training part has", "[training][preparation]") {
  const auto filled = [](host::MissingRule rule, const std::string& constant = "") {
    host::Recipe recipe;
    recipe.columns = {numbers_named("a"), category("c", {"x", "y"})};
    recipe.columns[0].missing = rule;
    recipe.columns[0].constant = constant;
    recipe.columns[0].indicator = true;
    recipe.columns[1].missing = host::MissingRule::most_frequent;
    host::Preparation p(recipe);
    fit(p, {1, 1, 2, 0, gap, 1, 2, gap, 10, gap});
    const std::vector<double> there = applied(p, {3, 0}), away = applied(p, {gap, gap});
    CHECK(there == std::vector<double>{3, 0, 1, 0});
    CHECK(std::vector<double>(away.begin() + 1, away.end()) == std::vector<double>{1, 0, 1});
    return away[0];
  };
  CHECK(filled(host::MissingRule::mean) == Approx(3.75));
  CHECK(filled(host::MissingRule::median) == 2);
  CHECK(filled(host::MissingRule::most_frequent) == 2);
  CHECK(filled(host::MissingRule::constant, "-7") == -7);
  host::Recipe none;
  none.columns = {numbers_named("a")};
  none.columns[0].missing = host::MissingRule::mean;
  CHECK_THROWS_WITH(fit(host::Preparation(none), {gap, gap}),
                    Contains("column 'a' has no value in the training part"));
}

TEST_CASE("a category may have a text of its own for missing values", "[training][preparation]") {
  host::Recipe recipe;
  recipe.columns = {category("c", {"x", "y"})};
  recipe.columns[0].missing = host::MissingRule::constant;
  recipe.columns[0].unknown = host::UnknownRule::other;
  recipe.columns[0].constant = "none";
  host::Preparation p(recipe);
  fit(p, {0, 1, gap});
  CHECK(applied(p, {1}) == std::vector<double>{0, 1, 0, 0});
  CHECK(applied(p, {2}) == std::vector<double>{0, 0, 1, 0});  // unknown
  CHECK(applied(p, {gap}) == std::vector<double>{0, 0, 0, 1});
}

TEST_CASE("a column may have a scale of its own, and texts have none", "[training][preparation]") {
  host::Experiment e;
  e.data.scale = host::Scale::standard;
  e.data.columns.resize(1);
  e.data.columns[0].name.value = "b";
  e.data.columns[0].scale = host::Scale::none;
  host::Preparation p(
      recipe_of(e, {numbers_named("a"), numbers_named("b"), category("c", {"x", "y"})}));
  fit(p, {1, 5, 0, 3, 9, 1});
  CHECK(applied(p, {3, 9, 1}) == std::vector<double>{1, 9, 0, 1});
}

TEST_CASE("division is part of the preparation", "[training][preparation]") {
  host::Recipe recipe;
  recipe.columns.resize(2);
  recipe.divide_by = 255;
  const host::Preparation p(recipe);
  CHECK_FALSE(p.changes());
  CHECK(applied(p, {255, 51}) == std::vector<double>{1, 51 / 255.});
}

TEST_CASE("targets are scaled for training and read back in their own units",
          "[training][preparation]") {
  const std::vector<double> rows{0, 0, 0, 0}, targets{100, 1e4, 1e6, 1e8};
  for (const auto scale :
       {host::TargetScale::standard, host::TargetScale::min_max, host::TargetScale::log}) {
    host::Recipe recipe;
    recipe.columns.resize(1);
    recipe.target_scale = scale;
    host::Preparation p(recipe);
    fit(p, rows, targets);
    std::vector<double> scaled = targets;
    double mean = 0;
    for (double& t : scaled) {
      p.scale_targets(&t, 1);
      mean += t / 4;
      CHECK(std::abs(t) < 2);
    }
    if (scale != host::TargetScale::min_max) CHECK(mean == Approx(0).margin(1e-12));
    for (std::size_t i = 0; i < 4; ++i)
      CHECK(p.in_units(scaled[i], 0) == Approx(targets[i]).epsilon(1e-12));
  }
  host::Recipe recipe;
  recipe.columns.resize(1);
  recipe.target_scale = host::TargetScale::log;
  CHECK_THROWS_WITH(fit(host::Preparation(recipe), rows, std::vector<double>{1, 0, 1, 1}),
                    Contains("a target is 0, which has no logarithm"));
}

TEST_CASE("a recipe reads back from its JSON, and damaged JSON is refused",
          "[training][preparation]") {
  host::Recipe recipe;
  recipe.columns = {category("c\"ity", {"x", "M\xC3\xBCnchen"}), numbers_named("b"), {}};
  recipe.columns[0].unknown = host::UnknownRule::other;
  recipe.columns[1].missing = host::MissingRule::constant;
  recipe.columns[1].constant = "0.5";
  recipe.columns[1].indicator = true;
  recipe.columns[1].gaps = {-999, -99.9};
  recipe.features = {{"b^2", {}}};
  recipe.divide_by = 255;
  recipe.scales = true;
  recipe.target_scale = host::TargetScale::log;
  const std::string json = to_json(recipe);
  CHECK(to_json(host::read_recipe(json, "m")) == json);
  CHECK(host::read_recipe(json, "m").columns[0].texts == recipe.columns[0].texts);
  CHECK(host::read_recipe(json, "m").columns[1].gaps == recipe.columns[1].gaps);
  for (const char* wrong :
       {"", "[]", "{}", R"({"columns":[]})", R"({"columns":[1]})", R"({"columns":[{"name":1}]})",
        R"({"columns":[{"texts":1}]})", R"({"columns":[{"texts":[1]}]})",
        R"({"columns":[{"unknown":"x"}]})", R"({"columns":[{"missing":"x"}]})",
        R"({"columns":[{}],"divide_by":0})", R"({"columns":[{}],"divide_by":"x"})",
        R"({"columns":[{}],"target_scale":"x"})", R"({"columns":[{"name":"a\u0007"}]})",
        R"({"columns":[{"gaps":1}]})", R"({"columns":[{"gaps":["1"]}]})",
        R"({"columns":[{"gaps":[1],"texts":["a"]}]})"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(host::read_recipe(wrong, "m"), host::RecordError);
  }
}

TEST_CASE("what a file says of a fit is used only if it can be that of its recipe",
          "[training][preparation]") {
  const host::Recipe recipe = host::read_recipe(
      R"({"columns": [{"name": "x"}, {"name": "c", "texts": ["a", "b"], "missing": "most_frequent"},
      {"name": "d", "texts": ["a", "b"], "missing": "constant", "constant": "none"}],
      "scales": true, "target_scale": "standard"})",
      "m");
  const host::Preparation p(recipe);
  const std::size_t n = p.outputs();
  REQUIRE(n == 6);  // x, two texts of c, two of d and one of its own
  host::Preparation::Fit fit{.shifts = std::vector<double>(n, 0),
                             .factors = std::vector<double>(n, 1),
                             .fills = {0, 1, 3},
                             .target_shifts = {5},
                             .target_factors = {2}};
  CHECK(p.fault_of(fit, 1) == "");
  CHECK(p.fault_of(fit, 2) == "has 1 numbers for the scaling of targets, not 2");
  const auto fault = [&](auto change) {
    host::Preparation::Fit other = fit;
    change(other);
    return p.fault_of(other, 1);
  };
  using Fit = host::Preparation::Fit;
  CHECK(fault([](Fit& f) { f.target_factors.clear(); }) ==
        "has 0 numbers for the scaling of targets, not 1");
  CHECK(fault([](Fit& f) { f.target_shifts.push_back(0); }) ==
        "has 2 numbers for the scaling of targets, not 1");
  CHECK(fault([](Fit& f) { f.factors.pop_back(); }) == "has 5 numbers for the scaling, not 6");
  CHECK(fault([](Fit& f) { f.fills.clear(); }) == "has 0 numbers for missing values, not 3");
  for (const double factor : {0., -1., 1e-320, std::numeric_limits<double>::infinity()}) {
    CHECK(fault([&](Fit& f) { f.target_factors[0] = factor; }) ==
          "scales targets by an impossible factor");
    CHECK(fault([&](Fit& f) { f.factors[2] = factor; }) ==
          "scales an input by an impossible factor");
  }
  for (const double fill : {0.5, -1., 2., 1e20})
    CHECK(fault([&](Fit& f) { f.fills[1] = fill; }) == "fills in a text of 'c' that there is not");
  CHECK(fault([](Fit& f) { f.fills[2] = 1; }) == "fills in a text of 'd' that there is not");
}

TEST_CASE("a recipe that says something twice is refused", "[training][preparation]") {
  for (const char* const twice :
       {R"({"columns": [{"name": "x"}], "target_scale": "log", "target_scale": "standard"})",
        R"({"columns": [{"name": "x"}, {"name": "x"}]})",
        R"({"columns": [{"name": "x", "name": "y"}]})",
        R"({"columns": [{"name": "x", "texts": ["a", "a"]}]})"})
    CHECK_THROWS_AS(host::read_recipe(twice, "m"), host::RecordError);
}

TEST_CASE("a product has the scale of its factors, or that of the data where they differ",
          "[preparation]") {
  const auto scaled = [](const std::string& feature, host::Scale of_x) {
    host::Experiment e;
    e.data.features.push_back({feature, {}});
    e.data.scale = host::Scale::standard;
    host::ColumnRule rule;
    rule.name.value = "x";
    rule.scale = of_x;
    e.data.columns.push_back(rule);
    host::Preparation p(e, 2, Texts{"x", "y"});
    fit(p, {1, 2, 2, 5, 3, 4, 4, 9});
    return applied(p, {3, 4});
  };
  const std::vector<double> standard = scaled("x*y", host::Scale::standard);
  CHECK(scaled("x*y", host::Scale::none) == standard);
  CHECK(scaled("y*x", host::Scale::none) == standard);
  CHECK(scaled("x*x", host::Scale::none) == std::vector<double>{9});
}

}  // namespace nnrun::testing
