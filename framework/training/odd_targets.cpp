#include "training/odd_targets.hpp"

#include <algorithm>
namespace nnrun::host {

template <class T>
void OddTargets::take(std::size_t part, const T* t, std::size_t rows) {
  if (part != part_) example_ = 0;
  part_ = part;
  if (cols_ == 1)
    for (std::size_t r = 0; r < rows; ++r)
      for (const bool highest : {false, true}) {
        const auto value = static_cast<double>(t[r]);
        TargetEnd& end = ends_[highest];
        if ((rows_ == 0 && r == 0) || (highest ? value > end.value : value < end.value))
          end = {.part = part, .example = example_ + r, .value = value};
      }
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

std::optional<TargetEnds> OddTargets::ends() const {
  if (cols_ != 1 || rows_ == 0) return {};
  return ends_;
}

std::optional<OddTarget> OddTargets::found() const {
  OddTarget found = *std::ranges::min_element(first_, {}, &OddTarget::odd_rows);
  if (found.odd_rows == 0) return {};
  found.rows = rows_;
  return found;
}

}  // namespace nnrun::host
