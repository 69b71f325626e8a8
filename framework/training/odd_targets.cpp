#include "training/odd_targets.hpp"

#include <algorithm>
namespace nnrun::host {

template <class T>
void OddTargets::take(std::size_t part, const T* t, std::size_t rows) {
  if (part != part_) example_ = 0;
  part_ = part;
  if (cols_ == 1 && rows > 0)
    for (const bool highest : {false, true}) {
      const T* const end = highest ? std::max_element(t, t + rows) : std::min_element(t, t + rows);
      const auto value = static_cast<double>(*end);
      TargetEnd& known = ends_[highest];
      if (rows_ == 0 || (highest ? value > known.value : value < known.value))
        known = {
            .part = part, .example = example_ + static_cast<std::size_t>(end - t), .value = value};
    }
  for (const bool signs : {false, true}) {
    const T no = signs ? -1 : 0;
    const auto is_odd = [=](T x) { return (x != 1) & (x != no); };
    unsigned any = 0;  // of all at once, since mostly there is none
    for (std::size_t i = 0; i < rows * cols_; ++i) any |= static_cast<unsigned>(is_odd(t[i]));
    if (any == 0) continue;
    std::size_t odd_rows = 0;
    if (cols_ == 1)  // counted without a branch for each: targets are in no order
      odd_rows = rows - static_cast<std::size_t>(std::count(t, t + rows, T(1)) +
                                                 std::count(t, t + rows, no));
    else
      for (std::size_t r = 0; r < rows; ++r)
        odd_rows += std::any_of(t + r * cols_, t + (r + 1) * cols_, is_odd);
    OddTarget& first = first_[signs];
    if (first.odd_rows == 0) {
      const T* const odd = std::find_if(t, t + rows * cols_, is_odd);
      const auto at = static_cast<std::size_t>(odd - t);
      first = {.part = part,
               .example = example_ + at / cols_,
               .column = at % cols_,
               .value = static_cast<double>(*odd),
               .among_signs = signs};
    }
    first.odd_rows += odd_rows;
  }
  rows_ += rows;
  example_ += rows;
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
