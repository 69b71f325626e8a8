#include "training/history.hpp"

#include <cmath>
namespace nnrun::host {
namespace {

void append_score(const Score& score, std::vector<double>& numbers) {
  numbers.push_back(score.cost);
  numbers.insert(numbers.end(), score.metrics.begin(), score.metrics.end());
}

Score next_score(const double*& at, std::size_t metrics) {
  Score score{*at, {at + 1, at + 1 + metrics}};
  at += 1 + metrics;
  return score;
}

/// A double holds every whole number up to here.
constexpr double largest_count = 9007199254740992;

bool is_count(double x) {
  return x >= 0 && x <= largest_count && x == std::trunc(x);
}

}  // namespace

EpochReport History::operator[](std::size_t row) const {
  const double* at = numbers_.data() + row * row_size();
  EpochReport r;
  r.epochs = shape_.planned_epochs;
  r.epoch = static_cast<std::size_t>(at[0]);
  r.step = static_cast<std::uint64_t>(at[1]);
  r.examples = static_cast<std::uint64_t>(at[2]);
  r.seconds = at[3];
  at += 4;
  r.train = next_score(at, shape_.metrics);
  if (shape_.validation) r.validation = next_score(at, shape_.metrics);
  if (shape_.test) r.test = next_score(at, shape_.metrics);
  return r;
}

void History::append(const EpochReport& r) {
  for (const double number : {static_cast<double>(r.epoch), static_cast<double>(r.step),
                              static_cast<double>(r.examples), r.seconds})
    numbers_.push_back(number);
  append_score(r.train, numbers_);
  if (r.validation) append_score(*r.validation, numbers_);
  if (r.test) append_score(*r.test, numbers_);
}

std::string History::fault(std::size_t first, std::size_t epochs) const {
  if (numbers_.size() % row_size() != 0) return "'history' ends within a report";
  if (first + size() != epochs + 1) return "'history' does not have a report for each epoch";
  const double* before = nullptr;
  for (std::size_t row = 0; row < size(); ++row) {
    const double* const at = numbers_.data() + row * row_size();
    bool fits = at[0] == static_cast<double>(first + row) && std::isfinite(at[3]) && at[3] >= 0;
    for (int i = 0; i < 3; ++i) fits = fits && is_count(at[i]);
    for (int i = 1; i < 4; ++i) fits = fits && (before == nullptr || at[i] >= before[i]);
    if (!fits) return "'history' is impossible in report " + std::to_string(row + 1);
    before = at;
  }
  return {};
}

}  // namespace nnrun::host
