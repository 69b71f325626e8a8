#include <cmath>

#include "support/plugins.hpp"
namespace nnrun::testing {
namespace {

using Settings = std::vector<std::pair<std::string, host::Value>>;

/// Returns the factor after `step` of `steps` updates, ten per epoch.
double factor(const std::string& name, const Settings& settings, std::uint64_t step,
              std::uint64_t steps = 100, std::vector<double> history = {}) {
  const host::Object schedule(use("schedule", name, settings));
  const nnrun_moment moment{sizeof moment, 0, step, steps, 10, history.data(), history.size()};
  double out = -1;
  schedule.call("factor", schedule.functions<nnrun_schedule>().factor, &moment, &out);
  return out;
}
/// Returns an example of the settings that a class requires.
Settings required(const std::string& name) {
  if (name == "multistep") return {{"milestones", std::vector<double>{3, 5}}};
  return {};
}

}  // namespace

TEST_CASE("every schedule gives factors between 0 and 1 all through a run", "[plugins][schedule]") {
  const auto name = GENERATE(from_range(names("schedule")));
  CAPTURE(name);
  for (std::uint64_t step = 0; step < 100; ++step) {
    const double f = factor(name, required(name), step, 100, std::vector<double>(step / 10, 1.));
    CHECK((f >= 0 && f <= 1));
    CHECK(f == factor(name, required(name), step, 100, std::vector<double>(step / 10, 1.)));
  }
}

TEST_CASE("schedules give the values of their definitions", "[plugins][schedule]") {
  CHECK(factor("constant", {}, 57) == 1);
  const Settings step{{"every", std::int64_t{2}}, {"gamma", 0.5}};
  CHECK(factor("step", step, 19) == 1);
  CHECK(factor("step", step, 20) == 0.5);
  CHECK(factor("step", step, 59) == 0.25);
  const Settings multistep{{"milestones", std::vector<double>{3, 5}}, {"gamma", 0.1}};
  CHECK(factor("multistep", multistep, 29) == 1);
  CHECK(factor("multistep", multistep, 30) == Approx(0.1));
  CHECK(factor("multistep", multistep, 99) == Approx(0.01));
  CHECK(factor("exponential", {{"gamma", 0.5}}, 35) == 0.125);
  CHECK(factor("polynomial", {}, 25) == 0.75);
  CHECK(factor("polynomial", {{"power", 2.}, {"end", 0.2}}, 50) == Approx(0.8 * 0.25 + 0.2));
  CHECK(factor("cosine", {}, 0) == 1);
  CHECK(factor("cosine", {}, 50) == Approx(0.5));
  CHECK(factor("cosine", {{"end", 0.1}}, 100) == Approx(0.1));
  // restarts of 2, then 4 epochs: halfway of the second is epoch 4, step 40
  const Settings restarts{{"restart", 2.}, {"growth", 2.}};
  CHECK(factor("cosine", restarts, 10) == Approx(0.5));
  CHECK(factor("cosine", restarts, 20) == 1);
  CHECK(factor("cosine", restarts, 40) == Approx(0.5));
  // PyTorch, OneCycleLR(max_lr=1, total_steps=100): peak at step 29, 0.04 at first, 4e-6 at last
  CHECK(factor("one_cycle", {}, 0) == Approx(0.04));
  CHECK(factor("one_cycle", {}, 29) == Approx(1));
  CHECK(factor("one_cycle", {}, 99) == Approx(0.04 / 1e4));
}

TEST_CASE("reduce_on_plateau waits for more than its patience, then counts anew",
          "[plugins][schedule]") {
  const Settings s{{"patience", std::int64_t{1}}, {"gamma", 0.5}, {"min_delta", 0.01}};
  const auto after = [&](std::vector<double> history) {
    return factor("reduce_on_plateau", s, 0, 100, history);
  };
  CHECK(after({}) == 1);
  CHECK(after({1, 0.9, 0.8}) == 1);
  CHECK(after({1, 0.995}) == 1);       // one bad epoch is tolerated
  CHECK(after({1, 0.995, 1}) == 0.5);  // the second is not
  CHECK(after({1, 1, 1, 1}) == 0.5);   // counting from 0 again
  CHECK(after({1, 1, 1, 1, 1}) == 0.25);
}

TEST_CASE("every regularizer's slope is the slope of its penalty, and 0 stays 0",
          "[plugins][regularizer]") {
  const auto name = GENERATE(from_range(names("regularizer")));
  CAPTURE(name);
  const host::Object r(use("regularizer", name));
  const auto& f = r.functions<nnrun_regularizer>().by_dtype[NNRUN_F64];
  const auto penalty = [&](double w) {
    double out = 0;
    r.call("penalty", f.penalty, &w, 1, &out);
    return out;
  };
  // what an update of rate 1 subtracts from a weight whose cost has no slope: the penalty's slope
  alignas(64) double w[8] = {-2, -0.5, 0.25, 3}, g[8] = {}, state[8] = {};
  const std::vector<double> before(w, w + 8);
  r.call("add", f.add, w, g, state, 8);
  for (std::size_t i = 0; i < 8; ++i) w[i] -= g[i];
  if (f.after) r.call("after", f.after, w, state, 1, 8);
  for (std::size_t i = 0; i < 4; ++i) {
    const double h = 1e-6;
    CHECK(before[i] - w[i] ==
          Approx((penalty(before[i] + h) - penalty(before[i] - h)) / (2 * h)).epsilon(1e-6));
  }
  for (std::size_t i = 4; i < 8; ++i) CHECK(w[i] == 0);
}

TEST_CASE("a weight that l1 carries across 0 stays 0 where that is asked for",
          "[plugins][regularizer]") {
  const host::Object r(use("regularizer", "l1", {{"rate", 0.5}, {"kill_at_zero", true}}));
  const auto& f = r.functions<nnrun_regularizer>().by_dtype[NNRUN_F64];
  alignas(64) double w[8] = {0.2, 2}, g[8] = {}, state[8] = {};
  const auto step = [&](double slope) {
    std::fill_n(g, 2, slope);
    f.add(r.self(), w, g, state, 8);
    for (int i = 0; i < 2; ++i) w[i] -= g[i];
    f.after(r.self(), w, state, 1, 8);
  };
  step(0);
  CHECK(w[0] == 0);
  CHECK(w[1] == 1.5);
  step(-1);  // the cost pulls it up, but it stays 0
  CHECK(w[0] == 0);
  CHECK(w[1] == 2);
}

}  // namespace nnrun::testing
