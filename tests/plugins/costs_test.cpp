// Costs, one by one, against numbers worked out by hand.
#include <cmath>

#include "network/buffer.hpp"
#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Settings = std::vector<std::pair<std::string, host::Value>>;

/// Returns the slopes of one example, followed by its cost.
std::vector<double> evaluate(const std::string& name, const Settings& settings,
                             const std::vector<double>& y, const std::vector<double>& t) {
  const host::Object cost(use("cost", name, settings));
  const std::size_t n = y.size();
  host::Buffer<double> outputs(n), targets(n), slopes(n), value(1);
  std::copy(y.begin(), y.end(), outputs.data());
  std::copy(t.begin(), t.end(), targets.data());
  cost.call("slope", cost.functions<nnrun_cost>().by_dtype[NNRUN_F64].slope, outputs.data(),
            targets.data(), n, 1, slopes.data(), value.data(), 1, n);
  std::vector<double> found(slopes.data(), slopes.data() + n);
  found.push_back(value.data()[0]);
  return found;
}

struct Case {
  const char* name;
  Settings settings;
  std::vector<double> y, t, slopes_and_value;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.name, c.y);
    const std::vector<double> found = evaluate(c.name, c.settings, c.y, c.t);
    for (std::size_t i = 0; i < found.size(); ++i)  // log_cosh of 1e-5 is e² / 2 to 1e-10
      CHECK(found[i] == Approx(c.slopes_and_value[i]).epsilon(1e-10).margin(1e-16));
  }
}

using std::log;
const Settings from_logits{{"from_logits", true}};
const Settings weighted{{"class_weights", std::vector<double>{2, 3}}};

}  // namespace

TEST_CASE("costs of errors are what is worked out by hand", "[plugins][cost]") {
  check({{"mean_squared_error", {}, {.5, .25}, {1, 0}, {-.5, .25, .15625}},
         {"half_squared_error", {}, {.5, .25}, {1, 0}, {-.5, .25, .15625}},
         {"mean_absolute_error", {}, {.5, .25}, {1, 0}, {-.5, .5, .375}},
         {"huber", {{"delta", .25}}, {.5, .125}, {1, 0}, {-.25, .125, .1015625}},
         {"log_cosh", {}, {-1000}, {0}, {-1, 1000 - log(2.)}},
         {"log_cosh", {}, {1e-5}, {0}, {1e-5, 5e-11}},
         {"log_cosh", {}, {.5}, {0}, {std::tanh(.5), log(std::cosh(.5))}},
         {"hinge", {}, {.5, .25, .25, 2}, {1, -1, 0, 1}, {-1, 1, 1, 0, 3}},
         {"squared_hinge", {}, {.5, .25, 2}, {1, 0, 1}, {-1, 2.5, 0, 1.8125}}});
}

TEST_CASE("costs of probabilities are what is worked out by hand", "[plugins][cost]") {
  const char *binary = "binary_cross_entropy", *several = "cross_entropy";
  check(
      {{binary, {}, {.5, .25}, {1, 0}, {-2, 1 / .75, log(2.) - log(.75)}},
       {binary, {}, {0, 1}, {1, 1}, {-1e30, 0, 100}},
       {binary, weighted, {.5, .25}, {1, 0}, {-6, 2 / .75, 3 * log(2.) - 2 * log(.75)}},
       {binary, from_logits, {0, 1000}, {1, 0}, {-.5, 1, 1000 + log(2.)}},
       {binary, from_logits, {1000, -1000}, {1, 0}, {0, 0, 0}},
       {several, {}, {.25, .75}, {0, 1}, {0, -1 / .75, -log(.75)}},
       {several, {}, {1, 0}, {0, 1}, {0, -1e30, 100}},
       {several, weighted, {.25, .75}, {.5, .5}, {-4, -2, -log(.25) - 1.5 * log(.75)}},
       {several, from_logits, {0, log(3.)}, {0, 1}, {.25, -.25, -log(.75)}},
       {several, from_logits, {1000, 0}, {0, 1}, {1, -1, 1000}},
       {"kl_divergence", {}, {.25, .75}, {.5, .5}, {-2, -2. / 3, .5 * log(2.) + .5 * log(2. / 3)}},
       {"kl_divergence", {}, {0, 1}, {0, 1}, {0, -1, 0}},
       {"poisson", {}, {2, 0}, {3, 0}, {-.5, 1, 2 - 3 * log(2.)}}});
}

TEST_CASE("class weights that fit no class are refused", "[plugins][cost]") {
  const Settings three{{"class_weights", std::vector<double>{1, 2, 3}}},
      negative{{"class_weights", std::vector<double>{1, -2}}};
  CHECK_THROWS_WITH(evaluate("cross_entropy", three, {.5, .5}, {0, 1}),
                    Catch::Contains("'class_weights' has 3 numbers for 2 classes"));
  CHECK_THROWS_WITH(
      evaluate("binary_cross_entropy", three, {.5}, {0}),
      Catch::Contains("'class_weights' takes two numbers, for targets 0 and 1, not 3"));
  for (const char* name : {"cross_entropy", "binary_cross_entropy"})
    CHECK_THROWS_WITH(evaluate(name, negative, {.5, .5}, {0, 1}),
                      Catch::Contains("'class_weights' must not be negative"));
}

}  // namespace nnrun::testing
