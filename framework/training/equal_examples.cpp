#include "training/equal_examples.hpp"

#include <string_view>
#include <unordered_map>
namespace nnrun::host {
namespace {

template <class T>
std::string_view bytes_of(const Buffer<T>& numbers, std::size_t count, std::size_t i) {
  const std::size_t size = numbers.size() / count * sizeof(T);
  return {reinterpret_cast<const char*>(numbers.data()) + i * size, size};
}

/// Returns a number that differs, as good as certainly, for examples that differ.
template <class T>
std::size_t hash_of_example(const Examples<T>& part, std::size_t i) {
  constexpr std::hash<std::string_view> hash;
  constexpr std::size_t factor = 0x9e3779b97f4a7c15;  // odd, of mixed bits: the golden ratio
  return hash(bytes_of(part.x, part.count, i)) * factor + hash(bytes_of(part.t, part.count, i));
}

template <class T>
bool are_equal(const Examples<T>& a, std::size_t i, const Examples<T>& b, std::size_t j) {
  return bytes_of(a.x, a.count, i) == bytes_of(b.x, b.count, j) &&
         bytes_of(a.t, a.count, i) == bytes_of(b.t, b.count, j);
}

}  // namespace

template <class T>
std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<T>, NNRUN_PARTS>& parts) {
  std::array<std::size_t, NNRUN_PARTS> counts{};
  const Examples<T>& trained = parts[NNRUN_TRAIN];
  if (trained.stored || trained.count == 0) return counts;
  for (const std::size_t part : {std::size_t{NNRUN_VALIDATION}, std::size_t{NNRUN_TEST}}) {
    const Examples<T>& others = parts[part];
    if (others.stored || others.count == 0) continue;
    // few examples are looked for among many
    std::unordered_multimap<std::size_t, std::size_t> wanted;
    wanted.reserve(others.count);
    for (std::size_t i = 0; i < others.count; ++i) wanted.emplace(hash_of_example(others, i), i);
    for (std::size_t i = 0; i < trained.count && !wanted.empty(); ++i) {
      auto [at, end] = wanted.equal_range(hash_of_example(trained, i));
      while (at != end)
        if (are_equal(trained, i, others, at->second)) {
          ++counts[part];
          at = wanted.erase(at);
        } else {
          ++at;
        }
    }
  }
  return counts;
}

template std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<float>, NNRUN_PARTS>&);
template std::array<std::size_t, NNRUN_PARTS> counts_of_trained(
    const std::array<Examples<double>, NNRUN_PARTS>&);

}  // namespace nnrun::host
