#include "training/odd_targets.hpp"

#include <algorithm>
namespace nnrun::host {

template <class T>
void OddTargets::take(std::size_t part, const T* t, std::size_t rows) {
  if (part != part_) example_ = 0;
  part_ = part;
  rows_ += rows;
  for (std::size_t r = 0; r < rows; ++r, ++example_, t += cols_)
    for (const bool signs : {false, true}) {
      const T* const odd =
          std::find_if(t, t + cols_, [=](T x) { return x != 1 && x != (signs ? -1 : 0); });
      if (odd == t + cols_) continue;
      OddTarget& first = first_[signs];
      if (first.odd_rows++ == 0)
        first = {.part = part,
                 .example = example_,
                 .column = static_cast<std::size_t>(odd - t),
                 .value = static_cast<double>(*odd),
                 .among_signs = signs,
                 .odd_rows = 1};
    }
}
template void OddTargets::take(std::size_t, const float*, std::size_t);
template void OddTargets::take(std::size_t, const double*, std::size_t);

std::optional<OddTarget> OddTargets::found() const {
  for (const OddTarget& first : first_)
    if (first.odd_rows > 0 && first.odd_rows <= rows_ / 100) {
      OddTarget found = first;
      found.rows = rows_;
      return found;
    }
  return {};
}

}  // namespace nnrun::host
