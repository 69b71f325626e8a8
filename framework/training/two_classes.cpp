#include "training/two_classes.hpp"

#include <algorithm>

#include "base/did_you_mean.hpp"
#include "base/text.hpp"
namespace nnrun::host {

void TwoClasses::apply(std::span<double> rows) const {
  for (std::size_t r = 0; r < rows.size() / 2; ++r) {
    double other = rows[2 * r], positive = rows[2 * r + 1];
    if (swapped) std::swap(other, positive);
    if (one_number) {
      rows[r] = no + positive * (1 - no);
    } else {
      rows[2 * r] = other;
      rows[2 * r + 1] = positive;
    }
  }
}

TwoClasses two_classes_of(const Placed<std::string>& positive,
                          const std::vector<std::string>& classes, const std::string& target,
                          const std::string& as_classes) {
  TwoClasses read{.given = !positive.value.empty()};
  if (!read.given) return read;
  const std::string name = target.empty() ? "the target" : "'" + target + "'";
  const auto refuse = [&](const std::string& what, std::string hint) {
    throw ConfigError(Problem{.what = what, .place = positive.place, .hint = std::move(hint)});
  };
  if (classes.empty())
    refuse("'positive' names one of two classes, but " + name + " is read as a number",
           as_classes.empty() ? "remove 'positive'"
                              : "if it holds classes, write " + as_classes + " in data");
  if (classes.size() != 2)
    refuse("'positive' names one of two classes, but " + name + " has " +
               std::to_string(classes.size()),
           "remove 'positive'");
  if (!std::ranges::count(classes, positive.value))
    refuse("'positive' must be a class of " + name + ", not '" + positive.value + "'",
           did_you_mean(positive.value, classes));
  read.swapped = positive.value == classes[0];
  return read;
}

}  // namespace nnrun::host
