// What is expected of other numbers of processes, by numbers worked out by hand; and when sums go.
#include "diagnosis/sharing_times.hpp"

#include <catch2/catch.hpp>

#include "training/adding_up.hpp"
namespace nnrun::testing {
namespace {

/// A batch of 1,000 rows in 8 shards: 100 ms alone, of which 20 ms are the update; on two
/// processes, half of 80 ms, the update, and 10 ms for 8 MB, half of them each way.
host::SharingTimes times() {
  host::SharingTimes t;
  t.processes = 2;
  t.rows = 1000;
  t.shards = 8;
  t.bytes = 8'000'000;
  t.alone = 0.1;
  t.update = 0.02;
  t.message = 0.001;
  t.byte = 1e-9;
  t.exchange = 0.010;
  t.step = {.seconds = 0.07, .waited = 0.01, .adding = 0.01};
  return t;
}

}  // namespace

TEST_CASE("messages and bytes of an exchange follow from its algorithm", "[training][shards]") {
  const auto traffic = [](std::size_t bytes, std::uint32_t n) {
    const host::Traffic t = host::traffic_of(bytes, n, 16);
    return std::pair(t.messages, t.bytes);
  };
  CHECK(traffic(8'000'000, 1) == std::pair(0., 0.));
  CHECK(traffic(8'000'000, 2) == std::pair(2., 8'000'000.));   // a half there, a half back
  CHECK(traffic(8'000'000, 4) == std::pair(4., 12'000'000.));  // (1/2 + 1/4) twice
  CHECK(traffic(8'000'000, 8) == std::pair(6., 14'000'000.));
  CHECK(traffic(1'000, 8) == std::pair(3., 3'000.));  // so few go whole
  // 5 or 6 of 16 shards: at most three sums (2 + 4, 8 - ...) of two thirds, and all of the parts
  CHECK(traffic(9'000'000, 3).first == 4);
  CHECK(traffic(9'000'000, 3).second >= 2. / 3 * 2 * 9'000'000);
}

TEST_CASE("the efficiency of other numbers of processes follows from that of two",
          "[training][shards]") {
  const host::SharingTimes t = times();
  CHECK(t.efficiency() == Approx(0.1 / 0.14));
  CHECK(t.hidden() == 0);
  CHECK(t.exchange_of(2) == Approx(0.010));
  CHECK(t.step_of(1) == Approx(0.1));
  CHECK(t.step_of(2) == Approx(0.07));
  CHECK(t.step_of(4) == Approx(0.02 + 0.02 + 0.004 + 0.012));
  CHECK(t.efficiency_of(4) == Approx(0.1 / (4 * 0.056)));
  CHECK(t.step_of(8) == Approx(0.02 + 0.01 + 0.006 + 0.014));
  CHECK(t.weak_efficiency_of(4) == Approx(0.1 / (0.1 + 0.016)));  // 1,000 rows each
  // 80 ms * x + 20 ms, of four: 20 ms * x + 36 ms; half of four times as much at x = 1.3
  const std::size_t rows = t.rows_for(0.5, 4);
  CHECK(rows > 1300);
  CHECK(static_cast<double>(rows) < 1300 * 1.125);
  CHECK(t.efficiency_of(4, static_cast<double>(rows) / 1000) >= 0.5);
}

TEST_CASE("what is hidden, what is uneven and what slows down is carried over",
          "[training][shards]") {
  host::SharingTimes t = times();
  t.step = {.seconds = 0.064, .waited = 0.004, .adding = 0.010, .early = true};
  CHECK(t.hidden() == Approx(0.6));
  CHECK(t.step_of(2) == Approx(0.064));
  CHECK(t.step_of(4) == Approx(0.04 + 0.4 * 0.016));
  // 60 ms of computing take 90 where two share a memory
  t.step = {.seconds = 0.1, .waited = 0.01, .adding = 0.01};
  CHECK(t.step_of(2) == Approx(0.1));
  CHECK(t.step_of(4) == Approx(0.04 * 1.5 + 0.016));
  // one waits 5 ms for another that is not as fast
  t.step = {.seconds = 0.075, .waited = 0.015, .adding = 0.015};
  CHECK(t.step_of(4) == Approx(0.04 + 0.016 + 0.005));
  // processes that make each other twice as slow are never half as efficient
  t.step = {.seconds = 0.13, .waited = 0.01, .adding = 0.01};
  CHECK(t.rows_for(0.5, 4) == 0);
}

TEST_CASE("sums go early if that was faster when it was tried", "[training][shards]") {
  const auto chosen = [](double late, double early) {
    host::EarlyChoice choice;
    int tries = 0, of_early = 0;
    for (; !choice.is_made(); ++tries) {
      of_early += choice.next();
      choice.take(tries < 2 ? 1e-9 : choice.next() ? early : late);  // the first ones tell nothing
    }
    CHECK(tries == 10);
    CHECK(of_early == 5);
    return choice.next();
  };
  CHECK(chosen(1, 0.9));
  CHECK(!chosen(1, 1.1));
  CHECK(!chosen(1, 0.99));  // as fast: as few threads as possible
}

}  // namespace nnrun::testing
