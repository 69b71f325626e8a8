#include "training/history.hpp"

#include <utility>
namespace nnrun::host {
namespace {

// The numbers of a report: epoch, epochs, step, examples, seconds, number of metrics, which of
// validation and test exist, then cost and metrics of each part.

void append_score(const Score& score, std::vector<double>& numbers) {
  numbers.push_back(score.cost);
  numbers.insert(numbers.end(), score.metrics.begin(), score.metrics.end());
}

Score next_score(const double*& at, std::size_t metrics) {
  Score score{*at, {at + 1, at + 1 + metrics}};
  at += 1 + metrics;
  return score;
}

}  // namespace

const EpochReport& History::append(EpochReport r) {
  for (const auto number :
       {static_cast<double>(r.epoch), static_cast<double>(r.epochs), static_cast<double>(r.step),
        static_cast<double>(r.examples), r.seconds, static_cast<double>(r.train.metrics.size()),
        r.validation ? 1. : 0., r.test ? 1. : 0.})
    numbers_.push_back(number);
  append_score(r.train, numbers_);
  if (r.validation) append_score(*r.validation, numbers_);
  if (r.test) append_score(*r.test, numbers_);
  return reports_.emplace_back(std::move(r));
}

void History::restored() {
  reports_.clear();
  for (const double *at = numbers_.data(), *end = at + numbers_.size(); at < end;) {
    EpochReport& r = reports_.emplace_back();
    r.epoch = static_cast<std::size_t>(at[0]);
    r.epochs = static_cast<std::size_t>(at[1]);
    r.step = static_cast<std::uint64_t>(at[2]);
    r.examples = static_cast<std::uint64_t>(at[3]);
    r.seconds = at[4];
    const auto metrics = static_cast<std::size_t>(at[5]);
    const bool validation = at[6] != 0, test = at[7] != 0;
    at += 8;
    r.train = next_score(at, metrics);
    if (validation) r.validation = next_score(at, metrics);
    if (test) r.test = next_score(at, metrics);
  }
}

}  // namespace nnrun::host
