#include "training/target_classes.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "network/targets.hpp"
namespace nnrun::host {

template <class T>
TargetClasses classes_of(std::span<const T> targets, std::size_t cols) {
  std::map<std::vector<T>, std::uint32_t> known;
  TargetClasses classes;
  for (std::size_t at = 0; at < targets.size() && !classes.too_many; at += cols) {
    const auto row = targets.subspan(at, cols);
    const auto next = static_cast<std::uint32_t>(known.size());
    const auto [found, is_new] = known.try_emplace(std::vector<T>(row.begin(), row.end()), next);
    if (is_new) classes.first_of.push_back(static_cast<std::uint32_t>(at / cols));
    classes.of_example.push_back(found->second);
    classes.too_many = known.size() > TargetClasses::most;
  }
  return classes;
}

template <class T>
bool are_classes(std::span<const T> targets, std::size_t cols, const DataNames& names) {
  if (names.ordered) return true;
  const std::uint32_t kind = targets_of<T>({&targets, 1}, cols, !names.classes.empty(), false).kind;
  return kind == NNRUN_ONE_HOT || (kind == NNRUN_LABELS && cols == 1);
}

std::vector<std::uint32_t> rare_classes(const TargetClasses& classes,
                                        std::span<const std::uint32_t> examples,
                                        std::size_t least) {
  std::vector<std::size_t> counts(classes.first_of.size());
  if (!counts.empty())
    for (const std::uint32_t i : examples) ++counts[classes.of_example[i]];
  std::vector<std::uint32_t> rare;
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (counts[k] < least) rare.push_back(classes.first_of[k]);
  return rare;
}

template <class T>
std::string name_of_class(std::span<const T> row, const DataNames& names) {
  if (names.ordered)
    return names.classes.at(static_cast<std::size_t>(std::ranges::count(row, T(1))));
  if (row.size() == 1 && names.classes.size() == 2) return names.classes[row[0] == 1 ? 1 : 0];
  const bool says_yes =
      row.size() > 1 && std::ranges::all_of(row, [](T t) { return t == 1 || t == 0 || t == -1; });
  const std::vector<std::string>& known = names.classes.empty() ? names.targets : names.classes;
  std::vector<std::string> words;
  for (std::size_t c = 0; c < row.size(); ++c)
    if (!says_yes)
      words.push_back(shortest(static_cast<double>(row[c])));
    else if (row[c] == 1)
      words.push_back(c < known.size() ? known[c] : std::to_string(c + 1));
  return words.empty() ? "none" : join(words, says_yes ? "+" : ", ");
}

template TargetClasses classes_of(std::span<const float>, std::size_t);
template TargetClasses classes_of(std::span<const double>, std::size_t);
template bool are_classes(std::span<const float>, std::size_t, const DataNames&);
template bool are_classes(std::span<const double>, std::size_t, const DataNames&);
template std::string name_of_class(std::span<const float>, const DataNames&);
template std::string name_of_class(std::span<const double>, const DataNames&);

}  // namespace nnrun::host
