#include "training/equal_examples.hpp"

#include <string_view>
namespace nnrun::host {
namespace {

template <class T>
std::size_t hash_of_numbers(const T* numbers, std::size_t n) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(numbers), n * sizeof(T)});
}

/// Calls take(hash) for each example, with a number that differs, as good as certainly, for
/// examples that differ. Hashes are enough for a remark, and inputs may lie in files.
template <class T, class Take>
void each_hash(const Examples<T>& part, std::size_t cols, Take take) {
  constexpr std::size_t factor = 0x9e3779b97f4a7c15;  // odd, of mixed bits: the golden ratio
  const std::size_t out = part.t.size() / part.count;
  const T* target = part.t.data();
  each_input(part, [&](std::span<const T> rows) {
    for (std::size_t at = 0; at < rows.size(); at += cols, target += out)
      take(hash_of_numbers(rows.data() + at, cols) * factor + hash_of_numbers(target, out));
  });
}

}  // namespace

template <class T>
std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::array<std::size_t, NNRUN_PARTS> counts{};
  const Examples<T>& trained = parts[NNRUN_TRAIN];
  if (trained.count == 0) return counts;
  const std::size_t cols =
      trained.stored ? trained.stored->cols() : trained.x.size() / trained.count;
  for (const std::size_t part : {std::size_t{NNRUN_VALIDATION}, std::size_t{NNRUN_TEST}}) {
    if (parts[part].count == 0) continue;
    std::vector<std::size_t> others;
    others.reserve(parts[part].count);
    each_hash(parts[part], cols, [&](std::size_t hash) { others.push_back(hash); });
    std::ranges::sort(others);
    std::vector<bool> found(others.size());  // at the first of equal ones
    each_hash(trained, cols, [&](std::size_t hash) {
      const auto [from, to] = std::equal_range(others.begin(), others.end(), hash);
      if (from == to) return;
      auto seen = found[static_cast<std::size_t>(from - others.begin())];
      if (!seen) counts[part] += static_cast<std::size_t>(to - from);
      seen = true;
    });
  }
  return counts;
}

template std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<float>, NNRUN_PARTS>&);
template std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
