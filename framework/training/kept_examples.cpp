#include "training/kept_examples.hpp"

#include <algorithm>
namespace nnrun::host {
namespace {

constexpr std::size_t numbers_at_a_time = 8192;  // within a near cache

}  // namespace

KeptExamples::KeptExamples(const DataShape& shape)
    : in_(size_of(shape.input)),
      out_(size_of(shape.target)),
      weights_(shape.has_weights ? 1 : 0),
      at_a_time_(std::max<std::size_t>(1, numbers_at_a_time / width())) {
  rows_.set_width(width());
}

template <class T>
void KeptExamples::add(const SomeExamples<T>& some) {
  for (std::size_t i = 0; i < some.count; ++i) {
    double* to = rows_.add();
    to = std::copy_n(some.x + i * in_, in_, to);
    to = std::copy_n(some.t + i * out_, out_, to);
    if (weights_ > 0) *to = static_cast<double>(some.weight[i]);
  }
}
template void KeptExamples::add(const SomeExamples<float>&);
template void KeptExamples::add(const SomeExamples<double>&);

void KeptExamples::give(const std::function<void(const SomeExamples<double>&)>& take) {
  pass([&](const double* rows, std::size_t from, std::size_t n) {
    rows_.forget_before(from);
    for (std::size_t i = 0; i < n; ++i) {
      const double* const row = rows + i * width();
      take({1, row, row + in_, weights_ > 0 ? row + in_ + out_ : nullptr, from + i});
    }
  });
  rows_ = {};
}

std::vector<double> KeptExamples::targets() const {
  std::vector<double> all(rows_.count() * out_);
  for (std::size_t c = 0; c < out_; ++c) {
    double* to = all.data() + c;
    rows_.pass(in_ + c, [&](std::span<const double> numbers) {
      for (const double x : numbers) {
        *to = x;
        to += out_;
      }
      return true;
    });
  }
  return all;
}

TrainingRows::TrainingRows(const KeptExamples& kept, const std::vector<std::uint8_t>& part_of)
    : kept_(kept),
      part_of_(part_of),
      count_(part_of.empty() ? kept.rows().count()
                             : static_cast<std::size_t>(std::ranges::count(part_of, NNRUN_TRAIN))) {
}

void TrainingRows::each(const std::function<void(const double* row)>& take) const {
  kept_.pass([&](const double* rows, std::size_t from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      if (is_taken(from + i)) take(rows + i * kept_.width());
  });
}

std::vector<double> TrainingRows::column(std::size_t c) const {
  std::vector<double> numbers;
  numbers.reserve(count_);
  std::size_t i = 0;
  kept_.rows().pass(c, [&](std::span<const double> some) {
    for (const double x : some)
      if (is_taken(i++)) numbers.push_back(x);
    return true;
  });
  return numbers;
}

}  // namespace nnrun::host
