#include "base/did_you_mean.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
namespace nnrun::host {
namespace {

constexpr std::size_t longest_name = 64;  // nobody misspells a longer one; bounds the table
constexpr std::size_t short_list = 17;

char folded(char c) {
  if (c == '-' || c == ' ') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Returns how many insertions, deletions, replacements and swaps of neighbours turn one word into
/// the other, each part changed at most once (optimal string alignment). Case and the choice of -
/// or _ do not count.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, longest_name + 1>, 3> rows{};
  for (std::size_t i = 0; i <= a.size(); ++i) {
    const auto &before = rows[(i + 1) % 3], &last = rows[(i + 2) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      if (i == 0) {
        row[j] = j;
        continue;
      }
      const auto same = [&](std::size_t p, std::size_t q) { return folded(a[p]) == folded(b[q]); };
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known) {
  if (word.empty() || word.size() > longest_name) return std::nullopt;
  // up to a third of the letters may be wrong, in a short word one, but never all of them
  const std::size_t allowed = std::max<std::size_t>(1, (word.size() + 1) / 3);
  std::size_t least = std::min(allowed + 1, word.size());
  std::optional<std::string> best;
  for (const std::string& name : known) {
    if (name.size() > longest_name) continue;
    const std::size_t d = distance(word, name);
    if (d < least) {
      least = d;
      best = name;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  if (const auto near = nearest(word, known)) return "did you mean '" + *near + "'?";
  if (known.empty() || known.size() > short_list) return {};
  return "one of: " + join({known.begin(), known.end()}, ", ");
}

}  // namespace nnrun::host
