// States of a run that are kept to go back to.
#include "training/kept_states.hpp"

#include <catch2/catch.hpp>
#include <cstring>
namespace nnrun::testing {
namespace {

/// Numbers that every step changes, and a list that grows: as a run's parameters and reports.
struct Run {
  std::vector<float> parameters = std::vector<float>(100);
  std::vector<double> reports;
  host::RunState state() {
    host::RunState state;
    state.add("parameters", std::span<float>(parameters));
    state.add("history", reports);
    return state;
  }
  void advance(std::size_t reports_more, double pass) {
    for (float& p : parameters) p += 1;
    for (std::size_t i = 0; i < reports_more; ++i)
      reports.push_back(static_cast<double>(reports.size()) + pass);
  }
};

template <class T>
std::vector<T> numbers_in(const host::StateNumbers& numbers) {
  std::vector<T> all(numbers.bytes.size() / sizeof(T));
  std::memcpy(all.data(), numbers.bytes.data(), numbers.bytes.size());
  return all;
}

TEST_CASE("kept states are those that were, and take the reports of a long run once",
          "[training]") {
  Run run;
  host::KeptStates kept(std::size_t{64} << 20);
  std::vector<Run> was;
  constexpr std::size_t states = 60, reports = 2000;
  for (std::size_t k = 0; k < states; ++k) {
    kept.keep(10 * k, run.state());
    was.push_back(run);
    run.advance(reports, 0.25);
  }
  CHECK(kept.count() == states);  // a million bytes of reports in the last one alone
  const std::size_t all_alone = states * states / 2 * reports * sizeof(double);
  CHECK(all_alone > 28'000'000);
  CHECK(kept.bytes() < 3'000'000);
  for (std::size_t k = 0; k < states; k += 7) {
    const auto [step, numbers] = kept.at_or_before(10 * k + 9);
    CAPTURE(k);
    REQUIRE(step == 10 * k);
    REQUIRE(numbers.size() == 2);
    CHECK(numbers[0].name == "parameters");
    CHECK(numbers_in<float>(numbers[0]) == was[k].parameters);
    CHECK(numbers_in<double>(numbers[1]) == was[k].reports);
  }

  // back, and another way from there: with other reports, such as other seconds
  run = was[30];
  run.advance(reports, 0.5);
  kept.keep_as_last(305, run.state());
  CHECK(kept.count() == 32);
  CHECK(numbers_in<double>(kept.at_or_before(305).second[1]) == run.reports);
  CHECK(numbers_in<double>(kept.at_or_before(304).second[1]) == was[30].reports);
}

TEST_CASE("of kept states those go that leave the smallest gap for their age", "[training]") {
  Run run;
  run.parameters.resize(1000);
  host::KeptStates kept(400'000);
  for (std::size_t k = 0; k < 1000; ++k) {
    kept.keep(k, run.state());
    run.advance(0, 0);
  }
  CHECK(kept.bytes() <= 400'000);
  CHECK(kept.count() >= 90);
  CHECK(kept.at_or_before(0).first == 0);
  for (std::uint64_t recent = 996; recent < 1000; ++recent)
    CHECK(kept.at_or_before(recent).first == recent);
  // the farther back, the farther apart
  const auto gap = [&](std::uint64_t step) { return step - kept.at_or_before(step - 1).first; };
  CHECK(kept.at_or_before(200).first >= 100);
  CHECK(gap(kept.at_or_before(990).first) < gap(kept.at_or_before(200).first));
}

}  // namespace
}  // namespace nnrun::testing
