#include "training/examples.hpp"

#include <limits>
#include <optional>

#include "base/files.hpp"
namespace nnrun::host {

template <class T>
const T* StoredInputs<T>::some(std::size_t from, std::size_t n) {
  constexpr std::size_t numbers = std::size_t{1} << 15;  // few enough for a cache
  if (from < near_from_ || from + n > near_from_ + near_count_) {
    const bool goes_on = from == near_from_ + near_count_;
    const std::size_t rows = goes_on ? std::min(std::max(n, numbers / cols_), count_ - from) : n;
    near_count_ = 0;  // reading may throw
    if (near_.size() < rows * cols_) near_ = Buffer<T>(rows * cols_);
    read(from, rows, near_.data());
    near_from_ = from;
    near_count_ = rows;
  }
  return near_.data() + (from - near_from_) * cols_;
}
template class StoredInputs<float>;
template class StoredInputs<double>;

template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols) {
  constexpr T none = std::numeric_limits<T>::infinity();
  std::vector<T> low(cols, none), high(cols, -none);
  for (std::size_t at = 0; at < rows.size(); at += cols)
    for (std::size_t c = 0; c < cols; ++c) {  // neither comparison holds for a missing value
      const T x = rows[at + c];
      low[c] = x < low[c] ? x : low[c];
      high[c] = x > high[c] ? x : high[c];
    }
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::pair<double, double>> ends;
  for (std::size_t c = 0; c < cols; ++c)
    ends.push_back(low[c] <= high[c] ? std::pair<double, double>(low[c], high[c])
                                     : std::pair(missing, missing));
  return ends;
}

template <class T>
std::pair<double, double> target_range_of(const Examples<T>& examples, std::size_t out) {
  std::optional<Range> range;
  for (std::size_t r = 0; r < examples.count; ++r) {
    if (examples.weight.data() != nullptr && !(examples.weight.data()[r] > 0)) continue;
    for (std::size_t c = r * out; c < (r + 1) * out; ++c) {
      const auto t = static_cast<double>(examples.t.data()[c]);
      if (!range) range.emplace(t);
      range->take(t);
    }
  }
  return range.value_or(Range(0)).ends();
}

template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::string hashes;
  for (const Examples<T>& part : parts) {
    hashes += part.stored ? part.stored->sha256() : sha256_of(std::as_bytes(part.x.all()));
    hashes += sha256_of(std::as_bytes(part.t.all()));
    if (part.weight.size() > 0) hashes += sha256_of(std::as_bytes(part.weight.all()));
  }
  return sha256_of(std::as_bytes(std::span(hashes)));
}

template std::vector<std::pair<double, double>> column_ranges(std::span<const float>, std::size_t);
template std::vector<std::pair<double, double>> column_ranges(std::span<const double>, std::size_t);
template std::pair<double, double> target_range_of(const Examples<float>&, std::size_t);
template std::pair<double, double> target_range_of(const Examples<double>&, std::size_t);
template std::string hash_of(const std::array<Examples<float>, NNRUN_PARTS>&);
template std::string hash_of(const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
