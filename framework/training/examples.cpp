#include "training/examples.hpp"

#include "base/files.hpp"
namespace nnrun::host {

template <class T>
std::vector<std::pair<double, double>> column_ranges(std::span<const T> rows, std::size_t cols) {
  std::vector<Range> ranges;
  for (std::size_t c = 0; c < cols; ++c) ranges.emplace_back(static_cast<double>(rows[c]));
  for (std::size_t at = 0; at < rows.size(); at += cols)
    for (std::size_t c = 0; c < cols; ++c) ranges[c].take(static_cast<double>(rows[at + c]));
  std::vector<std::pair<double, double>> ends;
  for (const Range& range : ranges) ends.push_back(range.ends());
  return ends;
}

template <class T>
std::string hash_of(const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::string hashes;
  for (const Examples<T>& part : parts) {
    hashes += sha256_of(std::as_bytes(part.x.all()));
    hashes += sha256_of(std::as_bytes(part.t.all()));
    if (part.weight.size() > 0) hashes += sha256_of(std::as_bytes(part.weight.all()));
  }
  return sha256_of(std::as_bytes(std::span(hashes)));
}

template std::vector<std::pair<double, double>> column_ranges(std::span<const float>, std::size_t);
template std::vector<std::pair<double, double>> column_ranges(std::span<const double>, std::size_t);
template std::string hash_of(const std::array<Examples<float>, NNRUN_PARTS>&);
template std::string hash_of(const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
