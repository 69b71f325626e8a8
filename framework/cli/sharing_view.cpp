#include "cli/sharing_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/view.hpp"
namespace nnrun::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr double least_efficiency = 0.5;
constexpr std::uint32_t most_told = 64;

std::string share_text(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

struct SharedRow {
  std::uint32_t processes;
  double step, exchange, efficiency;
  std::size_t rows_for_half;
  bool is_measured;
};
SharedRow row_for(const SharingTimes& t, std::uint32_t n) {
  if (n == t.processes)
    return {n, t.step.seconds, t.exchange, t.efficiency(), t.rows_for(least_efficiency, n), true};
  return {
      n,     t.step_of(n), t.exchange_of(n), t.efficiency_of(n), t.rows_for(least_efficiency, n),
      n == 1};
}

}  // namespace

std::vector<std::uint32_t> told_numbers(const SharingTimes& times) {
  std::vector<std::uint32_t> numbers{times.processes};
  for (std::uint32_t n = 1; n <= std::min<std::size_t>(times.shards, most_told); n *= 2)
    if (n != times.processes) numbers.push_back(n);
  std::ranges::sort(numbers);
  return numbers;
}

std::string text_of(const SharingTimes& t, const Terminal& out) {
  std::vector<std::vector<std::string>> rows{
      {"processes", "rows each", "step", "exchange", "efficiency", "50 % from a batch of", ""}};
  for (const std::uint32_t n : told_numbers(t)) {
    const SharedRow told = row_for(t, n);
    const std::string helps = told.rows_for_half == 0 ? "-" : std::to_string(told.rows_for_half);
    rows.push_back({std::to_string(n), std::to_string((t.rows + n - 1) / n), duration(told.step),
                    n == 1 ? "-" : duration(told.exchange), share_text(told.efficiency),
                    told.efficiency < least_efficiency ? helps : "",
                    told.is_measured ? "measured" : "expected"});
  }
  return fmt::format(
             "{} processes share a step: an exchange of {} takes {}; {} of it is hidden behind the "
             "gradient\n",
             t.processes, text_of_bytes(t.bytes), duration(t.exchange), share_text(t.hidden())) +
         aligned_table(rows, out);
}

Json json_of(const SharingTimes& t) {
  Json all = Json::array();
  for (const std::uint32_t n : told_numbers(t)) {
    const SharedRow told = row_for(t, n);
    all.push_back(
        {{"processes", n},
         {"measured", told.is_measured},
         {"step", told.step},
         {"exchange", told.exchange},
         {"efficiency", told.efficiency},
         {"batch_for_half", told.rows_for_half == 0 ? Json(nullptr) : Json(told.rows_for_half)},
         {"efficiency_if_batch_grows", t.weak_efficiency_of(n)}});
  }
  return {{"processes", t.processes}, {"shards", t.shards},         {"bytes", t.bytes},
          {"step", t.step.seconds},   {"step_alone", t.alone},      {"exchange", t.exchange},
          {"message", t.message},     {"seconds_per_byte", t.byte}, {"early", t.step.early},
          {"hidden", t.hidden()},     {"waited", t.step.waited},    {"efficiency", t.efficiency()},
          {"numbers", std::move(all)}};
}

std::vector<Problem> warnings_of(const SharingTimes& t) {
  for (const std::uint32_t n : told_numbers(t)) {
    const SharedRow row = row_for(t, n);
    if (row.efficiency >= least_efficiency) continue;
    const std::string hint = row.rows_for_half == 0
                                 ? "no larger batch helps: take fewer processes"
                                 : "from a batch of " + std::to_string(row.rows_for_half) +
                                       " rows on it would be 50 %; so many for each process decide";
    return {Problem{.what = std::to_string(n) + " processes with a batch of " +
                            std::to_string(t.rows) + " rows: of their time, " +
                            share_text(row.efficiency) + " is worth it",
                    .hint = hint}};
  }
  return {};
}

}  // namespace nnrun::host
