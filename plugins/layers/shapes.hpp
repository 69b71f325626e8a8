// Compares shapes of inputs, and shows them to people.
#pragma once
#include <algorithm>
#include <nnrun/plugin.hpp>
#include <string>

namespace shapes {

inline bool same(const nnrun_shape& a, const nnrun_shape& b) {
  return a.rank == b.rank && std::equal(a.sizes, a.sizes + a.rank, b.sizes);
}
/// Returns a shape as text: `28 x 28`.
inline std::string text(const nnrun_shape& s) {
  std::string out;
  for (std::uint32_t i = 0; i < s.rank; ++i) out += (i ? " x " : "") + std::to_string(s.sizes[i]);
  return out;
}
inline void require_one_input(const nnrun_plan& plan, const std::string& name) {
  if (plan.n_in != 1)
    throw nnrun::Error(name + " takes one input, not " + std::to_string(plan.n_in), "",
                       "join them by a layer such as 'add' first");
}

}  // namespace shapes
