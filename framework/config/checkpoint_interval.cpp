#include "config/checkpoint_interval.hpp"

#include <array>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

struct TimeUnit {
  std::string_view names;
  double seconds;
};
constexpr std::array time_units{TimeUnit{" s second seconds ", 1},
                                TimeUnit{" min minute minutes ", 60},
                                TimeUnit{" h hour hours ", 3600}};

constexpr long long most_steps = 1'000'000'000'000'000;
constexpr double most_seconds = 1e9;  // thirty years

bool is_among(std::string_view names, const std::string& word) {
  return names.find(" " + word + " ") != std::string_view::npos;
}

}  // namespace

std::optional<CheckpointInterval> checkpoint_interval(std::string_view text) {
  CheckpointInterval interval;
  if (text == "never") return interval;
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, end);
  std::string unit(end == text.npos ? "steps" : text.substr(end));
  if (unit.starts_with(' ')) unit.erase(0, 1);
  const bool steps = is_among(" step steps ", unit);
  if (steps || is_among(" epoch epochs ", unit)) {
    const auto count = parse_integer(number);
    if (!count || *count < 1 || *count > most_steps) return std::nullopt;
    (steps ? interval.steps : interval.epochs) = static_cast<std::uint64_t>(*count);
    return interval;
  }
  for (const auto& [names, seconds] : time_units)
    if (is_among(names, unit)) {
      interval.seconds = parse_double(number).value_or(0) * seconds;
      if (interval.seconds > 0 && interval.seconds <= most_seconds) return interval;
    }
  return std::nullopt;
}

}  // namespace nnrun::host
